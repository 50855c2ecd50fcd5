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
    unsigned parts; /* of worlds, each the traces that begin with one call */
    unsigned parts_done;
};

/* The worlds that take seconds, in so many processes, at most LG_CREW_MAX; thorough: those that
 * take minutes, too. After so many minutes no part is begun any more; 0: all are done. A line of
 * figures for each world and the first disagreements go to standard output; `progress`: a line now
 * and then, or NULL. False: no memory. */
bool lg_no_miss(struct lg_no_miss *figures, bool thorough, unsigned jobs, unsigned minutes,
                FILE *progress);

#endif
