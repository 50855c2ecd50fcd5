/* The explorer finds what is wrong in a model that reads a page wrongly, and names a shortest
 * script. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "explore/generate.h"
#include "explore/invariants.h"

enum { STATES_MAX = 20000 };

struct found {
    const struct lg_invariant *broken;
    struct lg_step_back by;
};

static bool look(void *context, const struct lg_exploration *exploration,
                 const struct lg_transition *transition)
{
    struct found *found = context;
    for (unsigned i = 0; i < lg_invariant_count && !found->broken; i++)
        if (lg_invariants[i].check(transition->move) == LG_BROKEN)
            found->broken = &lg_invariants[i];
    if (found->broken)
        found->by = (struct lg_step_back){transition->from, transition->call,
                                          (uint16_t)transition->move->way,
                                          (uint16_t)transition->move->observation, 0};
    return !found->broken && exploration->states.count < STATES_MAX;
}

struct wrong_reading {
    enum lg_site site;
    unsigned alternative;
    enum lg_clause clause; /* that it breaks */
    unsigned calls;        /* of the shortest script that shows it */
};

/* Each pin is a reading that breaks the clause; the scripts were counted by hand. */
static const struct wrong_reading wrong[] = {
    /* make a VM, set */
    {LG_SITE_promotion, LG_ALT_promotion_on_set, LG_CLAUSE_lkg_definition, 2},
    /* make a VM, set, set another one */
    {LG_SITE_promotion, LG_ALT_promotion_on_replacement, LG_CLAUSE_lkg_definition, 3},
    /* make a VM, give it a TPM, start it (the host adds a protector), restore */
    {LG_SITE_restore_keeps, LG_ALT_restore_keeps_no, LG_CLAUSE_lkg_definition, 4},
};

static void a_wrong_reading_breaks_its_clause(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct lg_exploration exploration;
        struct lg_script_step steps[LG_REPLAY_STEPS_MAX];
        struct found found = {NULL, {0, 0, 0, 0, 0}};
        unsigned count;
        assert_true(lg_exploration_init(&exploration, 'A', LG_PROFILE_documented));
        lg_profile_pin(&exploration.profile, wrong[i].site, wrong[i].alternative);
        assert_false(lg_explore(&exploration, look, &found, NULL));
        assert_non_null(found.broken);
        assert_int_equal(found.broken->clause, wrong[i].clause);
        assert_true(lg_script_to(&exploration, found.by.from, &found.by, 1, steps, &count));
        assert_int_equal(count, wrong[i].calls);
        assert_int_equal(steps[0].call.method, LG_CALL_VM_CREATED);
        lg_exploration_free(&exploration);
    }
}

/* Cells that differ in names and in the time of day only. */
static void names_make_no_state(void **state)
{
    struct lg_world world;
    struct lg_cell one;
    struct lg_cell other;
    (void)state;
    assert_true(lg_world_load(&world, 'A'));
    assert_false(lg_world_load(&world, 'Z'));
    assert_true(lg_world_load(&world, 'A'));
    lg_cell_clear(&one);
    one.vm.kind = LG_VM_REALIZED;
    one.vm.generation = 2;
    other = one;
    one.vm.vault.current = 1;
    one.vm.vault.last_known_good = 2;
    other.vm.vault.current = 3;
    other.vm.vault.last_known_good = 1;
    other.host.now_from = other.host.now_to = 1000;
    assert_false(lg_cell_equal(&one, &other));
    assert_true(lg_world_canonical(&world, &one, NULL));
    assert_true(lg_world_canonical(&world, &other, NULL));
    assert_true(lg_cell_equal(&one, &other));
    other.vm.vault.last_known_good = other.vm.vault.current;
    assert_false(lg_cell_equal(&one, &other));
    assert_int_equal(lg_world_protectors_in(&one), 2);
    assert_int_equal(lg_world_fresh(&one), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_reading_breaks_its_clause),
        cmocka_unit_test(names_make_no_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
