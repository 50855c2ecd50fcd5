/* Calls of several clients before a judge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conformance/conflict.h"
#include "overlapping.h"

struct court {
    struct lg_judge judge;
    struct lg_overlaps overlaps;
    unsigned by_kind[LG_VERDICT_UNDETERMINED + 1];
    size_t conflict[8];
    size_t conflict_count;
};

static void note(void *context, const struct lg_timed *timed, const struct lg_verdict *verdict)
{
    struct court *court = context;
    court->by_kind[verdict->kind]++;
    if (verdict->kind == LG_VERDICT_VIOLATES && !verdict->secondary &&
        court->overlaps.history_count < 8)
        court->conflict_count = lg_conflict_find(&court->overlaps, timed, court->conflict);
}

static int open_court(void **state)
{
    struct court *court = calloc(1, sizeof *court);
    *state = court;
    if (!court || !lg_judge_init_for(&court->judge, LG_PROFILE_documented, 8) ||
        !lg_overlaps_init(&court->overlaps, &court->judge))
        return -1;
    court->overlaps.judged = note;
    court->overlaps.context = court;
    return 0;
}

static int close_court(void **state)
{
    struct court *court = *state;
    lg_overlaps_free(&court->overlaps);
    lg_judge_free(&court->judge);
    free(court);
    return 0;
}

static void add(struct court *court, uint16_t client, uint64_t sent, uint64_t answered,
                enum lg_method method, uint16_t symbol)
{
    struct lg_trace_step step;
    memset(&step, 0, sizeof step);
    step.call.method = (uint8_t)method;
    step.client = client;
    step.sent = sent;
    step.answered = answered;
    step.reply = LG_REPLY_SEEN;
    if (method == LG_CALL_VM_CREATED)
        step.call.requested = 2;
    if (method == LG_CALL_SET_KEY_PROTECTOR)
        step.call.symbol = symbol;
    if (method == LG_CALL_GET_KEY_PROTECTOR) {
        step.seen.answer = LG_ANSWERS_BYTES;
        step.seen.symbol = symbol;
    }
    assert_true(lg_overlaps_add(&court->overlaps, &step, 0, false));
}

static void either_order_of_overlapping_calls_is_legal(void **state)
{
    for (uint16_t last = 1; last <= 2; last++) {
        struct court *court = *state;
        lg_judge_reset(&court->judge);
        lg_overlaps_reset(&court->overlaps);
        add(court, 1, 1, 2, LG_CALL_VM_CREATED, 0);
        add(court, 1, 10, 30, LG_CALL_SET_KEY_PROTECTOR, 1);
        add(court, 3, 40, 50, LG_CALL_GET_KEY_PROTECTOR, last);
        add(court, 2, 20, 35, LG_CALL_SET_KEY_PROTECTOR, 2);
        lg_overlaps_finish(&court->overlaps);
        assert_int_equal(court->by_kind[LG_VERDICT_CONFORMS], 4 * last);
    }
}

/* The read alone and the last set contradict each other, whatever the others did. */
static void the_smallest_conflict_is_found(void **state)
{
    struct court *court = *state;
    add(court, 1, 1, 2, LG_CALL_VM_CREATED, 0);
    add(court, 1, 10, 20, LG_CALL_SET_KEY_PROTECTOR, 1);
    add(court, 4, 15, 60, LG_CALL_GET_KEY_PROTECTOR, 2);
    add(court, 2, 30, 40, LG_CALL_SET_KEY_PROTECTOR, 2);
    add(court, 3, 50, 70, LG_CALL_GET_KEY_PROTECTOR, 1);
    lg_overlaps_finish(&court->overlaps);
    assert_int_equal(court->by_kind[LG_VERDICT_VIOLATES], 1);
    assert_int_equal(court->conflict_count, 2);
    assert_int_equal(court->overlaps.history[court->conflict[0]].step.sent, 30);
    assert_int_equal(court->overlaps.history[court->conflict[1]].step.sent, 50);
}

static void what_a_host_did_is_never_a_violation(void **state)
{
    struct court *court = *state;
    enum { CALLS = 200, VMS = 4 };
    struct lg_trace_step *steps = calloc(CALLS + VMS, sizeof *steps);
    assert_non_null(steps);
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct lg_history_options options = {.seed = seed,
                                             .clients = 6,
                                             .vms = VMS,
                                             .calls = CALLS,
                                             .lost = (unsigned)(seed % 3) * 5,
                                             .pending = LG_PENDING_MAX,
                                             .jobs = seed % 2 != 0};
        assert_true(lg_history_make(&options, steps));
        lg_judge_reset(&court->judge);
        lg_overlaps_reset(&court->overlaps);
        for (unsigned i = 0; i < CALLS + VMS; i++)
            assert_true(lg_overlaps_add(&court->overlaps, &steps[i], i, false));
        lg_overlaps_finish(&court->overlaps);
    }
    assert_int_equal(court->by_kind[LG_VERDICT_VIOLATES], 0);
    free(steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(either_order_of_overlapping_calls_is_legal, open_court,
                                        close_court),
        cmocka_unit_test_setup_teardown(the_smallest_conflict_is_found, open_court, close_court),
        cmocka_unit_test_setup_teardown(what_a_host_did_is_never_a_violation, open_court,
                                        close_court),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
