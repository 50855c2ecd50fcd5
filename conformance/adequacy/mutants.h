/* The library of all mutants of the model (build.py makes it), one of which is at work. */
#ifndef LG_MUTANTS_H
#define LG_MUTANTS_H

#include "conformance/target.h"

enum { LG_MUTANT_FUNCTIONS_MAX = 256, LG_TAPE_BYTES = 64 };

struct lg_mutants {
    int *selected;          /* 0: the model as it is */
    uint64_t *seed;         /* of the target's choices; 0: all are the plain ones */
    unsigned char *reached; /* by function: whether it was called */
    void (*mutate_tables)(int mutant);
    bool (*open)(struct lg_target *target, const struct lg_profile *profile,
                 struct lg_json_error *reason);
    void (*read_as)(struct lg_target *target, const struct lg_profile *profile);
    void (*step)(struct lg_cell *cell, const struct lg_call *call, const struct lg_job *record,
                 struct lg_tape *tape, struct lg_outcome *outcome, struct lg_job *evicted);
};

/* False after saying on standard error what is wrong. */
bool lg_mutants_load(struct lg_mutants *mutants, const char *library);

/* From here on the library is this mutant; tables that were changed stay so: once in a process. */
void lg_mutants_select(const struct lg_mutants *mutants, int mutant);

#endif
