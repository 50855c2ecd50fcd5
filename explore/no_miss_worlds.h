/* Small worlds for the comparison with brute force: where traces begin, and what may come then. */
#ifndef LG_NO_MISS_WORLDS_H
#define LG_NO_MISS_WORLDS_H

#include "model/lastgood.h"

enum { LG_ALPHABET_MAX = 24, LG_SETUP_MAX = 8, LG_TRACE_CALLS_MAX = 4, LG_WORLDS_MAX = 256 };

/* Where traces begin: on a host with these flags, calls that are seen to answer 0, or 4096 with a
 * job where `by_job` has their bit. */
struct lg_setup {
    const char *name;
    unsigned count;
    unsigned by_job;
    uint8_t host_flags;
    struct lg_call calls[LG_SETUP_MAX];
};

struct lg_alphabet {
    const char *name;
    unsigned count;
    struct lg_call calls[LG_ALPHABET_MAX];
};

/* Every trace of up to so many calls, at most LG_TRACE_CALLS_MAX, behind a setup. */
struct lg_small_world {
    const struct lg_setup *setup;
    const struct lg_alphabet *alphabet;
    unsigned calls;
    enum lg_profile_id profile;
};

struct lg_small_worlds {
    unsigned count;
    struct lg_small_world items[LG_WORLDS_MAX];
};

/* Those that take seconds: one call behind every setup under every profile, and a few more. */
void lg_small_worlds_short(struct lg_small_worlds *worlds);

/* Those and the ones that take minutes to hours. */
void lg_small_worlds_long(struct lg_small_worlds *worlds);

#endif
