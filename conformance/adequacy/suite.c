/* Runs scripts through mutants. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/vector_files.h"
#include "seen.h"

enum { CALLS_AT_FIRST = 1 << 14 };

static bool keep(struct lg_suite *suite, const struct lg_call *call, const struct lg_outcome *seen)
{
    if (suite->call_count == suite->capacity) {
        uint32_t capacity = suite->capacity ? 2 * suite->capacity : CALLS_AT_FIRST;
        void *calls = realloc(suite->calls, capacity * sizeof *suite->calls);
        if (!calls)
            return false;
        suite->calls = calls;
        suite->capacity = capacity;
    }
    suite->calls[suite->call_count].call = *call;
    suite->calls[suite->call_count++].seen = *seen;
    return true;
}

static enum lg_target_reply reset(struct lg_target *target, struct lg_json_error *reason)
{
    struct lg_suite *suite = target->self;
    return suite->inner.reset(&suite->inner, reason);
}

/* Nobody reads the explanations of a violation, and they take time: a trace of calls that overlap
 * has none. */
static enum lg_target_reply call(struct lg_target *target, const struct lg_call *made,
                                 struct lg_outcome *seen, struct lg_json_error *reason)
{
    struct lg_suite *suite = target->self;
    enum lg_target_reply reply;
    memset(seen, 0, sizeof *seen);
    reply = suite->inner.call(&suite->inner, made, seen, reason);
    lg_seen_as_written(seen, made);
    suite->judge.overlapped = true;
    if (suite->recording && !keep(suite, made, seen))
        return LG_TARGET_GONE;
    return reply;
}

static bool open_target(struct lg_suite *suite)
{
    struct lg_json_error error;
    suite->inner = (struct lg_target){.name = "mutant", .blobs = &suite->blobs};
    if (!suite->mutants->open(&suite->inner, &suite->modes[0].choices, &error))
        return false;
    suite->target = suite->inner;
    suite->target.self = suite;
    suite->target.reset = reset;
    suite->target.call = call;
    return true;
}

struct place {
    uint64_t rank;
    unsigned vector;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;
    return left->rank < right->rank ? -1 : left->rank > right->rank;
}

static uint64_t hash_of_id(const char *id)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * 0x100000001B3u;
    return hash;
}

static bool put_in_order(struct lg_suite *suite)
{
    struct place *places = calloc(suite->count + 1, sizeof *places);
    suite->order = calloc(suite->count + 1, sizeof *suite->order);
    for (unsigned i = 0; places && i < suite->count; i++) {
        bool late = suite->vectors[i]->tier != LG_TIER_SMOKE;
        places[i] = (struct place){hash_of_id(suite->vectors[i]->id) >> 1, i};
        places[i].rank |= (uint64_t)late << 63;
    }
    if (places)
        qsort(places, suite->count, sizeof *places, compare_places);
    for (unsigned i = 0; places && suite->order && i < suite->count; i++)
        suite->order[i] = places[i].vector;
    free(places);
    return suite->order != NULL;
}

bool lg_suite_load(struct lg_suite *suite, const struct lg_mutants *mutants,
                   const char *const *words, size_t count)
{
    struct lg_file_list files;
    struct lg_json_error error;
    suite->mutants = mutants;
    if (!lg_blobs_init(&suite->blobs) || !lg_vector_files_find(&files, words, count))
        return false;
    lg_names_of_scripts(&suite->names, &suite->blobs);
    suite->vectors = calloc(files.count + 1, sizeof *suite->vectors);
    for (size_t i = 0; suite->vectors && i < files.count; i++) {
        struct lg_vector *vector = suite->vectors[i] = malloc(sizeof *vector);
        if (!vector || !lg_vector_load(vector, files.paths[i], &suite->blobs, &error)) {
            fprintf(stderr, "%s\n", vector ? error.reason : "no memory");
            return false;
        }
        suite->count++;
    }
    lg_vector_files_free(&files);
    return suite->vectors && put_in_order(suite) && open_target(suite);
}

/* A target as new, that has read no page yet; what it draws is the script's own. */
static void begin(struct lg_suite *suite, unsigned mode, unsigned vector)
{
    const struct lg_mode *at = &suite->modes[mode];
    uint64_t seed = hash_of_id(suite->vectors[vector]->id) + at->seed * 0x9E3779B97F4A7C15u;
    suite->mutants->read_as(&suite->inner, &at->choices);
    *suite->mutants->seed = at->seed ? seed | 1 : 0;
}

enum lg_vector_verdict lg_suite_judge(struct lg_suite *suite, unsigned mode, unsigned vector)
{
    static struct lg_result_row row;
    struct lg_json_error error;
    struct lg_runner runner = {.target = &suite->target,
                               .judge = &suite->judge,
                               .blobs = &suite->blobs,
                               .names = suite->names};
    bool ready = lg_judge_init(&suite->judge, suite->modes[mode].profile);
    begin(suite, mode, vector);
    if (!ready || !lg_runner_run(&runner, suite->vectors[vector], &row, &error))
        abort();
    lg_judge_free(&suite->judge);
    return row.verdict;
}

bool lg_suite_finds(const struct lg_suite *suite, unsigned mode, unsigned vector,
                    enum lg_vector_verdict verdict)
{
    return verdict != suite->traces[mode * suite->count + vector].verdict &&
           (verdict == LG_VECTOR_VIOLATES || verdict == LG_VECTOR_UNACHIEVED ||
            verdict == LG_VECTOR_INCONSISTENT || verdict == LG_VECTOR_UNDOCUMENTED);
}

bool lg_suite_record(struct lg_suite *suite)
{
    suite->traces = calloc((size_t)suite->mode_count * suite->count + 1, sizeof *suite->traces);
    if (!suite->traces)
        return false;
    suite->recording = true;
    for (unsigned i = 0; i < suite->mode_count * suite->count; i++) {
        suite->traces[i].first = suite->call_count;
        suite->traces[i].verdict = lg_suite_judge(suite, i / suite->count, i % suite->count);
        suite->traces[i].count = suite->call_count - suite->traces[i].first;
    }
    suite->recording = false;
    return true;
}

bool lg_suite_is_same(struct lg_suite *suite, unsigned mode, unsigned vector)
{
    const struct lg_suite_trace *trace = &suite->traces[mode * suite->count + vector];
    struct lg_json_error error;
    struct lg_outcome seen;
    begin(suite, mode, vector);
    suite->inner.reset(&suite->inner, &error);
    for (uint32_t i = 0; i < trace->count; i++) {
        const struct lg_suite_call *made = &suite->calls[trace->first + i];
        memset(&seen, 0, sizeof seen);
        suite->inner.call(&suite->inner, &made->call, &seen, &error);
        lg_seen_as_written(&seen, &made->call);
        if (memcmp(&seen, &made->seen, sizeof seen) != 0)
            return false;
    }
    return true;
}
