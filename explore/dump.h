/* An exploration as lines of JSON, for a reader that does not share the model's code. */
#ifndef LG_DUMP_H
#define LG_DUMP_H

#include <stdio.h>

#include "script.h"

struct lg_dump {
    FILE *file;
    uint32_t every; /* only the transitions of states that this divides */
    struct lg_names names;
};

/* {"from": STATE, "call"|"event": ..., "choices": [...], "outcome": ..., "clause": ID, "cause":
 * NAME, "next": STATE or null} */
void lg_dump_transition(struct lg_dump *dump, const struct lg_transition *transition);

/* {"state": STATE, "depth": N, "cell": {...}} for each. */
void lg_dump_states(struct lg_dump *dump, const struct lg_exploration *exploration);

#endif
