/* The ways in which a mutant, as any target, may use what the pages leave open. */
#ifndef LG_MODES_H
#define LG_MODES_H

#include "mutants.h"

/* "sync", "async": the plain choices, all work at once or by jobs. "each:SEED": every choice and
 * reading drawn, anew for each script; "jobs:SEED": too, but for work, which jobs do that take
 * every request. "@PROFILE" behind any: of a profile other than documented. */
struct lg_mode {
    const char *name;
    enum lg_profile_id profile;
    struct lg_profile choices;
    uint64_t seed; /* 0: nothing is drawn */
};

/* False: no such mode. The name is kept. */
bool lg_mode_read(struct lg_mode *mode, const char *name);

#endif
