/* Instances of the classes: enumerations, selectors, associations; over a simulated host.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/simulator.h"
#include "sim/wsman/class_table.h"

#define V2 "root/virtualization/v2"

/* ---- a host ---- */

struct fixture {
    struct lg_simulator simulator;
    struct lg_wsman_host host;
    struct lg_instances found;
    unsigned calls; /* of the model */
};

static const struct lg_wsman_caller administrator = {"", LG_ROLE_ADMINISTRATOR};
static const struct lg_wsman_caller user = {"", LG_ROLE_USER};

static bool call(void *context, const struct lg_wsman_caller *caller, struct lg_call *what,
                 struct lg_outcome *outcome)
{
    struct fixture *fixture = context;
    struct lg_call become = {
        .method = LG_CALL_CALLER_CHANGES, .vm = LG_VM_HOST, .requested = caller->role};
    struct lg_outcome ignored;
    fixture->calls++;
    if (fixture->simulator.host.self.host.role != caller->role)
        lg_simulator_call(&fixture->simulator, &become, &ignored);
    return lg_simulator_call(&fixture->simulator, what, outcome);
}

static unsigned vm_count(void *context)
{
    const struct fixture *fixture = context;
    return fixture->simulator.host.vm_count;
}

static bool vm_exists(void *context, unsigned vm)
{
    const struct fixture *fixture = context;
    return fixture->simulator.host.cells[vm].vm.kind != LG_VM_NONE;
}

static uint8_t version(void *context)
{
    const struct fixture *fixture = context;
    return fixture->simulator.host.self.host.version;
}

static const char *element_name(void *context, unsigned vm)
{
    (void)context;
    return vm == 0 ? "first" : "other";
}

static const char *notes(void *context, unsigned vm)
{
    (void)context;
    return vm == 0 ? "a note" : "";
}

static void begin(struct fixture *fixture, uint8_t host_version, unsigned vms)
{
    static const struct lg_simulator_options options = {.jobs = LG_JOBS_ASYNC};
    memset(fixture, 0, sizeof *fixture);
    assert_true(lg_simulator_init(&fixture->simulator, &options));
    fixture->simulator.word.version = host_version;
    lg_simulator_reset(&fixture->simulator);
    fixture->host = (struct lg_wsman_host){.context = fixture,
                                           .names = &fixture->simulator.names,
                                           .machine = "HV1",
                                           .call = call,
                                           .vm_count = vm_count,
                                           .vm_exists = vm_exists,
                                           .version = version,
                                           .vm_element_name = element_name,
                                           .vm_notes = notes};
    for (unsigned i = 0; i < vms; i++) {
        struct lg_call create = {.method = LG_CALL_VM_CREATED, .requested = 2};
        struct lg_outcome outcome;
        assert_true(lg_simulator_call(&fixture->simulator, &create, &outcome));
    }
}

static void end(struct fixture *fixture)
{
    lg_instances_free(&fixture->found);
    lg_simulator_free(&fixture->simulator);
}

/* Sets a protector by a job; returns the job's name. */
static uint16_t set_protector(struct fixture *fixture, uint16_t vm)
{
    static const uint8_t bytes[] = {0, 0, 0, 8, 1, 2, 3, 4};
    struct lg_call set = {.method = LG_CALL_SET_KEY_PROTECTOR, .vm = vm, .blob = LG_BLOB_PLAIN};
    struct lg_outcome outcome;
    set.symbol = lg_blobs_intern(&fixture->simulator.blobs, bytes, sizeof bytes);
    assert_true(lg_simulator_call(&fixture->simulator, &set, &outcome));
    assert_int_equal(outcome.return_value, 4096);
    return outcome.job;
}

static const char *vm_name(struct fixture *fixture, uint16_t vm)
{
    static char name[LG_NAME_BYTES];
    fixture->simulator.names.write_vm(&fixture->simulator, vm, name);
    return name;
}

static size_t list(struct fixture *fixture, const char *class_name)
{
    lg_instances_free(&fixture->found);
    struct lg_wsman_problem problem =
        lg_instances_of(&fixture->host, &administrator, V2, class_name, &fixture->found);
    assert_int_equal(problem.fault, LG_WSMAN_FAULT_NONE);
    return fixture->found.count;
}

/* %s in the path is the name of the first VM. */
static enum lg_wsman_fault get(struct fixture *fixture, const char *format)
{
    char path[512];
    char room[512];
    struct lg_resource resource;
    snprintf(path, sizeof path, format, vm_name(fixture, 0));
    assert_true(lg_path_read(path, &resource, room, sizeof room));
    if (!resource.space[0])
        memcpy(resource.space, V2, sizeof V2);
    lg_instances_free(&fixture->found);
    return lg_instance_get(&fixture->host, &administrator, &resource, &fixture->found).fault;
}

static size_t associated(struct fixture *fixture, const char *format,
                         struct lg_association association)
{
    char path[512];
    char room[512];
    struct lg_resource object;
    snprintf(path, sizeof path, format, vm_name(fixture, 0));
    assert_true(lg_path_read(path, &object, room, sizeof room));
    association.object = &object;
    lg_instances_free(&fixture->found);
    struct lg_wsman_problem problem =
        lg_instances_associated(&fixture->host, &administrator, V2, &association, &fixture->found);
    assert_int_equal(problem.fault, LG_WSMAN_FAULT_NONE);
    return fixture->found.count;
}

static const json_t *value(const struct fixture *fixture, size_t at, const char *name)
{
    const struct lg_property *property = lg_instance_property(&fixture->found.items[at], name);
    return property ? property->value : NULL;
}

static void assert_value(const struct fixture *fixture, size_t at, const char *name,
                         const char *expected)
{
    const json_t *found = value(fixture, at, name);
    assert_non_null(found);
    char *text = json_dumps(found, JSON_ENCODE_ANY | JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
}

static void assert_class(const struct fixture *fixture, size_t at, const char *class_name)
{
    assert_true(at < fixture->found.count);
    assert_string_equal(fixture->found.items[at].class_name, class_name);
}

#define TEST_ON(name, host_version, vms)                                                           \
    static void name##_with(struct fixture *fixture);                                              \
    static void name(void **state)                                                                 \
    {                                                                                              \
        struct fixture fixture;                                                                    \
        (void)state;                                                                               \
        begin(&fixture, host_version, vms);                                                        \
        name##_with(&fixture);                                                                     \
        end(&fixture);                                                                             \
    }                                                                                              \
    static void name##_with(struct fixture *fixture)

/* ---- classes ---- */

TEST_ON(classes_are_found_without_case, LG_HOST_2016, 0)
{
    assert_string_equal(lg_class_find(&fixture->host, V2, "msvm_securityservice"),
                        "Msvm_SecurityService");
    assert_null(lg_class_find(&fixture->host, V2, "Msvm_Nothing"));
    assert_null(lg_class_find(&fixture->host, "root/other", "Msvm_SecurityService"));
    assert_null(lg_class_find(&fixture->host, "root/cimv2", "Msvm_SecurityService"));
    assert_non_null(lg_class_find(&fixture->host, V2, "Msvm_TPMSettingData"));
}

TEST_ON(classes_come_and_go_with_versions, LG_HOST_2019, 1)
{
    assert_null(lg_class_find(&fixture->host, V2, "Msvm_TPMSettingData"));
    assert_int_equal(list(fixture, "Msvm_SecuritySettingData"), 1);
    assert_non_null(value(fixture, 0, "BindToHostTpm"));
    assert_null(value(fixture, 0, "AppContainerLaunchOptOut"));
}

TEST_ON(a_host_below_the_minimum_has_no_security_classes, LG_HOST_BELOW, 1)
{
    assert_null(lg_class_find(&fixture->host, V2, "Msvm_SecurityService"));
    assert_int_equal(list(fixture, "CIM_Service"), 1);
    assert_int_equal(get(fixture, "Msvm_SecurityService.Name=\"vmsecuritywmi\""),
                     LG_WSMAN_FAULT_NOT_FOUND);
    assert_int_equal(list(fixture, "Msvm_VirtualSystemSettingData"), 1);
    assert_null(value(fixture, 0, "SecureBootTemplateId"));
}

/* ---- enumerations ---- */

TEST_ON(an_enumeration_is_deep, LG_HOST_2016, 2)
{
    assert_int_equal(list(fixture, "CIM_ComputerSystem"), 3);
    assert_class(fixture, 2, "Msvm_ComputerSystem");
    assert_value(fixture, 0, "Name", "\"HV1\"");
    assert_value(fixture, 0, "Caption", "\"Hosting Computer System\"");
    assert_value(fixture, 1, "ElementName", "\"first\"");
    set_protector(fixture, 1);
    assert_int_equal(list(fixture, "CIM_Job"), 1);
    assert_class(fixture, 0, "Msvm_ConcreteJob");
    assert_int_equal(list(fixture, "CIM_Service"), 2);
    assert_int_equal(list(fixture, "Msvm_PlannedComputerSystem"), 0);
}

TEST_ON(all_properties_are_there_even_null, LG_HOST_2016, 1)
{
    assert_int_equal(list(fixture, "Msvm_ComputerSystem"), 2);
    assert_int_equal(fixture->found.items[0].count, 45);
    assert_int_equal(fixture->found.items[1].count, 45);
    assert_value(fixture, 1, "Roles", "null");
    assert_value(fixture, 1, "EnabledState", "3");
    assert_int_equal(list(fixture, "Msvm_SecurityService"), 1);
    assert_value(fixture, 0, "SystemName", "\"HV1\"");
    assert_value(fixture, 0, "Name", "\"vmsecuritywmi\"");
    assert_int_equal(list(fixture, "Msvm_VirtualSystemSettingData"), 1);
    assert_value(fixture, 0, "Notes", "[\"a note\"]");
    assert_value(fixture, 0, "SecureBootEnabled", "true");
    assert_int_equal(list(fixture, "Msvm_TPMSettingData"), 1);
    assert_value(fixture, 0, "KeyProtector", "\"AAAABA==\"");
}

TEST_ON(a_job_has_what_its_page_lists, LG_HOST_2016, 1)
{
    set_protector(fixture, 0);
    assert_int_equal(list(fixture, "Msvm_ConcreteJob"), 1);
    assert_int_equal(fixture->found.items[0].count, 41);
    assert_value(fixture, 0, "JobType", "2");
    assert_null(value(fixture, 0, "AffectedElement"));
    assert_value(fixture, 0, "TimeBeforeRemoval", "\"00000000000500.000000:000\"");
}

TEST_ON(the_host_itself_is_in_cimv2, LG_HOST_2022, 0)
{
    static const char *const classes[] = {"Win32_OperatingSystem", "Win32_ComputerSystem",
                                          "Win32_ComputerSystemProduct", "Win32_Processor"};
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(lg_instances_of(&fixture->host, &administrator, "root/cimv2", classes[i],
                                         &fixture->found)
                             .fault,
                         LG_WSMAN_FAULT_NONE);
    assert_int_equal(fixture->found.count, 4);
    assert_value(fixture, 0, "Version", "\"10.0.20348\"");
    assert_value(fixture, 1, "Name", "\"HV1\"");
    assert_int_equal(get(fixture, "root\\cimv2:Win32_OperatingSystem=@"), LG_WSMAN_FAULT_NONE);
    assert_int_equal(get(fixture, "root\\cimv2:Win32_ComputerSystem.Name=\"hv1\""),
                     LG_WSMAN_FAULT_NONE);
}

TEST_ON(who_may_not_look_finds_nothing, LG_HOST_2016, 2)
{
    struct lg_wsman_problem problem =
        lg_instances_of(&fixture->host, &user, V2, "CIM_ManagedElement", &fixture->found);
    assert_int_equal(problem.fault, LG_WSMAN_FAULT_NONE);
    assert_int_equal(fixture->found.count, 0);
}

TEST_ON(who_may_not_look_can_be_refused, LG_HOST_2016, 1)
{
    lg_profile_pin(&fixture->simulator.profile, LG_SITE_rights_to_read,
                   LG_ALT_rights_to_read_refused);
    struct lg_wsman_problem problem =
        lg_instances_of(&fixture->host, &user, V2, "CIM_Service", &fixture->found);
    assert_int_equal(problem.fault, LG_WSMAN_FAULT_WMI_ACCESS_DENIED);
}

TEST_ON(a_provider_that_is_down_is_a_problem, LG_HOST_2016, 1)
{
    struct lg_call stop = {.method = LG_CALL_PROVIDER_STOPS, .vm = LG_VM_HOST};
    struct lg_outcome outcome;
    assert_true(lg_simulator_call(&fixture->simulator, &stop, &outcome));
    struct lg_wsman_problem problem =
        lg_instances_of(&fixture->host, &administrator, V2, "CIM_Service", &fixture->found);
    assert_int_equal(problem.fault, LG_WSMAN_FAULT_UNAVAILABLE);
    assert_int_equal(get(fixture, "Msvm_ComputerSystem.Name=\"%s\""), LG_WSMAN_FAULT_UNAVAILABLE);
}

/* ---- selectors ---- */

TEST_ON(part_of_a_key_is_enough_when_it_picks_one, LG_HOST_2016, 1)
{
    assert_int_equal(get(fixture, "Msvm_SecurityService.CreationClassName="
                                  "\"MSVM_SECURITYSERVICE\""),
                     LG_WSMAN_FAULT_NONE);
    assert_int_equal(get(fixture, "Msvm_ComputerSystem.name=\"%s\""), LG_WSMAN_FAULT_NONE);
    assert_value(fixture, 0, "ElementName", "\"first\"");
    assert_int_equal(get(fixture, "CIM_ComputerSystem.Name=\"hv1\""), LG_WSMAN_FAULT_NONE);
    assert_int_equal(
        get(fixture, "Msvm_SecuritySettingData=\"microsoft:%s\\\\" LG_SETTING_PART "\""),
        LG_WSMAN_FAULT_NONE);
    assert_int_equal(get(fixture, "Msvm_SecurityElement.SystemName=\"%s\""), LG_WSMAN_FAULT_NONE);
}

TEST_ON(what_selectors_are_refused_for, LG_HOST_2016, 2)
{
    assert_int_equal(get(fixture, "Msvm_ComputerSystem.CreationClassName="
                                  "\"Msvm_ComputerSystem\""),
                     LG_WSMAN_FAULT_AMBIGUOUS_SELECTORS);
    assert_int_equal(get(fixture, "Msvm_ComputerSystem"), LG_WSMAN_FAULT_INSUFFICIENT_SELECTORS);
    assert_int_equal(get(fixture, "Msvm_ComputerSystem.ElementName=\"first\""),
                     LG_WSMAN_FAULT_INVALID_SELECTORS);
    assert_int_equal(get(fixture, "Msvm_ComputerSystem.Nothing=\"first\""),
                     LG_WSMAN_FAULT_INVALID_SELECTORS);
    assert_int_equal(get(fixture, "Msvm_ComputerSystem.Name=\"nobody\""), LG_WSMAN_FAULT_NOT_FOUND);
    assert_int_equal(get(fixture, "Msvm_ComputerSystem.Name=\"%s\",CreationClassName=\"x\""),
                     LG_WSMAN_FAULT_NOT_FOUND);
    assert_int_equal(get(fixture, "Msvm_Nothing.Name=\"x\""), LG_WSMAN_FAULT_NOT_FOUND);
    assert_int_equal(get(fixture, "Msvm_HostedDependency.Dependent=\"no path\""),
                     LG_WSMAN_FAULT_SELECTOR_TYPE);
    assert_int_equal(fixture->found.count, 0);
}

/* The last part of an InstanceID counts too. */
TEST_ON(an_instance_id_is_compared_as_a_whole, LG_HOST_2016, 1)
{
    assert_int_equal(get(fixture, "Msvm_VirtualSystemSettingData.InstanceID=\"Microsoft:%s\""),
                     LG_WSMAN_FAULT_NONE);
    assert_int_equal(get(fixture, "Msvm_SecuritySettingData.InstanceID=\"Microsoft:%s\""),
                     LG_WSMAN_FAULT_NOT_FOUND);
    assert_int_equal(get(fixture, "Msvm_VirtualSystemSettingData.InstanceID=\"%s\""),
                     LG_WSMAN_FAULT_NOT_FOUND);
}

TEST_ON(an_association_is_picked_by_its_ends, LG_HOST_2016, 2)
{
    assert_int_equal(get(fixture, "Msvm_HostedDependency.Dependent=\"Msvm_ComputerSystem."
                                  "CreationClassName='Msvm_ComputerSystem',Name='%s'\""),
                     LG_WSMAN_FAULT_NONE);
    assert_class(fixture, 0, "Msvm_HostedDependency");
}

TEST_ON(a_job_is_found_until_it_is_removed, LG_HOST_2016, 1)
{
    char path[160] = "Msvm_ConcreteJob.InstanceID=\"";
    uint16_t job = set_protector(fixture, 0);
    fixture->simulator.names.write_job(&fixture->simulator, job, path + strlen(path));
    strcat(path, "\"");
    assert_int_equal(get(fixture, path), LG_WSMAN_FAULT_NONE);
    struct lg_call pass = {.method = LG_CALL_TIME_PASSES, .vm = LG_VM_HOST, .amount = 400000};
    struct lg_outcome outcome;
    assert_true(lg_simulator_call(&fixture->simulator, &pass, &outcome));
    get(fixture, path);
    assert_true(lg_simulator_call(&fixture->simulator, &pass, &outcome));
    assert_int_equal(get(fixture, path), LG_WSMAN_FAULT_NOT_FOUND);
    assert_int_equal(list(fixture, "Msvm_ConcreteJob"), 0);
}

TEST_ON(jobs_stay_when_their_vm_is_gone, LG_HOST_2016, 1)
{
    struct lg_call removal = {.method = LG_CALL_VM_REMOVED};
    struct lg_association to = {.association_class = "Msvm_AffectedJobElement"};
    char path[160] = "Msvm_ConcreteJob.InstanceID='";
    struct lg_outcome outcome;
    uint16_t job = set_protector(fixture, 0);
    fixture->simulator.names.write_job(&fixture->simulator, job, path + strlen(path));
    strcat(path, "'");
    assert_true(lg_simulator_call(&fixture->simulator, &removal, &outcome));
    assert_int_equal(list(fixture, "CIM_ComputerSystem"), 1);
    assert_int_equal(get(fixture, "Msvm_ComputerSystem.Name=\"%s\""), LG_WSMAN_FAULT_NOT_FOUND);
    assert_int_equal(list(fixture, "Msvm_ConcreteJob"), 1);
    assert_int_equal(associated(fixture, path, to), 0);
}

/* ---- associations ---- */

#define VM_PATH "Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='%s'"

TEST_ON(a_vm_leads_to_its_settings_and_its_service, LG_HOST_2016, 2)
{
    struct lg_association to = {.result_class = "Msvm_VirtualSystemSettingData"};
    assert_int_equal(associated(fixture, VM_PATH, to), 1);
    to.result_class = "Msvm_SecurityService";
    assert_int_equal(associated(fixture, VM_PATH, to), 1);
    to.result_class = "Msvm_SecuritySettingData";
    assert_int_equal(
        associated(fixture, "Msvm_VirtualSystemSettingData.InstanceID='Microsoft:%s'", to), 1);
    assert_class(fixture, 0, "Msvm_SecuritySettingData");
    to.association_class = "Msvm_VirtualSystemSettingDataComponent";
    assert_int_equal(
        associated(fixture, "Msvm_VirtualSystemSettingData.InstanceID='Microsoft:%s'", to), 0);
    to.result_class = "CIM_ResourceAllocationSettingData";
    assert_int_equal(
        associated(fixture, "Msvm_VirtualSystemSettingData.InstanceID='Microsoft:%s'", to), 3);
}

TEST_ON(services_lead_back_to_all_vms, LG_HOST_2016, 3)
{
    struct lg_association to = {.association_class = "Msvm_ServiceAffectsElement"};
    assert_int_equal(associated(fixture, "Msvm_SecurityService.Name='vmsecuritywmi'", to), 3);
    to.association_class = "CIM_HostedService";
    assert_int_equal(associated(fixture, "Msvm_SecurityService.Name='vmsecuritywmi'", to), 1);
    assert_value(fixture, 0, "Name", "\"HV1\"");
    assert_int_equal(associated(fixture, "Msvm_ComputerSystem.Name='HV1'", to), 2);
}

TEST_ON(jobs_lead_to_their_vm_and_their_owner, LG_HOST_2016, 2)
{
    char path[160] = "Msvm_ConcreteJob='";
    struct lg_association to = {.association_class = "Msvm_AffectedJobElement"};
    assert_int_equal(associated(fixture, VM_PATH, to), 0);
    uint16_t job = set_protector(fixture, 0);
    assert_int_equal(associated(fixture, VM_PATH, to), 1);
    fixture->simulator.names.write_job(&fixture->simulator, job, path + strlen(path));
    strcat(path, "'");
    assert_int_equal(associated(fixture, path, to), 1);
    assert_value(fixture, 0, "ElementName", "\"first\"");
    to.association_class = "Msvm_OwningJobElement";
    assert_int_equal(associated(fixture, path, to), 1);
    assert_class(fixture, 0, "Msvm_SecurityService");
    assert_int_equal(associated(fixture, "Msvm_SecurityService.Name='vmsecuritywmi'", to), 1);
    assert_int_equal(associated(fixture, "Msvm_VirtualSystemManagementService.Name='vmms'", to), 0);
}

TEST_ON(roles_and_references_narrow, LG_HOST_2016, 1)
{
    struct lg_association to = {.association_class = "Msvm_ServiceAffectsElement",
                                .role = "affectedelement"};
    assert_int_equal(associated(fixture, VM_PATH, to), 2);
    to.role = "AffectingElement";
    assert_int_equal(associated(fixture, VM_PATH, to), 0);
    to = (struct lg_association){.result_class = "CIM_SettingsDefineState", .references = true};
    assert_int_equal(associated(fixture, VM_PATH, to), 1);
    assert_class(fixture, 0, "Msvm_SettingsDefineState");
    const json_t *end_of = value(fixture, 0, "ManagedElement");
    assert_string_equal(json_string_value(json_object_get(end_of, "class")), "Msvm_ComputerSystem");
    assert_int_equal(json_array_size(json_object_get(end_of, "keys")), 2);
    to = (struct lg_association){.result_class = "Msvm_NoSuchClass"};
    assert_int_equal(associated(fixture, VM_PATH, to), 0);
}

TEST_ON(associations_are_instances_too, LG_HOST_2016, 3)
{
    assert_int_equal(list(fixture, "Msvm_ServiceAffectsElement"), 6);
    assert_value(fixture, 0, "ElementEffects", "[5]");
    assert_int_equal(list(fixture, "Msvm_SystemDevice"), 0);
    assert_int_equal(list(fixture, "CIM_SettingsDefineState"), 6);
}

/* ---- writing ---- */

static void assert_is_xml(const struct lg_instance *instance, enum lg_uri_family family,
                          bool base64)
{
    struct lg_text text = {0};
    enum lg_xml_problem problem;
    size_t offset;
    lg_instance_write(&text, instance, family, base64);
    struct lg_xml *xml = lg_xml_parse(text.bytes, text.length, 1000, &problem, &offset);
    assert_non_null(xml);
    assert_string_equal(lg_xml_root(xml)->name, instance->class_name);
    lg_xml_free(xml);
    lg_text_free(&text);
}

static void assert_all_is_xml(struct fixture *fixture, const char *space, const char *class_name)
{
    lg_instances_free(&fixture->found);
    struct lg_wsman_problem problem =
        lg_instances_of(&fixture->host, &administrator, space, class_name, &fixture->found);
    assert_int_equal(problem.fault, LG_WSMAN_FAULT_NONE);
    assert_true(fixture->found.count > 0);
    for (size_t i = 0; i < fixture->found.count; i++) {
        assert_is_xml(&fixture->found.items[i], LG_URI_WMI, true);
        assert_is_xml(&fixture->found.items[i], LG_URI_DMTF, false);
    }
}

TEST_ON(whatever_is_written_is_xml, LG_HOST_2016, 2)
{
    set_protector(fixture, 0);
    for (enum lg_shape shape = 0; shape < LG_SHAPE_COUNT; shape++)
        if (shape != LG_SHAPE_SYSTEM_DEVICE)
            assert_all_is_xml(fixture, lg_wmi_spaces[lg_shapes[shape].space],
                              lg_shapes[shape].class_name);
}

/* ---- cost ---- */

TEST_ON(a_name_costs_no_walk_over_all_vms, LG_HOST_2016, 1000)
{
    struct lg_association to = {.result_class = "Msvm_VirtualSystemSettingData"};
    assert_int_equal(get(fixture, "Msvm_ComputerSystem.Name=\"%s\""), LG_WSMAN_FAULT_NONE);
    assert_in_range(fixture->calls, 1, 2);
    fixture->calls = 0;
    assert_int_equal(get(fixture, "Msvm_ConcreteJob.InstanceID=\"%s\""), LG_WSMAN_FAULT_NOT_FOUND);
    assert_in_range(fixture->calls, 0, 1);
    fixture->calls = 0;
    assert_int_equal(associated(fixture, VM_PATH, to), 1);
    assert_in_range(fixture->calls, 1, 4);
    fixture->calls = 0;
    assert_int_equal(list(fixture, "Msvm_SecuritySettingData"), 1000);
    assert_int_equal(fixture->calls, 1000);
    fixture->calls = 0;
    assert_int_equal(list(fixture, "Msvm_SettingsDefineState"), 2000);
    assert_in_range(fixture->calls, 1, 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_found_without_case),
        cmocka_unit_test(classes_come_and_go_with_versions),
        cmocka_unit_test(a_host_below_the_minimum_has_no_security_classes),
        cmocka_unit_test(an_enumeration_is_deep),
        cmocka_unit_test(all_properties_are_there_even_null),
        cmocka_unit_test(a_job_has_what_its_page_lists),
        cmocka_unit_test(the_host_itself_is_in_cimv2),
        cmocka_unit_test(who_may_not_look_finds_nothing),
        cmocka_unit_test(who_may_not_look_can_be_refused),
        cmocka_unit_test(a_provider_that_is_down_is_a_problem),
        cmocka_unit_test(part_of_a_key_is_enough_when_it_picks_one),
        cmocka_unit_test(what_selectors_are_refused_for),
        cmocka_unit_test(an_instance_id_is_compared_as_a_whole),
        cmocka_unit_test(an_association_is_picked_by_its_ends),
        cmocka_unit_test(a_job_is_found_until_it_is_removed),
        cmocka_unit_test(jobs_stay_when_their_vm_is_gone),
        cmocka_unit_test(a_vm_leads_to_its_settings_and_its_service),
        cmocka_unit_test(services_lead_back_to_all_vms),
        cmocka_unit_test(jobs_lead_to_their_vm_and_their_owner),
        cmocka_unit_test(roles_and_references_narrow),
        cmocka_unit_test(associations_are_instances_too),
        cmocka_unit_test(whatever_is_written_is_xml),
        cmocka_unit_test(a_name_costs_no_walk_over_all_vms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
