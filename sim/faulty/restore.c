/* Faults of RestoreLastKnownGoodKeyProtector and SetSecurityPolicy. */
#include "planted.h"

static struct lg_vault *vault_of(const struct lg_planted_turn *turn)
{
    return &turn->cell->vm.vault;
}

/* Whether the VM was brought back to a last known good protector. */
static bool did_restore(const struct lg_planted_turn *turn)
{
    return lg_planted_did(turn, LG_CALL_RESTORE_LAST_KNOWN_GOOD) && vault_of(turn)->last_known_good;
}

/* symbol: what the last SetKeyProtector replaced. */
void lg_planted_restore_takes_former(struct lg_planted_turn *turn)
{
    lg_planted_carry_out(turn);
    if (lg_planted_did(turn, LG_CALL_SET_KEY_PROTECTOR))
        turn->memory->symbol = turn->before.vm.vault.current;
    if (did_restore(turn) && turn->memory->symbol)
        vault_of(turn)->current = turn->memory->symbol;
}

/* values: the settings at the last start, if flag is on. */
void lg_planted_restore_brings_settings_back(struct lg_planted_turn *turn)
{
    lg_planted_carry_out(turn);
    if (lg_planted_did(turn, LG_CALL_VM_REQUEST_STATE_CHANGE) &&
        turn->cell->vm.power == LG_POWER_RUNNING) {
        turn->memory->values = vault_of(turn)->settings;
        turn->memory->flag = true;
    }
    if (did_restore(turn) && turn->memory->flag)
        vault_of(turn)->settings = turn->memory->values;
}

void lg_planted_restore_refused_when_current(struct lg_planted_turn *turn)
{
    const struct lg_vault *vault = vault_of(turn);
    if (lg_planted_is_plain(turn, LG_CALL_RESTORE_LAST_KNOWN_GOOD) && vault->last_known_good &&
        vault->last_known_good == vault->current)
        lg_planted_answer(turn,
                          lg_code_of(LG_CALL_RESTORE_LAST_KNOWN_GOOD, LG_MEANING_INVALID_STATE));
    else
        lg_planted_carry_out(turn);
}

void lg_planted_policy_without_job(struct lg_planted_turn *turn)
{
    lg_planted_carry_out(turn);
    if (turn->call.method == LG_CALL_SET_SECURITY_POLICY && !turn->outcome->fault &&
        !lg_planted_refused(turn))
        lg_planted_answer(turn, 4096);
}
