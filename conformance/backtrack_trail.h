/* What going back needs: the calls of a VM in their order, and its set as it was before them. Not
 * for users of backtrack.h. */
#ifndef LG_BACKTRACK_TRAIL_H
#define LG_BACKTRACK_TRAIL_H

#include "backtrack.h"

enum { LG_TRAIL_JOBS = UINT16_MAX + 1, LG_TRAIL_READINGS_FULL = LG_READINGS_MAX / 4 };

enum lg_entry_kind { LG_ENTRY_BEGIN, LG_ENTRY_END, LG_ENTRY_FORGET };

struct lg_trail_entry {
    struct lg_call call;
    struct lg_outcome seen;
    struct lg_answered when;
    size_t begun; /* of an end: its beginning */
    int handle;   /* of a beginning: the oracle's */
    uint8_t kind;
    bool lost;
    bool forgiven; /* an end that is passed over */
};

/* A set as it was before an entry. */
struct lg_snapshot {
    struct lg_element *elements;
    struct lg_readings *readings; /* the elements' own */
    struct lg_open_call open[LG_PENDING_MAX];
    size_t at;
    uint32_t count;
    uint16_t readings_count;
    uint16_t open_mask;
    uint16_t lost_mask;
    uint16_t narrowed;
};

struct lg_trail {
    struct lg_trail_entry *entries;
    size_t count;
    size_t capacity;
    struct lg_snapshot *snapshots; /* the first one is where going back ends */
    unsigned snapshot_count;
    uint64_t spent; /* steps of the model that explained nothing */
    uint16_t vm;
    bool lost;  /* a call that changes something had no reply */
    bool blind; /* what is known of later looks is not used: see judge_last */
};

struct lg_backtrack {
    struct lg_judge *judge;
    struct lg_trail *trails;
    struct lg_fate *fates;
    uint16_t *places; /* of readings, LG_READINGS_MAX */
    int *handles;     /* room for those of a trail while something is tried */
    uint64_t spent;   /* steps of the model that explained nothing, of all trails */
    unsigned count;
};

/* The set of a VM; NULL before its first call. */
struct lg_set *lg_trail_set(const struct lg_backtrack *backtrack, uint16_t vm);

/* A snapshot of the set before an entry is added behind the others; false: no memory. Another takes
 * the set back to one. Those from a number on leave. */
bool lg_trail_save(struct lg_backtrack *backtrack, struct lg_trail *trail, size_t at);
void lg_trail_restore(struct lg_backtrack *backtrack, const struct lg_trail *trail,
                      unsigned number);
void lg_trail_drop(struct lg_trail *trail, unsigned from);

/* Forgets assignments of readings that no element has. The first one is what all agree on. */
void lg_trail_sweep(struct lg_backtrack *backtrack);

/* Drops what later looks contradict. False: that is everything. */
bool lg_trail_look_ahead(struct lg_backtrack *backtrack, const struct lg_trail *trail,
                         uint64_t now);

/* Of explanations that differ in how pages are read only, one is kept, with what all of them rule
 * out: it accepts more. */
void lg_trail_merge(struct lg_backtrack *backtrack, const struct lg_trail *trail);

#endif
