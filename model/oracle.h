/* The oracle: the set of cells that explain everything seen so far.
 *
 * One set for each VM that was touched, and one for the host itself. Readings are shared: what all
 * cells of one set agree on holds for the others. Any shortcut taken for want of room only accepts
 * more, and is counted.
 *
 * Memory: one block that the caller owns; nothing else is allocated. Not for use by several threads
 * at once. */
#ifndef LG_ORACLE_H
#define LG_ORACLE_H

#include "lastgood.h"

enum lg_verdict_kind {
    LG_VERDICT_CONFORMS,
    LG_VERDICT_UNDOCUMENTED, /* explained only by an alternative that no page speaks of */
    LG_VERDICT_INCONSISTENT, /* explained only by changing a reading in mid-run */
    LG_VERDICT_VIOLATES,
    LG_VERDICT_UNDETERMINED /* it would be "violates", but a bound was hit before */
};

enum { LG_ALLOWED_MAX = 24 };

/* What the oracle says of one step. */
struct lg_verdict {
    uint8_t kind;      /* enum lg_verdict_kind */
    uint8_t secondary; /* after another violation since the last reset: not to be counted */
    uint8_t more;      /* there are more allowed outcomes than `allowed` holds */
    uint8_t alternative;
    uint16_t slot;   /* the reading of UNDOCUMENTED, and of INCONSISTENT what it changed to */
    uint16_t clause; /* of a violation: what the nearest allowed outcome rests on */
    uint16_t allowed_count;
    uint16_t set_size; /* after the step */
    struct lg_outcome
        allowed[LG_ALLOWED_MAX]; /* of VIOLATES and INCONSISTENT: "allowed are only ..." */
};

/* One explanation. `done` has a bit for each open call that has taken effect in it. */
struct lg_element {
    struct lg_cell cell;
    uint64_t hash;
    uint16_t readings; /* index of its assignment */
    uint16_t done;
    uint16_t mark_slot; /* the first alternative used that does not simply conform, and its tag */
    uint8_t mark_alternative;
    uint8_t mark_tag;
};

struct lg_open_call;
struct lg_set {
    struct lg_element *elements;
    struct lg_open_call *open; /* LG_PENDING_MAX: the calls of this VM that are not answered */
    uint32_t count;
    uint16_t vm;
    uint16_t used;
    uint16_t open_mask; /* places of `open` that are taken */
    uint16_t lost_mask; /* those of them that need not take effect */
    uint16_t narrowed; /* explanations were passed over: in which one did, for want of time, or with
                          more jobs at once than a cell holds. It never violates from then on, but
                          is undetermined */
};

/* Instead of an assignment: the element is no longer part of its set. */
enum { LG_ELEMENT_GONE = 0xFFFF };

/* A job that left its cell. Those that ended differently in different explanations accept any ended
 * state. */
struct lg_record {
    struct lg_job job;
    uint16_t vm;
    uint16_t any;
    uint16_t next; /* with the same place: its number from 1 on; 0: none */
};

struct lg_open_call {
    struct lg_call call;
    struct lg_outcome seen;
    uint8_t lost; /* no reply came: it may take effect until a barrier, and answer anything */
    uint8_t many; /* and so may others like it, for which there was no place */
};

/* Ways of one call that fit what was seen: beyond this many, readings are bound whether they matter
 * or not. */
enum { LG_LEAVES_MAX = 256 };

struct lg_leaf {
    uint64_t job_states;          /* of its successor, together */
    uint16_t taken[LG_DRAWS_MAX]; /* alternatives of each draw that lead to this successor */
    uint32_t element;             /* where its successor stands */
    uint32_t bound;               /* draws that matter, bit by position: readings to narrow */
    uint8_t count;
    uint8_t progressed; /* how many of the draws said how far jobs are */
    uint8_t tag;        /* of what it did beside progress */
    uint8_t gone;       /* another one stands for it */
    struct lg_draw draws[LG_DRAWS_MAX];
};

struct lg_leaves {
    uint32_t count;
    struct lg_leaf items[LG_LEAVES_MAX];
};

enum { LG_ORACLE_RECORDS_MAX = 16384, LG_RECORD_PLACES = 4096 };

/* Which open calls may take effect before the one that ends, for those who keep sets to go back
 * to: a set that passed over something is narrowed, and an end that nothing explains then leaves it
 * as it may be, undetermined. */
enum lg_awake {
    LG_AWAKE_ALL,      /* with bounds on those without a reply: for those who do not go back */
    LG_AWAKE_LAST,     /* none */
    LG_AWAKE_ANSWERED, /* those with a reply */
    LG_AWAKE_FEW,      /* and few without one: lost_more beyond what the explanations need */
    LG_AWAKE_EVERY     /* all, as far as there is room */
};

struct lg_oracle {
    struct lg_profile profile;
    struct lg_set *sets;
    struct lg_set next; /* where a step's successors are put */
    uint32_t set_max;   /* elements of one set */
    uint16_t vm_max;
    uint16_t set_count;
    uint16_t readings_count;
    uint16_t record_count;
    struct lg_readings *readings; /* LG_READINGS_MAX; the first is what all sets agree on */
    uint32_t *readings_sums;      /* of them: two that differ here are not equal */
    struct lg_record *records;
    uint16_t record_places[LG_RECORD_PLACES]; /* by VM and name: the latest of them, from 1 on */
    uint32_t *index;                          /* of the elements of one larger set, by their hash */
    const struct lg_element *indexed;
    uint32_t indexed_count;
    uint32_t index_size;     /* a power of two, twice set_max or more */
    struct lg_leaves leaves; /* scratch of one call on one element */
    uint64_t now_from;       /* of lg_oracle_set_time, for sets that are touched from then on */
    uint64_t now_to;
    uint8_t awake; /* enum lg_awake */
    uint8_t lost_more;
    uint16_t optional;     /* lost_mask of the set at work */
    uint16_t changed_slot; /* the reading of the last INCONSISTENT, and what it changed to */
    uint8_t changed_alternative;
    uint8_t timed;           /* lg_oracle_set_time was called since the last reset */
    uint64_t approximations; /* how often room was short */
    uint64_t steps;          /* of the model, for figures */
    uint8_t bound_hit;       /* since the last reset: "violates" is "undetermined" from then on */
    uint8_t violated;        /* since the last reset */
    uint8_t undocumented;    /* reported already since the last reset */
};

/* Bytes that an oracle of so many VMs and elements in a set needs. */
size_t lg_oracle_bytes(uint16_t vm_max, uint32_t set_max);

/* Memory: at least lg_oracle_bytes(), aligned as malloc aligns. `host` is the host word at the
 * start. */
void lg_oracle_init(struct lg_oracle *oracle, void *memory, uint16_t vm_max, uint32_t set_max,
                    const struct lg_profile *profile, const struct lg_host_word *host);

/* The target was made new: no VM is left, readings that are agreed on stay. A barrier. */
void lg_oracle_reset(struct lg_oracle *oracle, const struct lg_host_word *host);

/* The time is now between two values: of a target with a clock of its own. */
void lg_oracle_set_time(struct lg_oracle *oracle, uint64_t from, uint64_t to);

/* A call whose answer is known, with nothing beside it: begin and end in one. seen->fault
 * LG_FAULT_NONE for events. */
void lg_oracle_step(struct lg_oracle *oracle, const struct lg_call *call,
                    const struct lg_outcome *seen, struct lg_verdict *verdict);

/* A call was sent; seen NULL: no reply will come. Returns its handle. -1: it changes nothing and no
 * reply will come, or LG_PENDING_MAX calls of its VM are open. */
int lg_oracle_begin(struct lg_oracle *oracle, const struct lg_call *call,
                    const struct lg_outcome *seen);

/* The reply of an open call arrived. */
void lg_oracle_end(struct lg_oracle *oracle, int handle, struct lg_verdict *verdict);

/* An open call without a reply takes no effect from here on. */
void lg_oracle_forget(struct lg_oracle *oracle, int handle);

/* From here on, calls without a reply no longer take effect. */
void lg_oracle_barrier(struct lg_oracle *oracle);

/* The outcomes that the explanations of a VM allow for a call, at most LG_ALLOWED_MAX; *more if
 * there are others. */
unsigned lg_oracle_allowed(struct lg_oracle *oracle, const struct lg_call *call,
                           struct lg_outcome *allowed, uint8_t *more);

/* The place of an assignment in oracle->readings, to which it is added if it is not there. Without
 * room it is forgotten: that of what all sets agree on. */
uint16_t lg_oracle_intern(struct lg_oracle *oracle, const struct lg_readings *readings);

/* The set of a VM, for those who look inside; made if it is not there. NULL when there are too
 * many. */
struct lg_set *lg_oracle_set(struct lg_oracle *oracle, uint16_t vm);

#endif
