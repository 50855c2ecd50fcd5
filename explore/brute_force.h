/* A second checker of traces, from the definition: a trace is explained if some choices, with one
 * reading of every page for the whole of it, lead through all of its steps.
 *
 * Every tape is walked, depth first. There are no sets and nothing is merged, so this is for short
 * traces of one or two VMs. Shares nothing with the oracle but the model. */
#ifndef LG_BRUTE_FORCE_H
#define LG_BRUTE_FORCE_H

#include "model/lastgood.h"

enum { BRUTE_STEPS_MAX = 12, BRUTE_VMS = 2 };

struct brute_step {
    struct lg_call call;
    struct lg_outcome seen;
    bool lost; /* no reply came: whatever it was answered */
};

/* VM 0, VM 1 and the host itself, from the host word on. No job may leave its cell: at most
 * LG_JOB_SLOTS of a VM. */
struct brute_trace {
    struct lg_host_word host;
    struct lg_profile profile;
    unsigned count;
    struct brute_step steps[BRUTE_STEPS_MAX];
};

enum brute_readings {
    BRUTE_FIXED, /* what was read one way stays so */
    BRUTE_FREE,  /* the last call may read anew */
    BRUTE_ANY    /* every call may */
};

/* Called with every outcome that the call may have after some explanation of the trace. */
struct brute_visitor {
    void (*visit)(void *context, const struct lg_outcome *pattern);
    void *context;
};

/* Walks all explanations of the trace, and each tape of one more call behind each of them.
 * The trace holds less than BRUTE_STEPS_MAX steps. Returns the number of model steps made. */
uint64_t brute_force_walk(const struct brute_trace *trace, const struct lg_call *call,
                          enum brute_readings readings, const struct brute_visitor *visitor);

/* Whether the trace has an explanation. */
bool brute_force_explains(const struct brute_trace *trace, enum brute_readings readings);

#endif
