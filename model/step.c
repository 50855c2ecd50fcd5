/* One step: progress, then check, change and answer in the family of the method. */
#include <string.h>

#include "step.h"

/* What an environment that nobody controls does to this call, beside what events armed. */
static uint32_t causes_in_force(struct lg_turn *turn)
{
    static const uint8_t meanings[] = {LG_MEANING_COMPLETED,    LG_MEANING_FAILED,
                                       LG_MEANING_TIMEOUT,      LG_MEANING_STATUS_UNKNOWN,
                                       LG_MEANING_UNAVAILABLE,  LG_MEANING_OUT_OF_MEMORY,
                                       LG_MEANING_ACCESS_DENIED};
    uint32_t armed = turn->cell->host.armed;
    if (!(turn->cell->host.flags & LG_HOST_UNCONTROLLED))
        return armed;
    unsigned way = lg_choose(turn->tape, LG_SITE_uncontrolled, 0);
    return way == LG_ALT_uncontrolled_no ? armed : armed | (uint32_t)1 << meanings[way];
}

/* What changes the way in which jobs go on finds out first how far they are. Other events of the
 * host leave them as they are: nobody looks. */
static bool looks_at_jobs(uint8_t method)
{
    return lg_methods[method].target != LG_TARGET_HOST || method == LG_CALL_PROVIDER_STOPS ||
           method == LG_CALL_HOST_CHANGES || method == LG_CALL_CAUSE_ENDS;
}

/* A refused start or reset may leave the VM off, a refused modification one in part; what events
 * armed may be the code of a success. */
static bool is_refused_without_effect(const struct lg_cell *cell, const struct lg_call *call,
                                      const struct lg_outcome *seen)
{
    if (call->method >= LG_KEYED_METHODS || call->method == LG_CALL_VM_REQUEST_STATE_CHANGE ||
        call->method == LG_CALL_MODIFY_SECURITY_SETTINGS)
        return false;
    if (cell->host.armed || (cell->host.flags & LG_HOST_UNCONTROLLED) || !seen)
        return false;
    return lg_outcome_ending(seen) == LG_ENDING_REFUSED;
}

/* A look at a job narrows what is known of it. */
bool lg_call_only_looks(const struct lg_call *call)
{
    if (call->method == LG_CALL_GET_KEY_PROTECTOR)
        return true;
    return lg_methods[call->method].kind == LG_KIND_READ && call->method != LG_CALL_READ_JOB;
}

bool lg_call_leaves_cell(const struct lg_cell *cell, const struct lg_call *call,
                         const struct lg_outcome *seen)
{
    return lg_call_only_looks(call) || is_refused_without_effect(cell, call, seen);
}

void lg_step_progress(struct lg_turn *turn)
{
    bool event = lg_methods[turn->call->method].kind == LG_KIND_EVENT;
    turn->armed = event ? turn->cell->host.armed : causes_in_force(turn);
    turn->ending = lg_ending_of(turn);
    if (looks_at_jobs(turn->call->method))
        lg_jobs_progress(turn);
    turn->tape->progressed = turn->tape->count;
}

static bool is_of_absent_class(uint8_t method)
{
    return lg_methods[method].target == LG_TARGET_SERVICE || method == LG_CALL_READ_SERVICE ||
           method == LG_CALL_READ_SECURITY_SETTING || method == LG_CALL_READ_SECURITY_ELEMENT ||
           method == LG_CALL_LIST_SECURITY_SETTINGS || method == LG_CALL_LIST_SECURITY_ELEMENTS ||
           method == LG_CALL_LIST_SERVICES || method == LG_CALL_START_SERVICE ||
           method == LG_CALL_STOP_SERVICE || method == LG_CALL_SERVICE_REQUEST_STATE_CHANGE;
}

/* A value of another type may be refused before anybody looks for who would take it. */
static uint32_t wrong_type(const struct lg_call *call)
{
    bool takes_bytes =
        call->method == LG_CALL_SET_KEY_PROTECTOR || call->method == LG_CALL_SET_SECURITY_POLICY;
    return takes_bytes && call->blob == LG_BLOB_WRONG_TYPE ? LG_CAUSE_BIT(TYPE_MISMATCH) : 0;
}

/* A reader without rights may be told that first. */
static void answer_reader(struct lg_turn *turn, uint32_t causes, enum lg_fault fault,
                          enum lg_clause clause)
{
    if (lg_choose_reported(turn, causes) == LG_CAUSE_CALLER_WITHOUT_RIGHTS &&
        lg_reader_is_refused(turn))
        lg_answer_fault(turn, LG_FAULT_ACCESS_DENIED, LG_CLAUSE_rights_filter);
    else
        lg_answer_fault(turn, fault, clause);
}

static void answer_read_or_refuse(struct lg_turn *turn, uint32_t causes, enum lg_fault fault)
{
    enum lg_clause clause = lg_causes[__builtin_ctz(causes)].clause;
    causes |= lg_check_rights(turn);
    if (lg_methods[turn->call->method].kind == LG_KIND_METHOD)
        lg_refuse(turn, causes);
    else
        answer_reader(turn, causes, fault, clause);
}

/* What stands before every method and read: the class, the provider, the service. True: answered.
 */
static bool answer_gate(struct lg_turn *turn)
{
    const struct lg_host_word *host = &turn->cell->host;
    uint8_t method = turn->call->method;
    if (method == LG_CALL_READ_TPM_SETTING && host->version != LG_HOST_2016) {
        answer_reader(turn, LG_CAUSE_BIT(CLASS_ABSENT) | lg_check_rights(turn),
                      LG_FAULT_INVALID_CLASS, LG_CLAUSE_lkg_definition);
        return true;
    }
    if (host->version == LG_HOST_BELOW && is_of_absent_class(method)) {
        answer_read_or_refuse(turn, LG_CAUSE_BIT(CLASS_ABSENT), LG_FAULT_INVALID_CLASS);
        return true;
    }
    if (host->flags & LG_HOST_PROVIDER_DOWN) {
        answer_read_or_refuse(turn, LG_CAUSE_BIT(PROVIDER_DOWN) | wrong_type(turn->call),
                              LG_FAULT_UNAVAILABLE);
        return true;
    }
    if ((host->flags & LG_HOST_SERVICE_STOPPED) && lg_methods[method].target == LG_TARGET_SERVICE) {
        lg_refuse(turn,
                  LG_CAUSE_BIT(SERVICE_STOPPED) | wrong_type(turn->call) | lg_check_rights(turn));
        return true;
    }
    return false;
}

static void call_method(struct lg_turn *turn)
{
    switch (turn->call->method) {
    case LG_CALL_GET_KEY_PROTECTOR: lg_get_key_protector(turn); return;
    case LG_CALL_SET_KEY_PROTECTOR: lg_set_key_protector(turn); return;
    case LG_CALL_SET_SECURITY_POLICY: lg_set_security_policy(turn); return;
    case LG_CALL_RESTORE_LAST_KNOWN_GOOD: lg_restore_last_known_good(turn); return;
    case LG_CALL_MODIFY_SECURITY_SETTINGS: lg_modify_security_settings(turn); return;
    case LG_CALL_VM_REQUEST_STATE_CHANGE: lg_vm_request_state_change(turn); return;
    case LG_CALL_DEFINE_SYSTEM: lg_define_system(turn); return;
    case LG_CALL_DESTROY_SYSTEM: lg_destroy_system(turn); return;
    case LG_CALL_JOB_REQUEST_STATE_CHANGE: lg_job_request_state_change(turn); return;
    case LG_CALL_JOB_GET_ERROR:
    case LG_CALL_JOB_GET_ERROR_EX: lg_job_get_error(turn); return;
    case LG_CALL_KILL_JOB: lg_job_kill(turn); return;
    default: lg_service_control(turn); return;
    }
}

static void dispatch(struct lg_turn *turn)
{
    switch (lg_methods[turn->call->method].kind) {
    case LG_KIND_METHOD: call_method(turn); return;
    case LG_KIND_READ: lg_read(turn); return;
    case LG_KIND_LIST: lg_list(turn); return;
    default: lg_event(turn); return;
    }
}

void lg_step(struct lg_cell *cell, const struct lg_call *call, const struct lg_job *record,
             struct lg_tape *tape, struct lg_outcome *outcome, struct lg_job *evicted)
{
    struct lg_turn turn = {cell, call, record, tape, outcome, evicted, 0, LG_ENDING_ANY};
    lg_assert(call->method < LG_METHOD_COUNT);
    memset(outcome, 0, sizeof *outcome);
    evicted->state = LG_JOB_FREE;
    bool event = lg_methods[call->method].kind == LG_KIND_EVENT;
    lg_step_progress(&turn);
    if (tape->dead)
        return;
    if (event || call->method == LG_CALL_INSPECT || !answer_gate(&turn))
        dispatch(&turn);
}
