/* make_seeds VECTORS FOLDER: every vector as a script of bytes, one with the plain choices, one
 * where each choice is the next one, and those with drawn choices that reach something of the model
 * that none before did. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conformance/vector.h"
#include "conformance/vector_files.h"
#include "model/trace.h"
#include "reach.h"

enum {
    VMS = 4,
    DRAWN_MAX = 48,
    BYTES_MAX = 2 * LG_STEP_BYTES * LG_NODES_MAX,
    EXIT_HARNESS = 3,
    EXIT_USAGE = 64
};

/* A call with what bytes can hold. */
static struct lg_call as_script(const struct lg_call *call)
{
    uint8_t bytes[LG_STEP_BYTES];
    struct lg_call plain = *call;
    plain.new_job = 0;
    if (plain.vm != LG_VM_HOST)
        plain.vm %= VMS;
    lg_script_call_bytes(&plain, bytes);
    lg_script_call(bytes, &plain);
    return plain;
}

struct seed {
    uint8_t bytes[BYTES_MAX];
    size_t length;
};

static void make_seed(const struct lg_vector *vector, const uint8_t *tape, struct seed *seed)
{
    static struct lg_call calls[LG_NODES_MAX];
    for (unsigned i = 0; i < vector->node_count; i++)
        calls[i] = as_script(&vector->nodes[i].call);
    seed->length = lg_script_encode(calls, vector->node_count, tape,
                                    vector->node_count * LG_STEP_BYTES, seed->bytes, BYTES_MAX);
}

static bool write_seed(const struct seed *seed, const char *folder, const char *id,
                       const char *kind)
{
    char path[1024];
    snprintf(path, sizeof path, "%.800s/%s-%s.bin", folder, id, kind);
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(seed->bytes, 1, seed->length, file) == seed->length;
    if (file && fclose(file) != 0)
        written = false;
    if (!written)
        perror(path);
    return written;
}

/* Whether the model does something on it that it has not done before. */
static bool reaches_more(const struct seed *seed)
{
    static struct lg_reach all, own;
    static struct lg_script script;
    memset(&own, 0, sizeof own);
    lg_script_read(&script, seed->bytes, seed->length);
    lg_reach_add(&own, &script);
    return lg_reach_merge(&all, &own);
}

static void draw(uint8_t *tape, size_t length, uint32_t *random)
{
    for (size_t i = 0; i < length; i++) {
        *random = *random * 1664525u + 1013904223u;
        tape[i] = (uint8_t)(*random >> 24) % 16;
    }
}

static bool write_scripts(const struct lg_vector *vector, const char *folder)
{
    static uint8_t tape[LG_STEP_BYTES * LG_NODES_MAX];
    static struct seed seed;
    uint32_t random = 1;
    bool written = true;
    for (uint8_t choice = 0; choice < 2; choice++) {
        memset(tape, choice, sizeof tape);
        make_seed(vector, tape, &seed);
        reaches_more(&seed);
        written &= write_seed(&seed, folder, vector->id, choice ? "next" : "plain");
    }
    for (unsigned i = 1; i <= DRAWN_MAX; i++) {
        char kind[16];
        draw(tape, sizeof tape, &random);
        make_seed(vector, tape, &seed);
        snprintf(kind, sizeof kind, "drawn-%u", i);
        if (reaches_more(&seed))
            written &= write_seed(&seed, folder, vector->id, kind);
    }
    return written;
}

static int write_all(const struct lg_file_list *files, const char *folder)
{
    struct lg_vector *vector = malloc(sizeof *vector);
    struct lg_json_error error;
    struct lg_blobs blobs;
    bool written = vector && lg_blobs_init(&blobs);
    for (size_t i = 0; written && i < files->count; i++) {
        written = lg_vector_load(vector, files->paths[i], &blobs, &error);
        if (!written)
            fprintf(stderr, "%s\n", error.reason);
        written = written && write_scripts(vector, folder);
        lg_vector_free(vector);
    }
    lg_blobs_free(&blobs);
    free(vector);
    return written ? 0 : EXIT_HARNESS;
}

int main(int argc, char **argv)
{
    struct lg_file_list files = {0};
    const char *const folders[] = {argc == 3 ? argv[1] : ""};
    if (argc != 3) {
        fprintf(stderr, "usage: make_seeds VECTORS FOLDER\n");
        return EXIT_USAGE;
    }
    mkdir(argv[2], 0777);
    int code = lg_vector_files_find(&files, folders, 1) ? write_all(&files, argv[2]) : EXIT_USAGE;
    lg_vector_files_free(&files);
    return code;
}
