/* The shortest script that leads to a state, as lines of JSON that `lastgood check` reads as calls
 * with their outcomes. */
#ifndef LG_SCRIPT_H
#define LG_SCRIPT_H

#include "explore.h"
#include "model/trace_json.h"

enum { LG_REPLAY_STEPS_MAX = 256 };

/* A call with the names of one script, and what was seen. */
struct lg_script_step {
    struct lg_call call;
    struct lg_outcome seen;
};

/* The steps from the first state to a state, then `more` moves, each from where the one before
 * led. False: too many. */
bool lg_script_to(const struct lg_exploration *exploration, uint32_t state,
                  const struct lg_step_back *last, unsigned more, struct lg_script_step *steps,
                  unsigned *count);

/* A call of the world with the names that a cell has, which need not be canonical. used: the
 * protectors that the script has named, bit by symbol; new ones are added. */
struct lg_call lg_script_spell(const struct lg_world *world, const struct lg_cell *cell,
                               uint8_t *used, const struct lg_call *of_world);

void lg_script_print(const struct lg_script_step *steps, unsigned count,
                     const struct lg_names *names, FILE *out);

/* One step as {"call" or "event": ..., "outcome": ...}. */
json_t *lg_script_step_to_json(const struct lg_call *call, const struct lg_outcome *seen,
                               const struct lg_names *names);

/* A cell for readers. */
json_t *lg_cell_to_json(const struct lg_cell *cell, const struct lg_names *names);

#endif
