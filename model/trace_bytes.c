/* Scripts as bytes: what fuzzers mutate. */
#include "trace.h"

#include <string.h>

const struct lg_text_row lg_texts[LG_TEXT_COUNT] = {
#define LG_TEXT(name, shape, flags) [LG_TEXT_IS_##name] = {#name, LG_TEXT_##shape, flags},
#include "texts.def"
#undef LG_TEXT
};

void lg_call_set_text(struct lg_call *call, enum lg_text_id text)
{
    call->text = (uint8_t)text;
    call->setting = lg_texts[text].shape;
    call->setting_flags = lg_texts[text].flags;
}

/* Layout: method, vm, job, symbol, other, requested (2), text, identity, blob, timeout, present,
 * values, flags, amount (4). */
enum {
    AT_METHOD,
    AT_VM,
    AT_JOB,
    AT_SYMBOL,
    AT_OTHER,
    AT_REQUESTED,
    AT_TEXT = AT_REQUESTED + 2,
    AT_IDENTITY,
    AT_BLOB,
    AT_TIMEOUT,
    AT_PRESENT,
    AT_VALUES,
    AT_FLAGS,
    AT_AMOUNT,
    AT_END = AT_AMOUNT + 4
};
_Static_assert((int)AT_END == LG_STEP_BYTES, "the layout fills a step");
enum { VMS = 4, JOBS = 16 };

static uint16_t two(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static bool has_bytes(uint8_t method)
{
    return method == LG_CALL_SET_KEY_PROTECTOR || method == LG_CALL_SET_SECURITY_POLICY;
}

static bool has_protector(uint8_t method)
{
    return method >= LG_CALL_PROTECTOR_UNUSABLE && method <= LG_CALL_PROTECTORS_SHARE_OWNER;
}

/* Bytes are a material, Null, or of a wrong type; the shape of a material follows from it. */
static void decode_bytes(const uint8_t *bytes, struct lg_call *call)
{
    unsigned way = bytes[AT_BLOB] % 16;
    unsigned material = bytes[AT_SYMBOL] % LG_MATERIAL_COUNT;
    if (way == 15 || way == 14) {
        call->blob = way == 15 ? LG_BLOB_NULL : LG_BLOB_WRONG_TYPE;
        return;
    }
    call->symbol = (uint16_t)(material + 1);
    call->blob = (uint8_t)lg_material_shape((enum lg_material)material);
}

static void decode_setting(const uint8_t *bytes, struct lg_call *call)
{
    lg_call_set_text(call, (enum lg_text_id)(bytes[AT_TEXT] % LG_TEXT_COUNT));
    if (call->setting != LG_TEXT_WELL_FORMED)
        return;
    call->identity = bytes[AT_IDENTITY] % LG_IDENTITY_COUNT;
    call->present = bytes[AT_PRESENT];
    /* That text has it already, and none has it twice. */
    if (call->setting_flags & LG_TEXT_WRONG_TYPE)
        call->present &= (uint8_t) ~(1u << LG_SETTING_BIND_TO_HOST_TPM);
    call->values = bytes[AT_VALUES] & call->present;
}

static void decode_event(const uint8_t *bytes, struct lg_call *call)
{
    call->flags = bytes[AT_FLAGS];
    call->requested = two(bytes + AT_REQUESTED);
    call->amount = (uint64_t)two(bytes + AT_AMOUNT) << 16 | two(bytes + AT_AMOUNT + 2);
    if (has_protector(call->method))
        call->symbol = (uint16_t)(bytes[AT_SYMBOL] % LG_MATERIAL_COUNT + 1);
    if (call->method == LG_CALL_PROTECTORS_SHARE_OWNER)
        call->other = (uint16_t)(bytes[AT_OTHER] % LG_MATERIAL_COUNT + 1);
    else if (call->method == LG_CALL_VM_IMPORTED || call->method == LG_CALL_VM_CREATED)
        call->other = bytes[AT_OTHER] % VMS;
}

void lg_script_call(const uint8_t bytes[LG_STEP_BYTES], struct lg_call *call)
{
    memset(call, 0, sizeof *call);
    call->method = bytes[AT_METHOD] % LG_METHOD_COUNT;
    const struct lg_method_row *row = &lg_methods[call->method];
    call->vm = row->target == LG_TARGET_HOST ? LG_VM_HOST : bytes[AT_VM] % VMS;
    if (row->kind == LG_KIND_EVENT) {
        decode_event(bytes, call);
        return;
    }
    if (row->target == LG_TARGET_JOB)
        call->job = (uint16_t)(bytes[AT_JOB] % JOBS + 1);
    if (row->target == LG_TARGET_SERVICE || call->method == LG_CALL_DEFINE_SYSTEM)
        decode_setting(bytes, call);
    if (has_bytes(call->method))
        decode_bytes(bytes, call);
    if (row->kind == LG_KIND_METHOD && row->target != LG_TARGET_SERVICE) {
        call->requested = two(bytes + AT_REQUESTED);
        call->timeout = bytes[AT_TIMEOUT] % LG_TIMEOUT_SHAPE_COUNT;
    }
}

void lg_script_call_bytes(const struct lg_call *call, uint8_t bytes[LG_STEP_BYTES])
{
    memset(bytes, 0, LG_STEP_BYTES);
    bytes[AT_METHOD] = call->method;
    bytes[AT_VM] = (uint8_t)(call->vm == LG_VM_HOST ? 0 : call->vm);
    bytes[AT_JOB] = (uint8_t)(call->job ? call->job - 1 : 0);
    bytes[AT_SYMBOL] = (uint8_t)(call->symbol ? call->symbol - 1 : 0);
    bytes[AT_OTHER] =
        (uint8_t)(call->method == LG_CALL_PROTECTORS_SHARE_OWNER ? call->other - 1 : call->other);
    bytes[AT_REQUESTED] = (uint8_t)(call->requested >> 8);
    bytes[AT_REQUESTED + 1] = (uint8_t)call->requested;
    bytes[AT_TEXT] = call->text;
    bytes[AT_IDENTITY] = call->identity;
    if (call->blob == LG_BLOB_NULL || call->blob == LG_BLOB_WRONG_TYPE)
        bytes[AT_BLOB] = call->blob == LG_BLOB_NULL ? 15 : 14;
    bytes[AT_TIMEOUT] = call->timeout;
    bytes[AT_PRESENT] = call->present;
    bytes[AT_VALUES] = call->values;
    bytes[AT_FLAGS] = call->flags;
    for (unsigned i = 0; i < 4; i++)
        bytes[AT_AMOUNT + i] = (uint8_t)(call->amount >> (24 - 8 * i));
}

bool lg_script_canonical(const struct lg_call *call)
{
    uint8_t bytes[LG_STEP_BYTES];
    struct lg_call again;
    lg_script_call_bytes(call, bytes);
    lg_script_call(bytes, &again);
    return memcmp(call, &again, sizeof again) == 0;
}

size_t lg_script_decode(const uint8_t *bytes, size_t length, struct lg_call *calls, size_t max,
                        size_t *tape)
{
    size_t count = length / 2 / LG_STEP_BYTES;
    if (count > max)
        count = max;
    for (size_t i = 0; i < count; i++)
        lg_script_call(bytes + i * LG_STEP_BYTES, &calls[i]);
    *tape = count * LG_STEP_BYTES;
    return count;
}

size_t lg_script_encode(const struct lg_call *calls, size_t count, const uint8_t *tape,
                        size_t tape_length, uint8_t *bytes, size_t capacity)
{
    size_t steps = count * LG_STEP_BYTES;
    size_t length = steps + (tape_length > steps ? tape_length : steps);
    if (tape_length >= steps + 2 * LG_STEP_BYTES || length > capacity)
        return length;
    for (size_t i = 0; i < count; i++)
        lg_script_call_bytes(&calls[i], bytes + i * LG_STEP_BYTES);
    memset(bytes + steps, 0, length - steps);
    if (tape_length)
        memcpy(bytes + steps, tape, tape_length);
    return length;
}
