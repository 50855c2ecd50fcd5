/* The tables of classes hold together, and with the model's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/wsman/class_table.h"

static bool is_sorted(const char *a, const char *b)
{
    while (*a && (*a | 32) == (*b | 32)) {
        a++;
        b++;
    }
    return (*a | 32) < (*b | 32);
}

static void properties_are_alphabetical_and_fit(void **state)
{
    (void)state;
    for (enum lg_shape shape = 0; shape < LG_SHAPE_COUNT; shape++) {
        unsigned count;
        const struct lg_wmi_property_row *rows = lg_shape_properties(shape, &count);
        assert_in_range(count, 1, LG_PROPERTIES_MAX);
        for (unsigned i = 1; i < count; i++)
            assert_true(is_sorted(rows[i - 1].name, rows[i].name));
    }
}

static void literals_are_json(void **state)
{
    (void)state;
    for (enum lg_shape shape = 0; shape < LG_SHAPE_COUNT; shape++) {
        unsigned count;
        const struct lg_wmi_property_row *rows = lg_shape_properties(shape, &count);
        for (unsigned i = 0; i < count; i++) {
            if (rows[i].source != LG_WMI_SOURCE_LITERAL || !rows[i].argument)
                continue;
            json_t *json = json_loads(rows[i].argument, JSON_DECODE_ANY, NULL);
            assert_non_null(json);
            assert_int_equal(json_is_array(json), rows[i].is_array);
            json_decref(json);
        }
    }
}

static bool is_shown(enum lg_method read, const char *name)
{
    for (enum lg_shape shape = 0; shape < LG_SHAPE_COUNT; shape++)
        if (lg_shapes[shape].read == read && lg_shape_property(shape, LG_HOST_2025, name))
            return true;
    return lg_shapes[LG_SHAPE_TPM_SETTING].read == read &&
           lg_shape_property(LG_SHAPE_TPM_SETTING, LG_HOST_2016, name);
}

/* AffectedElement is how scripts are told an association; what Vm.Inspect shows no client can read.
 */
static void whatever_the_model_reads_is_on_the_wire(void **state)
{
    (void)state;
    for (unsigned i = 0; i < lg_property_count; i++)
        assert_true(lg_properties[i].read == LG_CALL_INSPECT ||
                    is_shown(lg_properties[i].read, lg_properties[i].name) ||
                    strcmp(lg_properties[i].name, "AffectedElement") == 0);
}

static void links_have_the_roles_of_their_association(void **state)
{
    (void)state;
    for (unsigned i = 0; i < lg_link_count; i++)
        for (unsigned side = 0; side < 2; side++) {
            const struct lg_wmi_property_row *row =
                lg_shape_property(lg_links[i].association, LG_HOST_2016, lg_links[i].roles[side]);
            assert_non_null(row);
            assert_int_equal(row->source, LG_WMI_SOURCE_END);
        }
}

static void every_shape_is_of_a_class(void **state)
{
    (void)state;
    for (enum lg_shape shape = 0; shape < LG_SHAPE_COUNT; shape++) {
        const struct lg_shape_row *row = &lg_shapes[shape];
        assert_non_null(lg_class_row(lg_wmi_spaces[row->space], row->class_name));
        assert_true(lg_shape_is_there(shape, LG_HOST_2016));
    }
}

static void every_class_that_is_a_parent_is_there(void **state)
{
    (void)state;
    assert_true(lg_class_is_a(LG_WMI_SPACE_VIRTUALIZATION, "Msvm_ConcreteJob", "cim_job"));
    assert_true(lg_class_is_a(LG_WMI_SPACE_VIRTUALIZATION, "Msvm_HostedService", "CIM_Dependency"));
    assert_false(lg_class_is_a(LG_WMI_SPACE_VIRTUALIZATION, "CIM_Job", "Msvm_ConcreteJob"));
    assert_false(lg_class_is_a(LG_WMI_SPACE_CIMV2, "Msvm_ConcreteJob", "CIM_Job"));
}

static void every_instance_has_a_key_but_the_operating_system(void **state)
{
    (void)state;
    for (enum lg_shape shape = 0; shape < LG_SHAPE_COUNT; shape++) {
        unsigned count;
        unsigned keys = 0;
        const struct lg_wmi_property_row *rows = lg_shape_properties(shape, &count);
        for (unsigned i = 0; i < count; i++)
            keys += rows[i].key != LG_WMI_KEY_NO;
        assert_int_equal(keys == 0, shape == LG_SHAPE_OPERATING_SYSTEM);
        assert_in_range(keys, 0, 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(properties_are_alphabetical_and_fit),
        cmocka_unit_test(literals_are_json),
        cmocka_unit_test(whatever_the_model_reads_is_on_the_wire),
        cmocka_unit_test(links_have_the_roles_of_their_association),
        cmocka_unit_test(every_shape_is_of_a_class),
        cmocka_unit_test(every_class_that_is_a_parent_is_there),
        cmocka_unit_test(every_instance_has_a_key_but_the_operating_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
