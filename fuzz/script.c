/* Scripts of fuzz inputs. */
#include "script.h"

#include <string.h>

enum { TIME_MAX_MS = 1000000, GENERATION = 2 };

void lg_script_read(struct lg_script *script, const uint8_t *bytes, size_t length)
{
    size_t tape;
    script->count = lg_script_decode(bytes, length, script->calls, LG_FUZZ_STEPS_MAX, &tape);
    script->tape = bytes + tape;
    script->tape_length = (uint32_t)(length - tape);
}

/* Events that a script can write down: what bytes hold beside that has no meaning. */
static void tidy_event(struct lg_call *call)
{
    uint8_t flags = 0;
    uint16_t requested = 0, other = 0;
    switch (call->method) {
    case LG_CALL_CALLER_CHANGES: requested = call->requested % LG_ROLE_COUNT; break;
    case LG_CALL_HOST_CHANGES:
        requested = call->requested % LG_HOST_VERSION_COUNT;
        flags = call->flags & (LG_HOST_NO_TPM | LG_HOST_GUARDED);
        break;
    case LG_CALL_CAUSE_APPEARS:
    case LG_CALL_CAUSE_ENDS:
        requested = (uint16_t)(LG_MEANING_JOB_STARTED + 1 +
                               call->requested % (LG_MEANING_COUNT - LG_MEANING_JOB_STARTED - 1));
        break;
    case LG_CALL_VM_CREATED:
        requested = call->requested == 1 ? 1 : GENERATION;
        other = call->other == LG_VM_PLANNED ? LG_VM_PLANNED : 0;
        flags = call->flags & LG_VM_OLD_VERSION;
        break;
    case LG_CALL_PROTECTORS_SHARE_OWNER:
    case LG_CALL_VM_IMPORTED: other = call->other; break;
    default: break;
    }
    call->requested = requested;
    call->other = other;
    call->flags = flags;
    call->amount = call->method == LG_CALL_TIME_PASSES ? call->amount % TIME_MAX_MS : 0;
}

static bool makes_vm(uint8_t method)
{
    return method == LG_CALL_VM_CREATED || method == LG_CALL_VM_IMPORTED ||
           method == LG_CALL_DEFINE_SYSTEM;
}

static bool aim_job(const struct lg_script_names *names, struct lg_call *call)
{
    if (names->job_count == 0)
        return false;
    call->job = (uint16_t)(names->job_count - call->job % LG_SCRIPT_JOBS % names->job_count);
    call->vm = names->job_vms[call->job];
    return true;
}

static bool aim_making(struct lg_script_names *names, struct lg_call *call)
{
    if (names->made[call->vm] ||
        (call->method == LG_CALL_VM_IMPORTED && !names->made[call->other % LG_SCRIPT_VMS]))
        return false;
    names->made[call->vm] = true;
    return true;
}

bool lg_script_aim(struct lg_script_names *names, struct lg_call *call, struct lg_call *make,
                   bool *makes)
{
    *makes = false;
    if (lg_methods[call->method].kind == LG_KIND_EVENT)
        tidy_event(call);
    if (lg_methods[call->method].target == LG_TARGET_JOB)
        return aim_job(names, call);
    if (call->identity == LG_ID_CHECKPOINT && !names->checkpoints[call->vm % LG_SCRIPT_VMS])
        call->identity = LG_ID_EXACT;
    if (makes_vm(call->method))
        return aim_making(names, call);
    if (call->vm < LG_SCRIPT_VMS && names->unnamed[call->vm])
        return false;
    if (call->vm == LG_VM_HOST || names->made[call->vm])
        return true;
    memset(make, 0, sizeof *make);
    make->method = LG_CALL_VM_CREATED;
    make->vm = call->vm;
    make->requested = GENERATION;
    names->made[call->vm] = true;
    *makes = true;
    return true;
}

static void learn_job(struct lg_script_names *names, uint16_t job, uint16_t vm)
{
    if (job != names->job_count + 1 || job >= LG_FUZZ_JOBS_MAX)
        return;
    names->job_vms[job] = vm;
    names->job_count = job;
}

static bool refused(const struct lg_outcome *seen)
{
    return seen->fault || (seen->return_value && seen->answer != LG_ANSWERS_JOB);
}

void lg_script_learn(struct lg_script_names *names, const struct lg_call *call,
                     const struct lg_outcome *seen)
{
    if (call->method == LG_CALL_CHECKPOINT_TAKEN && !seen->fault)
        names->checkpoints[call->vm % LG_SCRIPT_VMS] = true;
    if (call->method == LG_CALL_DEFINE_SYSTEM && refused(seen))
        names->made[call->vm] = false;
    if (call->method == LG_CALL_DEFINE_SYSTEM)
        names->unnamed[call->vm] = seen->answer == LG_ANSWERS_JOB;
    if (call->method == LG_CALL_READ_JOB && call->vm < LG_SCRIPT_VMS && !seen->fault &&
        (seen->shown >> LG_JOB_FIELD_AFFECTED & 1))
        names->unnamed[call->vm] = false;
    if (seen->answer == LG_ANSWERS_JOB)
        learn_job(names, seen->job, call->vm);
    for (unsigned i = 0; call->method == LG_CALL_LIST_JOBS && i < seen->list_count; i++)
        learn_job(names, seen->list[i], call->vm);
}
