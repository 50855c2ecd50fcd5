/* Calls of several clients, each with when it was sent and answered, brought before a judge: those
 * whose [sent, answered] meet may have taken effect in either order, others did in the order of
 * their times.
 *
 * Steps may come in any order that is not out of place by more than LG_OVERLAPS_WINDOW steps. At
 * most LG_PENDING_MAX of one VM may be open at a time, at most LG_OVERLAPS_OPEN_MAX of all; more
 * make the result undetermined. */
#ifndef LG_OVERLAPS_H
#define LG_OVERLAPS_H

#include "backtrack.h"

enum {
    LG_OVERLAPS_WINDOW = 16384,
    LG_OVERLAPS_OPEN_MAX = 4096,
    LG_OVERLAPS_HISTORY = 65536 /* steps kept for the search for a conflict */
};

struct lg_timed {
    struct lg_trace_step step;
    uint64_t order; /* of two that were sent at once: who came first */
    unsigned line;
    bool relaxed; /* it may have been done or not, whatever was answered, until then */
    bool begun;
    int handle;
};

struct lg_overlaps {
    struct lg_judge *judge;
    struct lg_backtrack *backtrack;
    struct lg_timed **waiting; /* a heap by sent: what may still be preceded by others */
    size_t waiting_count;
    size_t window;          /* at most LG_OVERLAPS_WINDOW */
    struct lg_timed **open; /* sent, not yet answered */
    size_t open_count;
    struct lg_timed *history; /* since the last reset, as judged */
    size_t history_count;
    uint64_t now;                       /* sent of the step judged last */
    uint64_t next;                      /* order */
    uint64_t last_sent[LG_VMS_MAX + 1]; /* of the call answered last, by VM; the host behind */
    bool real_time;                     /* times are the target's clock as well */
    bool keeps_history;
    bool out_of_place;
    /* What is said of each step that was answered. */
    void (*judged)(void *context, const struct lg_timed *timed, const struct lg_verdict *verdict);
    void *context;
};

/* Events of the whole host, and what looks at two VMs: they have one place in the order of all. */
bool lg_is_alone(const struct lg_call *call);

/* False: no memory; to be freed all the same. */
bool lg_overlaps_init(struct lg_overlaps *overlaps, struct lg_judge *judge);
void lg_overlaps_free(struct lg_overlaps *overlaps);

/* One step with its times. False: no memory, or it is out of place. */
bool lg_overlaps_add(struct lg_overlaps *overlaps, const struct lg_trace_step *step, unsigned line,
                     bool relaxed);

/* Judges everything that was added; what is added next comes after it. */
void lg_overlaps_finish(struct lg_overlaps *overlaps);

/* The target was made new. After lg_overlaps_finish and lg_judge_reset. */
void lg_overlaps_reset(struct lg_overlaps *overlaps);

#endif
