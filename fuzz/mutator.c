/* Structure-aware mutation of scripts. */
#include "mutator.h"

#include <stdio.h>
#include <string.h>

#include "script.h"
#include "stories.h"

enum {
    STEP = LG_STEP_BYTES,
    SCRIPT_MAX = 2 * STEP * LG_FUZZ_STEPS_MAX,
    PROTECTORS = 3 /* that are mostly drawn from: some come twice */
};

/* A script apart: calls, and the tape behind them. */
struct parts {
    uint8_t calls[STEP * LG_FUZZ_STEPS_MAX];
    size_t count;
    uint8_t tape[SCRIPT_MAX];
    size_t tape_length;
};

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (*state * 0x2545F4914F6CDD1Du) >> 20;
}

static size_t below(uint64_t *random, size_t bound)
{
    return bound ? (size_t)(next_random(random) % bound) : 0;
}

size_t lg_mutate_calls(size_t length)
{
    size_t count = length / 2 / STEP;
    return count < LG_FUZZ_STEPS_MAX ? count : LG_FUZZ_STEPS_MAX;
}

static void take_apart(struct parts *parts, const uint8_t *bytes, size_t length)
{
    parts->count = lg_mutate_calls(length);
    memcpy(parts->calls, bytes, parts->count * STEP);
    parts->tape_length = length - parts->count * STEP;
    if (parts->tape_length > SCRIPT_MAX)
        parts->tape_length = SCRIPT_MAX;
    memcpy(parts->tape, bytes + length - parts->tape_length, parts->tape_length);
}

/* The tape is at least as long as the calls, and not so long that it would be one more call. */
static size_t put_together(struct parts *parts, uint8_t *bytes, size_t max)
{
    size_t room = max / 2 / STEP;
    size_t count = parts->count < room ? parts->count : room;
    size_t steps = count * STEP;
    size_t tape = parts->tape_length < steps          ? steps
                  : parts->tape_length > steps + STEP ? steps + STEP
                                                      : parts->tape_length;
    if (steps + tape > max)
        tape = max - steps;
    if (tape > parts->tape_length)
        memset(parts->tape + parts->tape_length, 0, tape - parts->tape_length);
    memcpy(bytes, parts->calls, steps);
    memcpy(bytes + steps, parts->tape, tape);
    return steps + tape;
}

/* ---- one call ---- */

/* Requests that mean something to VMs, or to jobs, and those that mean nothing. */
static const uint16_t vm_requests[] = {2, 3, 4, 6, 9, 10, 11};
static const uint16_t job_requests[] = {2, 3, 4, 5, 6};
static const uint16_t odd_requests[] = {0, 1, 5, 7, 8, 9, 32768, 65535};
enum { VM_REQUESTS = 7, JOB_REQUESTS = 5, ODD_REQUESTS = 8 };

static uint16_t any_request(uint8_t method, uint64_t *random)
{
    if (below(random, 4) == 0)
        return odd_requests[below(random, ODD_REQUESTS)];
    return method == LG_CALL_JOB_REQUEST_STATE_CHANGE ? job_requests[below(random, JOB_REQUESTS)]
                                                      : vm_requests[below(random, VM_REQUESTS)];
}

/* Calls that change what others see, more often than the rest. */
static const uint8_t often[] = {LG_CALL_GET_KEY_PROTECTOR,
                                LG_CALL_SET_KEY_PROTECTOR,
                                LG_CALL_SET_SECURITY_POLICY,
                                LG_CALL_RESTORE_LAST_KNOWN_GOOD,
                                LG_CALL_MODIFY_SECURITY_SETTINGS,
                                LG_CALL_VM_REQUEST_STATE_CHANGE,
                                LG_CALL_READ_JOB,
                                LG_CALL_JOB_REQUEST_STATE_CHANGE,
                                LG_CALL_JOB_GET_ERROR,
                                LG_CALL_KILL_JOB,
                                LG_CALL_READ_SECURITY_SETTING,
                                LG_CALL_READ_VM,
                                LG_CALL_READ_TPM_SETTING,
                                LG_CALL_LIST_JOBS,
                                LG_CALL_TIME_PASSES};

static void choose_method(struct lg_call *call, uint64_t *random)
{
    bool plain = below(random, 4) != 0;
    call->method =
        (uint8_t)(plain ? often[below(random, sizeof often)] : below(random, LG_METHOD_COUNT));
}

/* Texts and bytes of a mebibyte or more take longer than everything else: now and then will do. */
enum { LARGE_BYTES = 1 << 19, LARGE_ONE_OF = 64 };

static enum lg_text_id any_text(uint64_t *random)
{
    enum lg_text_id text = (enum lg_text_id)below(random, LG_TEXT_COUNT);
    bool large = lg_texts[text].flags & LG_TEXT_HUGE;
    return large && below(random, LARGE_ONE_OF) ? LG_TEXT_IS_instance : text;
}

static uint16_t any_material(uint64_t *random)
{
    size_t material = below(random, LG_MATERIAL_COUNT);
    bool large = lg_materials[material].length >= LARGE_BYTES;
    return (uint16_t)(1 + (large && below(random, LARGE_ONE_OF) ? 0 : material));
}

static void choose_text(struct lg_call *call, uint64_t *random)
{
    bool plain = below(random, 8) != 0;
    lg_call_set_text(call, plain ? LG_TEXT_IS_instance : any_text(random));
    call->identity = (uint8_t)(plain ? LG_ID_EXACT : below(random, LG_IDENTITY_COUNT));
}

/* One or two settings, mostly the first ones. */
static void choose_settings(struct lg_call *call, uint64_t *random)
{
    call->present = (uint8_t)(1u << below(random, below(random, 2) ? 3 : LG_SETTING_COUNT));
    if (below(random, 3) == 0)
        call->present |= (uint8_t)(1u << below(random, LG_SETTING_COUNT));
    call->values = below(random, 4) ? call->present : 0;
}

static void choose_amount(struct lg_call *call, uint64_t *random)
{
    static const uint32_t amounts[] = {
        1, 1000, 10000, 60000, LG_RETENTION_MS - 1, LG_RETENTION_MS, LG_RETENTION_MS + 1, 700000};
    call->amount = amounts[below(random, sizeof amounts / sizeof amounts[0])];
}

static void choose_symbol(struct lg_call *call, uint64_t *random)
{
    call->symbol =
        below(random, 4) ? (uint16_t)(1 + below(random, PROTECTORS)) : any_material(random);
    call->other = (uint16_t)(1 + below(random, 4));
    call->blob = below(random, 16) ? LG_BLOB_PLAIN : (uint8_t)(LG_BLOB_NULL + below(random, 2));
}

/* Changes one argument within its meaning. */
static void change_argument(struct lg_call *call, uint64_t *random)
{
    switch (below(random, 8)) {
    case 0: choose_text(call, random); break;
    case 1: choose_settings(call, random); break;
    case 2: choose_amount(call, random); break;
    case 3: choose_symbol(call, random); break;
    case 4: call->vm = (uint16_t)below(random, below(random, 2) ? 2 : LG_SCRIPT_VMS); break;
    case 5: call->job = (uint16_t)(1 + below(random, LG_SCRIPT_JOBS)); break;
    case 6: call->flags = (uint8_t)(1u << below(random, 6)); break;
    default:
        call->requested = any_request(call->method, random);
        call->timeout = (uint8_t)(below(random, 4) ? 0 : below(random, LG_TIMEOUT_SHAPE_COUNT));
        break;
    }
}

static void make_call(struct lg_call *call, uint64_t *random)
{
    memset(call, 0, sizeof *call);
    choose_method(call, random);
    choose_text(call, random);
    choose_settings(call, random);
    choose_amount(call, random);
    choose_symbol(call, random);
    call->vm = (uint16_t)(below(random, 4) ? 0 : below(random, LG_SCRIPT_VMS));
    call->job = (uint16_t)(1 + below(random, LG_SCRIPT_JOBS));
    call->requested =
        below(random, 4) ? vm_requests[below(random, 2)] : any_request(call->method, random);
}

static void write_call(struct parts *parts, size_t at, const struct lg_call *call)
{
    lg_script_call_bytes(call, parts->calls + at * STEP);
}

/* ---- scripts ---- */

static void insert_at(struct parts *parts, size_t at)
{
    memmove(parts->calls + (at + 1) * STEP, parts->calls + at * STEP, (parts->count - at) * STEP);
    parts->count++;
}

static void insert(struct parts *parts, uint64_t *random)
{
    struct lg_call call;
    if (parts->count == LG_FUZZ_STEPS_MAX)
        return;
    size_t at = below(random, parts->count + 1);
    make_call(&call, random);
    insert_at(parts, at);
    write_call(parts, at, &call);
}

static void delete (struct parts *parts, uint64_t *random)
{
    if (parts->count < 2)
        return;
    size_t at = below(random, parts->count);
    size_t count = 1 + below(random, below(random, 4) ? 1 : parts->count - at);
    memmove(parts->calls + at * STEP, parts->calls + (at + count) * STEP,
            (parts->count - at - count) * STEP);
    parts->count -= count;
}

static void duplicate(struct parts *parts, uint64_t *random)
{
    uint8_t call[STEP];
    if (parts->count == 0 || parts->count == LG_FUZZ_STEPS_MAX)
        return;
    memcpy(call, parts->calls + below(random, parts->count) * STEP, STEP);
    size_t at = below(random, parts->count + 1);
    insert_at(parts, at);
    memcpy(parts->calls + at * STEP, call, STEP);
}

static void swap(struct parts *parts, uint64_t *random)
{
    uint8_t call[STEP];
    if (parts->count < 2)
        return;
    uint8_t *first = parts->calls + below(random, parts->count) * STEP;
    uint8_t *second = parts->calls + below(random, parts->count) * STEP;
    memcpy(call, first, STEP);
    memmove(first, second, STEP);
    memcpy(second, call, STEP);
}

static void change(struct parts *parts, uint64_t *random)
{
    struct lg_call call;
    if (parts->count == 0)
        return;
    size_t at = below(random, parts->count);
    lg_script_call(parts->calls + at * STEP, &call);
    change_argument(&call, random);
    write_call(parts, at, &call);
}

static void change_method(struct parts *parts, uint64_t *random)
{
    struct lg_call call;
    if (parts->count == 0)
        return;
    uint8_t *at = parts->calls + below(random, parts->count) * STEP;
    lg_script_call(at, &call);
    choose_method(&call, random);
    at[0] = call.method;
}

static void change_choice(struct parts *parts, uint64_t *random)
{
    size_t used = parts->count * STEP;
    if (used == 0)
        return;
    if (parts->tape_length < used) {
        memset(parts->tape + parts->tape_length, 0, used - parts->tape_length);
        parts->tape_length = used;
    }
    size_t at =
        below(random, 4) ? below(random, used) : used - 1 - below(random, used < 16 ? used : 16);
    parts->tape[at] = (uint8_t)(below(random, 3) ? below(random, 4) : below(random, 256));
}

static void draw_arguments(struct lg_call *call, unsigned draws, uint64_t *random)
{
    static const uint8_t reads[] = {LG_CALL_GET_KEY_PROTECTOR, LG_CALL_READ_SECURITY_SETTING,
                                    LG_CALL_READ_TPM_SETTING, LG_CALL_READ_VM, LG_CALL_READ_JOB};
    if (draws & LG_DRAWS_PROTECTOR) {
        call->symbol = (uint16_t)(1 + below(random, PROTECTORS));
        call->other = (uint16_t)(1 + below(random, PROTECTORS)); /* whose owner is the same */
    }
    if (draws & LG_DRAWS_BYTES) {
        choose_symbol(call, random);
        call->symbol = any_material(random);
    }
    if (draws & LG_DRAWS_REQUEST)
        call->requested = any_request(call->method, random);
    if (draws & LG_DRAWS_TIME)
        choose_amount(call, random);
    if (draws & LG_DRAWS_READ)
        call->method = reads[below(random, sizeof reads)];
    if (draws & LG_DRAWS_SETTINGS)
        choose_settings(call, random);
    if (draws & LG_DRAWS_ROLE)
        call->requested = (uint16_t)below(random, LG_ROLE_COUNT);
}

/* Stories are of the job that they begin, now and then of one before. */
static void tell_story(struct parts *parts, size_t at, size_t vm, uint64_t *random)
{
    const struct lg_story *story = &lg_stories[below(random, LG_STORY_COUNT)];
    size_t before_it = below(random, 4) ? 0 : below(random, LG_SCRIPT_JOBS);
    uint16_t job = (uint16_t)(LG_SCRIPT_NEWEST_JOB - before_it);
    uint16_t before = 0;
    if (parts->count + story->count > LG_FUZZ_STEPS_MAX)
        return;
    for (size_t i = 0; i < story->count; i++) {
        const struct lg_story_call *told = &story->calls[i];
        struct lg_call call = {.method = told->method, .requested = told->requested};
        call.vm = (uint16_t)((vm + told->other_vm) % LG_SCRIPT_VMS);
        call.job = job;
        call.symbol = told->draws & LG_DRAWS_NEXT ? (uint16_t)(before + below(random, 2)) : 0;
        if (call.method == LG_CALL_MODIFY_SECURITY_SETTINGS)
            call.present = call.values = 1;
        draw_arguments(&call, told->draws, random);
        before = call.symbol;
        insert_at(parts, at + i);
        write_call(parts, at + i, &call);
    }
}

static size_t any_vm(uint64_t *random)
{
    return below(random, 4) ? 0 : below(random, LG_SCRIPT_VMS);
}

static void insert_story(struct parts *parts, uint64_t *random)
{
    tell_story(parts, below(random, parts->count + 1), any_vm(random), random);
}

/* A new script: what libraries of inputs grow into is long, and says many things at once. */
static void begin_anew(struct parts *parts, uint64_t *random)
{
    parts->count = 0;
    for (size_t more = 1 + below(random, 3); more; more--)
        tell_story(parts, parts->count, any_vm(random), random);
}

struct mutation {
    const char *name;
    void (*apply)(struct parts *parts, uint64_t *random);
};
static const struct mutation mutations[] = {{"insert", insert},
                                            {"insert", insert},
                                            {"delete", delete},
                                            {"duplicate", duplicate},
                                            {"swap", swap},
                                            {"argument", change},
                                            {"argument", change},
                                            {"method", change_method},
                                            {"choice", change_choice},
                                            {"story", insert_story},
                                            {"anew", begin_anew}};
enum { MUTATIONS = sizeof mutations / sizeof mutations[0] };

static void add_name(char *name, const char *what)
{
    size_t length = name ? strlen(name) : 0;
    if (name)
        snprintf(name + length, LG_MUTATION_NAME_BYTES - length, "%s%s", length ? "-" : "", what);
}

size_t lg_mutate(uint8_t *bytes, size_t length, size_t max, uint64_t seed,
                 char name[LG_MUTATION_NAME_BYTES])
{
    struct parts parts;
    uint64_t random = seed * 0x9E3779B97F4A7C15u + 0x9E3779B97F4A7C15u;
    if (name)
        name[0] = '\0';
    random = random ? random : 1;
    take_apart(&parts, bytes, length);
    size_t times = 1 + below(&random, below(&random, 4) ? 2 : 8);
    for (size_t i = 0; i < times || parts.count == 0; i++) {
        const struct mutation *mutation = &mutations[parts.count ? below(&random, MUTATIONS) : 0];
        mutation->apply(&parts, &random);
        add_name(name, mutation->name);
    }
    return put_together(&parts, bytes, max);
}

size_t lg_mutate_cross(const uint8_t *first, size_t first_length, const uint8_t *second,
                       size_t second_length, uint8_t *out, size_t max, uint64_t seed)
{
    struct parts left, right;
    uint64_t random = seed * 0x9E3779B97F4A7C15u + 1;
    take_apart(&left, first, first_length);
    take_apart(&right, second, second_length);
    size_t keep = below(&random, left.count + 1);
    size_t from = below(&random, right.count + 1);
    size_t more = right.count - from;
    if (keep + more > LG_FUZZ_STEPS_MAX)
        more = LG_FUZZ_STEPS_MAX - keep;
    memcpy(left.calls + keep * STEP, right.calls + from * STEP, more * STEP);
    left.count = keep + more;
    return put_together(&left, out, max);
}

size_t lg_mutate_remove(const uint8_t *bytes, size_t length, size_t at, size_t count, uint8_t *out)
{
    struct parts parts;
    take_apart(&parts, bytes, length);
    if (count == 0 || at + count > parts.count) {
        memcpy(out, bytes, length);
        return length;
    }
    memmove(parts.calls + at * STEP, parts.calls + (at + count) * STEP,
            (parts.count - at - count) * STEP);
    parts.count -= count;
    return put_together(&parts, out, length);
}
