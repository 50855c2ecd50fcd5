/* Calls that overlap, replies that are lost, targets that contradict themselves, and bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "model/oracle.h"

enum { VMS = 2, SET_MAX = 512, P1 = 1, P2 = 2, P3 = 3 };
enum { DONE = 0, STARTED = 4096, BAD_PARAMETER = 32773, BAD_STATE = 32775, NOT_FOUND = 32789 };

struct court {
    struct lg_oracle oracle;
    void *memory;
    struct lg_verdict verdict;
};

static const struct lg_host_word fresh;

static struct lg_call call_of(enum lg_method method, uint16_t symbol)
{
    struct lg_call call;
    memset(&call, 0, sizeof call);
    call.method = (uint8_t)method;
    call.symbol = symbol;
    return call;
}

static struct lg_call set(uint16_t symbol)
{
    return call_of(LG_CALL_SET_KEY_PROTECTOR, symbol);
}

static struct lg_call get(void)
{
    return call_of(LG_CALL_GET_KEY_PROTECTOR, LG_SYMBOL_NONE);
}

static struct lg_outcome returns(uint32_t code)
{
    struct lg_outcome seen;
    memset(&seen, 0, sizeof seen);
    seen.return_value = seen.return_to = code;
    return seen;
}

static struct lg_outcome shows(enum lg_bytes_form form, uint16_t symbol)
{
    struct lg_outcome seen = returns(DONE);
    seen.answer = LG_ANSWERS_BYTES;
    seen.form = (uint8_t)form;
    seen.symbol = symbol;
    return seen;
}

static struct lg_outcome lists(uint16_t job)
{
    struct lg_outcome seen = returns(DONE);
    seen.answer = LG_ANSWERS_LIST;
    seen.list_count = job ? 1 : 0;
    seen.list[0] = job;
    return seen;
}

static enum lg_verdict_kind step(struct court *court, struct lg_call call, struct lg_outcome seen)
{
    lg_oracle_step(&court->oracle, &call, &seen, &court->verdict);
    return (enum lg_verdict_kind)court->verdict.kind;
}

static int begin(struct court *court, struct lg_call call, struct lg_outcome seen)
{
    return lg_oracle_begin(&court->oracle, &call, &seen);
}

static int lose(struct court *court, struct lg_call call)
{
    return lg_oracle_begin(&court->oracle, &call, NULL);
}

static enum lg_verdict_kind end(struct court *court, int handle)
{
    lg_oracle_end(&court->oracle, handle, &court->verdict);
    return (enum lg_verdict_kind)court->verdict.kind;
}

static enum lg_verdict_kind reads(struct court *court, uint16_t symbol)
{
    return step(court, get(), shows(LG_BYTES_GIVEN, symbol));
}

static void make_vm(struct court *court, uint16_t vm)
{
    struct lg_call call = call_of(LG_CALL_VM_CREATED, LG_SYMBOL_NONE);
    call.vm = vm;
    call.requested = 2;
    assert_int_equal(step(court, call, returns(DONE)), LG_VERDICT_CONFORMS);
}

static void open_court_of(struct court *court, uint32_t set_max)
{
    struct lg_profile profile;
    lg_profile_load(&profile, LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
    lg_oracle_init(&court->oracle, court->memory, VMS, set_max, &profile, &fresh);
    make_vm(court, 0);
}

/* Of a target that does everything before it answers, without jobs. */
static void open_court_without_jobs(struct court *court)
{
    open_court_of(court, SET_MAX);
    lg_profile_pin(&court->oracle.profile, LG_SITE_execution, LG_ALT_execution_now);
    assert_int_equal(step(court, set(P1), returns(DONE)), LG_VERDICT_CONFORMS);
}

/* A VM whose protector is P1. */
static void open_court(struct court *court)
{
    open_court_of(court, SET_MAX);
    assert_int_equal(step(court, set(P1), returns(DONE)), LG_VERDICT_CONFORMS);
}

static int build(void **state)
{
    struct court *court = malloc(sizeof *court);
    if (!court)
        return -1;
    court->memory = malloc(lg_oracle_bytes(VMS, SET_MAX));
    *state = court;
    return court->memory ? 0 : -1;
}

static int tear_down(void **state)
{
    struct court *court = *state;
    free(court->memory);
    free(court);
    return 0;
}

/* ---- overlapping calls ---- */

static void a_call_with_nothing_beside_it_is_a_step(void **state)
{
    struct court *court = *state;
    open_court(court);
    assert_int_equal(end(court, begin(court, set(P2), returns(DONE))), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P2), LG_VERDICT_CONFORMS);
    assert_int_equal(end(court, begin(court, get(), shows(LG_BYTES_GIVEN, P1))),
                     LG_VERDICT_VIOLATES);
    assert_int_equal(court->verdict.secondary, 0);
    assert_true(court->verdict.allowed_count > 0);
}

static void of_two_overlapping_sets_either_may_be_the_last(void **state)
{
    struct court *court = *state;
    static const struct {
        uint16_t shown;
        enum lg_verdict_kind kind;
    } rows[] = {{P1, LG_VERDICT_CONFORMS}, {P2, LG_VERDICT_CONFORMS}, {P3, LG_VERDICT_VIOLATES}};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        open_court_of(court, SET_MAX);
        int first = begin(court, set(P1), returns(DONE));
        int second = begin(court, set(P2), returns(DONE));
        assert_int_not_equal(first, second);
        assert_int_equal(end(court, first), LG_VERDICT_CONFORMS);
        assert_int_equal(end(court, second), LG_VERDICT_CONFORMS);
        assert_int_equal(reads(court, rows[i].shown), rows[i].kind);
    }
}

static void the_order_that_a_read_has_shown_stays(void **state)
{
    struct court *court = *state;
    open_court_of(court, SET_MAX);
    int first = begin(court, set(P1), returns(DONE));
    int second = begin(court, set(P2), returns(DONE));
    end(court, second);
    end(court, first);
    assert_int_equal(reads(court, P1), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P2), LG_VERDICT_VIOLATES);
}

static void a_call_that_ended_came_before_one_that_began_later(void **state)
{
    struct court *court = *state;
    open_court_of(court, SET_MAX);
    end(court, begin(court, set(P1), returns(DONE)));
    end(court, begin(court, set(P2), returns(DONE)));
    assert_int_equal(reads(court, P1), LG_VERDICT_VIOLATES);
}

static void a_read_beside_a_set_shows_what_was_or_what_is(void **state)
{
    struct court *court = *state;
    for (uint16_t shown = P1; shown <= P3; shown++) {
        open_court(court);
        int setting = begin(court, set(P2), returns(DONE));
        int reading = begin(court, get(), shows(LG_BYTES_GIVEN, shown));
        assert_int_equal(end(court, reading),
                         shown == P3 ? LG_VERDICT_VIOLATES : LG_VERDICT_CONFORMS);
        assert_int_equal(end(court, setting), LG_VERDICT_CONFORMS);
    }
    open_court(court);
    int setting = begin(court, set(P2), returns(DONE));
    assert_int_equal(reads(court, P2), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P1), LG_VERDICT_VIOLATES);
    end(court, setting);
}

static void a_set_that_ended_is_seen_by_a_read_that_is_still_open(void **state)
{
    struct court *court = *state;
    open_court(court);
    int setting = begin(court, set(P2), returns(DONE));
    int early = begin(court, get(), shows(LG_BYTES_GIVEN, P1));
    end(court, setting);
    int late = begin(court, get(), shows(LG_BYTES_GIVEN, P1));
    assert_int_equal(end(court, early), LG_VERDICT_CONFORMS);
    assert_int_equal(end(court, late), LG_VERDICT_VIOLATES);
}

static void a_refused_call_has_no_effect_whenever_it_is_made(void **state)
{
    struct court *court = *state;
    open_court(court);
    struct lg_call bad = set(P2);
    bad.setting = LG_TEXT_MISSING;
    int refused = begin(court, bad, returns(BAD_PARAMETER));
    assert_int_equal(reads(court, P1), LG_VERDICT_CONFORMS);
    assert_int_equal(end(court, refused), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P2), LG_VERDICT_VIOLATES);
}

static void calls_on_two_vms_do_not_meet(void **state)
{
    struct court *court = *state;
    struct lg_call other = get();
    open_court(court);
    make_vm(court, 1);
    other.vm = 1;
    int setting = begin(court, set(P2), returns(DONE));
    assert_int_equal(step(court, other, shows(LG_BYTES_GIVEN, P2)), LG_VERDICT_VIOLATES);
    assert_int_equal(end(court, setting), LG_VERDICT_CONFORMS);
}

/* ---- lost replies ---- */

static void a_lost_set_may_have_been_done_or_not(void **state)
{
    struct court *court = *state;
    open_court(court);
    lose(court, set(P2));
    assert_int_equal(reads(court, P1), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P1), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P2), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P1), LG_VERDICT_VIOLATES);
}

static void a_lost_set_explains_only_what_it_sets(void **state)
{
    struct court *court = *state;
    open_court(court);
    lose(court, set(P2));
    assert_int_equal(reads(court, P3), LG_VERDICT_VIOLATES);
}

static void a_lost_set_is_done_once(void **state)
{
    struct court *court = *state;
    open_court(court);
    lose(court, set(P2));
    assert_int_equal(reads(court, P2), LG_VERDICT_CONFORMS);
    assert_int_equal(step(court, set(P1), returns(DONE)), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P2), LG_VERDICT_VIOLATES);
}

static void two_lost_sets_are_done_twice_at_most(void **state)
{
    struct court *court = *state;
    open_court(court);
    lose(court, set(P2));
    lose(court, set(P2));
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(reads(court, P2), LG_VERDICT_CONFORMS);
        assert_int_equal(step(court, set(P1), returns(DONE)), LG_VERDICT_CONFORMS);
    }
    assert_int_equal(reads(court, P2), LG_VERDICT_VIOLATES);
}

/* Where no place is left, one stands for all that are like it. */
static void more_lost_calls_than_there_is_room_for_are_done_any_number_of_times(void **state)
{
    struct court *court = *state;
    open_court_without_jobs(court);
    for (int i = 0; i <= LG_PENDING_MAX; i++)
        lose(court, set(P2));
    assert_false(court->oracle.bound_hit);
    for (unsigned i = 0; i < LG_PENDING_MAX + 2; i++) {
        assert_int_equal(reads(court, P2), LG_VERDICT_CONFORMS);
        assert_int_equal(step(court, set(P1), returns(DONE)), LG_VERDICT_CONFORMS);
    }
    assert_int_equal(reads(court, P3), LG_VERDICT_VIOLATES);
}

static void a_lost_call_that_is_given_up_is_not_done_any_more(void **state)
{
    struct court *court = *state;
    open_court_without_jobs(court);
    int setting = lose(court, set(P2));
    assert_int_equal(reads(court, P1), LG_VERDICT_CONFORMS);
    lg_oracle_forget(&court->oracle, setting);
    assert_int_equal(reads(court, P1), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P2), LG_VERDICT_VIOLATES);
}

static void behind_a_barrier_a_lost_call_is_not_done_any_more(void **state)
{
    struct court *court = *state;
    open_court_without_jobs(court);
    lose(court, set(P2));
    assert_int_equal(reads(court, P1), LG_VERDICT_CONFORMS);
    lg_oracle_barrier(&court->oracle);
    assert_int_equal(reads(court, P1), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P2), LG_VERDICT_VIOLATES);
}

static void behind_a_barrier_the_job_of_a_lost_call_goes_on(void **state)
{
    struct court *court = *state;
    open_court(court);
    lose(court, set(P2));
    lg_oracle_barrier(&court->oracle);
    assert_int_equal(reads(court, P1), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P2), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P1), LG_VERDICT_VIOLATES);
}

static void before_the_barrier_it_may_have_been_done(void **state)
{
    struct court *court = *state;
    open_court(court);
    lose(court, set(P2));
    lg_oracle_barrier(&court->oracle);
    assert_int_equal(reads(court, P2), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P1), LG_VERDICT_VIOLATES);
}

static void a_barrier_leaves_calls_that_will_be_answered(void **state)
{
    struct court *court = *state;
    open_court(court);
    int setting = begin(court, set(P2), returns(DONE));
    lg_oracle_barrier(&court->oracle);
    assert_int_equal(reads(court, P1), LG_VERDICT_CONFORMS);
    assert_int_equal(end(court, setting), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P2), LG_VERDICT_CONFORMS);
}

/* A job whose start nobody saw answered is named by the list that shows it. */
static void a_lost_call_explains_a_job_that_nobody_named(void **state)
{
    struct court *court = *state;
    struct lg_call list = call_of(LG_CALL_LIST_JOBS, LG_SYMBOL_NONE);
    open_court(court);
    assert_int_equal(step(court, list, lists(9)), LG_VERDICT_VIOLATES);
    open_court(court);
    assert_int_equal(step(court, list, lists(0)), LG_VERDICT_CONFORMS);
    lose(court, set(P2));
    assert_int_equal(step(court, list, lists(9)), LG_VERDICT_CONFORMS);
    assert_int_equal(step(court, list, lists(8)), LG_VERDICT_VIOLATES);
}

/* ---- targets that contradict themselves ---- */
static void a_reading_holds_for_the_run(void **state)
{
    struct court *court = *state;
    open_court_of(court, SET_MAX);
    assert_int_equal(step(court, get(), shows(LG_BYTES_UNSET, 0)), LG_VERDICT_CONFORMS);
    assert_int_equal(step(court, get(), shows(LG_BYTES_NULL, 0)), LG_VERDICT_INCONSISTENT);
    open_court_of(court, SET_MAX);
    assert_int_equal(step(court, get(), shows(LG_BYTES_NULL, 0)), LG_VERDICT_CONFORMS);
}

static void a_reading_holds_for_every_vm(void **state)
{
    struct court *court = *state;
    struct lg_call other = get();
    open_court_of(court, SET_MAX);
    make_vm(court, 1);
    other.vm = 1;
    assert_int_equal(step(court, get(), shows(LG_BYTES_UNSET, 0)), LG_VERDICT_CONFORMS);
    assert_int_equal(step(court, other, shows(LG_BYTES_NULL, 0)), LG_VERDICT_INCONSISTENT);
}

/* Also for one that has readings of its own by then. */
static void a_reading_holds_for_a_vm_that_was_read_before(void **state)
{
    struct court *court = *state;
    struct lg_call other = call_of(LG_CALL_RESTORE_LAST_KNOWN_GOOD, LG_SYMBOL_NONE);
    open_court_of(court, SET_MAX);
    make_vm(court, 1);
    other.vm = 1;
    assert_int_equal(step(court, other, returns(BAD_STATE)), LG_VERDICT_CONFORMS);
    assert_int_equal(step(court, get(), shows(LG_BYTES_UNSET, 0)), LG_VERDICT_CONFORMS);
    other.method = LG_CALL_GET_KEY_PROTECTOR;
    assert_int_equal(step(court, other, shows(LG_BYTES_NULL, 0)), LG_VERDICT_INCONSISTENT);
}

/* There are two ways to restore nothing and answer 0, and neither is an error. */
static void no_vm_may_be_left_without_a_reading(void **state)
{
    struct court *court = *state;
    struct lg_call restore = call_of(LG_CALL_RESTORE_LAST_KNOWN_GOOD, LG_SYMBOL_NONE);
    open_court_of(court, SET_MAX);
    make_vm(court, 1);
    assert_int_equal(step(court, restore, returns(DONE)), LG_VERDICT_CONFORMS);
    restore.vm = 1;
    assert_int_equal(step(court, restore, returns(BAD_STATE)), LG_VERDICT_INCONSISTENT);
}

static void a_reading_that_is_agreed_on_outlives_a_reset(void **state)
{
    struct court *court = *state;
    open_court_of(court, SET_MAX);
    assert_int_equal(step(court, get(), shows(LG_BYTES_UNSET, 0)), LG_VERDICT_CONFORMS);
    lg_oracle_reset(&court->oracle, &fresh);
    make_vm(court, 0);
    assert_int_equal(step(court, get(), shows(LG_BYTES_NULL, 0)), LG_VERDICT_INCONSISTENT);
}

static void overlapping_calls_may_not_be_read_in_two_ways(void **state)
{
    struct court *court = *state;
    open_court_of(court, SET_MAX);
    int first = begin(court, get(), shows(LG_BYTES_UNSET, 0));
    int second = begin(court, get(), shows(LG_BYTES_NULL, 0));
    enum lg_verdict_kind one = end(court, first);
    enum lg_verdict_kind two = end(court, second);
    assert_int_equal(one, LG_VERDICT_CONFORMS);
    assert_int_equal(two, LG_VERDICT_INCONSISTENT);
}

/* No page lists 32789, but that is not what is wrong with a target that answers it after 32773. */
static void a_contradiction_is_told_even_where_it_is_undocumented(void **state)
{
    struct court *court = *state;
    struct lg_call unknown = set(P2);
    unknown.identity = LG_ID_UNKNOWN;
    open_court(court);
    assert_int_equal(step(court, unknown, returns(BAD_PARAMETER)), LG_VERDICT_CONFORMS);
    assert_int_equal(step(court, unknown, returns(NOT_FOUND)), LG_VERDICT_INCONSISTENT);
    open_court(court);
    assert_int_equal(step(court, unknown, returns(NOT_FOUND)), LG_VERDICT_UNDOCUMENTED);
    assert_int_equal(step(court, unknown, returns(NOT_FOUND)), LG_VERDICT_CONFORMS);
}

/* ---- violations and bounds ---- */

static void later_violations_are_secondary_until_a_reset(void **state)
{
    struct court *court = *state;
    open_court(court);
    assert_int_equal(reads(court, P3), LG_VERDICT_VIOLATES);
    assert_int_equal(court->verdict.secondary, 0);
    assert_int_equal(reads(court, P3), LG_VERDICT_VIOLATES);
    assert_int_equal(court->verdict.secondary, 1);
    lg_oracle_reset(&court->oracle, &fresh);
    make_vm(court, 0);
    assert_int_equal(reads(court, P3), LG_VERDICT_VIOLATES);
    assert_int_equal(court->verdict.secondary, 0);
}

static void a_reset_forgets_vms_and_open_calls(void **state)
{
    struct court *court = *state;
    struct lg_outcome absent = returns(DONE);
    absent.fault = LG_FAULT_NOT_FOUND;
    open_court(court);
    lose(court, set(P2));
    lg_oracle_reset(&court->oracle, &fresh);
    assert_int_equal(step(court, call_of(LG_CALL_READ_VM, 0), absent), LG_VERDICT_CONFORMS);
    make_vm(court, 0);
    assert_int_equal(reads(court, P2), LG_VERDICT_VIOLATES);
}

static void more_open_calls_than_there_is_room_for_are_told(void **state)
{
    struct court *court = *state;
    open_court(court);
    for (int i = 0; i < LG_PENDING_MAX; i++)
        assert_int_not_equal(begin(court, get(), shows(LG_BYTES_GIVEN, P1)), -1);
    assert_int_equal(begin(court, get(), shows(LG_BYTES_GIVEN, P1)), -1);
    assert_true(court->oracle.bound_hit);
}

static void a_handle_serves_again(void **state)
{
    struct court *court = *state;
    open_court(court);
    for (int i = 0; i < 4 * LG_PENDING_MAX; i++)
        assert_int_equal(end(court, begin(court, get(), shows(LG_BYTES_GIVEN, P1))),
                         LG_VERDICT_CONFORMS);
    assert_false(court->oracle.bound_hit);
}

/* The oracle never says "violates" unless it is sure. */
static void once_a_bound_was_hit_a_violation_is_undetermined_until_a_reset(void **state)
{
    struct court *court = *state;
    open_court(court);
    for (uint16_t i = 0; i <= LG_PENDING_MAX; i++)
        lose(court, set((uint16_t)(P1 + i)));
    assert_true(court->oracle.bound_hit);
    lg_oracle_reset(&court->oracle, &fresh);
    make_vm(court, 0);
    assert_int_equal(step(court, set(P1), returns(DONE)), LG_VERDICT_CONFORMS);
    for (int i = 0; i <= LG_PENDING_MAX; i++)
        begin(court, get(), shows(LG_BYTES_GIVEN, P1));
    assert_true(court->oracle.bound_hit);
    lg_oracle_barrier(&court->oracle);
    assert_int_equal(reads(court, P1), LG_VERDICT_CONFORMS);
    assert_int_equal(reads(court, P3), LG_VERDICT_UNDETERMINED);
    lg_oracle_reset(&court->oracle, &fresh);
    assert_false(court->oracle.bound_hit);
    make_vm(court, 0);
    assert_int_equal(reads(court, P3), LG_VERDICT_VIOLATES);
}

/* Room for seven explanations: so many lost calls need more. */
static void a_set_without_room_hits_the_bound(void **state)
{
    enum { FEW = 8 };
    struct court *court = *state;
    open_court_of(court, FEW);
    for (uint16_t symbol = P1; symbol <= P3; symbol++)
        lose(court, set(symbol));
    assert_int_not_equal(reads(court, 7), LG_VERDICT_VIOLATES);
    assert_true(court->oracle.bound_hit);
    lg_oracle_reset(&court->oracle, &fresh);
    make_vm(court, 0);
    assert_int_equal(reads(court, 7), LG_VERDICT_VIOLATES);
}

static void more_vms_than_there_is_room_for_are_undetermined(void **state)
{
    struct court *court = *state;
    struct lg_call call = get();
    open_court(court);
    make_vm(court, 1);
    call.vm = VMS;
    assert_int_equal(step(court, call, shows(LG_BYTES_GIVEN, P1)), LG_VERDICT_UNDETERMINED);
    assert_true(court->oracle.bound_hit);
}

#define IN_COURT(test) cmocka_unit_test_setup_teardown(test, build, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_COURT(a_call_with_nothing_beside_it_is_a_step),
        IN_COURT(of_two_overlapping_sets_either_may_be_the_last),
        IN_COURT(the_order_that_a_read_has_shown_stays),
        IN_COURT(a_call_that_ended_came_before_one_that_began_later),
        IN_COURT(a_read_beside_a_set_shows_what_was_or_what_is),
        IN_COURT(a_set_that_ended_is_seen_by_a_read_that_is_still_open),
        IN_COURT(a_refused_call_has_no_effect_whenever_it_is_made),
        IN_COURT(calls_on_two_vms_do_not_meet),
        IN_COURT(a_lost_set_may_have_been_done_or_not),
        IN_COURT(a_lost_set_explains_only_what_it_sets),
        IN_COURT(a_lost_set_is_done_once),
        IN_COURT(two_lost_sets_are_done_twice_at_most),
        IN_COURT(more_lost_calls_than_there_is_room_for_are_done_any_number_of_times),
        IN_COURT(a_lost_call_that_is_given_up_is_not_done_any_more),
        IN_COURT(behind_a_barrier_a_lost_call_is_not_done_any_more),
        IN_COURT(behind_a_barrier_the_job_of_a_lost_call_goes_on),
        IN_COURT(before_the_barrier_it_may_have_been_done),
        IN_COURT(a_barrier_leaves_calls_that_will_be_answered),
        IN_COURT(a_lost_call_explains_a_job_that_nobody_named),
        IN_COURT(a_reading_holds_for_the_run),
        IN_COURT(a_reading_holds_for_every_vm),
        IN_COURT(a_reading_holds_for_a_vm_that_was_read_before),
        IN_COURT(no_vm_may_be_left_without_a_reading),
        IN_COURT(a_reading_that_is_agreed_on_outlives_a_reset),
        IN_COURT(overlapping_calls_may_not_be_read_in_two_ways),
        IN_COURT(a_contradiction_is_told_even_where_it_is_undocumented),
        IN_COURT(later_violations_are_secondary_until_a_reset),
        IN_COURT(a_reset_forgets_vms_and_open_calls),
        IN_COURT(more_open_calls_than_there_is_room_for_are_told),
        IN_COURT(a_handle_serves_again),
        IN_COURT(once_a_bound_was_hit_a_violation_is_undetermined_until_a_reset),
        IN_COURT(a_set_without_room_hits_the_bound),
        IN_COURT(more_vms_than_there_is_room_for_are_undetermined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
