/* What the service's methods do to a VM's vault when they take effect. */
#include "blob.h"
#include "step.h"

static void set_protector(struct lg_turn *turn, uint16_t symbol)
{
    struct lg_vault *vault = &turn->cell->vm.vault;
    unsigned promotion = lg_choose(turn->tape, LG_SITE_promotion, 0);
    if (promotion == LG_ALT_promotion_on_replacement && vault->current)
        vault->last_known_good = vault->current;
    if (promotion == LG_ALT_promotion_on_set)
        vault->last_known_good = symbol;
    if (vault->policy &&
        lg_choose(turn->tape, LG_SITE_set_keeps_policy, 0) == LG_ALT_set_keeps_policy_no)
        vault->policy = LG_SYMBOL_NONE;
    vault->current = symbol;
}

/* As a protector, the bytes that a VM without one shows take it away. */
static uint16_t as_protector(uint16_t symbol)
{
    return symbol == LG_MATERIAL_unset + 1 ? LG_SYMBOL_NONE : symbol;
}

/* The setting data only names the VM; a target that applies its booleans as well violates a clause.
 */
static void apply_setting_values(struct lg_turn *turn, const struct lg_job *work)
{
    uint8_t *settings = &turn->cell->vm.vault.settings;
    uint8_t applied = (uint8_t)((*settings & ~work->present) | (work->values & work->present));
    if (applied == *settings)
        return;
    if (lg_choose(turn->tape, LG_SITE_setting_values, work->method) ==
        LG_ALT_setting_values_applied)
        *settings = applied;
}

static void set_policy(struct lg_turn *turn, uint16_t symbol)
{
    enum { SHIELDS = 1 << LG_SETTING_SHIELDING_REQUESTED | 1 << LG_SETTING_ENCRYPT_STATE };
    struct lg_vault *vault = &turn->cell->vm.vault;
    unsigned aim = lg_choose(turn->tape, LG_SITE_policy_aim, 0);
    if (aim != LG_ALT_policy_aim_policy)
        set_protector(turn, as_protector(symbol));
    if (aim != LG_ALT_policy_aim_protector)
        vault->policy = symbol;
    if ((vault->settings & SHIELDS) != SHIELDS &&
        lg_choose(turn->tape, LG_SITE_policy_effect, 0) == LG_ALT_policy_effect_shields)
        vault->settings |= SHIELDS;
}

static void restore(struct lg_turn *turn)
{
    struct lg_vault *vault = &turn->cell->vm.vault;
    if (vault->last_known_good == LG_SYMBOL_NONE) {
        if (lg_choose(turn->tape, LG_SITE_restore_without, 0) == LG_ALT_restore_without_clears)
            vault->current = LG_SYMBOL_NONE;
        return;
    }
    vault->current = vault->last_known_good;
    if (lg_choose(turn->tape, LG_SITE_restore_keeps, 0) == LG_ALT_restore_keeps_no)
        vault->last_known_good = LG_SYMBOL_NONE;
}

void lg_effect_set_settings(struct lg_turn *turn, uint8_t settings)
{
    struct lg_vault *vault = &turn->cell->vm.vault;
    bool tpm_goes = (vault->settings & ~settings) >> LG_SETTING_TPM_ENABLED & 1;
    if (tpm_goes && vault->seal &&
        lg_choose(turn->tape, LG_SITE_tpm_off_seal, 0) == LG_ALT_tpm_off_seal_cleared)
        vault->seal = LG_SYMBOL_NONE;
    vault->settings = settings;
}

static void modify(struct lg_turn *turn, const struct lg_job *work)
{
    uint8_t settings = turn->cell->vm.vault.settings;
    lg_effect_set_settings(turn,
                           (uint8_t)((settings & ~work->present) | (work->values & work->present)));
}

static void define(struct lg_turn *turn, const struct lg_job *work)
{
    turn->cell->vm.kind = LG_VM_REALIZED;
    turn->cell->vm.generation = work->requested == 1 ? 1 : 2;
}

static void destroy(struct lg_turn *turn)
{
    turn->cell->vm = (struct lg_vm){0};
}

bool lg_effect(struct lg_turn *turn, const struct lg_job *work)
{
    switch (work->method) {
    case LG_CALL_SET_KEY_PROTECTOR:
        set_protector(turn, work->argument);
        apply_setting_values(turn, work);
        return true;
    case LG_CALL_SET_SECURITY_POLICY:
        set_policy(turn, work->argument);
        apply_setting_values(turn, work);
        return true;
    case LG_CALL_RESTORE_LAST_KNOWN_GOOD:
        restore(turn);
        apply_setting_values(turn, work);
        return true;
    case LG_CALL_MODIFY_SECURITY_SETTINGS: modify(turn, work); return true;
    case LG_CALL_VM_REQUEST_STATE_CHANGE: return lg_power_effect(turn, work->requested);
    case LG_CALL_DEFINE_SYSTEM: define(turn, work); return true;
    case LG_CALL_DESTROY_SYSTEM: destroy(turn); return true;
    default: return true;
    }
}
