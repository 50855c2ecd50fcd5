/* Random calls that mostly come as far as the state is looked at. The same for the same seed. */
#ifndef LG_RANDOM_CALLS_H
#define LG_RANDOM_CALLS_H

#include "model/trace.h"

struct lg_random_calls {
    uint64_t random;
    uint16_t jobs; /* names given to jobs so far: calls of jobs are about the last ones */
    uint16_t made; /* the next symbol of bytes that a host makes */
};

void lg_random_calls_start(struct lg_random_calls *calls, uint64_t seed);
unsigned lg_random_below(struct lg_random_calls *calls, unsigned bound);
uint8_t lg_random_byte(struct lg_random_calls *calls);

/* A call of VM 0, of one of its jobs, or of the host; the first one of a world makes the VM. */
void lg_random_call(struct lg_random_calls *calls, unsigned step, struct lg_call *call);

#endif
