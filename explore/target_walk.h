/* Walks the transitions of a world on a target: each state is brought about, each call made there
 * under each choice, the answer judged, and what it left behind looked at. */
#ifndef LG_TARGET_WALK_H
#define LG_TARGET_WALK_H

#include <stdio.h>

#include "walker.h"

struct lg_target_walk {
    uint32_t every; /* from every N-th state */
    uint64_t states;
    uint64_t transitions;
    uint64_t looks;
    uint64_t unreached; /* states that the target does not come to */
    uint64_t left_out;  /* calls that no target with a place for each VM has */
    uint64_t unwalked;  /* lists that hold more than the world's client knows */
    uint64_t elsewhere; /* transitions that lead to another state than the world's */
    struct lg_walk_faults faults;
    bool no_memory;
};

/* The exploration must be complete. `progress`: a line now and then, or NULL. */
void lg_target_walk(struct lg_target_walk *walk, const struct lg_exploration *exploration,
                    const struct lg_scripted *target, FILE *progress);

#endif
