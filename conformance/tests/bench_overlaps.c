/* Judges made-up histories of several clients, and says how long it took.
 *
 * usage: bench_overlaps [CALLS CLIENTS VMS LOST PENDING SEED [FILE]]; FILE: the recording is
 * written */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "conformance/overlaps.h"
#include "model/recording.h"
#include "overlapping.h"

struct figures {
    unsigned by_kind[LG_VERDICT_UNDETERMINED + 1];
    unsigned largest;
};

static void note(void *context, const struct lg_timed *timed, const struct lg_verdict *verdict)
{
    struct figures *figures = context;
    if (!figures->by_kind[LG_VERDICT_VIOLATES] && verdict->kind == LG_VERDICT_VIOLATES)
        fprintf(stderr, "step %u violates: method %u vm %u\n", timed->line, timed->step.call.method,
                timed->step.call.vm);
    figures->by_kind[verdict->kind]++;
    if (verdict->set_size > figures->largest)
        figures->largest = verdict->set_size;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void judge_all(const struct lg_trace_step *steps, size_t count)
{
    struct lg_overlaps overlaps;
    struct lg_judge judge;
    struct figures figures = {0};
    struct rusage usage;
    if (!lg_judge_init_for(&judge, LG_PROFILE_documented, 128) ||
        !lg_overlaps_init(&overlaps, &judge))
        return;
    overlaps.judged = note;
    overlaps.context = &figures;
    double start = seconds();
    for (size_t i = 0; i < count; i++)
        lg_overlaps_add(&overlaps, &steps[i], (unsigned)i + 1, false);
    lg_overlaps_finish(&overlaps);
    double took = seconds() - start;
    getrusage(RUSAGE_SELF, &usage);
    printf("%zu steps in %.3f s; conform %u, undocumented %u, inconsistent %u, violate %u, "
           "undetermined %u; largest set %u, %llu steps of the model, bound %s, %ld MB\n",
           count, took, figures.by_kind[0], figures.by_kind[1], figures.by_kind[2],
           figures.by_kind[3], figures.by_kind[4], figures.largest,
           (unsigned long long)judge.oracle.steps, judge.oracle.bound_hit ? "hit" : "not hit",
           usage.ru_maxrss / 1024);
    lg_overlaps_free(&overlaps);
    lg_judge_free(&judge);
}

static void write_all(const char *path, const struct lg_trace_step *steps, size_t count)
{
    struct lg_recorder recorder;
    struct lg_blobs blobs;
    FILE *file = fopen(path, "w");
    if (!file || !lg_blobs_init(&blobs))
        return;
    lg_recorder_start_clients(&recorder, file, &blobs, "made up", true);
    for (size_t i = 0; i < count; i++)
        lg_recorder_step(&recorder, &steps[i]);
    lg_blobs_free(&blobs);
    fclose(file);
}

int main(int argc, char **argv)
{
    unsigned numbers[6] = {10000, 64, 64, 1000, 16, 1};
    for (int i = 1; i < argc && i <= 6; i++)
        numbers[i - 1] = (unsigned)strtoul(argv[i], NULL, 10);
    struct lg_history_options options = {.calls = numbers[0],
                                         .clients = numbers[1],
                                         .vms = numbers[2],
                                         .lost = numbers[3],
                                         .pending = numbers[4],
                                         .seed = numbers[5],
                                         .jobs = true};
    size_t count = options.calls + options.vms;
    struct lg_trace_step *steps = calloc(count, sizeof *steps);
    if (!steps || !lg_history_make(&options, steps))
        return 3;
    if (argc > 7)
        write_all(argv[7], steps, count);
    judge_all(steps, count);
    size_t lost = 0, changes = 0;
    for (size_t i = options.vms; i < count; i++) {
        uint8_t method = steps[i].call.method;
        lost += steps[i].reply == LG_REPLY_LOST;
        changes += lg_methods[method].kind == LG_KIND_METHOD && method != LG_CALL_GET_KEY_PROTECTOR;
    }
    printf("%zu calls change something, %zu replies were lost\n", changes, lost);
    free(steps);
    return 0;
}
