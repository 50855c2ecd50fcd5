/* An exploration as lines of JSON, for a reader that does not share the model's code. */
#ifndef LG_DUMP_H
#define LG_DUMP_H

#include <stdio.h>

#include "script.h"

/* What a grouped dump remembers between its lines. */
struct lg_dump_groups;

struct lg_dump {
    FILE *file;
    uint32_t every; /* only the transitions of states that this divides */
    bool grouped;   /* what may come of a call once, whatever choices lead there */
    struct lg_names names;
    struct lg_dump_groups *groups;
};

/* Before the first transition; false: no memory. */
bool lg_dump_start(struct lg_dump *dump);

/* One line each: {"from": STATE, "call"|"event": ..., "choices": [...], "outcome": ..., "clause":
 * ID, "cause": NAME, "next": STATE or null}
 *
 * Grouped, a line for each state and call: {"from": STATE, "call": C, "may": [O, STATE, N, ...]},
 * with a triple for each different outcome, next state (-1: none) and naming. What the numbers mean
 * stands in lines before: {"number": C, "call"|"event": ..., ...}, {"number": O, "outcome": ...,
 * "protectors": {PROPERTY: NAME or null}}, and {"number": N, "naming": [...]}, which are the names
 * in the state before, or those that the call brought along, of P1, P2 ... in the next state. */
void lg_dump_transition(struct lg_dump *dump, const struct lg_exploration *exploration,
                        const struct lg_transition *transition);

/* {"state": STATE, "depth": N, "cell": {...}} for each. */
void lg_dump_states(struct lg_dump *dump, const struct lg_exploration *exploration);

/* After the last state. False: memory was short, and what was written is not complete. */
bool lg_dump_end(struct lg_dump *dump);

#endif
