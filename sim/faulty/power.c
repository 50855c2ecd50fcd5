/* Faults of starting, defining and destroying VMs. */
#include "planted.h"

void lg_planted_start_of_paused(struct lg_planted_turn *turn)
{
    lg_planted_carry_out(turn);
    if (lg_planted_did(turn, LG_CALL_VM_REQUEST_STATE_CHANGE) &&
        turn->before.vm.power == LG_POWER_PAUSED && turn->cell->vm.power == LG_POWER_RUNNING)
        turn->cell->vm.power = LG_POWER_PAUSED;
}

/* Of the host, symbol and values: the protector and settings of the VM destroyed last. */
void lg_planted_define_finds_former(struct lg_planted_turn *turn)
{
    struct lg_planted_memory *common = lg_planted_memory_of(turn->simulator, LG_VM_HOST);
    lg_planted_carry_out(turn);
    if (lg_planted_did(turn, LG_CALL_DESTROY_SYSTEM)) {
        common->symbol = turn->before.vm.vault.current;
        common->values = turn->before.vm.vault.settings;
    }
    if (lg_planted_did(turn, LG_CALL_DEFINE_SYSTEM)) {
        turn->cell->vm.vault.current = common->symbol;
        turn->cell->vm.vault.settings = common->values;
    }
}
