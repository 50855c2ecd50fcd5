/* The walk of a target: silent about the model's host, and about none that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "explore/pair_target.h"
#include "explore/target_walk.h"

enum { STATES = 60, EVERY = 5, PAIR_STATES = 30 };

enum fault { NONE, GET_REFUSED, REFUSED_SET_STARTS, PASSED_TIME_FORGETS, FAULT_COUNT };

struct faulty {
    struct lg_scripted inner;
    enum fault fault;
};

static void reset(void *self)
{
    struct faulty *faulty = self;
    faulty->inner.reset(faulty->inner.self);
}

static void make(struct faulty *faulty, struct lg_call call)
{
    struct lg_outcome ignored;
    faulty->inner.call(faulty->inner.self, &call, NULL, 0, &ignored);
}

static void call_faulty(void *self, const struct lg_call *call, const uint8_t *choices,
                        unsigned count, struct lg_outcome *seen)
{
    struct faulty *faulty = self;
    bool refused;
    faulty->inner.call(faulty->inner.self, call, choices, count, seen);
    refused = call->method == LG_CALL_SET_KEY_PROTECTOR && seen->return_value != 0 &&
              seen->answer != LG_ANSWERS_JOB;
    if (faulty->fault == GET_REFUSED && call->method == LG_CALL_GET_KEY_PROTECTOR &&
        seen->answer == LG_ANSWERS_BYTES)
        *seen = (struct lg_outcome){.return_value = 32768, .return_to = 32768};
    if (faulty->fault == REFUSED_SET_STARTS && refused)
        make(faulty, (struct lg_call){.method = LG_CALL_VM_REQUEST_STATE_CHANGE, .requested = 2});
    if (faulty->fault == PASSED_TIME_FORGETS && call->method == LG_CALL_TIME_PASSES)
        make(faulty, (struct lg_call){.method = LG_CALL_VM_REMOVED});
}

static void keep(void *self)
{
    struct faulty *faulty = self;
    faulty->inner.keep(faulty->inner.self);
}

static void back(void *self)
{
    struct faulty *faulty = self;
    faulty->inner.back(faulty->inner.self);
}

static bool visit(void *context, const struct lg_exploration *exploration,
                  const struct lg_transition *transition)
{
    (void)context;
    (void)exploration;
    return transition->from < STATES;
}

static void walk(enum fault fault, struct lg_target_walk *found)
{
    struct lg_exploration exploration;
    struct faulty faulty = {.fault = fault};
    struct lg_scripted target = {&faulty, reset, call_faulty, keep, back, NULL, NULL, true};
    assert_true(lg_scripted_model_open(&faulty.inner));
    assert_true(lg_exploration_init(&exploration, 'A', LG_PROFILE_documented));
    lg_explore(&exploration, visit, NULL, NULL);
    found->every = EVERY;
    lg_target_walk(found, &exploration, &target, NULL);
    assert_false(found->no_memory);
    lg_exploration_free(&exploration);
    faulty.inner.close(faulty.inner.self);
}

static void the_model_has_no_faults(void **state)
{
    struct lg_target_walk *found = calloc(1, sizeof *found);
    (void)state;
    assert_non_null(found);
    walk(NONE, found);
    assert_int_equal(found->faults.count, 0);
    assert_int_equal(found->unreached, 0);
    assert_int_equal(found->elsewhere, 0);
    assert_true(found->states > 10);
    assert_true(found->transitions > 1000);
    assert_int_equal(found->looks, 4 * found->transitions);
    free(found);
}

static void faults_are_found(void **state)
{
    (void)state;
    for (unsigned fault = NONE + 1; fault < FAULT_COUNT; fault++) {
        struct lg_target_walk *found = calloc(1, sizeof *found);
        assert_non_null(found);
        walk((enum fault)fault, found);
        assert_true(found->faults.count > 0);
        assert_true(found->faults.step_count > 0);
        free(found);
    }
}

/* ---- pairs ---- */

struct pair_work {
    struct lg_exploration exploration;
    struct lg_classes classes;
    struct lg_pairs pairs;
    struct lg_pair_target found;
};

static bool visit_pairs(void *context, const struct lg_exploration *exploration,
                        const struct lg_transition *transition)
{
    struct pair_work *work = context;
    if (transition->from >= PAIR_STATES)
        return false;
    lg_pairs_add(&work->pairs, exploration, transition);
    return true;
}

static struct pair_work *walk_pairs(enum fault fault, bool keeps)
{
    struct pair_work *work = calloc(1, sizeof *work);
    struct faulty faulty = {.fault = fault};
    struct lg_scripted target = {&faulty, reset, call_faulty, keep, back, NULL, NULL, true};
    assert_non_null(work);
    if (!keeps)
        target.keep = target.back = NULL;
    assert_true(lg_scripted_model_open(&faulty.inner));
    assert_true(lg_exploration_init(&work->exploration, 'A', LG_PROFILE_documented));
    assert_true(lg_pairs_init(&work->pairs, &work->classes));
    lg_explore(&work->exploration, visit_pairs, work, NULL);
    lg_pairs_close(&work->pairs);
    work->found.every = 1;
    lg_pair_target_walk(&work->found, &work->exploration, &work->pairs, &target, NULL);
    assert_false(work->found.no_memory);
    faulty.inner.close(faulty.inner.self);
    return work;
}

static void free_pairs(struct pair_work *work)
{
    lg_exploration_free(&work->exploration);
    lg_pairs_free(&work->pairs);
    free(work);
}

static void every_pair_is_walked(void **state)
{
    struct pair_work *work = walk_pairs(NONE, true);
    struct lg_pair_count classes = lg_pairs_of_classes(&work->pairs);
    (void)state;
    assert_true(classes.feasible > 1000);
    unsigned none = lg_pair_target_unwalked(&work->found, &work->pairs);
    /* Of a list behind a second job that a call without a VM started. */
    assert_in_range(none, 1, 10);
    assert_int_equal(classes.walked + none, classes.feasible);
    assert_in_range(work->found.seconds, classes.feasible, classes.feasible + 10);
    assert_int_equal(work->found.taken, work->found.ways);
    assert_int_equal(work->found.faults.count, 0);
    assert_int_equal(work->found.unreached, 0);
    assert_int_equal(work->found.elsewhere, 0);
    assert_int_equal(work->found.looks, 4 * classes.walked);
    free_pairs(work);
}

static void every_pair_is_walked_from_the_start(void **state)
{
    struct pair_work *work = walk_pairs(NONE, false);
    struct lg_pair_count classes = lg_pairs_of_classes(&work->pairs);
    (void)state;
    assert_int_equal(classes.walked + lg_pair_target_unwalked(&work->found, &work->pairs),
                     classes.feasible);
    assert_int_equal(work->found.faults.count, 0);
    assert_int_equal(work->found.unreached, 0);
    free_pairs(work);
}

static void faults_of_pairs_are_found(void **state)
{
    (void)state;
    for (unsigned fault = NONE + 1; fault < FAULT_COUNT; fault++) {
        struct pair_work *work = walk_pairs((enum fault)fault, true);
        assert_true(work->found.faults.count > 0);
        assert_true(work->found.faults.step_count > 0);
        free_pairs(work);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_model_has_no_faults),
                                       cmocka_unit_test(faults_are_found),
                                       cmocka_unit_test(every_pair_is_walked),
                                       cmocka_unit_test(every_pair_is_walked_from_the_start),
                                       cmocka_unit_test(faults_of_pairs_are_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
