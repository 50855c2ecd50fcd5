/* What the planted faults share. */
#include "planted.h"

#include <string.h>

/* By VM; the last one is the host's. */
static struct lg_planted_memory memories[LG_VMS_MAX + 1];

struct lg_planted_memory *lg_planted_memory_of(const struct lg_simulator *simulator, uint16_t vm)
{
    bool of_vm = vm < LG_VMS_MAX;
    struct lg_planted_memory *memory = &memories[of_vm ? vm : LG_VMS_MAX];
    uint32_t serial = simulator->vm_serial[of_vm ? vm : 0];
    if (memory->serial != serial)
        *memory = (struct lg_planted_memory){.serial = serial};
    return memory;
}

static bool was_open(const struct lg_job *job)
{
    return lg_job_is_live(job) && !(job->flags & LG_JOB_TOOK_EFFECT);
}

/* Jobs that had yet to take effect, and now have. */
static uint32_t methods_of_jobs(struct lg_planted_turn *turn)
{
    uint32_t methods = 0;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++) {
        const struct lg_job *before = &turn->before.jobs[i];
        const struct lg_job *now = was_open(before) ? lg_cell_job(turn->cell, before->name) : NULL;
        if (now && ((now->flags & LG_JOB_TOOK_EFFECT) || now->state == LG_JOB_COMPLETED ||
                    now->state == LG_JOB_COMPLETED_WITH_WARNINGS))
            methods |= (uint32_t)1 << before->method;
    }
    return methods;
}

static bool was_done_at_once(const struct lg_planted_turn *turn)
{
    return lg_methods[turn->call.method].kind == LG_KIND_METHOD && !turn->outcome->fault &&
           turn->outcome->return_value == 0 && turn->outcome->answer != LG_ANSWERS_JOB;
}

void lg_planted_carry_out(struct lg_planted_turn *turn)
{
    turn->before = *turn->cell;
    lg_simulator_step(turn->simulator, &turn->call, turn->outcome);
    turn->done = methods_of_jobs(turn);
    if (was_done_at_once(turn))
        turn->done |= (uint32_t)1 << turn->call.method;
    if (turn->outcome->answer == LG_ANSWERS_JOB)
        turn->memory->looks = 0;
}

bool lg_planted_did(const struct lg_planted_turn *turn, enum lg_method method)
{
    return turn->done >> method & 1;
}

void lg_planted_answer(struct lg_planted_turn *turn, uint32_t return_value)
{
    memset(turn->outcome, 0, sizeof *turn->outcome);
    turn->outcome->return_value = return_value;
    turn->outcome->return_to = return_value;
}

bool lg_planted_refused(const struct lg_planted_turn *turn)
{
    return lg_methods[turn->call.method].kind == LG_KIND_METHOD && !turn->outcome->fault &&
           turn->outcome->return_value != 0 && turn->outcome->return_value != 4096;
}

bool lg_planted_is_plain(const struct lg_planted_turn *turn, enum lg_method method)
{
    return turn->call.method == method && turn->call.setting == LG_TEXT_WELL_FORMED &&
           turn->call.setting_flags == 0 && turn->call.identity == LG_ID_EXACT &&
           turn->cell->vm.kind != LG_VM_NONE;
}

void lg_planted_pin(struct lg_planted_turn *turn, enum lg_site site, unsigned alternative)
{
    lg_profile_pin(&turn->simulator->profile, site, alternative);
}

void lg_planted_use_jobs(struct lg_planted_turn *turn)
{
    lg_planted_pin(turn, LG_SITE_execution, LG_ALT_execution_by_job);
    lg_planted_pin(turn, LG_SITE_place_of_state_errors, LG_ALT_place_of_state_errors_in_job);
    lg_planted_pin(turn, LG_SITE_job_progress, LG_ALT_job_progress_ended);
}

void lg_planted_use_slow_jobs(struct lg_planted_turn *turn)
{
    lg_planted_use_jobs(turn);
    if (lg_methods[turn->call.method].target != LG_TARGET_HOST && turn->memory->looks++ < 2)
        lg_planted_pin(turn, LG_SITE_job_progress, LG_ALT_job_progress_runs);
}

/* ---- steps ---- */

/* Calls for jobs and VMs that do not exist are the host's. */
static struct lg_cell *cell_of(struct lg_simulator *simulator, uint16_t vm)
{
    struct lg_host *host = &simulator->host;
    return vm < host->vm_count ? &host->cells[vm] : &host->self;
}

static struct lg_planted_turn start(struct lg_simulator *simulator, const struct lg_call *call,
                                    struct lg_outcome *outcome)
{
    struct lg_planted_turn turn = {.simulator = simulator, .call = *call, .outcome = outcome};
    turn.cell = cell_of(simulator, call->vm);
    turn.before = *turn.cell;
    turn.memory = lg_planted_memory_of(simulator, call->vm);
    return turn;
}

#define LG_PLANTED(name, clause, sentence)                                                         \
    void lg_planted_step_##name(struct lg_simulator *simulator, const struct lg_call *call,        \
                                struct lg_outcome *outcome)                                        \
    {                                                                                              \
        struct lg_planted_turn turn = start(simulator, call, outcome);                             \
        lg_planted_##name(&turn);                                                                  \
    }
#include "planted.def"
#undef LG_PLANTED
