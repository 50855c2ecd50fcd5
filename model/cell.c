/* Cells: what is valid, equality, hash, and the relations between protectors that they hold. */
#include <string.h>

#include "hash.h"
#include "step.h"

void lg_cell_clear(struct lg_cell *cell)
{
    memset(cell, 0, sizeof *cell);
}

bool lg_cell_equal(const struct lg_cell *a, const struct lg_cell *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* Free slots are zero and stand at the end. */
uint64_t lg_cell_hash(const struct lg_cell *cell)
{
    size_t jobs = 0;
    while (jobs < LG_JOB_SLOTS && cell->jobs[jobs].state != LG_JOB_FREE)
        jobs++;
    return lg_hash_bytes(cell, offsetof(struct lg_cell, jobs) + jobs * sizeof cell->jobs[0]);
}

static bool job_is_valid(const struct lg_job *job)
{
    if (job->state == LG_JOB_FREE)
        return true;
    if ((job->flags & LG_JOB_ERROR_OPEN) && job->error >= LG_CAUSE_ENVIRONMENT)
        return false;
    return job->state < LG_JOB_STATE_COUNT && job->method < LG_KEYED_METHODS &&
           job->percent <= 100 && job->error <= job->error_to && job->ended_from <= job->ended_to;
}

static bool jobs_are_packed(const struct lg_cell *cell)
{
    bool free_seen = false;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++) {
        if (free_seen && cell->jobs[i].state != LG_JOB_FREE)
            return false;
        free_seen = free_seen || cell->jobs[i].state == LG_JOB_FREE;
    }
    return true;
}

bool lg_cell_is_valid(const struct lg_cell *cell)
{
    const struct lg_vm *vm = &cell->vm;
    if (cell->host.now_from > cell->host.now_to || cell->host.now_to > LG_TIME_MAX_MS)
        return false;
    if (cell->host.role >= LG_ROLE_COUNT || cell->host.version >= LG_HOST_VERSION_COUNT)
        return false;
    if (vm->kind > LG_VM_PLANNED || vm->power >= LG_POWER_COUNT)
        return false;
    if (vm->kind != LG_VM_NONE && (vm->generation < 1 || vm->generation > 2))
        return false;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (!job_is_valid(&cell->jobs[i]))
            return false;
    return jobs_are_packed(cell);
}

bool lg_vm_is_usable(const struct lg_vm *vm, uint16_t symbol)
{
    for (unsigned i = 0; i < LG_UNUSABLE_MAX; i++)
        if (vm->unusable[i] == symbol)
            return false;
    return true;
}

void lg_call_import(struct lg_call *call, const struct lg_vm *exported)
{
    call->image = exported->image;
    call->requested = exported->generation ? exported->generation : 2;
    call->flags = exported->flags & LG_VM_OLD_VERSION;
}

bool lg_vm_share_owner(const struct lg_vm *vm, uint16_t a, uint16_t b)
{
    uint16_t low = a < b ? a : b;
    uint16_t high = a < b ? b : a;
    if (a == b)
        return true;
    for (unsigned i = 0; i < LG_OWNER_PAIRS_MAX; i++)
        if (vm->same_owner[i][0] == low && vm->same_owner[i][1] == high)
            return true;
    return false;
}

/* Puts a symbol into a sorted list that ends in zeros; the largest falls out of a full one. */
static void insert_sorted(uint16_t *list, unsigned count, uint16_t symbol)
{
    for (unsigned i = 0; i < count && symbol; i++) {
        if (list[i] == symbol)
            return;
        if (list[i] == 0 || list[i] > symbol) {
            uint16_t moved = list[i];
            list[i] = symbol;
            symbol = moved;
        }
    }
}

void lg_vm_set_usable(struct lg_vm *vm, uint16_t symbol, bool usable)
{
    if (!usable) {
        insert_sorted(vm->unusable, LG_UNUSABLE_MAX, symbol);
        return;
    }
    unsigned kept = 0;
    for (unsigned i = 0; i < LG_UNUSABLE_MAX; i++)
        if (vm->unusable[i] != symbol)
            vm->unusable[kept++] = vm->unusable[i];
    while (kept < LG_UNUSABLE_MAX)
        vm->unusable[kept++] = 0;
}

static void add_pair(struct lg_vm *vm, uint16_t a, uint16_t b)
{
    uint16_t low = a < b ? a : b;
    uint16_t high = a < b ? b : a;
    for (unsigned i = 0; i < LG_OWNER_PAIRS_MAX && low; i++) {
        uint16_t *at = vm->same_owner[i];
        if (at[0] == 0 || at[0] > low || (at[0] == low && at[1] > high)) {
            uint16_t moved_low = at[0];
            uint16_t moved_high = at[1];
            at[0] = low;
            at[1] = high;
            low = moved_low;
            high = moved_high;
        }
    }
    if (low)
        vm->flags |= LG_VM_OWNERS_FORGOTTEN;
}

void lg_vm_share(struct lg_vm *vm, uint16_t a, uint16_t b)
{
    uint16_t others[2 * LG_OWNER_PAIRS_MAX + 2];
    unsigned count = 0;
    if (a == b || !a || !b || lg_vm_share_owner(vm, a, b))
        return;
    others[count++] = a;
    others[count++] = b;
    for (unsigned i = 0; i < LG_OWNER_PAIRS_MAX; i++)
        for (unsigned j = 0; j < 2; j++) {
            uint16_t symbol = vm->same_owner[i][j];
            if (symbol && (lg_vm_share_owner(vm, symbol, a) || lg_vm_share_owner(vm, symbol, b)))
                others[count++] = symbol;
        }
    for (unsigned i = 0; i < count; i++)
        for (unsigned j = i + 1; j < count; j++)
            if (others[i] != others[j] && !lg_vm_share_owner(vm, others[i], others[j]))
                add_pair(vm, others[i], others[j]);
}

static void replace_symbol(uint16_t *member, uint16_t unseen, uint16_t seen)
{
    if (*member == unseen)
        *member = seen;
}

static void replace_in_vault(struct lg_vault *vault, uint16_t unseen, uint16_t seen)
{
    replace_symbol(&vault->current, unseen, seen);
    replace_symbol(&vault->last_known_good, unseen, seen);
    replace_symbol(&vault->policy, unseen, seen);
    replace_symbol(&vault->seal, unseen, seen);
}

void lg_cell_bind_symbol(struct lg_cell *cell, uint16_t unseen, uint16_t seen)
{
    struct lg_vm *vm = &cell->vm;
    uint16_t pairs[LG_OWNER_PAIRS_MAX][2];
    replace_in_vault(&vm->vault, unseen, seen);
    replace_in_vault(&vm->checkpoint, unseen, seen);
    replace_in_vault(&vm->image, unseen, seen);
    replace_symbol(&vm->started_with, unseen, seen);
    memcpy(pairs, vm->same_owner, sizeof pairs);
    memset(vm->same_owner, 0, sizeof vm->same_owner);
    for (unsigned i = 0; i < LG_OWNER_PAIRS_MAX; i++) {
        replace_symbol(&pairs[i][0], unseen, seen);
        replace_symbol(&pairs[i][1], unseen, seen);
        if (pairs[i][0] != pairs[i][1])
            add_pair(vm, pairs[i][0], pairs[i][1]);
    }
}
