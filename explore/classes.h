/* Classes of transitions: what generated vectors must walk, each at least once. */
#ifndef LG_CLASSES_H
#define LG_CLASSES_H

#include "explore.h"

/* Method and request, power state, guard row, outcome, and what became of the job concerned. No
 * padding. */
struct lg_class_key {
    uint32_t code_from;
    uint32_t code_to;
    uint16_t requested;
    uint16_t clause;
    uint16_t cause;
    uint8_t method;
    uint8_t fault;
    uint8_t answer;
    uint8_t vm; /* 0 none, else 1 + power state */
    uint8_t job_before;
    uint8_t job_after;
};
_Static_assert(sizeof(struct lg_class_key) == 20, "keys are compared by memcmp");

enum { LG_CLASSES_MAX = 16384, LG_EXAMPLES_MAX = 12 };

struct lg_class {
    struct lg_class_key key;
    struct lg_step_back
        examples[LG_EXAMPLES_MAX]; /* the first transitions, each of another state */
    unsigned example_count;
    uint16_t depth;
    bool walked;
    uint8_t missed; /* enum lg_miss */
};

/* Why no vector walks a class: what became of the scripts that were tried. The last is the nearest.
 */
enum lg_miss {
    LG_MISS_UNTRIED,
    LG_MISS_WAY,  /* the way there reads one sentence in two ways; a target reads it in one */
    LG_MISS_ID,   /* another vector makes these calls, and expects other answers on the way */
    LG_MISS_AIM,  /* the way there leaves the call another answer */
    LG_MISS_ROOM, /* more histories, steps or answers than a vector may have */
    LG_MISS_COUNT
};

struct lg_classes {
    struct lg_class items[LG_CLASSES_MAX];
    uint16_t index[2 * LG_CLASSES_MAX]; /* open addressing */
    unsigned count;
};

struct lg_class_key lg_class_of(const struct lg_call *call, const struct lg_cell *before,
                                const struct lg_outcome *outcome, const struct lg_cell *after);

/* The class with a key, NULL if there is none. */
struct lg_class *lg_classes_find(struct lg_classes *classes, const struct lg_class_key *key);

/* Adds a transition to its class. Those that no script can make are left out: calls of a job that
 * never was, and looks that are no client's: NULL. */
struct lg_class *lg_classes_add(struct lg_classes *classes,
                                const struct lg_exploration *exploration,
                                const struct lg_transition *transition);

#endif
