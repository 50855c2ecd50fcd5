/* Sets of explanations by hand: which stand for others, which readings exclude each other, and what
 * is done where there is no room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "model/oracle_leaves.h"
#include "model/oracle_set.h"

enum { VMS = 3, SET_MAX = 4096, LOST = 1, OTHER = 2 };

static int start(void **state)
{
    static const struct lg_host_word fresh;
    struct lg_oracle *oracle = calloc(1, sizeof *oracle);
    struct lg_profile profile;
    lg_profile_load(&profile, LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
    lg_oracle_init(oracle, malloc(lg_oracle_bytes(VMS, SET_MAX)), VMS, SET_MAX, &profile, &fresh);
    *state = oracle;
    return 0;
}

static int end(void **state)
{
    struct lg_oracle *oracle = *state;
    free(oracle->sets);
    free(oracle);
    return 0;
}

/* The set of VM 0 with so many explanations, all alike. */
static struct lg_set *set_of(struct lg_oracle *oracle, uint16_t vm, uint32_t count)
{
    struct lg_set *set = lg_oracle_set(oracle, vm);
    for (uint32_t i = 1; i < count; i++)
        set->elements[i] = set->elements[0];
    set->count = count;
    return set;
}

/* ---- which stand for others ---- */

static void of_two_that_are_alike_the_more_pleasant_stays(void **state)
{
    struct lg_oracle *oracle = *state;
    struct lg_set *set = set_of(oracle, 0, 1);
    set->elements[0].mark_tag = LG_TAG_UNDOCUMENTED;
    set->elements[1] = set->elements[0];
    set->elements[1].mark_tag = LG_TAG_CONFORMS;
    lg_set_commit(oracle, set);
    assert_int_equal(set->count, 1);
    assert_int_equal(set->elements[0].mark_tag, LG_TAG_CONFORMS);
    set->elements[1].mark_tag = LG_TAG_UNDOCUMENTED;
    lg_set_commit(oracle, set);
    assert_int_equal(set->elements[0].mark_tag, LG_TAG_CONFORMS);
}

/* The hash alone does not make two the same. */
static void another_cell_is_another_explanation(void **state)
{
    struct lg_oracle *oracle = *state;
    struct lg_set *set = set_of(oracle, 0, 1);
    set->elements[1] = set->elements[0];
    set->elements[1].cell.vm.vault.current = 1;
    lg_set_commit(oracle, set);
    assert_int_equal(set->count, 2);
    set->elements[2] = set->elements[0];
    set->elements[2].readings = 1;
    lg_set_commit(oracle, set);
    assert_int_equal(set->count, 3);
}

struct pair {
    uint16_t done, more;
    uint8_t tag, more_tag;
    uint32_t left;
};

/* Without a reply it may take effect later as well; what has a reply must. */
static const struct pair pairs[] = {
    {0, LOST, LG_TAG_CONFORMS, LG_TAG_CONFORMS, 1},
    {LOST, 0, LG_TAG_CONFORMS, LG_TAG_CONFORMS, 1},
    {0, OTHER, LG_TAG_CONFORMS, LG_TAG_CONFORMS, 2},
    {LOST, OTHER, LG_TAG_CONFORMS, LG_TAG_CONFORMS, 2},
    {0, LOST, LG_TAG_UNDOCUMENTED, LG_TAG_CONFORMS, 2},
    {0, LOST, LG_TAG_CONFORMS, LG_TAG_UNDOCUMENTED, 1},
};

static void what_may_still_be_done_covers_what_was(void **state)
{
    struct lg_oracle *oracle = *state;
    for (unsigned i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct lg_set *set = set_of(oracle, 0, 2);
        set->lost_mask = LOST;
        set->elements[0].done = pairs[i].done;
        set->elements[0].mark_tag = pairs[i].tag;
        set->elements[1].done = pairs[i].more;
        set->elements[1].mark_tag = pairs[i].more_tag;
        lg_set_prune(oracle, set);
        if (set->count != pairs[i].left)
            fail_msg("pair %u: %u are left", i, set->count);
    }
}

static void too_many_are_not_compared(void **state)
{
    struct lg_oracle *oracle = *state;
    struct lg_set *set = set_of(oracle, 0, 1025);
    lg_set_prune(oracle, set);
    assert_int_equal(set->count, 1025);
    set->count = 1024;
    lg_set_prune(oracle, set);
    assert_int_equal(set->count, 1);
}

/* An index of a set that became smaller, or of another one, is made anew. */
static void the_index_follows_its_set(void **state)
{
    struct lg_oracle *oracle = *state;
    struct lg_set *set = set_of(oracle, 0, 1);
    for (unsigned round = 0; round < 2; round++) {
        set->count = 1;
        for (uint16_t i = 1; i < 64; i++) {
            set->elements[set->count] = set->elements[0];
            set->elements[set->count].cell.vm.vault.current = (uint16_t)(100 * round + i);
            set->elements[set->count].hash = lg_cell_hash(&set->elements[set->count].cell);
            lg_set_commit(oracle, set);
        }
        assert_int_equal(set->count, 64);
    }
}

/* ---- readings ---- */

/* The readings of an explanation that rules out all but one alternative of a site. */
static uint16_t only(struct lg_oracle *oracle, enum lg_site site, unsigned alternative)
{
    struct lg_readings readings;
    uint16_t slot = lg_sites[site].slot;
    memset(&readings, 0, sizeof readings);
    readings.out[slot] = (uint16_t)(oracle->profile.allowed[slot] & ~(1u << alternative));
    return lg_oracle_intern(oracle, &readings);
}

static void what_one_vm_is_bound_to_binds_the_others(void **state)
{
    struct lg_oracle *oracle = *state;
    struct lg_set *other = set_of(oracle, 0, 2), *set = set_of(oracle, 1, 1);
    other->elements[0].readings = only(oracle, LG_SITE_retention_over, 0);
    other->elements[1].readings = only(oracle, LG_SITE_retention_over, 1);
    set->elements[0].readings = only(oracle, LG_SITE_retention_over, 1);
    assert_true(lg_oracle_join(oracle, set));
    assert_int_equal(other->count, 1);
}

static void vms_that_are_bound_to_different_readings_contradict(void **state)
{
    struct lg_oracle *oracle = *state;
    struct lg_verdict verdict = {.kind = LG_VERDICT_CONFORMS};
    struct lg_set *other = set_of(oracle, 0, 1), *set = set_of(oracle, 1, 1);
    other->elements[0].readings = only(oracle, LG_SITE_retention_over, 0);
    set->elements[0].readings = only(oracle, LG_SITE_retention_over, 1);
    lg_oracle_settle(oracle, set, &verdict);
    assert_int_equal(verdict.kind, LG_VERDICT_INCONSISTENT);
    assert_int_equal(verdict.slot, lg_sites[LG_SITE_retention_over].slot);
    assert_int_equal(verdict.alternative, 0);
}

/* A set that something was passed over in may agree all the same. */
static void a_narrowed_set_contradicts_nothing(void **state)
{
    struct lg_oracle *oracle = *state;
    struct lg_verdict verdict = {.kind = LG_VERDICT_CONFORMS};
    struct lg_set *other = set_of(oracle, 0, 1), *set = set_of(oracle, 1, 1);
    other->elements[0].readings = only(oracle, LG_SITE_retention_over, 0);
    other->narrowed = 1;
    set->elements[0].readings = only(oracle, LG_SITE_retention_over, 1);
    lg_oracle_settle(oracle, set, &verdict);
    assert_int_equal(verdict.kind, LG_VERDICT_CONFORMS);
    set->narrowed = 1;
    set->elements[0].readings = only(oracle, LG_SITE_retention_over, 0);
    lg_oracle_settle(oracle, set, &verdict);
    assert_int_equal(verdict.kind, LG_VERDICT_CONFORMS);
}

/* A contradiction does not outshine a violation. */
static void a_worse_verdict_stays(void **state)
{
    struct lg_oracle *oracle = *state;
    struct lg_verdict verdict = {.kind = LG_VERDICT_VIOLATES};
    struct lg_set *other = set_of(oracle, 0, 1), *set = set_of(oracle, 1, 1);
    other->elements[0].readings = only(oracle, LG_SITE_retention_over, 0);
    set->elements[0].readings = only(oracle, LG_SITE_retention_over, 1);
    lg_oracle_settle(oracle, set, &verdict);
    assert_int_equal(verdict.kind, LG_VERDICT_VIOLATES);
}

/* ---- leaves ---- */

/* Of the alternatives that lead to the same, the most pleasant one is named. */
static void the_most_pleasant_alternative_is_named(void **state)
{
    struct lg_leaf leaf;
    (void)state;
    for (unsigned site = 0; site < LG_SITE_COUNT; site++) {
        const struct lg_site_row *row = &lg_sites[site];
        unsigned last = lg_slot_alternatives(row->slot) - 1;
        if (row->scope != LG_SCOPE_READING)
            continue;
        memset(&leaf, 0, sizeof leaf);
        leaf.count = 1;
        leaf.bound = 1;
        leaf.taken[0] = (uint16_t)(1u << last | 1);
        leaf.draws[0] = (struct lg_draw){
            .slot = row->slot, .site = (uint8_t)site, .alternative = (uint8_t)last};
        unsigned named = (unsigned)lg_leaf_alternative(&leaf, 0);
        assert_true(lg_slot_tag(row->slot, named) <= lg_slot_tag(row->slot, last));
        assert_true(lg_slot_tag(row->slot, named) <= lg_slot_tag(row->slot, 0));
    }
}

/* ---- calls that are open ---- */

static void a_call_that_will_be_answered_is_not_forgotten(void **state)
{
    const struct lg_call get = {.method = LG_CALL_GET_KEY_PROTECTOR};
    const struct lg_outcome denied = {.fault = LG_FAULT_ACCESS_DENIED};
    struct lg_oracle *oracle = *state;
    int handle = lg_oracle_begin(oracle, &get, &denied);
    lg_oracle_forget(oracle, handle);
    assert_int_equal(lg_oracle_set(oracle, 0)->open_mask, 1);
}

/* Only a lost call can stand for one that there is no place for. */
static void a_lost_call_among_answered_ones_has_no_place(void **state)
{
    const struct lg_call set = {.method = LG_CALL_SET_KEY_PROTECTOR, .symbol = 1};
    const struct lg_outcome done = {.answer = LG_ANSWERS_NOTHING};
    struct lg_oracle *oracle = *state;
    for (unsigned i = 0; i < LG_PENDING_MAX; i++)
        assert_int_not_equal(lg_oracle_begin(oracle, &set, &done), -1);
    assert_int_equal(lg_oracle_begin(oracle, &set, NULL), -1);
    assert_true(oracle->bound_hit);
}

/* With many lost calls open, at first none of them takes effect; if one must have, it may. */
static void many_lost_calls_wait_until_one_is_needed(void **state)
{
    const struct lg_call made = {.method = LG_CALL_VM_CREATED, .requested = 2};
    const struct lg_call get = {.method = LG_CALL_GET_KEY_PROTECTOR};
    const struct lg_outcome done = {.answer = LG_ANSWERS_NOTHING};
    struct lg_outcome seen = {.answer = LG_ANSWERS_BYTES, .form = LG_BYTES_UNSET};
    struct lg_oracle *oracle = *state;
    static struct lg_verdict verdict;
    lg_oracle_step(oracle, &made, &done, &verdict);
    for (unsigned i = 0; i < LG_PENDING_MAX - 2; i++) {
        struct lg_call set = {.method = LG_CALL_SET_KEY_PROTECTOR, .symbol = (uint16_t)(1 + i % 3)};
        assert_int_not_equal(lg_oracle_begin(oracle, &set, NULL), -1);
    }
    for (unsigned i = 0; i < 3; i++) {
        lg_oracle_step(oracle, &get, &seen, &verdict);
        assert_int_equal(verdict.kind, LG_VERDICT_CONFORMS);
    }
    assert_true(lg_oracle_set(oracle, 0)->narrowed);
    assert_true(oracle->approximations > 0);
    seen.form = LG_BYTES_GIVEN;
    seen.symbol = 2;
    lg_oracle_step(oracle, &get, &seen, &verdict);
    assert_int_equal(verdict.kind, LG_VERDICT_CONFORMS);
    seen.symbol = 9; /* nobody set it; but something was passed over */
    lg_oracle_step(oracle, &get, &seen, &verdict);
    assert_int_equal(verdict.kind, LG_VERDICT_UNDETERMINED);
}

/* Who goes back asks again, each time with more calls awake, before anything is blamed. */
static void who_goes_back_is_told_nothing_until_all_was_tried(void **state)
{
    static const struct lg_call get = {.method = LG_CALL_GET_KEY_PROTECTOR};
    static const struct lg_call set = {.method = LG_CALL_SET_KEY_PROTECTOR, .symbol = 1};
    static const struct lg_outcome seen = {
        .answer = LG_ANSWERS_BYTES, .form = LG_BYTES_GIVEN, .symbol = 9};
    static struct lg_verdict verdict;
    (void)state;
    for (unsigned awake = LG_AWAKE_ALL; awake <= LG_AWAKE_EVERY; awake++) {
        struct lg_oracle *oracle;
        start((void **)&oracle);
        oracle->awake = (uint8_t)awake;
        assert_int_not_equal(lg_oracle_begin(oracle, &set, NULL), -1);
        int handle = lg_oracle_begin(oracle, &get, &seen);
        lg_oracle_set(oracle, 0)->narrowed = 1;
        lg_oracle_end(oracle, handle, &verdict);
        assert_int_equal(verdict.kind, LG_VERDICT_UNDETERMINED);
        bool tried = awake >= LG_AWAKE_LAST && awake <= LG_AWAKE_FEW;
        assert_int_equal(lg_oracle_set(oracle, 0)->open_mask, tried ? 3 : 1);
        end((void **)&oracle);
    }
}

static void an_import_beside_an_open_call_closes_it(void **state)
{
    const struct lg_call set = {.method = LG_CALL_SET_KEY_PROTECTOR, .symbol = 1};
    const struct lg_call import = {.method = LG_CALL_VM_IMPORTED, .other = 1, .requested = 2};
    const struct lg_call made = {.method = LG_CALL_VM_CREATED, .requested = 2, .vm = 1};
    const struct lg_outcome done = {.answer = LG_ANSWERS_NOTHING};
    struct lg_oracle *oracle = *state;
    static struct lg_verdict verdict;
    lg_oracle_step(oracle, &made, &done, &verdict);
    assert_int_not_equal(lg_oracle_begin(oracle, &set, NULL), -1);
    lg_oracle_step(oracle, &import, &done, &verdict);
    assert_int_equal(verdict.kind, LG_VERDICT_CONFORMS);
}

/* ---- records ---- */

static void fill_records(struct lg_oracle *oracle, unsigned count, uint16_t first)
{
    for (unsigned i = 0; i < count; i++)
        lg_oracle_keep_record(oracle, 0, &(struct lg_job){.name = (uint16_t)(first + i)});
}

/* Explanations differ in when a job ended: its record takes in all of them. */
static void a_record_ends_whenever_it_may_have(void **state)
{
    struct lg_oracle *oracle = *state;
    const uint64_t ends[][2] = {{20, 30}, {10, 25}, {15, 40}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        lg_oracle_keep_record(oracle, 0,
                              &(struct lg_job){.name = 1,
                                               .state = LG_JOB_COMPLETED,
                                               .ended_from = ends[i][0],
                                               .ended_to = ends[i][1]});
    const struct lg_record *record = lg_oracle_record(oracle, 0, 1);
    assert_non_null(record);
    assert_int_equal(record->job.ended_from, 10);
    assert_int_equal(record->job.ended_to, 40);
    assert_false(record->any);
}

/* One job more than a cell holds, each looked at until it ended. */
static void run_jobs(struct lg_oracle *oracle, unsigned count)
{
    static struct lg_verdict verdict;
    struct lg_call call = {.method = LG_CALL_VM_CREATED, .requested = 2};
    struct lg_outcome seen = {.answer = LG_ANSWERS_NOTHING};
    lg_oracle_step(oracle, &call, &seen, &verdict);
    for (uint16_t job = 1; job <= count; job++) {
        call = (struct lg_call){.method = LG_CALL_SET_KEY_PROTECTOR, .symbol = 1, .new_job = job};
        seen = (struct lg_outcome){
            .return_value = 4096, .return_to = 4096, .answer = LG_ANSWERS_JOB, .job = job};
        lg_oracle_step(oracle, &call, &seen, &verdict);
        assert_true(verdict.kind <= LG_VERDICT_UNDOCUMENTED);
        call = (struct lg_call){.method = LG_CALL_READ_JOB, .job = job};
        seen =
            (struct lg_outcome){.answer = LG_ANSWERS_INSTANCE, .shown = 1u << LG_JOB_FIELD_STATE};
        seen.masks = seen.shown;
        seen.fields[LG_JOB_FIELD_STATE].from = seen.fields[LG_JOB_FIELD_STATE].to =
            (uint64_t)1 << LG_JOB_COMPLETED;
        lg_oracle_step(oracle, &call, &seen, &verdict);
        assert_true(verdict.kind <= LG_VERDICT_UNDOCUMENTED);
    }
}

static void a_job_that_left_its_cell_is_still_shown(void **state)
{
    const struct lg_call look = {.method = LG_CALL_READ_JOB, .job = 1};
    struct lg_outcome allowed[LG_ALLOWED_MAX];
    struct lg_oracle *oracle = *state;
    uint8_t more;
    run_jobs(oracle, LG_JOB_SLOTS + 1);
    assert_int_equal(oracle->record_count, 1);
    assert_true(lg_oracle_allowed(oracle, &look, allowed, &more) > 0);
    assert_int_equal(allowed[0].answer, LG_ANSWERS_INSTANCE);
}

static void more_records_than_there_is_room_for_hit_the_bound(void **state)
{
    struct lg_oracle *oracle = *state;
    fill_records(oracle, LG_ORACLE_RECORDS_MAX, 100);
    run_jobs(oracle, LG_JOB_SLOTS + 1);
    assert_int_equal(oracle->record_count, LG_ORACLE_RECORDS_MAX);
    assert_true(oracle->bound_hit);
}

/* A list as long as one can be kept says nothing of the jobs behind its end. */
static void a_list_that_was_cut_off_may_lack_jobs(void **state)
{
    struct lg_call list = {.method = LG_CALL_LIST_JOBS};
    struct lg_outcome seen = {.answer = LG_ANSWERS_LIST, .list_count = LG_LIST_MAX};
    struct lg_oracle *oracle = *state;
    static struct lg_verdict verdict;
    run_jobs(oracle, LG_JOB_SLOTS - 1);
    fill_records(oracle, LG_LIST_MAX, 100);
    for (uint16_t i = 0; i < LG_LIST_MAX; i++)
        seen.list[i] = (uint16_t)(100 + i);
    lg_oracle_step(oracle, &list, &seen, &verdict);
    assert_true(verdict.kind <= LG_VERDICT_UNDOCUMENTED);
    seen.list[0] = 1;
    lg_oracle_step(oracle, &list, &seen, &verdict);
    assert_true(verdict.kind <= LG_VERDICT_UNDOCUMENTED);
    for (uint16_t i = 0; i < LG_LIST_MAX; i++) /* names that nobody knows */
        seen.list[i] = (uint16_t)(200 + i);
    lg_oracle_step(oracle, &list, &seen, &verdict);
    assert_int_equal(verdict.kind, LG_VERDICT_VIOLATES);
}

static void more_answers_than_there_is_room_for_are_told(void **state)
{
    const struct lg_call made = {.method = LG_CALL_VM_CREATED, .requested = 2};
    const struct lg_call get = {.method = LG_CALL_GET_KEY_PROTECTOR};
    const struct lg_outcome done = {.answer = LG_ANSWERS_NOTHING};
    struct lg_outcome allowed[LG_ALLOWED_MAX];
    struct lg_oracle *oracle = *state;
    static struct lg_verdict verdict;
    uint8_t more;
    lg_oracle_step(oracle, &made, &done, &verdict);
    struct lg_set *set = set_of(oracle, 0, 1);
    assert_true(lg_oracle_allowed(oracle, &get, allowed, &more) > 0);
    assert_int_equal(more, 0);
    set = set_of(oracle, 0, LG_ALLOWED_MAX + 1);
    for (uint16_t i = 0; i <= LG_ALLOWED_MAX; i++)
        set->elements[i].cell.vm.vault.current = (uint16_t)(1 + i);
    assert_int_equal(lg_oracle_allowed(oracle, &get, allowed, &more), LG_ALLOWED_MAX);
    assert_int_equal(more, 1);
}

/* Two that differ may have one sum. */
static void readings_are_told_apart_where_their_sums_are_not(void **state)
{
    struct lg_readings readings;
    struct lg_oracle *oracle = *state;
    memset(&readings, 0, sizeof readings);
    readings.out[0] = 1;
    uint16_t first = lg_oracle_intern(oracle, &readings);
    readings.out[0] = 2;
    uint16_t second = lg_oracle_intern(oracle, &readings);
    oracle->readings_sums[first] = oracle->readings_sums[second];
    assert_int_equal(lg_oracle_intern(oracle, &readings), second);
}

static void a_record_is_of_its_vm(void **state)
{
    struct lg_oracle *oracle = *state;
    lg_oracle_keep_record(oracle, 1, &(struct lg_job){.name = 5});
    assert_null(lg_oracle_record(oracle, 0, 5));
    assert_non_null(lg_oracle_record(oracle, 1, 5));
    lg_oracle_keep_record(oracle, 2 + LG_RECORD_PLACES, &(struct lg_job){.name = 6});
    lg_oracle_keep_record(oracle, 2, &(struct lg_job){.name = 6}); /* in the same place */
    assert_int_equal(lg_oracle_record(oracle, 2 + LG_RECORD_PLACES, 6)->vm, 2 + LG_RECORD_PLACES);
    lg_oracle_reset(oracle, &(struct lg_host_word){0});
    assert_null(lg_oracle_record(oracle, 2, 6));
}

#define COURT(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COURT(of_two_that_are_alike_the_more_pleasant_stays),
        COURT(another_cell_is_another_explanation),
        COURT(what_may_still_be_done_covers_what_was),
        COURT(too_many_are_not_compared),
        COURT(the_index_follows_its_set),
        COURT(what_one_vm_is_bound_to_binds_the_others),
        COURT(vms_that_are_bound_to_different_readings_contradict),
        COURT(a_narrowed_set_contradicts_nothing),
        COURT(a_worse_verdict_stays),
        cmocka_unit_test(the_most_pleasant_alternative_is_named),
        COURT(a_call_that_will_be_answered_is_not_forgotten),
        COURT(a_lost_call_among_answered_ones_has_no_place),
        COURT(many_lost_calls_wait_until_one_is_needed),
        cmocka_unit_test(who_goes_back_is_told_nothing_until_all_was_tried),
        COURT(an_import_beside_an_open_call_closes_it),
        COURT(a_record_ends_whenever_it_may_have),
        COURT(a_job_that_left_its_cell_is_still_shown),
        COURT(more_records_than_there_is_room_for_hit_the_bound),
        COURT(a_list_that_was_cut_off_may_lack_jobs),
        COURT(more_answers_than_there_is_room_for_are_told),
        COURT(readings_are_told_apart_where_their_sums_are_not),
        COURT(a_record_is_of_its_vm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
