/* What one wrong field makes of an answer is kept once each; an oracle that has little room knows
 * less than brute force, and never blames more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explore/no_miss.h"
#include "explore/observations.h"

enum { NUMBERS = 1000, AMPLE = 2048, HARDLY_ANY = 3 };

static struct lg_outcome returned(unsigned number)
{
    struct lg_outcome outcome;
    memset(&outcome, 0, sizeof outcome);
    outcome.return_value = outcome.return_to = number;
    return outcome;
}

static void each_observation_is_kept_once(void **state)
{
    (void)state;
    struct observations observations = {0}, copy = {0};
    for (unsigned i = 0; i < 3 * NUMBERS; i++) {
        struct lg_outcome outcome = returned(i % NUMBERS);
        outcome.clause = (uint16_t)i; /* nobody sees it */
        observations_add(&observations, &outcome);
    }
    assert_int_equal(observations.count, NUMBERS);
    observations_copy(&copy, &observations);
    observations_clear(&observations);
    assert_int_equal(observations.count, 0);
    assert_int_equal(copy.count, NUMBERS);
    for (unsigned i = 0; i < NUMBERS; i++) {
        struct lg_outcome expected = returned(i);
        assert_memory_equal(&copy.items[i], &expected, sizeof expected);
    }
    observations_add(&observations, &copy.items[NUMBERS - 1]);
    assert_int_equal(observations.count, 1);
    assert_false(observations.incomplete || copy.incomplete);
    observations_free(&observations);
    observations_free(&copy);
}

static const struct lg_setup a_vm = {
    .name = "a VM", .count = 1, .calls = {{.method = LG_CALL_VM_CREATED, .requested = 2}}};
static const struct lg_alphabet protector_and_jobs = {
    .name = "a protector and its job",
    .count = 3,
    .calls = {{.method = LG_CALL_SET_KEY_PROTECTOR, .symbol = 1},
              {.method = LG_CALL_GET_KEY_PROTECTOR},
              {.method = LG_CALL_READ_JOB, .job = 1}}};

static struct lg_no_miss compare(uint32_t explanations_max, unsigned jobs)
{
    const struct lg_small_worlds worlds = {
        1, {{&a_vm, &protector_and_jobs, 2, LG_PROFILE_documented}}};
    const struct lg_no_miss_options options = {.jobs = jobs, .explanations_max = explanations_max};
    struct lg_no_miss_found found;
    assert_true(lg_no_miss(&found, &worlds, &options));
    assert_memory_equal(&found.by_world[0], &found.all, sizeof found.all);
    assert_int_equal(found.all.parts, 3);
    assert_int_equal(found.all.parts_done, 3);
    assert_int_equal(found.all.disagreements, 0);
    assert_true(found.all.without_explanation > 0);
    assert_true(found.all.without_explanation < found.all.traces);
    return found.all;
}

static void with_room_the_oracle_agrees_with_brute_force(void **state)
{
    (void)state;
    assert_int_equal(compare(AMPLE, 1).milder, 0);
}

static void without_room_the_oracle_is_milder(void **state)
{
    (void)state;
    assert_true(compare(HARDLY_ANY, 1).milder > 0);
}

static void processes_that_share_the_traces_find_the_same(void **state)
{
    (void)state;
    struct lg_no_miss alone = compare(AMPLE, 1), shared = compare(AMPLE, 3);
    assert_memory_equal(&alone, &shared, sizeof alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_observation_is_kept_once),
        cmocka_unit_test(with_room_the_oracle_agrees_with_brute_force),
        cmocka_unit_test(without_room_the_oracle_is_milder),
        cmocka_unit_test(processes_that_share_the_traces_find_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
