/* A position on a way through a world, as one client of one target knows it, and the departures it
 * may take. */
#ifndef LG_DEPARTURES_H
#define LG_DEPARTURES_H

#include "pairs.h"
#include "script.h"

enum { LG_DEPARTURES_MAX = 8192, LG_NO_GROUP = UINT16_MAX };

struct lg_position {
    struct lg_cell cell; /* with the names of the script */
    struct lg_readings readings;
    uint32_t state; /* of the world */
    uint16_t jobs;
    uint16_t group; /* that led here */
    uint8_t used;   /* protectors that the script has named, bit by symbol */
};

/* A transition that leaves a position. */
struct lg_departure {
    uint32_t to;
    uint16_t call; /* of the world */
    uint16_t nth;  /* of that call */
    uint16_t group;
    bool by_job;
    bool barred;
};

struct lg_departures {
    const struct lg_exploration *exploration;
    struct lg_pairs *pairs;
    struct lg_moves *moves;
    unsigned count;
    struct lg_departure items[LG_DEPARTURES_MAX];
    uint64_t groups[LG_WORLD_CALLS_MAX][LG_GROUP_WORDS]; /* of each call's departures */
};

/* The first state. */
void lg_position_start(struct lg_position *position, const struct lg_exploration *exploration);

/* All departures of a position that fit what the way has shown of the target's readings. */
void lg_departures_find(struct lg_departures *departures, const struct lg_position *position);

/* Goes there; `step` is what was called and seen. */
void lg_departures_take(struct lg_departures *departures, struct lg_position *position,
                        const struct lg_departure *departure, struct lg_script_step *step);

#endif
