/* The state-set oracle. */
#include "oracle_set.h"

#include <string.h>

static size_t aligned(size_t bytes)
{
    return (bytes + 63) & ~(size_t)63;
}

static uint32_t index_size(uint32_t set_max)
{
    uint32_t size = 64;
    while (size < 2 * set_max)
        size *= 2;
    return size;
}

size_t lg_oracle_bytes(uint16_t vm_max, uint32_t set_max)
{
    size_t sets = (size_t)vm_max + 1;
    return aligned(sets * sizeof(struct lg_set)) +
           aligned(sets * LG_PENDING_MAX * sizeof(struct lg_open_call)) +
           aligned(LG_READINGS_MAX * sizeof(struct lg_readings)) +
           aligned(LG_READINGS_MAX * sizeof(uint32_t)) +
           aligned(LG_ORACLE_RECORDS_MAX * sizeof(struct lg_record)) +
           aligned(index_size(set_max) * sizeof(uint32_t)) +
           aligned((sets + 1) * set_max * sizeof(struct lg_element));
}

static void *carve(unsigned char **at, size_t bytes)
{
    void *taken = *at;
    *at += aligned(bytes);
    return taken;
}

static void start_set(struct lg_set *set, uint16_t vm, const struct lg_host_word *host)
{
    struct lg_element *first = &set->elements[0];
    memset(first, 0, sizeof *first);
    first->cell.host = *host;
    first->hash = lg_cell_hash(&first->cell);
    set->count = 1;
    set->vm = vm;
    set->used = 1;
    set->open_mask = set->lost_mask = set->narrowed = 0;
}

void lg_oracle_init(struct lg_oracle *oracle, void *memory, uint16_t vm_max, uint32_t set_max,
                    const struct lg_profile *profile, const struct lg_host_word *host)
{
    unsigned char *at = memory;
    memset(oracle, 0, sizeof *oracle);
    oracle->profile = *profile;
    oracle->vm_max = vm_max;
    oracle->set_max = set_max;
    oracle->sets = carve(&at, ((size_t)vm_max + 1) * sizeof(struct lg_set));
    struct lg_open_call *open =
        carve(&at, ((size_t)vm_max + 1) * LG_PENDING_MAX * sizeof(struct lg_open_call));
    oracle->readings = carve(&at, LG_READINGS_MAX * sizeof(struct lg_readings));
    oracle->readings_sums = carve(&at, LG_READINGS_MAX * sizeof(uint32_t));
    oracle->records = carve(&at, LG_ORACLE_RECORDS_MAX * sizeof(struct lg_record));
    oracle->index_size = index_size(set_max);
    oracle->index = carve(&at, oracle->index_size * sizeof *oracle->index);
    struct lg_element *elements =
        carve(&at, ((size_t)vm_max + 2) * set_max * sizeof(struct lg_element));
    for (unsigned i = 0; i <= vm_max; i++) {
        oracle->sets[i].elements = elements + (size_t)i * set_max;
        oracle->sets[i].open = open + (size_t)i * LG_PENDING_MAX;
    }
    oracle->next.elements = elements + ((size_t)vm_max + 1) * set_max;
    memset(&oracle->readings[0], 0, sizeof oracle->readings[0]);
    oracle->readings_count = 1;
    lg_oracle_reset(oracle, host);
}

void lg_oracle_reset(struct lg_oracle *oracle, const struct lg_host_word *host)
{
    oracle->timed = 0;
    if (oracle->record_count)
        memset(oracle->record_places, 0, sizeof oracle->record_places);
    oracle->record_count = 0;
    oracle->readings_count = 1;
    oracle->violated = 0;
    oracle->undocumented = 0;
    oracle->bound_hit = 0;
    oracle->set_count = 1;
    start_set(&oracle->sets[0], LG_VM_HOST, host);
}

/* Gives a set the time that it is. */
static void touch(const struct lg_oracle *oracle, struct lg_set *set)
{
    const struct lg_host_word *host = &set->elements[0].cell.host;
    if (!oracle->timed || (host->now_from == oracle->now_from && host->now_to == oracle->now_to))
        return;
    for (uint32_t i = 0; i < set->count; i++) {
        struct lg_element *element = &set->elements[i];
        element->cell.host.now_from = oracle->now_from;
        element->cell.host.now_to = oracle->now_to;
        element->hash = lg_cell_hash(&element->cell);
    }
}

struct lg_set *lg_oracle_set(struct lg_oracle *oracle, uint16_t vm)
{
    struct lg_set *set = NULL;
    for (unsigned i = 0; i < oracle->set_count && !set; i++)
        if (oracle->sets[i].vm == vm)
            set = &oracle->sets[i];
    if (!set && oracle->set_count > oracle->vm_max)
        return NULL;
    if (!set) {
        set = &oracle->sets[oracle->set_count++];
        start_set(set, vm, &oracle->sets[0].elements[0].cell.host);
    }
    touch(oracle, set);
    return set;
}

void lg_oracle_set_time(struct lg_oracle *oracle, uint64_t from, uint64_t to)
{
    oracle->now_from = from;
    oracle->now_to = to;
    oracle->timed = 1;
}

/* ---- verdicts ---- */

static bool same_outcome(const struct lg_outcome *a, const struct lg_outcome *b)
{
    struct lg_outcome left = *a;
    struct lg_outcome right = *b;
    left.clause = right.clause = left.cause = right.cause = 0;
    return memcmp(&left, &right, sizeof left) == 0;
}

static void add_allowed(struct lg_outcome *allowed, unsigned *count, uint8_t *more,
                        const struct lg_outcome *outcome)
{
    for (unsigned i = 0; i < *count; i++)
        if (same_outcome(&allowed[i], outcome))
            return;
    if (*count == LG_ALLOWED_MAX)
        *more = 1;
    else
        allowed[(*count)++] = *outcome;
}

unsigned lg_oracle_allowed(struct lg_oracle *oracle, const struct lg_call *call,
                           struct lg_outcome *allowed, uint8_t *more)
{
    const struct lg_set *set = lg_oracle_set(oracle, call->vm);
    const struct lg_record *record = lg_oracle_record(oracle, call->vm, call->job);
    unsigned count = 0;
    *more = 0;
    for (uint32_t i = 0; set && i < set->count; i++) {
        struct lg_tape tape;
        lg_tape_start(&tape, &oracle->profile, &oracle->readings[set->elements[i].readings], NULL,
                      0);
        do {
            struct lg_cell cell = set->elements[i].cell;
            struct lg_outcome outcome;
            struct lg_job evicted;
            lg_step(&cell, call, record ? &record->job : NULL, &tape, &outcome, &evicted);
            add_allowed(allowed, &count, more, &outcome);
        } while (lg_tape_advance(&tape));
    }
    return count;
}

/* The clause that a field of a job rests on. */
static uint16_t clause_of_job_field(unsigned field, const struct lg_outcome *allowed)
{
    static const uint16_t clauses[LG_FIELDS_MAX] = {
        [LG_JOB_FIELD_STATE] = LG_CLAUSE_job_never_backwards,
        [LG_JOB_FIELD_ERROR_CODE] = LG_CLAUSE_job_error_code,
        [LG_JOB_FIELD_PERCENT] = LG_CLAUSE_job_percent,
        [LG_JOB_FIELD_CANCELLABLE] = LG_CLAUSE_job_is_cancellable,
        [LG_JOB_FIELD_OPERATIONAL_STATUS] = LG_CLAUSE_job_operational_status,
        [LG_JOB_FIELD_TYPE] = LG_CLAUSE_job_type_values,
        [LG_JOB_FIELD_CHANGE] = LG_CLAUSE_job_last_change,
        [LG_JOB_FIELD_SUBMITTED] = LG_CLAUSE_job_times,
        [LG_JOB_FIELD_ELAPSED] = LG_CLAUSE_job_times,
        [LG_JOB_FIELD_ERROR_TEXT] = LG_CLAUSE_job_get_error,
        [LG_JOB_FIELD_AFFECTED] = LG_CLAUSE_job_affects_vm};
    bool ended = allowed->fields[LG_JOB_FIELD_STATE].from >> LG_JOB_COMPLETED != 0;
    if (field == LG_JOB_FIELD_STATE && ended)
        return LG_CLAUSE_job_end_is_final;
    return clauses[field];
}

/* The clause that says what may change a member of the vault. */
static uint16_t clause_of_member(unsigned field)
{
    static const uint16_t clauses[] = {[LG_INSPECT_FIELD_CURRENT] = LG_CLAUSE_get_current,
                                       [LG_INSPECT_FIELD_LAST_KNOWN_GOOD] = LG_CLAUSE_lkg_only_tpm,
                                       [LG_INSPECT_FIELD_POLICY] = LG_CLAUSE_set_only_protector};
    return clauses[field];
}

/* How much an allowed outcome has in common with what was seen; the first field that differs. */
static int closeness(const struct lg_outcome *allowed, const struct lg_outcome *seen, int *differs)
{
    int common = 40 * (allowed->fault == seen->fault) +
                 20 * (seen->return_value >= allowed->return_value &&
                       seen->return_value <= allowed->return_to) +
                 15 * (allowed->answer == seen->answer);
    *differs = -1;
    for (int i = 0; i < LG_FIELDS_MAX; i++) {
        if (!(allowed->shown & seen->shown & 1u << i))
            continue;
        if (lg_field_matches(allowed, seen, (unsigned)i))
            common++;
        else if (*differs < 0)
            *differs = i;
    }
    return common;
}

/* What a violation is about: a code that no table has, a field of a job, or what the nearest
 * allowed outcome rests on. */
static uint16_t violated_clause(const struct lg_verdict *verdict, const struct lg_call *call,
                                const struct lg_outcome *seen)
{
    enum lg_method method = (enum lg_method)call->method;
    uint16_t clause = LG_CLAUSE_no_uncaused_error;
    int best = -1;
    if (lg_methods[method].kind == LG_KIND_METHOD && !seen->fault &&
        !lg_return_by_code(method, seen->return_value))
        return clause;
    if (method == LG_CALL_READ_JOB && seen->fault == LG_FAULT_NOT_FOUND)
        return LG_CLAUSE_job_retention;
    for (unsigned i = 0; i < verdict->allowed_count; i++) {
        const struct lg_outcome *allowed = &verdict->allowed[i];
        int differs;
        int common = closeness(allowed, seen, &differs);
        if (common <= best)
            continue;
        best = common;
        clause = allowed->clause;
        if (method == LG_CALL_INSPECT && differs >= 0)
            clause = clause_of_member((unsigned)differs);
        if (method == LG_CALL_READ_JOB && !allowed->fault && !seen->fault)
            clause = differs < 0 ? LG_CLAUSE_job_last_change
                                 : clause_of_job_field((unsigned)differs, allowed);
    }
    return clause;
}

static void tell_change(const struct lg_oracle *oracle, struct lg_verdict *verdict)
{
    verdict->kind = LG_VERDICT_INCONSISTENT;
    verdict->slot = oracle->changed_slot;
    verdict->alternative = oracle->changed_alternative;
}

/* What was exported is what any explanation of the exported VM says. */
static void import_successors(struct lg_oracle *oracle, const struct lg_set *set,
                              const struct lg_attempt *attempt)
{
    const struct lg_set *exported = lg_oracle_set(oracle, attempt->call->other);
    lg_set_clear_next(oracle);
    oracle->optional = set->lost_mask;
    for (uint32_t i = 0; i < exported->count; i++) {
        const struct lg_vm *vm = &exported->elements[i].cell.vm;
        struct lg_call own = *attempt->call;
        struct lg_attempt way = *attempt;
        way.call = &own;
        lg_call_import(&own, vm);
        lg_set_add_successors(oracle, set, &way);
    }
}

static void successors(struct lg_oracle *oracle, const struct lg_set *set,
                       const struct lg_attempt *attempt)
{
    if (attempt->call->method == LG_CALL_VM_IMPORTED)
        import_successors(oracle, set, attempt);
    else
        lg_set_successors(oracle, set, attempt);
}

/* Nothing explains what was seen: say what would have, and go on with all that the call may have
 * done. */
void lg_oracle_violation(struct lg_oracle *oracle, struct lg_set *set, const struct lg_call *call,
                         const struct lg_outcome *seen, struct lg_verdict *verdict)
{
    struct lg_attempt rebind = {call, seen, 0, true};
    struct lg_attempt any = {call, NULL, 0, false};
    verdict->allowed_count =
        (uint16_t)lg_oracle_allowed(oracle, call, verdict->allowed, &verdict->more);
    verdict->clause = violated_clause(verdict, call, seen);
    successors(oracle, set, &rebind);
    verdict->kind = oracle->next.count ? LG_VERDICT_INCONSISTENT : LG_VERDICT_VIOLATES;
    if (!oracle->next.count) {
        verdict->secondary = oracle->violated;
        successors(oracle, set, &any);
        for (uint32_t i = 0; i < set->count; i++) {
            oracle->next.elements[oracle->next.count] = set->elements[i];
            lg_set_commit(oracle, &oracle->next);
        }
        oracle->violated = 1;
    }
    if (verdict->kind == LG_VERDICT_INCONSISTENT)
        tell_change(oracle, verdict);
    if (oracle->bound_hit || set->narrowed)
        verdict->kind = LG_VERDICT_UNDETERMINED;
    lg_set_swap_next(oracle, set);
}

static void report_marks(struct lg_oracle *oracle, const struct lg_set *set,
                         struct lg_verdict *verdict)
{
    const struct lg_element *best = &set->elements[0];
    for (uint32_t i = 1; i < set->count; i++)
        if (set->elements[i].mark_tag < best->mark_tag)
            best = &set->elements[i];
    if (best->mark_tag == LG_TAG_CONFORMS || oracle->undocumented)
        return;
    oracle->undocumented = 1;
    verdict->kind = LG_VERDICT_UNDOCUMENTED;
    verdict->slot = best->mark_slot;
    verdict->alternative = best->mark_alternative;
    verdict->clause =
        (uint16_t)lg_alternatives[lg_sites[lg_slot_site(best->mark_slot)].alternative +
                                  best->mark_alternative]
            .clause;
}

void lg_oracle_settle(struct lg_oracle *oracle, struct lg_set *set, struct lg_verdict *verdict)
{
    if (set->lost_mask)
        lg_set_prune(oracle, set);
    if (verdict->kind == LG_VERDICT_CONFORMS)
        report_marks(oracle, set, verdict);
    if (!set->narrowed && !lg_oracle_join(oracle, set) && verdict->kind < LG_VERDICT_INCONSISTENT)
        tell_change(oracle, verdict);
    verdict->set_size = set->count > 65535 ? 65535 : (uint16_t)set->count;
}

/* The whole host at once: the event happens to every set. */
static void step_host_event(struct lg_oracle *oracle, const struct lg_call *call)
{
    for (unsigned i = 0; i < oracle->set_count; i++) {
        struct lg_call own = *call;
        struct lg_attempt attempt = {&own, NULL, 0, false};
        own.vm = oracle->sets[i].vm;
        touch(oracle, &oracle->sets[i]);
        lg_set_close(oracle, &oracle->sets[i], 0);
        lg_set_successors(oracle, &oracle->sets[i], &attempt);
        lg_set_swap_next(oracle, &oracle->sets[i]);
        lg_oracle_join(oracle, &oracle->sets[i]);
    }
}

/* A service that said it stopped has stopped for every VM. */
void lg_oracle_follow_service(struct lg_oracle *oracle, const struct lg_call *call,
                              const struct lg_outcome *seen)
{
    struct lg_call event;
    if (seen->fault || seen->return_value != 0)
        return;
    if (call->method != LG_CALL_STOP_SERVICE && call->method != LG_CALL_START_SERVICE)
        return;
    memset(&event, 0, sizeof event);
    event.method =
        call->method == LG_CALL_STOP_SERVICE ? LG_CALL_SERVICE_STOPPED : LG_CALL_SERVICE_STARTED;
    step_host_event(oracle, &event);
}

static bool is_host_event(const struct lg_call *call)
{
    return lg_methods[call->method].kind == LG_KIND_EVENT &&
           lg_methods[call->method].target == LG_TARGET_HOST;
}

void lg_oracle_step(struct lg_oracle *oracle, const struct lg_call *call,
                    const struct lg_outcome *seen, struct lg_verdict *verdict)
{
    memset(verdict, 0, offsetof(struct lg_verdict, allowed));
    if (is_host_event(call)) {
        step_host_event(oracle, call);
        return;
    }
    struct lg_set *set = lg_oracle_set(oracle, call->vm);
    bool exported = call->method != LG_CALL_VM_IMPORTED || lg_oracle_set(oracle, call->other);
    if (!set || !exported) {
        oracle->bound_hit = 1;
        verdict->kind = LG_VERDICT_UNDETERMINED;
        return;
    }
    bool full = set->open_mask == (1u << LG_PENDING_MAX) - 1;
    if (set->open_mask && !full && call->method != LG_CALL_VM_IMPORTED) {
        lg_oracle_end(oracle, lg_oracle_begin(oracle, call, seen), verdict);
        return;
    }
    lg_set_close(oracle, set, 0);
    struct lg_attempt attempt = {call, seen, 0, false};
    successors(oracle, set, &attempt);
    if (oracle->next.count)
        lg_set_swap_next(oracle, set);
    else
        lg_oracle_violation(oracle, set, call, seen, verdict);
    lg_oracle_settle(oracle, set, verdict);
    lg_oracle_follow_service(oracle, call, seen);
}
