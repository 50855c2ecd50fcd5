/* Figures of the core, side by side in one run: a copy of a cell, a step, the oracle over ten-call
 * traces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/oracle.h"
#include "model/trace.h"

enum { ROUNDS = 15, STEPS = 20000, TRACES = 2000, WARM = 10000, CALLS = 10, SET_MAX = 1024 };

static uint64_t random_state = 88172645463325252u;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* What a client of the service does: mostly its methods, looks at jobs, starts and stops. */
static void realistic_call(struct lg_call *call, uint16_t last_job)
{
    static const uint8_t mix[] = {LG_CALL_SET_KEY_PROTECTOR,
                                  LG_CALL_GET_KEY_PROTECTOR,
                                  LG_CALL_READ_JOB,
                                  LG_CALL_READ_JOB,
                                  LG_CALL_GET_KEY_PROTECTOR,
                                  LG_CALL_SET_SECURITY_POLICY,
                                  LG_CALL_MODIFY_SECURITY_SETTINGS,
                                  LG_CALL_READ_SECURITY_SETTING,
                                  LG_CALL_RESTORE_LAST_KNOWN_GOOD,
                                  LG_CALL_VM_REQUEST_STATE_CHANGE};
    memset(call, 0, sizeof *call);
    call->method = mix[next_random() % sizeof mix];
    call->symbol = (uint16_t)(1 + next_random() % 3);
    call->present = call->values = 1u << LG_SETTING_TPM_ENABLED;
    call->requested = next_random() % 2 ? 2 : 3;
    call->job = last_job;
    if (call->method == LG_CALL_READ_JOB && !last_job)
        call->method = LG_CALL_GET_KEY_PROTECTOR;
}

static void make_vm(struct lg_cell *cell, const struct lg_profile *profile)
{
    struct lg_call create = {.method = LG_CALL_VM_CREATED, .requested = 2};
    struct lg_outcome outcome;
    struct lg_job evicted;
    struct lg_tape tape;
    lg_cell_clear(cell);
    lg_tape_start(&tape, profile, NULL, NULL, 0);
    lg_step(cell, &create, NULL, &tape, &outcome, &evicted);
}

static void answer(struct lg_cell *cell, struct lg_call *call, struct lg_readings *readings,
                   const struct lg_profile *profile, uint16_t *jobs, struct lg_outcome *seen)
{
    uint8_t bytes[32];
    struct lg_outcome pattern;
    struct lg_job evicted;
    struct lg_tape tape;
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(next_random() >> 24);
    lg_tape_start(&tape, profile, readings, bytes, sizeof bytes);
    call->new_job = (uint16_t)(*jobs + 1);
    lg_step(cell, call, NULL, &tape, seen, &evicted);
    pattern = *seen;
    lg_outcome_pick(seen, call, &tape);
    lg_cell_learn(cell, call, &pattern, seen);
    lg_readings_learn(readings, &tape);
    *jobs = (uint16_t)(*jobs + (seen->answer == LG_ANSWERS_JOB));
    call->new_job = seen->job;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static double time_copies(struct lg_cell *cells)
{
    double start = now();
    for (unsigned i = 0; i < STEPS; i++) {
        cells[i & 255] = cells[(i * 7 + 1) & 255];
        __asm__ volatile("" ::: "memory");
    }
    return (now() - start) / (double)STEPS;
}

/* Steps as the oracle makes them: a copy of a cell, an empty tape. */
static double time_steps(const struct lg_cell *cells, const struct lg_call *calls,
                         const struct lg_profile *profile)
{
    double start = now();
    for (unsigned i = 0; i < STEPS; i++) {
        struct lg_cell cell = cells[i & 255];
        struct lg_outcome outcome;
        struct lg_job evicted;
        struct lg_tape tape;
        lg_tape_start(&tape, profile, NULL, NULL, 0);
        lg_step(&cell, &calls[i & 1023], NULL, &tape, &outcome, &evicted);
        __asm__ volatile("" ::: "memory");
    }
    return (now() - start) / (double)STEPS;
}

static void bench_steps(const struct lg_profile *profile)
{
    static struct lg_cell cells[256];
    static struct lg_call calls[1024];
    struct lg_readings readings = {{0}};
    double copies[ROUNDS], steps[ROUNDS];
    uint16_t jobs = 0;
    for (unsigned i = 0; i < 256; i++) {
        make_vm(&cells[i], profile);
        jobs = 0;
        for (unsigned k = 0; k < i % 8; k++) {
            struct lg_call call;
            struct lg_outcome seen;
            realistic_call(&call, jobs);
            answer(&cells[i], &call, &readings, profile, &jobs, &seen);
        }
    }
    for (unsigned i = 0; i < 1024; i++) {
        realistic_call(&calls[i], 1);
        calls[i].new_job = 9;
    }
    for (unsigned i = 0; i < ROUNDS; i++) {
        copies[i] = time_copies(cells);
        steps[i] = time_steps(cells, calls, profile);
    }
    printf("copy of a cell   %7.1f ns\nstep             %7.1f ns (with its copy)\n",
           median(copies, ROUNDS), median(steps, ROUNDS));
}

struct trace {
    struct lg_call calls[CALLS];
    struct lg_outcome seen[CALLS];
};

static void record(struct trace *trace, const struct lg_profile *profile,
                   struct lg_readings *readings)
{
    struct lg_cell cell;
    uint16_t jobs = 0;
    make_vm(&cell, profile);
    for (unsigned i = 0; i < CALLS; i++) {
        realistic_call(&trace->calls[i], jobs);
        answer(&cell, &trace->calls[i], readings, profile, &jobs, &trace->seen[i]);
    }
}

struct figures {
    double seconds;
    double steps;
    unsigned unexplained;
};

static void judge(struct lg_oracle *oracle, const struct trace *trace, double *sizes,
                  struct figures *figures)
{
    static const struct lg_host_word fresh;
    const struct lg_call create = {.method = LG_CALL_VM_CREATED, .requested = 2};
    const struct lg_outcome made = {0};
    struct lg_verdict verdict;
    lg_oracle_reset(oracle, &fresh);
    lg_oracle_step(oracle, &create, &made, &verdict);
    for (unsigned k = 0; k < CALLS; k++) {
        lg_oracle_step(oracle, &trace->calls[k], &trace->seen[k], &verdict);
        figures->unexplained += verdict.kind >= LG_VERDICT_INCONSISTENT;
        sizes[k] = verdict.set_size;
    }
}

/* Traces of one target, `count` of them from the how-manieth on. */
static void bench_part(struct lg_oracle *oracle, const struct trace *traces, const char *name,
                       unsigned count)
{
    double *sizes = malloc((size_t)count * CALLS * sizeof *sizes);
    struct figures figures = {0, 0, 0};
    uint64_t steps = oracle->steps;
    double start = now();
    if (!sizes)
        return;
    for (unsigned i = 0; i < count; i++)
        judge(oracle, &traces[i], &sizes[(size_t)i * CALLS], &figures);
    figures.seconds = (now() - start) / 1e9;
    figures.steps = (double)(oracle->steps - steps) / (double)(count * CALLS);
    printf("oracle, %-8s %7.0f ten-call traces/s, %.1f steps of the model a call, median set "
           "size %.0f, %u not explained\n",
           name, count / figures.seconds, figures.steps, median(sizes, (size_t)count * CALLS),
           figures.unexplained);
    free(sizes);
}

/* A target's readings are bound as its traces show them: the first ones cost more. */
static void bench_oracle(const struct lg_profile *profile, const struct lg_profile *async)
{
    static const struct lg_host_word fresh;
    static struct lg_oracle oracle;
    struct trace *traces = malloc((TRACES + WARM + TRACES) * sizeof *traces);
    void *memory = malloc(lg_oracle_bytes(2, SET_MAX));
    struct lg_readings readings = {{0}};
    if (!traces || !memory)
        return;
    for (unsigned i = 0; i < TRACES + WARM + TRACES; i++)
        record(&traces[i], async, &readings);
    lg_oracle_init(&oracle, memory, 2, SET_MAX, profile, &fresh);
    bench_part(&oracle, traces, "new", TRACES);
    bench_part(&oracle, traces + TRACES, "learning", WARM);
    bench_part(&oracle, traces + TRACES + WARM, "known", TRACES);
    free(memory);
    free(traces);
}

int main(void)
{
    static struct lg_profile profile, async;
    lg_profile_load(&profile, LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
    lg_profile_load(&async, LG_PROFILE_documented, LG_TAG_CONFORMS);
    lg_profile_pin(&async, LG_SITE_execution, LG_ALT_execution_by_job);
    bench_steps(&profile);
    bench_oracle(&profile, &async);
    return 0;
}
