/* Faults of jobs. */
#include "faults.h"

static bool read_job(const struct lg_call *call, const struct lg_outcome *outcome)
{
    return call->method == LG_CALL_READ_JOB && outcome->answer == LG_ANSWERS_INSTANCE &&
           !outcome->fault;
}

static enum lg_job_state state_of(const struct lg_outcome *outcome)
{
    return (enum lg_job_state)__builtin_ctzll(outcome->fields[LG_JOB_FIELD_STATE].from);
}

static void show(struct lg_outcome *outcome, unsigned field, uint64_t value)
{
    outcome->fields[field].from = outcome->fields[field].to = value;
}

static unsigned look_again(struct lg_simulator *simulator, const struct lg_call *call)
{
    return ++lg_fault_counts_of(simulator)->looks[call->job];
}

static bool is_done(const struct lg_outcome *outcome)
{
    return state_of(outcome) == LG_JOB_COMPLETED;
}

void lg_fault_kill_job_works(struct lg_simulator *simulator, const struct lg_call *call,
                             struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (call->method == LG_CALL_KILL_JOB && !outcome->fault)
        outcome->return_value = 0;
}

void lg_fault_job_comes_back(struct lg_simulator *simulator, const struct lg_call *call,
                             struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (read_job(call, outcome) && is_done(outcome) && look_again(simulator, call) % 2 == 0)
        show(outcome, LG_JOB_FIELD_STATE, (uint64_t)1 << LG_JOB_RUNNING);
}

void lg_fault_job_percent_falls(struct lg_simulator *simulator, const struct lg_call *call,
                                struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (read_job(call, outcome) && look_again(simulator, call) > 1)
        show(outcome, LG_JOB_FIELD_PERCENT, 40);
}

void lg_fault_job_done_at_99(struct lg_simulator *simulator, const struct lg_call *call,
                             struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (read_job(call, outcome) && is_done(outcome))
        show(outcome, LG_JOB_FIELD_PERCENT, 99);
}

void lg_fault_job_success_with_error(struct lg_simulator *simulator, const struct lg_call *call,
                                     struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (read_job(call, outcome) && is_done(outcome))
        show(outcome, LG_JOB_FIELD_ERROR_CODE, 32768);
}

void lg_fault_job_error_changes(struct lg_simulator *simulator, const struct lg_call *call,
                                struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (read_job(call, outcome) && state_of(outcome) == LG_JOB_EXCEPTION &&
        look_again(simulator, call) > 1)
        show(outcome, LG_JOB_FIELD_ERROR_CODE, 32772);
}

void lg_fault_job_vanishes(struct lg_simulator *simulator, const struct lg_call *call,
                           struct lg_outcome *outcome)
{
    enum { MINUTE_MS = 60000 };
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    const struct lg_job *job = cell ? lg_cell_job(cell, call->job) : NULL;
    bool old = job && lg_job_has_ended(job) && cell->host.now_from >= job->ended_to + MINUTE_MS;
    lg_simulator_step(simulator, call, outcome);
    if (read_job(call, outcome) && old)
        *outcome = (struct lg_outcome){.fault = LG_FAULT_NOT_FOUND};
}

void lg_fault_job_change_moves(struct lg_simulator *simulator, const struct lg_call *call,
                               struct lg_outcome *outcome)
{
    unsigned *refused = &lg_fault_counts_of(simulator)->calls;
    lg_simulator_step(simulator, call, outcome);
    if (call->method == LG_CALL_JOB_REQUEST_STATE_CHANGE && outcome->return_value != 0)
        (*refused)++;
    if (read_job(call, outcome))
        show(outcome, LG_JOB_FIELD_CHANGE, outcome->fields[LG_JOB_FIELD_CHANGE].from + *refused);
}

void lg_fault_job_repeats_its_work(struct lg_simulator *simulator, const struct lg_call *call,
                                   struct lg_outcome *outcome)
{
    uint16_t *argument = lg_fault_counts_of(simulator)->argument;
    lg_simulator_step(simulator, call, outcome);
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    if (call->method == LG_CALL_SET_KEY_PROTECTOR && outcome->answer == LG_ANSWERS_JOB)
        argument[outcome->job] = call->symbol;
    if (cell && read_job(call, outcome) && is_done(outcome) && argument[call->job] &&
        look_again(simulator, call) > 1)
        cell->vm.vault.current = argument[call->job];
}

void lg_fault_job_fails_but_applies(struct lg_simulator *simulator, const struct lg_call *call,
                                    struct lg_outcome *outcome)
{
    struct lg_cell *cell = lg_fault_cell(simulator, call);
    uint16_t *argument = lg_fault_counts_of(simulator)->argument;
    lg_simulator_step(simulator, call, outcome);
    if (call->method == LG_CALL_SET_KEY_PROTECTOR && outcome->answer == LG_ANSWERS_JOB)
        argument[outcome->job] = call->symbol;
    if (cell && read_job(call, outcome) && state_of(outcome) == LG_JOB_EXCEPTION &&
        argument[call->job])
        cell->vm.vault.current = argument[call->job];
}

void lg_fault_job_restarts_on_request(struct lg_simulator *simulator, const struct lg_call *call,
                                      struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (call->method == LG_CALL_JOB_REQUEST_STATE_CHANGE && call->requested == 2 && !outcome->fault)
        outcome->return_value = 0;
}

void lg_fault_job_is_not_listed(struct lg_simulator *simulator, const struct lg_call *call,
                                struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (call->method == LG_CALL_LIST_JOBS)
        outcome->list_count = 0;
}

void lg_fault_success_has_error_text(struct lg_simulator *simulator, const struct lg_call *call,
                                     struct lg_outcome *outcome)
{
    lg_simulator_step(simulator, call, outcome);
    if (call->method == LG_CALL_JOB_GET_ERROR && outcome->answer == LG_ANSWERS_ERROR)
        outcome->form = 1;
}
