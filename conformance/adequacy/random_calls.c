/* Random calls for comparing and judging mutants. */
#include "random_calls.h"

#include <string.h>

static uint64_t next_random(struct lg_random_calls *calls)
{
    calls->random ^= calls->random >> 12;
    calls->random ^= calls->random << 25;
    calls->random ^= calls->random >> 27;
    return calls->random * 0x2545F4914F6CDD1Du >> 16;
}

void lg_random_calls_start(struct lg_random_calls *calls, uint64_t seed)
{
    calls->random = seed * 0x9E3779B97F4A7C15u + 1;
    calls->jobs = 0;
}

unsigned lg_random_below(struct lg_random_calls *calls, unsigned bound)
{
    return (unsigned)(next_random(calls) % bound);
}

uint8_t lg_random_byte(struct lg_random_calls *calls)
{
    return (uint8_t)next_random(calls);
}

/* Numbers near those that mean something. */
static uint16_t requested(struct lg_random_calls *calls)
{
    static const uint16_t far[] = {0, 255, 256, 4096, 32767, 32768, 65535};
    return lg_random_below(calls, 8) ? (uint16_t)lg_random_below(calls, 20)
                                     : far[lg_random_below(calls, 7)];
}

static uint64_t amount(struct lg_random_calls *calls)
{
    switch (lg_random_below(calls, 4)) {
    case 0: return LG_RETENTION_MS - 1 + lg_random_below(calls, 3);
    case 1: return LG_RETENTION_MS / 2;
    case 2: return next_random(calls) << lg_random_below(calls, 17);
    default: return lg_random_below(calls, 3);
    }
}

static void make_plain(struct lg_random_calls *calls, struct lg_call *call)
{
    bool odd = call->setting || call->setting_flags || call->identity;
    if (odd && lg_random_below(calls, 8)) {
        lg_call_set_text(call, LG_TEXT_IS_instance);
        call->identity = LG_ID_EXACT;
    }
    if (call->symbol && lg_random_below(calls, 3)) {
        call->symbol = (uint16_t)(1 + lg_random_below(calls, 4));
        call->blob = LG_BLOB_PLAIN;
    }
}

static uint16_t job(struct lg_random_calls *calls)
{
    unsigned back = lg_random_below(calls, 4);
    return (uint16_t)(calls->jobs > 3 && lg_random_below(calls, 4) ? calls->jobs - back : 1 + back);
}

static void make_call(struct lg_random_calls *calls, struct lg_call *call)
{
    uint8_t bytes[LG_STEP_BYTES];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = lg_random_byte(calls);
    lg_script_call(bytes, call);
    bool event = lg_methods[call->method].kind == LG_KIND_EVENT;
    if (call->vm != LG_VM_HOST)
        call->vm = 0;
    make_plain(calls, call);
    if (calls->jobs && lg_random_below(calls, 6) == 0) {
        memset(call, 0, sizeof *call);
        call->method = LG_CALL_JOB_REQUEST_STATE_CHANGE;
        call->requested = (uint16_t)(1 + lg_random_below(calls, 7));
        call->job = calls->jobs;
    } else if (call->requested)
        call->requested = event && lg_random_below(calls, 4) ? (uint16_t)lg_random_below(calls, 6)
                                                             : requested(calls);
    if (call->amount)
        call->amount = amount(calls);
    if (call->job)
        call->job = job(calls);
}

/* What disturbs everything that comes after it is left out mostly. */
static bool is_rare(const struct lg_call *call)
{
    switch (call->method) {
    case LG_CALL_PROVIDER_STOPS:
    case LG_CALL_SERVICE_STOPPED:
    case LG_CALL_CALLER_CHANGES:
    case LG_CALL_HOST_CHANGES:
    case LG_CALL_CAUSE_APPEARS:
    case LG_CALL_VM_REMOVED:
    case LG_CALL_DESTROY_SYSTEM:
    case LG_CALL_VM_HELD: return true;
    default: return false;
    }
}

void lg_random_call(struct lg_random_calls *calls, unsigned step, struct lg_call *call)
{
    do
        make_call(calls, call);
    while (is_rare(call) && lg_random_below(calls, 6));
    if (step > 0)
        return;
    memset(call, 0, sizeof *call);
    call->method = LG_CALL_VM_CREATED;
    call->requested = lg_random_below(calls, 6) ? 2 : 1;
    call->other = lg_random_below(calls, 8) ? LG_VM_REALIZED : LG_VM_PLANNED;
    call->flags = lg_random_below(calls, 8) ? 0 : LG_VM_OLD_VERSION;
}
