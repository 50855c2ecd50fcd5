/* The oracle with what a run needs around it: memory, the trace since the last reset, and
 * explanations. */
#ifndef LG_JUDGE_H
#define LG_JUDGE_H

#include "model/oracle.h"
#include "model/trace.h"

enum { LG_JUDGE_VMS = 16, LG_JUDGE_SET_MAX = 4096, LG_JUDGE_STEPS_MAX = 4096 };

struct lg_judge {
    struct lg_oracle oracle;
    void *memory;
    enum lg_profile_id profile;
    struct lg_trace_step
        *steps;    /* since the last reset, for explanations; at most LG_JUDGE_STEPS_MAX */
    uint64_t sent; /* times of the next step, as lg_trace_step has them */
    uint64_t answered;
    struct lg_host_word host; /* after a reset; zero is a host of 2016 */
    bool *barriers;           /* a barrier before the step of that index */
    unsigned step_count;
    uint16_t vm_max;
    bool overlapped; /* since the last reset: the trace is no sequence, so nothing explains it */
};

/* Why something violates: the alternative that would explain it. */
struct lg_explanation {
    bool found;
    uint16_t slot;
    uint8_t alternative;
};

bool lg_judge_init(struct lg_judge *judge, enum lg_profile_id profile);
bool lg_judge_init_for(struct lg_judge *judge, enum lg_profile_id profile, uint16_t vm_max);
/* Admits an alternative that violates, for targets that are known for it. */
void lg_judge_admit(struct lg_judge *judge, enum lg_site site, unsigned alternative);

/* Whether only such an alternative explains what was seen since the reset. */
struct lg_explanation lg_judge_admitted(const struct lg_judge *judge);
void lg_judge_free(struct lg_judge *judge);

/* The target was made new: it is judge->host now. */
void lg_judge_reset(struct lg_judge *judge);

/* A call and what came back; a call without a reply; nothing lost takes effect from here on. */
void lg_judge_step(struct lg_judge *judge, const struct lg_call *call,
                   const struct lg_outcome *seen, struct lg_verdict *verdict);
void lg_judge_lost(struct lg_judge *judge, const struct lg_call *call);
/* Only keeps it, for explanations: for those who judge it themselves. */
void lg_judge_keep(struct lg_judge *judge, const struct lg_call *call,
                   const struct lg_outcome *seen);
/* The time of the next step, in milliseconds since the reset: of a target whose clock is real. */
void lg_judge_time(struct lg_judge *judge, uint64_t from, uint64_t to);
void lg_judge_barrier(struct lg_judge *judge);

/* Whether every explanation so far has this VM. */
bool lg_judge_has_vm(const struct lg_judge *judge, uint16_t vm);

/* Looks for alternatives that violate a clause and would explain the trace up to now. */
struct lg_explanation lg_judge_explain(const struct lg_judge *judge);

#endif
