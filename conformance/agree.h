/* The model computes what a vector allows: every outcome of every history that the documents allow
 * must have an edge, and every edge such a history. */
#ifndef LG_AGREE_H
#define LG_AGREE_H

#include <stdio.h>

#include "vector.h"

struct lg_agreement {
    unsigned missing;   /* outcomes that the documents allow and no edge has */
    unsigned spurious;  /* edges that no history of the documents reaches */
    bool unchecked;     /* replies are lost in it: only the oracle can judge those */
    bool bound_hit;     /* too many histories: nothing was found out */
    unsigned histories; /* the most at one step */
};

/* Walks a vector under a profile. With `out`, prints each step and its outcomes. False: no memory.
 */
bool lg_agree(const struct lg_vector *vector, enum lg_profile_id profile,
              const struct lg_names *names, FILE *out, struct lg_agreement *agreement);

#endif
