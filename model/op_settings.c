/* ModifySecuritySettings. */
#include <string.h>

#include "step.h"

#define SETTING_BIT(setting) (1u << LG_SETTING_##setting)

enum {
    /* The settings that are observed to need a protector; the two opt-outs do not. */
    SELECTED = SETTING_BIT(TPM_ENABLED) | SETTING_BIT(KSD_ENABLED) |
               SETTING_BIT(SHIELDING_REQUESTED) | SETTING_BIT(DATA_PROTECTION_REQUESTED) |
               SETTING_BIT(ENCRYPT_STATE) | SETTING_BIT(BIND_TO_HOST_TPM),
    /* What a failure may leave changed on hosts that are observed to. */
    HALF = SETTING_BIT(DATA_PROTECTION_REQUESTED) | SETTING_BIT(ENCRYPT_STATE),
    DEVICES = SETTING_BIT(TPM_ENABLED) | SETTING_BIT(KSD_ENABLED)
};

/* The settings as a change would leave them, and what of them it turns on and off. */
struct change {
    unsigned settings;
    unsigned turned_on;
    unsigned turned_off;
};

/* The change asked for: the settings named, or all where what is not named gets its default. */
static struct lg_job work_of(struct lg_turn *turn)
{
    struct lg_job work;
    memset(&work, 0, sizeof work);
    work.method = turn->call->method;
    work.present = turn->call->present & lg_settings_of_host(turn->cell->host.version);
    work.values = turn->call->values & work.present;
    if ((turn->cell->vm.vault.settings & ~work.present) &&
        lg_choose(turn->tape, LG_SITE_modify_scope, 0) == LG_ALT_modify_scope_reset)
        work.present = 0xFF;
    return work;
}

static uint8_t result_of(const struct lg_cell *cell, const struct lg_job *work)
{
    return (uint8_t)((cell->vm.vault.settings & ~work->present) | work->values);
}

static struct change change_of(const struct lg_cell *cell, const struct lg_job *work)
{
    unsigned before = cell->vm.vault.settings;
    unsigned settings = result_of(cell, work);
    return (struct change){settings, settings & ~before, before & ~settings};
}

/* The first precondition that fails, over the settings turned on: refused, or a success that does
 * nothing. */
static unsigned protector_precondition(struct lg_turn *turn, unsigned turned_on)
{
    for (unsigned setting = 0; setting < LG_SETTING_COUNT; setting++) {
        if (!(turned_on & SELECTED & 1u << setting))
            continue;
        unsigned way = lg_choose(turn->tape, LG_SITE_protector_precondition, setting);
        if (way != LG_ALT_protector_precondition_allowed)
            return way;
    }
    return LG_ALT_protector_precondition_allowed;
}

static uint32_t check_protector(struct lg_turn *turn, struct lg_job *work, unsigned turned_on,
                                unsigned turned_off)
{
    if (turn->cell->vm.vault.current)
        return 0;
    if (turned_on & SELECTED) {
        unsigned way = protector_precondition(turn, turned_on);
        if (way == LG_ALT_protector_precondition_refused)
            return LG_CAUSE_BIT(NO_PROTECTOR);
        if (way == LG_ALT_protector_precondition_silent)
            work->present = work->values = 0;
    }
    if ((turned_off & SELECTED) && lg_site_refuses(turn, LG_SITE_turn_off_without_protector, 0,
                                                   LG_ALT_turn_off_without_protector_refused))
        return LG_CAUSE_BIT(NO_PROTECTOR);
    return 0;
}

static bool shields_without_tpm(const struct change *change)
{
    return (change->turned_on & SETTING_BIT(SHIELDING_REQUESTED)) &&
           !(change->settings & SETTING_BIT(TPM_ENABLED));
}

static uint32_t check_shielding(struct lg_turn *turn, struct lg_job *work,
                                const struct change *change)
{
    if (!shields_without_tpm(change))
        return 0;
    switch (lg_choose(turn->tape, LG_SITE_shielding_without_tpm, 0)) {
    case LG_ALT_shielding_without_tpm_incompatible: return LG_CAUSE_BIT(COMBINATION);
    case LG_ALT_shielding_without_tpm_ignored:
        work->present &= (uint8_t)~SETTING_BIT(SHIELDING_REQUESTED);
        work->values &= (uint8_t)~SETTING_BIT(SHIELDING_REQUESTED);
        return 0;
    default: return 0;
    }
}

static bool takes_tpm_from_shielding(const struct change *change)
{
    return (change->turned_off & SETTING_BIT(TPM_ENABLED)) &&
           (change->settings & SETTING_BIT(SHIELDING_REQUESTED));
}

static uint32_t check_tpm_off(struct lg_turn *turn, const struct change *change)
{
    if (!takes_tpm_from_shielding(change))
        return 0;
    bool refused = lg_site_refuses(turn, LG_SITE_tpm_off_while_shielded, 0,
                                   LG_ALT_tpm_off_while_shielded_refused);
    return refused ? LG_CAUSE_BIT(TPM_NEEDED) : 0;
}

/* A TPM belongs to generation 2, a key storage drive to generation 1. */
static bool has_foreign_device(const struct lg_cell *cell, const struct change *change)
{
    unsigned own = cell->vm.generation == 1 ? SETTING_BIT(KSD_ENABLED) : SETTING_BIT(TPM_ENABLED);
    return (change->turned_on & DEVICES) && (change->settings & DEVICES & ~own);
}

static uint32_t check_devices(struct lg_turn *turn, const struct change *change)
{
    if (!has_foreign_device(turn->cell, change))
        return 0;
    switch (lg_choose(turn->tape, LG_SITE_tpm_and_ksd, 0)) {
    case LG_ALT_tpm_and_ksd_refused: return LG_CAUSE_BIT(UNSUPPORTED);
    case LG_ALT_tpm_and_ksd_incompatible: return LG_CAUSE_BIT(COMBINATION);
    default: return 0;
    }
}

static uint32_t check_gates(struct lg_turn *turn, unsigned turned_on)
{
    uint32_t causes = lg_check_vm(turn);
    causes |= lg_check_in_use(turn);
    causes |= lg_check_power(turn);
    bool generation_matters = turned_on & SELECTED & ~SETTING_BIT(KSD_ENABLED);
    if (!(turned_on & SELECTED))
        return causes;
    if (turn->cell->vm.generation == 1 && !generation_matters)
        return causes;
    return causes | lg_check_support(turn);
}

static uint32_t check_settings(struct lg_turn *turn, struct lg_job *work)
{
    struct change change = change_of(turn->cell, work);
    uint32_t causes = check_shielding(turn, work, &change);
    causes |= check_tpm_off(turn, &change);
    causes |= check_devices(turn, &change);
    return causes | check_protector(turn, work, change.turned_on, change.turned_off);
}

static void object_without_protector(const struct lg_turn *turn, const struct change *change,
                                     struct lg_objections *all)
{
    if (turn->cell->vm.vault.current)
        return;
    for (unsigned setting = 0; setting < LG_SETTING_COUNT; setting++)
        if (change->turned_on & SELECTED & 1u << setting)
            lg_object(turn, all, LG_SITE_protector_precondition, setting,
                      LG_ALT_protector_precondition_refused, LG_CAUSE_NO_PROTECTOR);
    if (change->turned_off & SELECTED)
        lg_object(turn, all, LG_SITE_turn_off_without_protector, 0,
                  LG_ALT_turn_off_without_protector_refused, LG_CAUSE_NO_PROTECTOR);
}

/* What check_settings may find. */
static void object_to_settings(const struct lg_turn *turn, const struct change *change,
                               struct lg_objections *all)
{
    if (shields_without_tpm(change))
        lg_object(turn, all, LG_SITE_shielding_without_tpm, 0,
                  LG_ALT_shielding_without_tpm_incompatible, LG_CAUSE_COMBINATION);
    if (takes_tpm_from_shielding(change))
        lg_object(turn, all, LG_SITE_tpm_off_while_shielded, 0,
                  LG_ALT_tpm_off_while_shielded_refused, LG_CAUSE_TPM_NEEDED);
    if (has_foreign_device(turn->cell, change)) {
        lg_object(turn, all, LG_SITE_tpm_and_ksd, 0, LG_ALT_tpm_and_ksd_refused,
                  LG_CAUSE_UNSUPPORTED);
        lg_object(turn, all, LG_SITE_tpm_and_ksd, 0, LG_ALT_tpm_and_ksd_incompatible,
                  LG_CAUSE_COMBINATION);
    }
    object_without_protector(turn, change, all);
}

/* Some hosts are observed to keep a part of what they refused for want of a protector. */
static void leave_half(struct lg_turn *turn, uint8_t settings, uint32_t causes)
{
    uint8_t before = turn->cell->vm.vault.settings;
    uint8_t half = (uint8_t)(before | (settings & HALF));
    if (causes != LG_CAUSE_BIT(NO_PROTECTOR) || half == before)
        return;
    if (lg_choose(turn->tape, LG_SITE_modify_atomic, 0) == LG_ALT_modify_atomic_half)
        lg_effect_set_settings(turn, half);
}

static bool answers_unchanged_at_once(struct lg_turn *turn, uint8_t settings)
{
    if (settings != turn->cell->vm.vault.settings || turn->cell->vm.kind == LG_VM_NONE ||
        lg_must_queue(turn))
        return false;
    return lg_choose(turn->tape, LG_SITE_modify_unchanged, 0) == LG_ALT_modify_unchanged_at_once;
}

static uint32_t check_modify(struct lg_turn *turn, uint32_t causes, const struct change *change,
                             struct lg_job *work)
{
    struct lg_objections all = {.count = 0};
    object_to_settings(turn, change, &all);
    uint32_t told = lg_told_first(turn, &all);
    if (told)
        return told;
    causes |= check_gates(turn, change->turned_on);
    return causes ? causes : check_settings(turn, work);
}

void lg_modify_security_settings(struct lg_turn *turn)
{
    uint32_t causes = lg_check_setting_text(turn);
    if (!lg_leads_to_vm(turn, causes)) {
        lg_refuse(turn, causes);
        return;
    }
    struct lg_job work = work_of(turn);
    struct change change = change_of(turn->cell, &work);
    uint8_t settings = (uint8_t)change.settings;
    if (!(causes & ~LG_CAUSE_BIT(ENVIRONMENT)) && answers_unchanged_at_once(turn, settings)) {
        lg_answer_done(turn, LG_CLAUSE_mod_changes);
        return;
    }
    causes = check_modify(turn, causes, &change, &work);
    if (causes) {
        leave_half(turn, settings, causes);
        lg_refuse(turn, causes);
        return;
    }
    lg_carry_out(turn, &work, false, LG_CLAUSE_mod_success);
}
