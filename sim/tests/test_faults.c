/* Faults: their rows, and how they are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/wsman/soap.h"

#define TEST(name) static void name(void **state __attribute__((unused)))
#define FAULT_DETAIL "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"
#define WSMAN_FAULT "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"

/* Codes, subcodes, details and actions of WinRM. */
static const struct {
    enum lg_wsman_fault fault;
    const char *code;
    const char *soap_code;
    const char *subcode;
    const char *detail;
    const char *action;
} expected[] = {
#define ROW(name, code, soap_code, subcode, detail, action)                                        \
    {                                                                                              \
        LG_WSMAN_FAULT_##name, code, "s:" soap_code, subcode, detail, action                       \
    }
#define ADDRESSING LG_NS_ADDRESSING "/fault"
#define ENUMERATION LG_NS_ENUMERATION "/fault"
    ROW(NOT_FOUND, "2150858752", "Sender", "a:DestinationUnreachable", "InvalidResourceURI",
        ADDRESSING),
    ROW(INVALID_URI, "2150858811", "Sender", "a:DestinationUnreachable", "InvalidResourceURI",
        ADDRESSING),
    ROW(ACTION_NOT_SUPPORTED, "2150858771", "Sender", "a:ActionNotSupported", NULL, ADDRESSING),
    ROW(INVALID_SELECTORS, "2150858813", "Sender", "w:InvalidSelectors", NULL, WSMAN_FAULT),
    ROW(UNEXPECTED_SELECTORS, "2150858843", "Sender", "w:InvalidSelectors", "UnexpectedSelectors",
        WSMAN_FAULT),
    ROW(INSUFFICIENT_SELECTORS, "2150858842", "Sender", "w:InvalidSelectors",
        "InsufficientSelectors", WSMAN_FAULT),
    ROW(DUPLICATE_SELECTORS, "2150858847", "Sender", "w:InvalidSelectors", "DuplicateSelectors",
        WSMAN_FAULT),
    ROW(AMBIGUOUS_SELECTORS, "2150858846", "Sender", "w:InvalidSelectors", "AmbiguousSelectors",
        WSMAN_FAULT),
    ROW(SELECTOR_TYPE, "2150858844", "Sender", "w:InvalidSelectors", "TypeMismatch", WSMAN_FAULT),
    ROW(SCHEMA_VALIDATION, "2150858817", "Sender", "w:SchemaValidationError", NULL, WSMAN_FAULT),
    ROW(PARAMETER_TYPE, "2150858836", "Sender", "w:InvalidParameter", "TypeMismatch", WSMAN_FAULT),
    ROW(PARAMETER_NAME, "2150858837", "Sender", "w:InvalidParameter", "InvalidName", WSMAN_FAULT),
    ROW(INVALID_VALUE, "87", "Sender", "w:InvalidParameter", "InvalidValue", WSMAN_FAULT),
    ROW(ACCESS_DENIED, "5", "Sender", "w:AccessDenied", NULL, WSMAN_FAULT),
    ROW(TIMED_OUT, "2150858793", "Receiver", "w:TimedOut", NULL, WSMAN_FAULT),
    ROW(INVALID_FILTER, "2150858778", "Sender", "n:CannotProcessFilter", NULL, ENUMERATION),
    ROW(FILTER_DIALECT, "2150858777", "Sender", "n:FilterDialectRequestedUnavailable", NULL,
        ENUMERATION),
    ROW(TOO_LARGE_REPLY, "2150858824", "Sender", "w:EncodingLimit", "MaxEnvelopeSizeExceeded",
        WSMAN_FAULT),
    ROW(INVALID_CONTEXT, "2150858779", "Receiver", "n:InvalidEnumerationContext", NULL,
        ENUMERATION),
    ROW(MESSAGE_INFORMATION_REQUIRED, "2150858769", "Sender", "a:MessageInformationHeaderRequired",
        NULL, ADDRESSING),
    ROW(INVALID_MESSAGE_INFORMATION, "2150858767", "Sender", "a:InvalidMessageInformationHeader",
        NULL, ADDRESSING),
    ROW(BAD_TIMEOUT, "2150858767", "Sender", "a:InvalidMessageInformationHeader", NULL, ADDRESSING),
    ROW(REPLY_TO, "2150858870", "Sender", "w:UnsupportedFeature", "AddressingMode", WSMAN_FAULT),
    ROW(MINIMUM_ENVELOPE, "2150858878", "Sender", "w:EncodingLimit", "MinimumEnvelopeLimit",
        WSMAN_FAULT),
    ROW(LOCALE, "2150858887", "Sender", "w:UnsupportedFeature", "Locale", WSMAN_FAULT),
    ROW(CHARACTER_SET, "2150858828", "Sender", "w:EncodingLimit", "CharacterSet", WSMAN_FAULT),
    ROW(NAMESPACE_CONFLICT, "1359", "Receiver", "w:InternalError", NULL, WSMAN_FAULT),
    ROW(INVALID_METHOD_PARAMETERS, "2147749935", "Receiver", "w:InternalError", NULL, WSMAN_FAULT),
};

static struct lg_xml *tree;

static int free_tree(void **state)
{
    (void)state;
    lg_xml_free(tree);
    tree = NULL;
    return 0;
}

/* Writes a fault and reads it again: the envelope. */
static const struct lg_xml_node *written(const struct lg_wsman_problem *problem)
{
    enum lg_xml_problem bad;
    size_t offset;
    struct lg_text text = {0};
    lg_wsman_fault_write(&text, problem, "h&h", "uuid:<1>", "2");
    assert_false(text.failed);
    lg_xml_free(tree);
    tree = lg_xml_parse(text.bytes, text.length, 1000, &bad, &offset);
    lg_text_free(&text);
    assert_non_null(tree);
    return lg_xml_root(tree);
}

/* Any namespace. */
static const struct lg_xml_node *at(const struct lg_xml_node *node, const char *const *names)
{
    for (; *names != NULL; names++) {
        node = lg_xml_child(node, NULL, *names);
    }
    return node;
}
#define AT(node, ...) at(node, (const char *const[]){__VA_ARGS__, NULL})

TEST(rows_are_those_of_winrm)
{
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct lg_wsman_problem problem = {.fault = expected[i].fault, .about = "it"};
        const struct lg_xml_node *root = written(&problem);
        const struct lg_xml_node *fault = AT(root, "Body", "Fault");
        const struct lg_xml_node *detail = AT(fault, "Detail", "FaultDetail");
        assert_string_equal(AT(root, "Header", "Action")->text, expected[i].action);
        assert_string_equal(AT(fault, "Code", "Value")->text, expected[i].soap_code);
        assert_string_equal(AT(fault, "Code", "Subcode", "Value")->text, expected[i].subcode);
        assert_string_equal(lg_xml_attribute(AT(fault, "Detail", "WSManFault"), "", "Code"),
                            expected[i].code);
        assert_int_equal(detail != NULL, expected[i].detail != NULL);
        if (detail != NULL) {
            assert_memory_equal(detail->text, FAULT_DETAIL, strlen(FAULT_DETAIL));
            assert_string_equal(detail->text + strlen(FAULT_DETAIL), expected[i].detail);
        }
    }
}

TEST(every_row_is_written_and_found_again)
{
    for (unsigned i = 1; i < LG_WSMAN_FAULT_COUNT; i++) {
        const struct lg_wsman_problem problem = {.fault = (enum lg_wsman_fault)i};
        const struct lg_xml_node *fault = AT(written(&problem), "Body", "Fault");
        const struct lg_xml_node *subcode = AT(fault, "Code", "Subcode", "Value");
        const char *name =
            subcode != NULL ? subcode->text : lg_xml_child(AT(fault, "Code"), NULL, "Value")->text;
        const unsigned long code = lg_wsman_fault_code(problem.fault);
        const enum lg_wsman_fault found = lg_wsman_fault_find(code, name);
        assert_int_not_equal(found, LG_WSMAN_FAULT_NONE);
        assert_int_equal(lg_wsman_fault_code(found), code);
        assert_true(found <= problem.fault);
        const struct lg_xml_node *text = AT(fault, "Reason", "Text");
        assert_int_equal(text->text[text->text_length - 1], ' ');
        assert_null(strstr(text->text, "%"));
    }
}

TEST(faults_are_found_by_code_and_subcode)
{
    assert_int_equal(lg_wsman_fault_find(2150858752, "a:DestinationUnreachable"),
                     LG_WSMAN_FAULT_NOT_FOUND);
    assert_int_equal(lg_wsman_fault_find(2150858811, "wsa:DestinationUnreachable"),
                     LG_WSMAN_FAULT_INVALID_URI);
    assert_int_equal(lg_wsman_fault_find(2150858813, NULL), LG_WSMAN_FAULT_INVALID_SELECTORS);
    assert_int_equal(lg_wsman_fault_find(2150858778, "n:CannotProcessFilter"),
                     LG_WSMAN_FAULT_INVALID_FILTER);
    assert_int_equal(lg_wsman_fault_find(0, "s:MustUnderstand"), LG_WSMAN_FAULT_MUST_UNDERSTAND);
    assert_int_equal(lg_wsman_fault_find(2150858752, "w:InvalidSelectors"), LG_WSMAN_FAULT_NONE);
    assert_int_equal(lg_wsman_fault_find(1, NULL), LG_WSMAN_FAULT_NONE);
    assert_int_equal(lg_wsman_fault_find(0, NULL), LG_WSMAN_FAULT_NONE);
    assert_int_equal(lg_wsman_fault_find(0, ""), LG_WSMAN_FAULT_NONE);
    assert_string_equal(lg_wsman_fault_name(LG_WSMAN_FAULT_NOT_FOUND), "NOT_FOUND");
    assert_int_equal(lg_wsman_fault_code(LG_WSMAN_FAULT_NONE), 0);
}

TEST(a_fault_is_written_as_windows_does)
{
    struct lg_text text = {0};
    const struct lg_wsman_problem problem = {.fault = LG_WSMAN_FAULT_ACCESS_DENIED};
    lg_wsman_fault_write(&text, &problem, "HOST", "uuid:1", "2");
    assert_string_equal(
        text.bytes,
        "<s:Envelope xml:lang=\"en-US\" xmlns:s=\"" LG_NS_SOAP "\" xmlns:a=\"" LG_NS_ADDRESSING
        "\" xmlns:x=\"" LG_NS_TRANSFER "\" xmlns:e=\"" LG_NS_EVENTING
        "\" xmlns:n=\"" LG_NS_ENUMERATION "\" xmlns:w=\"" LG_NS_WSMAN
        "\" xmlns:p=\"" LG_NS_MICROSOFT "\"><s:Header><a:Action>" WSMAN_FAULT "</a:Action>"
        "<a:MessageID>uuid:2</a:MessageID><a:To>" LG_ANONYMOUS "</a:To>"
        "<a:RelatesTo>uuid:1</a:RelatesTo></s:Header><s:Body><s:Fault><s:Code>"
        "<s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:AccessDenied</s:Value></s:Subcode>"
        "</s:Code><s:Reason><s:Text xml:lang=\"en-US\">The account may not do this. </s:Text>"
        "</s:Reason><s:Detail><f:WSManFault xmlns:f=\"" LG_NS_FAULT
        "\" Code=\"5\" Machine=\"HOST\"><f:Message>The account may not do this. </f:Message>"
        "</f:WSManFault></s:Detail></s:Fault></s:Body></s:Envelope>");
    lg_text_free(&text);
}

TEST(what_was_not_understood_is_told_in_a_header)
{
    struct lg_wsman_problem problem = {.fault = LG_WSMAN_FAULT_MUST_UNDERSTAND,
                                       .space = "urn:x?a&b",
                                       .name = "Foo",
                                       .prefix = "q"};
    const struct lg_xml_node *root = written(&problem);
    assert_string_equal(lg_xml_attribute(AT(root, "Header", "NotUnderstood"), "", "qname"),
                        "q:Foo");
    assert_string_equal(AT(root, "Body", "Fault", "Code", "Value")->text, "s:MustUnderstand");
    assert_null(AT(root, "Body", "Fault", "Code", "Subcode"));
    assert_null(AT(root, "Body", "Fault", "Detail"));
    problem.prefix = NULL;
    assert_non_null(AT(written(&problem), "Header", "NotUnderstood"));
    problem.space = "";
    assert_string_equal(
        lg_xml_attribute(AT(written(&problem), "Header", "NotUnderstood"), "", "qname"), "Foo");
}

TEST(wmi_tells_what_it_was_doing)
{
    const struct lg_wsman_problem problem = {.fault = LG_WSMAN_FAULT_INVALID_CLASS_QUERY,
                                             .about = "Foo",
                                             .query_class = "select * from \"Foo\" where a < b"};
    const struct lg_xml_node *outer =
        AT(written(&problem), "Body", "Fault", "Detail", "WSManFault");
    const struct lg_xml_node *provider = AT(outer, "Message", "ProviderFault");
    assert_string_equal(lg_xml_attribute(outer, "", "Code"), "2150858778");
    assert_string_equal(lg_xml_attribute(outer, "", "Machine"), "h&h");
    assert_string_equal(lg_xml_attribute(provider, "", "provider"), "WMI Provider");
    assert_string_equal(lg_xml_attribute(provider, "", "path"),
                        "%systemroot%\\system32\\WsmWmiPl.dll");
    assert_string_equal(lg_xml_attribute(AT(provider, "WSManFault"), "", "Code"), "2150858778");
    const struct lg_xml_node *status = AT(provider, "ExtendedError", "__ExtendedStatus");
    assert_string_equal(AT(status, "Operation")->text, "ExecQuery");
    assert_string_equal(AT(status, "ParameterInfo")->text, problem.query_class);
    assert_string_equal(lg_xml_attribute(AT(status, "StatusCode"), LG_NS_XSI, "nil"), "true");
}

TEST(a_long_subject_is_cut_between_characters)
{
    struct lg_text about = {0};
    lg_text_add(&about, "x");
    for (unsigned i = 0; i < 100000; i++) {
        lg_text_add(&about, "\xE2\x82\xAC");
    }
    const struct lg_wsman_problem problem = {.fault = LG_WSMAN_FAULT_INVALID_URI,
                                             .about = about.bytes};
    assert_true(AT(written(&problem), "Body", "Fault", "Reason", "Text")->text_length < 1000);
    lg_text_free(&about);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_those_of_winrm),
        cmocka_unit_test(every_row_is_written_and_found_again),
        cmocka_unit_test(faults_are_found_by_code_and_subcode),
        cmocka_unit_test(a_fault_is_written_as_windows_does),
        cmocka_unit_test(what_was_not_understood_is_told_in_a_header),
        cmocka_unit_test(wmi_tells_what_it_was_doing),
        cmocka_unit_test(a_long_subject_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, free_tree);
}
