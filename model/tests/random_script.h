/* Random scripts for property tests: a seed is printed with the command that repeats it. */
#ifndef LG_RANDOM_SCRIPT_H
#define LG_RANDOM_SCRIPT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/trace.h"

static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1Du;
}

static inline void fill_random(uint64_t *state, uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)(next_random(state) >> 32);
}

/* LASTGOOD_SEED, or the same one each time. */
static inline uint64_t seed_of_run(const char *test)
{
    const char *set = getenv("LASTGOOD_SEED");
    uint64_t seed = set ? strtoull(set, NULL, 10) : 20260101;
    printf("seed %llu; repeat with: LASTGOOD_SEED=%llu %s\n", (unsigned long long)seed,
           (unsigned long long)seed, test);
    return seed ? seed : 1;
}

/* Calls that have something to do with each other: two VMs that exist, few protectors, mostly plain
 * arguments. */
static inline void random_call(uint64_t *state, struct lg_call *call)
{
    uint8_t bytes[LG_STEP_BYTES];
    static const uint8_t often[] = {LG_CALL_GET_KEY_PROTECTOR,
                                    LG_CALL_SET_KEY_PROTECTOR,
                                    LG_CALL_SET_SECURITY_POLICY,
                                    LG_CALL_RESTORE_LAST_KNOWN_GOOD,
                                    LG_CALL_MODIFY_SECURITY_SETTINGS,
                                    LG_CALL_VM_REQUEST_STATE_CHANGE,
                                    LG_CALL_READ_JOB,
                                    LG_CALL_JOB_REQUEST_STATE_CHANGE,
                                    LG_CALL_READ_SECURITY_SETTING,
                                    LG_CALL_READ_VM,
                                    LG_CALL_READ_TPM_SETTING,
                                    LG_CALL_TIME_PASSES};
    static const uint16_t requests[] = {2, 3, 2, 3, 6, 9, 11, 4, 5};
    fill_random(state, bytes, sizeof bytes);
    lg_script_call(bytes, call);
    if (next_random(state) >> 40 & 3) {
        bytes[0] = often[(next_random(state) >> 33) % sizeof often];
        lg_script_call(bytes, call);
    }
    if (call->vm != LG_VM_HOST)
        call->vm &= 1;
    if (next_random(state) >> 40 & 7) {
        lg_call_set_text(call, LG_TEXT_IS_instance);
        call->identity = LG_ID_EXACT;
        call->timeout = LG_TIMEOUT_NONE;
        call->requested = requests[(next_random(state) >> 33) % 9];
    }
    if (call->symbol && call->blob < LG_BLOB_NULL && (next_random(state) >> 40 & 3)) {
        call->symbol = (uint16_t)(1 + (next_random(state) >> 35 & 3));
        call->blob = LG_BLOB_PLAIN;
    }
    call->amount %= 200000;
}

#endif
