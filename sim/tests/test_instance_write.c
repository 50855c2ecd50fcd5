/* How instances are written: the forms that Windows answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/wsman/instances.h"

#define TEST(name) static void name(void **state __attribute__((unused)))
#define WMI_URI "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/"
#define DMTF_URI "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define ANONYMOUS "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
#define XSI "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
#define HEAD(uri)                                                                                  \
    "<p:Msvm_X " XSI " xmlns:p=\"" uri "Msvm_X\""                                                  \
    " xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\" xsi:type=\"p:Msvm_X_Type\">"
#define TAIL "</p:Msvm_X>"

static void clear(struct lg_instance *instance)
{
    for (unsigned i = 0; i < instance->count; i++)
        json_decref(instance->properties[i].value);
}

static struct lg_instance one(enum lg_value_type type, bool is_array, const char *json)
{
    struct lg_instance instance = {.class_name = "Msvm_X", .space = "root/virtualization/v2"};
    json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    instance.properties[instance.count++] = (struct lg_property){"V", type, is_array, true, value};
    return instance;
}

static void assert_text(struct lg_text *text, const char *expected)
{
    assert_false(text->failed);
    assert_string_equal(text->bytes, expected);
    lg_text_free(text);
}

static void assert_written(enum lg_value_type type, bool is_array, const char *json,
                           const char *inner)
{
    struct lg_instance instance = one(type, is_array, json);
    struct lg_text text = {0};
    struct lg_text expected = {0};
    lg_text_addf(&expected, "%s%s%s", HEAD(WMI_URI), inner, TAIL);
    lg_instance_write(&text, &instance, LG_URI_WMI, true);
    assert_text(&text, expected.bytes);
    lg_text_free(&expected);
    clear(&instance);
}

static void assert_typed(enum lg_value_type type, bool is_array, const char *json,
                         const char *inner)
{
    struct lg_instance instance = one(type, is_array, json);
    struct lg_text text = {0};
    struct lg_text expected = {0};
    lg_text_addf(&expected, "%s%s%s", HEAD(DMTF_URI), inner, TAIL);
    lg_instance_write(&text, &instance, LG_URI_DMTF, true);
    assert_text(&text, expected.bytes);
    lg_text_free(&expected);
    clear(&instance);
}

TEST(scalars_are_text)
{
    assert_written(LG_VALUE_BOOLEAN, false, "true", "<p:V>true</p:V>");
    assert_written(LG_VALUE_BOOLEAN, false, "false", "<p:V>false</p:V>");
    assert_written(LG_VALUE_UINT32, false, "4294967295", "<p:V>4294967295</p:V>");
    assert_written(LG_VALUE_SINT8, false, "-31", "<p:V>-31</p:V>");
    assert_written(LG_VALUE_STRING, false, "\"\"", "<p:V></p:V>");
    assert_written(LG_VALUE_STRING, false, "\"a<b&c\"", "<p:V>a&lt;b&amp;c</p:V>");
}

TEST(a_control_character_is_a_question_mark)
{
    assert_written(LG_VALUE_STRING, false, "\"a\\u0001b\"", "<p:V>a?b</p:V>");
}

TEST(null_is_nil_and_never_left_out)
{
    assert_written(LG_VALUE_STRING, false, "null", "<p:V xsi:nil=\"true\"/>");
    assert_written(LG_VALUE_UINT16, true, "null", "<p:V xsi:nil=\"true\"/>");
    assert_written(LG_VALUE_DATETIME, false, "null", "<p:V xsi:nil=\"true\"/>");
    assert_written(LG_VALUE_UINT8, true, "null", "<p:V xsi:nil=\"true\"/>");
}

TEST(an_array_is_repeated_and_an_empty_one_is_absent)
{
    assert_written(LG_VALUE_UINT16, true, "[2, 3]", "<p:V>2</p:V><p:V>3</p:V>");
    assert_written(LG_VALUE_STRING, true, "[\"\"]", "<p:V></p:V>");
    assert_written(LG_VALUE_STRING, true, "[]", "");
    assert_written(LG_VALUE_UINT8, true, "\"\"", "");
}

TEST(a_datetime_is_utc_without_the_last_zeros_of_its_fraction)
{
#define TIME(value) "<p:V><cim:Datetime>" value "</cim:Datetime></p:V>"
    assert_written(LG_VALUE_DATETIME, false, "\"20260729141100.026037+000\"",
                   TIME("2026-07-29T14:11:00.026037Z"));
    assert_written(LG_VALUE_DATETIME, false, "\"20260729141100.026000+000\"",
                   TIME("2026-07-29T14:11:00.026Z"));
    assert_written(LG_VALUE_DATETIME, false, "\"20260729141100.000000+120\"",
                   TIME("2026-07-29T12:11:00Z"));
    assert_written(LG_VALUE_DATETIME, false, "\"16010101000000.000000+000\"",
                   TIME("1601-01-01T00:00:00Z"));
}

TEST(an_interval_tells_all_its_parts)
{
#define SPAN(value) "<p:V><cim:Interval>" value "</cim:Interval></p:V>"
    assert_written(LG_VALUE_INTERVAL, false, "\"00000000000500.000000:000\"", SPAN("P0DT0H5M0S"));
    assert_written(LG_VALUE_INTERVAL, false, "\"00000001020301.004170:000\"",
                   SPAN("P1DT2H3M1.00417S"));
}

TEST(bytes_are_base64_or_repeated)
{
    assert_written(LG_VALUE_UINT8, true, "\"AAAABA==\"", "<p:V>AAAABA==</p:V>");
    struct lg_instance instance = one(LG_VALUE_UINT8, true, "\"AAD/BA==\"");
    struct lg_text text = {0};
    lg_instance_write(&text, &instance, LG_URI_WMI, false);
    assert_text(&text, HEAD(WMI_URI) "<p:V>0</p:V><p:V>0</p:V><p:V>255</p:V><p:V>4</p:V>" TAIL);
    clear(&instance);
}

TEST(a_reply_to_a_dmtf_uri_types_each_value)
{
    assert_typed(LG_VALUE_STRING, false, "\"x\"", "<p:V xsi:type=\"cim:cimString\">x</p:V>");
    assert_typed(LG_VALUE_UINT16, true, "[2]", "<p:V xsi:type=\"cim:cimUnsignedShort\">2</p:V>");
    assert_typed(LG_VALUE_UINT8, true, "\"AAAABA==\"",
                 "<p:V xsi:type=\"cim:cimBase64Binary\">AAAABA==</p:V>");
    assert_typed(LG_VALUE_STRING, false, "null", "<p:V xsi:nil=\"true\"/>");
}

#define REFERENCE "{\"class\": \"Msvm_Y\", \"keys\": [[\"InstanceID\", \"a&b\"]]}"
#define NAMES_AGAIN                                                                                \
    " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""                                \
    " xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\""
#define TO_Y                                                                                       \
    "<a:Address>" ANONYMOUS "</a:Address><a:ReferenceParameters><w:ResourceURI>" WMI_URI           \
    "Msvm_Y</w:ResourceURI><w:SelectorSet><w:Selector Name=\"InstanceID\">a&amp;b</w:Selector>"    \
    "</w:SelectorSet></a:ReferenceParameters>"

TEST(a_reference_declares_its_namespaces_again_and_has_no_wrapper)
{
    assert_written(LG_VALUE_REFERENCE, false, REFERENCE, "<p:V" NAMES_AGAIN ">" TO_Y "</p:V>");
}

TEST(an_instance_is_referred_to_by_its_keys)
{
    struct lg_instance instance = one(LG_VALUE_STRING, false, "\"k\"");
    struct lg_text text = {0};
    lg_instance_write_reference(&text, &instance, LG_URI_DMTF);
    assert_text(&text, "<a:EndpointReference><a:Address>" ANONYMOUS
                       "</a:Address><a:ReferenceParameters><w:ResourceURI>" DMTF_URI
                       "Msvm_X</w:ResourceURI><w:SelectorSet>"
                       "<w:Selector Name=\"__cimnamespace\">root/virtualization/v2</w:Selector>"
                       "<w:Selector Name=\"V\">k</w:Selector>"
                       "</w:SelectorSet></a:ReferenceParameters></a:EndpointReference>");
    clear(&instance);
}

TEST(an_association_is_referred_to_by_its_ends)
{
    struct lg_instance instance = one(LG_VALUE_REFERENCE, false, REFERENCE);
    struct lg_text text = {0};
    lg_instance_write_reference(&text, &instance, LG_URI_WMI);
    assert_text(&text, "<a:EndpointReference><a:Address>" ANONYMOUS
                       "</a:Address><a:ReferenceParameters><w:ResourceURI>" WMI_URI
                       "Msvm_X</w:ResourceURI><w:SelectorSet>"
                       "<w:Selector Name=\"V\"><a:EndpointReference>" TO_Y
                       "</a:EndpointReference></w:Selector>"
                       "</w:SelectorSet></a:ReferenceParameters></a:EndpointReference>");
    clear(&instance);
}

TEST(columns_are_a_fragment_without_namespaces)
{
    static const char *const columns[] = {"v", "missing"};
    struct lg_instance instance = one(LG_VALUE_DATETIME, false, "\"20260729141100.000000+000\"");
    struct lg_text text = {0};
    instance.properties[instance.count++] =
        (struct lg_property){"W", LG_VALUE_STRING, false, false, json_null()};
    lg_instance_write_columns(&text, &instance, columns, 2, true);
    assert_text(&text,
                "<w:XmlFragment " XSI " xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">"
                "<V><Datetime>2026-07-29T14:11:00Z</Datetime></V></w:XmlFragment>");
    clear(&instance);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_are_text),
        cmocka_unit_test(a_control_character_is_a_question_mark),
        cmocka_unit_test(null_is_nil_and_never_left_out),
        cmocka_unit_test(an_array_is_repeated_and_an_empty_one_is_absent),
        cmocka_unit_test(a_datetime_is_utc_without_the_last_zeros_of_its_fraction),
        cmocka_unit_test(an_interval_tells_all_its_parts),
        cmocka_unit_test(bytes_are_base64_or_repeated),
        cmocka_unit_test(a_reply_to_a_dmtf_uri_types_each_value),
        cmocka_unit_test(a_reference_declares_its_namespaces_again_and_has_no_wrapper),
        cmocka_unit_test(an_instance_is_referred_to_by_its_keys),
        cmocka_unit_test(an_association_is_referred_to_by_its_ends),
        cmocka_unit_test(columns_are_a_fragment_without_namespaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
