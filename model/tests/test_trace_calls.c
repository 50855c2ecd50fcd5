/* Calls from JSON and back: what is refused and what the reason names, what survives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "json_text.h"

#define SERVICE "{'call': 'Msvm_SecurityService."
#define SET SERVICE "SetKeyProtector', 'target': '$vm0', 'args': "
#define GET SERVICE "GetKeyProtector', 'target': '$vm0', 'args': {'SecuritySettingData': "
#define DEFINE                                                                                     \
    "{'call': 'Msvm_VirtualSystemManagementService.DefineSystem', 'target': '$vm1', 'args': "
#define STATE(class) "{'call': '" class ".RequestStateChange', 'target': '$job1', 'args': "
#define EVENT(name) "{'event': '" name "', 'target': '$vm0', 'args': "

struct refused {
    const char *call;
    const char *reason; /* a part of it */
};

static const struct refused refused[] = {
    {"[]", "must be an object"},
    {"{}", "no such method: (none)"},
    {"{'call': 7}", "no such method"},
    {"{'call': 'GetKeyProtector'}", "no such method: GetKeyProtector"},
    {"{'call': 'Msvm_SecurityService.Frob'}", "no such method: Msvm_SecurityService.Frob"},
    {SET "[]}", "\"args\" must be an object"},
    {SET "{'Frob': 1}}", "unknown member \"Frob\""},
    {SERVICE "GetKeyProtector', 'target': '$vm'}", "names nothing known: $vm"},
    {SERVICE "GetKeyProtector', 'target': '$vmx'}", "names nothing known"},
    {SERVICE "GetKeyProtector', 'target': 'vm0'}", "names nothing known"},
    {SERVICE "GetKeyProtector', 'target': '$vm0a'}", "names nothing known"},
    {SERVICE "GetKeyProtector', 'target': '$vm99999999'}", "names nothing known"},
    {"{'call': 'Msvm_ComputerSystem.Get'}", "\"target\" is missing"},
    {"{'call': 'Msvm_ConcreteJob.Get', 'target': '$vm0'}", "names nothing known"},
    {"{'call': 'Msvm_ConcreteJob.Get', 'target': '$job1', 'vm': '$job1'}", "\"vm\" names no VM"},
    {SET "{'KeyProtector': 'P9'}}", "names no material: P9"},
    {SET "{'KeyProtector': {'base64': 'AAA'}}}", "is no base64"},
    {SET "{'SecuritySettingData': 'text'}}", "can be read on a wire only"},
    {SERVICE "SetSecurityPolicy', 'target': '$vm0', 'args': {'SecuritySettingData': 7}}",
     "a text, an object or null"},
    {SERVICE "SetSecurityPolicy', 'target': '$vm0', 'args': {'SecurityPolicy': 'P9'}}",
     "names no material: P9"},
    {GET "7}}", "must be a text, an object or null"},
    {GET "{'frob': 1}}}", "unknown member \"frob\""},
    {GET "{'text': 7}}}", "no such text: (no string)"},
    {GET "{'text': 'frob'}}}", "no such text: frob"},
    {GET "{'set': 7}}}", "\"set\" must be an object"},
    {GET "{'set': {'Frob': true}}}}", "\"Frob\" is no boolean setting"},
    {GET "{'set': {'TpmEnabled': 1}}}}", "\"TpmEnabled\" is no boolean setting"},
    {GET "{'identity': 7}}}", "\"identity\" must be a word"},
    {GET "{'identity': 'frob'}}}", "no such identity: frob"},
    {GET "{'flags': true}}}", "\"flags\" must be from 0 to 31"},
    {GET "{'flags': -1}}}", "\"flags\" must be from 0 to 31"},
    {GET "{'flags': 32}}}", "\"flags\" must be from 0 to 31"},
    {DEFINE "{'SystemSettings': {'generation': true}}}", "\"generation\" must be 1 or 2"},
    {DEFINE "{'SystemSettings': {'generation': 0}}}", "\"generation\" must be 1 or 2"},
    {DEFINE "{'SystemSettings': {'generation': 3}}}", "\"generation\" must be 1 or 2"},
    {STATE("Msvm_ConcreteJob") "{}}", "\"RequestedState\" must be an integer"},
    {STATE("Msvm_ConcreteJob") "{'RequestedState': -1}}", "is -1, must be from 0 to 65535"},
    {STATE("Msvm_ConcreteJob") "{'RequestedState': 65536}}", "is 65536, must be from"},
    {STATE("Msvm_ConcreteJob") "{'RequestedState': 4, 'TimeoutPeriod': 4}}",
     "must be a CIM interval or null"},
    {EVENT("Time.Pass") "{'ms': 1.5}}", "\"ms\" must be an integer"},
    {EVENT("Caller.Become") "{'role': 'king'}}", "\"role\" must be one of administrator"},
    {EVENT("Caller.Become") "{}}", "\"role\" must be one of"},
    {EVENT("Host.Become") "{'version': '2016', 'no_tpm': 1}}", "\"no_tpm\" must be true or false"},
    {EVENT("Host.Become") "{'version': '2016', 'guarded': 1}}", "\"guarded\" must be true or"},
    {EVENT("Host.Become") "{'version': '2017'}}", "\"version\" must be one of 2016"},
    {EVENT("Cause.Appear") "{}}", "\"cause\" must be one of"},
    {EVENT("Cause.Appear") "{'cause': 'job_started'}}", "\"cause\" must be one of"},
    {EVENT("Vm.Create") "{'planned': 1}}", "\"planned\" must be true or false"},
    {EVENT("Vm.Create") "{'old_version': 1}}", "\"old_version\" must be true or false"},
    {EVENT("Vm.Create") "{'generation': 3}}", "\"generation\" must be 1 or 2"},
    {EVENT("Vm.Import") "{}}", "\"from\" names no VM"},
    {EVENT("Vm.Import") "{'from': '$job1'}}", "\"from\" names no VM"},
    {EVENT("Protector.BecomeUsable") "{}}", "names no material: (no string)"},
    {EVENT("Protector.ShareOwner") "{'protector': 'P9', 'with': 'P1'}}", "\"protector\" names no"},
    {EVENT("Protector.ShareOwner") "{'protector': 'P1', 'with': 'P9'}}", "\"with\" names no"},
};

static void what_is_no_call_is_refused(void **state)
{
    struct lg_blobs blobs;
    struct lg_names names;
    (void)state;
    assert_true(lg_blobs_init(&blobs));
    lg_names_of_scripts(&names, &blobs);
    for (unsigned i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct lg_json_error error = {.reason = ""};
        struct lg_call call;
        json_t *json = json_of(refused[i].call);
        if (lg_call_from_json(json, &names, &call, &error))
            fail_msg("%s is taken", refused[i].call);
        if (!strstr(error.reason, refused[i].reason))
            fail_msg("%s: %s", refused[i].call, error.reason);
        json_decref(json);
    }
    lg_blobs_free(&blobs);
}

/* Written as they are read. */
static const char *const taken[] = {
    GET "{'text': 'wrong_type', 'identity': 'other_case', 'set': {'KsdEnabled': false}}}}",
    GET "{'flags': 3}}}",
    SET "{'SecuritySettingData': {}, 'KeyProtector': 'P1'}}",
    SET "{'SecuritySettingData': {}, 'KeyProtector': null}}",
    SET "{'SecuritySettingData': {}, 'KeyProtector': {'base64': 'AAECAwQFBgc='}}}",
    DEFINE "{'SystemSettings': {'generation': 1}}}",
    "{'call': 'Msvm_ConcreteJob.RequestStateChange', 'target': '$job1', 'vm': '$vm2', "
    "'args': {'RequestedState': 4}}",
    "{'call': 'Msvm_ConcreteJob.RequestStateChange', 'target': '$job1', "
    "'args': {'RequestedState': 4, 'TimeoutPeriod': '-1'}}",
    "{'call': 'Msvm_SecurityService.RequestStateChange', "
    "'args': {'RequestedState': 2, 'TimeoutPeriod': '00000000000010.000000:000'}}",
    "{'event': 'Host.Become', 'args': {'version': '2019', 'no_tpm': true, 'guarded': true}}",
    "{'event': 'Cause.End', 'args': {'cause': 'busy'}}",
    "{'event': 'Vm.Create', 'target': '$vm0', "
    "'args': {'generation': 2, 'planned': true, 'old_version': true}}",
    EVENT("Protector.ShareOwner") "{'protector': 'P1', 'with': {'base64': 'AAECAwQFBgc='}}}",
    EVENT("Vm.Import") "{'from': '$vm1'}}",
    SERVICE "GetKeyProtector', 'args': {'SecuritySettingData': {}}}",
};

static void calls_are_written_as_they_were_read(void **state)
{
    struct lg_blobs blobs;
    struct lg_names names;
    (void)state;
    assert_true(lg_blobs_init(&blobs));
    lg_names_of_scripts(&names, &blobs);
    for (unsigned i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        struct lg_json_error error = {.reason = ""};
        struct lg_call call;
        json_t *json = json_of(taken[i]);
        if (!lg_call_from_json(json, &names, &call, &error))
            fail_msg("%s: %s", taken[i], error.reason);
        json_t *written = lg_call_to_json(&call, &names);
        if (!json_equal(json, written))
            fail_msg("%s became %s", taken[i], json_dumps(written, JSON_COMPACT));
        json_decref(written);
        json_decref(json);
    }
    lg_blobs_free(&blobs);
}

/* ---- the shapes of one argument ---- */

static void read_into(const char *text, const struct lg_names *names, struct lg_call *call)
{
    struct lg_json_error error = {.reason = ""};
    json_t *json = json_of(text);
    if (!lg_call_from_json(json, names, call, &error))
        fail_msg("%s: %s", text, error.reason);
    json_decref(json);
}

static void a_value_of_another_type_is_an_argument_all_the_same(void **state)
{
    struct lg_blobs blobs;
    struct lg_names names;
    struct lg_call call;
    (void)state;
    assert_true(lg_blobs_init(&blobs));
    lg_names_of_scripts(&names, &blobs);
    read_into(SET "{'KeyProtector': 7}}", &names, &call);
    assert_int_equal(call.blob, LG_BLOB_WRONG_TYPE);
    read_into(SET "{'KeyProtector': {'base64': 7}}}", &names, &call);
    assert_int_equal(call.blob, LG_BLOB_WRONG_TYPE);
    read_into(SET "{}}", &names, &call);
    assert_int_equal(call.blob, LG_BLOB_NULL);
    read_into(GET "null}}", &names, &call);
    assert_int_equal(call.text, LG_TEXT_IS_null);
    read_into(DEFINE "{}}", &names, &call);
    assert_int_equal(call.requested, 2);
    read_into(STATE("Msvm_ConcreteJob") "{'RequestedState': 4, 'TimeoutPeriod': null}}", &names,
              &call);
    assert_int_equal(call.timeout, 0);
    read_into(STATE("Msvm_ConcreteJob") "{'RequestedState': 4, "
                                        "'TimeoutPeriod': '00000000000000.000000:000'}}",
              &names, &call);
    assert_int_equal(call.timeout, 0);
    lg_blobs_free(&blobs);
}

static bool read_odd(void *context, const char *text, size_t length, struct lg_call *call)
{
    (void)context;
    (void)length;
    lg_call_set_text(call, LG_TEXT_IS_other_class);
    return strcmp(text, "odd") != 0;
}

/* On a wire bytes are base64, and instances texts, which may be too odd to be read. */
static void on_a_wire_bytes_are_base64(void **state)
{
    static const char raw[] = "{'event': 'Protector.BecomeUsable', 'target': '$vm0', "
                              "'args': {'protector': 'AAECAwQFBgc='}}";
    struct lg_json_error error;
    struct lg_blobs blobs;
    struct lg_names names;
    struct lg_call call;
    (void)state;
    assert_true(lg_blobs_init(&blobs));
    lg_names_of_scripts(&names, &blobs);
    names.raw = true;
    names.read_text = read_odd;
    read_into(raw, &names, &call);
    assert_int_equal(call.symbol, LG_MATERIAL_COUNT + 1);
    read_into(GET "'some'}}", &names, &call);
    assert_int_equal(call.text, LG_TEXT_IS_other_class);
    read_into(SERVICE "GetKeyProtector', 'target': '$vm0'}", &names, &call);
    assert_int_equal(call.text, LG_TEXT_IS_null);
    read_into("{'event': 'Vm.Create', 'args': {}}", &names, &call);
    assert_int_equal(call.vm, LG_VM_HOST);
    json_t *json = json_of(GET "'odd'}}");
    assert_false(lg_call_from_json(json, &names, &call, &error));
    assert_non_null(strstr(error.reason, "the text cannot be read"));
    json_decref(json);
    lg_blobs_free(&blobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_call_is_refused),
        cmocka_unit_test(calls_are_written_as_they_were_read),
        cmocka_unit_test(a_value_of_another_type_is_an_argument_all_the_same),
        cmocka_unit_test(on_a_wire_bytes_are_base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
