/* A vector that is being made: calls are added one after the other, and the model says what each
 * may be answered. */
#ifndef LG_DRAFT_H
#define LG_DRAFT_H

#include <stdio.h>

#include "classes.h"
#include "conformance/agree.h"

struct lg_draft {
    struct lg_vector vector;
    struct lg_names names;
    const struct lg_agree_watch *watch; /* of the last walk; may be NULL */
    struct lg_agree_session *session;
    struct lg_agree_watch own_watch;
    void *finder;
    bool full;           /* a call found no room, more answers than edges, or took too long */
    unsigned more_looks; /* so that its calls differ from another vector's */
    const struct lg_class_key *aim; /* whether the last call was of this class; may be NULL */
    bool aim_met;
    unsigned long steps;    /* of the model, for the last node */
    unsigned long heaviest; /* for any node */
};

/* jobs_asked: whether one of its calls will be one of a job. False: no memory. */
bool lg_draft_init(struct lg_draft *draft, const struct lg_names *names, bool jobs_asked);
void lg_draft_free(struct lg_draft *draft);

/* Before the first call: a VM that is not there was there before, so that it has a name. False: as
 * lg_draft_add. */
bool lg_draft_begin(struct lg_draft *draft, const struct lg_call *first);

/* Adds a call whose answers all lead to the next node, in thought: lg_draft_go_on takes them there.
 * by_job: with a job of the call's new_job, not followed. Returns its number, -1 where it does not
 * fit. */
int lg_draft_add(struct lg_draft *draft, const struct lg_call *call, bool by_job);

/* Takes the last node away; before its histories went on. */
void lg_draft_drop(struct lg_draft *draft);

/* The edge of a node that a seen answer takes; -1 if none. */
int lg_draft_edge(const struct lg_draft *draft, unsigned node, const struct lg_outcome *seen);

/* Only one edge of a node goes on; the others end the vector. */
void lg_draft_keep_only(struct lg_draft *draft, unsigned node, unsigned edge);

/* What may have happened goes on along the edges of a node as they stand. */
void lg_draft_go_on(struct lg_draft *draft, unsigned node);

/* Whether an edge is that of a call that was done, or of a read that was answered. */
bool lg_draft_is_success(const struct lg_draft *draft, unsigned node, unsigned edge);

/* Walks the whole draft once more; false where the model and its edges do not agree. Edges that
 * nothing reaches are taken out. */
bool lg_draft_finish(struct lg_draft *draft);

/* The file of the draft, one step a line. */
bool lg_draft_write(const struct lg_draft *draft, FILE *file);

#endif
