/* The states of a world and the groups of transitions between them, as a graph to find ways in. */
#ifndef LG_PAIR_GRAPH_H
#define LG_PAIR_GRAPH_H

#include "pairs.h"

struct lg_pair_edge {
    uint32_t to;
    uint16_t group;
    uint16_t call; /* of the world */
};

struct lg_pair_graph {
    struct lg_pair_edge *edges; /* by the state that they leave */
    size_t edge_count;
    size_t edge_room;
    size_t *first; /* edge of each state; one more than there are states */
    uint32_t states;
    uint32_t state_room;
    uint64_t *out;     /* groups that leave a state: LG_GROUP_WORDS of each */
    uint8_t *cost;     /* of coming to a state: where a job is at work there are many histories */
    uint64_t *blocked; /* bit by edge: no way leads over it, */
    uint64_t *spent;   /* or ends with it */
    struct lg_way_search *search;
    bool no_memory;
};

/* Zero is an empty graph. Transitions are added in the order of an exploration. */
void lg_pair_graph_add(struct lg_pair_graph *graph, const struct lg_transition *transition,
                       unsigned group);

/* After the last one. */
void lg_pair_graph_close(struct lg_pair_graph *graph, const struct lg_states *states);
void lg_pair_graph_free(struct lg_pair_graph *graph);

enum { LG_NO_EDGE = UINT32_MAX };

/* The first edge of a cheapest way from a state whose last edge has a group that a wanted one may
 * follow (bit by group, LG_GROUP_WORDS of each); `goal`: that last edge. LG_NO_EDGE: there is none.
 */
uint32_t lg_pair_graph_way(struct lg_pair_graph *graph, uint32_t from, const uint64_t *wanted,
                           uint32_t *goal);

/* No way leads over the edge, until all are unblocked; or none ends with it, ever. */
void lg_pair_graph_block(struct lg_pair_graph *graph, uint32_t edge);
void lg_pair_graph_unblock(struct lg_pair_graph *graph);
void lg_pair_graph_spend(struct lg_pair_graph *graph, uint32_t edge);

/* The groups that leave a state. */
const uint64_t *lg_pair_graph_out(const struct lg_pair_graph *graph, uint32_t state);

#endif
