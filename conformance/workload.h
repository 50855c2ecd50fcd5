/* Random calls of a client on one VM, half of which change something. Not for keys: xorshift64*. */
#ifndef LG_WORKLOAD_H
#define LG_WORKLOAD_H

#include "model/lastgood.h"

/* The job that a client follows to its end, 0 if none. */
struct lg_workload_job {
    uint16_t name;
    uint16_t vm;
    uint16_t looks;
};

uint64_t lg_random_next(uint64_t *state);
/* 0 to bound - 1. */
unsigned lg_random_below(uint64_t *state, unsigned bound);

/* The next call; `vm` is for a client that follows no job. */
void lg_workload_call(uint64_t *random, uint16_t vm, const struct lg_workload_job *job,
                      struct lg_call *call);
/* What came back; seen NULL: nothing. */
void lg_workload_heard(struct lg_workload_job *job, const struct lg_call *call,
                       const struct lg_outcome *seen);

#endif
