/* lastgood convert: between vectors, recordings and bytes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "commands.h"
#include "model/recording.h"
#include "vector.h"

static const char help[] =
    "usage: lastgood convert IN OUT\n"
    "\n"
    "By suffix: .json a vector, .jsonl a recording, .bin a script as bytes. Calls are carried over "
    "in their order; a\n"
    "recording's outcomes become what a vector allows where a vector can say so. Bytes hold calls "
    "only.\n"
    "\n"
    "example:\n"
    "  lastgood convert conformance/vectors/rollback-story.json seed.bin\n"
    "\n"
    "exit codes: 0 converted, 3 a file cannot be read, written or carried over, 64 usage\n";

enum form { FORM_VECTOR, FORM_RECORDING, FORM_BYTES, FORM_UNKNOWN };
enum { BYTES_MAX = 2 * LG_STEP_BYTES * LG_SCRIPT_STEPS_MAX };

struct script {
    struct lg_trace_step *steps;
    size_t count;
    struct lg_blobs blobs;
    struct lg_names names;
    struct lg_json_error error;
};

static enum form form_of(const char *path)
{
    static const char *const suffixes[] = {".json", ".jsonl", ".bin"};
    const char *dot = strrchr(path, '.');
    for (int i = 0; dot && i < FORM_UNKNOWN; i++)
        if (strcmp(suffixes[i], dot) == 0)
            return (enum form)i;
    return FORM_UNKNOWN;
}

/* ---- reading ---- */

static bool read_vector(struct script *script, const char *path)
{
    struct lg_vector *vector = malloc(sizeof *vector);
    bool read = vector && lg_vector_load(vector, path, &script->blobs, &script->error);
    for (unsigned i = 0; read && i < vector->node_count; i++) {
        script->steps[script->count].call = vector->nodes[i].call;
        script->steps[script->count++].call.new_job = 0;
    }
    if (vector)
        lg_vector_free(vector);
    free(vector);
    return read;
}

static bool read_recording(struct script *script, const char *path)
{
    struct lg_recording recording;
    enum lg_recorded kind = LG_RECORDED_ERROR;
    FILE *file = fopen(path, "r");
    if (!file)
        return lg_json_fail(&script->error, "%.100s: %s", path, strerror(errno));
    if (lg_recording_open(&recording, file, &script->blobs, &script->error))
        do {
            kind = lg_recording_next(&recording, &script->steps[script->count], &script->error);
            script->count += kind == LG_RECORDED_STEP;
        } while ((kind == LG_RECORDED_STEP || kind == LG_RECORDED_RESET) &&
                 script->count < LG_SCRIPT_STEPS_MAX);
    lg_recording_close(&recording);
    return kind != LG_RECORDED_ERROR;
}

static bool read_bytes(struct script *script, const char *path)
{
    struct lg_call *calls = malloc(LG_SCRIPT_STEPS_MAX * sizeof *calls);
    uint8_t *bytes = malloc(BYTES_MAX);
    FILE *file = fopen(path, "rb");
    size_t tape;
    bool read = calls && bytes && file;
    if (read) {
        size_t length = fread(bytes, 1, BYTES_MAX, file);
        script->count = lg_script_decode(bytes, length, calls, LG_SCRIPT_STEPS_MAX, &tape);
        for (size_t i = 0; i < script->count; i++)
            script->steps[i].call = calls[i];
    } else
        lg_json_fail(&script->error, "%.100s: %s", path, strerror(errno));
    if (file)
        fclose(file);
    free(bytes);
    free(calls);
    return read;
}

/* ---- writing ---- */

static json_t *edge_of(const struct lg_trace_step *step, const struct lg_names *names)
{
    json_t *outcome = lg_outcome_to_json(&step->seen, &step->call, names);
    json_t *edge = NULL;
    if (json_object_get(outcome, "fault"))
        edge = json_pack("{s:O}", "fault", json_object_get(outcome, "fault"));
    else if (json_object_get(outcome, "return"))
        edge = json_pack("{s:O}", "return", json_object_get(outcome, "return"));
    json_decref(outcome);
    return edge;
}

static json_t *step_to_json(const struct lg_trace_step *step, const struct lg_names *names)
{
    json_t *json = lg_call_to_json(&step->call, names);
    bool event = lg_methods[step->call.method].kind == LG_KIND_EVENT;
    json_t *edge = step->reply == LG_REPLY_SEEN && !event ? edge_of(step, names) : NULL;
    char name[LG_NAME_BYTES];
    if (step->seen.job) {
        names->write_job(names->context, step->seen.job, name);
        json_object_set_new(json, "job", json_string(name));
    }
    if (step->reply == LG_REPLY_LOST)
        json_object_set_new(json, "lose_reply", json_true());
    if (edge)
        json_object_set_new(json, "allow", json_pack("[o]", edge));
    return json;
}

static bool write_vector(struct script *script, FILE *file)
{
    json_t *steps = json_array();
    for (size_t i = 0; i < script->count; i++)
        json_array_append_new(steps, step_to_json(&script->steps[i], &script->names));
    json_t *json = json_pack("{s:s, s:s, s:[], s:o}", "format", LG_VECTOR_FORMAT, "title",
                             "converted", "clauses", "steps", steps);
    bool written = json_dumpf(json, file, JSON_INDENT(2)) == 0 && fputc('\n', file) != EOF;
    json_decref(json);
    return written;
}

static bool write_recording(struct script *script, FILE *file)
{
    struct lg_recorder recorder;
    if (!lg_recorder_start(&recorder, file, &script->blobs, "converted", "documented"))
        return false;
    for (size_t i = 0; i < script->count; i++)
        lg_recorder_step(&recorder, &script->steps[i]);
    return !ferror(file);
}

static bool write_bytes(struct script *script, FILE *file)
{
    for (size_t i = 0; i < script->count; i++) {
        uint8_t bytes[LG_STEP_BYTES];
        if (!lg_script_canonical(&script->steps[i].call))
            return lg_json_fail(
                &script->error,
                "step %zu holds what bytes cannot carry (bytes that are no material?)", i + 1);
        lg_script_call_bytes(&script->steps[i].call, bytes);
        fwrite(bytes, 1, sizeof bytes, file);
    }
    for (size_t i = 0; i < script->count * LG_STEP_BYTES; i++)
        fputc(0, file);
    return !ferror(file);
}

static bool convert(struct script *script, const char *in, const char *out)
{
    bool (*const readers[])(struct script *, const char *) = {read_vector, read_recording,
                                                              read_bytes};
    bool (*const writers[])(struct script *, FILE *) = {write_vector, write_recording, write_bytes};
    if (!readers[form_of(in)](script, in))
        return false;
    FILE *file = fopen(out, "wb");
    if (!file)
        return lg_json_fail(&script->error, "%.100s: %s", out, strerror(errno));
    lg_json_fail(&script->error, "%.100s: cannot be written", out);
    bool written = writers[form_of(out)](script, file);
    written = fclose(file) == 0 && written;
    if (!written)
        remove(out);
    return written;
}

static int convert_files(const char *in, const char *out)
{
    struct script script = {.steps = calloc(LG_SCRIPT_STEPS_MAX + 1, sizeof *script.steps)};
    bool ready = script.steps && lg_blobs_init(&script.blobs);
    lg_names_of_scripts(&script.names, &script.blobs);
    lg_json_fail(&script.error, "no memory");
    bool converted = ready && convert(&script, in, out);
    if (!converted)
        fprintf(stderr, "lastgood: %s\n", script.error.reason);
    lg_blobs_free(&script.blobs);
    free(script.steps);
    return converted ? LG_EXIT_CONFORMS : LG_EXIT_HARNESS;
}

int lg_command_convert(int argc, char **argv)
{
    size_t count = 0;
    const char **words = calloc((size_t)argc, sizeof *words);
    int code = lg_arguments_read(argc, argv, NULL, 0, help, words, &count);
    if (code < 0 &&
        (count != 2 || form_of(words[0]) == FORM_UNKNOWN || form_of(words[1]) == FORM_UNKNOWN)) {
        fprintf(stderr, "lastgood: two files must be named, each .json, .jsonl or .bin; see "
                        "lastgood convert --help\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0)
        code = convert_files(words[0], words[1]);
    free(words);
    return code;
}
