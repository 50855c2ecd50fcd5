/* What a target may be seen to answer, and what one wrong field makes of it. */
#ifndef LG_OBSERVATIONS_H
#define LG_OBSERVATIONS_H

#include "model/lastgood.h"

/* Outcomes, each once; the clause and the cause, which nobody sees, are 0. Begins as zeros. */
struct observations {
    unsigned count;
    unsigned room;   /* for items: a power of two, or 0 */
    bool incomplete; /* there was no memory for one */
    struct lg_outcome *items;
    uint32_t *places; /* twice as many as there is room: by hash, the number of an item from 1 on */
};

void observations_free(struct observations *observations);
void observations_clear(struct observations *observations);

/* Adds an outcome unless it is there. */
void observations_add(struct observations *to, const struct lg_outcome *outcome);

/* The same ones in place of those that were there. */
void observations_copy(struct observations *to, const struct observations *from);

/* What can be seen of a pattern: the lowest or the highest of each mask and range. fresh: the
 * symbol that bytes never seen before get. */
struct lg_outcome lg_observe(const struct lg_outcome *pattern, uint16_t fresh, bool high);

/* Adds observations that a pattern allows: the lowest of everything, the highest of everything. */
void observations_pick(struct observations *to, const struct lg_outcome *pattern);

/* Adds what differs from an observation in one field: the return value, the kind of answer, the job
 * or none, bytes, one property, one name of a list. next_job: a name that no job has yet. */
void observations_corrupt(struct observations *to, const struct lg_call *call,
                          const struct lg_outcome *seen, uint16_t next_job);

#endif
