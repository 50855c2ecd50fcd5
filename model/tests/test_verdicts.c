/* What a verdict rests on: the clause of each field that a look at a job or inside a VM shows
 * wrong; what is told of more than there is room for; a target with a clock of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "model/oracle.h"
#include "world.h"

enum { VMS = 2, SET_MAX = 512, P1 = 1, P2 = 2, P9 = 9, POLICY = 4 };

/* A right implementation beside the oracle that watches it. */
struct watched {
    struct world world;
    struct lg_oracle oracle;
    struct lg_verdict verdict;
    void *memory;
};

static enum lg_verdict_kind judge(struct watched *it, const struct lg_call *call,
                                  const struct lg_outcome *seen)
{
    lg_oracle_step(&it->oracle, call, seen, &it->verdict);
    return (enum lg_verdict_kind)it->verdict.kind;
}

/* Both see the call, and it is answered as it should be. */
static void make(struct watched *it, struct lg_call call)
{
    world_do(&it->world, call);
    assert_true(judge(it, &call, &it->world.outcome) <= LG_VERDICT_UNDOCUMENTED);
}
#define MAKE(it, ...) make(it, (struct lg_call){.method = LG_CALL_##__VA_ARGS__})

static int start(void **state)
{
    static const struct lg_host_word fresh;
    const struct lg_call made = {.method = LG_CALL_VM_CREATED, .requested = 2};
    struct watched *it = calloc(1, sizeof *it);
    struct lg_profile profile;
    it->memory = malloc(lg_oracle_bytes(VMS, SET_MAX));
    lg_profile_load(&profile, LG_PROFILE_documented, LG_TAG_CONFORMS);
    lg_oracle_init(&it->oracle, it->memory, VMS, SET_MAX, &profile, &fresh);
    world_start(&it->world);
    world_pin(&it->world, LG_SITE_execution, LG_ALT_execution_by_job);
    judge(it, &made, &it->world.outcome);
    *state = it;
    return 0;
}

static int end(void **state)
{
    struct watched *it = *state;
    free(it->memory);
    free(it);
    return 0;
}

/* ---- jobs ---- */

struct wrong {
    unsigned field;
    uint64_t value;
    uint16_t clause;
};

static const struct wrong of_ended_jobs[] = {
    {LG_JOB_FIELD_STATE, (uint64_t)1 << LG_JOB_RUNNING, LG_CLAUSE_job_end_is_final},
    {LG_JOB_FIELD_ERROR_CODE, 32768, LG_CLAUSE_job_error_code},
    {LG_JOB_FIELD_PERCENT, 101, LG_CLAUSE_job_percent},
    {LG_JOB_FIELD_CANCELLABLE, 2, LG_CLAUSE_job_is_cancellable},
    {LG_JOB_FIELD_OPERATIONAL_STATUS, 99, LG_CLAUSE_job_operational_status},
    {LG_JOB_FIELD_TYPE, 999, LG_CLAUSE_job_type_values},
    {LG_JOB_FIELD_CHANGE, 1, LG_CLAUSE_job_last_change},
    {LG_JOB_FIELD_SUBMITTED, LG_TIME_MAX_MS, LG_CLAUSE_job_times},
    {LG_JOB_FIELD_ERROR_TEXT, 1, LG_CLAUSE_job_get_error},
    {LG_JOB_FIELD_AFFECTED, 1, LG_CLAUSE_job_affects_vm},
};

/* A look at job 1 with one field more, or another one, than the implementation shows. */
static struct lg_outcome look_with(struct watched *it, const struct wrong *wrong)
{
    DO(&it->world, READ_JOB, .job = 1);
    struct lg_outcome seen = it->world.outcome;
    seen.fields[wrong->field] = (struct lg_field){.from = wrong->value, .to = wrong->value};
    seen.shown |= (uint16_t)(1u << wrong->field);
    return seen;
}

static void look_until(struct watched *it, enum lg_job_state state)
{
    for (unsigned i = 0; i < 16; i++) {
        MAKE(it, READ_JOB, .job = 1);
        if (it->world.outcome.fields[LG_JOB_FIELD_STATE].from >> state & 1)
            return;
    }
    fail_msg("the job does not get there");
}

static void each_wrong_field_of_a_job_names_its_clause(void **state)
{
    for (unsigned i = 0; i < sizeof of_ended_jobs / sizeof of_ended_jobs[0]; i++) {
        struct lg_call look = {.method = LG_CALL_READ_JOB, .job = 1};
        struct watched *it;
        start((void **)&it);
        MAKE(it, SET_KEY_PROTECTOR, .symbol = P1, .new_job = 1);
        look_until(it, LG_JOB_COMPLETED);
        struct lg_outcome seen = look_with(it, &of_ended_jobs[i]);
        if (judge(it, &look, &seen) != LG_VERDICT_VIOLATES ||
            it->verdict.clause != of_ended_jobs[i].clause)
            fail_msg("field %u: verdict %u, %s", of_ended_jobs[i].field, it->verdict.kind,
                     lg_clauses[it->verdict.clause].id);
        end((void **)&it);
    }
    (void)state;
}

static void a_job_that_goes_back_names_the_clause(void **state)
{
    const struct wrong wrong = {LG_JOB_FIELD_STATE, (uint64_t)1 << LG_JOB_NEW, 0};
    struct lg_call look = {.method = LG_CALL_READ_JOB, .job = 1};
    struct watched *it = *state;
    MAKE(it, SET_KEY_PROTECTOR, .symbol = P1, .new_job = 1);
    world_pin(&it->world, LG_SITE_job_progress, LG_ALT_job_progress_runs);
    look_until(it, LG_JOB_RUNNING);
    struct lg_outcome seen = look_with(it, &wrong);
    assert_int_equal(judge(it, &look, &seen), LG_VERDICT_VIOLATES);
    assert_int_equal(it->verdict.clause, LG_CLAUSE_job_never_backwards);
}

static void a_job_that_is_gone_too_soon_was_not_kept(void **state)
{
    const struct lg_outcome gone = {.fault = LG_FAULT_NOT_FOUND};
    struct lg_call look = {.method = LG_CALL_READ_JOB, .job = 1};
    struct watched *it = *state;
    MAKE(it, SET_KEY_PROTECTOR, .symbol = P1, .new_job = 1);
    look_until(it, LG_JOB_COMPLETED);
    assert_int_equal(judge(it, &look, &gone), LG_VERDICT_VIOLATES);
    assert_int_equal(it->verdict.clause, LG_CLAUSE_job_retention);
}

/* A look that does not show the state tells nothing of it. */
static void a_look_without_a_state_fits_every_job(void **state)
{
    const struct lg_outcome little = {.answer = LG_ANSWERS_INSTANCE};
    struct lg_call look = {.method = LG_CALL_READ_JOB, .job = 1};
    struct watched *it = *state;
    MAKE(it, SET_KEY_PROTECTOR, .symbol = P1, .new_job = 1);
    assert_int_equal(judge(it, &look, &little), LG_VERDICT_CONFORMS);
    look_until(it, LG_JOB_COMPLETED);
}

/* Job 1 runs, was told to end, and nobody has looked since. */
static void start_told(struct watched *it)
{
    world_pin(&it->world, LG_SITE_job_cancellable, LG_ALT_job_cancellable_until_effect);
    world_pin(&it->world, LG_SITE_cancel_result, LG_ALT_cancel_result_started);
    world_pin(&it->world, LG_SITE_job_ends_by_itself, !LG_ALT_job_ends_by_itself_yes);
    world_pin(&it->world, LG_SITE_job_progress, LG_ALT_job_progress_runs);
    MAKE(it, SET_KEY_PROTECTOR, .symbol = P1, .new_job = 1);
    MAKE(it, JOB_REQUEST_STATE_CHANGE, .job = 1, .requested = 4);
    assert_int_equal(it->world.outcome.return_value, 4096);
}

static void a_job_that_was_told_to_end_ends_so(void **state)
{
    struct watched *it = *state;
    start_told(it);
    world_pin(&it->world, LG_SITE_job_progress, LG_ALT_job_progress_ended);
    MAKE(it, READ_JOB, .job = 1);
    assert_int_equal(it->world.outcome.fields[LG_JOB_FIELD_STATE].from,
                     (uint64_t)1 << LG_JOB_TERMINATED);
}

/* Where jobs have taken effect or ended by the first look, one that was told to end does not run.
 */
static void a_job_that_was_told_to_end_runs_only_where_it_may(void **state)
{
    enum {
        ENDED_OR_TOOK_EFFECT = 1 << LG_ALT_job_progress_ended | 1 << LG_ALT_job_progress_took_effect
    };
    const struct wrong running = {LG_JOB_FIELD_STATE, (uint64_t)1 << LG_JOB_RUNNING, 0};
    struct lg_call look = {.method = LG_CALL_READ_JOB, .job = 1};
    struct watched *it = *state;
    start_told(it);
    it->oracle.profile.allowed[lg_sites[LG_SITE_job_progress].slot] = ENDED_OR_TOOK_EFFECT;
    struct lg_outcome seen = look_with(it, &running);
    assert_int_equal(judge(it, &look, &seen), LG_VERDICT_VIOLATES);
}

/* Under a profile in which jobs have ended by the first look, none runs. */
static void a_job_runs_only_where_it_may(void **state)
{
    const struct wrong running = {LG_JOB_FIELD_STATE, (uint64_t)1 << LG_JOB_RUNNING, 0};
    struct lg_call look = {.method = LG_CALL_READ_JOB, .job = 1};
    struct watched *it = *state;
    lg_profile_pin(&it->oracle.profile, LG_SITE_job_progress, LG_ALT_job_progress_ended);
    MAKE(it, SET_KEY_PROTECTOR, .symbol = P1, .new_job = 1);
    struct lg_outcome seen = look_with(it, &running);
    assert_int_equal(judge(it, &look, &seen), LG_VERDICT_VIOLATES);
}

/* ---- inside ---- */

static const struct wrong of_vaults[] = {
    {LG_INSPECT_FIELD_CURRENT, P9, LG_CLAUSE_get_current},
    {LG_INSPECT_FIELD_LAST_KNOWN_GOOD, P9, LG_CLAUSE_lkg_only_tpm},
    {LG_INSPECT_FIELD_POLICY, P9, LG_CLAUSE_set_only_protector},
};

static void each_wrong_member_of_a_vault_names_its_clause(void **state)
{
    const struct lg_call look = {.method = LG_CALL_INSPECT};
    struct watched *it = *state;
    for (unsigned i = 0; i < sizeof of_vaults / sizeof of_vaults[0]; i++) {
        world_do(&it->world, look);
        struct lg_outcome seen = it->world.outcome;
        assert_int_not_equal(seen.answer, LG_ANSWERS_NOTHING);
        seen.fields[of_vaults[i].field] = (struct lg_field){.from = P9, .to = P9};
        assert_int_equal(judge(it, &look, &seen), LG_VERDICT_VIOLATES);
        assert_int_equal(it->verdict.clause, of_vaults[i].clause);
    }
}

/* What is no field of the nearest answer: the clause is that of the answer. */
static void another_answer_names_the_clause_of_the_right_one(void **state)
{
    const struct lg_outcome denied = {.fault = LG_FAULT_ACCESS_DENIED};
    const struct lg_outcome shown = {.answer = LG_ANSWERS_INSTANCE};
    struct lg_call look = {.method = LG_CALL_INSPECT};
    struct watched *it = *state;
    assert_int_equal(judge(it, &look, &denied), LG_VERDICT_VIOLATES);
    look = (struct lg_call){.method = LG_CALL_READ_JOB, .job = 7};
    assert_int_equal(judge(it, &look, &shown), LG_VERDICT_VIOLATES);
    assert_int_equal(it->verdict.allowed[0].fault, LG_FAULT_NOT_FOUND);
    MAKE(it, SET_KEY_PROTECTOR, .symbol = P1, .new_job = 1);
    look.job = 1;
    assert_int_equal(judge(it, &look, &denied), LG_VERDICT_VIOLATES);
}

/* ---- room ---- */

static void the_host_of_too_many_vms_allows_nothing(void **state)
{
    struct lg_outcome allowed[LG_ALLOWED_MAX];
    struct watched *it = *state;
    struct lg_call read = {.method = LG_CALL_READ_VM};
    uint8_t more;
    for (read.vm = 0; read.vm <= VMS; read.vm++) {
        unsigned count = lg_oracle_allowed(&it->oracle, &read, allowed, &more);
        assert_int_equal(count > 0, read.vm < VMS);
    }
    assert_int_equal(lg_oracle_begin(&it->oracle, &read, &allowed[0]), -1);
    assert_true(it->oracle.bound_hit);
}

static void readings_without_room_are_those_that_all_agree_on(void **state)
{
    struct lg_readings readings;
    struct watched *it = *state;
    memset(&readings, 0, sizeof readings);
    for (unsigned i = 1; i < LG_READINGS_MAX; i++) {
        readings.out[i / 16] |= (uint16_t)(1u << i % 16);
        readings.out[LG_SLOT_COUNT - 1] = (uint16_t)i;
        uint16_t there = lg_oracle_intern(&it->oracle, &readings);
        assert_int_not_equal(there, 0);
        assert_int_equal(lg_oracle_intern(&it->oracle, &readings), there);
    }
    readings.out[LG_SLOT_COUNT - 1] = (uint16_t)LG_READINGS_MAX;
    assert_int_equal(lg_oracle_intern(&it->oracle, &readings), 0);
    assert_int_equal(it->oracle.approximations, 1);
}

/* Who was exported is not known: whatever came of it is nobody's fault. An import that was refused
 * is: events happen. */
static void an_import_is_judged_by_what_was_exported(void **state)
{
    const struct lg_outcome done = {.clause = 0};
    const struct lg_outcome refused = {.fault = LG_FAULT_NOT_FOUND};
    struct watched *it = *state;
    struct lg_call import = {.method = LG_CALL_VM_IMPORTED, .vm = 1, .other = VMS + 3};
    assert_int_equal(judge(it, &(struct lg_call){.method = LG_CALL_VM_CREATED, .vm = 1}, &done),
                     LG_VERDICT_CONFORMS);
    assert_int_equal(judge(it, &import, &refused), LG_VERDICT_UNDETERMINED);
    it->oracle.bound_hit = 0;
    import.other = 0;
    assert_int_equal(judge(it, &import, &refused), LG_VERDICT_VIOLATES);
}

static enum lg_verdict_kind accept(struct watched *it, struct lg_call call, uint16_t job)
{
    const struct lg_outcome accepted = {
        .return_value = 4096, .return_to = 4096, .answer = LG_ANSWERS_JOB, .job = job};
    call.new_job = job;
    return judge(it, &call, &accepted);
}

static enum lg_verdict_kind accept_by_job(struct watched *it, uint16_t job)
{
    return accept(it, (struct lg_call){.method = LG_CALL_SET_KEY_PROTECTOR, .symbol = P1 + job % 2},
                  job);
}

static struct lg_outcome shown_in(enum lg_job_state state)
{
    const uint64_t bit = (uint64_t)1 << state;
    struct lg_outcome seen = {.answer = LG_ANSWERS_INSTANCE, .shown = 1u << LG_JOB_FIELD_STATE};
    seen.masks = seen.shown;
    seen.fields[LG_JOB_FIELD_STATE] = (struct lg_field){bit, bit};
    return seen;
}

static enum lg_verdict_kind see_in(struct watched *it, uint16_t job, enum lg_job_state state)
{
    const struct lg_outcome seen = shown_in(state);
    return judge(it, &(struct lg_call){.method = LG_CALL_READ_JOB, .job = job}, &seen);
}

static enum lg_verdict_kind see_running(struct watched *it, uint16_t job)
{
    return see_in(it, job, LG_JOB_RUNNING);
}

/* A job that was refused beside another one does no work: it waits for nobody. */
static void a_job_that_fails_waits_for_none(void **state)
{
    struct watched *it = *state;
    assert_int_equal(accept_by_job(it, 1), LG_VERDICT_CONFORMS);
    assert_int_equal(accept_by_job(it, 2), LG_VERDICT_CONFORMS);
    assert_int_equal(see_in(it, 2, LG_JOB_EXCEPTION), LG_VERDICT_CONFORMS);
    assert_int_equal(see_running(it, 1), LG_VERDICT_CONFORMS);
}

/* One that was let in does its work behind the other. */
static void a_job_that_works_waits_for_the_one_before(void **state)
{
    struct watched *it = *state;
    assert_int_equal(accept_by_job(it, 1), LG_VERDICT_CONFORMS);
    assert_int_equal(accept_by_job(it, 2), LG_VERDICT_CONFORMS);
    assert_int_equal(see_in(it, 2, LG_JOB_COMPLETED), LG_VERDICT_CONFORMS);
    assert_int_equal(see_running(it, 1), LG_VERDICT_VIOLATES);
}

static enum lg_verdict_kind tell_to_terminate(struct watched *it, uint16_t job)
{
    enum { TERMINATE = 4 };
    const struct lg_outcome accepted = {.return_value = 4096, .return_to = 4096};
    const struct lg_call terminate = {
        .method = LG_CALL_JOB_REQUEST_STATE_CHANGE, .requested = TERMINATE, .job = job};
    return judge(it, &terminate, &accepted);
}

static void a_job_that_was_told_to_end_waits_for_none(void **state)
{
    struct watched *it = *state;
    assert_int_equal(accept_by_job(it, 1), LG_VERDICT_CONFORMS);
    assert_int_equal(accept_by_job(it, 2), LG_VERDICT_CONFORMS);
    assert_int_equal(tell_to_terminate(it, 2), LG_VERDICT_CONFORMS);
    assert_int_equal(see_in(it, 2, LG_JOB_TERMINATED), LG_VERDICT_CONFORMS);
    assert_int_equal(see_running(it, 1), LG_VERDICT_CONFORMS);
}

/* The first one rests, so that the second stays behind it. */
static void a_job_behind_another_is_judged_by_a_profile_of_one_way(void **state)
{
    enum { SUSPEND = 3 };
    struct watched *it = *state;
    const struct lg_outcome done = {.return_value = 0};
    const struct lg_call suspend = {
        .method = LG_CALL_JOB_REQUEST_STATE_CHANGE, .requested = SUSPEND, .job = 1};
    assert_int_equal(accept_by_job(it, 1), LG_VERDICT_CONFORMS);
    assert_int_equal(judge(it, &suspend, &done), LG_VERDICT_CONFORMS);
    assert_int_equal(accept_by_job(it, 2), LG_VERDICT_CONFORMS);
    assert_int_equal(tell_to_terminate(it, 2), LG_VERDICT_CONFORMS);
    lg_profile_pin(&it->oracle.profile, LG_SITE_job_progress, LG_ALT_job_progress_ended);
    assert_int_equal(see_running(it, 2), LG_VERDICT_VIOLATES);
}

/* The first job's end was not seen: there are two that it may have come to. */
static void lose_sight_of_the_first_job(struct watched *it)
{
    enum { OUT_OF_MEMORY = 32778 };
    const struct lg_call get = {.method = LG_CALL_GET_KEY_PROTECTOR};
    const struct lg_outcome refused = {.return_value = OUT_OF_MEMORY, .return_to = OUT_OF_MEMORY};
    assert_int_equal(accept_by_job(it, 1), LG_VERDICT_CONFORMS);
    MAKE(it, CAUSE_APPEARS, .vm = LG_VM_HOST, .requested = LG_MEANING_OUT_OF_MEMORY);
    assert_int_equal(judge(it, &get, &refused), LG_VERDICT_CONFORMS);
    MAKE(it, CAUSE_ENDS, .vm = LG_VM_HOST, .requested = LG_MEANING_OUT_OF_MEMORY);
    for (uint16_t job = 2; job <= LG_JOB_SLOTS + 1; job++) {
        assert_int_equal(accept_by_job(it, job), LG_VERDICT_CONFORMS);
        assert_int_equal(see_in(it, job, LG_JOB_COMPLETED), LG_VERDICT_CONFORMS);
    }
    assert_int_equal(it->oracle.approximations, 1);
}

static void a_job_that_left_its_cell_may_have_failed(void **state)
{
    lose_sight_of_the_first_job(*state);
    assert_int_equal(see_in(*state, 1, LG_JOB_EXCEPTION), LG_VERDICT_CONFORMS);
}

static void a_job_that_left_its_cell_may_have_been_completed(void **state)
{
    lose_sight_of_the_first_job(*state);
    assert_int_equal(see_in(*state, 1, LG_JOB_COMPLETED), LG_VERDICT_CONFORMS);
}

/* The code is the cause's own: nothing that was found at the call has it. */
static void a_job_that_meets_a_cause_waits_for_none(void **state)
{
    enum { OUT_OF_MEMORY = 32778 };
    struct watched *it = *state;
    const struct lg_call look = {.method = LG_CALL_READ_JOB, .job = 2};
    struct lg_outcome failed = shown_in(LG_JOB_EXCEPTION);
    failed.shown |= 1u << LG_JOB_FIELD_ERROR_CODE;
    failed.fields[LG_JOB_FIELD_ERROR_CODE] = (struct lg_field){OUT_OF_MEMORY, OUT_OF_MEMORY};
    assert_int_equal(accept_by_job(it, 1), LG_VERDICT_CONFORMS);
    assert_int_equal(accept_by_job(it, 2), LG_VERDICT_CONFORMS);
    MAKE(it, CAUSE_APPEARS, .vm = LG_VM_HOST, .requested = LG_MEANING_OUT_OF_MEMORY);
    assert_int_equal(judge(it, &look, &failed), LG_VERDICT_CONFORMS);
    assert_int_equal(see_running(it, 1), LG_VERDICT_CONFORMS);
}

static enum lg_verdict_kind accept_request_by_job(struct watched *it, uint16_t job, uint16_t state)
{
    return accept(
        it, (struct lg_call){.method = LG_CALL_VM_REQUEST_STATE_CHANGE, .requested = state}, job);
}

static enum lg_verdict_kind see_requested(struct watched *it, uint16_t state)
{
    struct lg_outcome seen = {.answer = LG_ANSWERS_INSTANCE,
                              .shown = 1u << LG_VM_FIELD_REQUESTED_STATE};
    const struct lg_call look = {.method = LG_CALL_READ_VM};
    seen.fields[LG_VM_FIELD_REQUESTED_STATE] = (struct lg_field){state, state};
    return judge(it, &look, &seen);
}

/* The first request that has not failed is shown, and the job before it need not have ended. */
static void a_request_that_failed_behind_another_is_not_shown(void **state)
{
    enum { ENABLED = 2, OFFLINE = 6, REBOOT = 10 };
    struct watched *it = *state;
    assert_int_equal(accept_by_job(it, 1), LG_VERDICT_CONFORMS);
    assert_int_equal(accept_request_by_job(it, 2, OFFLINE), LG_VERDICT_CONFORMS);
    assert_int_equal(accept_request_by_job(it, 3, ENABLED), LG_VERDICT_CONFORMS);
    assert_int_equal(see_requested(it, ENABLED), LG_VERDICT_CONFORMS);
    assert_int_equal(see_running(it, 1), LG_VERDICT_CONFORMS);
    assert_int_equal(see_requested(it, REBOOT), LG_VERDICT_VIOLATES);
}

/* A target may have room for one job more than a cell: what it then shows is nobody's fault. */
static void one_job_more_than_fit_is_undetermined(void **state)
{
    struct watched *it = *state;
    for (uint16_t job = 1; job <= LG_JOB_SLOTS; job++) {
        assert_int_equal(accept_by_job(it, job), LG_VERDICT_CONFORMS);
        assert_int_equal(see_running(it, 1), LG_VERDICT_CONFORMS);
    }
    assert_int_equal(accept_by_job(it, LG_JOB_SLOTS + 1), LG_VERDICT_CONFORMS);
    assert_int_equal(see_running(it, 1), LG_VERDICT_UNDETERMINED);
}

/* An answer that no host may give is blamed however many jobs there are. */
static void what_is_wrong_with_one_job_more_is_judged(void **state)
{
    struct watched *it = *state;
    const uint16_t next = LG_JOB_SLOTS + 1;
    const struct lg_outcome wrong[] = {
        {.answer = LG_ANSWERS_JOB, .job = next},
        {.return_value = 4096, .return_to = 4096, .answer = LG_ANSWERS_JOB},
        {.return_value = 4096,
         .return_to = 4096,
         .answer = LG_ANSWERS_JOB,
         .job = next,
         .deviant = 1}};
    const struct lg_call set = {.method = LG_CALL_SET_KEY_PROTECTOR, .symbol = P1, .new_job = next};
    for (uint16_t job = 1; job <= LG_JOB_SLOTS; job++)
        assert_int_equal(accept_by_job(it, job), LG_VERDICT_CONFORMS);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(judge(it, &set, &wrong[i]), LG_VERDICT_VIOLATES);
}

static void as_many_jobs_as_fit_are_judged(void **state)
{
    const struct lg_outcome gone = {.fault = LG_FAULT_NOT_FOUND};
    const struct lg_call look = {.method = LG_CALL_READ_JOB, .job = 1};
    struct watched *it = *state;
    for (uint16_t job = 1; job <= LG_JOB_SLOTS; job++)
        assert_int_equal(accept_by_job(it, job), LG_VERDICT_CONFORMS);
    assert_int_equal(judge(it, &look, &gone), LG_VERDICT_VIOLATES);
}

/* ---- time ---- */

/* A job is kept for five minutes at least; a clock that has gone on lets it be gone. */
static void a_clock_of_the_targets_own_lets_jobs_go(void **state)
{
    const struct lg_outcome gone = {.fault = LG_FAULT_NOT_FOUND};
    struct lg_call look = {.method = LG_CALL_READ_JOB, .job = 1};
    struct watched *it = *state;
    lg_oracle_set_time(&it->oracle, 0, 0);
    MAKE(it, SET_KEY_PROTECTOR, .symbol = P1, .new_job = 1);
    look_until(it, LG_JOB_COMPLETED);
    lg_oracle_set_time(&it->oracle, 0, 1000);
    MAKE(it, READ_JOB, .job = 1);
    lg_oracle_set_time(&it->oracle, LG_RETENTION_MS, LG_RETENTION_MS + 1000);
    assert_int_equal(judge(it, &look, &gone), LG_VERDICT_CONFORMS);
    assert_int_equal(lg_oracle_set(&it->oracle, 0)->elements[0].cell.host.now_to,
                     LG_RETENTION_MS + 1000);
}

#define WATCHED(test) cmocka_unit_test_setup_teardown(test, start, end)

/* ---- bytes that the host makes ---- */

/* What is read while a job is under way may be what it set, or what the host had made before: then
 * the last known good protector is known as well, else it is not. */
static void bytes_that_the_host_made_may_still_be_unseen(void **state)
{
    enum { TPM = 1u << LG_SETTING_TPM_ENABLED };
    struct watched *it = *state;
    world_pin(&it->world, LG_SITE_execution, LG_ALT_execution_now);
    world_pin(&it->world, LG_SITE_protector_precondition, LG_ALT_protector_precondition_allowed);
    world_pin(&it->world, LG_SITE_start_unset, LG_ALT_start_unset_made);
    world_pin(&it->world, LG_SITE_power_gate, LG_ALT_power_gate_allowed);
    MAKE(it, MODIFY_SECURITY_SETTINGS, .present = TPM, .values = TPM);
    MAKE(it, VM_REQUEST_STATE_CHANGE, .requested = 2);
    world_pin(&it->world, LG_SITE_execution, LG_ALT_execution_by_job);
    world_pin(&it->world, LG_SITE_job_progress, LG_ALT_job_progress_took_effect);
    MAKE(it, SET_KEY_PROTECTOR, .symbol = P2, .new_job = 1);
    MAKE(it, GET_KEY_PROTECTOR);
    assert_int_equal(it->world.outcome.symbol, P2);
    assert_int_not_equal(it->world.cell.vm.vault.last_known_good, P2);
    MAKE(it, INSPECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_wrong_field_of_a_job_names_its_clause),
        WATCHED(a_job_that_goes_back_names_the_clause),
        WATCHED(a_job_that_is_gone_too_soon_was_not_kept),
        WATCHED(a_look_without_a_state_fits_every_job),
        WATCHED(a_job_that_was_told_to_end_ends_so),
        WATCHED(a_job_that_was_told_to_end_runs_only_where_it_may),
        WATCHED(a_job_runs_only_where_it_may),
        WATCHED(each_wrong_member_of_a_vault_names_its_clause),
        WATCHED(another_answer_names_the_clause_of_the_right_one),
        WATCHED(the_host_of_too_many_vms_allows_nothing),
        WATCHED(readings_without_room_are_those_that_all_agree_on),
        WATCHED(an_import_is_judged_by_what_was_exported),
        WATCHED(a_job_that_fails_waits_for_none),
        WATCHED(a_job_that_works_waits_for_the_one_before),
        WATCHED(a_job_that_was_told_to_end_waits_for_none),
        WATCHED(a_job_behind_another_is_judged_by_a_profile_of_one_way),
        WATCHED(a_job_that_left_its_cell_may_have_failed),
        WATCHED(a_job_that_left_its_cell_may_have_been_completed),
        WATCHED(a_job_that_meets_a_cause_waits_for_none),
        WATCHED(a_request_that_failed_behind_another_is_not_shown),
        WATCHED(one_job_more_than_fit_is_undetermined),
        WATCHED(what_is_wrong_with_one_job_more_is_judged),
        WATCHED(as_many_jobs_as_fit_are_judged),
        WATCHED(a_clock_of_the_targets_own_lets_jobs_go),
        cmocka_unit_test_setup_teardown(bytes_that_the_host_made_may_still_be_unseen, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
