/* Visits every state of a world, breadth first, under every call and every choice. */
#ifndef LG_EXPLORE_H
#define LG_EXPLORE_H

#include <stdio.h>

#include "moves.h"
#include "states.h"
#include "world.h"

/* One move between two states. `to` is LG_NO_STATE where the world has no slot for one more live
 * job. */
struct lg_transition {
    const struct lg_move *move;
    uint32_t from;
    uint32_t to;
    uint16_t call;
    bool is_new; /* the state was not known before */
};

struct lg_exploration {
    struct lg_world world;
    struct lg_profile profile;
    struct lg_states states;
    uint32_t states_max; /* so many of them are left by every call; 0: all */
    uint64_t tapes;
    uint64_t transitions; /* that differ in call, answer, what decided it or successor */
    uint64_t cut;         /* of them, those that lead out of the world */
    unsigned diameter;    /* the most calls that a state is away from the first */
    bool no_memory;
};

/* Called for each transition; false ends the exploration. */
typedef bool lg_transition_visit(void *context, const struct lg_exploration *exploration,
                                 const struct lg_transition *transition);

/* False: no memory, or the world has no such name. */
bool lg_exploration_init(struct lg_exploration *exploration, char world,
                         enum lg_profile_id profile);
void lg_exploration_free(struct lg_exploration *exploration);

/* From the world's first state. `visit` may be NULL. `progress`: a line now and then, or NULL.
 * Returns false where the visit ended it, or memory was short (no_memory). */
bool lg_explore(struct lg_exploration *exploration, lg_transition_visit *visit, void *context,
                FILE *progress);

/* The calls that led to a state, first to last, as transitions' numbers: the states passed, from
 * the first one. Returns their count, at most `room`; 0 where they are more. */
unsigned lg_path_to(const struct lg_exploration *exploration, uint32_t state, uint32_t *path,
                    unsigned room);

#endif
