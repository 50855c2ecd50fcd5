/* Cells that no call leads to are told from those that one does; lists of symbols without room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/step.h"
#include "world.h"

/* A cell with two jobs. */
static struct lg_cell valid_cell(void)
{
    struct world w;
    world_start(&w);
    world_pin(&w, LG_SITE_execution, LG_ALT_execution_by_job);
    DO(&w, SET_KEY_PROTECTOR, .symbol = 1, .new_job = 1);
    DO(&w, SET_KEY_PROTECTOR, .symbol = 2, .new_job = 2);
    assert_true(lg_cell_is_valid(&w.cell));
    assert_int_not_equal(w.cell.jobs[1].state, LG_JOB_FREE);
    return w.cell;
}

#define IS_INVALID(...)                                                                            \
    {                                                                                              \
        struct lg_cell cell = valid_cell();                                                        \
        __VA_ARGS__;                                                                               \
        assert_false(lg_cell_is_valid(&cell));                                                     \
    }

static void what_no_call_leads_to_is_invalid(void **state)
{
    (void)state;
    IS_INVALID(cell.host.now_from = cell.host.now_to + 1)
    IS_INVALID(cell.host.now_to = (uint64_t)LG_TIME_MAX_MS + 1)
    IS_INVALID(cell.host.role = LG_ROLE_COUNT)
    IS_INVALID(cell.host.version = LG_HOST_VERSION_COUNT)
    IS_INVALID(cell.vm.kind = LG_VM_PLANNED + 1)
    IS_INVALID(cell.vm.power = LG_POWER_COUNT)
    IS_INVALID(cell.vm.generation = 0)
    IS_INVALID(cell.vm.generation = 3)
    IS_INVALID(cell.jobs[1].state = LG_JOB_STATE_COUNT)
    IS_INVALID(cell.jobs[1].method = LG_KEYED_METHODS)
    IS_INVALID(cell.jobs[1].percent = 101)
    IS_INVALID(cell.jobs[1].error = 2; cell.jobs[1].error_to = 1)
    IS_INVALID(cell.jobs[1].ended_from = 2; cell.jobs[1].ended_to = 1)
    IS_INVALID(cell.jobs[1].flags |= LG_JOB_ERROR_OPEN; cell.jobs[1].error = LG_CAUSE_ENVIRONMENT;
               cell.jobs[1].error_to = LG_CAUSE_ENVIRONMENT)
    IS_INVALID(cell.jobs[0].state = LG_JOB_FREE)
}

static void a_full_list_of_unusable_protectors_forgets_the_last(void **state)
{
    struct lg_vm vm = {.kind = LG_VM_REALIZED};
    (void)state;
    for (uint16_t symbol = 2 * LG_UNUSABLE_MAX; symbol; symbol--)
        lg_vm_set_usable(&vm, symbol, false);
    for (uint16_t symbol = 1; symbol <= 2 * LG_UNUSABLE_MAX; symbol++)
        assert_int_equal(lg_vm_is_usable(&vm, symbol), symbol > LG_UNUSABLE_MAX);
}

static void nothing_shares_its_owner_with_no_protector(void **state)
{
    struct lg_vm vm = {.kind = LG_VM_REALIZED}, same = vm;
    (void)state;
    lg_vm_share(&vm, 0, 1);
    lg_vm_share(&vm, 1, 0);
    lg_vm_share(&vm, 1, 1);
    assert_memory_equal(&vm, &same, sizeof vm);
}

static void more_pairs_of_an_owner_than_there_is_room_for_are_told(void **state)
{
    struct lg_vm vm = {.kind = LG_VM_REALIZED};
    uint16_t symbol = 1;
    (void)state;
    for (; symbol <= LG_OWNER_PAIRS_MAX; symbol++)
        lg_vm_share(&vm, (uint16_t)(2 * symbol), (uint16_t)(2 * symbol + 1));
    assert_false(vm.flags & LG_VM_OWNERS_FORGOTTEN);
    lg_vm_share(&vm, (uint16_t)(2 * symbol), (uint16_t)(2 * symbol + 1));
    assert_true(vm.flags & LG_VM_OWNERS_FORGOTTEN);
}

/* Whether two protectors share an owner that the model forgot is anybody's guess. */
static void forgotten_owners_may_be_the_same(void **state)
{
    (void)state;
    for (unsigned shared = 0; shared < 2; shared++) {
        struct world w;
        world_start(&w);
        world_pin(&w, LG_SITE_owner_forgotten, shared);
        DO(&w, SET_KEY_PROTECTOR, .symbol = 1);
        DO(&w, MODIFY_SECURITY_SETTINGS, .present = 1, .values = 1);
        DO(&w, VM_REQUEST_STATE_CHANGE, .requested = 2);
        DO(&w, VM_REQUEST_STATE_CHANGE, .requested = 3);
        w.cell.vm.flags |= LG_VM_OWNERS_FORGOTTEN;
        DO(&w, SET_KEY_PROTECTOR, .symbol = 2);
        DO(&w, VM_REQUEST_STATE_CHANGE, .requested = 2);
        assert_int_equal(w.cell.vm.vault.last_known_good, shared ? 2 : 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_no_call_leads_to_is_invalid),
        cmocka_unit_test(a_full_list_of_unusable_protectors_forgets_the_last),
        cmocka_unit_test(nothing_shares_its_owner_with_no_protector),
        cmocka_unit_test(forgotten_owners_may_be_the_same),
        cmocka_unit_test(more_pairs_of_an_owner_than_there_is_room_for_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
