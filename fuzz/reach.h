/* What scripts reach of the model: return codes and faults by method, alternatives of choice sites,
 * clauses, transitions of jobs; how often each. */
#ifndef LG_FUZZ_REACH_H
#define LG_FUZZ_REACH_H

#include "script.h"

struct lg_reach {
    uint32_t returns[LG_RETURN_COUNT];
    uint32_t faults[LG_METHOD_COUNT][LG_FAULT_COUNT];
    uint32_t alternatives[LG_ALTERNATIVE_COUNT];
    uint32_t clauses[LG_CLAUSE_COUNT];
    uint32_t transitions[LG_JOB_STATE_COUNT]
                        [LG_JOB_STATE_COUNT]; /* from LG_JOB_FREE: it began so */
};

/* Adds what the model does on a script, under profile documented with what no page speaks of. */
void lg_reach_add(struct lg_reach *reach, const struct lg_script *script);

/* Adds all counts. Whether something was reached for the first time. */
bool lg_reach_merge(struct lg_reach *into, const struct lg_reach *from);

#endif
