/* Makes a script smaller for as long as it still does what was found: the smallest has no step that
 * could leave. */
#ifndef LG_SHRINKER_H
#define LG_SHRINKER_H

#include "script.h"

enum lg_try {
    LG_TRY_SAME, /* it was found again */
    LG_TRY_OTHER,
    LG_TRY_GONE /* the target cannot go on */
};

enum { LG_TRIED_MAX = 4096 };

struct lg_shrinker {
    /* Runs a script once. */
    enum lg_try (*try_script)(void *context, const struct lg_script *script);
    /* The target calls made so far, by all tries. */
    uint64_t (*calls)(void *context);
    /* Whether a step of the script that was run last seems to have done nothing for it. */
    bool (*is_idle)(void *context, const struct lg_script *script, unsigned step);
    void *context;
    uint64_t budget;  /* of target calls: no try begins that could pass it */
    unsigned repeats; /* tries of one script until it counts as something else; 1 or more */

    /* What came of it. */
    bool minimal; /* no step can leave: every script without one of them was tried */
    uint64_t spent;
    unsigned tries;
    unsigned confirmed; /* of `confirmations` runs of the smallest script, the one that kept it
                           included */
    unsigned confirmations;
    uint64_t tried[LG_TRIED_MAX]; /* hashes of scripts that are something else */
    unsigned tried_count;
};

/* Shrinks in place; `from`: the step that showed it, what is behind it leaves first; `vm`: where it
 * showed. False: the script did not show it again. */
bool lg_shrink(struct lg_shrinker *shrinker, struct lg_script *script, unsigned from, uint16_t vm);

#endif
