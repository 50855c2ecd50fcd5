/* Faults of SetKeyProtector. */
#include "planted.h"

static bool did_set(const struct lg_planted_turn *turn)
{
    return lg_planted_did(turn, LG_CALL_SET_KEY_PROTECTOR);
}

static struct lg_vault *vault_of(const struct lg_planted_turn *turn)
{
    return &turn->cell->vm.vault;
}

void lg_planted_set_promotes_replaced(struct lg_planted_turn *turn)
{
    lg_planted_carry_out(turn);
    if (did_set(turn) && turn->before.vm.vault.current)
        vault_of(turn)->last_known_good = turn->before.vm.vault.current;
}

/* count: how many took effect. */
void lg_planted_set_fourth_is_lost(struct lg_planted_turn *turn)
{
    lg_planted_carry_out(turn);
    if (did_set(turn) && ++turn->memory->count % 4 == 0)
        vault_of(turn)->current = turn->before.vm.vault.current;
}

/* symbol: what is in the other place. */
void lg_planted_set_again_undoes(struct lg_planted_turn *turn)
{
    lg_planted_carry_out(turn);
    if (!did_set(turn))
        return;
    uint16_t former = turn->before.vm.vault.current;
    if (vault_of(turn)->current == former)
        vault_of(turn)->current = turn->memory->symbol;
    turn->memory->symbol = former;
}

static bool was_set_before(const struct lg_planted_memory *memory, uint16_t symbol)
{
    for (unsigned i = 0; i < LG_PLANTED_KEPT; i++)
        if (memory->kept[i] == symbol)
            return true;
    return false;
}

/* kept: the last protectors that were set, in a ring. */
void lg_planted_set_repeated_is_skipped(struct lg_planted_turn *turn)
{
    if (lg_planted_is_plain(turn, LG_CALL_SET_KEY_PROTECTOR) && turn->call.symbol &&
        was_set_before(turn->memory, turn->call.symbol)) {
        lg_planted_answer(turn, 0);
        return;
    }
    lg_planted_carry_out(turn);
    if (did_set(turn))
        turn->memory->kept[turn->memory->count++ % LG_PLANTED_KEPT] = vault_of(turn)->current;
}

/* symbol: the one set last; kept[0]: the one before, to be sent once more while flag is on. */
static void send_again(const struct lg_simulator *simulator)
{
    for (uint16_t vm = 0; vm < simulator->host.vm_count; vm++) {
        struct lg_planted_memory *memory = lg_planted_memory_of(simulator, vm);
        if (memory->flag)
            simulator->host.cells[vm].vm.vault.current = memory->kept[0];
        memory->flag = false;
    }
}

void lg_planted_set_done_again_later(struct lg_planted_turn *turn)
{
    struct lg_planted_memory *memory = turn->memory;
    lg_planted_carry_out(turn);
    if (turn->call.method == LG_CALL_TIME_PASSES && turn->call.amount >= 1000)
        send_again(turn->simulator);
    if (!did_set(turn))
        return;
    memory->flag = memory->symbol != LG_SYMBOL_NONE;
    memory->kept[0] = memory->symbol;
    memory->symbol = vault_of(turn)->current;
}

/* Of the host, number: the VM before, and 1; serial tells whether that VM is still there. */
void lg_planted_set_reaches_former_vm(struct lg_planted_turn *turn)
{
    struct lg_planted_memory *common = lg_planted_memory_of(turn->simulator, LG_VM_HOST);
    lg_planted_carry_out(turn);
    if (!did_set(turn))
        return;
    uint16_t former = common->number;
    common->number = (uint16_t)(turn->call.vm + 1);
    if (former == 0 || former == common->number)
        return;
    struct lg_vm *reached = &turn->simulator->host.cells[former - 1].vm;
    if (reached->kind == LG_VM_NONE)
        return;
    reached->vault.current = vault_of(turn)->current;
    vault_of(turn)->current = turn->before.vm.vault.current;
}
