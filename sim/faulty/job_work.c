/* Faults of what jobs do. Work is done by jobs here. */
#include "planted.h"

/* The protector that a job is to set; NULL for another job or one that has ended. */
static const struct lg_job *open_set(const struct lg_cell *cell, uint16_t name)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++) {
        const struct lg_job *job = &cell->jobs[i];
        if (job->name == name && job->method == LG_CALL_SET_KEY_PROTECTOR && lg_job_is_live(job) &&
            !(job->flags & LG_JOB_WILL_FAIL))
            return job;
    }
    return NULL;
}

/* symbol: what is yet to be stored; count: the calls until then. */
void lg_planted_job_done_too_early(struct lg_planted_turn *turn)
{
    struct lg_planted_memory *memory = turn->memory;
    lg_planted_use_jobs(turn);
    if (lg_methods[turn->call.method].target != LG_TARGET_HOST && memory->count > 0 &&
        --memory->count == 0)
        turn->cell->vm.vault.current = memory->symbol;
    lg_planted_carry_out(turn);
    if (!lg_planted_did(turn, LG_CALL_SET_KEY_PROTECTOR))
        return;
    memory->symbol = turn->cell->vm.vault.current;
    memory->count = 3;
    turn->cell->vm.vault.current = turn->before.vm.vault.current;
}

/* The two jobs exchange what they are to set. */
void lg_planted_job_queue_reversed(struct lg_planted_turn *turn)
{
    struct lg_job *jobs = turn->cell->jobs;
    lg_planted_pin(turn, LG_SITE_concurrency, LG_ALT_concurrency_queued);
    lg_planted_use_slow_jobs(turn);
    lg_planted_carry_out(turn);
    if (turn->outcome->answer != LG_ANSWERS_JOB || !open_set(turn->cell, turn->outcome->job))
        return;
    for (unsigned i = 0; i + 1 < LG_JOB_SLOTS; i++)
        if (jobs[i + 1].name == turn->outcome->job && open_set(turn->cell, jobs[i].name)) {
            uint16_t argument = jobs[i].argument;
            jobs[i].argument = jobs[i + 1].argument;
            jobs[i + 1].argument = argument;
            return;
        }
}

static bool is_termination(const struct lg_planted_turn *turn)
{
    enum { TERMINATE = 4 };
    return turn->call.method == LG_CALL_JOB_REQUEST_STATE_CHANGE &&
           turn->call.requested == TERMINATE && turn->call.timeout == LG_TIMEOUT_NONE;
}

static void use_cancellable_jobs(struct lg_planted_turn *turn)
{
    lg_planted_pin(turn, LG_SITE_job_cancellable, LG_ALT_job_cancellable_until_effect);
    lg_planted_pin(turn, LG_SITE_cancel_result, LG_ALT_cancel_result_at_once);
    lg_planted_use_slow_jobs(turn);
}

void lg_planted_job_terminated_but_done(struct lg_planted_turn *turn)
{
    use_cancellable_jobs(turn);
    lg_planted_carry_out(turn);
    const struct lg_job *job = open_set(&turn->before, turn->call.job);
    if (is_termination(turn) && turn->outcome->return_value == 0 && job)
        turn->cell->vm.vault.current = job->argument;
}

void lg_planted_job_termination_ignored(struct lg_planted_turn *turn)
{
    use_cancellable_jobs(turn);
    if (is_termination(turn) && open_set(turn->cell, turn->call.job))
        lg_planted_answer(turn, 0);
    else
        lg_planted_carry_out(turn);
}
