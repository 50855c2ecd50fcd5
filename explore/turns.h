/* A place on a way through a world, as one client of one target knows it, and the turns it may
 * take. */
#ifndef LG_TURNS_H
#define LG_TURNS_H

#include "pairs.h"
#include "script.h"

enum { LG_TURNS_MAX = 8192, LG_NO_GROUP = UINT16_MAX };

struct lg_spot {
    struct lg_cell cell; /* with the names of the script */
    struct lg_readings readings;
    uint32_t state; /* of the world */
    uint16_t jobs;
    uint16_t group; /* that led here */
    uint8_t used;   /* protectors that the script has named, bit by symbol */
};

/* A transition that leaves a place. */
struct lg_turn {
    uint32_t to;
    uint16_t call; /* of the world */
    uint16_t nth;  /* of that call */
    uint16_t group;
    bool by_job;
    bool barred;
};

struct lg_turns {
    const struct lg_exploration *exploration;
    struct lg_pairs *pairs;
    struct lg_moves *moves;
    unsigned count;
    struct lg_turn items[LG_TURNS_MAX];
    uint64_t groups[LG_WORLD_CALLS_MAX][LG_GROUP_WORDS]; /* of each call's turns */
};

/* The first state. */
void lg_spot_start(struct lg_spot *spot, const struct lg_exploration *exploration);

/* All turns of a place that fit what the way has shown of the target's readings. */
void lg_turns_find(struct lg_turns *turns, const struct lg_spot *spot);

/* Goes there; `step` is what was called and seen. */
void lg_turns_take(struct lg_turns *turns, struct lg_spot *spot, const struct lg_turn *turn,
                   struct lg_script_step *step);

#endif
