/* Messages that call methods: every modelled one, in every form that clients write. */
#include "wsman_client.h"

#define SERVICE WMI("Msvm_SecurityService")
#define MANAGEMENT WMI("Msvm_VirtualSystemManagementService")
#define MANAGEMENT_KEY SELECT("CreationClassName", "Msvm_VirtualSystemManagementService")
#define JOB_CLASS WMI("Msvm_ConcreteJob")
#define NUMBER(name, text) "<p:" name ">" text "</p:" name ">"

enum { PROTECTOR_BYTES = 5000 };

static char body[ROOM / 2];
static char arguments[ROOM / 4];
static uint8_t protector[PROTECTOR_BYTES];
static char job[LG_NAME_BYTES];

/* Bytes whose first four tell their number. */
static void make_protector(uint8_t seed)
{
    for (unsigned i = 4; i < PROTECTOR_BYTES; i++)
        protector[i] = (uint8_t)(i * 7 + seed);
    protector[2] = PROTECTOR_BYTES >> 8;
    protector[3] = PROTECTOR_BYTES & 0xFF;
}

/* A call of a method with its parameters in the usual namespace. */
static int call(const char *uri, const char *method, const char *selectors, const char *parameters)
{
    char action[512];
    snprintf(action, sizeof action, "%s/%s", uri, method);
    snprintf(body, sizeof body, "<p:%s_INPUT xmlns:p=\"%s\">%s</p:%s_INPUT>", method, uri,
             parameters, method);
    return ask(action, uri, selectors, "", body);
}

/* Adds SecuritySettingData of a VM to the arguments. */
static void add_setting(unsigned vm, const char *properties)
{
    size_t used = strlen(arguments);
    snprintf(arguments + used, sizeof arguments - used,
             "<p:SecuritySettingData><![CDATA[<INSTANCE CLASSNAME=\"Msvm_SecuritySettingData\">"
             "<PROPERTY NAME=\"InstanceID\" TYPE=\"string\"><VALUE>Microsoft:%s\\" LG_SETTING_PART
             "</VALUE></PROPERTY>%s</INSTANCE>]]></p:SecuritySettingData>",
             it.vm[vm], properties);
}

static void add_base64(const char *name)
{
    char *base64 = lg_base64_write(protector, PROTECTOR_BYTES);
    size_t used = strlen(arguments);
    snprintf(arguments + used, sizeof arguments - used, "<p:%s>%s</p:%s>", name, base64, name);
    free(base64);
}

static void add_items(const char *name)
{
    size_t at = strlen(arguments);
    for (unsigned i = 0; i < PROTECTOR_BYTES; i++)
        at += (size_t)snprintf(arguments + at, sizeof arguments - at, "<p:%s>%u</p:%s>", name,
                               protector[i], name);
}

static int call_service(const char *method)
{
    return call(SERVICE, method, SERVICE_KEY, arguments);
}

static void set_protector(unsigned vm, uint8_t seed)
{
    make_protector(seed);
    arguments[0] = '\0';
    add_setting(vm, "");
    add_base64("KeyProtector");
    assert_int_equal(call_service("SetKeyProtector"), 200);
}

/* ---- the service ---- */

TEST(a_protector_is_set_and_read_as_base64)
{
    set_protector(0, 1);
    assert_true(lg_xml_is(it.body, SERVICE, "SetKeyProtector_OUTPUT"));
    assert_string_equal(text_of("ReturnValue"), "0");
    assert_string_equal(lg_xml_attribute(find(it.body, "Job"), LG_NS_XSI, "nil"), "true");
    assert_string_equal(find(lg_xml_root(it.xml), "Action")->text,
                        SERVICE "/SetKeyProtectorResponse");
    arguments[0] = '\0';
    add_setting(0, "");
    assert_int_equal(call_service("GetKeyProtector"), 200);
    char *base64 = lg_base64_write(protector, PROTECTOR_BYTES);
    assert_string_equal(text_of("KeyProtector"), base64);
    assert_string_equal(text_of("ReturnValue"), "0");
    free(base64);
}

TEST(a_protector_is_set_and_read_byte_by_byte)
{
    finish();
    start(LG_JOBS_SYNC, true, VMS);
    make_protector(2);
    arguments[0] = '\0';
    add_setting(1, "");
    add_items("KeyProtector");
    assert_int_equal(call_service("SetKeyProtector"), 200);
    assert_string_equal(text_of("ReturnValue"), "0");
    arguments[0] = '\0';
    add_setting(1, "");
    assert_int_equal(call_service("GetKeyProtector"), 200);
    assert_int_equal(count_of(it.body), PROTECTOR_BYTES + 1);
    const struct lg_xml_node *item = it.body->first;
    for (unsigned i = 0; i < PROTECTOR_BYTES; i++, item = item->next)
        assert_int_equal(atoi(item->text), protector[i]);
}

TEST(both_forms_are_the_same_bytes)
{
    set_protector(0, 3);
    arguments[0] = '\0';
    add_setting(1, "");
    add_items("KeyProtector");
    call_service("SetKeyProtector");
    assert_int_equal(it.simulator.host.cells[0].vm.vault.current,
                     it.simulator.host.cells[1].vm.vault.current);
}

TEST(a_policy_is_set)
{
    make_protector(4);
    arguments[0] = '\0';
    add_setting(0, "");
    add_base64("SecurityPolicy");
    assert_int_equal(call_service("SetSecurityPolicy"), 200);
    assert_non_null(find(it.body, "ReturnValue"));
    assert_non_null(find(it.body, "Job"));
}

TEST(the_last_known_good_protector_is_restored)
{
    set_protector(0, 5);
    arguments[0] = '\0';
    add_setting(0, "");
    assert_int_equal(call_service("RestoreLastKnownGoodKeyProtector"), 200);
    assert_non_null(find(it.body, "ReturnValue"));
}

TEST(settings_are_modified)
{
    set_protector(0, 6);
    arguments[0] = '\0';
    add_setting(0, "<PROPERTY NAME=\"TpmEnabled\" TYPE=\"boolean\"><VALUE>TRUE</VALUE></PROPERTY>");
    assert_int_equal(call_service("ModifySecuritySettings"), 200);
    assert_string_equal(text_of("ReturnValue"), "0");
    assert_true(it.simulator.host.cells[0].vm.vault.settings & 1u << LG_SETTING_TPM_ENABLED);
}

TEST(the_service_starts_and_stops)
{
    assert_int_equal(call(SERVICE, "StopService", SERVICE_KEY, ""), 200);
    assert_non_null(find(it.body, "ReturnValue"));
    assert_int_equal(call(SERVICE, "StartService", SERVICE_KEY, ""), 200);
    assert_int_equal(count_of(it.body), 1);
}

TEST(a_method_without_parameters_needs_no_body)
{
    assert_int_equal(ask(SERVICE "/StartService", SERVICE, SERVICE_KEY, "", ""), 200);
    assert_non_null(find(it.body, "ReturnValue"));
}

TEST(the_service_takes_a_state)
{
    assert_int_equal(call(SERVICE, "RequestStateChange", SERVICE_KEY,
                          NUMBER("RequestedState", "2")
                              NUMBER("TimeoutPeriod", "<c:Interval xmlns:c='" LG_NS_CIM
                                                      "'>P0DT0H5M0S</c:Interval>")),
                     200);
    assert_non_null(find(it.body, "ReturnValue"));
    assert_non_null(find(it.body, "Job"));
}

/* ---- VMs ---- */

static const char *vm_key(unsigned vm)
{
    static char key[256];
    snprintf(key, sizeof key, SELECT("Name", "%s"), it.vm[vm]);
    return key;
}

TEST(a_vm_starts)
{
    assert_int_equal(call(WMI("Msvm_ComputerSystem"), "RequestStateChange", vm_key(0),
                          NUMBER("RequestedState", "2")),
                     200);
    assert_true(strcmp(text_of("ReturnValue"), "0") == 0 ||
                strcmp(text_of("ReturnValue"), "4096") == 0);
}

static void define(const char *name)
{
    snprintf(arguments, sizeof arguments,
             "<p:SystemSettings>&lt;INSTANCE CLASSNAME=\"Msvm_VirtualSystemSettingData\">"
             "&lt;PROPERTY NAME=\"ElementName\" TYPE=\"string\">&lt;VALUE>%s&lt;/VALUE>"
             "&lt;/PROPERTY>&lt;/INSTANCE></p:SystemSettings>",
             name);
    assert_int_equal(call(MANAGEMENT, "DefineSystem", MANAGEMENT_KEY, arguments), 200);
}

TEST(a_vm_is_defined)
{
    define("from afar");
    assert_string_equal(text_of("ReturnValue"), "0");
    const struct lg_xml_node *made = find(it.body, "ResultingSystem");
    assert_string_equal(find(made, "ResourceURI")->text, WMI("Msvm_ComputerSystem"));
    assert_true(it.host.host.vm_exists(&it.host, VMS));
    assert_string_equal(it.host.host.vm_element_name(&it.host, VMS), "from afar");
}

static void write_reference(const char *class_name, const char *name)
{
    snprintf(
        arguments, sizeof arguments,
        "<p:AffectedSystem><a:Address>" LG_ANONYMOUS
        "</a:Address><a:ReferenceParameters><w:ResourceURI>" WMI(
            "%s") "</w:ResourceURI>"
                  "<w:SelectorSet>" SELECT("CreationClassName", "Msvm_ComputerSystem") SELECT(
                      "Name", "%s") "</w:SelectorSet></a:ReferenceParameters></p:AffectedSystem>",
        class_name, name);
}

TEST(a_vm_is_destroyed)
{
    write_reference("Msvm_ComputerSystem", it.vm[1]);
    assert_int_equal(call(MANAGEMENT, "DestroySystem", MANAGEMENT_KEY, arguments), 200);
    assert_string_equal(text_of("ReturnValue"), "0");
    assert_false(it.host.host.vm_exists(&it.host, 1));
    assert_int_equal(call(WMI("Msvm_ComputerSystem"), "RequestStateChange", vm_key(1),
                          NUMBER("RequestedState", "2")),
                     500);
    assert_fault(LG_WSMAN_FAULT_NOT_FOUND);
}

TEST(a_reference_has_no_wrapper)
{
    snprintf(arguments, sizeof arguments,
             "<p:AffectedSystem><a:EndpointReference><a:ReferenceParameters><w:ResourceURI>" WMI(
                 "Msvm_ComputerSystem") "</w:ResourceURI></a:ReferenceParameters>"
                                        "</a:EndpointReference></p:AffectedSystem>");
    call(MANAGEMENT, "DestroySystem", MANAGEMENT_KEY, arguments);
    assert_fault(LG_WSMAN_FAULT_SCHEMA_VALIDATION);
}

TEST(a_reference_to_nothing)
{
    write_reference("Msvm_ComputerSystem", "nobody");
    call(MANAGEMENT, "DestroySystem", MANAGEMENT_KEY, arguments);
    assert_fault(LG_WSMAN_FAULT_NOT_FOUND);
    write_reference("Msvm_ConcreteJob", it.vm[0]);
    call(MANAGEMENT, "DestroySystem", MANAGEMENT_KEY, arguments);
    assert_fault(LG_WSMAN_FAULT_NOT_FOUND);
    call(MANAGEMENT, "DestroySystem", MANAGEMENT_KEY, "");
    assert_fault(LG_WSMAN_FAULT_INVALID_METHOD_PARAMETERS);
}

/* ---- jobs ---- */

static void keep_job(void)
{
    assert_string_equal(text_of("ReturnValue"), "4096");
    const struct lg_xml_node *reference = find(it.body, "Job");
    assert_string_equal(find(reference, "ResourceURI")->text, JOB_CLASS);
    const struct lg_xml_node *selector = find(reference, "Selector");
    assert_string_equal(lg_xml_attribute(selector, "", "Name"), "InstanceID");
    snprintf(job, sizeof job, "%s", selector->text);
}

static void start_job(void)
{
    finish();
    start(LG_JOBS_ASYNC, false, VMS);
    set_protector(0, 7);
    keep_job();
}

static int call_job(const char *method, const char *parameters)
{
    char key[256];
    snprintf(key, sizeof key, SELECT("InstanceID", "%s"), job);
    return call(JOB_CLASS, method, key, parameters);
}

TEST(a_job_is_referred_to)
{
    char key[256];
    start_job();
    snprintf(key, sizeof key, SELECT("InstanceID", "%s"), job);
    assert_int_equal(ask(LG_NS_TRANSFER "/Get", JOB_CLASS, key, "", ""), 200);
    assert_string_equal(text_of("InstanceID"), job);
}

/* Nothing while the job works; a text of Msvm_Error once it has failed, as there is no last known
 * good protector. */
TEST(a_job_tells_its_error)
{
    start_job();
    lg_profile_pin(&it.simulator.profile, LG_SITE_job_error_text, LG_ALT_job_error_text_given);
    assert_int_equal(call_job("GetError", ""), 200);
    assert_string_equal(lg_xml_attribute(find(it.body, "Error"), LG_NS_XSI, "nil"), "true");
    arguments[0] = '\0';
    add_setting(1, "");
    assert_int_equal(call_service("RestoreLastKnownGoodKeyProtector"), 200);
    keep_job();
    struct lg_call wait = {.method = LG_CALL_TIME_PASSES, .vm = LG_VM_HOST, .amount = 60000};
    struct lg_outcome outcome;
    lg_simulator_call(&it.simulator, &wait, &outcome);
    static const char *const methods[] = {"GetError", "GetErrorEx"};
    static const char *const names[] = {"Error", "Errors"};
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(call_job(methods[i], ""), 200);
        assert_string_equal(text_of("ReturnValue"), "0");
        const char *text = text_of(names[i]);
        assert_int_equal(strncmp(text, "<INSTANCE CLASSNAME=\"Msvm_Error\">", 33), 0);
        assert_non_null(strstr(text, "NAME=\"Message\""));
    }
}

TEST(a_job_takes_a_state)
{
    start_job();
    assert_int_equal(call_job("RequestStateChange", NUMBER("RequestedState", "4")), 200);
    assert_int_equal(count_of(it.body), 1);
}

TEST(a_job_has_no_time)
{
    start_job();
    assert_int_equal(call_job("RequestStateChange",
                              NUMBER("RequestedState", "4") NUMBER("TimeoutPeriod", "PT0.5S")),
                     200);
    assert_string_equal(text_of("ReturnValue"), "4098");
    call_job("RequestStateChange", NUMBER("RequestedState", "4") NUMBER("TimeoutPeriod", "soon"));
    assert_fault(LG_WSMAN_FAULT_SCHEMA_VALIDATION);
}

TEST(a_job_is_killed)
{
    start_job();
    assert_int_equal(call_job("KillJob", NUMBER("DeleteOnKill", "true")), 200);
    assert_string_equal(text_of("ReturnValue"), "1");
    call_job("KillJob", NUMBER("DeleteOnKill", "perhaps"));
    assert_fault(LG_WSMAN_FAULT_SCHEMA_VALIDATION);
}

TEST(an_unknown_job)
{
    snprintf(job, sizeof job, "no such job");
    call_job("GetError", "");
    assert_fault(LG_WSMAN_FAULT_NOT_FOUND);
}

/* ---- which method, which instance ---- */

TEST(selectors_may_be_any_that_pick_one)
{
    assert_int_equal(call(SERVICE, "StartService", SELECT("Name", "VMSECURITYWMI"), ""), 200);
    assert_int_equal(call(SERVICE, "StartService", SELECT("SystemName", MACHINE), ""), 200);
    assert_int_equal(call(SERVICE, "startservice", SELECT("name", "vmsecuritywmi"), ""), 200);
    call(SERVICE, "StartService", SELECT("Name", "other"), "");
    assert_fault(LG_WSMAN_FAULT_NOT_FOUND);
    call(SERVICE, "StartService", SELECT("Colour", "blue"), "");
    assert_fault(LG_WSMAN_FAULT_INVALID_SELECTORS);
}

TEST(no_selectors_at_all)
{
    call(SERVICE, "StartService", "", "");
    assert_fault(LG_WSMAN_FAULT_INVALID_METHOD_PARAMETERS);
}

TEST(selectors_that_pick_many)
{
    call(WMI("Msvm_ComputerSystem"), "RequestStateChange",
         SELECT("CreationClassName", "Msvm_ComputerSystem"), NUMBER("RequestedState", "2"));
    assert_fault(LG_WSMAN_FAULT_AMBIGUOUS_SELECTORS);
}

TEST(an_unknown_method)
{
    call(SERVICE, "NoSuchMethod", SERVICE_KEY, "");
    assert_fault(LG_WSMAN_FAULT_INVALID_METHOD);
    call(WMI("Msvm_NoSuchClass"), "StartService", SERVICE_KEY, "");
    assert_fault(LG_WSMAN_FAULT_NOT_FOUND);
}

TEST(the_uri_of_the_standard_is_answered_in_kind)
{
    assert_int_equal(call(DMTF("Msvm_SecurityService"), "StartService",
                          SELECT("__cimnamespace", "root/virtualization/v2") SERVICE_KEY, ""),
                     200);
    assert_true(lg_xml_is(it.body, DMTF("Msvm_SecurityService"), "StartService_OUTPUT"));
}

/* ---- parameters ---- */

TEST(names_of_parameters_have_no_case)
{
    arguments[0] = '\0';
    add_setting(0, "");
    char *at;
    while ((at = strstr(arguments, "p:SecuritySettingData")))
        memcpy(at, "p:SECURITYsettingdata", strlen("p:SECURITYsettingdata"));
    assert_int_equal(call_service("GetKeyProtector"), 200);
    assert_string_equal(text_of("ReturnValue"), "0");
}

static void assert_refused(const char *extra)
{
    arguments[0] = '\0';
    add_setting(0, "");
    strcat(arguments, extra);
    call_service("SetKeyProtector");
    assert_fault(LG_WSMAN_FAULT_SCHEMA_VALIDATION);
}

TEST(parameters_that_do_not_fit)
{
    assert_refused("<p:NoSuchParameter>1</p:NoSuchParameter>");
    assert_refused("<p:SecuritySettingData>twice</p:SecuritySettingData>");
    assert_refused("<q:KeyProtector xmlns:q='http://example.org/'>1</q:KeyProtector>");
    assert_refused(NUMBER("KeyProtector", "256"));
    assert_refused(NUMBER("KeyProtector", "-1"));
    assert_refused(NUMBER("KeyProtector", "1.0"));
    assert_refused(NUMBER("KeyProtector", "<p:INSTANCE/>"));
    assert_refused(NUMBER("KeyProtector", "not base64!"));
    assert_refused(NUMBER("KeyProtector", "AAAABAAA") NUMBER("KeyProtector", "1"));
    assert_refused(NUMBER("KeyProtector", "1") NUMBER("KeyProtector", "AAAABAAA"));
    call(WMI("Msvm_ComputerSystem"), "RequestStateChange", vm_key(0),
         NUMBER("RequestedState", "65536"));
    assert_fault(LG_WSMAN_FAULT_SCHEMA_VALIDATION);
}

TEST(a_body_of_another_method)
{
    ask(SERVICE "/StartService", SERVICE, SERVICE_KEY, "",
        "<p:StopService_INPUT xmlns:p='" SERVICE "'/>");
    assert_fault(LG_WSMAN_FAULT_SCHEMA_VALIDATION);
    ask(SERVICE "/StartService", SERVICE, SERVICE_KEY, "",
        "<p:StartService_INPUT xmlns:p='http://example.org/'/>");
    assert_fault(LG_WSMAN_FAULT_SCHEMA_VALIDATION);
}

/* What the model is told instead of bytes: nothing, Null, an empty array. */
TEST(missing_and_empty_parameters_are_answered)
{
    assert_int_equal(call(SERVICE, "SetKeyProtector", SERVICE_KEY, ""), 200);
    assert_string_not_equal(text_of("ReturnValue"), "0");
    arguments[0] = '\0';
    add_setting(0, "");
    size_t used = strlen(arguments);
    strcat(arguments, "<p:KeyProtector xmlns:x='" LG_NS_XSI "' x:nil='true'/>");
    assert_int_equal(call_service("SetKeyProtector"), 200);
    arguments[used] = '\0';
    strcat(arguments, "<p:KeyProtector></p:KeyProtector>");
    assert_int_equal(call_service("SetKeyProtector"), 200);
    call(WMI("Msvm_ComputerSystem"), "RequestStateChange", vm_key(0), "");
    assert_fault(LG_WSMAN_FAULT_INVALID_METHOD_PARAMETERS);
}

TEST(base64_may_hold_line_ends)
{
    arguments[0] = '\0';
    add_setting(0, "");
    strcat(arguments, NUMBER("KeyProtector", "\n AAAA\r\n CAEC\n AwQ= \n"));
    assert_int_equal(call_service("SetKeyProtector"), 200);
    assert_string_equal(text_of("ReturnValue"), "0");
}

TEST(texts_of_settings_are_the_model_s_to_refuse)
{
    assert_int_equal(call(SERVICE, "GetKeyProtector", SERVICE_KEY,
                          NUMBER("SecuritySettingData", "instance of nothing")),
                     200);
    assert_string_not_equal(text_of("ReturnValue"), "0");
    call(SERVICE, "GetKeyProtector", SERVICE_KEY,
         NUMBER("SecuritySettingData", "<INSTANCE CLASSNAME='Msvm_SecuritySettingData'/>"));
    assert_fault(LG_WSMAN_FAULT_SCHEMA_VALIDATION);
}

TEST(a_reply_that_does_not_fit)
{
    finish();
    start(LG_JOBS_SYNC, true, VMS);
    set_protector(0, 8);
    arguments[0] = '\0';
    add_setting(0, "");
    snprintf(body, sizeof body,
             "<p:GetKeyProtector_INPUT xmlns:p=\"" SERVICE "\">%s</p:GetKeyProtector_INPUT>",
             arguments);
    ask(SERVICE "/GetKeyProtector", SERVICE, SERVICE_KEY,
        "<w:MaxEnvelopeSize>153600</w:MaxEnvelopeSize>", body);
    assert_fault(LG_WSMAN_FAULT_TOO_LARGE_REPLY);
}

TEST(a_caller_s_role_is_an_event)
{
    it.request.caller.role = LG_ROLE_USER;
    arguments[0] = '\0';
    add_setting(0, "");
    call_service("GetKeyProtector");
    assert_int_equal(it.simulator.host.self.host.role, LG_ROLE_USER);
    assert_string_not_equal(text_of("ReturnValue"), "0");
    it.request.caller.role = LG_ROLE_ADMINISTRATOR;
    assert_int_equal(call_service("GetKeyProtector"), 200);
    assert_string_equal(text_of("ReturnValue"), "0");
}

/* The class goes with the version of the host. */
TEST(a_host_without_the_class)
{
    struct lg_call event = {
        .method = LG_CALL_HOST_CHANGES, .vm = LG_VM_HOST, .requested = LG_HOST_BELOW};
    struct lg_outcome outcome;
    lg_simulator_call(&it.simulator, &event, &outcome);
    call(SERVICE, "StartService", SERVICE_KEY, "");
    assert_fault(LG_WSMAN_FAULT_NOT_FOUND);
}

/* The provider's absence is a code or a fault, as the model reads the pages. */
TEST(a_provider_that_is_down)
{
    struct lg_call event = {.method = LG_CALL_PROVIDER_STOPS, .vm = LG_VM_HOST};
    struct lg_outcome outcome;
    lg_simulator_call(&it.simulator, &event, &outcome);
    arguments[0] = '\0';
    add_setting(0, "");
    if (call_service("GetKeyProtector") == 200)
        assert_string_equal(text_of("ReturnValue"), "32777");
    else
        assert_fault(LG_WSMAN_FAULT_UNAVAILABLE);
    assert_int_equal(ask(LG_NS_TRANSFER "/Get", WMI("Msvm_SecuritySettingData"),
                         SELECT("InstanceID", "Microsoft:x"), "", ""),
                     500);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(a_protector_is_set_and_read_as_base64),
                                       CASE(a_protector_is_set_and_read_byte_by_byte),
                                       CASE(both_forms_are_the_same_bytes),
                                       CASE(a_policy_is_set),
                                       CASE(the_last_known_good_protector_is_restored),
                                       CASE(settings_are_modified),
                                       CASE(the_service_starts_and_stops),
                                       CASE(a_method_without_parameters_needs_no_body),
                                       CASE(the_service_takes_a_state),
                                       CASE(a_vm_starts),
                                       CASE(a_vm_is_defined),
                                       CASE(a_vm_is_destroyed),
                                       CASE(a_reference_has_no_wrapper),
                                       CASE(a_reference_to_nothing),
                                       CASE(a_job_is_referred_to),
                                       CASE(a_job_tells_its_error),
                                       CASE(a_job_takes_a_state),
                                       CASE(a_job_has_no_time),
                                       CASE(a_job_is_killed),
                                       CASE(an_unknown_job),
                                       CASE(selectors_may_be_any_that_pick_one),
                                       CASE(no_selectors_at_all),
                                       CASE(selectors_that_pick_many),
                                       CASE(an_unknown_method),
                                       CASE(the_uri_of_the_standard_is_answered_in_kind),
                                       CASE(names_of_parameters_have_no_case),
                                       CASE(parameters_that_do_not_fit),
                                       CASE(a_body_of_another_method),
                                       CASE(missing_and_empty_parameters_are_answered),
                                       CASE(base64_may_hold_line_ends),
                                       CASE(texts_of_settings_are_the_model_s_to_refuse),
                                       CASE(a_reply_that_does_not_fit),
                                       CASE(a_caller_s_role_is_an_event),
                                       CASE(a_host_without_the_class),
                                       CASE(a_provider_that_is_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
