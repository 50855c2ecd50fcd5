/* The form in which states are compared. */
#include <string.h>

#include "world.h"

enum { NOW = 2 * LG_RETENTION_MS, REGISTERS = 13 + LG_JOB_SLOTS };

/* Every member that holds a protector, in the order in which they are named. */
static unsigned registers_of(struct lg_cell *cell, uint16_t **members)
{
    struct lg_vm *vm = &cell->vm;
    struct lg_vault *vaults[] = {&vm->vault, &vm->checkpoint, &vm->image};
    unsigned count = 0;
    for (unsigned i = 0; i < sizeof vaults / sizeof vaults[0]; i++) {
        members[count++] = &vaults[i]->current;
        members[count++] = &vaults[i]->last_known_good;
        members[count++] = &vaults[i]->seal;
        members[count++] = &vaults[i]->policy;
    }
    members[count++] = &vm->started_with;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        members[count++] = &cell->jobs[i].argument;
    return count;
}

struct renaming {
    uint16_t from[REGISTERS];
    uint16_t to[REGISTERS];
    unsigned count;
    uint16_t protectors;
    uint16_t unseen;
};

static bool is_fixed(uint16_t symbol)
{
    return symbol == LG_SYMBOL_NONE ||
           (symbol > LG_WORLD_PROTECTORS_MAX && symbol < LG_SYMBOL_UNSEEN);
}

static uint16_t rename_symbol(struct renaming *renaming, uint16_t symbol)
{
    if (is_fixed(symbol))
        return symbol;
    for (unsigned i = 0; i < renaming->count; i++)
        if (renaming->from[i] == symbol)
            return renaming->to[i];
    uint16_t to = symbol < LG_SYMBOL_UNSEEN ? ++renaming->protectors
                                            : (uint16_t)(LG_SYMBOL_UNSEEN + renaming->unseen++);
    renaming->from[renaming->count] = symbol;
    renaming->to[renaming->count++] = to;
    return to;
}

static uint16_t back(const struct renaming *renaming, uint16_t symbol)
{
    for (unsigned i = 0; i < renaming->count; i++)
        if (renaming->to[i] == symbol)
            return renaming->from[i];
    return LG_SYMBOL_NONE;
}

/* By rising number: first the protectors, then those that nobody has seen. */
static unsigned sorted_names(const struct renaming *renaming, uint16_t *names)
{
    unsigned count = 0;
    for (uint16_t i = 1; i <= renaming->protectors; i++)
        names[count++] = i;
    for (uint16_t i = 0; i < renaming->unseen; i++)
        names[count++] = (uint16_t)(LG_SYMBOL_UNSEEN + i);
    return count;
}

/* What is known of protectors that the cell no longer holds is forgotten. */
static void rename_relations(struct lg_vm *vm, const struct renaming *renaming)
{
    struct lg_vm before = *vm;
    uint16_t names[REGISTERS];
    unsigned count = sorted_names(renaming, names);
    unsigned unusable = 0;
    unsigned pairs = 0;
    memset(vm->unusable, 0, sizeof vm->unusable);
    memset(vm->same_owner, 0, sizeof vm->same_owner);
    for (unsigned i = 0; i < count; i++) {
        uint16_t first = back(renaming, names[i]);
        if (!lg_vm_is_usable(&before, first) && unusable < LG_UNUSABLE_MAX)
            vm->unusable[unusable++] = names[i];
        for (unsigned j = i + 1; j < count && pairs < LG_OWNER_PAIRS_MAX; j++) {
            if (!lg_vm_share_owner(&before, first, back(renaming, names[j])))
                continue;
            vm->same_owner[pairs][0] = names[i];
            vm->same_owner[pairs++][1] = names[j];
        }
    }
}

static void rename_symbols(struct lg_cell *cell, struct lg_naming *naming)
{
    uint16_t *members[REGISTERS];
    struct renaming renaming = {.count = 0};
    unsigned count = registers_of(cell, members);
    for (unsigned i = 0; i < count; i++)
        *members[i] = rename_symbol(&renaming, *members[i]);
    rename_relations(&cell->vm, &renaming);
    cell->vm.unseen = renaming.unseen;
    for (uint16_t i = 1; naming && i <= LG_WORLD_PROTECTORS_MAX; i++)
        naming->symbols[i] = back(&renaming, i);
}

static uint64_t aged(uint64_t now, uint64_t then)
{
    uint64_t age = now > then ? now - then : 0;
    return NOW - (age < LG_RETENTION_MS ? age : LG_RETENTION_MS);
}

/* Of an ended job it no longer matters what it was asked for. */
static void forget_times(struct lg_cell *cell)
{
    struct lg_host_word *host = &cell->host;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++) {
        struct lg_job *job = &cell->jobs[i];
        if (job->state == LG_JOB_FREE)
            continue;
        job->ended_from = aged(host->now_to, job->ended_from);
        if (lg_job_has_ended(job)) {
            job->ended_to = aged(host->now_from, job->ended_to);
            job->requested = 0;
        }
        job->seen_change = job->seen_submitted = job->seen_elapsed = 0;
        job->flags &= (uint8_t)~LG_JOB_MOVED;
    }
    host->now_from = host->now_to = NOW;
}

static void remove_slot(struct lg_cell *cell, unsigned slot)
{
    for (; slot + 1 < LG_JOB_SLOTS; slot++)
        cell->jobs[slot] = cell->jobs[slot + 1];
    memset(&cell->jobs[LG_JOB_SLOTS - 1], 0, sizeof cell->jobs[0]);
}

/* The oldest ended jobs go until the rest fits. */
static bool forget_jobs(struct lg_cell *cell, unsigned slots)
{
    unsigned slot = 0;
    while (slot < LG_JOB_SLOTS && cell->jobs[slots].state != LG_JOB_FREE)
        if (lg_job_has_ended(&cell->jobs[slot]))
            remove_slot(cell, slot);
        else
            slot++;
    return cell->jobs[slots].state == LG_JOB_FREE;
}

static bool is_about_jobs(const struct lg_call *call)
{
    return lg_methods[call->method].target == LG_TARGET_JOB ||
           lg_methods[call->method].kind != LG_KIND_METHOD;
}

void lg_world_forget(const struct lg_world *world, const struct lg_call *call, struct lg_cell *cell)
{
    if (world->forgetful && !is_about_jobs(call))
        forget_jobs(cell, 0);
}

void lg_world_forget_more(const struct lg_world *world, struct lg_cell *cell)
{
    forget_jobs(cell, world->job_slots);
}

bool lg_world_canonical(const struct lg_world *world, struct lg_cell *cell,
                        struct lg_naming *naming)
{
    if (!forget_jobs(cell, world->job_slots))
        return false;
    forget_times(cell);
    for (unsigned i = 0; i < world->job_slots; i++) {
        if (world->forgetful)
            cell->jobs[i].percent = 0;
        if (naming)
            naming->jobs[i + 1] = cell->jobs[i].name;
        if (cell->jobs[i].state != LG_JOB_FREE)
            cell->jobs[i].name = (uint16_t)(i + 1);
    }
    rename_symbols(cell, naming);
    return true;
}

unsigned lg_world_protectors_in(const struct lg_cell *cell)
{
    struct lg_cell copy = *cell;
    uint16_t *members[REGISTERS];
    unsigned count = registers_of(&copy, members);
    unsigned highest = 0;
    for (unsigned i = 0; i < count; i++)
        if (!is_fixed(*members[i]) && *members[i]<LG_SYMBOL_UNSEEN && * members[i]> highest)
            highest = *members[i];
    return highest;
}

static bool holds(const struct lg_cell *cell, uint16_t symbol)
{
    struct lg_cell copy = *cell;
    uint16_t *members[REGISTERS];
    unsigned count = registers_of(&copy, members);
    for (unsigned i = 0; i < count; i++)
        if (*members[i] == symbol)
            return true;
    return false;
}

uint16_t lg_world_fresh(const struct lg_cell *cell)
{
    for (uint16_t symbol = 1; symbol < LG_WORLD_PROTECTORS_MAX; symbol++)
        if (!holds(cell, symbol))
            return symbol;
    return LG_WORLD_PROTECTORS_MAX;
}

bool lg_world_admits(const struct lg_world *world, const struct lg_cell *cell,
                     const struct lg_call *call)
{
    unsigned there = lg_world_protectors_in(cell);
    bool of_protectors = call->method == LG_CALL_PROTECTORS_SHARE_OWNER ||
                         call->method == LG_CALL_PROTECTOR_UNUSABLE ||
                         call->method == LG_CALL_PROTECTOR_USABLE;
    (void)world;
    if (call->method == LG_CALL_VM_CREATED || call->method == LG_CALL_VM_REMOVED)
        return (cell->vm.kind == LG_VM_NONE) == (call->method == LG_CALL_VM_CREATED);
    if (of_protectors)
        return call->symbol <= there && call->other <= there;
    if (call->symbol && call->symbol <= LG_WORLD_PROTECTORS_MAX)
        return call->symbol <= there + 1;
    return true;
}
