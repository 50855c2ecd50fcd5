/* The power states of a VM, and the start that promotes the last known good protector. */
#include "step.h"

enum boot { BOOT_NO, BOOT_START, BOOT_RESET, BOOT_RESUME };
enum read { READ_ALWAYS, READ_AS_PAGE };

struct edge {
    uint8_t from;
    uint8_t to;
    uint16_t requested;
    uint8_t boot;
    uint8_t read;
};

static const struct edge edges[] = {
#define LG_POWER_EDGE(from, requested, to, boot, read)                                             \
    {LG_POWER_##from, LG_POWER_##to, requested, BOOT_##boot, READ_##read},
#include "power.def"
#undef LG_POWER_EDGE
};
enum { EDGE_COUNT = sizeof edges / sizeof edges[0] };

static bool is_taken(struct lg_turn *turn, const struct edge *edge)
{
    return edge->read == READ_ALWAYS ||
           lg_choose(turn->tape, LG_SITE_reboot_starts, 0) == LG_ALT_reboot_starts_starts;
}

static const struct edge *find_edge(struct lg_turn *turn, uint16_t requested)
{
    for (unsigned i = 0; i < EDGE_COUNT; i++)
        if (edges[i].from == turn->cell->vm.power && edges[i].requested == requested)
            return is_taken(turn, &edges[i]) ? &edges[i] : NULL;
    return NULL;
}

bool lg_power_is_known(uint16_t requested)
{
    for (unsigned i = 0; i < EDGE_COUNT; i++)
        if (edges[i].requested == requested)
            return true;
    return false;
}

bool lg_power_allows(struct lg_turn *turn, uint16_t requested)
{
    return find_edge(turn, requested) != NULL;
}

/* The request asks for the state that the VM is in already. */
bool lg_power_is_same(const struct lg_vm *vm, uint16_t requested)
{
    static const uint16_t state_request[LG_POWER_COUNT] = {
        [LG_POWER_OFF] = 3, [LG_POWER_RUNNING] = 2, [LG_POWER_PAUSED] = 9, [LG_POWER_SAVED] = 6};
    return state_request[vm->power] == requested;
}

static bool has(const struct lg_vm *vm, enum lg_setting setting)
{
    return vm->vault.settings >> setting & 1;
}

/* The last one serves for all that come after it. */
static uint16_t unseen_symbol(struct lg_vm *vm)
{
    uint16_t symbol = (uint16_t)(LG_SYMBOL_UNSEEN + vm->unseen);
    vm->unseen = (uint16_t)(vm->unseen + (symbol < UINT16_MAX));
    return symbol;
}

/* A host without a guardian service may give a VM that has no protector one of its own. */
static bool protector_is_there(struct lg_turn *turn)
{
    struct lg_vm *vm = &turn->cell->vm;
    if (vm->vault.current)
        return true;
    if (turn->cell->host.flags & LG_HOST_GUARDED)
        return false;
    if (lg_choose(turn->tape, LG_SITE_start_unset, 0) == LG_ALT_start_unset_fails)
        return false;
    vm->vault.current = unseen_symbol(vm);
    return true;
}

static bool seal_opens(struct lg_turn *turn)
{
    const struct lg_vm *vm = &turn->cell->vm;
    if (!vm->vault.seal || lg_share_owner(turn, vm->vault.current, vm->vault.seal))
        return true;
    return lg_choose(turn->tape, LG_SITE_seal_guard, 0) == LG_ALT_seal_guard_starts;
}

static bool tpm_opens(struct lg_turn *turn)
{
    return protector_is_there(turn) &&
           lg_vm_is_usable(&turn->cell->vm, turn->cell->vm.vault.current) && seal_opens(turn);
}

/* A guarded start may hand out a protector of the same owner in place of the one it was given. */
static void roll_protector(struct lg_turn *turn)
{
    struct lg_vm *vm = &turn->cell->vm;
    uint16_t rolled;
    if (!(turn->cell->host.flags & LG_HOST_GUARDED))
        return;
    if (lg_choose(turn->tape, LG_SITE_egress, 0) == LG_ALT_egress_same)
        return;
    rolled = unseen_symbol(vm);
    lg_vm_share(vm, vm->vault.current, rolled);
    vm->vault.current = rolled;
}

static bool encrypts_tpm_state(struct lg_turn *turn, enum boot boot)
{
    if (boot == BOOT_RESUME)
        return lg_choose(turn->tape, LG_SITE_resume_is_start, 0) == LG_ALT_resume_is_start_yes;
    if (boot == BOOT_RESET)
        return lg_choose(turn->tape, LG_SITE_reset_is_start, 0) == LG_ALT_reset_is_start_yes;
    return true;
}

static void promote(struct lg_turn *turn)
{
    struct lg_vault *vault = &turn->cell->vm.vault;
    unsigned promotion = lg_choose(turn->tape, LG_SITE_promotion, 0);
    vault->seal = vault->current;
    if (promotion == LG_ALT_promotion_tpm_start || promotion == LG_ALT_promotion_any_start)
        vault->last_known_good = vault->current;
}

static void set_element(struct lg_vm *vm)
{
    bool shielded = has(vm, LG_SETTING_TPM_ENABLED) && has(vm, LG_SETTING_SHIELDING_REQUESTED);
    bool device = has(vm, LG_SETTING_TPM_ENABLED) || has(vm, LG_SETTING_KSD_ENABLED);
    bool wish = has(vm, LG_SETTING_SHIELDING_REQUESTED) || has(vm, LG_SETTING_ENCRYPT_STATE);
    vm->flags &= (uint8_t) ~(LG_VM_SHIELDED | LG_VM_ENCRYPTED);
    if (shielded)
        vm->flags |= LG_VM_SHIELDED;
    if (device && wish)
        vm->flags |= LG_VM_ENCRYPTED;
}

static bool boot_without_tpm(struct lg_turn *turn)
{
    struct lg_vault *vault = &turn->cell->vm.vault;
    if (vault->current && vault->current != vault->last_known_good &&
        lg_choose(turn->tape, LG_SITE_promotion, 0) == LG_ALT_promotion_any_start)
        vault->last_known_good = vault->current;
    return true;
}

/* A protector that was made for a start that fails goes with it. */
static bool boot_with_tpm(struct lg_turn *turn, enum boot boot)
{
    struct lg_vault *vault = &turn->cell->vm.vault;
    const struct lg_vm before = turn->cell->vm;
    if (!tpm_opens(turn)) {
        turn->cell->vm = before;
        if (vault->current && vault->current != vault->last_known_good &&
            lg_choose(turn->tape, LG_SITE_failed_start_keeps, 0) ==
                LG_ALT_failed_start_keeps_promotes)
            vault->last_known_good = vault->current;
        return false;
    }
    if (!encrypts_tpm_state(turn, boot))
        return true;
    roll_protector(turn);
    promote(turn);
    return true;
}

static bool boots(struct lg_turn *turn, enum boot boot)
{
    if (boot == BOOT_NO)
        return true;
    if (!has(&turn->cell->vm, LG_SETTING_TPM_ENABLED))
        return boot_without_tpm(turn);
    return boot_with_tpm(turn, boot);
}

/* A VM that goes down keeps nothing in effect; one that boots takes what is configured. */
static void arrive(struct lg_vm *vm, uint8_t power, enum boot boot)
{
    vm->power = power;
    if (boot == BOOT_START || boot == BOOT_RESET) {
        vm->started_with = vm->vault.current;
        set_element(vm);
    }
    if (power == LG_POWER_OFF) {
        vm->started_with = LG_SYMBOL_NONE;
        vm->flags &= (uint8_t) ~(LG_VM_SHIELDED | LG_VM_ENCRYPTED);
    }
}

/* A reset that cannot open the TPM leaves the VM off; a start or a wake-up that cannot leaves it as
 * it was. */
bool lg_power_effect(struct lg_turn *turn, uint16_t requested)
{
    struct lg_vm *vm = &turn->cell->vm;
    const struct edge *edge = find_edge(turn, requested);
    if (!edge)
        return lg_power_is_same(vm, requested);
    if (!boots(turn, (enum boot)edge->boot)) {
        if (edge->boot == BOOT_RESET)
            arrive(vm, LG_POWER_OFF, BOOT_NO);
        return false;
    }
    arrive(vm, edge->to, (enum boot)edge->boot);
    return true;
}

/* Whether a start would be found impossible if it were tried now. */
bool lg_power_would_fail(struct lg_turn *turn, uint16_t requested)
{
    struct lg_cell cell = *turn->cell;
    struct lg_turn trial = *turn;
    const struct edge *edge = find_edge(turn, requested);
    trial.cell = &cell;
    return edge && edge->boot != BOOT_NO && cell.vm.vault.settings >> LG_SETTING_TPM_ENABLED & 1 &&
           !tpm_opens(&trial);
}
