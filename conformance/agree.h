/* The model computes what a vector allows: every outcome of every history that the documents allow
 * must have an edge, and every edge such a history. */
#ifndef LG_AGREE_H
#define LG_AGREE_H

#include <stdio.h>

#include "vector.h"

struct lg_agreement {
    unsigned missing;   /* outcomes that the documents allow and no edge has */
    unsigned spurious;  /* edges that no history of the documents reaches */
    bool unchecked;     /* replies are lost in it: only the oracle can judge those */
    bool bound_hit;     /* too many histories: nothing was found out */
    unsigned histories; /* the most at one step */
};

/* Whoever wants to know what is walked; either may be NULL. */
struct lg_agree_watch {
    void *context;
    /* One step of the model on a VM's cell, also those of a job that is followed; of events of the
     * host, on the first VM's. */
    void (*step)(void *context, unsigned node, const struct lg_call *call,
                 const struct lg_cell *before, const struct lg_outcome *outcome,
                 const struct lg_cell *after);
    /* What a node with edges may be answered; result: where the call is followed; edge: -1 for
     * none. */
    void (*answer)(void *context, unsigned node, const struct lg_outcome *outcome, uint32_t result,
                   int edge);
};

/* As lg_agree, silently. */
bool lg_agree_watched(const struct lg_vector *vector, enum lg_profile_id profile,
                      const struct lg_names *names, const struct lg_agree_watch *watch,
                      struct lg_agreement *agreement);

/* A walk over a vector that is still being made, node by node. jobs_asked: whether a call of it
 * will be one of a job. NULL: no memory. The vector may grow while it is walked. */
struct lg_agree_session;
struct lg_agree_session *lg_agree_start(const struct lg_vector *vector, enum lg_profile_id profile,
                                        const struct lg_names *names, bool jobs_asked,
                                        const struct lg_agree_watch *watch);
void lg_agree_end(struct lg_agree_session *session);

/* Walks the last node or an earlier one with the histories that reached it; on: they go on along
 * its edges. May be done again, with other edges. False: too many histories, or no memory. */
bool lg_agree_node(struct lg_agree_session *session, unsigned node, bool on);

/* Walks a vector under a profile. With `out`, prints each step and its outcomes. False: no memory.
 */
bool lg_agree(const struct lg_vector *vector, enum lg_profile_id profile,
              const struct lg_names *names, FILE *out, struct lg_agreement *agreement);

#endif
