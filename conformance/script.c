/* Scripts, and what they are read from. */
#include "script.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "edges.h"
#include "recorded.h"

void lg_script_clear(struct lg_script *script, const char *format, ...)
{
    va_list arguments;
    script->count = 0;
    script->cut = false;
    va_start(arguments, format);
    vsnprintf(script->name, sizeof script->name, format, arguments);
    va_end(arguments);
}

bool lg_script_add(struct lg_script *script, const struct lg_call *call, bool settle)
{
    if (script->count == LG_SCRIPT_STEPS) {
        script->cut = true;
        return false;
    }
    script->steps[script->count++] = (struct lg_script_step){.call = *call, .settle = settle};
    return true;
}

bool lg_call_may_start_job(const struct lg_call *call)
{
    const struct lg_method_row *row = &lg_methods[call->method];
    return row->kind == LG_KIND_METHOD && call->method != LG_CALL_GET_KEY_PROTECTOR &&
           (row->target == LG_TARGET_SERVICE || row->target == LG_TARGET_VM);
}

uint16_t lg_script_job_vm(const struct lg_script *script, uint16_t label)
{
    for (unsigned i = 0; i < script->count; i++)
        if (script->steps[i].call.new_job == label)
            return script->steps[i].call.vm;
    return 0;
}

static struct lg_script *new_script(struct lg_script_list *list)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 16;
        struct lg_script **items = realloc(list->items, capacity * sizeof(struct lg_script *));
        if (!items)
            return NULL;
        list->items = items;
        list->capacity = capacity;
    }
    struct lg_script *script = malloc(sizeof *script);
    if (script)
        list->items[list->count++] = script;
    return script;
}

void lg_scripts_free(struct lg_script_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* ---- vectors and bytes ---- */

static bool load_vector(struct lg_script_list *list, const char *path, struct lg_blobs *blobs,
                        struct lg_json_error *error)
{
    struct lg_vector *vector = calloc(1, sizeof *vector);
    struct lg_script *script = vector ? new_script(list) : NULL;
    bool loaded = script && lg_vector_load(vector, path, blobs, error);
    if (script)
        lg_script_clear(script, "%.100s", last_part(path));
    for (unsigned i = 0; loaded && i < vector->node_count; i++) {
        const struct lg_node *node = &vector->nodes[i];
        lg_script_add(script, &node->call, lg_node_follows(node));
        script->steps[i].lose = node->lose_reply;
        script->steps[i].barrier = node->barrier;
    }
    if (vector)
        lg_vector_free(vector);
    free(vector);
    return loaded;
}

/* Bytes name jobs by the order in which they appear. */
static void add_bytes(struct lg_script *script, struct lg_call *call, uint16_t *labels,
                      uint32_t *made)
{
    if (lg_call_makes_vm(call->method)) {
        if (*made >> call->vm & 1)
            return;
        *made |= 1u << call->vm;
    }
    if (lg_call_may_start_job(call))
        call->new_job = ++*labels;
    lg_script_add(script, call, false);
}

static bool load_bytes(struct lg_script_list *list, const char *path, struct lg_json_error *error)
{
    enum { BYTES_MAX = 2 * LG_STEP_BYTES * LG_SCRIPT_STEPS };
    struct lg_script *script = new_script(list);
    struct lg_call *calls = malloc(LG_SCRIPT_STEPS * sizeof *calls);
    uint8_t *bytes = malloc(BYTES_MAX);
    FILE *file = fopen(path, "rb");
    uint32_t made = 0;
    uint16_t labels = 0;
    bool read = script && calls && bytes && file;
    if (!read)
        lg_json_fail(error, "%.100s: %s", path, strerror(errno));
    if (script)
        lg_script_clear(script, "%.100s", last_part(path));
    if (read) {
        size_t tape, length = fread(bytes, 1, BYTES_MAX, file);
        size_t count = lg_script_decode(bytes, length, calls, LG_SCRIPT_STEPS, &tape);
        for (size_t i = 0; i < count; i++)
            add_bytes(script, &calls[i], &labels, &made);
    }
    if (file)
        fclose(file);
    free(bytes);
    free(calls);
    return read;
}

/* ---- recordings ---- */

/* A look at the job that the step before started, or the same question once more. */
static bool is_follow_up(const struct lg_trace_step *started, const struct lg_trace_step *step)
{
    if (started->seen.fault || started->seen.return_value != 4096)
        return false;
    if (started->seen.answer == LG_ANSWERS_JOB)
        return step->call.method == LG_CALL_READ_JOB && step->call.job == started->seen.job;
    return started->call.method == LG_CALL_GET_KEY_PROTECTOR &&
           memcmp(&started->call, &step->call, sizeof step->call) == 0;
}

static bool has_ended(const struct lg_trace_step *look)
{
    uint64_t bits = look->seen.fields[LG_JOB_FIELD_STATE].from;
    return look->call.method != LG_CALL_READ_JOB || look->seen.fault ||
           bits >= (uint64_t)1 << LG_JOB_COMPLETED;
}

/* How many of the steps behind the first only follow it up; none unless its end was seen. */
static size_t count_follow_ups(const struct lg_trace_step *steps, size_t count)
{
    size_t looks = 0;
    while (looks + 1 < count && is_follow_up(&steps[0], &steps[looks + 1])) {
        looks++;
        if (has_ended(&steps[looks]) && steps[looks].call.method == LG_CALL_READ_JOB)
            return looks;
    }
    return steps[0].seen.answer == LG_ANSWERS_JOB ? 0 : looks;
}

bool lg_scripts_of_steps(struct lg_script_list *list, const struct lg_trace_step *steps,
                         size_t count, const char *name)
{
    struct lg_script *script = new_script(list);
    if (!script)
        return false;
    lg_script_clear(script, "%.100s part %zu", last_part(name), list->count);
    for (size_t i = 0; i < count;) {
        size_t looks = count_follow_ups(&steps[i], count - i);
        if (!lg_script_add(script, &steps[i].call, looks > 0))
            break;
        script->steps[script->count - 1].lose = steps[i].reply == LG_REPLY_LOST;
        i += 1 + looks;
    }
    return true;
}

static bool load_recording(struct lg_script_list *list, const char *path, struct lg_blobs *blobs,
                           struct lg_json_error *error)
{
    struct lg_recorded_steps recorded;
    bool loaded = lg_recorded_load(&recorded, path, blobs, error);
    for (size_t i = 0; loaded && i < recorded.part_count; i++) {
        size_t from = recorded.parts[i];
        size_t to = i + 1 < recorded.part_count ? recorded.parts[i + 1] : recorded.count;
        loaded = from == to || lg_scripts_of_steps(list, recorded.steps + from, to - from, path);
    }
    lg_recorded_free(&recorded);
    return loaded;
}

bool lg_scripts_load(struct lg_script_list *list, const char *path, struct lg_blobs *blobs,
                     struct lg_json_error *error)
{
    const char *dot = strrchr(path, '.');
    lg_json_fail(error, "no memory");
    if (dot && strcmp(dot, ".jsonl") == 0)
        return load_recording(list, path, blobs, error);
    if (dot && strcmp(dot, ".bin") == 0)
        return load_bytes(list, path, error);
    if (dot && strcmp(dot, ".json") == 0)
        return load_vector(list, path, blobs, error);
    return lg_json_fail(error, "%.120s: a script is a .json, .jsonl or .bin file", path);
}
