/* What holds of every step, whatever the cell, the call and the choices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/host.h"
#include "random_script.h"

enum { CELLS = 60000, TAPE_BYTES = 64 };
enum { DONE = 0, STARTED = 4096, FAILED = 32768, NOT_FOUND_UNDOCUMENTED = 32789 };
enum { RESET = 11, REBOOT = 10 };

static struct lg_profile profile_of(enum lg_tag also)
{
    struct lg_profile profile;
    lg_profile_load(&profile, LG_PROFILE_documented, also);
    return profile;
}

/* ---- any cell, any call ---- */

static uint64_t below(uint64_t *random, uint64_t bound)
{
    return (next_random(random) >> 11) % bound;
}

static uint16_t any_symbol(uint64_t *random)
{
    return (uint16_t)(below(random, 6) == 5 ? LG_SYMBOL_UNSEEN : below(random, 5));
}

static void any_vault(uint64_t *random, struct lg_vault *vault)
{
    vault->current = any_symbol(random);
    vault->last_known_good = any_symbol(random);
    vault->policy = any_symbol(random);
    vault->seal = any_symbol(random);
    vault->settings = (uint8_t)next_random(random);
}

/* A live job that will fail knows why, as a cause; one that failed may have kept it so. What the
 * environment does is a code at once. */
static void any_fate(uint64_t *random, struct lg_job *job)
{
    bool live = lg_job_is_live(job);
    bool fails = below(random, 3) == 0 && (live || job->state == LG_JOB_EXCEPTION);
    job->flags = (uint8_t)(below(random, 2) ? LG_JOB_MOVED : 0);
    if (fails)
        job->flags |= live ? LG_JOB_WILL_FAIL | LG_JOB_ERROR_OPEN : LG_JOB_ERROR_OPEN;
    else if (live && below(random, 2))
        job->flags |= LG_JOB_TOOK_EFFECT;
    if (live && below(random, 4) == 0)
        job->flags |= LG_JOB_WILL_TERMINATE | (below(random, 2) ? LG_JOB_WILL_BE_KILLED : 0);
    job->error = fails ? (uint32_t)below(random, LG_CAUSE_ENVIRONMENT) : 0;
    if (!fails && job->state >= LG_JOB_TERMINATED)
        job->error = FAILED;
    job->error_to = job->error;
}

static void any_job(uint64_t *random, const struct lg_cell *cell, struct lg_job *job, bool live)
{
    uint64_t now = cell->host.now_from;
    job->method = (uint8_t)(LG_CALL_SET_KEY_PROTECTOR + below(random, LG_KEYED_METHODS - 1));
    job->state = (uint8_t)(LG_JOB_NEW + below(random, LG_JOB_STATE_COUNT - 1));
    if (!live && lg_job_is_live(job))
        job->state = LG_JOB_COMPLETED;
    any_fate(random, job);
    job->requested = (uint16_t)below(random, 12);
    job->argument = any_symbol(random);
    job->present = (uint8_t)next_random(random);
    job->values = (uint8_t)next_random(random) & job->present;
    job->percent = (uint8_t)below(random, 101);
    job->seen_change = below(random, 2) * now;
    job->ended_from = below(random, now + 1);
    job->ended_to = job->ended_from + below(random, now - job->ended_from + 1);
    if (lg_job_is_live(job))
        job->ended_to = LG_TIME_MAX_MS;
}

/* Every member is one that the step may meet. live: whether jobs may be. */
static void any_cell(uint64_t *random, struct lg_cell *cell, bool live)
{
    unsigned jobs = (unsigned)below(random, LG_JOB_SLOTS + 1);
    lg_cell_clear(cell);
    cell->host.now_from = cell->host.now_to = below(random, 3 * LG_RETENTION_MS);
    cell->host.armed = below(random, 4) ? 0 : 1u << (2 + below(random, LG_MEANING_COUNT - 2));
    cell->host.role = (uint8_t)below(random, LG_ROLE_COUNT);
    cell->host.version = (uint8_t)below(random, LG_HOST_VERSION_COUNT);
    cell->host.flags = below(random, 4) ? 0 : (uint8_t)below(random, 32);
    cell->vm.kind = (uint8_t)below(random, 3);
    cell->vm.power = (uint8_t)below(random, LG_POWER_COUNT);
    cell->vm.generation = (uint8_t)(1 + below(random, 2));
    cell->vm.flags = (uint8_t)below(random, 64);
    any_vault(random, &cell->vm.vault);
    any_vault(random, &cell->vm.checkpoint);
    any_vault(random, &cell->vm.image);
    cell->vm.started_with = any_symbol(random);
    cell->vm.unseen = (uint16_t)below(random, 100);
    for (unsigned i = 0; i < jobs; i++) {
        cell->jobs[i].name = (uint16_t)(i + 1);
        any_job(random, cell, &cell->jobs[i], live);
    }
}

/* Not even what arguments may be is kept to, but for the method. */
static void any_call(uint64_t *random, struct lg_call *call)
{
    if (below(random, 4) == 0) {
        fill_random(random, (uint8_t *)call, sizeof *call);
        call->method %= LG_METHOD_COUNT;
        call->amount %= LG_TIME_MAX_MS;
    } else
        random_call(random, call);
    if (below(random, 4))
        call->job = (uint16_t)(1 + below(random, LG_JOB_SLOTS + 1));
    call->new_job = 99;
}

struct trial {
    struct lg_cell before;
    struct lg_cell after;
    struct lg_call call;
    struct lg_outcome outcome;
    struct lg_job evicted;
    uint8_t bytes[TAPE_BYTES];
    bool overflow;
};

static void carry_out(struct trial *trial, const struct lg_profile *profile)
{
    struct lg_tape tape;
    trial->after = trial->before;
    lg_tape_start(&tape, profile, NULL, trial->bytes, sizeof trial->bytes);
    lg_step(&trial->after, &trial->call, NULL, &tape, &trial->outcome, &trial->evicted);
    trial->overflow = tape.overflow;
}

static void make_trial(struct trial *trial, uint64_t *random, const struct lg_profile *profile,
                       bool live)
{
    any_cell(random, &trial->before, live);
    any_call(random, &trial->call);
    fill_random(random, trial->bytes, sizeof trial->bytes);
    assert_true(lg_cell_is_valid(&trial->before));
    carry_out(trial, profile);
}

static bool is_method(const struct lg_call *call)
{
    return lg_methods[call->method].kind == LG_KIND_METHOD;
}

static bool is_success(const struct lg_outcome *outcome)
{
    return !outcome->fault && (outcome->return_value == DONE || outcome->return_value == STARTED);
}

static void check_code(const struct trial *trial)
{
    enum lg_method method = (enum lg_method)trial->call.method;
    const struct lg_outcome *outcome = &trial->outcome;
    if (outcome->fault || !is_method(&trial->call)) {
        assert_int_equal(outcome->return_value, 0);
        return;
    }
    assert_true(outcome->return_value <= outcome->return_to);
    if (outcome->return_value == NOT_FOUND_UNDOCUMENTED)
        return;
    if (!lg_return_by_code(method, outcome->return_value) ||
        !lg_return_by_code(method, outcome->return_to))
        fail_msg("%s.%s answers %u", lg_methods[method].class_name, lg_methods[method].name,
                 outcome->return_value);
}

static void check_fields(const struct lg_outcome *outcome)
{
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++) {
        if (!(outcome->shown >> i & 1))
            continue;
        if (outcome->masks >> i & 1)
            assert_int_not_equal(outcome->fields[i].from, 0);
        else
            assert_true(outcome->fields[i].from <= outcome->fields[i].to);
    }
    assert_int_equal(outcome->masks & ~outcome->shown, 0);
}

/* Each kind of call answers what it can. */
static void check_answer(const struct trial *trial)
{
    uint8_t answer = trial->outcome.answer;
    enum lg_kind kind = lg_methods[trial->call.method].kind;
    assert_true(trial->outcome.fault < LG_FAULT_COUNT);
    assert_true(trial->outcome.list_count <= LG_LIST_MAX);
    assert_true(trial->outcome.clause != LG_CLAUSE_none || kind == LG_KIND_LIST);
    if (kind == LG_KIND_EVENT)
        assert_int_equal(answer, LG_ANSWERS_NOTHING);
    else if (kind == LG_KIND_READ && !trial->outcome.fault)
        assert_int_equal(answer, LG_ANSWERS_INSTANCE);
    else if (kind == LG_KIND_LIST && !trial->outcome.fault)
        assert_int_equal(answer, LG_ANSWERS_LIST);
    else if (kind == LG_KIND_METHOD) {
        assert_int_not_equal(answer, LG_ANSWERS_INSTANCE);
        assert_int_not_equal(answer, LG_ANSWERS_LIST);
    }
}

static void every_call_in_every_state_has_an_outcome_and_leaves_a_valid_cell(void **state)
{
    uint64_t random = seed_of_run("test_step_rules");
    (void)state;
    for (int also = LG_TAG_CONFORMS; also <= LG_TAG_VIOLATES; also++) {
        struct lg_profile profile = profile_of((enum lg_tag)also);
        for (unsigned i = 0; i < CELLS; i++) {
            struct trial trial;
            make_trial(&trial, &random, &profile, true);
            assert_true(lg_cell_is_valid(&trial.after));
            assert_false(trial.overflow);
            check_code(&trial);
            check_answer(&trial);
            check_fields(&trial.outcome);
        }
    }
}

static void the_same_step_twice_is_the_same(void **state)
{
    uint64_t random = seed_of_run("test_step_rules");
    struct lg_profile profile = profile_of(LG_TAG_VIOLATES);
    (void)state;
    for (unsigned i = 0; i < CELLS; i++) {
        struct trial trial, again;
        make_trial(&trial, &random, &profile, true);
        again = trial;
        carry_out(&again, &profile);
        assert_true(lg_cell_equal(&trial.after, &again.after));
        assert_memory_equal(&trial.outcome, &again.outcome, sizeof trial.outcome);
    }
}

/* msvm-securityservice-setkeyprotector.md: Job is used if the method could not be executed
 * synchronously; then, and only then, the return value is 4096. */
static void a_method_answers_4096_exactly_with_a_job(void **state)
{
    uint64_t random = seed_of_run("test_step_rules");
    struct lg_profile profile = profile_of(LG_TAG_VIOLATES);
    unsigned started = 0;
    (void)state;
    for (unsigned i = 0; i < CELLS; i++) {
        struct trial trial;
        make_trial(&trial, &random, &profile, true);
        const struct lg_outcome *outcome = &trial.outcome;
        bool with_job = outcome->answer == LG_ANSWERS_JOB;
        if (!is_method(&trial.call) || lg_methods[trial.call.method].scheme == LG_SCHEME_STATE)
            continue;
        if (trial.call.method == LG_CALL_GET_KEY_PROTECTOR) {
            assert_false(with_job);
            assert_true(outcome->return_value != STARTED || outcome->answer == LG_ANSWERS_NOTHING);
            continue;
        }
        assert_int_equal(with_job, !outcome->fault && outcome->return_value == STARTED);
        assert_int_equal(with_job, lg_cell_job(&trial.after, trial.call.new_job) != NULL);
        started += with_job;
    }
    assert_true(started > CELLS / 100);
}

static bool may_change_though_refused(const struct lg_call *call)
{
    return call->method == LG_CALL_VM_REQUEST_STATE_CHANGE &&
           (call->requested == RESET || call->requested == REBOOT);
}

/* An error is answered when the work is not done: everything is as before. A reset that fails has
 * ended what ran. */
static void a_refused_call_changes_nothing(void **state)
{
    uint64_t random = seed_of_run("test_step_rules");
    struct lg_profile profile = profile_of(LG_TAG_UNDOCUMENTED);
    unsigned refused = 0;
    (void)state;
    for (unsigned i = 0; i < CELLS; i++) {
        struct trial trial;
        make_trial(&trial, &random, &profile, false);
        if (!is_method(&trial.call) || is_success(&trial.outcome) ||
            may_change_though_refused(&trial.call))
            continue;
        assert_memory_equal(&trial.after.vm, &trial.before.vm, sizeof trial.after.vm);
        assert_memory_equal(&trial.after.host, &trial.before.host, sizeof trial.after.host);
        if (lg_methods[trial.call.method].target != LG_TARGET_JOB)
            assert_true(lg_cell_equal(&trial.after, &trial.before));
        refused++;
    }
    assert_true(refused > CELLS / 10);
}

/* The job of that name in this slot or a later one. */
static const struct lg_job *next_like(const struct lg_cell *cell, unsigned *slot, uint16_t name)
{
    while (*slot < LG_JOB_SLOTS && cell->jobs[*slot].name != name)
        (*slot)++;
    return *slot < LG_JOB_SLOTS ? &cell->jobs[(*slot)++] : NULL;
}

/* A list leaves jobs as they are, but for those that ended so long ago that they may be gone. */
static void check_only_old_jobs_went(const struct trial *trial)
{
    unsigned slot = 0;
    for (unsigned i = 0; i < LG_JOB_SLOTS && trial->after.jobs[i].name; i++) {
        const struct lg_job *was = next_like(&trial->before, &slot, trial->after.jobs[i].name);
        assert_non_null(was);
        assert_memory_equal(&trial->after.jobs[i], was, sizeof *was);
    }
    for (unsigned i = 0; i < LG_JOB_SLOTS && trial->before.jobs[i].name; i++) {
        const struct lg_job *job = &trial->before.jobs[i];
        unsigned from = 0;
        if (!next_like(&trial->after, &from, job->name)) {
            assert_false(lg_job_is_live(job));
            assert_true(trial->before.host.now_to - job->ended_from >= LG_RETENTION_MS);
        }
    }
}

/* GetKeyProtector retrieves, and so does what only reads. Jobs whose time is over go when somebody
 * looks for them. */
static void a_read_changes_nothing(void **state)
{
    uint64_t random = seed_of_run("test_step_rules");
    struct lg_profile profile = profile_of(LG_TAG_VIOLATES);
    unsigned reads = 0;
    (void)state;
    for (unsigned i = 0; i < CELLS; i++) {
        struct trial trial;
        make_trial(&trial, &random, &profile, false);
        enum lg_kind kind = lg_methods[trial.call.method].kind;
        if (kind != LG_KIND_READ && kind != LG_KIND_LIST &&
            trial.call.method != LG_CALL_GET_KEY_PROTECTOR)
            continue;
        assert_memory_equal(&trial.after.vm, &trial.before.vm, sizeof trial.after.vm);
        assert_memory_equal(&trial.after.host, &trial.before.host, sizeof trial.after.host);
        if (trial.call.method == LG_CALL_LIST_JOBS)
            check_only_old_jobs_went(&trial);
        else if (lg_methods[trial.call.method].target != LG_TARGET_JOB)
            assert_true(lg_cell_equal(&trial.after, &trial.before));
        reads++;
    }
    assert_true(reads > CELLS / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_in_every_state_has_an_outcome_and_leaves_a_valid_cell),
        cmocka_unit_test(the_same_step_twice_is_the_same),
        cmocka_unit_test(a_method_answers_4096_exactly_with_a_job),
        cmocka_unit_test(a_refused_call_changes_nothing),
        cmocka_unit_test(a_read_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
