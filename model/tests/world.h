/* One cell under a tape that a test holds: what unit tests of the step share. */
#ifndef LG_WORLD_H
#define LG_WORLD_H

#include <string.h>

#include "model/lastgood.h"

/* A VM of generation 2 on a host of 2016, read in the plain way: done at once, no job. */
struct world {
    struct lg_cell cell;
    struct lg_profile profile;
    struct lg_readings readings;
    struct lg_outcome outcome; /* of the last call, one value for everything */
    struct lg_job evicted;
};

enum { WORLD_FAULT = 0x10000 };
#define FAULT(name) ((uint32_t)WORLD_FAULT + LG_FAULT_##name)

/* Calls a method of VM 0: DO(&w, SET_KEY_PROTECTOR, .symbol = 1). */
#define DO(w, ...) world_do(w, (struct lg_call){.method = LG_CALL_##__VA_ARGS__})

/* Makes the call; the answer is the return value, or FAULT(x). */
static inline uint32_t world_do(struct world *w, struct lg_call call)
{
    struct lg_tape tape;
    struct lg_outcome pattern;
    lg_tape_start(&tape, &w->profile, &w->readings, NULL, 0);
    lg_step(&w->cell, &call, NULL, &tape, &w->outcome, &w->evicted);
    pattern = w->outcome;
    lg_outcome_pick(&w->outcome, &call, &tape);
    lg_cell_learn(&w->cell, &call, &pattern, &w->outcome);
    lg_readings_learn(&w->readings, &tape);
    return w->outcome.fault ? (uint32_t)WORLD_FAULT + w->outcome.fault : w->outcome.return_value;
}

static inline void world_start(struct world *w)
{
    memset(w, 0, sizeof *w);
    lg_profile_load(&w->profile, LG_PROFILE_documented, LG_TAG_CONFORMS);
    DO(w, VM_CREATED, .requested = 2);
}

/* One alternative of a site from here on, whatever its tag. */
static inline void world_pin(struct world *w, enum lg_site site, unsigned alternative)
{
    lg_profile_pin(&w->profile, site, alternative);
}

#endif
