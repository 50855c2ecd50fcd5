/* make_wire_seeds SCRIPTS FOLDER: what scripts are on a wire and in files, as inputs of targets of
 * bytes. FOLDER/soap gets each kind of message that a client posts for their calls, FOLDER/embedded
 * the texts of settings in them, FOLDER/recording what the model answers. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "find.h"
#include "model/recording.h"
#include "play.h"
#include "renew.h"
#include "sim/wsman/embedded.h"
#include "simulators.h"

enum { SEED_BYTES_MAX = 8192, SCRIPT_BYTES_MAX = 1 << 14, KINDS_MAX = 1 << 16, EXIT_USAGE = 64 };

static const char *folder;
static struct lg_blobs blobs;

/* An engine's entry, which this program has no use for. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    (void)bytes, (void)length;
    return 0;
}

/* ---- files ---- */

static void write_seed(const char *target, const char *name, const void *bytes, size_t length)
{
    char path[1024];
    snprintf(path, sizeof path, "%.500s/%s/%.300s", folder, target, name);
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(bytes, 1, length, file) == length;
    if (!file || fclose(file) != 0 || !written) {
        perror(path);
        exit(EXIT_FAILURE);
    }
}

/* Whether these bytes are new; a digest stands for them. */
static bool is_new(const char *bytes, size_t length)
{
    static uint64_t seen[KINDS_MAX];
    lg_seen = 1;
    lg_saw(bytes, length);
    size_t at = lg_seen % KINDS_MAX;
    for (; seen[at] && seen[at] != lg_seen; at = (at + 1) % KINDS_MAX)
        ;
    bool is_new = !seen[at];
    seen[at] = lg_seen;
    return is_new;
}

static void write_if_new(const char *target, const char *end, const char *bytes, size_t length)
{
    char name[64];
    if (length > SEED_BYTES_MAX || !is_new(bytes, length))
        return;
    snprintf(name, sizeof name, "%016llx.%s", (unsigned long long)lg_seen, end);
    write_seed(target, name, bytes, length);
}

/* ---- messages ---- */

/* Every message has an identifier of its own: they are given the same one. */
static void write_message(const char *message, size_t length)
{
    static const char mark[] = "uuid:";
    char *text = malloc(length + 1);
    lg_holds(text != NULL);
    memcpy(text, message, length);
    text[length] = '\0';
    for (char *at = strstr(text, mark); at; at = strstr(at, mark))
        for (at += sizeof mark - 1; *at && strchr("0123456789abcdefABCDEF-", *at); at++)
            if (*at != '-')
                *at = '0';
    write_if_new("soap", "xml", text, length);
    free(text);
}

static void post(const struct lg_script *script)
{
    static struct lg_simulator simulator;
    static struct lg_target target;
    static struct lg_script_names names;
    static struct lg_outcome seen;
    struct lg_json_error reason;
    lg_simulator_renew(&simulator);
    if (target.self)
        target.close(&target);
    lg_wsman_of_simulator(&target, &simulator, &blobs);
    lg_holds(target.reset(&target, &reason) == LG_TARGET_ANSWERED);
    memset(&names, 0, sizeof names);
    for (size_t i = 0; i < script->count; i++) {
        struct lg_call call = script->calls[i], first;
        bool makes;
        if (!lg_script_aim(&names, &call, &first, &makes))
            continue;
        if (makes && target.call(&target, &first, &seen, &reason) == LG_TARGET_ANSWERED)
            lg_script_learn(&names, &first, &seen);
        if (target.call(&target, &call, &seen, &reason) == LG_TARGET_ANSWERED)
            lg_script_learn(&names, &call, &seen);
    }
}

/* ---- texts of settings ---- */

/* As the target calls them. */
static void write_vm(void *context, uint16_t vm, char *text)
{
    (void)context;
    snprintf(text, LG_NAME_BYTES, "00000000-0000-0000-0000-00000000000%u", vm % 10u);
}

static void write_texts(const struct lg_script *script)
{
    struct lg_names names;
    lg_names_of_scripts(&names, &blobs);
    names.write_vm = write_vm;
    for (size_t i = 0; i < script->count; i++) {
        const struct lg_call *call = &script->calls[i];
        bool has_text = lg_methods[call->method].target == LG_TARGET_SERVICE;
        char *text = has_text ? lg_embedded_write(&names, call) : NULL;
        if (text)
            write_if_new("embedded", "xml", text, strlen(text));
        free(text);
    }
}

/* ---- recordings ---- */

static void write_recording(const struct lg_script *script)
{
    static struct lg_play play;
    struct lg_trace_step step = {.reply = LG_REPLY_SEEN};
    struct lg_recorder recorder;
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    lg_holds(file && lg_recorder_start(&recorder, file, &blobs, "model", "documented"));
    lg_play_start(&play, script, LG_PROFILE_documented, LG_TAG_CONFORMS);
    while (lg_play_step(&play, &step.call, &step.seen)) {
        while (blobs.count <= (uint32_t)LG_MATERIAL_COUNT + play.unseen_made)
            lg_holds(lg_blobs_make(&blobs, "seed", blobs.count) == blobs.count - 1);
        lg_recorder_step(&recorder, &step);
    }
    fclose(file);
    write_if_new("recording", "jsonl", text, length);
    free(text);
}

/* ---- scripts ---- */

/* Messages do not depend on choices. */
static void write_seeds_of(const char *path, bool plain)
{
    static uint8_t bytes[SCRIPT_BYTES_MAX];
    static struct lg_script script;
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    lg_script_read(&script, bytes, length);
    lg_blobs_renew(&blobs);
    if (plain)
        post(&script);
    write_texts(&script);
    write_recording(&script);
}

static void make_folder(const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%.500s%s%s", folder, *name ? "/" : "", name);
    mkdir(path, 0777);
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    int count = argc == 3 ? scandir(argv[1], &entries, NULL, alphasort) : -1;
    if (count < 0) {
        fprintf(stderr, "usage: make_wire_seeds SCRIPTS FOLDER\n");
        return EXIT_USAGE;
    }
    folder = argv[2];
    make_folder("");
    make_folder("soap");
    make_folder("embedded");
    make_folder("recording");
    lg_wsman_listener = write_message;
    for (int i = 0; i < count; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%.500s/%.400s", argv[1], entries[i]->d_name);
        if (strstr(entries[i]->d_name, ".bin"))
            write_seeds_of(path, strstr(entries[i]->d_name, "-plain.bin") != NULL);
        free(entries[i]);
    }
    free(entries);
    return 0;
}
