/* Faults of ModifySecuritySettings. */
#include "planted.h"

enum {
    TPM = 1 << LG_SETTING_TPM_ENABLED,
    PROTECTION = 1 << LG_SETTING_DATA_PROTECTION_REQUESTED,
    ENCRYPTION = 1 << LG_SETTING_ENCRYPT_STATE,
    OPT_OUT = 1 << LG_SETTING_VBS_OPT_OUT
};

/* Carries out a call and keeps what a modification gives, in present and values, for its job.
 * Returns whether a modification took effect. */
static bool modify(struct lg_planted_turn *turn)
{
    if (turn->call.method == LG_CALL_MODIFY_SECURITY_SETTINGS) {
        turn->memory->present = turn->call.present;
        turn->memory->values = turn->call.values;
    }
    lg_planted_carry_out(turn);
    return lg_planted_did(turn, LG_CALL_MODIFY_SECURITY_SETTINGS);
}

void lg_planted_modify_resets_opt_out(struct lg_planted_turn *turn)
{
    if (modify(turn) && !(turn->memory->present & OPT_OUT))
        turn->cell->vm.vault.settings &= (uint8_t)~OPT_OUT;
}

void lg_planted_modify_tpm_off_drops_protector(struct lg_planted_turn *turn)
{
    bool modified = modify(turn);
    struct lg_vault *vault = &turn->cell->vm.vault;
    if (modified && (turn->before.vm.vault.settings & ~vault->settings & TPM))
        vault->current = LG_SYMBOL_NONE;
}

/* Of the host, values: the settings modified last. */
void lg_planted_modify_default_for_new(struct lg_planted_turn *turn)
{
    struct lg_planted_memory *common = lg_planted_memory_of(turn->simulator, LG_VM_HOST);
    lg_planted_carry_out(turn);
    if (lg_planted_did(turn, LG_CALL_MODIFY_SECURITY_SETTINGS))
        common->values = turn->cell->vm.vault.settings;
    if (lg_planted_did(turn, LG_CALL_DEFINE_SYSTEM) || turn->call.method == LG_CALL_VM_CREATED)
        turn->cell->vm.vault.settings = common->values;
}
