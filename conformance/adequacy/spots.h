/* Where a mutant's step is compared with the model's: cells, each with a call.
 *
 * Every state of world A with every call of that world; and a wide sample with any call, along
 * random scripts. What is compared is what a target shows and goes by: not the times of jobs, which
 * a host shows by its own clock, nor what only an oracle keeps or looks at. */
#ifndef LG_SPOTS_H
#define LG_SPOTS_H

#include "explore/explore.h"
#include "mutants.h"

enum { LG_REACH_WORDS = LG_MUTANT_FUNCTIONS_MAX / 64, LG_WAYS_MAX = 4096 };

struct lg_spot {
    uint64_t plain;                   /* of the answers and the cells after them, as a set */
    uint64_t readings;                /* of the same with the readings that were taken */
    uint64_t whole;                   /* and with what no target shows */
    uint64_t reached[LG_REACH_WORDS]; /* functions, bit by index */
    uint32_t place;                   /* of world A: the state; of the sample: its index */
    uint16_t call;                    /* of world A; LG_NO_CALL: of the sample */
    uint16_t unused;
};
enum { LG_NO_CALL = UINT16_MAX };

/* A spot as it is stepped. */
struct lg_scene {
    struct lg_cell cell;
    struct lg_call call;
    struct lg_job record; /* LG_JOB_FREE: none */
    unsigned made;        /* calls before this one whose bytes of a host's making are told apart */
};

struct lg_spots {
    struct lg_exploration world;
    struct lg_scene *scenes; /* of the sample */
    struct lg_spot *items;
    uint32_t count;
    uint32_t sampled; /* the first ones */
    uint32_t capacity;
    struct lg_profile profile;
    uint32_t states_max;
};

/* What one way of a call led to, as a target shows it. */
struct lg_way {
    struct lg_outcome outcome;
    struct lg_cell cell;
    struct lg_job evicted;
    struct lg_cell next; /* the cell as the next call finds it */
    uint64_t readings;   /* those taken, hashed */
    uint64_t whole;      /* the way with what no target shows, hashed */
};

struct lg_ways {
    struct lg_way items[LG_WAYS_MAX];
    unsigned count;
    bool more; /* there are others */
};

typedef void lg_step_function(struct lg_cell *cell, const struct lg_call *call,
                              const struct lg_job *record, struct lg_tape *tape,
                              struct lg_outcome *outcome, struct lg_job *evicted);

/* Gathers the spots and what the model does there; states: of world A, 0 for all. False: no memory.
 */
bool lg_spots_gather(struct lg_spots *spots, const struct lg_mutants *mutants,
                     enum lg_profile_id profile, uint32_t sampled, uint32_t states);
void lg_spots_scene(const struct lg_spots *spots, const struct lg_spot *spot,
                    struct lg_scene *scene);

/* Every way of a call there, by a step; shown: without what no target shows, which takes time; and
 * their hashes as a set, into those of a spot. */
void lg_spots_walk(const struct lg_spots *spots, const struct lg_scene *scene,
                   lg_step_function *step, struct lg_ways *ways);
void lg_spots_walk_shown(const struct lg_spots *spots, const struct lg_scene *scene,
                         lg_step_function *step, struct lg_ways *ways);
void lg_ways_hash(const struct lg_ways *ways, struct lg_spot *spot);

/* Whether one way is the other, or one of those that the other's patterns leave open; readings: by
 * the same readings. */
bool lg_way_within(const struct lg_way *way, const struct lg_way *other, bool readings);
bool lg_ways_have(const struct lg_ways *ways, const struct lg_way *way, bool readings);

/* The same of the answers alone, wherever they lead. */
bool lg_way_answers_within(const struct lg_way *way, const struct lg_way *other);

#endif
