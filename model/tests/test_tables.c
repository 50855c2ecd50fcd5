/* The tables: ids are distinct, alternatives hold together, profiles are subsets of what pages
 * allow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "model/lastgood.h"
#include "model/registers.h"

static void every_site_begins_with_a_reading_that_no_page_forbids(void **state)
{
    (void)state;
    for (unsigned site = 0; site < LG_SITE_COUNT; site++) {
        assert_in_range(lg_site_alternatives((enum lg_site)site), 1, LG_ALTERNATIVES_MAX);
        assert_int_not_equal(lg_alternatives[lg_sites[site].alternative].tag, LG_TAG_VIOLATES);
    }
}

static void what_violates_names_its_clause(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LG_ALTERNATIVE_COUNT; i++)
        if (lg_alternatives[i].name && lg_alternatives[i].tag == LG_TAG_VIOLATES)
            assert_int_not_equal(lg_alternatives[i].clause, LG_CLAUSE_none);
}

static bool is_elsewhere(const char *id)
{
    return lg_site_find(id) >= 0 || lg_profile_find(id) >= 0 || lg_meaning_find(id) >= 0;
}

static void no_clause_has_the_id_of_something_else(void **state)
{
    (void)state;
    for (unsigned i = 1; i < LG_CLAUSE_COUNT; i++) {
        assert_int_equal(lg_clause_find(lg_clauses[i].id), i);
        assert_false(is_elsewhere(lg_clauses[i].id));
    }
}

static void rows_of_a_return_table_do_not_overlap(void **state)
{
    (void)state;
    for (unsigned a = 0; a < LG_RETURN_COUNT; a++)
        for (unsigned b = a + 1; b < LG_RETURN_COUNT; b++)
            if (lg_returns[a].method == lg_returns[b].method)
                assert_true(lg_returns[a].high < lg_returns[b].low ||
                            lg_returns[b].high < lg_returns[a].low);
}

static struct lg_profile loaded(enum lg_profile_id id, enum lg_tag also)
{
    struct lg_profile profile;
    lg_profile_load(&profile, id, also);
    return profile;
}

static void literal_and_strict_are_subsets_of_documented(void **state)
{
    const enum lg_profile_id subsets[] = {LG_PROFILE_literal, LG_PROFILE_strict};
    struct lg_profile documented = loaded(LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct lg_profile subset = loaded(subsets[i], LG_TAG_UNDOCUMENTED);
        for (unsigned slot = 0; slot < LG_SLOT_COUNT; slot++)
            assert_int_equal(subset.allowed[slot] & ~documented.allowed[slot], 0);
    }
}

/* The deviations that a page forbids: V-10, V-12, V-13. */
static bool is_known_deviation(enum lg_site site)
{
    return site == LG_SITE_shielding_without_tpm || site == LG_SITE_modify_atomic ||
           site == LG_SITE_protector_precondition;
}

static void observed_profiles_leave_documented_only_by_known_deviations(void **state)
{
    struct lg_profile documented = loaded(LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
    (void)state;
    for (int id = LG_PROFILE_observed_2016; id <= LG_PROFILE_observed_2025; id++) {
        struct lg_profile observed = loaded((enum lg_profile_id)id, LG_TAG_UNDOCUMENTED);
        for (unsigned slot = 0; slot < LG_SLOT_COUNT; slot++)
            if (observed.allowed[slot] & ~documented.allowed[slot])
                assert_true(is_known_deviation(lg_slot_site((uint16_t)slot)));
    }
}

static void every_slot_of_every_profile_leaves_something(void **state)
{
    (void)state;
    for (int id = 0; id < LG_PROFILE_COUNT; id++) {
        struct lg_profile profile = loaded((enum lg_profile_id)id, LG_TAG_CONFORMS);
        for (unsigned slot = 0; slot < LG_SLOT_COUNT; slot++)
            assert_true(profile.allowed[slot] != 0 || lg_slot_alternatives((uint16_t)slot) == 0);
    }
}

static bool is_registered(const char *id)
{
    for (size_t i = 0; i < lg_contradiction_count; i++)
        if (strcmp(lg_contradictions[i].id, id) == 0)
            return true;
    for (size_t i = 0; i < lg_interpretation_count; i++)
        if (strcmp(lg_interpretations[i].id, id) == 0)
            return true;
    return false;
}

static void every_site_is_in_a_register(void **state)
{
    (void)state;
    for (unsigned site = 0; site < LG_SITE_COUNT; site++)
        assert_true(is_registered(lg_sites[site].reg));
}

static bool has_site(const char *reg)
{
    for (unsigned site = 0; site < LG_SITE_COUNT; site++)
        if (strcmp(lg_sites[site].reg, reg) == 0)
            return true;
    return false;
}

static void every_interpretation_is_settled_or_has_a_site(void **state)
{
    (void)state;
    for (size_t i = 0; i < lg_interpretation_count; i++)
        assert_true(lg_interpretations[i].settled || has_site(lg_interpretations[i].id));
}

static void names_are_found_and_others_are_not(void **state)
{
    (void)state;
    for (int i = 0; i < LG_SITE_COUNT; i++)
        assert_int_equal(lg_site_find(lg_sites[i].id), i);
    assert_int_equal(lg_site_find("frob"), -1);
    assert_int_equal(lg_clause_find("frob"), -1);
}

/* What nobody can choose is the first one that can be. */
static void a_reading_is_pinned_within_its_site(void **state)
{
    struct lg_profile profile;
    uint16_t slot = lg_sites[LG_SITE_execution].slot;
    (void)state;
    lg_profile_load(&profile, LG_PROFILE_documented, LG_TAG_CONFORMS);
    lg_profile_pin(&profile, LG_SITE_execution, 15);
    assert_int_equal(profile.allowed[slot], 1);
    lg_profile_pin(&profile, LG_SITE_execution, LG_ALT_execution_by_job);
    assert_int_equal(profile.allowed[slot], 1u << LG_ALT_execution_by_job);
}

static void a_code_is_that_of_its_meaning_and_none_of_no_table(void **state)
{
    (void)state;
    assert_int_equal(lg_code_of(LG_CALL_SET_KEY_PROTECTOR, LG_MEANING_OUT_OF_MEMORY), 32778);
    assert_int_equal(lg_code_of(LG_CALL_READ_VM, LG_MEANING_OUT_OF_MEMORY), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_site_begins_with_a_reading_that_no_page_forbids),
        cmocka_unit_test(what_violates_names_its_clause),
        cmocka_unit_test(no_clause_has_the_id_of_something_else),
        cmocka_unit_test(rows_of_a_return_table_do_not_overlap),
        cmocka_unit_test(literal_and_strict_are_subsets_of_documented),
        cmocka_unit_test(observed_profiles_leave_documented_only_by_known_deviations),
        cmocka_unit_test(every_slot_of_every_profile_leaves_something),
        cmocka_unit_test(every_site_is_in_a_register),
        cmocka_unit_test(every_interpretation_is_settled_or_has_a_site),
        cmocka_unit_test(names_are_found_and_others_are_not),
        cmocka_unit_test(a_reading_is_pinned_within_its_site),
        cmocka_unit_test(a_code_is_that_of_its_meaning_and_none_of_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
