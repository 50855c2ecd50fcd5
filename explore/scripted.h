/* Targets whose choices are scripted call by call, and that can go back: what a walk of every
 * transition needs. */
#ifndef LG_SCRIPTED_H
#define LG_SCRIPTED_H

#include "conformance/target.h"

/* A job that the world has forgotten: one that never was is no more there than that. */
enum { LG_NO_MORE_A_JOB = 63 };

struct lg_scripted {
    void *self;
    /* A host without a VM. */
    void (*reset)(void *self);
    /* Carries out a call of one VM or of the host: so many choices, then the plain ones. A job that
     * it starts has the call's new_job for its name. */
    void (*call)(void *self, const struct lg_call *call, const uint8_t *choices, unsigned count,
                 struct lg_outcome *seen);
    void (*keep)(void *self); /* remembers the host as it is, */
    void (*back)(void *self); /* and goes back to it, as often as wanted */
    void (*close)(void *self);
    /* Why it does not answer any more, or NULL. Where there is no such function it always does. */
    const char *(*failure)(void *self);
    /* A VM that is made comes to the place of the one before it, with the jobs that are left of
     * that: as in the worlds, and on no real host. */
    bool one_place;
};

/* Why the target does not answer any more; NULL: it does. */
static inline const char *lg_scripted_failure(const struct lg_scripted *target)
{
    return target->failure ? target->failure(target->self) : NULL;
}

/* "model:" under profile documented. False: no memory. */
bool lg_scripted_model_open(struct lg_scripted *target);

/* A target that offers events, inspect, snapshot and choices; it stays the caller's. False, with
 * the reason. */
bool lg_scripted_target_open(struct lg_scripted *scripted, struct lg_target *target,
                             struct lg_json_error *reason);

#endif
