/* The oracle's two errors: blaming what is allowed, and missing what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/oracle.h"
#include "random_script.h"

enum { VMS = 2, SCRIPTS = 100, STEPS = 24, SET_MAX = 1024, RECORDS = 64 };

/* A target: the model under a random tape. Jobs that left their cells are kept in a list. */
struct target {
    struct lg_cell cells[VMS + 1];
    struct lg_readings readings;
    struct lg_profile profile;
    struct lg_job records[RECORDS];
    unsigned record_count;
    uint16_t jobs;
    uint16_t job_vm[512];
    uint64_t random;
};

static struct lg_cell *cell_of(struct target *target, const struct lg_call *call)
{
    return call->vm < VMS ? &target->cells[call->vm] : &target->cells[VMS];
}

static const struct lg_job *record_of(const struct target *target, uint16_t name)
{
    for (unsigned i = 0; i < target->record_count; i++)
        if (target->records[i].name == name)
            return &target->records[i];
    return NULL;
}

/* A service that said it stopped has stopped for every VM. */
static void follow_service(struct target *target, const struct lg_call *call,
                           const struct lg_outcome *seen, struct lg_tape *tape)
{
    struct lg_call event = {.vm = LG_VM_HOST};
    struct lg_outcome ignored;
    struct lg_job evicted;
    bool stops = call->method == LG_CALL_STOP_SERVICE;
    if (!(stops || call->method == LG_CALL_START_SERVICE) || seen->fault || seen->return_value)
        return;
    event.method = stops ? LG_CALL_SERVICE_STOPPED : LG_CALL_SERVICE_STARTED;
    for (unsigned i = 0; i <= VMS; i++)
        lg_step(&target->cells[i], &event, NULL, tape, &ignored, &evicted);
}

static void do_call(struct target *target, struct lg_call *call, struct lg_outcome *seen)
{
    bool everywhere = lg_methods[call->method].kind == LG_KIND_EVENT &&
                      lg_methods[call->method].target == LG_TARGET_HOST;
    uint8_t bytes[64];
    struct lg_tape tape;
    struct lg_job evicted;
    struct lg_outcome pattern;
    fill_random(&target->random, bytes, sizeof bytes);
    lg_tape_start(&tape, &target->profile, &target->readings, bytes, sizeof bytes);
    call->new_job = (uint16_t)(target->jobs + 1);
    if (call->method == LG_CALL_VM_IMPORTED) {
        call->other &= 1;
        call->image = target->cells[call->other].vm.image;
        call->requested = target->cells[call->other].vm.generation;
    }
    for (unsigned i = 0; everywhere && i < VMS; i++)
        lg_step(&target->cells[i], call, NULL, &tape, seen, &evicted);
    lg_step(cell_of(target, call), call, record_of(target, call->job), &tape, seen, &evicted);
    if (evicted.state != LG_JOB_FREE && target->record_count < RECORDS)
        target->records[target->record_count++] = evicted;
    pattern = *seen;
    lg_outcome_pick(seen, call, &tape);
    lg_cell_learn(cell_of(target, call), call, &pattern, seen);
    lg_readings_learn(&target->readings, &tape);
    follow_service(target, call, seen, &tape);
    if (seen->answer == LG_ANSWERS_JOB)
        target->job_vm[++target->jobs % 512] = call->vm;
    call->new_job = seen->job;
}

static void start(struct target *target, const struct lg_profile *profile, uint64_t random)
{
    memset(target, 0, sizeof *target);
    target->profile = *profile;
    target->random = random | 1;
}

/* The job that a call is about belongs to the VM that it was started for. */
static void aim(const struct target *target, struct lg_call *call)
{
    if (lg_methods[call->method].target != LG_TARGET_JOB)
        return;
    if (target->jobs)
        call->job = (uint16_t)(target->jobs - call->job % 3 % target->jobs);
    call->vm = target->job_vm[call->job % 512];
}

static void make_vm(struct lg_call *call, uint16_t vm)
{
    memset(call, 0, sizeof *call);
    call->method = LG_CALL_VM_CREATED;
    call->vm = vm;
    call->requested = 2;
}

struct fixture {
    struct lg_oracle oracle;
    void *memory;
};

static void judge_scripts(enum lg_profile_id own, enum lg_profile_id judge, uint64_t seed)
{
    static const struct lg_host_word fresh;
    struct fixture fixture;
    struct lg_profile target_profile, judge_profile;
    struct lg_verdict verdict;
    uint64_t random = seed;
    fixture.memory = malloc(lg_oracle_bytes(VMS, SET_MAX));
    lg_profile_load(&target_profile, own, LG_TAG_CONFORMS);
    lg_profile_load(&judge_profile, judge, LG_TAG_UNDOCUMENTED);
    for (unsigned script = 0; script < SCRIPTS; script++) {
        struct target target;
        lg_oracle_init(&fixture.oracle, fixture.memory, VMS, SET_MAX, &judge_profile, &fresh);
        start(&target, &target_profile, next_random(&random));
        for (unsigned i = 0; i < STEPS && !fixture.oracle.bound_hit; i++) {
            struct lg_call call;
            struct lg_outcome seen;
            if (i < VMS)
                make_vm(&call, (uint16_t)i);
            else
                random_call(&random, &call);
            aim(&target, &call);
            do_call(&target, &call, &seen);
            lg_oracle_step(&fixture.oracle, &call, &seen, &verdict);
            if (verdict.kind >= LG_VERDICT_INCONSISTENT && verdict.kind != LG_VERDICT_UNDETERMINED)
                fail_msg(
                    "script %u, step %u: %s.%s by %s judged by %s: verdict %u, return %u, fault %u",
                    script, i, lg_methods[call.method].class_name, lg_methods[call.method].name,
                    lg_profiles[own].name, lg_profiles[judge].name, verdict.kind, seen.return_value,
                    seen.fault);
        }
    }
    free(fixture.memory);
}

static void no_profile_violates_when_judged_under_itself(void **state)
{
    uint64_t seed = seed_of_run("test_oracle");
    (void)state;
    for (int profile = 0; profile < LG_PROFILE_COUNT; profile++)
        judge_scripts((enum lg_profile_id)profile, (enum lg_profile_id)profile,
                      seed + (uint64_t)profile);
}

static void literal_and_strict_conform_to_documented(void **state)
{
    uint64_t seed = seed_of_run("test_oracle");
    (void)state;
    judge_scripts(LG_PROFILE_literal, LG_PROFILE_documented, seed);
    judge_scripts(LG_PROFILE_strict, LG_PROFILE_documented, seed + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_profile_violates_when_judged_under_itself),
        cmocka_unit_test(literal_and_strict_conform_to_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
