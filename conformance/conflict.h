/* Why overlapping calls fit no order: the few of them whose answers contradict each other, whatever
 * the others did or did not do. */
#ifndef LG_CONFLICT_H
#define LG_CONFLICT_H

#include "overlaps.h"

enum {
    LG_CONFLICT_TRIES = 400,
    LG_CONFLICT_STEPS = 1000000, /* of the model */
    LG_CONFLICT_SET_MAX = 1024
};

/* What judged a recording saw since the last reset, up to a step that violates. Writes the indices
 * of the calls in conflict, in order, into `found` (history_count of them at most) and returns how
 * many: none of them can be left out, unless LG_CONFLICT_TRIES or LG_CONFLICT_STEPS did not do. 0:
 * not even all of the VM's calls are in conflict without those of others, or there is no memory. */
size_t lg_conflict_find(const struct lg_overlaps *judged, const struct lg_timed *violates,
                        size_t *found);

#endif
