/* GetKeyProtector, SetKeyProtector, SetSecurityPolicy, RestoreLastKnownGoodKeyProtector. */
#include <string.h>

#include "step.h"

static struct lg_job work_of(const struct lg_call *call)
{
    struct lg_job work;
    memset(&work, 0, sizeof work);
    work.method = call->method;
    work.argument = call->symbol;
    work.present = call->present;
    work.values = call->values;
    return work;
}

/* Bytes of no plausible shape: refused, kept, or (for none at all and Null) they take the member
 * away. */
static uint32_t check_odd_shape(struct lg_turn *turn, unsigned shape_key, uint16_t *symbol)
{
    unsigned policy = turn->call->method == LG_CALL_SET_SECURITY_POLICY ? 4 : 0;
    switch (lg_choose(turn->tape, LG_SITE_blob_shape, policy + shape_key)) {
    case LG_ALT_blob_shape_refused: return LG_CAUSE_BIT(BYTES_REFUSED);
    case LG_ALT_blob_shape_clears: *symbol = LG_SYMBOL_NONE; return 0;
    default: return 0;
    }
}

static uint32_t check_unset_shape(struct lg_turn *turn, uint16_t *symbol)
{
    if (turn->call->method == LG_CALL_SET_SECURITY_POLICY)
        return 0;
    if (lg_site_refuses(turn, LG_SITE_unset_protector, 0, LG_ALT_unset_protector_refused))
        return LG_CAUSE_BIT(BYTES_REFUSED);
    *symbol = LG_SYMBOL_NONE;
    return 0;
}

static uint32_t check_opaque_shape(struct lg_turn *turn)
{
    if (turn->call->method == LG_CALL_SET_SECURITY_POLICY)
        return 0;
    bool refused =
        lg_site_refuses(turn, LG_SITE_opaque_protector, 0, LG_ALT_opaque_protector_refused);
    return refused ? LG_CAUSE_BIT(BYTES_REFUSED) : 0;
}

/* The bytes; *symbol becomes what would be stored. A policy is opaque: only "none" and very long
 * ones are odd. */
static uint32_t check_bytes(struct lg_turn *turn, uint16_t *symbol)
{
    enum { SHORT, TOO_LONG, EMPTY, IS_NULL };
    switch (turn->call->blob) {
    case LG_BLOB_WRONG_TYPE: return LG_CAUSE_BIT(TYPE_MISMATCH);
    case LG_BLOB_NULL: return check_odd_shape(turn, IS_NULL, symbol);
    case LG_BLOB_EMPTY: return check_odd_shape(turn, EMPTY, symbol);
    case LG_BLOB_SHORT: return check_odd_shape(turn, SHORT, symbol);
    case LG_BLOB_TOO_LONG: return check_odd_shape(turn, TOO_LONG, symbol);
    case LG_BLOB_UNSET: return check_unset_shape(turn, symbol);
    case LG_BLOB_OPAQUE: return check_opaque_shape(turn);
    default: return 0;
    }
}

/* What every method of the vault checks once the text names a VM. */
static uint32_t check_common(struct lg_turn *turn)
{
    uint32_t causes = lg_check_vm(turn);
    causes |= lg_check_support(turn);
    causes |= lg_check_in_use(turn);
    return causes | lg_check_power(turn);
}

/* What is told before the VM's state is looked at, or else what its state adds. */
static uint32_t check_before(struct lg_turn *turn, uint32_t causes, const struct lg_objections *all)
{
    uint32_t told = lg_told_first(turn, all);
    return told ? told : causes | check_common(turn);
}

/* The alternatives of unset_form that show what was seen. */
static unsigned viable_forms(const struct lg_turn *turn)
{
    static const unsigned forms[] = {[LG_BYTES_GIVEN] = 0,
                                     [LG_BYTES_NULL] = 1 << LG_ALT_unset_form_null,
                                     [LG_BYTES_NONE] = 1 << LG_ALT_unset_form_empty,
                                     [LG_BYTES_UNSET] = 1 << LG_ALT_unset_form_container};
    return turn->ending == LG_ENDING_ANY ? ~0u : forms[turn->tape->seen->form];
}

static void answer_bytes(struct lg_turn *turn, uint16_t symbol, enum lg_clause clause)
{
    lg_answer_done(turn, clause);
    turn->outcome->answer = LG_ANSWERS_BYTES;
    turn->outcome->symbol = symbol;
    turn->outcome->form = LG_BYTES_GIVEN;
    if (symbol != LG_SYMBOL_NONE)
        return;
    turn->outcome->clause = LG_CLAUSE_get_unset;
    switch (lg_choose_viable(turn->tape, LG_SITE_unset_form, 0, viable_forms(turn))) {
    case LG_ALT_unset_form_empty: turn->outcome->form = LG_BYTES_NONE; break;
    case LG_ALT_unset_form_null: turn->outcome->form = LG_BYTES_NULL; break;
    default: turn->outcome->form = LG_BYTES_UNSET; break;
    }
}

static uint16_t protector_in_use(struct lg_turn *turn)
{
    const struct lg_vm *vm = &turn->cell->vm;
    if (vm->power == LG_POWER_OFF || vm->started_with == vm->vault.current || !vm->started_with)
        return vm->vault.current;
    if (lg_choose(turn->tape, LG_SITE_in_use_protector, 0) == LG_ALT_in_use_protector_configured)
        return vm->vault.current;
    return vm->started_with;
}

/* The alternatives of get_job that end as was seen. */
static unsigned viable_get(const struct lg_turn *turn)
{
    static const unsigned ways[] = {[LG_ENDING_ANY] = ~0u,
                                    [LG_ENDING_DONE] = 1 << LG_ALT_get_job_never,
                                    [LG_ENDING_JOB] = 1 << LG_ALT_get_job_later,
                                    [LG_ENDING_REFUSED] = 0};
    return ways[turn->ending];
}

/* Reads are not held up by power or by jobs. */
void lg_get_key_protector(struct lg_turn *turn)
{
    uint32_t causes = lg_check_setting_text(turn);
    if (lg_leads_to_vm(turn, causes)) {
        causes |= lg_check_vm(turn);
        causes |= lg_check_support(turn);
    }
    if (causes) {
        lg_refuse(turn, causes);
        return;
    }
    if (lg_choose_viable(turn->tape, LG_SITE_get_job, 0, viable_get(turn)) ==
        LG_ALT_get_job_later) {
        turn->outcome->return_value = 4096;
        turn->outcome->return_to = 4096;
        turn->outcome->clause = LG_CLAUSE_get_success;
        return;
    }
    answer_bytes(turn, protector_in_use(turn), LG_CLAUSE_get_current);
}

/* A protector over a TPM state that it does not open. */
static uint32_t check_seal(struct lg_turn *turn, uint16_t symbol)
{
    const struct lg_vm *vm = &turn->cell->vm;
    if (!vm->vault.seal || lg_share_owner(turn, symbol, vm->vault.seal))
        return 0;
    bool refused =
        lg_site_refuses(turn, LG_SITE_sealed_overwrite, 0, LG_ALT_sealed_overwrite_refused);
    return refused ? LG_CAUSE_BIT(OVER_SEALED) : 0;
}

/* Bytes that are refused are no protector. */
static void object_to_seal(const struct lg_turn *turn, uint32_t causes, struct lg_objections *all)
{
    const struct lg_vm *vm = &turn->cell->vm;
    if (!(causes & LG_CAUSE_BIT(BYTES_REFUSED)) && vm->vault.seal &&
        !lg_vm_share_owner(vm, turn->call->symbol, vm->vault.seal))
        lg_object(turn, all, LG_SITE_sealed_overwrite, 0, LG_ALT_sealed_overwrite_refused,
                  LG_CAUSE_OVER_SEALED);
}

static uint32_t check_set(struct lg_turn *turn, struct lg_job *work)
{
    struct lg_objections all = {.count = 0};
    uint32_t causes = lg_check_setting_text(turn);
    causes |= check_bytes(turn, &work->argument);
    if (!lg_leads_to_vm(turn, causes))
        return causes;
    object_to_seal(turn, causes, &all);
    causes = check_before(turn, causes, &all);
    return causes ? causes : check_seal(turn, work->argument);
}

void lg_set_key_protector(struct lg_turn *turn)
{
    struct lg_job work = work_of(turn->call);
    uint32_t causes = check_set(turn, &work);
    if (causes) {
        lg_refuse(turn, causes);
        return;
    }
    bool same = work.argument == turn->cell->vm.vault.current && !lg_must_queue(turn);
    bool at_once =
        same && lg_choose(turn->tape, LG_SITE_same_bytes, 0) == LG_ALT_same_bytes_at_once;
    lg_carry_out(turn, &work, at_once, LG_CLAUSE_set_success);
}

static void object_without_protector(const struct lg_turn *turn, struct lg_objections *all)
{
    if (!turn->cell->vm.vault.current)
        lg_object(turn, all, LG_SITE_policy_needs_protector, 0, LG_ALT_policy_needs_protector_yes,
                  LG_CAUSE_NO_PROTECTOR);
}

static uint32_t check_policy(struct lg_turn *turn, struct lg_job *work)
{
    struct lg_objections all = {.count = 0};
    uint32_t causes = lg_check_setting_text(turn);
    causes |= check_bytes(turn, &work->argument);
    if (!lg_leads_to_vm(turn, causes))
        return causes;
    object_without_protector(turn, &all);
    causes = check_before(turn, causes, &all);
    return causes ? causes : lg_raise(turn, &all);
}

void lg_set_security_policy(struct lg_turn *turn)
{
    struct lg_job work = work_of(turn->call);
    uint32_t causes = check_policy(turn, &work);
    if (causes)
        lg_refuse(turn, causes);
    else
        lg_carry_out(turn, &work, false, LG_CLAUSE_pol_parameter);
}

static void object_without_last_known_good(const struct lg_turn *turn, struct lg_objections *all)
{
    if (!turn->cell->vm.vault.last_known_good)
        lg_object(turn, all, LG_SITE_restore_without, 0, LG_ALT_restore_without_refused,
                  LG_CAUSE_NO_LAST_KNOWN_GOOD);
}

static uint32_t check_restore(struct lg_turn *turn)
{
    struct lg_objections all = {.count = 0};
    uint32_t causes = lg_check_setting_text(turn);
    if (!lg_leads_to_vm(turn, causes))
        return causes;
    object_without_last_known_good(turn, &all);
    causes = check_before(turn, causes, &all);
    return causes ? causes : lg_raise(turn, &all);
}

void lg_restore_last_known_good(struct lg_turn *turn)
{
    struct lg_job work = work_of(turn->call);
    uint32_t causes = check_restore(turn);
    if (causes)
        lg_refuse(turn, causes);
    else
        lg_carry_out(turn, &work, false, LG_CLAUSE_restore_success);
}
