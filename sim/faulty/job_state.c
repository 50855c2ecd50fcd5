/* Faults of what jobs show. Work is done by jobs here. */
#include "planted.h"

enum { STEP_MS = 1000, EARLY_MS = 60000 };

static bool is_read(const struct lg_planted_turn *turn)
{
    return turn->call.method == LG_CALL_READ_JOB && !turn->outcome->fault;
}

static uint64_t *field(struct lg_planted_turn *turn, enum lg_job_field field)
{
    return &turn->outcome->fields[field].from;
}

static bool is_shown_as(struct lg_planted_turn *turn, enum lg_job_state state)
{
    return is_read(turn) && *field(turn, LG_JOB_FIELD_STATE) == (uint64_t)1 << state;
}

/* Whether the job was read before; number: the job read last. */
static bool is_seen_again(struct lg_planted_turn *turn)
{
    bool again = turn->memory->number == turn->call.job;
    turn->memory->number = turn->call.job;
    return again;
}

void lg_planted_job_goes_backwards(struct lg_planted_turn *turn)
{
    lg_planted_use_slow_jobs(turn);
    lg_planted_carry_out(turn);
    if (is_shown_as(turn, LG_JOB_RUNNING) && is_seen_again(turn))
        *field(turn, LG_JOB_FIELD_STATE) = (uint64_t)1 << LG_JOB_STARTING;
}
