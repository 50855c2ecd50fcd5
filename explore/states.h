/* The states of a world: canonical cells, each once, each with the move that first led to it. */
#ifndef LG_STATES_H
#define LG_STATES_H

#include "model/lastgood.h"

/* The move that led to a state: what lg_moves_walk numbers. */
struct lg_step_back {
    uint32_t from;
    uint16_t call; /* of the world */
    uint16_t way;
    uint16_t observation;
    uint16_t depth;
};

struct lg_states {
    unsigned char *cells;
    struct lg_step_back *steps;
    uint32_t *index; /* open addressing, at least twice the room */
    size_t cell_bytes;
    uint32_t count;
    uint32_t capacity;
};

enum { LG_NO_STATE = UINT32_MAX };

/* Cells are kept without the job slots that the world does not have. False: no memory. */
bool lg_states_init(struct lg_states *states, unsigned job_slots);
void lg_states_free(struct lg_states *states);

/* The number of a cell; it is added where it is not there yet, `*added` says so. LG_NO_STATE: no
 * memory. */
uint32_t lg_states_add(struct lg_states *states, const struct lg_cell *cell,
                       const struct lg_step_back *step, bool *added);
void lg_states_get(const struct lg_states *states, uint32_t state, struct lg_cell *cell);

/* The number of a cell, LG_NO_STATE where it was never reached. */
uint32_t lg_states_find(const struct lg_states *states, const struct lg_cell *cell);

#endif
