/* RequestStateChange of a VM, DefineSystem, DestroySystem. */
#include <string.h>

#include "step.h"

static struct lg_job work_of(const struct lg_call *call)
{
    struct lg_job work;
    memset(&work, 0, sizeof work);
    work.method = call->method;
    work.requested = call->requested;
    return work;
}

static uint32_t check_request(struct lg_turn *turn)
{
    const struct lg_vm *vm = &turn->cell->vm;
    uint16_t requested = turn->call->requested;
    if (!lg_power_is_known(requested))
        return LG_CAUSE_BIT(REQUEST_REFUSED);
    if (vm->kind == LG_VM_PLANNED)
        return LG_CAUSE_BIT(UNSUPPORTED);
    if (lg_power_is_same(vm, requested))
        return lg_site_refuses(turn, LG_SITE_same_power_request, 0,
                               LG_ALT_same_power_request_refused)
                   ? LG_CAUSE_BIT(POWER)
                   : 0;
    if (!lg_power_allows(turn, requested))
        return LG_CAUSE_BIT(POWER);
    return lg_power_would_fail(turn, requested) ? LG_CAUSE_BIT(START_FAILS) : 0;
}

/* A failed start may promote on targets that get it wrong, and a failed reset turns the VM off:
 * both are effects. */
static void refuse_start(struct lg_turn *turn, uint32_t causes)
{
    struct lg_job work = work_of(turn->call);
    lg_refuse(turn, causes);
    if (causes == LG_CAUSE_BIT(START_FAILS) && turn->outcome->answer != LG_ANSWERS_JOB)
        lg_effect(turn, &work);
}

void lg_vm_request_state_change(struct lg_turn *turn)
{
    struct lg_job work = work_of(turn->call);
    if (turn->cell->vm.kind == LG_VM_NONE) {
        lg_answer_missing(turn);
        return;
    }
    uint32_t causes = lg_check_rights(turn) | lg_check_environment(turn);
    causes |= lg_check_in_use(turn);
    causes |= check_request(turn);
    if (causes)
        refuse_start(turn, causes);
    else
        lg_carry_out(turn, &work, false, LG_CLAUSE_vm_request_done);
}

/* The cell is vacant: the caller names the VM that this makes. */
void lg_define_system(struct lg_turn *turn)
{
    struct lg_job work = work_of(turn->call);
    uint32_t shape = lg_check_text_shape(turn->call);
    uint32_t causes = lg_check_rights(turn) | shape | lg_check_environment(turn);
    if (!shape)
        causes |= lg_check_duplicate(turn);
    if (turn->cell->vm.kind != LG_VM_NONE)
        causes |= LG_CAUSE_BIT(HELD);
    if (causes) {
        lg_refuse(turn, causes);
        return;
    }
    lg_carry_out(turn, &work, false, LG_CLAUSE_define_makes);
    if (turn->outcome->answer != LG_ANSWERS_JOB)
        turn->outcome->answer = LG_ANSWERS_VM;
}

static uint32_t check_destroy_power(struct lg_turn *turn)
{
    uint8_t power = turn->cell->vm.power;
    if (power == LG_POWER_OFF || power == LG_POWER_SAVED)
        return 0;
    bool refused =
        lg_site_refuses(turn, LG_SITE_destroy_running, 0, LG_ALT_destroy_running_refused);
    return refused ? LG_CAUSE_BIT(POWER) : 0;
}

void lg_destroy_system(struct lg_turn *turn)
{
    struct lg_job work = work_of(turn->call);
    if (turn->cell->vm.kind == LG_VM_NONE) {
        lg_answer_missing(turn);
        return;
    }
    uint32_t causes = lg_check_rights(turn) | lg_check_environment(turn);
    causes |= lg_check_in_use(turn);
    causes |= check_destroy_power(turn);
    if (causes)
        lg_refuse(turn, causes);
    else
        lg_carry_out(turn, &work, false, LG_CLAUSE_destroy_removes);
}
