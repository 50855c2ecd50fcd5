/* Several parts of a run at once: each in a process of its own, with a target of its own. */
#ifndef LG_PARALLEL_H
#define LG_PARALLEL_H

#include "model/lastgood.h"
#include "results.h"

/* What one part hands over: its rows, and the readings that its target was found to have. */
struct lg_part {
    struct lg_results results;
    struct lg_readings readings;
};

/* Runs `work` for parts 0 to count - 1 and gathers their rows, sorted by id. Returns the worst exit
 * code, -1 if every part went through. A reading that two parts were found to take differently is
 * *conflict (a slot), else -1. */
int lg_parallel_run(unsigned count,
                    int (*work)(void *context, unsigned part, struct lg_part *result),
                    void *context, struct lg_results *results, int *conflict);

#endif
