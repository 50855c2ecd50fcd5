/* A target's own names of VMs, checkpoints and jobs, bound to a script's numbers in the order of
 * their first appearance. */
#ifndef LG_BOUND_NAMES_H
#define LG_BOUND_NAMES_H

#include "model/trace_json.h"

struct lg_bound_names {
    struct lg_names names; /* raw; its context is this */
    char (*vms)[LG_NAME_BYTES];
    char (*checkpoints)[LG_NAME_BYTES];
    char (*jobs)[LG_NAME_BYTES];
    unsigned job_count;
};

/* False: no memory; to be freed all the same. */
bool lg_bound_names_init(struct lg_bound_names *bound, struct lg_blobs *blobs);
void lg_bound_names_free(struct lg_bound_names *bound);

/* What is bound in one is bound in the other, and nothing else: of VMs the first LG_BOUND_COPIED,
 * which is enough for bounded worlds. */
enum { LG_BOUND_COPIED = 16 };
void lg_bound_names_copy(struct lg_bound_names *to, const struct lg_bound_names *from);

/* Nothing is bound any more. */
void lg_bound_names_reset(struct lg_bound_names *bound);

/* Binds what the answer to a call, as JSON of the line protocol, names first. */
void lg_bound_names_learn(struct lg_bound_names *bound, const struct lg_call *call,
                          const json_t *answer);

#endif
