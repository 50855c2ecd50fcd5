/* A growing table of cells with an index by hash. */
#include "states.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 4096 };

static unsigned char *cell_at(const struct lg_states *states, uint32_t state)
{
    return states->cells + (size_t)state * states->cell_bytes;
}

void lg_states_get(const struct lg_states *states, uint32_t state, struct lg_cell *cell)
{
    memset(cell, 0, sizeof *cell);
    memcpy(cell, cell_at(states, state), states->cell_bytes);
}

static uint32_t *place_of(const struct lg_states *states, const struct lg_cell *cell)
{
    uint32_t mask = 2 * states->capacity - 1;
    uint32_t at = (uint32_t)lg_cell_hash(cell) & mask;
    while (states->index[at] &&
           memcmp(cell_at(states, states->index[at] - 1), cell, states->cell_bytes) != 0)
        at = (at + 1) & mask;
    return &states->index[at];
}

static void reindex(struct lg_states *states)
{
    struct lg_cell cell;
    for (uint32_t i = 0; i < states->count; i++) {
        lg_states_get(states, i, &cell);
        *place_of(states, &cell) = i + 1;
    }
}

static bool grow(struct lg_states *states)
{
    uint32_t capacity = states->capacity ? states->capacity * 2 : FIRST_CAPACITY;
    unsigned char *cells = realloc(states->cells, capacity * states->cell_bytes);
    if (cells)
        states->cells = cells;
    struct lg_step_back *steps = realloc(states->steps, capacity * sizeof *steps);
    if (steps)
        states->steps = steps;
    uint32_t *index = calloc(2 * (size_t)capacity, sizeof *index);
    if (!cells || !steps || !index) {
        free(index);
        return false;
    }
    free(states->index);
    states->index = index;
    states->capacity = capacity;
    reindex(states);
    return true;
}

bool lg_states_init(struct lg_states *states, unsigned job_slots)
{
    memset(states, 0, sizeof *states);
    states->cell_bytes = offsetof(struct lg_cell, jobs) + job_slots * sizeof(struct lg_job);
    return grow(states);
}

void lg_states_free(struct lg_states *states)
{
    free(states->cells);
    free(states->steps);
    free(states->index);
    memset(states, 0, sizeof *states);
}

uint32_t lg_states_find(const struct lg_states *states, const struct lg_cell *cell)
{
    uint32_t there = *place_of(states, cell);
    return there ? there - 1 : LG_NO_STATE;
}

uint32_t lg_states_add(struct lg_states *states, const struct lg_cell *cell,
                       const struct lg_step_back *step, bool *added)
{
    uint32_t *place = place_of(states, cell);
    *added = *place == 0;
    if (*place)
        return *place - 1;
    if (states->count == states->capacity) {
        if (!grow(states))
            return LG_NO_STATE;
        place = place_of(states, cell);
    }
    memcpy(cell_at(states, states->count), cell, states->cell_bytes);
    states->steps[states->count] = *step;
    *place = ++states->count;
    return states->count - 1;
}
