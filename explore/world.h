/* Bounded worlds: one VM, a few protectors, a few calls, so that every state can be visited.
 *
 * States that differ only in the names of protectors, in the names of jobs or in the time of day
 * are one state: its canonical form. Ownership: everything belongs to the caller. */
#ifndef LG_WORLD_BOUNDED_H
#define LG_WORLD_BOUNDED_H

#include "model/lastgood.h"

enum {
    LG_WORLD_CALLS_MAX = 128,
    LG_WORLD_PROTECTORS_MAX = 5, /* symbols 1 to 5 are the protectors P1 P2 P3 X Y of scripts */
    LG_WORLD_POLICY = 6,         /* S1 */
    LG_WORLD_NAMES_MAX = 16
};

struct lg_world {
    char name;
    const char *text;
    uint8_t protectors; /* values that calls set; others are only seen */
    uint8_t job_slots;
    bool forgetful; /* clients forget percentages, and a job that has ended by their next call */
    uint16_t call_count;
    struct lg_call calls[LG_WORLD_CALLS_MAX];
};

/* World A, B or C; false where there is none of that name. */
bool lg_world_load(struct lg_world *world, char name);

/* The first cell: a host of 2016 without a VM. */
void lg_world_start(struct lg_cell *cell);

/* How a canonical cell's names are spelled in the cell that it was made of. */
struct lg_naming {
    uint16_t symbols[LG_WORLD_PROTECTORS_MAX + 1]; /* by canonical symbol; 0: not in the cell */
    uint16_t jobs[LG_JOB_SLOTS + 1];               /* by canonical name */
};

/* Makes a cell canonical: protectors and jobs named in order of appearance, ages of jobs in place
 * of times, what a client has seen of times forgotten, ended jobs beyond the world's slots
 * forgotten. `naming` may be NULL. False: more live jobs than the world has slots for. */
bool lg_world_canonical(const struct lg_world *world, struct lg_cell *cell,
                        struct lg_naming *naming);

/* What the client forgets of a cell, made canonical or not, when it makes a call. */
void lg_world_forget(const struct lg_world *world, const struct lg_call *call,
                     struct lg_cell *cell);

/* What the client forgets once the call was answered: ended jobs that the world has no slot for, as
 * the canonical form does. */
void lg_world_forget_more(const struct lg_world *world, struct lg_cell *cell);

/* Whether a call makes a difference that others do not in a canonical cell: it sets a protector
 * that is there or the next one, speaks only of protectors that are there, makes a VM where there
 * is none, and removes one that is there. */
bool lg_world_admits(const struct lg_world *world, const struct lg_cell *cell,
                     const struct lg_call *call);

/* A protector that the cell does not hold; the last one where it holds all. */
uint16_t lg_world_fresh(const struct lg_cell *cell);

/* How many of the protectors are in a canonical cell. */
unsigned lg_world_protectors_in(const struct lg_cell *cell);

#endif
