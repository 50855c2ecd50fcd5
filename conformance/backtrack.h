/* Calls that overlap, judged by going back: calls take effect as late as they can, so that few
 * explanations have to be kept; where none of them explains what was seen, the judge goes back and
 * looks at the others, further and further, until one does or all have been looked at. */
#ifndef LG_BACKTRACK_H
#define LG_BACKTRACK_H

#include "judge.h"

enum {
    LG_BACKTRACK_ENTRIES_MAX = 16384,   /* calls of one VM, twice, that can be gone back over */
    LG_BACKTRACK_SNAPSHOTS_MAX = 256,   /* of one VM */
    LG_BACKTRACK_STEPS_NEAR = 100000,   /* of the model, for one answer: to go back a while; */
    LG_BACKTRACK_STEPS_WHOLE = 200000,  /* and to the beginning: beyond it is undetermined */
    LG_BACKTRACK_STEPS_SPENT = 300000,  /* of one VM in vain: beyond it nobody goes back; */
    LG_BACKTRACK_STEPS_SHORTEN = 100000 /* of all in vain: after N times as many, searches end after
                                           1/(N + 1) of the steps */
};

struct lg_backtrack;

/* What later looks at a job show, as far as they are known already: an explanation that they
 * contradict need not be kept. */
struct lg_fate {
    uint64_t alive_until; /* microseconds: the last look, by when it was sent, that saw it alive */
    uint8_t ended;        /* enum lg_job_state; 0: not known */
    bool started;         /* by a call that was answered */
};

/* NULL: no memory. The judge must outlive it. */
struct lg_backtrack *lg_backtrack_new(struct lg_judge *judge);
void lg_backtrack_free(struct lg_backtrack *backtrack);

/* After lg_judge_reset. */
void lg_backtrack_reset(struct lg_backtrack *backtrack);

/* By the job's number; the caller fills it, and lg_backtrack_reset forgets it. */
struct lg_fate *lg_backtrack_fates(struct lg_backtrack *backtrack);

/* A call was sent; seen NULL: no reply will come. -1 where there is nothing to end. */
int lg_backtrack_begin(struct lg_backtrack *backtrack, const struct lg_call *call,
                       const struct lg_outcome *seen);

/* Its reply came, at `answered` (microseconds); with `timed`, the target's clock stood between
 * these milliseconds when it took effect. */
struct lg_answered {
    uint64_t answered;
    uint64_t from;
    uint64_t to;
    bool timed;
};
void lg_backtrack_end(struct lg_backtrack *backtrack, int handle, const struct lg_answered *when,
                      struct lg_verdict *verdict);

/* As lg_oracle_forget. */
void lg_backtrack_forget(struct lg_backtrack *backtrack, int handle);

/* Whether every explanation of a VM is still kept, and no call of it is open: its next call may be
 * judged by lg_judge_step, as what cannot be gone back over. */
bool lg_backtrack_is_settled(const struct lg_backtrack *backtrack, uint16_t vm);

/* After such a step of one VM, or of all for LG_VM_HOST. */
void lg_backtrack_cut(struct lg_backtrack *backtrack, uint16_t vm);

#endif
