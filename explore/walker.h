/* Brings about states of a world on a target, call by call, and judges each answer by what the
 * choices of the call allow. */
#ifndef LG_WALKER_H
#define LG_WALKER_H

#include "script.h"
#include "scripted.h"
#include "walk_choices.h"

enum { LG_WALK_FAULT_BYTES = 160, LG_WALK_STEPS_MAX = LG_REPLAY_STEPS_MAX + 3 };

/* What is so on the target, as far as the model can tell. */
struct lg_shadow {
    struct lg_cell cell; /* with the names of the script */
    uint16_t jobs;
    uint8_t used;
    struct lg_walk_names names;
};

struct lg_walk_faults {
    uint64_t count;
    char first[LG_WALK_FAULT_BYTES];
    struct lg_script_step steps[LG_WALK_STEPS_MAX]; /* those that lead to the first */
    unsigned step_count;
};

struct lg_walker {
    const struct lg_exploration *exploration;
    const struct lg_scripted *target;
    struct lg_moves *way;    /* of the path */
    struct lg_moves *others; /* of a call that was answered otherwise */
    struct lg_shadow here;
    struct lg_script_step steps[LG_WALK_STEPS_MAX];
    unsigned step_count;
    struct lg_walk_faults faults;
    uint64_t looks;
    bool unknowing;    /* the last call asked for jobs, of which the client has forgotten some */
    bool beyond;       /* the last call was not made: it makes a VM where jobs are left */
    uint64_t left_out; /* such calls */
    uint64_t unwalked; /* lists that hold more than the client knows, which fit another choice */
};

/* False: no memory. */
bool lg_walker_init(struct lg_walker *walker, const struct lg_exploration *exploration,
                    const struct lg_scripted *target);
void lg_walker_free(struct lg_walker *walker);

/* A call of the world with the names of a shadow, which forgets what the client does. */
struct lg_call lg_walker_spell(const struct lg_walker *walker, struct lg_shadow *shadow,
                               uint16_t call);

/* Makes a call on the target; the shadow follows. False: the answer is none that these choices
 * allow. That is a fault, but for a list of jobs of which the client of the world has forgotten
 * some: there the answer must be one that other choices allow. False, too, for a VM that is made
 * where jobs of one before it are left, on a target that has a place for each. */
bool lg_walker_step(struct lg_walker *walker, struct lg_shadow *shadow, const struct lg_call *call,
                    const struct lg_choices *choices);

/* Looks at what a client can read, and at what only an inspection shows. */
void lg_walker_look(struct lg_walker *walker, struct lg_shadow *shadow);

/* From a target without a VM to a state; false where it does not come there. */
bool lg_walker_go_to(struct lg_walker *walker, uint32_t state);

/* The world's number of a cell. */
uint32_t lg_walker_state_of(const struct lg_walker *walker, const struct lg_cell *cell);

#endif
