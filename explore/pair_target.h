/* Walks every feasible pair of classes on a target: a state is brought about, a transition of the
 * first class made, then each of a second class that may follow and was not yet; both answers are
 * judged, and what they left behind is looked at. */
#ifndef LG_PAIR_TARGET_H
#define LG_PAIR_TARGET_H

#include <stdio.h>

#include "pairs.h"
#include "walker.h"

enum { LG_UNKNOWING_MAX = 4096 };

struct lg_pair_target {
    uint32_t every; /* every N-th of the transitions that come first */
    uint32_t ways;  /* first transitions that were needed, */
    uint32_t taken; /* and made */
    uint64_t seconds;
    uint64_t looks;
    uint64_t unreached; /* first transitions that the target did not come to */
    uint64_t elsewhere; /* transitions that led to another state than the world's */
    struct lg_walk_faults faults;
    /* Pairs that no target walks: the second lists no jobs, by the world, whose client has
     * forgotten one that the target must list. */
    uint16_t unknowing[LG_UNKNOWING_MAX][2];
    unsigned unknowing_count;
    bool no_memory;
};

/* The exploration must be complete and is made once more; pairs: closed, with its classes. Walked
 * pairs are marked. A target that cannot keep its state (`keep` and `back` are NULL) is brought
 * there again for each second transition. */
void lg_pair_target_walk(struct lg_pair_target *found, struct lg_exploration *exploration,
                         struct lg_pairs *pairs, const struct lg_scripted *target, FILE *progress);

/* How many of the unknowing pairs were walked nowhere. */
unsigned lg_pair_target_unwalked(const struct lg_pair_target *found, const struct lg_pairs *pairs);

#endif
