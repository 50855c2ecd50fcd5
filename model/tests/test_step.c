/* What the service does to a VM: protectors, policy, settings, starts, checkpoints, events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "world.h"

#define BIT(setting) (1u << LG_SETTING_##setting)

enum { P1 = 1, P2 = 2, P3 = 3, POLICY = 4 };
enum { ON = 2, OFF = 3, SAVED = 6, PAUSED = 9, RESET = 11 };
enum { DONE = 0, STARTED = 4096, FAILED = 32768, DENIED = 32769, UNSUPPORTED = 32770 };
enum { BAD_PARAMETER = 32773, IN_USE = 32774, BAD_STATE = 32775, UNAVAILABLE = 32777 };
enum { MEMORY = 32778 };

static uint32_t set(struct world *w, uint16_t symbol)
{
    return DO(w, SET_KEY_PROTECTOR, .symbol = symbol);
}

static uint32_t restore(struct world *w)
{
    return DO(w, RESTORE_LAST_KNOWN_GOOD);
}

static uint32_t modify(struct world *w, unsigned present, unsigned values)
{
    return DO(w, MODIFY_SECURITY_SETTINGS, .present = (uint8_t)present, .values = (uint8_t)values);
}

static uint32_t request(struct world *w, uint16_t requested)
{
    return DO(w, VM_REQUEST_STATE_CHANGE, .requested = requested);
}

static uint16_t get(struct world *w)
{
    assert_int_equal(DO(w, GET_KEY_PROTECTOR), DONE);
    return w->outcome.symbol;
}

static struct lg_vault *vault(struct world *w)
{
    return &w->cell.vm.vault;
}

/* A VM with a TPM, sealed with P1 by a start, and off again. */
static void start_sealed(struct world *w)
{
    world_start(w);
    assert_int_equal(set(w, P1), DONE);
    assert_int_equal(modify(w, BIT(TPM_ENABLED), BIT(TPM_ENABLED)), DONE);
    assert_int_equal(request(w, ON), DONE);
    assert_int_equal(request(w, OFF), DONE);
}

static void a_new_vm_shows_the_four_bytes_of_an_unset_protector(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    assert_int_equal(get(&w), LG_SYMBOL_NONE);
    assert_int_equal(w.outcome.form, LG_BYTES_UNSET);
}

static void what_was_set_is_what_get_returns(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    assert_int_equal(set(&w, P1), DONE);
    assert_int_equal(get(&w), P1);
    assert_int_equal(w.outcome.form, LG_BYTES_GIVEN);
}

static void restoring_after_a_protector_that_does_not_open_lets_the_vm_start_again(void **state)
{
    (void)state;
    struct world w;
    start_sealed(&w);
    DO(&w, PROTECTOR_UNUSABLE, .symbol = P2);
    assert_int_equal(set(&w, P2), DONE);
    assert_int_equal(request(&w, ON), FAILED);
    assert_int_equal(w.cell.vm.power, LG_POWER_OFF);
    assert_int_equal(get(&w), P2);
    assert_int_equal(restore(&w), DONE);
    assert_int_equal(get(&w), P1);
    assert_int_equal(request(&w, ON), DONE);
}

static void restoring_keeps_the_last_known_good_one(void **state)
{
    (void)state;
    struct world w;
    start_sealed(&w);
    set(&w, P2);
    assert_int_equal(restore(&w), DONE);
    assert_int_equal(vault(&w)->last_known_good, P1);
    set(&w, P3);
    assert_int_equal(restore(&w), DONE);
    assert_int_equal(get(&w), P1);
}

static void restoring_where_there_is_none_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    set(&w, P1);
    struct lg_cell before = w.cell;
    assert_int_equal(restore(&w), BAD_STATE);
    assert_memory_equal(&w.cell, &before, sizeof before);
}

static void only_a_successful_start_with_a_tpm_promotes(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    set(&w, P1);
    assert_int_equal(vault(&w)->last_known_good, 0);
    modify(&w, BIT(VBS_OPT_OUT), BIT(VBS_OPT_OUT));
    request(&w, ON);
    request(&w, OFF);
    assert_int_equal(vault(&w)->last_known_good, 0);
    modify(&w, BIT(TPM_ENABLED), BIT(TPM_ENABLED));
    assert_int_equal(vault(&w)->last_known_good, 0);
    DO(&w, PROTECTOR_UNUSABLE, .symbol = P1);
    assert_int_equal(request(&w, ON), FAILED);
    assert_int_equal(vault(&w)->last_known_good, 0);
    DO(&w, PROTECTOR_USABLE, .symbol = P1);
    assert_int_equal(request(&w, ON), DONE);
    assert_int_equal(vault(&w)->last_known_good, P1);
    assert_int_equal(vault(&w)->seal, P1);
}

static void a_start_that_fails_leaves_no_protector_that_it_made(void **state)
{
    (void)state;
    struct world w;
    start_sealed(&w);
    assert_int_equal(DO(&w, SET_KEY_PROTECTOR, .blob = LG_BLOB_UNSET, .symbol = P2), DONE);
    assert_int_equal(get(&w), LG_SYMBOL_NONE);
    world_pin(&w, LG_SITE_start_unset, LG_ALT_start_unset_made);
    struct lg_cell before = w.cell;
    assert_int_equal(request(&w, ON), FAILED);
    assert_memory_equal(&w.cell, &before, sizeof before);
}

static void setting_a_protector_leaves_policy_settings_and_last_known_good_alone(void **state)
{
    (void)state;
    struct world w;
    start_sealed(&w);
    DO(&w, SET_SECURITY_POLICY, .symbol = POLICY);
    struct lg_vault before = *vault(&w);
    assert_int_equal(DO(&w, SET_KEY_PROTECTOR, .symbol = P2, .present = 0xFF, .values = 0), DONE);
    before.current = P2;
    assert_memory_equal(vault(&w), &before, sizeof before);
}

static void modifying_settings_leaves_the_rest_of_the_vault_and_absent_settings_alone(void **state)
{
    (void)state;
    struct world w;
    start_sealed(&w);
    struct lg_vault before = *vault(&w);
    assert_int_equal(modify(&w, BIT(VBS_OPT_OUT), BIT(VBS_OPT_OUT)), DONE);
    before.settings |= BIT(VBS_OPT_OUT);
    assert_memory_equal(vault(&w), &before, sizeof before);
}

static void the_policy_is_set_and_the_protector_stays(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    set(&w, P1);
    assert_int_equal(DO(&w, SET_SECURITY_POLICY, .symbol = POLICY), DONE);
    assert_int_equal(vault(&w)->policy, POLICY);
    assert_int_equal(get(&w), P1);
}

static void a_refused_call_leaves_every_byte_of_the_cell(void **state)
{
    (void)state;
    static const struct lg_call refused[] = {
        {.method = LG_CALL_SET_KEY_PROTECTOR, .setting = LG_TEXT_MISSING},
        {.method = LG_CALL_SET_KEY_PROTECTOR, .setting = LG_TEXT_MALFORMED, .symbol = P2},
        {.method = LG_CALL_SET_KEY_PROTECTOR, .setting = LG_TEXT_OTHER_CLASS, .symbol = P2},
        {.method = LG_CALL_SET_KEY_PROTECTOR, .identity = LG_ID_UNKNOWN, .symbol = P2},
        {.method = LG_CALL_SET_KEY_PROTECTOR, .identity = LG_ID_MISSING, .symbol = P2},
        {.method = LG_CALL_SET_KEY_PROTECTOR, .identity = LG_ID_CHECKPOINT, .symbol = P2},
        {.method = LG_CALL_SET_KEY_PROTECTOR, .identity = LG_ID_DEFINITION, .symbol = P2},
        {.method = LG_CALL_SET_KEY_PROTECTOR, .blob = LG_BLOB_EMPTY},
        {.method = LG_CALL_SET_KEY_PROTECTOR, .blob = LG_BLOB_NULL},
        {.method = LG_CALL_SET_KEY_PROTECTOR, .blob = LG_BLOB_SHORT, .symbol = P2},
        {.method = LG_CALL_SET_KEY_PROTECTOR, .blob = LG_BLOB_TOO_LONG, .symbol = P2},
        {.method = LG_CALL_SET_KEY_PROTECTOR, .blob = LG_BLOB_WRONG_TYPE},
        {.method = LG_CALL_SET_SECURITY_POLICY, .blob = LG_BLOB_NULL},
        {.method = LG_CALL_MODIFY_SECURITY_SETTINGS, .setting = LG_TEXT_MALFORMED, .present = 1},
        {.method = LG_CALL_VM_REQUEST_STATE_CHANGE, .requested = 99},
        {.method = LG_CALL_VM_REQUEST_STATE_CHANGE, .requested = OFF},
        {.method = LG_CALL_DEFINE_SYSTEM},
    };
    struct world w;
    start_sealed(&w);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct lg_cell before = w.cell;
        assert_int_not_equal(world_do(&w, refused[i]), DONE);
        assert_memory_equal(&w.cell, &before, sizeof before);
    }
}

static void a_change_while_the_vm_runs_is_refused_and_reads_are_not(void **state)
{
    (void)state;
    struct world w;
    start_sealed(&w);
    request(&w, ON);
    assert_int_equal(set(&w, P2), BAD_STATE);
    assert_int_equal(modify(&w, BIT(KSD_ENABLED), BIT(KSD_ENABLED)), 5);
    assert_int_equal(restore(&w), BAD_STATE);
    assert_int_equal(get(&w), P1);
}

static void a_held_vm_is_in_use_until_it_is_released(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    DO(&w, VM_HELD);
    assert_int_equal(set(&w, P1), IN_USE);
    assert_int_equal(get(&w), LG_SYMBOL_NONE);
    DO(&w, VM_RELEASED);
    assert_int_equal(set(&w, P1), DONE);
}

static void a_caller_without_rights_is_denied_and_finds_nothing(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    DO(&w, CALLER_CHANGES, .requested = LG_ROLE_USER);
    assert_int_equal(set(&w, P1), DENIED);
    assert_int_equal(DO(&w, READ_VM), FAULT(NOT_FOUND));
    DO(&w, CALLER_CHANGES, .requested = LG_ROLE_HYPERV_ADMINISTRATOR);
    assert_int_equal(set(&w, P1), DONE);
}

static void a_provider_that_is_down_is_unavailable_and_starts_again(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    DO(&w, PROVIDER_STOPS);
    assert_int_equal(set(&w, P1), UNAVAILABLE);
    assert_int_equal(DO(&w, READ_VM), FAULT(UNAVAILABLE));
    DO(&w, PROVIDER_STARTS);
    assert_int_equal(set(&w, P1), DONE);
}

static void a_host_below_the_minimum_has_no_such_class(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    DO(&w, HOST_CHANGES, .requested = LG_HOST_BELOW);
    assert_int_equal(set(&w, P1), FAULT(INVALID_CLASS));
    assert_int_equal(DO(&w, READ_SECURITY_SETTING), FAULT(INVALID_CLASS));
    assert_int_equal(DO(&w, READ_VM), DONE);
}

static void generation_1_an_old_version_and_a_host_without_tpms_are_not_supported(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    DO(&w, VM_REMOVED);
    DO(&w, VM_CREATED, .requested = 1);
    assert_int_equal(set(&w, P1), UNSUPPORTED);
    DO(&w, VM_REMOVED);
    DO(&w, VM_CREATED, .requested = 2, .flags = LG_VM_OLD_VERSION);
    assert_int_equal(set(&w, P1), UNSUPPORTED);
    DO(&w, VM_REMOVED);
    DO(&w, VM_CREATED, .requested = 2);
    DO(&w, HOST_CHANGES, .requested = LG_HOST_2016, .flags = LG_HOST_NO_TPM);
    assert_int_equal(set(&w, P1), UNSUPPORTED);
}

static void a_cause_that_appeared_answers_until_it_ends(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    DO(&w, CAUSE_APPEARS, .requested = LG_MEANING_OUT_OF_MEMORY);
    assert_int_equal(set(&w, P1), MEMORY);
    assert_int_equal(modify(&w, BIT(VBS_OPT_OUT), BIT(VBS_OPT_OUT)), MEMORY);
    DO(&w, CAUSE_ENDS, .requested = LG_MEANING_OUT_OF_MEMORY);
    assert_int_equal(set(&w, P1), DONE);
}

static void success_is_no_cause_of_failure(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    DO(&w, CAUSE_APPEARS, .requested = LG_MEANING_COMPLETED);
    DO(&w, CAUSE_APPEARS, .requested = LG_MEANING_JOB_STARTED);
    DO(&w, CAUSE_APPEARS, .requested = 4711);
    assert_int_equal(set(&w, P1), DONE);
}

/* More than there are places in check_order. */
static void of_all_causes_at_once_one_answers(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    for (uint16_t meaning = 0; meaning < LG_MEANING_COUNT; meaning++)
        DO(&w, CAUSE_APPEARS, .requested = meaning);
    assert_int_equal(modify(&w, BIT(VBS_OPT_OUT), BIT(VBS_OPT_OUT)),
                     lg_code_of(LG_CALL_MODIFY_SECURITY_SETTINGS, LG_MEANING_FAILED));
}

static void a_planned_vm_takes_a_protector_but_does_not_start(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    DO(&w, VM_REMOVED);
    DO(&w, VM_CREATED, .requested = 2, .other = LG_VM_PLANNED);
    assert_int_equal(set(&w, P1), DONE);
    assert_int_equal(request(&w, ON), UNSUPPORTED);
    DO(&w, VM_REALIZED);
    assert_int_equal(request(&w, ON), DONE);
    assert_int_equal(get(&w), P1);
}

static void a_protector_of_another_owner_does_not_open_the_sealed_state(void **state)
{
    (void)state;
    struct world w;
    start_sealed(&w);
    assert_int_equal(set(&w, P2), DONE);
    assert_int_equal(request(&w, ON), FAILED);
    DO(&w, PROTECTORS_SHARE_OWNER, .symbol = P1, .other = P2);
    assert_int_equal(request(&w, ON), DONE);
    assert_int_equal(vault(&w)->last_known_good, P2);
}

static void sharing_an_owner_carries_over_from_pair_to_pair(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    DO(&w, PROTECTORS_SHARE_OWNER, .symbol = P3, .other = P2);
    DO(&w, PROTECTORS_SHARE_OWNER, .symbol = P1, .other = P2);
    assert_true(lg_vm_share_owner(&w.cell.vm, P1, P3));
    assert_true(lg_vm_share_owner(&w.cell.vm, P3, P1));
    assert_false(lg_vm_share_owner(&w.cell.vm, P1, POLICY));
}

static void taking_the_tpm_away_unseals(void **state)
{
    (void)state;
    struct world w;
    start_sealed(&w);
    assert_int_equal(modify(&w, BIT(TPM_ENABLED), 0), DONE);
    assert_int_equal(vault(&w)->seal, 0);
    assert_int_equal(vault(&w)->last_known_good, P1);
}

static void a_checkpoint_brings_back_the_whole_vault_and_turns_the_vm_off(void **state)
{
    (void)state;
    struct world w;
    start_sealed(&w);
    DO(&w, CHECKPOINT_TAKEN);
    struct lg_vault before = *vault(&w);
    set(&w, P2);
    modify(&w, BIT(TPM_ENABLED), 0);
    request(&w, ON);
    assert_int_equal(DO(&w, CHECKPOINT_APPLIED), DONE);
    assert_int_equal(w.cell.vm.power, LG_POWER_OFF);
    assert_memory_equal(vault(&w), &before, sizeof before);
}

static void an_imported_vm_has_what_was_exported(void **state)
{
    (void)state;
    struct world w, other;
    start_sealed(&w);
    DO(&w, VM_EXPORTED);
    set(&w, P2);
    world_start(&other);
    DO(&other, VM_REMOVED);
    DO(&other, VM_IMPORTED, .image = w.cell.vm.image, .requested = 2);
    assert_int_equal(get(&other), P1);
    assert_int_equal(vault(&other)->last_known_good, P1);
    assert_int_equal(request(&other, ON), DONE);
}

static void an_imported_vm_can_start_whichever_was_exported(void **state)
{
    (void)state;
    for (uint16_t exported = 0; exported < 4; exported++) {
        struct world w;
        world_start(&w);
        DO(&w, VM_REMOVED);
        DO(&w, VM_IMPORTED, .other = exported, .requested = 2);
        assert_int_equal(w.cell.vm.kind, LG_VM_REALIZED);
        assert_int_equal(request(&w, ON), DONE);
    }
}

static void an_import_brings_generation_and_version(void **state)
{
    (void)state;
    struct lg_call import = {.method = LG_CALL_VM_IMPORTED};
    struct lg_vm exported = {.generation = 1, .flags = LG_VM_OLD_VERSION | LG_VM_HELD};
    lg_call_import(&import, &exported);
    assert_int_equal(import.requested, 1);
    assert_int_equal(import.flags, LG_VM_OLD_VERSION);
    exported = (struct lg_vm){0};
    lg_call_import(&import, &exported);
    assert_int_equal(import.requested, 2);
    assert_int_equal(import.flags, 0);
}

static void a_removed_vm_leaves_nothing_to_the_next_one_in_its_place(void **state)
{
    (void)state;
    struct world w;
    start_sealed(&w);
    DO(&w, PROTECTOR_UNUSABLE, .symbol = P1);
    DO(&w, VM_REMOVED);
    assert_int_equal(DO(&w, READ_VM), FAULT(NOT_FOUND));
    DO(&w, VM_CREATED, .requested = 2);
    assert_int_equal(get(&w), LG_SYMBOL_NONE);
    assert_true(lg_vm_is_usable(&w.cell.vm, P1));
}

static void define_and_destroy_make_and_remove_a_vm(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    DO(&w, VM_REMOVED);
    assert_int_equal(DO(&w, DEFINE_SYSTEM, .requested = 2), DONE);
    assert_int_equal(w.outcome.answer, LG_ANSWERS_VM);
    request(&w, ON);
    assert_int_equal(DO(&w, DESTROY_SYSTEM), 5);
    request(&w, OFF);
    assert_int_equal(DO(&w, DESTROY_SYSTEM), DONE);
    assert_int_equal(DO(&w, DESTROY_SYSTEM), FAULT(NOT_FOUND));
}

/* Jobs of calls that named no VM stand where it is made. */
static void a_vm_is_made_at_once_where_no_job_has_room(void **state)
{
    (void)state;
    struct world w;
    world_start(&w);
    DO(&w, VM_REMOVED);
    world_pin(&w, LG_SITE_execution, LG_ALT_execution_by_job);
    world_pin(&w, LG_SITE_job_progress, LG_ALT_job_progress_runs);
    for (uint16_t i = 0; i < LG_JOB_SLOTS; i++)
        w.cell.jobs[i] = (struct lg_job){.name = i + 1,
                                         .state = LG_JOB_RUNNING,
                                         .flags = LG_JOB_WILL_FAIL | LG_JOB_STRAY,
                                         .method = LG_CALL_SET_KEY_PROTECTOR};
    assert_int_equal(DO(&w, DEFINE_SYSTEM, .requested = 2, .new_job = LG_JOB_SLOTS + 1), DONE);
    assert_int_equal(w.outcome.answer, LG_ANSWERS_VM);
}

static void the_element_shows_what_is_in_effect_since_the_start(void **state)
{
    (void)state;
    struct world w;
    start_sealed(&w);
    modify(&w, BIT(SHIELDING_REQUESTED), BIT(SHIELDING_REQUESTED));
    DO(&w, READ_SECURITY_ELEMENT);
    assert_int_equal(w.outcome.fields[LG_ELEMENT_FIELD_SHIELDED].from, 0);
    request(&w, ON);
    DO(&w, READ_SECURITY_ELEMENT);
    assert_int_equal(w.outcome.fields[LG_ELEMENT_FIELD_SHIELDED].from, 1);
    request(&w, OFF);
    DO(&w, READ_SECURITY_ELEMENT);
    assert_int_equal(w.outcome.fields[LG_ELEMENT_FIELD_SHIELDED].from, 0);
}

static void a_failed_reset_turns_the_vm_off_and_a_failed_wake_up_leaves_it_saved(void **state)
{
    (void)state;
    struct world w;
    start_sealed(&w);
    request(&w, ON);
    DO(&w, PROTECTOR_UNUSABLE, .symbol = P1);
    assert_int_equal(request(&w, SAVED), DONE);
    assert_int_equal(request(&w, ON), FAILED);
    assert_int_equal(w.cell.vm.power, LG_POWER_SAVED);
    DO(&w, PROTECTOR_USABLE, .symbol = P1);
    assert_int_equal(request(&w, ON), DONE);
    DO(&w, PROTECTOR_UNUSABLE, .symbol = P1);
    assert_int_equal(request(&w, RESET), FAILED);
    assert_int_equal(w.cell.vm.power, LG_POWER_OFF);
}

/* msvm-concretejob.md: Shutting Down heads to Completed, Terminated or Killed, and a job never goes
 * back to a state before the one it has reached. */
static void a_job_that_shuts_down_neither_rests_nor_starts_again(void **state)
{
    (void)state;
    enum { JOB = 1, START = 2, SUSPEND = 3, SERVICE = 6, INVALID_TRANSITION = 4097 };
    static const uint16_t requests[] = {START, SUSPEND, SERVICE};
    struct world w;
    world_start(&w);
    world_pin(&w, LG_SITE_execution, LG_ALT_execution_by_job);
    world_pin(&w, LG_SITE_job_progress, LG_ALT_job_progress_runs);
    world_pin(&w, LG_SITE_job_suspend, LG_ALT_job_suspend_yes);
    world_pin(&w, LG_SITE_job_service, LG_ALT_job_service_yes);
    assert_int_equal(DO(&w, SET_KEY_PROTECTOR, .symbol = P1, .new_job = JOB), STARTED);
    w.cell.jobs[0].state = LG_JOB_SHUTTING_DOWN;
    for (unsigned i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        assert_int_equal(DO(&w, JOB_REQUEST_STATE_CHANGE, .job = JOB, .requested = requests[i]),
                         INVALID_TRANSITION);
        assert_int_equal(w.cell.jobs[0].state, LG_JOB_SHUTTING_DOWN);
    }
}

static void bytes_that_nobody_has_seen_are_what_the_first_look_shows(void **state)
{
    (void)state;
    enum { FIRST_SEEN = 77 };
    struct world w;
    start_sealed(&w);
    DO(&w, HOST_CHANGES, .requested = LG_HOST_2016, .flags = LG_HOST_GUARDED);
    world_pin(&w, LG_SITE_egress, LG_ALT_egress_rolled);
    assert_int_equal(request(&w, ON), DONE);
    assert_int_equal(get(&w), LG_SYMBOL_UNSEEN);
    assert_int_equal(vault(&w)->current, LG_SYMBOL_UNSEEN);
    assert_int_equal(vault(&w)->last_known_good, LG_SYMBOL_UNSEEN);

    struct lg_call call = {.method = LG_CALL_GET_KEY_PROTECTOR};
    struct lg_outcome pattern = w.outcome;
    struct lg_outcome seen = w.outcome;
    seen.symbol = FIRST_SEEN;
    assert_true(lg_outcome_matches(&pattern, &seen));
    lg_cell_learn(&w.cell, &call, &pattern, &seen);
    assert_int_equal(get(&w), FIRST_SEEN);
    DO(&w, READ_TPM_SETTING);
    assert_int_equal(w.outcome.fields[LG_TPM_FIELD_PROTECTOR].from, FIRST_SEEN);
    assert_int_equal(w.outcome.fields[LG_TPM_FIELD_LAST_KNOWN_GOOD].from, FIRST_SEEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_vm_shows_the_four_bytes_of_an_unset_protector),
        cmocka_unit_test(what_was_set_is_what_get_returns),
        cmocka_unit_test(restoring_after_a_protector_that_does_not_open_lets_the_vm_start_again),
        cmocka_unit_test(restoring_keeps_the_last_known_good_one),
        cmocka_unit_test(restoring_where_there_is_none_is_refused_and_changes_nothing),
        cmocka_unit_test(only_a_successful_start_with_a_tpm_promotes),
        cmocka_unit_test(a_start_that_fails_leaves_no_protector_that_it_made),
        cmocka_unit_test(setting_a_protector_leaves_policy_settings_and_last_known_good_alone),
        cmocka_unit_test(modifying_settings_leaves_the_rest_of_the_vault_and_absent_settings_alone),
        cmocka_unit_test(the_policy_is_set_and_the_protector_stays),
        cmocka_unit_test(a_refused_call_leaves_every_byte_of_the_cell),
        cmocka_unit_test(a_change_while_the_vm_runs_is_refused_and_reads_are_not),
        cmocka_unit_test(a_held_vm_is_in_use_until_it_is_released),
        cmocka_unit_test(a_caller_without_rights_is_denied_and_finds_nothing),
        cmocka_unit_test(a_provider_that_is_down_is_unavailable_and_starts_again),
        cmocka_unit_test(a_host_below_the_minimum_has_no_such_class),
        cmocka_unit_test(generation_1_an_old_version_and_a_host_without_tpms_are_not_supported),
        cmocka_unit_test(a_cause_that_appeared_answers_until_it_ends),
        cmocka_unit_test(success_is_no_cause_of_failure),
        cmocka_unit_test(of_all_causes_at_once_one_answers),
        cmocka_unit_test(a_planned_vm_takes_a_protector_but_does_not_start),
        cmocka_unit_test(a_protector_of_another_owner_does_not_open_the_sealed_state),
        cmocka_unit_test(sharing_an_owner_carries_over_from_pair_to_pair),
        cmocka_unit_test(taking_the_tpm_away_unseals),
        cmocka_unit_test(a_checkpoint_brings_back_the_whole_vault_and_turns_the_vm_off),
        cmocka_unit_test(an_imported_vm_has_what_was_exported),
        cmocka_unit_test(an_imported_vm_can_start_whichever_was_exported),
        cmocka_unit_test(an_import_brings_generation_and_version),
        cmocka_unit_test(a_removed_vm_leaves_nothing_to_the_next_one_in_its_place),
        cmocka_unit_test(define_and_destroy_make_and_remove_a_vm),
        cmocka_unit_test(a_vm_is_made_at_once_where_no_job_has_room),
        cmocka_unit_test(the_element_shows_what_is_in_effect_since_the_start),
        cmocka_unit_test(a_failed_reset_turns_the_vm_off_and_a_failed_wake_up_leaves_it_saved),
        cmocka_unit_test(a_job_that_shuts_down_neither_rests_nor_starts_again),
        cmocka_unit_test(bytes_that_nobody_has_seen_are_what_the_first_look_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
