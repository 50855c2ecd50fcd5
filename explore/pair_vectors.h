/* Vectors that walk adjacent pairs of groups: long scripts, each a walk over the world that takes
 * what makes the most new pairs. The same world gives the same files. */
#ifndef LG_PAIR_VECTORS_H
#define LG_PAIR_VECTORS_H

#include "generate.h"
#include "pair_graph.h"

struct lg_pair_reasons {
    uint8_t missed[LG_GROUPS_MAX][LG_GROUPS_MAX]; /* enum lg_miss, of pairs that were given up */
    uint8_t tries[LG_GROUPS_MAX][LG_GROUPS_MAX];
    unsigned discarded; /* scripts that made no vector */
};

/* Writes vectors until all pairs are walked or given up, or there are generation->most of them.
 * False: a file cannot be written (errno), or memory is short. */
bool lg_generate_pairs(struct lg_generation *generation, struct lg_pair_graph *graph,
                       struct lg_pair_reasons *reasons, FILE *progress);

#endif
