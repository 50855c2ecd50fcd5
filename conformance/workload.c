/* Random calls of a client. */
#include "workload.h"

#include <string.h>

#include "model/blob.h"

enum {
    PROTECTORS = 3,
    POLICIES = 2,
    SETTINGS = LG_SETTING_VBS_OPT_OUT + 1,
    CHANGES_OF_8 = 6,
    LOOKS_MAX = 32
};

static const uint8_t changes[] = {
    LG_CALL_SET_KEY_PROTECTOR,        LG_CALL_SET_KEY_PROTECTOR,
    LG_CALL_SET_KEY_PROTECTOR,        LG_CALL_SET_SECURITY_POLICY,
    LG_CALL_MODIFY_SECURITY_SETTINGS, LG_CALL_MODIFY_SECURITY_SETTINGS,
    LG_CALL_RESTORE_LAST_KNOWN_GOOD,  LG_CALL_VM_REQUEST_STATE_CHANGE};
static const uint8_t looks[] = {LG_CALL_GET_KEY_PROTECTOR, LG_CALL_GET_KEY_PROTECTOR,
                                LG_CALL_GET_KEY_PROTECTOR, LG_CALL_READ_SECURITY_SETTING,
                                LG_CALL_READ_VM,           LG_CALL_LIST_JOBS};

uint64_t lg_random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1Du;
}

unsigned lg_random_below(uint64_t *state, unsigned bound)
{
    return (unsigned)((lg_random_next(state) >> 33) % bound);
}

/* Symbols of materials begin at 1. */
static void give(struct lg_call *call, unsigned material)
{
    call->symbol = (uint16_t)(material + 1);
    call->blob = (uint8_t)lg_material_shape((enum lg_material)material);
}

static void fill_change(uint64_t *random, struct lg_call *call)
{
    unsigned draw = lg_random_below(random, 1u << 12);
    switch (call->method) {
    case LG_CALL_SET_KEY_PROTECTOR: give(call, LG_MATERIAL_P1 + draw % PROTECTORS); return;
    case LG_CALL_SET_SECURITY_POLICY: give(call, LG_MATERIAL_S1 + draw % POLICIES); return;
    case LG_CALL_MODIFY_SECURITY_SETTINGS:
        call->present = (uint8_t)(1u << draw / 2 % SETTINGS);
        call->values = draw % 2 ? call->present : 0;
        return;
    case LG_CALL_VM_REQUEST_STATE_CHANGE: call->requested = draw % 2 ? 2 : 3; return;
    default: return;
    }
}

void lg_workload_call(uint64_t *random, uint16_t vm, const struct lg_workload_job *job,
                      struct lg_call *call)
{
    memset(call, 0, sizeof *call);
    call->vm = vm;
    if (job->name) {
        call->vm = job->vm;
        call->method = LG_CALL_READ_JOB;
        call->job = job->name;
    } else if (lg_random_below(random, 8) < CHANGES_OF_8) {
        call->method = changes[lg_random_below(random, sizeof changes)];
        fill_change(random, call);
    } else
        call->method = looks[lg_random_below(random, sizeof looks)];
}

static bool goes_on(const struct lg_outcome *seen)
{
    return seen->answer == LG_ANSWERS_INSTANCE &&
           !(seen->fields[LG_JOB_FIELD_STATE].from >> LG_JOB_COMPLETED);
}

void lg_workload_heard(struct lg_workload_job *job, const struct lg_call *call,
                       const struct lg_outcome *seen)
{
    if (call->method == LG_CALL_READ_JOB) {
        if (++job->looks == LOOKS_MAX || (seen && !goes_on(seen)))
            job->name = 0;
        return;
    }
    job->name = seen && seen->answer == LG_ANSWERS_JOB ? seen->job : 0;
    job->vm = call->vm;
    job->looks = 0;
}
