/* What clients read: one instance, or the instances associated with a VM. */
#include "blob.h"
#include "step.h"

static void show(struct lg_outcome *outcome, unsigned field, uint64_t from, uint64_t to)
{
    outcome->shown |= (uint16_t)(1u << field);
    outcome->fields[field].from = from;
    outcome->fields[field].to = to;
}

static void show_value(struct lg_outcome *outcome, unsigned field, uint64_t value)
{
    show(outcome, field, value, value);
}

static void show_mask(struct lg_outcome *outcome, unsigned field, uint64_t mask)
{
    show(outcome, field, mask, mask);
    outcome->masks |= (uint16_t)(1u << field);
}

static uint64_t bit(unsigned n)
{
    return (uint64_t)1 << n;
}

/* A live job has reached its state, and may be further on. */
static uint64_t live_states(const struct lg_job *job)
{
    uint64_t states = 0;
    if (job->state == LG_JOB_SUSPENDED || job->state == LG_JOB_SERVICE)
        return bit(job->state);
    for (unsigned state = job->state; state <= LG_JOB_SHUTTING_DOWN; state++)
        if (state != LG_JOB_SUSPENDED && state != LG_JOB_SERVICE)
            states |= bit(state);
    return states;
}

static uint64_t ended_states(const struct lg_turn *turn, const struct lg_job *job)
{
    uint64_t states = bit(job->state);
    if (job->state == LG_JOB_COMPLETED && !(job->flags & LG_JOB_END_SEEN) &&
        lg_tape_allows(turn->tape, LG_SITE_job_success, LG_ALT_job_success_with_warnings))
        states |= bit(LG_JOB_COMPLETED_WITH_WARNINGS);
    return states;
}

static void show_job_type(struct lg_turn *turn, const struct lg_job *job)
{
    static const uint16_t types[] = {2, 31, 0, 4};
    if (job->method > LG_CALL_MODIFY_SECURITY_SETTINGS)
        return;
    unsigned way = lg_choose(turn->tape, LG_SITE_job_type, 0);
    if (way == LG_ALT_job_type_any)
        show(turn->outcome, LG_JOB_FIELD_TYPE, 0, 65535);
    else
        show_value(turn->outcome, LG_JOB_FIELD_TYPE, types[way]);
}

static void show_live_job(struct lg_turn *turn, const struct lg_job *job)
{
    struct lg_outcome *outcome = turn->outcome;
    bool cancellable = lg_job_is_cancellable(turn, job);
    show_mask(outcome, LG_JOB_FIELD_STATE, live_states(job));
    show_value(outcome, LG_JOB_FIELD_ERROR_CODE, 0);
    show(outcome, LG_JOB_FIELD_PERCENT, job->percent, 100);
    show_value(outcome, LG_JOB_FIELD_CANCELLABLE, cancellable);
    show_value(outcome, LG_JOB_FIELD_OPERATIONAL_STATUS, 2);
    show_value(outcome, LG_JOB_FIELD_ERROR_TEXT, 0);
}

static void show_ended_job(struct lg_turn *turn, const struct lg_job *job)
{
    struct lg_outcome *outcome = turn->outcome;
    bool done = job->state == LG_JOB_COMPLETED || job->state == LG_JOB_COMPLETED_WITH_WARNINGS;
    struct lg_codes error = lg_job_error(turn, job);
    uint64_t status = 2;
    if (!done &&
        lg_choose(turn->tape, LG_SITE_job_failure_status, 0) == LG_ALT_job_failure_status_error)
        status = 6;
    show_mask(outcome, LG_JOB_FIELD_STATE, ended_states(turn, job));
    show(outcome, LG_JOB_FIELD_ERROR_CODE, error.from, error.to);
    show(outcome, LG_JOB_FIELD_PERCENT, done ? 100 : job->percent, 100);
    show(outcome, LG_JOB_FIELD_CANCELLABLE, 0, 1);
    show_value(outcome, LG_JOB_FIELD_OPERATIONAL_STATUS, status);
    show(outcome, LG_JOB_FIELD_ERROR_TEXT, done ? 0 : 1, done ? 0 : 1);
    if (!done)
        show(outcome, LG_JOB_FIELD_ERROR_TEXT, 0, 1);
}

/* Times are by the target's clock: what was seen before bounds what can be seen now. */
static void show_job_times(struct lg_outcome *outcome, const struct lg_job *job)
{
    show(outcome, LG_JOB_FIELD_CHANGE, job->seen_change ? job->seen_change - 1 : 0, UINT64_MAX);
    show(outcome, LG_JOB_FIELD_ELAPSED, job->seen_elapsed, UINT64_MAX);
    if (job->seen_submitted)
        show_value(outcome, LG_JOB_FIELD_SUBMITTED, job->seen_submitted - 1);
    else
        show(outcome, LG_JOB_FIELD_SUBMITTED, 0, UINT64_MAX);
    outcome->symbol = job->state;
    outcome->form = job->seen_change && !(job->flags & LG_JOB_MOVED);
}

static void read_job(struct lg_turn *turn)
{
    const struct lg_job *job = lg_job_of_call(turn);
    if (!job) {
        lg_answer_fault(turn, LG_FAULT_NOT_FOUND, LG_CLAUSE_job_retention);
        return;
    }
    turn->outcome->clause = LG_CLAUSE_job_states;
    if (lg_job_is_live(job))
        show_live_job(turn, job);
    else
        show_ended_job(turn, job);
    show_job_type(turn, job);
    show_job_times(turn->outcome, job);
    if (!(job->flags & LG_JOB_STRAY))
        show_value(turn->outcome, LG_JOB_FIELD_AFFECTED, turn->call->vm);
}

/* EnabledState numbers as bits: those of the second version as they are, the first version's from
 * 16 on. */
enum { VERSION1 = 16 };

static uint64_t stable_states(struct lg_turn *turn, uint8_t power)
{
    switch (power) {
    case LG_POWER_RUNNING: return bit(2);
    case LG_POWER_PAUSED:
        return lg_choose(turn->tape, LG_SITE_paused_number, 0) == LG_ALT_paused_number_quiesce
                   ? bit(9)
                   : bit(VERSION1);
    case LG_POWER_SAVED:
        return lg_choose(turn->tape, LG_SITE_saved_number, 0) == LG_ALT_saved_number_offline
                   ? bit(6)
                   : bit(VERSION1 + 1);
    default: return bit(3);
    }
}

/* While a power job runs: starting, shutting down, other, or one of the transitional numbers of the
 * first version. */
static uint64_t transitional_states(void)
{
    return bit(0) | bit(1) | bit(4) | bit(10) | bit(VERSION1 + 2) | bit(VERSION1 + 5) |
           bit(VERSION1 + 6) | bit(VERSION1 + 8) | bit(VERSION1 + 9);
}

static const struct lg_job *live_power_job(const struct lg_cell *cell)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (lg_job_is_live(&cell->jobs[i]) &&
            cell->jobs[i].method == LG_CALL_VM_REQUEST_STATE_CHANGE)
            return &cell->jobs[i];
    return NULL;
}

static void read_vm(struct lg_turn *turn)
{
    enum { NOT_APPLICABLE = 12 };
    struct lg_outcome *outcome = turn->outcome;
    const struct lg_job *job = live_power_job(turn->cell);
    uint64_t states = stable_states(turn, turn->cell->vm.power);
    outcome->clause = LG_CLAUSE_vm_enabled_state;
    if (!job) {
        show_mask(outcome, LG_VM_FIELD_ENABLED_STATE, states);
        show_value(outcome, LG_VM_FIELD_REQUESTED_STATE, NOT_APPLICABLE);
        return;
    }
    bool request =
        lg_choose(turn->tape, LG_SITE_requested_shown, 0) == LG_ALT_requested_shown_request;
    show_mask(outcome, LG_VM_FIELD_ENABLED_STATE, states | transitional_states());
    show_value(outcome, LG_VM_FIELD_REQUESTED_STATE, request ? job->requested : NOT_APPLICABLE);
}

static void read_system_setting(struct lg_turn *turn)
{
    const struct lg_vm *vm = &turn->cell->vm;
    turn->outcome->clause = LG_CLAUSE_vm_generation;
    show_value(turn->outcome, LG_SYSTEM_FIELD_GENERATION, vm->generation);
    show_value(turn->outcome, LG_SYSTEM_FIELD_PLANNED, vm->kind == LG_VM_PLANNED);
    show_value(turn->outcome, LG_SYSTEM_FIELD_VERSION, vm->flags & LG_VM_OLD_VERSION ? 1 : 0);
}

static void read_security_setting(struct lg_turn *turn)
{
    const struct lg_vm *vm = &turn->cell->vm;
    if (vm->generation == 1 && lg_choose(turn->tape, LG_SITE_generation1_setting, 0) ==
                                   LG_ALT_generation1_setting_absent) {
        lg_answer_fault(turn, LG_FAULT_NOT_FOUND, LG_CLAUSE_ssd_readable);
        return;
    }
    turn->outcome->clause = LG_CLAUSE_ssd_readable;
    for (unsigned i = 0; i < LG_SETTING_COUNT; i++)
        if (lg_settings_of_host(turn->cell->host.version) >> i & 1)
            show_value(turn->outcome, i, vm->vault.settings >> i & 1);
}

/* 0 and 1 are the booleans, 2 is Null. */
static void read_security_element(struct lg_turn *turn)
{
    const struct lg_vm *vm = &turn->cell->vm;
    bool runs = vm->power == LG_POWER_RUNNING || vm->power == LG_POWER_PAUSED;
    bool shielded = runs && vm->flags & LG_VM_SHIELDED;
    bool encrypted = runs && vm->flags & LG_VM_ENCRYPTED;
    bool null = !runs && lg_choose(turn->tape, LG_SITE_element_off, 0) == LG_ALT_element_off_null;
    turn->outcome->clause = LG_CLAUSE_elt_currently;
    show_value(turn->outcome, LG_ELEMENT_FIELD_SHIELDED, null ? 2 : shielded);
    show_value(turn->outcome, LG_ELEMENT_FIELD_ENCRYPTED, null ? 2 : encrypted);
}

static void show_symbol(struct lg_outcome *outcome, unsigned field, uint16_t symbol)
{
    bool unseen = symbol >= LG_SYMBOL_UNSEEN;
    show_value(outcome, field, symbol);
    outcome->unseen &= (uint16_t)~bit(field);
    outcome->unseen |= (uint16_t)((unsigned)unseen << field);
}

/* Of a property without bytes nobody can tell whether there is a protector of none. */
static uint16_t shown_protector(uint16_t symbol)
{
    return symbol == LG_MATERIAL_empty + 1 ? LG_SYMBOL_NONE : symbol;
}

void lg_show_protectors(struct lg_outcome *outcome, uint8_t method, const struct lg_vault *vault)
{
    if (method == LG_CALL_READ_TPM_SETTING) {
        show_symbol(outcome, LG_TPM_FIELD_PROTECTOR, shown_protector(vault->current));
        show_symbol(outcome, LG_TPM_FIELD_LAST_KNOWN_GOOD, shown_protector(vault->last_known_good));
    }
    if (method == LG_CALL_INSPECT) {
        show_symbol(outcome, LG_INSPECT_FIELD_CURRENT, vault->current);
        show_symbol(outcome, LG_INSPECT_FIELD_LAST_KNOWN_GOOD, vault->last_known_good);
    }
}

static void read_tpm_setting(struct lg_turn *turn)
{
    const struct lg_vault *vault = &turn->cell->vm.vault;
    turn->outcome->clause = LG_CLAUSE_lkg_definition;
    show_value(turn->outcome, LG_TPM_FIELD_SHIELDED,
               vault->settings >> LG_SETTING_SHIELDING_REQUESTED & 1);
    show_value(turn->outcome, LG_TPM_FIELD_DATA_PROTECTED,
               vault->settings >> LG_SETTING_DATA_PROTECTION_REQUESTED & 1);
    show_value(turn->outcome, LG_TPM_FIELD_ENABLED_STATE,
               vault->settings >> LG_SETTING_TPM_ENABLED & 1 ? 2 : 3);
    lg_show_protectors(turn->outcome, turn->call->method, vault);
}

static void inspect(struct lg_turn *turn)
{
    const struct lg_vault *vault = &turn->cell->vm.vault;
    turn->outcome->clause = LG_CLAUSE_set_only_protector;
    lg_show_protectors(turn->outcome, turn->call->method, vault);
    show_symbol(turn->outcome, LG_INSPECT_FIELD_POLICY, vault->policy);
}

static void read_service(struct lg_turn *turn)
{
    turn->outcome->clause = LG_CLAUSE_svc_instance;
    show_value(turn->outcome, LG_SERVICE_FIELD_STARTED,
               !(turn->cell->host.flags & LG_HOST_SERVICE_STOPPED));
}

/* A caller without rights finds nothing, or is refused. True: answered. */
static bool answer_without_rights(struct lg_turn *turn)
{
    if (!lg_check_rights(turn))
        return false;
    if (lg_reader_is_refused(turn))
        lg_answer_fault(turn, LG_FAULT_ACCESS_DENIED, LG_CLAUSE_rights_filter);
    else if (turn->outcome->answer == LG_ANSWERS_INSTANCE)
        lg_answer_fault(turn, LG_FAULT_NOT_FOUND, LG_CLAUSE_rights_filter);
    return true;
}

static bool needs_vm(uint8_t method)
{
    return lg_methods[method].target == LG_TARGET_VM;
}

void lg_read(struct lg_turn *turn)
{
    uint8_t method = turn->call->method;
    turn->outcome->answer = LG_ANSWERS_INSTANCE;
    if (method != LG_CALL_INSPECT && answer_without_rights(turn))
        return;
    if (needs_vm(method) && turn->cell->vm.kind == LG_VM_NONE) {
        lg_answer_fault(turn, LG_FAULT_NOT_FOUND, LG_CLAUSE_job_unknown);
        return;
    }
    switch (method) {
    case LG_CALL_READ_JOB: read_job(turn); return;
    case LG_CALL_READ_VM: read_vm(turn); return;
    case LG_CALL_READ_SYSTEM_SETTING: read_system_setting(turn); return;
    case LG_CALL_READ_SECURITY_SETTING: read_security_setting(turn); return;
    case LG_CALL_READ_SECURITY_ELEMENT: read_security_element(turn); return;
    case LG_CALL_READ_TPM_SETTING: read_tpm_setting(turn); return;
    case LG_CALL_READ_SERVICE: read_service(turn); return;
    case LG_CALL_INSPECT: inspect(turn); return;
    default: turn->outcome->clause = LG_CLAUSE_vm_enabled_state; return;
    }
}

static bool is_listed(struct lg_turn *turn, const struct lg_job *job)
{
    return !(job->flags & LG_JOB_STRAY) ||
           lg_choose(turn->tape, LG_SITE_stray_listed, 0) == LG_ALT_stray_listed_yes;
}

/* What is found removed stays so. */
static void list_jobs(struct lg_turn *turn)
{
    struct lg_outcome *outcome = turn->outcome;
    outcome->clause = LG_CLAUSE_job_affects_vm;
    for (unsigned i = LG_JOB_SLOTS; i-- > 0;) {
        const struct lg_job *job = &turn->cell->jobs[i];
        if (job->state == LG_JOB_FREE)
            continue;
        if (lg_job_is_removed(turn, job))
            lg_job_remove(turn->cell, i);
        else if (is_listed(turn, job))
            outcome->list[outcome->list_count++] = job->name;
    }
    if (turn->cell->vm.kind == LG_VM_NONE && outcome->list_count &&
        lg_choose(turn->tape, LG_SITE_jobs_of_removed, 0) == LG_ALT_jobs_of_removed_none)
        outcome->list_count = 0;
}

/* One instance of each of the other classes belongs to a VM; a generation 1 VM may have no security
 * settings. */
static bool has_instance(struct lg_turn *turn)
{
    const struct lg_vm *vm = &turn->cell->vm;
    if (vm->kind == LG_VM_NONE)
        return false;
    if (turn->call->method != LG_CALL_LIST_SECURITY_SETTINGS || vm->generation != 1)
        return true;
    return lg_choose(turn->tape, LG_SITE_generation1_setting, 0) ==
           LG_ALT_generation1_setting_there;
}

static void list_one(struct lg_turn *turn)
{
    turn->outcome->clause = LG_CLAUSE_vm_association;
    if (has_instance(turn))
        turn->outcome->list[turn->outcome->list_count++] = 1;
}

void lg_list(struct lg_turn *turn)
{
    turn->outcome->answer = LG_ANSWERS_LIST;
    if (answer_without_rights(turn))
        return;
    if (turn->call->method == LG_CALL_LIST_JOBS)
        list_jobs(turn);
    else
        list_one(turn);
    if (turn->cell->vm.kind == LG_VM_NONE && turn->outcome->list_count == 0 &&
        lg_choose(turn->tape, LG_SITE_missing_listed, 0) == LG_ALT_missing_listed_not_found)
        lg_answer_fault(turn, LG_FAULT_NOT_FOUND, LG_CLAUSE_job_unknown);
}
