/* Small worlds for the comparison with brute force: where traces begin, and what may come then. */
#ifndef LG_NO_MISS_WORLDS_H
#define LG_NO_MISS_WORLDS_H

#include "model/lastgood.h"

enum { LG_ALPHABET_MAX = 24, LG_SETUP_MAX = 8 };

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

/* Every trace of so many calls, or of one call more, from a setup. */
struct lg_small_world {
    const struct lg_setup *setup;
    const struct lg_alphabet *alphabet;
    unsigned calls;
    enum lg_profile_id profile;
};

extern const struct lg_small_world lg_small_worlds[]; /* those that take seconds */
extern const unsigned lg_small_world_count;
extern const struct lg_small_world lg_long_worlds[]; /* those that take minutes */
extern const unsigned lg_long_world_count;

/* The setups that traces of one call begin at, and the calls, under every profile. */
extern const struct lg_setup *const lg_small_setups[];
extern const unsigned lg_small_setup_count;
extern const struct lg_alphabet *const lg_all_calls;

#endif
