/* No miss: on every trace of a few calls in small worlds, and on every one with a single wrong
 * field, the oracle and a checker by brute force give the same verdict. */
#ifndef LG_NO_MISS_H
#define LG_NO_MISS_H

#include <stdio.h>

#include "no_miss_worlds.h"

struct lg_no_miss {
    uint64_t traces; /* judged by both */
    uint64_t without_explanation;
    uint64_t milder;      /* where the oracle ran short of room and blamed less than brute force */
    uint64_t model_steps; /* of brute force */
    unsigned disagreements;
    unsigned parts; /* of worlds, each the traces that begin with one call */
    unsigned parts_done;
};

struct lg_no_miss_found {
    struct lg_no_miss all;
    struct lg_no_miss by_world[LG_WORLDS_MAX]; /* no parts done: none was begun */
};

struct lg_no_miss_options {
    unsigned jobs;             /* processes, 1 to LG_CREW_MAX */
    unsigned minutes;          /* after so many no part is begun any more; 0: all are done */
    uint32_t explanations_max; /* of one VM, that the oracle keeps; 0: 2048 */
    FILE *progress;            /* a line now and then, or NULL */
};

/* The first disagreements go to standard output. False: no memory, or a process has failed. */
bool lg_no_miss(struct lg_no_miss_found *found, const struct lg_small_worlds *worlds,
                const struct lg_no_miss_options *options);

#endif
