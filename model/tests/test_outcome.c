/* Patterns and what was seen: a look that shows little is not blamed for it and teaches little;
 * bytes that nobody had seen are the same wherever they are shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/bits.h"
#include "model/step.h"
#include "world.h"

static struct lg_outcome instance(void)
{
    return (struct lg_outcome){.answer = LG_ANSWERS_INSTANCE};
}

static void show(struct lg_outcome *outcome, unsigned field, uint64_t value)
{
    outcome->fields[field] = (struct lg_field){.from = value, .to = value};
    outcome->shown |= (uint16_t)(1u << field);
}

/* A pattern of two fields that hold bytes nobody has seen. */
static struct lg_outcome unseen_twice(uint16_t first, uint16_t second)
{
    struct lg_outcome pattern = instance();
    show(&pattern, LG_TPM_FIELD_PROTECTOR, first);
    show(&pattern, LG_TPM_FIELD_LAST_KNOWN_GOOD, second);
    pattern.unseen = pattern.shown;
    return pattern;
}

static bool matches_bytes(const struct lg_outcome *pattern, uint16_t first, uint16_t second)
{
    struct lg_outcome seen = instance();
    show(&seen, LG_TPM_FIELD_PROTECTOR, first);
    show(&seen, LG_TPM_FIELD_LAST_KNOWN_GOOD, second);
    return lg_outcome_matches(pattern, &seen);
}

static void bytes_nobody_saw_are_the_same_everywhere(void **state)
{
    const struct lg_outcome same = unseen_twice(LG_SYMBOL_UNSEEN, LG_SYMBOL_UNSEEN);
    const struct lg_outcome other = unseen_twice(LG_SYMBOL_UNSEEN, LG_SYMBOL_UNSEEN + 1);
    struct lg_outcome one = same, little = instance();
    (void)state;
    assert_true(matches_bytes(&same, 7, 7));
    assert_false(matches_bytes(&same, 7, 8));
    assert_true(matches_bytes(&other, 7, 8));
    assert_false(matches_bytes(&same, 7, LG_SYMBOL_NONE));
    one.unseen = 1u << LG_TPM_FIELD_LAST_KNOWN_GOOD;
    one.fields[LG_TPM_FIELD_PROTECTOR] = (struct lg_field){.from = 7, .to = 7};
    assert_true(matches_bytes(&one, 7, 8));
    show(&little, LG_TPM_FIELD_LAST_KNOWN_GOOD, 8);
    assert_true(lg_outcome_matches(&same, &little));
    little.shown = 0;
    assert_true(lg_outcome_matches(&same, &little));
}

static void bytes_nobody_saw_are_some(void **state)
{
    struct lg_outcome pattern = {.answer = LG_ANSWERS_BYTES, .form = LG_BYTES_GIVEN};
    struct lg_outcome seen = pattern;
    (void)state;
    pattern.symbol = LG_SYMBOL_UNSEEN;
    seen.symbol = 7;
    assert_true(lg_outcome_matches(&pattern, &seen));
    seen.symbol = LG_SYMBOL_NONE;
    assert_false(lg_outcome_matches(&pattern, &seen));
}

/* ---- jobs ---- */

static void a_look_that_does_not_show_the_state_may_show_any_change(void **state)
{
    struct lg_outcome pattern = instance(), seen = instance();
    (void)state;
    pattern.form = 1;
    pattern.symbol = LG_JOB_RUNNING;
    show(&pattern, LG_JOB_FIELD_CHANGE, 5);
    pattern.fields[LG_JOB_FIELD_CHANGE].to = 9;
    assert_true(lg_outcome_matches(&pattern, &seen));
    show(&seen, LG_JOB_FIELD_CHANGE, 7);
    assert_true(lg_outcome_matches(&pattern, &seen));
    show(&seen, LG_JOB_FIELD_STATE, (uint64_t)1 << LG_JOB_COMPLETED);
    assert_true(lg_outcome_matches(&pattern, &seen));
    seen.fields[LG_JOB_FIELD_STATE].from = (uint64_t)1 << LG_JOB_RUNNING;
    assert_false(lg_outcome_matches(&pattern, &seen));
    seen.fields[LG_JOB_FIELD_CHANGE].from = 5;
    assert_true(lg_outcome_matches(&pattern, &seen));
}

static struct lg_job *start_job(struct world *w)
{
    world_start(w);
    world_pin(w, LG_SITE_execution, LG_ALT_execution_by_job);
    DO(w, SET_KEY_PROTECTOR, .symbol = 1, .new_job = 1);
    assert_int_equal(w->cell.jobs[0].name, 1);
    return &w->cell.jobs[0];
}

static void a_look_that_shows_nothing_teaches_nothing(void **state)
{
    const struct lg_call look = {.method = LG_CALL_READ_JOB, .job = 1};
    struct lg_outcome pattern = instance(), seen = instance();
    struct world w;
    struct lg_job *job = start_job(&w), before = *job;
    (void)state;
    lg_cell_learn(&w.cell, &look, &pattern, &seen);
    assert_memory_equal(job, &before, sizeof before);
    show(&seen, LG_JOB_FIELD_STATE, (uint64_t)1 << LG_JOB_COMPLETED);
    lg_cell_learn(&w.cell, &look, &pattern, &seen);
    assert_int_equal(job->state, LG_JOB_COMPLETED);
    assert_int_equal(job->percent, before.percent);
    pattern.unseen = 1; /* and is not shown */
    seen.shown = 0;
    lg_cell_learn(&w.cell, &look, &pattern, &seen);
    assert_int_equal(job->state, LG_JOB_COMPLETED);
}

/* ---- lists ---- */

static void an_open_list_may_hold_any_name_more(void **state)
{
    struct lg_outcome pattern = {.answer = LG_ANSWERS_LIST, .list_count = 1, .list = {1}};
    struct lg_outcome seen = {.answer = LG_ANSWERS_LIST, .list_count = 2, .list = {1, 2}};
    (void)state;
    assert_false(lg_outcome_matches(&pattern, &seen));
    pattern.list_open = 1;
    assert_true(lg_outcome_matches(&pattern, &seen));
    seen.list[0] = 3;
    assert_false(lg_outcome_matches(&pattern, &seen));
}

static void no_bits_have_no_highest_one(void **state)
{
    (void)state;
    assert_int_equal(lg_bits_highest(0), 0);
    assert_int_equal(lg_bits_highest(6), 4);
}

/* ---- what is picked ---- */

static void what_is_picked_is_one_value_within_the_pattern(void **state)
{
    const struct lg_call read = {.method = LG_CALL_READ_VM};
    static const uint8_t bytes[] = {0, 9, 9, 9};
    struct lg_outcome outcome = instance();
    struct world w;
    struct lg_tape tape;
    (void)state;
    world_start(&w);
    lg_tape_start(&tape, &w.profile, &w.readings, bytes, sizeof bytes);
    show(&outcome, 0, 10);
    outcome.fields[0].to = 20;
    show(&outcome, 1, 0); /* a set of states that has none */
    outcome.masks = 2;
    lg_outcome_pick(&outcome, &read, &tape);
    assert_int_equal(outcome.fields[0].from, 19);
    assert_int_equal(outcome.fields[0].to, 19);
    assert_int_equal(outcome.fields[1].from, 0);
}

/* ---- what is drawn ---- */

static void a_drawn_alternative_is_one_of_those_left(void **state)
{
    static const uint8_t bytes[] = {7, 7, 7};
    uint16_t slot = lg_sites[LG_SITE_job_progress].slot;
    struct lg_readings readings = {{0}};
    struct lg_tape tape;
    struct world w;
    (void)state;
    world_start(&w);
    lg_tape_start(&tape, &w.profile, &readings, bytes, sizeof bytes);
    assert_int_equal(lg_choose_viable(&tape, LG_SITE_job_progress, 0, 2), 1);
    assert_int_equal(tape.next, 0); /* nothing was left to choose */
    lg_profile_pin(&w.profile, LG_SITE_job_progress, 1);
    assert_int_equal(lg_choose_among(&tape, LG_SITE_job_progress, 1, ~0u), 0);
    lg_choose_viable(&tape, LG_SITE_job_progress, 0, 1);
    assert_true(tape.dead);
    lg_tape_start(&tape, &w.profile, &readings, bytes, sizeof bytes);
    slot = lg_sites[LG_SITE_retention_over].slot;
    readings.out[slot] = w.profile.allowed[slot];
    assert_int_equal(lg_choose(&tape, LG_SITE_retention_over, 0), 0);
    assert_false(tape.dead);
}

static void more_draws_than_there_is_room_for_are_told(void **state)
{
    struct lg_tape tape;
    struct world w;
    (void)state;
    world_start(&w);
    lg_tape_start(&tape, &w.profile, &w.readings, NULL, 0);
    for (unsigned i = 0; i < LG_DRAWS_MAX; i++)
        lg_choose(&tape, LG_SITE_job_progress, 0);
    assert_false(tape.overflow);
    lg_choose(&tape, LG_SITE_job_progress, 0);
    assert_true(tape.overflow);
}

/* A refusal of a host that nobody controls may have had an effect. */
static void what_an_uncontrolled_host_refuses_may_change_the_cell(void **state)
{
    const struct lg_call set = {.method = LG_CALL_SET_KEY_PROTECTOR};
    const struct lg_outcome refused = {.fault = LG_FAULT_ACCESS_DENIED};
    struct world w;
    (void)state;
    world_start(&w);
    assert_true(lg_call_leaves_cell(&w.cell, &set, &refused));
    w.cell.host.flags |= LG_HOST_UNCONTROLLED;
    assert_false(lg_call_leaves_cell(&w.cell, &set, &refused));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_nobody_saw_are_the_same_everywhere),
        cmocka_unit_test(bytes_nobody_saw_are_some),
        cmocka_unit_test(a_look_that_does_not_show_the_state_may_show_any_change),
        cmocka_unit_test(a_look_that_shows_nothing_teaches_nothing),
        cmocka_unit_test(an_open_list_may_hold_any_name_more),
        cmocka_unit_test(what_is_picked_is_one_value_within_the_pattern),
        cmocka_unit_test(a_drawn_alternative_is_one_of_those_left),
        cmocka_unit_test(more_draws_than_there_is_room_for_are_told),
        cmocka_unit_test(what_an_uncontrolled_host_refuses_may_change_the_cell),
        cmocka_unit_test(no_bits_have_no_highest_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
