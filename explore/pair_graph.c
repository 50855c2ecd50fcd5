/* Ways between states. */
#include "pair_graph.h"

#include <stdlib.h>
#include <string.h>

#include "model/bits.h"

enum { EDGES_STEP = 1 << 20, STATES_STEP = 1 << 15, LIGHT = 1, HEAVY = 4 };

/* Scratch of a search: how far away a state is, and the edge that led there. States wait by how far
 * away they are, modulo the bound of a cost. */
struct lg_way_search {
    uint16_t *far;
    uint32_t *came_by;
    uint32_t *waiting[HEAVY + 1];
    uint32_t count[HEAVY + 1];
};

static uint64_t *out_of(const struct lg_pair_graph *graph, uint32_t state)
{
    return graph->out + (size_t)state * LG_GROUP_WORDS;
}

const uint64_t *lg_pair_graph_out(const struct lg_pair_graph *graph, uint32_t state)
{
    return out_of(graph, state);
}

/* ---- making it ---- */

static bool has_room(struct lg_pair_graph *graph)
{
    if (graph->edge_count < graph->edge_room)
        return true;
    size_t room = graph->edge_room + EDGES_STEP;
    struct lg_pair_edge *more = realloc(graph->edges, room * sizeof *more);
    if (!more)
        return false;
    graph->edges = more;
    graph->edge_room = room;
    return true;
}

/* The edges of all states up to this one begin here. */
static bool begin_state(struct lg_pair_graph *graph, uint32_t state)
{
    if (state + 2 > graph->state_room) {
        uint32_t room = state + 2 + STATES_STEP;
        size_t *more = realloc(graph->first, room * sizeof *more);
        if (!more)
            return false;
        graph->first = more;
        graph->state_room = room;
    }
    while (graph->states <= state)
        graph->first[graph->states++] = graph->edge_count;
    return true;
}

static bool is_there(const struct lg_pair_graph *graph, const struct lg_pair_edge *edge)
{
    for (size_t i = graph->edge_count; i-- > graph->first[graph->states - 1];) {
        const struct lg_pair_edge *there = &graph->edges[i];
        if (there->call != edge->call)
            return false;
        if (there->to == edge->to && there->group == edge->group)
            return true;
    }
    return false;
}

void lg_pair_graph_add(struct lg_pair_graph *graph, const struct lg_transition *transition,
                       unsigned group)
{
    struct lg_pair_edge edge = {transition->to, (uint16_t)group, transition->call};
    if (graph->no_memory || !begin_state(graph, transition->from) || !has_room(graph)) {
        graph->no_memory = true;
        return;
    }
    if (!is_there(graph, &edge))
        graph->edges[graph->edge_count++] = edge;
}

static void note_out(struct lg_pair_graph *graph, uint32_t state)
{
    for (size_t i = graph->first[state]; i < graph->first[state + 1]; i++)
        lg_bits_add(out_of(graph, state), graph->edges[i].group);
}

static void note_cost(struct lg_pair_graph *graph, const struct lg_states *states, uint32_t state)
{
    struct lg_cell cell;
    lg_states_get(states, state, &cell);
    graph->cost[state] = LIGHT;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (lg_job_is_live(&cell.jobs[i]))
            graph->cost[state] = HEAVY;
}

static void free_search(struct lg_way_search *search)
{
    if (!search)
        return;
    free(search->far);
    free(search->came_by);
    for (unsigned i = 0; i <= HEAVY; i++)
        free(search->waiting[i]);
    free(search);
}

static struct lg_way_search *new_search(uint32_t states)
{
    struct lg_way_search *search = calloc(1, sizeof *search);
    if (!search)
        return NULL;
    search->far = calloc(states, sizeof *search->far);
    search->came_by = calloc(states, sizeof *search->came_by);
    bool made = search->far && search->came_by;
    for (unsigned i = 0; i <= HEAVY; i++) {
        search->waiting[i] = calloc(states, sizeof *search->waiting[i]);
        made = made && search->waiting[i];
    }
    if (made)
        return search;
    free_search(search);
    return NULL;
}

void lg_pair_graph_close(struct lg_pair_graph *graph, const struct lg_states *states)
{
    size_t words = graph->edge_count / 64 + 1;
    lg_assert(graph->edge_count < LG_NO_EDGE);
    if (graph->no_memory || !begin_state(graph, states->count)) {
        graph->no_memory = true;
        return;
    }
    graph->states = states->count;
    graph->out = calloc((size_t)states->count * LG_GROUP_WORDS, sizeof *graph->out);
    graph->cost = calloc(states->count, sizeof *graph->cost);
    graph->blocked = calloc(words, sizeof *graph->blocked);
    graph->spent = calloc(words, sizeof *graph->spent);
    graph->search = new_search(states->count);
    graph->no_memory =
        !graph->out || !graph->cost || !graph->blocked || !graph->spent || !graph->search;
    for (uint32_t state = 0; !graph->no_memory && state < states->count; state++) {
        note_out(graph, state);
        note_cost(graph, states, state);
    }
}

void lg_pair_graph_free(struct lg_pair_graph *graph)
{
    free(graph->edges);
    free(graph->first);
    free(graph->out);
    free(graph->cost);
    free(graph->blocked);
    free(graph->spent);
    free_search(graph->search);
    memset(graph, 0, sizeof *graph);
}

/* ---- ways ---- */

void lg_pair_graph_block(struct lg_pair_graph *graph, uint32_t edge)
{
    lg_bits_add(graph->blocked, edge);
}

void lg_pair_graph_spend(struct lg_pair_graph *graph, uint32_t edge)
{
    lg_bits_add(graph->spent, edge);
}

void lg_pair_graph_unblock(struct lg_pair_graph *graph)
{
    memset(graph->blocked, 0, (graph->edge_count / 64 + 1) * sizeof *graph->blocked);
}

static bool is_wanted(const struct lg_pair_graph *graph, const struct lg_pair_edge *edge,
                      const uint64_t *wanted)
{
    const uint64_t *out = out_of(graph, edge->to);
    const uint64_t *row = wanted + (size_t)edge->group * LG_GROUP_WORDS;
    for (unsigned i = 0; i < LG_GROUP_WORDS; i++)
        if (out[i] & row[i])
            return true;
    return false;
}

static uint32_t state_before(const struct lg_pair_graph *graph, uint32_t edge)
{
    uint32_t low = 0, high = graph->states;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (graph->first[middle] <= edge)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static uint32_t first_of_way(const struct lg_pair_graph *graph, uint32_t from, uint32_t edge)
{
    uint32_t state = state_before(graph, edge);
    while (state != from) {
        edge = graph->search->came_by[state];
        state = state_before(graph, edge);
    }
    return edge;
}

static void wait_at(struct lg_way_search *search, uint32_t state, uint16_t far)
{
    search->far[state] = far;
    search->waiting[far % (HEAVY + 1)][search->count[far % (HEAVY + 1)]++] = state;
}

/* Looks at the edges of a state; true where one is the goal. */
static bool look_around(struct lg_pair_graph *graph, uint32_t state, const uint64_t *wanted,
                        uint32_t *goal)
{
    struct lg_way_search *search = graph->search;
    for (size_t i = graph->first[state]; i < graph->first[state + 1]; i++) {
        const struct lg_pair_edge *edge = &graph->edges[i];
        uint16_t far = (uint16_t)(search->far[state] + graph->cost[edge->to]);
        if (lg_bits_has(graph->blocked, i))
            continue;
        *goal = (uint32_t)i;
        if (!lg_bits_has(graph->spent, i) && is_wanted(graph, edge, wanted))
            return true;
        if (far >= search->far[edge->to])
            continue;
        search->came_by[edge->to] = (uint32_t)i;
        wait_at(search, edge->to, far);
    }
    return false;
}

/* The next state in order; false: there is none. */
static bool next_state(struct lg_way_search *search, uint16_t *far, uint32_t *state)
{
    for (unsigned empty = 0; empty <= HEAVY;) {
        unsigned place = *far % (HEAVY + 1);
        if (search->count[place] == 0) {
            ++*far;
            empty++;
            continue;
        }
        *state = search->waiting[place][--search->count[place]];
        if (search->far[*state] == *far)
            return true;
    }
    return false;
}

uint32_t lg_pair_graph_way(struct lg_pair_graph *graph, uint32_t from, const uint64_t *wanted,
                           uint32_t *goal)
{
    struct lg_way_search *search = graph->search;
    uint16_t far = 0;
    uint32_t state;
    memset(search->far, 0xFF, graph->states * sizeof *search->far);
    memset(search->count, 0, sizeof search->count);
    wait_at(search, from, 0);
    while (next_state(search, &far, &state))
        if (look_around(graph, state, wanted, goal))
            return first_of_way(graph, from, *goal);
    return LG_NO_EDGE;
}
