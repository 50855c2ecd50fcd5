/* No miss: on every trace of a few calls in small worlds, and on every one with a single wrong
 * field, the oracle and a checker by brute force give the same verdict. */
#ifndef LG_NO_MISS_H
#define LG_NO_MISS_H

#include <stdio.h>

#include "no_miss_worlds.h"

struct lg_no_miss {
    uint64_t traces; /* judged by both */
    uint64_t without_explanation;
    uint64_t model_steps; /* of brute force */
    unsigned disagreements;
};

/* One small world; a line of figures and the first disagreements go to `out`. Figures are added.
 * False: no memory. */
bool lg_no_miss_compare(const struct lg_small_world *world, struct lg_no_miss *figures, FILE *out);

/* The worlds that take seconds; thorough: those that take minutes, too. */
bool lg_no_miss(struct lg_no_miss *figures, bool thorough, FILE *out);

#endif
