/* Counting what the model does. */
#include "reach.h"

#include "play.h"

static void count_draws(struct lg_reach *reach, const struct lg_tape *tape)
{
    for (unsigned i = 0; i < tape->count; i++) {
        const struct lg_draw *draw = &tape->draws[i];
        unsigned row = lg_sites[draw->site].alternative + draw->alternative;
        reach->alternatives[row]++;
        reach->clauses[lg_alternatives[row].clause]++;
    }
}

static void count_jobs(struct lg_reach *reach, const struct lg_cell *before, struct lg_cell *after)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++) {
        const struct lg_job *was = &before->jobs[i];
        const struct lg_job *is = &after->jobs[i];
        const struct lg_job *same = was->state ? lg_cell_job(after, was->name) : NULL;
        if (same)
            reach->transitions[was->state][same->state]++;
        if (is->state && !lg_cell_job((struct lg_cell *)before, is->name))
            reach->transitions[LG_JOB_FREE][is->state]++;
    }
}

static void count_answer(struct lg_reach *reach, const struct lg_call *call,
                         const struct lg_outcome *seen)
{
    reach->clauses[seen->clause]++;
    if (seen->cause)
        reach->clauses[lg_causes[seen->cause - 1].clause]++;
    if (seen->fault) {
        reach->faults[call->method][seen->fault]++;
        return;
    }
    for (unsigned i = 0; i < LG_RETURN_COUNT; i++)
        if (lg_returns[i].method == call->method && seen->return_value >= lg_returns[i].low &&
            seen->return_value <= lg_returns[i].high)
            reach->returns[i]++;
}

void lg_reach_add(struct lg_reach *reach, const struct lg_script *script)
{
    static struct lg_play play;
    struct lg_call call;
    struct lg_outcome seen;
    lg_play_start(&play, script, LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
    while (lg_play_step(&play, &call, &seen)) {
        count_draws(reach, &play.tape);
        count_jobs(reach, &play.before, lg_play_cell(&play, &call));
        count_answer(reach, &call, &seen);
    }
}

bool lg_reach_merge(struct lg_reach *into, const struct lg_reach *from)
{
    uint32_t *to = (uint32_t *)into;
    const uint32_t *counts = (const uint32_t *)from;
    bool is_new = false;
    for (size_t i = 0; i < sizeof *into / sizeof *to; i++) {
        is_new |= counts[i] && !to[i];
        to[i] += counts[i];
    }
    return is_new;
}
