/* Steps that follow each other meet in a cell. */
#include "pair_walk.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/edges.h"
#include "model/bits.h"

enum { ENTRIES = 1 << 16, ENTRIES_USED = ENTRIES / 4 * 3 };

/* A cell that a class led to, by a step of a node. */
struct entry {
    uint64_t place;
    uint16_t class; /* + 1; 0: free */
};

struct lg_pair_walk {
    struct lg_pairs *pairs;
    const struct lg_world *world;
    const struct lg_vector *vector;
    const struct lg_names *names;
    uint64_t before[LG_NODES_MAX]; /* bit by node: those that lead to it */
    bool parts[LG_NODES_MAX];      /* its edges lead to different nodes */
    struct entry entries[ENTRIES];
    unsigned used;
    uint64_t found[LG_PAIR_CLASSES_MAX][LG_PAIR_CLASSES_MAX / 64];
};

static void find_predecessors(struct lg_pair_walk *walk)
{
    const struct lg_vector *vector = walk->vector;
    for (unsigned at = 0; at < vector->node_count; at++) {
        const struct lg_node *node = &vector->nodes[at];
        uint64_t bit = UINT64_C(1) << at;
        if (node->edge_count == 0 && at + 1 < vector->node_count)
            walk->before[at + 1] |= bit;
        for (unsigned i = 0; i < node->edge_count; i++) {
            if (node->edges[i].then < (int)vector->node_count)
                walk->before[node->edges[i].then] |= bit;
            walk->parts[at] |= node->edges[i].then != node->edges[0].then;
        }
    }
}

struct lg_pair_walk *lg_pair_walk_new(struct lg_pairs *pairs, const struct lg_world *world,
                                      const struct lg_vector *vector, const struct lg_names *names)
{
    struct lg_pair_walk *walk = calloc(1, sizeof *walk);
    if (!walk)
        return NULL;
    walk->pairs = pairs;
    walk->world = world;
    walk->vector = vector;
    walk->names = names;
    find_predecessors(walk);
    return walk;
}

void lg_pair_walk_free(struct lg_pair_walk *walk)
{
    free(walk);
}

/* What the world tells apart of a cell, jobs that have ended left out. False: it is out of it. */
static bool print_cell(const struct lg_pair_walk *walk, const struct lg_cell *cell, uint64_t *print)
{
    static const struct lg_call any = {.method = LG_CALL_SET_KEY_PROTECTOR};
    struct lg_cell copy = *cell;
    lg_world_forget(walk->world, &any, &copy);
    if (!lg_world_canonical(walk->world, &copy, NULL))
        return false;
    *print = lg_cell_hash(&copy);
    return true;
}

static uint64_t place_of(unsigned node, uint64_t print)
{
    return (print ^ node) * 0x9E3779B97F4A7C15u;
}

static void note(struct lg_pair_walk *walk, uint64_t place, unsigned class)
{
    unsigned at = (unsigned)(place >> 32) % ENTRIES;
    for (; walk->entries[at].class; at = (at + 1) % ENTRIES)
        if (walk->entries[at].place == place && walk->entries[at].class == class + 1)
            return;
    if (walk->used == ENTRIES_USED)
        return;
    walk->used++;
    walk->entries[at] = (struct entry){place, (uint16_t)(class + 1)};
}

static void mark_after(struct lg_pair_walk *walk, uint64_t place, unsigned class)
{
    unsigned at = (unsigned)(place >> 32) % ENTRIES;
    for (; walk->entries[at].class; at = (at + 1) % ENTRIES)
        if (walk->entries[at].place == place)
            lg_bits_add(walk->found[walk->entries[at].class - 1], class);
}

/* Whether what was answered goes on to another node. */
static bool goes_on(const struct lg_pair_walk *walk, unsigned at, const struct lg_call *call,
                    const struct lg_outcome *outcome)
{
    const struct lg_node *node = &walk->vector->nodes[at];
    bool followed = lg_node_follows(node) &&
                    (call->method != node->call.method || outcome->answer == LG_ANSWERS_JOB);
    if (!walk->parts[at] || followed)
        return true;
    uint32_t result = lg_result_of_return((enum lg_method)call->method, outcome->return_value);
    int edge = lg_node_edge(node, outcome, result, walk->names);
    return edge < 0 || node->edges[edge].then < (int)walk->vector->node_count;
}

void lg_pair_walk_step(struct lg_pair_walk *walk, unsigned node, const struct lg_call *call,
                       const struct lg_cell *before, const struct lg_outcome *outcome,
                       const struct lg_cell *after)
{
    struct lg_class_key key = lg_class_of(call, before, outcome, after);
    const struct lg_class *class = lg_classes_find(walk->pairs->classes, &key);
    bool looks_on = call->method != walk->vector->nodes[node].call.method;
    uint64_t print;
    if (!class || !print_cell(walk, before, &print))
        return;
    unsigned at = (unsigned)(class - walk->pairs->classes->items);
    if (looks_on)
        mark_after(walk, place_of(node, print), at);
    for (uint64_t rest = walk->before[node]; rest && !looks_on; rest &= rest - 1)
        mark_after(walk, place_of((unsigned)__builtin_ctzll(rest), print), at);
    if (goes_on(walk, node, call, outcome) && print_cell(walk, after, &print))
        note(walk, place_of(node, print), at);
}

void lg_pair_walk_commit(const struct lg_pair_walk *walk)
{
    for (unsigned first = 0; first < walk->pairs->classes->count; first++)
        for (unsigned word = 0; word < LG_PAIR_CLASSES_MAX / 64; word++)
            for (uint64_t rest = walk->found[first][word]; rest; rest &= rest - 1)
                lg_pairs_mark(walk->pairs, first, 64 * word + (unsigned)__builtin_ctzll(rest));
}
