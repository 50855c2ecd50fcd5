/* What happens to a host and its VMs without a call of the service. */
#include "step.h"

static void pass_time(struct lg_host_word *host, uint64_t amount)
{
    uint64_t room = LG_TIME_MAX_MS - host->now_to;
    uint64_t passed = amount < room ? amount : room;
    host->now_from += passed;
    host->now_to += passed;
}

static void set_flag(uint8_t *flags, uint8_t flag, bool on)
{
    *flags = (uint8_t)(on ? *flags | flag : *flags & ~flag);
}

static void change_host(struct lg_host_word *host, const struct lg_call *call)
{
    if (call->requested < LG_HOST_VERSION_COUNT)
        host->version = (uint8_t)call->requested;
    host->flags = (uint8_t)((host->flags & ~(LG_HOST_NO_TPM | LG_HOST_GUARDED)) |
                            (call->flags & (LG_HOST_NO_TPM | LG_HOST_GUARDED)));
}

/* Success and "job started" are no causes of failure. */
static void arm(struct lg_host_word *host, uint16_t meaning, bool on)
{
    if (meaning <= LG_MEANING_JOB_STARTED || meaning >= LG_MEANING_COUNT)
        return;
    uint32_t bit = (uint32_t)1 << meaning;
    host->armed = on ? host->armed | bit : host->armed & ~bit;
}

static void host_event(struct lg_turn *turn)
{
    const struct lg_call *call = turn->call;
    struct lg_host_word *host = &turn->cell->host;
    switch (call->method) {
    case LG_CALL_TIME_PASSES: pass_time(host, call->amount); return;
    case LG_CALL_PROVIDER_STOPS:
        lg_jobs_lose(turn);
        set_flag(&host->flags, LG_HOST_PROVIDER_DOWN, true);
        return;
    case LG_CALL_PROVIDER_STARTS: set_flag(&host->flags, LG_HOST_PROVIDER_DOWN, false); return;
    case LG_CALL_SERVICE_STOPPED:
    case LG_CALL_SERVICE_STARTED:
        set_flag(&host->flags, LG_HOST_SERVICE_STOPPED, call->method == LG_CALL_SERVICE_STOPPED);
        return;
    case LG_CALL_CALLER_CHANGES:
        host->role = call->requested < LG_ROLE_COUNT ? (uint8_t)call->requested : host->role;
        return;
    case LG_CALL_HOST_CHANGES: change_host(host, call); return;
    default: arm(host, call->requested, call->method == LG_CALL_CAUSE_APPEARS); return;
    }
}

static void create(struct lg_vm *vm, const struct lg_call *call, enum lg_vm_kind kind)
{
    if (vm->kind != LG_VM_NONE)
        return;
    vm->kind = (uint8_t)kind;
    vm->generation = call->requested == 1 ? 1 : 2;
    vm->flags = call->flags & LG_VM_OLD_VERSION;
}

/* The work of a VM that goes away fails, unless it was done; a job that names no VM goes on. */
static void remove_vm(struct lg_turn *turn)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++) {
        struct lg_job *job = &turn->cell->jobs[i];
        if (!lg_job_is_live(job) || (job->flags & LG_JOB_STRAY))
            continue;
        if (!(job->flags & LG_JOB_TOOK_EFFECT))
            lg_job_set_error(turn, job, LG_CAUSE_VM_GONE);
        lg_job_end(turn, job,
                   job->flags & LG_JOB_TOOK_EFFECT ? LG_JOB_COMPLETED : LG_JOB_EXCEPTION);
    }
    turn->cell->vm = (struct lg_vm){0};
}

static void apply_checkpoint(struct lg_turn *turn)
{
    struct lg_vm *vm = &turn->cell->vm;
    uint16_t own = vm->vault.last_known_good;
    if (!(vm->flags & LG_VM_HAS_CHECKPOINT))
        return;
    lg_power_effect(turn, 3);
    vm->vault = vm->checkpoint;
    if (vm->vault.last_known_good != own &&
        lg_choose(turn->tape, LG_SITE_checkpoint_vault, 0) == LG_ALT_checkpoint_vault_of_vm)
        vm->vault.last_known_good = own;
}

/* Symbols made from now on differ from those that came with the image. */
static uint16_t unseen_of(const struct lg_vault *vault)
{
    const uint16_t members[] = {vault->current, vault->last_known_good, vault->policy, vault->seal};
    uint16_t next = 0;
    for (unsigned i = 0; i < sizeof members / sizeof members[0]; i++)
        if (members[i] >= LG_SYMBOL_UNSEEN + next)
            next = (uint16_t)(members[i] - LG_SYMBOL_UNSEEN + 1);
    return next;
}

static void import(struct lg_turn *turn)
{
    struct lg_vm *vm = &turn->cell->vm;
    if (vm->kind != LG_VM_NONE)
        return;
    create(vm, turn->call, LG_VM_REALIZED);
    vm->vault = turn->call->image;
    vm->unseen = unseen_of(&vm->vault);
    if (vm->vault.last_known_good &&
        lg_choose(turn->tape, LG_SITE_import_vault, 0) == LG_ALT_import_vault_stays)
        vm->vault.last_known_good = LG_SYMBOL_NONE;
}

static void protector_event(struct lg_vm *vm, const struct lg_call *call)
{
    if (call->method == LG_CALL_PROTECTORS_SHARE_OWNER)
        lg_vm_share(vm, call->symbol, call->other);
    else
        lg_vm_set_usable(vm, call->symbol, call->method == LG_CALL_PROTECTOR_USABLE);
}

static void vm_event(struct lg_turn *turn)
{
    struct lg_vm *vm = &turn->cell->vm;
    switch (turn->call->method) {
    case LG_CALL_VM_REMOVED: remove_vm(turn); return;
    case LG_CALL_VM_REALIZED: vm->kind = LG_VM_REALIZED; return;
    case LG_CALL_VM_HELD:
    case LG_CALL_VM_RELEASED:
        set_flag(&vm->flags, LG_VM_HELD, turn->call->method == LG_CALL_VM_HELD);
        return;
    case LG_CALL_CHECKPOINT_TAKEN:
        vm->checkpoint = vm->vault;
        vm->flags |= LG_VM_HAS_CHECKPOINT;
        return;
    case LG_CALL_CHECKPOINT_APPLIED: apply_checkpoint(turn); return;
    case LG_CALL_VM_EXPORTED:
        vm->image = vm->vault;
        vm->flags |= LG_VM_HAS_EXPORT;
        return;
    case LG_CALL_GUEST_SHUTS_DOWN:
        if (vm->power == LG_POWER_RUNNING)
            lg_power_effect(turn, 3);
        return;
    default: protector_event(vm, turn->call); return;
    }
}

void lg_event(struct lg_turn *turn)
{
    uint8_t method = turn->call->method;
    lg_answer_done(turn, LG_CLAUSE_event_applied);
    if (lg_methods[method].target == LG_TARGET_HOST)
        host_event(turn);
    else if (method == LG_CALL_VM_CREATED)
        create(&turn->cell->vm, turn->call,
               turn->call->other == LG_VM_PLANNED ? LG_VM_PLANNED : LG_VM_REALIZED);
    else if (method == LG_CALL_VM_IMPORTED)
        import(turn);
    else if (turn->cell->vm.kind != LG_VM_NONE)
        vm_event(turn);
    else
        lg_answer_fault(turn, LG_FAULT_NOT_FOUND, LG_CLAUSE_event_applied);
}
