/* What holds of every walk over a host of several VMs: calls stay with their VM, and jobs only go
 * forward. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/blob.h"
#include "model/host.h"
#include "random_script.h"

enum { VMS = 3, WALKS = 60, STEPS = 300, TAPE_BYTES = 64, FULL = 100 };

/* What clients saw of a job so far. */
struct seen_job {
    struct lg_outcome last;
    bool there;
    bool started_again; /* from Suspended or Service, since then */
};

struct walk {
    struct lg_host host;
    void *memory;
    struct lg_profile profile;
    struct lg_readings readings;  /* of this walk's target */
    const struct lg_maker *maker; /* or NULL */
    uint64_t random;
    struct lg_cell before[VMS];
    struct seen_job jobs[LG_JOB_NAMES];
    uint16_t last_job;
};

static void start(struct walk *walk, uint64_t random)
{
    static const struct lg_host_word fresh;
    memset(walk->jobs, 0, sizeof walk->jobs);
    memset(&walk->readings, 0, sizeof walk->readings);
    walk->random = random;
    walk->last_job = 0;
    lg_host_init(&walk->host, walk->memory, &fresh);
    for (int vm = 0; vm < VMS; vm++)
        assert_int_equal(lg_host_new_vm(&walk->host), vm);
}

static struct walk *new_walk(void)
{
    struct walk *walk = malloc(sizeof *walk);
    assert_non_null(walk);
    walk->maker = NULL;
    walk->memory = malloc(lg_host_bytes());
    assert_non_null(walk->memory);
    lg_profile_load(&walk->profile, LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
    return walk;
}

static void end(struct walk *walk)
{
    free(walk->memory);
    free(walk);
}

static struct lg_outcome make(struct walk *walk, const struct lg_call *call)
{
    uint8_t bytes[TAPE_BYTES];
    struct lg_tape tape;
    struct lg_outcome outcome;
    memcpy(walk->before, walk->host.cells, sizeof walk->before);
    fill_random(&walk->random, bytes, sizeof bytes);
    lg_tape_start(&tape, &walk->profile, &walk->readings, bytes, sizeof bytes);
    lg_host_step(&walk->host, call, &tape, &outcome, walk->maker);
    lg_readings_learn(&walk->readings, &tape);
    if (outcome.answer == LG_ANSWERS_JOB)
        walk->last_job = outcome.job;
    return outcome;
}

/* Mostly of VMs that exist, and about jobs that were started. */
static struct lg_call any_call(struct walk *walk)
{
    struct lg_call call;
    random_call(&walk->random, &call);
    if (call.vm != LG_VM_HOST)
        call.vm = (uint16_t)((next_random(&walk->random) >> 33) % VMS);
    if (lg_methods[call.method].target == LG_TARGET_JOB) {
        uint16_t back = (uint16_t)((next_random(&walk->random) >> 33) % 5);
        call.job = walk->last_job > back ? (uint16_t)(walk->last_job - back) : 1;
        call.vm = lg_host_job_vm(&walk->host, call.job);
    }
    return call;
}

/* One call in three looks at a job, one in ten makes sure that there is a VM. */
static struct lg_call next_call(struct walk *walk, unsigned step)
{
    struct lg_call call = any_call(walk);
    uint64_t way = next_random(&walk->random) >> 33;
    if (step < VMS || way % 10 == 0)
        return (struct lg_call){.method = LG_CALL_VM_CREATED,
                                .requested = 2,
                                .vm = (uint16_t)((step < VMS ? step : way >> 5) % VMS)};
    if (way % 3)
        return call;
    memset(&call, 0, sizeof call);
    call.method = LG_CALL_READ_JOB;
    call.job = walk->last_job > (way >> 5) % 4 ? (uint16_t)(walk->last_job - (way >> 5) % 4) : 1;
    call.vm = lg_host_job_vm(&walk->host, call.job);
    return call;
}

/* ---- isolation ---- */

static bool is_about_all(const struct lg_call *call)
{
    return lg_methods[call->method].target == LG_TARGET_HOST;
}

/* Every step of many walks over the host. */
static void walk_all(const struct lg_maker *maker,
                     void (*check)(struct walk *walk, const struct lg_call *call,
                                   const struct lg_outcome *outcome))
{
    struct walk *walk = new_walk();
    uint64_t seed = seed_of_run("test_host_rules");
    walk->maker = maker;
    for (unsigned i = 0; i < WALKS; i++) {
        start(walk, next_random(&seed));
        for (unsigned step = 0; step < STEPS; step++) {
            struct lg_call call = next_call(walk, step);
            struct lg_outcome outcome = make(walk, &call);
            check(walk, &call, &outcome);
        }
    }
    end(walk);
}

static void check_others_alone(struct walk *walk, const struct lg_call *call,
                               const struct lg_outcome *outcome)
{
    (void)outcome;
    for (unsigned vm = 0; vm < VMS; vm++) {
        assert_true(lg_cell_is_valid(&walk->host.cells[vm]));
        if (!is_about_all(call) && vm != call->vm)
            assert_true(lg_cell_equal(&walk->host.cells[vm], &walk->before[vm]));
    }
}

/* The setting data represents the settings of one virtual system: the call is about that system and
 * no other. */
static void a_call_on_one_vm_leaves_the_others_alone(void **state)
{
    (void)state;
    walk_all(NULL, check_others_alone);
}

static void check_same_host(struct walk *walk, const struct lg_call *call,
                            const struct lg_outcome *outcome)
{
    (void)call;
    (void)outcome;
    for (unsigned vm = 0; vm < VMS; vm++)
        assert_memory_equal(&walk->host.cells[vm].host, &walk->host.self.host,
                            sizeof walk->host.self.host);
}

/* All VMs see the same host. */
static void the_host_is_the_same_in_every_cell(void **state)
{
    (void)state;
    walk_all(NULL, check_same_host);
}

/* ---- bytes ---- */

static uint16_t make_protector(void *context)
{
    uint16_t *last = context;
    return ++*last;
}

static void check_bytes(struct walk *walk, const struct lg_call *call,
                        const struct lg_outcome *outcome)
{
    const struct lg_field *shown = &outcome->fields[LG_INSPECT_FIELD_CURRENT];
    if (outcome->answer == LG_ANSWERS_BYTES)
        assert_in_range(outcome->symbol, 0, LG_SYMBOL_MAX);
    if (call->method == LG_CALL_INSPECT && outcome->answer == LG_ANSWERS_INSTANCE)
        assert_int_equal(shown->from, call->vm < VMS ? walk->host.cells[call->vm].vm.vault.current
                                                     : LG_SYMBOL_NONE);
}

/* A protector that the host makes has bytes in the answer of the very step in which it is made: a
 * VM is started without one, by a job or at once, and looked at. */
static void a_protector_that_is_shown_has_bytes(void **state)
{
    enum { STARTS = 3000, RUNNING = 2, TPM = 1 << LG_SETTING_TPM_ENABLED };
    static const struct lg_call calls[] = {
        {.method = LG_CALL_VM_CREATED, .requested = 2},
        {.method = LG_CALL_MODIFY_SECURITY_SETTINGS, .present = TPM, .values = TPM},
        {.method = LG_CALL_VM_REQUEST_STATE_CHANGE, .requested = RUNNING}};
    static const uint8_t looks[] = {LG_CALL_GET_KEY_PROTECTOR, LG_CALL_INSPECT};
    struct walk *walk = new_walk();
    uint16_t last = LG_MATERIAL_COUNT;
    struct lg_maker maker = {make_protector, &last};
    uint64_t seed = seed_of_run("test_host_rules");
    (void)state;
    walk->maker = &maker;
    for (unsigned i = 0; i < STARTS; i++) {
        struct lg_call look = {.method = looks[i % 2]};
        last = LG_MATERIAL_COUNT;
        start(walk, next_random(&seed));
        for (unsigned k = 0; k < sizeof calls / sizeof calls[0]; k++)
            make(walk, &calls[k]);
        struct lg_outcome outcome = make(walk, &look);
        check_bytes(walk, &look, &outcome);
    }
    end(walk);
}

/* ---- jobs ---- */

static uint64_t field(const struct lg_outcome *outcome, enum lg_job_field which)
{
    return outcome->fields[which].from;
}

static enum lg_job_state state_of(const struct lg_outcome *outcome)
{
    return (enum lg_job_state)__builtin_ctzll(field(outcome, LG_JOB_FIELD_STATE));
}

static bool is_final(enum lg_job_state state)
{
    return state >= LG_JOB_COMPLETED;
}

static bool rests(enum lg_job_state state)
{
    return state == LG_JOB_SUSPENDED || state == LG_JOB_SERVICE;
}

/* One look at a job, by itself. */
static void check_look(const struct lg_outcome *look)
{
    enum lg_job_state state = state_of(look);
    bool done = state == LG_JOB_COMPLETED || state == LG_JOB_COMPLETED_WITH_WARNINGS;
    assert_in_range(field(look, LG_JOB_FIELD_PERCENT), 0, FULL);
    if (done)
        assert_int_equal(field(look, LG_JOB_FIELD_PERCENT), FULL);
    if (done || !is_final(state))
        assert_int_equal(field(look, LG_JOB_FIELD_ERROR_CODE), 0);
    if (state == LG_JOB_EXCEPTION)
        assert_int_not_equal(field(look, LG_JOB_FIELD_ERROR_CODE), 0);
}

/* Two looks at one job, one after the other. */
static void check_looks(const struct lg_outcome *before, const struct lg_outcome *now,
                        bool started_again)
{
    enum lg_job_state was = state_of(before);
    enum lg_job_state is = state_of(now);
    if (is_final(was))
        assert_int_equal(is, was);
    else if (!rests(was) && !started_again && is < was)
        fail_msg("%u after %u", is, was);
    if (is_final(was))
        assert_int_equal(field(now, LG_JOB_FIELD_ERROR_CODE),
                         field(before, LG_JOB_FIELD_ERROR_CODE));
    if (is == was)
        assert_int_equal(field(now, LG_JOB_FIELD_CHANGE), field(before, LG_JOB_FIELD_CHANGE));
    assert_true(field(now, LG_JOB_FIELD_PERCENT) >= field(before, LG_JOB_FIELD_PERCENT));
    assert_true(field(now, LG_JOB_FIELD_ELAPSED) >= field(before, LG_JOB_FIELD_ELAPSED));
    assert_true(field(now, LG_JOB_FIELD_CHANGE) >= field(before, LG_JOB_FIELD_CHANGE));
    assert_int_equal(field(now, LG_JOB_FIELD_SUBMITTED), field(before, LG_JOB_FIELD_SUBMITTED));
}

/* A job that was looked at; a name that is gone never comes back. */
static void look(struct walk *walk, uint16_t name, const struct lg_outcome *outcome)
{
    struct seen_job *job = &walk->jobs[name];
    if (outcome->fault)
        return;
    check_look(outcome);
    if (job->there)
        check_looks(&job->last, outcome, job->started_again);
    job->last = *outcome;
    job->there = true;
    job->started_again = false;
}

static void follow_request(struct walk *walk, const struct lg_call *call,
                           const struct lg_outcome *outcome)
{
    enum { START = 2, STARTED = 4096 };
    if (call->method == LG_CALL_JOB_REQUEST_STATE_CHANGE && call->requested == START &&
        !outcome->fault && outcome->return_value == STARTED)
        walk->jobs[call->job].started_again = true;
}

static void jobs_only_go_forward(void **state)
{
    struct walk *walk = new_walk();
    uint64_t seed = seed_of_run("test_host_rules");
    unsigned long looks = 0;
    (void)state;
    for (unsigned i = 0; i < WALKS; i++) {
        start(walk, next_random(&seed));
        for (unsigned step = 0; step < STEPS; step++) {
            struct lg_call call = next_call(walk, step);
            struct lg_outcome outcome = make(walk, &call);
            if (outcome.answer == LG_ANSWERS_JOB) {
                assert_false(walk->jobs[outcome.job].there);
                assert_int_equal(lg_host_job_vm(&walk->host, outcome.job), call.vm);
            }
            follow_request(walk, &call, &outcome);
            if (call.method == LG_CALL_READ_JOB) {
                look(walk, call.job, &outcome);
                looks += !outcome.fault;
            }
        }
    }
    end(walk);
    assert_true(looks > WALKS * STEPS / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_on_one_vm_leaves_the_others_alone),
        cmocka_unit_test(the_host_is_the_same_in_every_cell),
        cmocka_unit_test(a_protector_that_is_shown_has_bytes),
        cmocka_unit_test(jobs_only_go_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
