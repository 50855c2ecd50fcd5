/* Pairs of classes against a list of all transitions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "explore/pairs.h"

enum { STATES = 40, SEEN_MAX = 100000 };

struct seen {
    uint32_t from;
    uint32_t to;
    unsigned class;
};

struct work {
    struct lg_classes classes;
    struct lg_pairs pairs;
    struct seen seen[SEEN_MAX];
    unsigned count;
};

static bool visit(void *context, const struct lg_exploration *exploration,
                  const struct lg_transition *transition)
{
    struct work *work = context;
    if (transition->from >= STATES || work->count == SEEN_MAX)
        return false;
    const struct lg_class *class = lg_pairs_add(&work->pairs, exploration, transition);
    if (!class)
        return true;
    work->seen[work->count++] =
        (struct seen){transition->from, transition->to, (unsigned)(class - work->classes.items)};
    return true;
}

static unsigned count_slowly(const struct work *work)
{
    unsigned count = 0;
    bool *found = calloc((size_t)work->classes.count * work->classes.count, 1);
    for (unsigned i = 0; i < work->count; i++)
        for (unsigned j = 0; j < work->count; j++) {
            bool *at = &found[work->seen[i].class * work->classes.count + work->seen[j].class];
            bool follows = work->seen[i].to == work->seen[j].from;
            count += follows && !*at;
            *at |= follows;
        }
    free(found);
    return count;
}

static void counts_are_right(void **state)
{
    struct lg_exploration exploration;
    struct work *work = calloc(1, sizeof *work);
    (void)state;
    assert_non_null(work);
    assert_true(lg_pairs_init(&work->pairs, &work->classes));
    assert_true(lg_exploration_init(&exploration, 'A', LG_PROFILE_documented));
    lg_explore(&exploration, visit, work, NULL);
    lg_pairs_close(&work->pairs);
    assert_true(work->count > 1000);
    assert_int_equal(lg_pairs_of_classes(&work->pairs).feasible, count_slowly(work));
    assert_int_equal(lg_pairs_of_classes(&work->pairs).walked, 0);
    lg_exploration_free(&exploration);
    lg_pairs_free(&work->pairs);
    free(work);
}

static void walked_pairs_are_feasible(void **state)
{
    struct lg_exploration exploration;
    struct work *work = calloc(1, sizeof *work);
    (void)state;
    assert_non_null(work);
    assert_true(lg_pairs_init(&work->pairs, &work->classes));
    assert_true(lg_exploration_init(&exploration, 'A', LG_PROFILE_documented));
    lg_explore(&exploration, visit, work, NULL);
    lg_pairs_close(&work->pairs);
    for (unsigned i = 0; i < work->classes.count; i++)
        for (unsigned j = 0; j < work->classes.count; j++)
            lg_pairs_mark(&work->pairs, i, j);
    struct lg_pair_count classes = lg_pairs_of_classes(&work->pairs);
    struct lg_pair_count groups = lg_pairs_of_groups(&work->pairs);
    assert_int_equal(classes.walked, classes.feasible);
    assert_int_equal(groups.walked, groups.feasible);
    assert_true(groups.feasible < classes.feasible);
    assert_true(classes.feasible < work->classes.count * work->classes.count);
    lg_exploration_free(&exploration);
    lg_pairs_free(&work->pairs);
    free(work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_are_right),
                                       cmocka_unit_test(walked_pairs_are_feasible)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
