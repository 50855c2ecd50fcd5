/* Each check looks at one move: the cell before, the call, what was seen, the cell after. */
#include "invariants.h"

#include <string.h>

#define METHOD_BIT(id) ((uint64_t)1 << LG_CALL_##id)
_Static_assert(LG_METHOD_COUNT <= 64, "methods are the bits of a word");

static enum lg_holding holds_if(bool holds)
{
    return holds ? LG_HOLDS : LG_BROKEN;
}

static const struct lg_job *job_in(const struct lg_cell *cell, uint16_t name)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (cell->jobs[i].state != LG_JOB_FREE && cell->jobs[i].name == name)
            return &cell->jobs[i];
    return NULL;
}

static uint64_t live_methods(const struct lg_cell *cell)
{
    uint64_t methods = 0;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (lg_job_is_live(&cell->jobs[i]))
            methods |= (uint64_t)1 << cell->jobs[i].method;
    return methods;
}

static bool is_the_only_live(const struct lg_cell *cell, const struct lg_job *job)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (lg_job_is_live(&cell->jobs[i]) != (&cell->jobs[i] == job))
            return false;
    return true;
}

/* The call and the jobs that may have gone on: whatever changed, one of them did it. */
static uint64_t doers(const struct lg_move *move)
{
    return live_methods(move->from) | (uint64_t)1 << move->call->method;
}

/* Bytes that nobody had seen get their name from what shows them: no change. */
static bool differs(const struct lg_move *move, uint16_t before, uint16_t after)
{
    bool shown = before >= LG_SYMBOL_UNSEEN && move->seen.answer == LG_ANSWERS_BYTES &&
                 move->seen.symbol == after;
    return before != after && !shown;
}

/* What takes a VM away or puts another one's vault in its place. */
static const uint64_t replacing = METHOD_BIT(VM_REMOVED) | METHOD_BIT(VM_CREATED) |
                                  METHOD_BIT(VM_IMPORTED) | METHOD_BIT(CHECKPOINT_APPLIED) |
                                  METHOD_BIT(DESTROY_SYSTEM) | METHOD_BIT(DEFINE_SYSTEM);

static enum lg_holding only_by(const struct lg_move *move, bool changed, uint64_t methods)
{
    return changed ? holds_if(doers(move) & (methods | replacing)) : LG_SILENT;
}

static bool is_method(const struct lg_move *move)
{
    return lg_methods[move->call->method].kind == LG_KIND_METHOD;
}

static bool answers(const struct lg_move *move, uint32_t code)
{
    return is_method(move) && !move->seen.fault && move->seen.return_value == code;
}

static bool same_vm(const struct lg_move *move)
{
    return memcmp(&move->from->vm, &move->to.vm, sizeof move->to.vm) == 0;
}

static bool same_host(const struct lg_move *move)
{
    return memcmp(&move->from->host, &move->to.host, sizeof move->to.host) == 0;
}

static enum lg_holding cell_is_valid(const struct lg_move *move)
{
    return holds_if(lg_cell_is_valid(&move->to));
}

/* ---- the vault ---- */

static enum lg_holding last_known_good_by_start(const struct lg_move *move)
{
    const struct lg_vault *before = &move->from->vm.vault;
    const struct lg_vault *after = &move->to.vm.vault;
    return only_by(move, differs(move, before->last_known_good, after->last_known_good),
                   METHOD_BIT(VM_REQUEST_STATE_CHANGE));
}

static enum lg_holding last_known_good_was_sealed_with(const struct lg_move *move)
{
    const struct lg_vault *before = &move->from->vm.vault;
    const struct lg_vault *after = &move->to.vm.vault;
    if (!differs(move, before->last_known_good, after->last_known_good) ||
        (doers(move) & replacing))
        return LG_SILENT;
    return holds_if(after->last_known_good != LG_SYMBOL_NONE &&
                    (after->seal == after->last_known_good || after->seal == LG_SYMBOL_NONE));
}

static enum lg_holding restore_keeps_last_known_good(const struct lg_move *move)
{
    uint64_t by = doers(move);
    if (!(by & METHOD_BIT(RESTORE_LAST_KNOWN_GOOD)) ||
        (by & (replacing | METHOD_BIT(VM_REQUEST_STATE_CHANGE))))
        return LG_SILENT;
    return holds_if(
        !differs(move, move->from->vm.vault.last_known_good, move->to.vm.vault.last_known_good));
}

static enum lg_holding failed_start_promotes_nothing(const struct lg_move *move)
{
    const struct lg_job *before = job_in(move->from, move->call->job);
    const struct lg_job *after = job_in(&move->to, move->call->job);
    if (move->call->method != LG_CALL_READ_JOB || !before || !after ||
        before->method != LG_CALL_VM_REQUEST_STATE_CHANGE ||
        !is_the_only_live(move->from, before) || after->state != LG_JOB_EXCEPTION)
        return LG_SILENT;
    return holds_if(memcmp(&move->from->vm.vault, &move->to.vm.vault, sizeof(struct lg_vault)) ==
                    0);
}

static enum lg_holding current_by_its_methods(const struct lg_move *move)
{
    return only_by(move, differs(move, move->from->vm.vault.current, move->to.vm.vault.current),
                   METHOD_BIT(SET_KEY_PROTECTOR) | METHOD_BIT(RESTORE_LAST_KNOWN_GOOD) |
                       METHOD_BIT(SET_SECURITY_POLICY) | METHOD_BIT(VM_REQUEST_STATE_CHANGE));
}

static enum lg_holding get_changes_no_protector(const struct lg_move *move)
{
    uint16_t before = move->from->vm.vault.current;
    if (doers(move) != METHOD_BIT(GET_KEY_PROTECTOR))
        return LG_SILENT;
    return holds_if(!differs(move, before, move->to.vm.vault.current));
}

static enum lg_holding policy_by_its_method(const struct lg_move *move)
{
    return only_by(move, move->from->vm.vault.policy != move->to.vm.vault.policy,
                   METHOD_BIT(SET_SECURITY_POLICY));
}

static enum lg_holding settings_by_their_methods(const struct lg_move *move)
{
    return only_by(move, move->from->vm.vault.settings != move->to.vm.vault.settings,
                   METHOD_BIT(MODIFY_SECURITY_SETTINGS) | METHOD_BIT(SET_SECURITY_POLICY));
}

static enum lg_holding set_stores(const struct lg_move *move)
{
    if (move->call->method != LG_CALL_SET_KEY_PROTECTOR || !answers(move, 0) ||
        move->call->blob != LG_BLOB_PLAIN)
        return LG_SILENT;
    return holds_if(move->to.vm.vault.current == move->call->symbol);
}

static enum lg_holding restore_goes_back(const struct lg_move *move)
{
    uint16_t good = move->to.vm.vault.last_known_good;
    if (move->call->method != LG_CALL_RESTORE_LAST_KNOWN_GOOD || !answers(move, 0) || !good)
        return LG_SILENT;
    return holds_if(move->to.vm.vault.current == good);
}

static enum lg_holding modify_takes_effect(const struct lg_move *move)
{
    const struct lg_call *call = move->call;
    if (call->method != LG_CALL_MODIFY_SECURITY_SETTINGS || !answers(move, 0))
        return LG_SILENT;
    return holds_if((move->to.vm.vault.settings & call->present) == (call->values & call->present));
}

static enum lg_holding get_tells_current(const struct lg_move *move)
{
    const struct lg_vm *vm = &move->to.vm;
    if (move->call->method != LG_CALL_GET_KEY_PROTECTOR || !answers(move, 0))
        return LG_SILENT;
    if (move->seen.form != LG_BYTES_GIVEN)
        return holds_if(vm->vault.current == LG_SYMBOL_NONE);
    return holds_if(move->seen.symbol == vm->vault.current ||
                    (vm->power != LG_POWER_OFF && move->seen.symbol == vm->started_with));
}

/* ---- calls ---- */

/* A VM that was turned off to start again, and then did not. */
static bool failed_reset_left_it_off(const struct lg_move *move)
{
    enum { RESET = 11 };
    return move->call->method == LG_CALL_VM_REQUEST_STATE_CHANGE &&
           move->call->requested == RESET && move->to.vm.power == LG_POWER_OFF &&
           memcmp(&move->from->vm.vault, &move->to.vm.vault, sizeof(struct lg_vault)) == 0;
}

static enum lg_holding refused_changes_nothing(const struct lg_move *move)
{
    bool refused =
        move->seen.fault || (move->seen.return_value != 0 && move->seen.return_value != 4096);
    if (!is_method(move) || !refused || live_methods(move->from))
        return LG_SILENT;
    return holds_if((same_vm(move) || failed_reset_left_it_off(move)) && same_host(move));
}

static enum lg_holding read_changes_nothing(const struct lg_move *move)
{
    enum lg_kind kind = lg_methods[move->call->method].kind;
    if ((kind != LG_KIND_READ && kind != LG_KIND_LIST) || live_methods(move->from))
        return LG_SILENT;
    return holds_if(same_vm(move) && same_host(move));
}

static enum lg_holding call_leaves_host(const struct lg_move *move)
{
    return lg_methods[move->call->method].kind == LG_KIND_EVENT ? LG_SILENT
                                                                : holds_if(same_host(move));
}

static enum lg_holding job_started_exactly_with_4096(const struct lg_move *move)
{
    bool of_job = lg_methods[move->call->method].target == LG_TARGET_JOB;
    bool of_host = lg_methods[move->call->method].target == LG_TARGET_HOST;
    if (!is_method(move) || of_job || of_host || move->call->method == LG_CALL_GET_KEY_PROTECTOR)
        return LG_SILENT;
    bool started = job_in(&move->to, move->call->new_job) != NULL;
    return holds_if(answers(move, 4096) == started &&
                    started == (move->seen.answer == LG_ANSWERS_JOB));
}

static enum lg_holding power_by_requests(const struct lg_move *move)
{
    return only_by(move, move->from->vm.power != move->to.vm.power,
                   METHOD_BIT(VM_REQUEST_STATE_CHANGE) | METHOD_BIT(GUEST_SHUTS_DOWN));
}

static enum lg_holding off_has_nothing_in_effect(const struct lg_move *move)
{
    const struct lg_vm *vm = &move->to.vm;
    if (vm->power != LG_POWER_OFF)
        return LG_SILENT;
    return holds_if(!(vm->flags & (LG_VM_SHIELDED | LG_VM_ENCRYPTED)) && !vm->started_with);
}

static enum lg_holding destroyed_is_gone(const struct lg_move *move)
{
    bool destroyed = move->call->method == LG_CALL_DESTROY_SYSTEM && answers(move, 0);
    if (!destroyed && move->call->method != LG_CALL_VM_REMOVED)
        return LG_SILENT;
    return holds_if(move->to.vm.kind == LG_VM_NONE);
}

/* ---- jobs: a check of each job that there was before ---- */

typedef bool check_of_job(const struct lg_move *move, const struct lg_job *before,
                          const struct lg_job *after);

static enum lg_holding of_jobs(const struct lg_move *move, check_of_job *check)
{
    enum lg_holding holding = LG_SILENT;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++) {
        const struct lg_job *before = &move->from->jobs[i];
        if (before->state == LG_JOB_FREE)
            continue;
        if (!check(move, before, job_in(&move->to, before->name)))
            return LG_BROKEN;
        holding = LG_HOLDS;
    }
    return holding;
}

static bool same_error(const struct lg_job *before, const struct lg_job *after)
{
    if (before->flags & LG_JOB_ERROR_OPEN)
        return true; /* its code is found when somebody looks */
    return after->error >= before->error && after->error_to <= before->error_to;
}

static bool keeps_its_end(const struct lg_move *move, const struct lg_job *before,
                          const struct lg_job *after)
{
    (void)move;
    if (!lg_job_has_ended(before) || !after)
        return true;
    bool warned = before->state == LG_JOB_COMPLETED && !(before->flags & LG_JOB_END_SEEN) &&
                  after->state == LG_JOB_COMPLETED_WITH_WARNINGS;
    return (before->state == after->state || warned) && same_error(before, after);
}

static enum lg_holding end_is_final(const struct lg_move *move)
{
    return of_jobs(move, keeps_its_end);
}

static bool percent_stays_or_rises(const struct lg_move *move, const struct lg_job *before,
                                   const struct lg_job *after)
{
    (void)move;
    return !after || (after->percent >= before->percent && after->percent <= 100);
}

static enum lg_holding percent_never_falls(const struct lg_move *move)
{
    return of_jobs(move, percent_stays_or_rises);
}

static bool goes_on(const struct lg_move *move, const struct lg_job *before,
                    const struct lg_job *after)
{
    bool rests = before->state == LG_JOB_SUSPENDED || before->state == LG_JOB_SERVICE;
    if (!after || after->state >= before->state)
        return true;
    if (rests)
        return move->call->method == LG_CALL_JOB_REQUEST_STATE_CHANGE;
    return false;
}

static enum lg_holding job_never_goes_back(const struct lg_move *move)
{
    return of_jobs(move, goes_on);
}

/* It may have ended right after it was last seen alive. */
static bool stays_its_time(const struct lg_move *move, const struct lg_job *before,
                           const struct lg_job *after)
{
    uint64_t now = move->from->host.now_to;
    if (after || move->call->method == LG_CALL_PROVIDER_STOPS)
        return true;
    return now - before->ended_from >= LG_RETENTION_MS;
}

static enum lg_holding job_is_kept(const struct lg_move *move)
{
    return of_jobs(move, stays_its_time);
}

static enum lg_holding error_exactly_of_failed(const struct lg_move *move)
{
    const struct lg_outcome *seen = &move->seen;
    if (move->call->method != LG_CALL_READ_JOB || seen->fault)
        return LG_SILENT;
    uint64_t state = seen->fields[LG_JOB_FIELD_STATE].from;
    uint64_t error = seen->fields[LG_JOB_FIELD_ERROR_CODE].from;
    uint64_t cancelled = (uint64_t)1 << LG_JOB_TERMINATED | (uint64_t)1 << LG_JOB_KILLED;
    if (state & cancelled)
        return LG_SILENT;
    return holds_if((state >> LG_JOB_EXCEPTION & 1) == (error != 0));
}

static enum lg_holding cancelled_left_nothing(const struct lg_move *move)
{
    const struct lg_job *before = job_in(move->from, move->call->job);
    const struct lg_job *after = job_in(&move->to, move->call->job);
    if (move->call->method != LG_CALL_READ_JOB || !before || !after ||
        !is_the_only_live(move->from, before) || (before->flags & LG_JOB_TOOK_EFFECT) ||
        (after->state != LG_JOB_TERMINATED && after->state != LG_JOB_KILLED))
        return LG_SILENT;
    return holds_if(same_vm(move));
}

static enum lg_holding stop_ends_all_jobs(const struct lg_move *move)
{
    return move->call->method == LG_CALL_PROVIDER_STOPS ? holds_if(!live_methods(&move->to))
                                                        : LG_SILENT;
}

const struct lg_invariant lg_invariants[] = {
    {"a cell is valid", LG_CLAUSE_none, cell_is_valid},
    {"the last known good protector changes only by a start", LG_CLAUSE_lkg_definition,
     last_known_good_by_start},
    {"the last known good protector is one that the TPM state was sealed with",
     LG_CLAUSE_lkg_definition, last_known_good_was_sealed_with},
    {"restoring leaves the last known good protector alone", LG_CLAUSE_lkg_only_tpm,
     restore_keeps_last_known_good},
    {"a start that failed leaves the vault alone", LG_CLAUSE_start_unusable,
     failed_start_promotes_nothing},
    {"the protector changes only by methods that set it and by starts", LG_CLAUSE_restore_current,
     current_by_its_methods},
    {"GetKeyProtector changes no protector", LG_CLAUSE_get_changes_nothing,
     get_changes_no_protector},
    {"the policy changes only by SetSecurityPolicy", LG_CLAUSE_set_only_protector,
     policy_by_its_method},
    {"settings change only by ModifySecuritySettings and by a policy", LG_CLAUSE_mod_only_settings,
     settings_by_their_methods},
    {"a protector that was set is the current one", LG_CLAUSE_set_stores, set_stores},
    {"a restore brings back the last known good protector", LG_CLAUSE_restore_current,
     restore_goes_back},
    {"settings given are in force after success", LG_CLAUSE_mod_success, modify_takes_effect},
    {"GetKeyProtector tells the protector in use", LG_CLAUSE_get_current, get_tells_current},
    {"a refused call changes nothing", LG_CLAUSE_failure_changes_nothing, refused_changes_nothing},
    {"a read changes nothing", LG_CLAUSE_get_changes_nothing, read_changes_nothing},
    {"a call leaves the host, and with it all other VMs, alone", LG_CLAUSE_other_vm_untouched,
     call_leaves_host},
    {"4096 exactly with a job", LG_CLAUSE_job_parameter, job_started_exactly_with_4096},
    {"the power state changes only by requests and by the guest", LG_CLAUSE_vm_request_done,
     power_by_requests},
    {"a VM that is off has no protection in effect", LG_CLAUSE_elt_currently,
     off_has_nothing_in_effect},
    {"a VM that was destroyed is gone", LG_CLAUSE_destroy_removes, destroyed_is_gone},
    {"an ended job stays ended and keeps its error", LG_CLAUSE_job_end_is_final, end_is_final},
    {"percentages never fall", LG_CLAUSE_job_percent, percent_never_falls},
    {"a job never goes back to an earlier state", LG_CLAUSE_job_never_backwards,
     job_never_goes_back},
    {"a job is kept while its time lasts", LG_CLAUSE_job_retention, job_is_kept},
    {"ErrorCode is other than 0 exactly for a job that failed", LG_CLAUSE_job_error_code,
     error_exactly_of_failed},
    {"a job that was ended before it took effect left nothing behind",
     LG_CLAUSE_job_terminate_is_clean, cancelled_left_nothing},
    {"no work goes on when the provider stops", LG_CLAUSE_restart_loses_work, stop_ends_all_jobs},
};
const unsigned lg_invariant_count = sizeof lg_invariants / sizeof lg_invariants[0];
