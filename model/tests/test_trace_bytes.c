/* Scripts as bytes: any bytes are a script, and a script survives the way there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "random_script.h"

enum { ROUNDS = 20000, BYTES_MAX = 1024, CALLS_MAX = BYTES_MAX / LG_STEP_BYTES };

static bool target_is_host(const struct lg_call *call)
{
    return lg_methods[call->method].target == LG_TARGET_HOST;
}

/* Every member is one that the model knows, and belongs to the method. */
static void check_call(const struct lg_call *call)
{
    const struct lg_method_row *row = &lg_methods[call->method];
    assert_true(call->method < LG_METHOD_COUNT);
    assert_true(target_is_host(call) ? call->vm == LG_VM_HOST : call->vm < 4);
    assert_true(call->setting < LG_TEXT_SHAPE_COUNT);
    assert_true(call->text < LG_TEXT_COUNT);
    assert_int_equal(call->setting, lg_texts[call->text].shape);
    assert_int_equal(call->setting_flags, lg_texts[call->text].flags);
    assert_true(call->identity < LG_IDENTITY_COUNT);
    assert_true(call->blob < LG_BLOB_SHAPE_COUNT);
    assert_true(call->timeout < LG_TIMEOUT_SHAPE_COUNT);
    assert_true(call->symbol <= LG_MATERIAL_COUNT);
    assert_int_equal(call->values & ~call->present, 0);
    assert_int_equal(call->new_job, 0);
    assert_true((call->job != 0) == (row->target == LG_TARGET_JOB));
    assert_true(call->amount == 0 || row->kind == LG_KIND_EVENT);
    assert_true(call->flags == 0 || row->kind == LG_KIND_EVENT);
}

static void any_bytes_are_a_script(void **state)
{
    uint64_t random = seed_of_run("test_trace_bytes");
    static struct lg_call calls[CALLS_MAX];
    uint8_t bytes[BYTES_MAX];
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t length = (size_t)(next_random(&random) >> 40) % (BYTES_MAX + 1);
        size_t tape = SIZE_MAX;
        fill_random(&random, bytes, length);
        size_t count = lg_script_decode(bytes, length, calls, CALLS_MAX, &tape);
        assert_int_equal(count, length / 2 / LG_STEP_BYTES);
        assert_int_equal(tape, count * LG_STEP_BYTES);
        assert_true(length - tape >= tape);
        for (size_t i = 0; i < count; i++) {
            check_call(&calls[i]);
            assert_true(lg_script_canonical(&calls[i]));
        }
    }
}

static void too_many_steps_are_left_to_the_tape(void **state)
{
    uint64_t random = seed_of_run("test_trace_bytes");
    struct lg_call calls[3];
    uint8_t bytes[BYTES_MAX];
    size_t tape;
    (void)state;
    fill_random(&random, bytes, sizeof bytes);
    memset(&calls[2], 0xAA, sizeof calls[2]);
    assert_int_equal(lg_script_decode(bytes, sizeof bytes, calls, 2, &tape), 2);
    assert_int_equal(tape, 2 * LG_STEP_BYTES);
    assert_int_equal(calls[2].method, 0xAA);
}

/* decode, encode, decode: the calls and the tape are those of the first time; and what was encoded
 * once is encoded the same again. */
static void what_was_decoded_survives(void **state)
{
    uint64_t random = seed_of_run("test_trace_bytes");
    static struct lg_call calls[CALLS_MAX], again[CALLS_MAX];
    uint8_t bytes[BYTES_MAX], encoded[BYTES_MAX], twice[BYTES_MAX];
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t length = (size_t)(next_random(&random) >> 40) % (BYTES_MAX + 1);
        size_t tape, tape_again;
        fill_random(&random, bytes, length);
        size_t count = lg_script_decode(bytes, length, calls, CALLS_MAX, &tape);
        size_t written =
            lg_script_encode(calls, count, bytes + tape, length - tape, encoded, sizeof encoded);
        assert_int_equal(written, length);
        assert_int_equal(lg_script_decode(encoded, written, again, CALLS_MAX, &tape_again), count);
        assert_int_equal(tape_again, tape);
        assert_memory_equal(again, calls, count * sizeof calls[0]);
        assert_memory_equal(encoded + tape, bytes + tape, length - tape);
        assert_int_equal(
            lg_script_encode(again, count, encoded + tape, written - tape, twice, sizeof twice),
            written);
        assert_memory_equal(twice, encoded, written);
    }
}

static void every_method_survives(void **state)
{
    (void)state;
    for (unsigned method = 0; method < LG_METHOD_COUNT; method++) {
        struct lg_call call, again;
        uint8_t bytes[LG_STEP_BYTES];
        memset(bytes, 0, sizeof bytes);
        bytes[0] = (uint8_t)method;
        lg_script_call(bytes, &call);
        assert_int_equal(call.method, method);
        lg_script_call_bytes(&call, bytes);
        lg_script_call(bytes, &again);
        assert_memory_equal(&call, &again, sizeof call);
    }
}

/* A short tape is filled up with zeros, which is what a tape has behind its end anyway. */
static void a_short_tape_is_filled_up(void **state)
{
    struct lg_call calls[2], again[2];
    uint8_t script[2 * LG_STEP_BYTES] = {LG_CALL_SET_KEY_PROTECTOR};
    uint8_t encoded[4 * LG_STEP_BYTES];
    const uint8_t tape[] = {1, 2, 3};
    size_t at;
    (void)state;
    lg_script_call(script, &calls[0]);
    lg_script_call(script + LG_STEP_BYTES, &calls[1]);
    size_t length = lg_script_encode(calls, 2, tape, sizeof tape, encoded, sizeof encoded);
    assert_int_equal(length, sizeof encoded);
    assert_int_equal(lg_script_decode(encoded, length, again, 2, &at), 2);
    assert_memory_equal(again, calls, sizeof calls);
    assert_memory_equal(encoded + at, tape, sizeof tape);
    for (size_t i = at + sizeof tape; i < length; i++)
        assert_int_equal(encoded[i], 0);
}

static void what_does_not_fit_is_not_written(void **state)
{
    struct lg_call call;
    uint8_t script[LG_STEP_BYTES] = {LG_CALL_READ_VM};
    uint8_t encoded[2 * LG_STEP_BYTES - 1];
    (void)state;
    lg_script_call(script, &call);
    memset(encoded, 0xEE, sizeof encoded);
    assert_int_equal(lg_script_encode(&call, 1, NULL, 0, encoded, sizeof encoded),
                     2 * LG_STEP_BYTES);
    for (size_t i = 0; i < sizeof encoded; i++)
        assert_int_equal(encoded[i], 0xEE);
}

/* Such a tape would be taken for more steps. */
static void a_tape_too_long_for_its_steps_is_not_written(void **state)
{
    struct lg_call call;
    uint8_t script[LG_STEP_BYTES] = {LG_CALL_READ_VM};
    uint8_t tape[3 * LG_STEP_BYTES] = {0};
    uint8_t encoded[BYTES_MAX];
    size_t at;
    (void)state;
    lg_script_call(script, &call);
    memset(encoded, 0xEE, sizeof encoded);
    lg_script_encode(&call, 1, tape, sizeof tape, encoded, sizeof encoded);
    assert_int_equal(encoded[0], 0xEE);
    size_t length = lg_script_encode(&call, 1, tape, sizeof tape - 1, encoded, sizeof encoded);
    assert_int_equal(length, LG_STEP_BYTES + sizeof tape - 1);
    assert_int_equal(lg_script_decode(encoded, length, &call, 1, &at), 1);
    assert_int_equal(length / 2 / LG_STEP_BYTES, 1);
}

static void a_call_that_bytes_cannot_hold_is_not_canonical(void **state)
{
    struct lg_call call;
    uint8_t script[LG_STEP_BYTES] = {LG_CALL_SET_KEY_PROTECTOR};
    (void)state;
    lg_script_call(script, &call);
    assert_true(lg_script_canonical(&call));
    call.vm = 4;
    assert_false(lg_script_canonical(&call));
    call.vm = 0;
    call.new_job = 1;
    assert_false(lg_script_canonical(&call));
    call.new_job = 0;
    call.blob = LG_BLOB_EMPTY; /* not the shape of its material */
    assert_false(lg_script_canonical(&call));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bytes_are_a_script),
        cmocka_unit_test(too_many_steps_are_left_to_the_tape),
        cmocka_unit_test(what_was_decoded_survives),
        cmocka_unit_test(every_method_survives),
        cmocka_unit_test(a_short_tape_is_filled_up),
        cmocka_unit_test(what_does_not_fit_is_not_written),
        cmocka_unit_test(a_tape_too_long_for_its_steps_is_not_written),
        cmocka_unit_test(a_call_that_bytes_cannot_hold_is_not_canonical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
