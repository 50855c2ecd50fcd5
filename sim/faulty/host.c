/* Faults of what happens to a host: restarts, checkpoints, imports, holds, the service's end. */
#include "planted.h"

/* Every VM loses what is not written down. */
static void lose(const struct lg_simulator *simulator, bool current, bool last_known_good)
{
    for (uint16_t vm = 0; vm < simulator->host.vm_count; vm++) {
        struct lg_vault *vault = &simulator->host.cells[vm].vm.vault;
        if (current)
            vault->current = lg_planted_memory_of(simulator, vm)->symbol;
        if (last_known_good)
            vault->last_known_good = LG_SYMBOL_NONE;
    }
}

void lg_planted_restart_loses_last_known_good(struct lg_planted_turn *turn)
{
    lg_planted_carry_out(turn);
    if (turn->call.method == LG_CALL_PROVIDER_STOPS)
        lose(turn->simulator, false, true);
}

void lg_planted_checkpoint_promotes(struct lg_planted_turn *turn)
{
    struct lg_vault *vault = &turn->cell->vm.vault;
    lg_planted_carry_out(turn);
    if (turn->call.method == LG_CALL_CHECKPOINT_TAKEN && !turn->outcome->fault)
        vault->last_known_good = vault->current;
}

/* number: the VM that was exported, and 1. */
void lg_planted_import_shares_protector(struct lg_planted_turn *turn)
{
    lg_planted_carry_out(turn);
    if (turn->call.method == LG_CALL_VM_IMPORTED)
        turn->memory->number = (uint16_t)(turn->call.other + 1);
    if (!lg_planted_did(turn, LG_CALL_SET_KEY_PROTECTOR) || turn->memory->number == 0)
        return;
    struct lg_vm *exported = &turn->simulator->host.cells[turn->memory->number - 1].vm;
    if (exported->kind != LG_VM_NONE)
        exported->vault.current = turn->cell->vm.vault.current;
}

static bool holds_any(const struct lg_host *host)
{
    for (uint16_t vm = 0; vm < host->vm_count; vm++)
        if (host->cells[vm].vm.flags & LG_VM_HELD)
            return true;
    return false;
}

void lg_planted_hold_is_for_all(struct lg_planted_turn *turn)
{
    struct lg_vm *vm = &turn->cell->vm;
    bool method = lg_methods[turn->call.method].kind == LG_KIND_METHOD;
    bool lend = method && vm->kind != LG_VM_NONE && !(vm->flags & LG_VM_HELD) &&
                holds_any(&turn->simulator->host);
    if (lend)
        vm->flags |= LG_VM_HELD;
    lg_planted_carry_out(turn);
    if (lend)
        vm->flags &= (uint8_t)~LG_VM_HELD;
}

void lg_planted_stop_goes_on(struct lg_planted_turn *turn)
{
    struct lg_host *host = &turn->simulator->host;
    lg_planted_pin(turn, LG_SITE_service_control, LG_ALT_service_control_done);
    lg_planted_carry_out(turn);
    if (turn->call.method != LG_CALL_STOP_SERVICE)
        return;
    host->self.host.flags &= (uint8_t)~LG_HOST_SERVICE_STOPPED;
    for (uint16_t vm = 0; vm < host->vm_count; vm++)
        host->cells[vm].host.flags &= (uint8_t)~LG_HOST_SERVICE_STOPPED;
}
