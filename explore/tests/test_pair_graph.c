/* Ways through a graph of states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explore/pair_graph.h"
#include "model/bits.h"

enum { STATES = 40, LONGEST = 64, GOALS = 12 };

struct work {
    struct lg_exploration exploration;
    struct lg_classes classes;
    struct lg_pairs pairs;
    struct lg_pair_graph graph;
    uint64_t wanted[LG_GROUPS_MAX][LG_GROUP_WORDS];
};

static bool visit(void *context, const struct lg_exploration *exploration,
                  const struct lg_transition *transition)
{
    struct work *work = context;
    if (transition->from >= STATES)
        return false;
    const struct lg_class *class = lg_pairs_add(&work->pairs, exploration, transition);
    if (class)
        lg_pair_graph_add(&work->graph, transition,
                          work->pairs.group_of[class - work->classes.items]);
    return true;
}

static int set_up(void **state)
{
    struct work *work = calloc(1, sizeof *work);
    if (!work || !lg_pairs_init(&work->pairs, &work->classes) ||
        !lg_exploration_init(&work->exploration, 'A', LG_PROFILE_documented))
        return -1;
    lg_explore(&work->exploration, visit, work, NULL);
    lg_pairs_close(&work->pairs);
    lg_pair_graph_close(&work->graph, &work->exploration.states);
    *state = work;
    return work->graph.no_memory ? -1 : 0;
}

static int tear_down(void **state)
{
    struct work *work = *state;
    lg_pair_graph_free(&work->graph);
    lg_pairs_free(&work->pairs);
    lg_exploration_free(&work->exploration);
    free(work);
    return 0;
}

static void want(struct work *work, unsigned first, unsigned second)
{
    memset(work->wanted, 0, sizeof work->wanted);
    work->wanted[first][second / 64] = UINT64_C(1) << second % 64;
}

static bool leaves(const struct lg_pair_graph *graph, uint32_t state, uint32_t edge)
{
    return edge >= graph->first[state] && edge < graph->first[state + 1];
}

/* Goes the whole way to a pair; how many steps that takes. */
static unsigned go(struct work *work, unsigned second)
{
    const struct lg_pair_graph *graph = &work->graph;
    uint32_t state = 0, goal = LG_NO_EDGE;
    for (unsigned steps = 1; steps < LONGEST; steps++) {
        uint32_t edge = lg_pair_graph_way(&work->graph, state, work->wanted[0], &goal);
        assert_int_not_equal(edge, LG_NO_EDGE);
        assert_true(leaves(graph, state, edge));
        state = graph->edges[edge].to;
        if (edge == goal) {
            assert_true(lg_bits_has(lg_pair_graph_out(graph, state), second));
            return steps;
        }
    }
    fail();
    return 0;
}

static void every_feasible_pair_has_a_way(void **state)
{
    struct work *work = *state;
    unsigned pairs = 0, longest = 0;
    for (unsigned i = 0; i < work->pairs.group_count; i++)
        for (unsigned j = 0; j < work->pairs.group_count; j++) {
            uint32_t goal;
            want(work, i, j);
            if (lg_pairs_missing(&work->pairs, i, j)) {
                unsigned steps = go(work, j);
                longest = steps > longest ? steps : longest;
                pairs++;
            } else
                assert_int_equal(lg_pair_graph_way(&work->graph, 0, work->wanted[0], &goal),
                                 LG_NO_EDGE);
        }
    assert_int_equal(pairs, lg_pairs_of_groups(&work->pairs).feasible);
    assert_true(pairs > 100);
    assert_in_range(longest, 2, 10);
}

/* From the first state to a goal by other edges each time, until there are none. */
static void spent_edges_are_no_goals(void **state)
{
    struct work *work = *state;
    uint32_t goals[GOALS];
    unsigned count = 0;
    want(work, work->graph.edges[0].group, work->graph.edges[0].group);
    for (unsigned i = 0; i < work->pairs.group_count; i++)
        lg_bits_add(work->wanted[work->graph.edges[0].group], i);
    while (count < GOALS &&
           lg_pair_graph_way(&work->graph, 0, work->wanted[0], &goals[count]) != LG_NO_EDGE) {
        for (unsigned i = 0; i < count; i++)
            assert_int_not_equal(goals[i], goals[count]);
        lg_pair_graph_spend(&work->graph, goals[count++]);
    }
    assert_true(count > 1);
}

static void no_way_leads_over_blocked_edges(void **state)
{
    struct work *work = *state;
    uint32_t goal;
    memset(work->wanted, 0xFF, sizeof work->wanted);
    for (uint32_t i = 0; i < work->graph.first[1]; i++)
        lg_pair_graph_block(&work->graph, i);
    assert_int_equal(lg_pair_graph_way(&work->graph, 0, work->wanted[0], &goal), LG_NO_EDGE);
    lg_pair_graph_unblock(&work->graph);
    assert_int_not_equal(lg_pair_graph_way(&work->graph, 0, work->wanted[0], &goal), LG_NO_EDGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_feasible_pair_has_a_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(spent_edges_are_no_goals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_way_leads_over_blocked_edges, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
