/* Hosts: cells, records of ended jobs, names of jobs. */
#include "host.h"

#include <string.h>

#include "step.h"

static size_t aligned(size_t bytes)
{
    return (bytes + 63) & ~(size_t)63;
}

size_t lg_host_bytes(void)
{
    return aligned(LG_VMS_MAX * sizeof(struct lg_cell)) +
           aligned(LG_RECORDS_MAX * sizeof(struct lg_host_record)) +
           aligned(LG_JOB_NAMES * sizeof(struct lg_job_name));
}

void lg_host_init(struct lg_host *host, void *memory, const struct lg_host_word *word)
{
    unsigned char *at = memory;
    memset(memory, 0, lg_host_bytes());
    memset(host, 0, sizeof *host);
    host->cells = (void *)at;
    at += aligned(LG_VMS_MAX * sizeof(struct lg_cell));
    host->records = (void *)at;
    at += aligned(LG_RECORDS_MAX * sizeof(struct lg_host_record));
    host->names = (void *)at;
    host->self.host = *word;
}

static bool is_gone(const struct lg_cell *cell, const struct lg_job *job)
{
    return job->state == LG_JOB_FREE ||
           (lg_job_has_ended(job) && cell->host.now_from >= job->ended_to + LG_RETENTION_MS);
}

/* A cell whose VM and jobs are gone serves again. */
static bool is_vacant(const struct lg_cell *cell)
{
    bool vacant = cell->vm.kind == LG_VM_NONE;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        vacant = vacant && is_gone(cell, &cell->jobs[i]);
    return vacant;
}

static void vacate(struct lg_host *host, struct lg_cell *cell)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (cell->jobs[i].state != LG_JOB_FREE)
            memset(&host->names[cell->jobs[i].name], 0, sizeof host->names[0]);
    lg_cell_clear(cell);
}

int lg_host_new_vm(struct lg_host *host)
{
    int index = host->vm_count;
    if (host->vm_count == LG_VMS_MAX)
        for (index = 0; index < (int)LG_VMS_MAX; index++)
            if (is_vacant(&host->cells[index]))
                break;
    if (index == (int)LG_VMS_MAX)
        return -1;
    vacate(host, &host->cells[index]);
    host->cells[index].host = host->self.host;
    if (index == host->vm_count)
        host->vm_count++;
    return index;
}

uint16_t lg_host_job_vm(const struct lg_host *host, uint16_t name)
{
    return host->names[name].vm ? (uint16_t)(host->names[name].vm - 1) : LG_VM_HOST;
}

static void free_record(struct lg_host *host, struct lg_host_record *record)
{
    memset(&host->names[record->job.name], 0, sizeof host->names[0]);
    memset(record, 0, sizeof *record);
    host->record_count--;
}

static bool is_over(const struct lg_host *host, const struct lg_host_record *record)
{
    return record->used && host->self.host.now_from >= record->job.ended_to + LG_RETENTION_MS;
}

static void sweep_records(struct lg_host *host)
{
    for (unsigned i = 0; i < LG_RECORDS_MAX; i++)
        if (is_over(host, &host->records[i]))
            free_record(host, &host->records[i]);
}

static void keep_record(struct lg_host *host, uint16_t vm, const struct lg_job *job)
{
    unsigned i = 0;
    while (i < LG_RECORDS_MAX && host->records[i].used)
        i++;
    lg_assert(i < LG_RECORDS_MAX);
    host->records[i].job = *job;
    host->records[i].vm = vm;
    host->records[i].used = 1;
    host->records[i].submitted = host->names[job->name].submitted;
    host->names[job->name].record = (uint16_t)(i + 1);
    host->record_count++;
}

static uint16_t free_name(struct lg_host *host)
{
    do {
        host->next_name++;
    } while (host->next_name == 0 || host->names[host->next_name].vm);
    return host->next_name;
}

static struct lg_host_record *record_of(struct lg_host *host, uint16_t name)
{
    return name && host->names[name].record ? &host->records[host->names[name].record - 1] : NULL;
}

/* Times of a job by the host's own clock, in place of what the pattern leaves open. */
static void show_times(const struct lg_host *host, const struct lg_job *job,
                       struct lg_outcome *outcome)
{
    uint64_t submitted = host->names[job->name].submitted;
    uint64_t until = lg_job_has_ended(job) ? job->ended_to : host->self.host.now_from;
    outcome->fields[LG_JOB_FIELD_SUBMITTED].from = submitted;
    outcome->fields[LG_JOB_FIELD_ELAPSED].from = until - submitted;
    outcome->fields[LG_JOB_FIELD_CHANGE].from = lg_job_has_ended(job) ? until : submitted;
    for (unsigned i = LG_JOB_FIELD_CHANGE; i <= LG_JOB_FIELD_ELAPSED; i++)
        outcome->fields[i].to = outcome->fields[i].from;
}

static void finish_job_read(struct lg_host *host, struct lg_cell *cell, const struct lg_call *call,
                            struct lg_outcome *outcome)
{
    const struct lg_host_record *record = record_of(host, call->job);
    const struct lg_job *job = lg_cell_job(cell, call->job);
    bool removed =
        outcome->fault == LG_FAULT_NOT_FOUND && outcome->clause == LG_CLAUSE_job_retention;
    if (removed && record)
        free_record(host, record_of(host, call->job));
    else if (removed)
        memset(&host->names[call->job], 0, sizeof host->names[0]);
    else if (!outcome->fault && (job || record))
        show_times(host, job ? job : &record->job, outcome);
}

/* Jobs of the VM that left its cell but are not yet over. */
static void add_records_to_list(const struct lg_host *host, uint16_t vm, struct lg_outcome *outcome)
{
    for (unsigned i = 0; i < LG_RECORDS_MAX && outcome->list_count < LG_LIST_MAX; i++) {
        const struct lg_host_record *record = &host->records[i];
        if (record->used && record->vm == vm && !is_over(host, record))
            outcome->list[outcome->list_count++] = record->job.name;
    }
}

static void step_all(struct lg_host *host, const struct lg_call *call, struct lg_tape *tape,
                     struct lg_outcome *outcome)
{
    struct lg_job evicted;
    for (unsigned i = 0; i < host->vm_count; i++)
        lg_step(&host->cells[i], call, NULL, tape, outcome, &evicted);
    lg_step(&host->self, call, NULL, tape, outcome, &evicted);
}

static void follow_service(struct lg_host *host, const struct lg_call *call, struct lg_tape *tape,
                           const struct lg_outcome *outcome)
{
    struct lg_call event;
    struct lg_outcome ignored;
    bool stops = call->method == LG_CALL_STOP_SERVICE;
    if (!(stops || call->method == LG_CALL_START_SERVICE) || outcome->fault ||
        outcome->return_value)
        return;
    memset(&event, 0, sizeof event);
    event.method = stops ? LG_CALL_SERVICE_STOPPED : LG_CALL_SERVICE_STARTED;
    step_all(host, &event, tape, &ignored);
}

static void forget_all_jobs(struct lg_host *host)
{
    for (unsigned name = 1; name < LG_JOB_NAMES; name++) {
        uint16_t vm = host->names[name].vm;
        if (vm && !host->names[name].record && !lg_cell_job(&host->cells[vm - 1], (uint16_t)name))
            memset(&host->names[name], 0, sizeof host->names[0]);
    }
}

static bool is_host_event(const struct lg_call *call)
{
    return lg_methods[call->method].kind == LG_KIND_EVENT &&
           lg_methods[call->method].target == LG_TARGET_HOST;
}

/* No room for another record: memory is exhausted, for this call. */
static bool lacks_room(struct lg_host *host)
{
    if (host->record_count + LG_JOB_SLOTS < LG_RECORDS_MAX)
        return false;
    sweep_records(host);
    return host->record_count + LG_JOB_SLOTS >= LG_RECORDS_MAX;
}

static void step_one(struct lg_host *host, struct lg_cell *cell, const struct lg_call *given,
                     struct lg_tape *tape, struct lg_outcome *outcome)
{
    struct lg_call call = *given;
    struct lg_job evicted;
    const struct lg_host_record *record = record_of(host, call.job);
    uint32_t armed = cell->host.armed;
    if (lg_methods[call.method].kind == LG_KIND_METHOD && call.vm != LG_VM_HOST)
        call.new_job = free_name(host);
    if (lacks_room(host))
        cell->host.armed |= 1u << LG_MEANING_OUT_OF_MEMORY;
    lg_step(cell, &call, record ? &record->job : NULL, tape, outcome, &evicted);
    cell->host.armed = armed;
    if (outcome->answer == LG_ANSWERS_JOB) {
        host->names[outcome->job].vm = (uint16_t)(call.vm + 1);
        host->names[outcome->job].submitted = host->self.host.now_from;
    }
    if (evicted.state != LG_JOB_FREE)
        keep_record(host, call.vm, &evicted);
    if (call.method == LG_CALL_LIST_JOBS && outcome->answer == LG_ANSWERS_LIST)
        add_records_to_list(host, call.vm, outcome);
}

/* The first symbol of a cell for bytes that nobody has seen. */
static uint16_t first_unseen(const struct lg_cell *cell)
{
    const struct lg_vault *vaults[] = {&cell->vm.vault, &cell->vm.checkpoint, &cell->vm.image};
    for (unsigned i = 0; i < 3; i++) {
        if (vaults[i]->current >= LG_SYMBOL_UNSEEN)
            return vaults[i]->current;
        if (vaults[i]->last_known_good >= LG_SYMBOL_UNSEEN)
            return vaults[i]->last_known_good;
        if (vaults[i]->seal >= LG_SYMBOL_UNSEEN)
            return vaults[i]->seal;
    }
    return LG_SYMBOL_NONE;
}

void lg_cell_make_bytes(struct lg_cell *cell, const struct lg_call *call,
                        const struct lg_maker *maker, struct lg_outcome *outcome)
{
    uint16_t unseen;
    while ((unseen = first_unseen(cell)) != LG_SYMBOL_NONE) {
        uint16_t made = maker->make(maker->context);
        lg_cell_bind_symbol(cell, unseen, made);
        if (outcome->answer == LG_ANSWERS_BYTES && outcome->symbol == unseen)
            outcome->symbol = made;
        if (outcome->answer == LG_ANSWERS_INSTANCE)
            lg_show_protectors(outcome, call->method, &cell->vm.vault);
    }
}

void lg_host_step(struct lg_host *host, const struct lg_call *call, struct lg_tape *tape,
                  struct lg_outcome *outcome, const struct lg_maker *maker)
{
    struct lg_outcome pattern;
    if (is_host_event(call)) {
        step_all(host, call, tape, outcome);
        if (call->method == LG_CALL_PROVIDER_STOPS)
            forget_all_jobs(host);
        return;
    }
    struct lg_cell *cell = call->vm < host->vm_count ? &host->cells[call->vm] : &host->self;
    step_one(host, cell, call, tape, outcome);
    if (maker)
        lg_cell_make_bytes(cell, call, maker, outcome);
    pattern = *outcome;
    lg_outcome_pick(outcome, call, tape);
    if (call->method == LG_CALL_READ_JOB)
        finish_job_read(host, cell, call, outcome);
    lg_cell_learn(cell, call, &pattern, outcome);
    follow_service(host, call, tape, outcome);
}
