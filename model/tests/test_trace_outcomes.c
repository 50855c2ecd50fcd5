/* Outcomes from JSON: what is refused and what the reason names, what an answer says, and which
 * values of an instance are of a type that its property cannot have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "json_text.h"

static struct lg_blobs blobs;
static struct lg_names names;

static int set_up(void **state)
{
    (void)state;
    lg_names_of_scripts(&names, &blobs);
    return lg_blobs_init(&blobs) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    lg_blobs_free(&blobs);
    return 0;
}

static bool read_outcome(const char *text, enum lg_method method, struct lg_outcome *outcome,
                         struct lg_json_error *error)
{
    struct lg_call call = {.method = (uint8_t)method, .job = 1};
    json_t *json = json_of(text);
    bool read = lg_outcome_from_json(json, &call, &names, outcome, error);
    json_decref(json);
    return read;
}

struct refused {
    enum lg_method method;
    const char *outcome;
    const char *reason; /* a part of it */
};

static const struct refused refused[] = {
    {LG_CALL_GET_KEY_PROTECTOR, "{}", "\"return\" must be an integer"},
    {LG_CALL_GET_KEY_PROTECTOR, "{'return': -1}", "\"return\" must be an integer from 0"},
    {LG_CALL_GET_KEY_PROTECTOR, "{'return': 4294967296}", "\"return\" must be an integer from 0"},
    {LG_CALL_GET_KEY_PROTECTOR, "{'fault': 7}", "no such fault: (no string)"},
    {LG_CALL_GET_KEY_PROTECTOR, "{'fault': 'frob'}", "no such fault: frob"},
    {LG_CALL_GET_KEY_PROTECTOR, "{'return': 0, 'out': {'KeyProtector': 7}}", "bytes or null"},
    {LG_CALL_GET_KEY_PROTECTOR, "{'return': 0, 'out': {'KeyProtector': 'P9'}}", "bytes or null"},
    {LG_CALL_GET_KEY_PROTECTOR, "{'return': 0, 'out': {'KeyProtector': {'base64': 'AAA'}}}",
     "bytes or null"},
    {LG_CALL_GET_KEY_PROTECTOR, "{'return': 0, 'out': {'KeyProtector': {'digest': '4'}}}",
     "bytes or null"},
    {LG_CALL_SET_KEY_PROTECTOR, "{'return': 4096, 'out': {'Job': 7}}", "the name of a job"},
    {LG_CALL_SET_KEY_PROTECTOR, "{'return': 4096, 'out': {'Job': 'frob'}}", "the name of a job"},
    {LG_CALL_SET_KEY_PROTECTOR, "{'return': 4096, 'out': {'Job': '$job0'}}", "the name of a job"},
    {LG_CALL_DEFINE_SYSTEM, "{'return': 0, 'out': {'ResultingSystem': 7}}", "the name of a VM"},
    {LG_CALL_DEFINE_SYSTEM, "{'return': 0, 'out': {'ResultingSystem': 'frob'}}",
     "the name of a VM"},
    {LG_CALL_DEFINE_SYSTEM, "{'return': 0, 'out': {'Job': 7, 'ResultingSystem': '$vm0'}}",
     "the name of a job"},
    {LG_CALL_DEFINE_SYSTEM, "{'return': 0, 'out': {'Job': 7, 'KeyProtector': 'P1'}}",
     "the name of a job"},
    {LG_CALL_DEFINE_SYSTEM, "{'return': 0, 'out': {'KeyProtector': 7, 'Job': '$job1'}}",
     "bytes or null"},
    {LG_CALL_JOB_GET_ERROR, "{'return': 0, 'out': {'Job': 7, 'Error': 'text'}}",
     "the name of a job"},
    {LG_CALL_READ_VM, "{'properties': 7}", "\"properties\" must be an object"},
    {LG_CALL_LIST_JOBS, "{'instances': 7}", "\"instances\" must be a list"},
    {LG_CALL_LIST_JOBS, "{'instances': [7]}", "instance 0 has no name"},
    {LG_CALL_LIST_JOBS, "{'instances': ['$job1', 'frob']}", "instance 1 has no name"},
};

static void what_is_no_outcome_is_refused(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct lg_json_error error = {.reason = ""};
        struct lg_outcome outcome;
        if (read_outcome(refused[i].outcome, refused[i].method, &outcome, &error))
            fail_msg("%s is taken", refused[i].outcome);
        if (!strstr(error.reason, refused[i].reason))
            fail_msg("%s: %s", refused[i].outcome, error.reason);
    }
}

static void read_well(const char *text, enum lg_method method, struct lg_outcome *outcome)
{
    struct lg_json_error error = {.reason = ""};
    if (!read_outcome(text, method, outcome, &error))
        fail_msg("%s: %s", text, error.reason);
}

static void answers_say_what_they_hold(void **state)
{
    struct lg_outcome seen;
    (void)state;
    read_well("{'return': 0}", LG_CALL_GET_KEY_PROTECTOR, &seen);
    assert_int_equal(seen.answer, LG_ANSWERS_NOTHING);
    read_well("{'return': 0, 'out': {'KeyProtector': null}}", LG_CALL_GET_KEY_PROTECTOR, &seen);
    assert_int_equal(seen.answer, LG_ANSWERS_BYTES);
    assert_int_equal(seen.form, LG_BYTES_NULL);
    read_well("{'return': 32768, 'out': {'KeyProtector': null}}", LG_CALL_GET_KEY_PROTECTOR, &seen);
    assert_int_equal(seen.answer, LG_ANSWERS_NOTHING);
    read_well("{'return': 0, 'out': {'KeyProtector': 'empty'}}", LG_CALL_GET_KEY_PROTECTOR, &seen);
    assert_int_equal(seen.form, LG_BYTES_NONE);
    read_well("{'return': 0, 'out': {'KeyProtector': 'unset'}}", LG_CALL_GET_KEY_PROTECTOR, &seen);
    assert_int_equal(seen.form, LG_BYTES_UNSET);
    read_well("{'return': 0, 'out': {'Job': null, 'ResultingSystem': null}}", LG_CALL_DEFINE_SYSTEM,
              &seen);
    assert_int_equal(seen.answer, LG_ANSWERS_NOTHING);
    read_well("{'return': 1, 'out': {'Error': 'text'}}", LG_CALL_JOB_GET_ERROR, &seen);
    assert_int_equal(seen.answer, LG_ANSWERS_NOTHING);
    read_well("{'return': 0, 'out': {'Error': null}}", LG_CALL_JOB_GET_ERROR, &seen);
    assert_int_equal(seen.form, 0);
    read_well("{'return': 0, 'out': {'Errors': []}}", LG_CALL_JOB_GET_ERROR_EX, &seen);
    assert_int_equal(seen.form, 0);
    read_well("{'return': 0, 'out': {'Errors': ['text']}}", LG_CALL_JOB_GET_ERROR_EX, &seen);
    assert_int_equal(seen.form, 1);
    read_well("{'return': 0, 'out': {'Frob': 1}}", LG_CALL_JOB_GET_ERROR_EX, &seen);
    assert_int_equal(seen.answer, LG_ANSWERS_NOTHING);
}

/* A list is cut where an outcome ends. */
static void lists_are_bounded(void **state)
{
    struct lg_call call = {.method = LG_CALL_LIST_SERVICES};
    struct lg_json_error error;
    struct lg_outcome seen;
    json_t *list = json_array();
    (void)state;
    for (unsigned i = 0; i <= LG_LIST_MAX; i++)
        json_array_append_new(list, json_string("a service"));
    json_t *json = json_pack("{s:o}", "instances", list);
    assert_true(lg_outcome_from_json(json, &call, &names, &seen, &error));
    assert_int_equal(seen.list_count, LG_LIST_MAX);
    json_decref(json);
}

/* ---- properties ---- */

struct property {
    enum lg_method method;
    const char *name;
    const char *value;
    uint64_t says; /* of a value that fits */
};

static const struct property fitting[] = {
    {LG_CALL_READ_VM, "EnabledState", "2", 1u << 2},
    {LG_CALL_READ_VM, "EnabledState", "32769", 1u << 17},
    {LG_CALL_READ_VM, "EnabledState", "32777", 1u << 25},
    {LG_CALL_READ_VM, "EnabledState", "40000", (uint64_t)1 << 63},
    {LG_CALL_READ_VM, "EnabledState", "-1", (uint64_t)1 << 63},
    {LG_CALL_READ_SYSTEM_SETTING, "VirtualSystemType", "'Microsoft:Hyper-V:System:Realized'", 0},
    {LG_CALL_READ_SYSTEM_SETTING, "VirtualSystemType", "'Microsoft:Hyper-V:System:Planned'", 1},
    {LG_CALL_READ_SYSTEM_SETTING, "VirtualSystemSubType", "'Microsoft:Hyper-V:SubType:1'", 1},
    {LG_CALL_READ_SYSTEM_SETTING, "VirtualSystemSubType", "'Microsoft:Hyper-V:SubType:2'", 2},
    {LG_CALL_READ_SYSTEM_SETTING, "Version", "'5.0'", 1},
    {LG_CALL_READ_SYSTEM_SETTING, "Version", "'9.0'", 0},
    {LG_CALL_READ_SECURITY_ELEMENT, "Shielded", "null", 2},
    {LG_CALL_READ_SECURITY_ELEMENT, "Shielded", "true", 1},
    {LG_CALL_READ_TPM_SETTING, "KeyProtector", "null", LG_SYMBOL_NONE},
    {LG_CALL_READ_TPM_SETTING, "KeyProtector", "'unset'", LG_SYMBOL_NONE},
    {LG_CALL_READ_TPM_SETTING, "KeyProtector", "'empty'", LG_SYMBOL_NONE},
    {LG_CALL_READ_TPM_SETTING, "KeyProtector", "'P1'", LG_MATERIAL_P1 + 1},
    {LG_CALL_INSPECT, "current", "null", LG_SYMBOL_NONE},
    {LG_CALL_INSPECT, "current", "'7:0000000000000000'", LG_SYMBOL_UNSEEN},
    {LG_CALL_READ_JOB, "JobState", "7", 1u << LG_JOB_COMPLETED},
    {LG_CALL_READ_JOB, "JobState", "1", (uint64_t)1 << 63},
    {LG_CALL_READ_JOB, "JobState", "4294967303", (uint64_t)1 << 63}, /* 2^32 + 7 */
    {LG_CALL_READ_JOB, "JobState", "-4294967289", (uint64_t)1 << 63},
    {LG_CALL_READ_JOB, "ErrorDescription", "null", 0},
    {LG_CALL_READ_JOB, "ErrorDescription", "''", 0},
    {LG_CALL_READ_JOB, "ErrorDescription", "'text'", 1},
    {LG_CALL_READ_JOB, "OperationalStatus", "[2]", 2},
    {LG_CALL_READ_JOB, "ElapsedTime", "'00000000000010.000000:000'", 10000},
    {LG_CALL_READ_JOB, "TimeSubmitted", "'16010101000001.000000+000'", 1000},
    {LG_CALL_READ_JOB, "AffectedElement", "'$vm3'", 3},
    {LG_CALL_READ_JOB, "PercentComplete", "40", 40},
};

static const struct property unfitting[] = {
    {LG_CALL_READ_SERVICE, "Started", "1", 0},
    {LG_CALL_READ_VM, "EnabledState", "'2'", 0},
    {LG_CALL_READ_VM, "RequestedState", "-1", 0},
    {LG_CALL_READ_VM, "RequestedState", "'2'", 0},
    {LG_CALL_READ_SYSTEM_SETTING, "VirtualSystemType", "7", 0},
    {LG_CALL_READ_SYSTEM_SETTING, "VirtualSystemType", "'Microsoft:Hyper-V:System'", 0},
    {LG_CALL_READ_SYSTEM_SETTING, "VirtualSystemSubType", "'Microsoft:Hyper-V:SubType:3'", 0},
    {LG_CALL_READ_SYSTEM_SETTING, "Version", "9", 0},
    {LG_CALL_READ_SECURITY_ELEMENT, "Shielded", "1", 0},
    {LG_CALL_READ_TPM_SETTING, "KeyProtector", "7", 0},
    {LG_CALL_READ_TPM_SETTING, "KeyProtector", "'P9'", 0},
    {LG_CALL_INSPECT, "current", "7", 0},
    {LG_CALL_READ_JOB, "JobState", "'7'", 0},
    {LG_CALL_READ_JOB, "ErrorDescription", "7", 0},
    {LG_CALL_READ_JOB, "OperationalStatus", "2", 0},
    {LG_CALL_READ_JOB, "OperationalStatus", "['2']", 0},
    {LG_CALL_READ_JOB, "OperationalStatus", "[-2]", 0},
    {LG_CALL_READ_JOB, "ElapsedTime", "7", 0},
    {LG_CALL_READ_JOB, "ElapsedTime", "'16010101000001.000000+000'", 0},
    {LG_CALL_READ_JOB, "TimeSubmitted", "7", 0},
    {LG_CALL_READ_JOB, "TimeSubmitted", "'00000000000000.000000:000'", 0},
    {LG_CALL_READ_JOB, "TimeOfLastStateChange", "7", 0},
    {LG_CALL_READ_JOB, "TimeOfLastStateChange", "'00000000000001.000000:000'", 0},
    {LG_CALL_READ_JOB, "TimeOfLastStateChange", "'yesterday'", 0},
    {LG_CALL_READ_JOB, "AffectedElement", "7", 0},
    {LG_CALL_READ_JOB, "AffectedElement", "'frob'", 0},
    {LG_CALL_READ_JOB, "InstanceID", "'$job2'", 0},
};

static const struct lg_property_row *row_of(const struct property *property)
{
    for (unsigned i = 0; i < lg_property_count; i++)
        if (lg_properties[i].read == property->method &&
            strcmp(lg_properties[i].name, property->name) == 0)
            return &lg_properties[i];
    fail_msg("no property %s", property->name);
    return NULL;
}

static void read_property(const struct property *property, struct lg_outcome *seen)
{
    char text[200];
    snprintf(text, sizeof text, "{'properties': {'%s': %s}}", property->name, property->value);
    read_well(text, property->method, seen);
}

static void values_that_fit_are_fields(void **state)
{
    struct lg_outcome seen;
    (void)state;
    for (unsigned i = 0; i < sizeof fitting / sizeof fitting[0]; i++) {
        unsigned field = row_of(&fitting[i])->number;
        read_property(&fitting[i], &seen);
        if (seen.deviant || !(seen.shown >> field & 1) ||
            seen.fields[field].from != fitting[i].says || seen.fields[field].to != fitting[i].says)
            fail_msg("%s: %s", fitting[i].name, fitting[i].value);
    }
}

static void values_of_another_type_deviate(void **state)
{
    struct lg_outcome seen;
    (void)state;
    for (unsigned i = 0; i < sizeof unfitting / sizeof unfitting[0]; i++) {
        read_property(&unfitting[i], &seen);
        if (seen.deviant != row_of(&unfitting[i]) - lg_properties + 1)
            fail_msg("%s: %s fits", unfitting[i].name, unfitting[i].value);
    }
}

/* Written as it was read. */
static void values_are_written_as_they_were_read(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof fitting / sizeof fitting[0]; i++) {
        const struct lg_property_row *row = row_of(&fitting[i]);
        struct lg_call call = {.method = (uint8_t)fitting[i].method, .job = 1};
        struct lg_outcome seen, again;
        struct lg_json_error error;
        read_property(&fitting[i], &seen);
        if (seen.fields[row->number].from >> 63 ||
            seen.fields[row->number].from == LG_SYMBOL_UNSEEN)
            continue; /* no number of a state, no bytes */
        json_t *json = lg_outcome_to_json(&seen, &call, &names);
        assert_true(lg_outcome_from_json(json, &call, &names, &again, &error));
        assert_int_equal(again.fields[row->number].from, fitting[i].says);
        json_decref(json);
    }
}

static void errors_are_written_as_a_text_or_a_list(void **state)
{
    const struct lg_call one = {.method = LG_CALL_JOB_GET_ERROR};
    const struct lg_call list = {.method = LG_CALL_JOB_GET_ERROR_EX};
    (void)state;
    for (uint8_t form = 0; form < 2; form++) {
        const struct lg_outcome seen = {.answer = LG_ANSWERS_ERROR, .form = form};
        json_t *text = lg_outcome_to_json(&seen, &one, &names);
        json_t *texts = lg_outcome_to_json(&seen, &list, &names);
        const json_t *error = json_object_get(json_object_get(text, "out"), "Error");
        const json_t *errors = json_object_get(json_object_get(texts, "out"), "Errors");
        assert_true(form ? json_is_string(error) : json_is_null(error));
        assert_true(form ? json_array_size(errors) == 1 : json_is_null(errors));
        json_decref(text);
        json_decref(texts);
    }
}

/* The first one that deviates is told; times may be Null, and no change an interval of zero. */
static void what_tells_nothing_is_no_field(void **state)
{
    struct lg_outcome seen;
    (void)state;
    read_well("{'properties': {'TimeSubmitted': null, 'ElapsedTime': null, "
              "'TimeOfLastStateChange': '00000000000000.000000:000', 'InstanceID': '$job1'}}",
              LG_CALL_READ_JOB, &seen);
    assert_int_equal(seen.shown, 0);
    assert_int_equal(seen.deviant, 0);
    read_well("{'properties': {'JobState': 'x', 'OperationalStatus': 7}}", LG_CALL_READ_JOB, &seen);
    assert_string_equal(lg_properties[seen.deviant - 1].name, "OperationalStatus");
}

/* ---- bytes ---- */

static void bytes_are_written_by_name_as_base64_or_as_a_digest(void **state)
{
    static const uint8_t some[] = {0, 1, 2, 3, 4, 5, 6, 7};
    uint16_t symbol = lg_blobs_intern(&blobs, some, sizeof some);
    struct lg_names other = names;
    (void)state;
    json_t *material = lg_symbol_to_json(LG_MATERIAL_P2 + 1, &names);
    assert_string_equal(json_string_value(material), "P2");
    json_t *base64 = lg_symbol_to_json(symbol, &names);
    assert_string_equal(json_string_value(json_object_get(base64, "base64")), "AAECAwQFBgc=");
    assert_int_equal(lg_symbol_from_json(base64, &names), symbol);
    other.digests = true;
    json_t *digest = lg_symbol_to_json(symbol, &other);
    const char *text = json_string_value(json_object_get(digest, "digest"));
    assert_memory_equal(text, "8:", 2);
    uint16_t stand_in = lg_symbol_from_json(digest, &names);
    assert_int_not_equal(stand_in, symbol);
    json_t *again = lg_symbol_to_json(stand_in, &other); /* a stand-in keeps its digest */
    assert_true(json_equal(digest, again));
    other.raw = true;
    json_t *plain = json_string("AAECAwQFBgc=");
    assert_int_equal(lg_symbol_from_json(plain, &other), symbol);
    assert_true(lg_symbol_to_json(0, &names) == json_null());
    json_decref(material);
    json_decref(base64);
    json_decref(digest);
    json_decref(again);
    json_decref(plain);
}

static void digests_name_what_is_there(void **state)
{
    json_t *none = json_null(), *number = json_integer(7);
    json_t *known = lg_digest_to_json(LG_MATERIAL_P1 + 1, &blobs);
    uint16_t symbol;
    (void)state;
    assert_true(lg_digest_from_json(known, &blobs, &symbol));
    assert_int_equal(symbol, LG_MATERIAL_P1 + 1);
    assert_true(lg_digest_from_json(none, &blobs, &symbol));
    assert_int_equal(symbol, LG_SYMBOL_NONE);
    assert_false(lg_digest_from_json(number, &blobs, &symbol));
    assert_true(lg_digest_to_json(0, &blobs) == json_null());
    assert_int_equal(lg_blobs_intern_digest(&blobs, "1:frob"), LG_SYMBOL_NONE);
    assert_int_equal(
        lg_blobs_intern_digest(&blobs, "1:0000000000000000000000000000000000000000000000"),
        LG_SYMBOL_NONE);
    json_decref(known);
    json_decref(number);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_no_outcome_is_refused),
        TEST(answers_say_what_they_hold),
        TEST(lists_are_bounded),
        TEST(values_that_fit_are_fields),
        TEST(values_are_written_as_they_were_read),
        TEST(errors_are_written_as_a_text_or_a_list),
        TEST(values_of_another_type_deviate),
        TEST(what_tells_nothing_is_no_field),
        TEST(bytes_are_written_by_name_as_base64_or_as_a_digest),
        TEST(digests_name_what_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
