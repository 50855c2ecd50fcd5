/* Requests: what is read of them, and which fault answers what is wrong with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/wsman/soap.h"

#define TEST(name) static void name(void **state __attribute__((unused)))
#define SERVICE LG_WMI_PREFIX "root/virtualization/v2/Msvm_SecurityService"
#define ENVELOPE(headers, body)                                                                    \
    "<s:Envelope xmlns:s='" LG_NS_SOAP "' xmlns:a='" LG_NS_ADDRESSING "' xmlns:w='" LG_NS_WSMAN    \
    "' xmlns:p='" LG_NS_MICROSOFT "'><s:Header>" headers "</s:Header><s:Body>" body                \
    "</s:Body></s:Envelope>"
#define ACTION(action) "<a:Action s:mustUnderstand='true'>" action "</a:Action>"
#define GET ACTION(LG_NS_TRANSFER "/Get")
#define TO "<a:To s:mustUnderstand='1'>http://h:5985/wsman</a:To>"
#define ID "<a:MessageID>uuid:1</a:MessageID>"
#define REPLY "<a:ReplyTo><a:Address>" LG_ANONYMOUS "</a:Address></a:ReplyTo>"
#define RESOURCE(uri) "<w:ResourceURI s:mustUnderstand='true'>" uri "</w:ResourceURI>"
#define COMMON TO ID REPLY RESOURCE(SERVICE)
#define SELECTOR(name, value) "<w:Selector Name='" name "'>" value "</w:Selector>"

enum { SERVER_BYTES = 512000 };

static struct lg_soap_request request;
static bool undecodable;

static int free_request(void **state)
{
    (void)state;
    lg_soap_free(&request);
    return 0;
}

static struct lg_wsman_problem read_bytes(const char *bytes, size_t length)
{
    /* A copy of exact size lets the address sanitizer see a read past the end. */
    char *copy = malloc(length + (length == 0));
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    lg_soap_free(&request);
    const struct lg_wsman_problem problem =
        lg_soap_read(copy, length, SERVER_BYTES, &request, &undecodable);
    free(copy);
    return problem;
}

static void assert_problem(const char *text, enum lg_wsman_fault fault)
{
    assert_string_equal(lg_wsman_fault_name(read_bytes(text, strlen(text)).fault),
                        lg_wsman_fault_name(fault));
    assert_false(undecodable);
}
#define expect(fault, text) assert_problem(text, LG_WSMAN_FAULT_##fault)

TEST(a_request_tells_what_it_is_about)
{
    expect(
        NONE,
        ENVELOPE(COMMON ACTION(SERVICE "/SetKeyProtector") "<w:SelectorSet>" SELECTOR(
                     "Name",
                     "vmms") "</w:SelectorSet>"
                             "<p:OperationID>uuid:o</p:OperationID><p:SequenceId>1</p:SequenceId>"
                             "<p:ActivityId>a</p:ActivityId><p:SessionId>s</p:SessionId>"
                             "<w:OptionSet s:mustUnderstand='true'/>",
                 "<x/><y/>"));
    assert_int_equal(request.operation, LG_OPERATION_INVOKE);
    assert_string_equal(request.method, "SetKeyProtector");
    assert_string_equal(request.message_id, "uuid:1");
    assert_string_equal(request.operation_id, "uuid:o");
    assert_string_equal(request.sequence_id, "1");
    assert_string_equal(request.activity_id, "a");
    assert_string_equal(request.body->name, "x");
    assert_string_equal(request.resource.class_name, "Msvm_SecurityService");
    assert_int_equal(request.max_envelope_bytes, SERVER_BYTES);
    assert_false(request.is_utf16);
}

TEST(actions_are_operations)
{
    static const struct {
        const char *action;
        enum lg_operation operation;
    } actions[] = {{LG_NS_TRANSFER "/Get", LG_OPERATION_GET},
                   {LG_NS_TRANSFER "/Put", LG_OPERATION_PUT},
                   {LG_NS_TRANSFER "/Create", LG_OPERATION_CREATE},
                   {LG_NS_TRANSFER "/Delete", LG_OPERATION_DELETE},
                   {LG_NS_ENUMERATION "/Enumerate", LG_OPERATION_ENUMERATE},
                   {LG_NS_ENUMERATION "/Pull", LG_OPERATION_PULL},
                   {LG_NS_ENUMERATION "/Release", LG_OPERATION_RELEASE},
                   {LG_NS_EVENTING "/Subscribe", LG_OPERATION_INVOKE}};
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        struct lg_text text = {0};
        lg_text_addf(&text, ENVELOPE(COMMON ACTION("%s"), ""), actions[i].action);
        expect(NONE, text.bytes);
        assert_int_equal(request.operation, actions[i].operation);
        assert_null(request.method);
        assert_null(request.body);
        lg_text_free(&text);
    }
}

TEST(a_method_follows_the_resource)
{
    static const struct {
        const char *action;
        const char *method;
    } actions[] = {{"HTTP" SERVICE "/M", NULL},
                   {SERVICE "/", NULL},
                   {SERVICE, NULL},
                   {SERVICE "/a/b", NULL},
                   {SERVICE "x/M", NULL},
                   {" " SERVICE "/M ", "M"},
                   {"x", NULL}};
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        struct lg_text text = {0};
        lg_text_addf(&text, ENVELOPE(COMMON ACTION("%s"), ""), actions[i].action);
        expect(NONE, text.bytes);
        assert_int_equal(request.operation, LG_OPERATION_INVOKE);
        assert_int_equal(request.method != NULL, actions[i].method != NULL);
        lg_text_free(&text);
    }
    expect(NONE, ENVELOPE(COMMON ACTION("HTTP://schemas.MICROSOFT.com/wbem/wsman/1/WMI/"
                                        "root/Virtualization/v2/msvm_securityservice/GetX"),
                          ""));
    assert_string_equal(request.method, "GetX");
}

TEST(identify_needs_no_headers)
{
    static const char *const texts[] = {
        "<s:Envelope xmlns:s='" LG_NS_SOAP
        "'><s:Header/><s:Body><i:Identify xmlns:i='" LG_NS_IDENTITY "'/></s:Body></s:Envelope>",
        "<s:Envelope xmlns:s='" LG_NS_SOAP "'><s:Body><Identify xmlns='" LG_NS_IDENTITY
        "'/></s:Body></s:Envelope>"};
    for (size_t i = 0; i < 2; i++) {
        expect(NONE, texts[i]);
        assert_int_equal(request.operation, LG_OPERATION_IDENTIFY);
        assert_null(request.message_id);
    }
}

TEST(what_is_no_envelope_is_refused)
{
    expect(NOT_WELL_FORMED, "");
    expect(NOT_WELL_FORMED, "<s:Envelope>");
    expect(NOT_WELL_FORMED, "<!DOCTYPE a><a/>");
    expect(NOT_WELL_FORMED, "<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;&b;'>]><a>&d;</a>");
    expect(CHARACTER_SET, "<?xml version='1.0' encoding='ISO-8859-1'?><a/>");
    expect(SCHEMA_VALIDATION, "<a/>");
    expect(VERSION_MISMATCH, "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'/>");
    expect(NO_BODY, "<s:Envelope xmlns:s='" LG_NS_SOAP "'><s:Header/></s:Envelope>");
    expect(MESSAGE_INFORMATION_REQUIRED,
           "<s:Envelope xmlns:s='" LG_NS_SOAP "'><s:Body/></s:Envelope>");
}

TEST(bytes_that_nobody_can_read_are_answered_without_soap)
{
    static const char lone[] = "<\0a\0>\0\x3D\xD8<\0/\0a\0>";
    (void)read_bytes("<a>\xFF</a>", 8);
    assert_true(undecodable);
    (void)read_bytes(lone, sizeof lone);
    assert_true(undecodable);
    assert_null(request.xml);
}

TEST(headers_that_are_to_be_understood_are_looked_at_first)
{
    expect(MUST_UNDERSTAND,
           ENVELOPE(ID "<w:ResourceUri s:mustUnderstand='true'>x</w:ResourceUri>", ""));
    assert_string_equal(request.message_id, "uuid:1");
    const struct lg_wsman_problem problem =
        read_bytes(ENVELOPE("<q:Foo xmlns:q='urn:q' s:mustUnderstand='1'/>", ""),
                   strlen(ENVELOPE("<q:Foo xmlns:q='urn:q' s:mustUnderstand='1'/>", "")));
    assert_string_equal(problem.space, "urn:q");
    assert_string_equal(problem.name, "Foo");
    assert_string_equal(problem.prefix, "q");
    expect(NONE, ENVELOPE(COMMON GET "<Foo s:mustUnderstand='false'/><Foo mustUnderstand='true'/>"
                                     "<Foo s:mustUnderstand='0'/><Foo/>",
                          ""));
}

TEST(information_headers_are_needed)
{
    expect(MESSAGE_INFORMATION_REQUIRED, ENVELOPE(TO ID REPLY RESOURCE(SERVICE), ""));
    expect(MESSAGE_INFORMATION_REQUIRED, ENVELOPE(GET ID REPLY RESOURCE(SERVICE), ""));
    expect(MESSAGE_INFORMATION_REQUIRED, ENVELOPE(GET TO ID RESOURCE(SERVICE), ""));
    expect(INVALID_MESSAGE_INFORMATION, ENVELOPE(GET TO REPLY RESOURCE(SERVICE), ""));
    expect(INVALID_MESSAGE_INFORMATION,
           ENVELOPE(GET TO "<a:MessageID> </a:MessageID>" REPLY RESOURCE(SERVICE), ""));
    expect(INVALID_MESSAGE_INFORMATION, ENVELOPE(COMMON ACTION(""), ""));
    expect(INVALID_MESSAGE_INFORMATION, ENVELOPE(COMMON GET GET, ""));
    assert_string_equal(request.message_id, "uuid:1");
    expect(INVALID_URI, ENVELOPE(GET TO ID REPLY, ""));
    expect(INVALID_URI, ENVELOPE(GET TO ID REPLY RESOURCE("http://x"), ""));
}

TEST(a_message_id_may_be_anything_of_2_kb)
{
    for (size_t length = LG_MESSAGE_ID_BYTES_MAX; length <= LG_MESSAGE_ID_BYTES_MAX + 1; length++) {
        struct lg_text text = {0};
        lg_text_addf(&text,
                     ENVELOPE(GET TO REPLY RESOURCE(SERVICE) "<a:MessageID>%0*d</a:MessageID>", ""),
                     (int)length, 0);
        const bool fits = length == LG_MESSAGE_ID_BYTES_MAX;
        assert_problem(text.bytes,
                       fits ? LG_WSMAN_FAULT_NONE : LG_WSMAN_FAULT_INVALID_MESSAGE_INFORMATION);
        assert_int_equal(request.message_id != NULL, fits);
        lg_text_free(&text);
    }
}

TEST(replies_go_to_the_anonymous_address)
{
    expect(REPLY_TO, ENVELOPE(GET TO ID RESOURCE(SERVICE) "<a:ReplyTo><a:Address>http://evil/"
                                                          "</a:Address></a:ReplyTo>",
                              ""));
    expect(REPLY_TO, ENVELOPE(COMMON GET "<a:FaultTo><a:Address>x</a:Address></a:FaultTo>", ""));
    expect(INVALID_MESSAGE_INFORMATION, ENVELOPE(GET TO ID RESOURCE(SERVICE) "<a:ReplyTo/>", ""));
}

TEST(timeouts_are_durations)
{
    static const char *const good[] = {"PT60S", "PT60.000S",      "PT1M30S", "PT60.500S", "PT0S",
                                       "P1D",   "P1Y2M3DT4H5M6S", "PT1H",    " PT5S "};
    static const char *const bad[] = {
        "",   "PT-1S", "-PT1S", "60",    "P",      "PT",    "P1DT",   "PTS",    "PT1X",  "PT1",
        "1S", "PT1S2", "P1S",   "PT1.S", "PT1S1M", "PT.5S", "PT1.5M", "PT1S1S", "P1YT1Y"};
    for (size_t i = 0; i < sizeof good / sizeof good[0] + sizeof bad / sizeof bad[0]; i++) {
        const bool is_good = i < sizeof good / sizeof good[0];
        struct lg_text text = {0};
        lg_text_addf(&text, ENVELOPE(COMMON GET "<w:OperationTimeout>%s</w:OperationTimeout>", ""),
                     is_good ? good[i] : bad[i - sizeof good / sizeof good[0]]);
        assert_problem(text.bytes, is_good ? LG_WSMAN_FAULT_NONE : LG_WSMAN_FAULT_BAD_TIMEOUT);
        lg_text_free(&text);
    }
}

TEST(the_envelope_size_has_bounds)
{
    static const struct {
        const char *size;
        enum lg_wsman_fault fault;
        unsigned long bytes;
    } sizes[] = {{"8192", LG_WSMAN_FAULT_NONE, 8192},
                 {"153600", LG_WSMAN_FAULT_NONE, 153600},
                 {"512001", LG_WSMAN_FAULT_NONE, SERVER_BYTES},
                 {"99999999999999999999999999", LG_WSMAN_FAULT_NONE, SERVER_BYTES},
                 {"8191", LG_WSMAN_FAULT_MINIMUM_ENVELOPE, SERVER_BYTES},
                 {"0", LG_WSMAN_FAULT_MINIMUM_ENVELOPE, SERVER_BYTES},
                 {"-1", LG_WSMAN_FAULT_INVALID_MESSAGE_INFORMATION, SERVER_BYTES},
                 {"", LG_WSMAN_FAULT_INVALID_MESSAGE_INFORMATION, SERVER_BYTES},
                 {"8192x", LG_WSMAN_FAULT_INVALID_MESSAGE_INFORMATION, SERVER_BYTES}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct lg_text text = {0};
        lg_text_addf(&text, ENVELOPE(COMMON GET "<w:MaxEnvelopeSize>%s</w:MaxEnvelopeSize>", ""),
                     sizes[i].size);
        assert_problem(text.bytes, sizes[i].fault);
        assert_int_equal(request.max_envelope_bytes, sizes[i].bytes);
        lg_text_free(&text);
    }
}

TEST(a_locale_must_not_be_understood)
{
    expect(LOCALE, ENVELOPE(COMMON GET "<w:Locale xml:lang='de' s:mustUnderstand='true'/>", ""));
    expect(LOCALE, ENVELOPE(COMMON GET "<p:DataLocale xml:lang='de' s:mustUnderstand='1'/>", ""));
    expect(NONE, ENVELOPE(COMMON GET "<w:Locale xml:lang='en-US' s:mustUnderstand='false'/>"
                                     "<p:DataLocale/>",
                          ""));
    expect(FRAGMENT_TRANSFER,
           ENVELOPE(COMMON GET "<w:FragmentTransfer s:mustUnderstand='true'>x</w:FragmentTransfer>",
                    ""));
    expect(INVALID_MESSAGE_INFORMATION,
           ENVELOPE(COMMON GET "<w:FragmentTransfer>x</w:FragmentTransfer>", ""));
}

TEST(selectors_have_to_agree)
{
    expect(NAMESPACE_CONFLICT, ENVELOPE(COMMON GET "<w:SelectorSet>" SELECTOR(
                                            "__cimnamespace", "root/cimv2") "</w:SelectorSet>",
                                        ""));
    expect(DUPLICATE_SELECTORS, ENVELOPE(COMMON GET "<w:SelectorSet>" SELECTOR("A", "1")
                                             SELECTOR("a", "1") "</w:SelectorSet>",
                                         ""));
}

TEST(ten_thousand_selectors_are_refused)
{
    struct lg_text text = {0};
    lg_text_add(&text, "<s:Envelope xmlns:s='" LG_NS_SOAP "' xmlns:a='" LG_NS_ADDRESSING
                       "' xmlns:w='" LG_NS_WSMAN "'><s:Header>" COMMON GET "<w:SelectorSet>");
    for (unsigned i = 0; i < 10000; i++) {
        lg_text_addf(&text, "<w:Selector Name='k%u'>v</w:Selector>", i);
    }
    lg_text_add(&text, "</w:SelectorSet></s:Header><s:Body/></s:Envelope>");
    expect(SELECTOR_LIMIT, text.bytes);
    lg_text_free(&text);
}

static const char sample[] = ENVELOPE(COMMON GET, "<x>\xC3\xA4</x>");

TEST(utf_16_is_read_and_remembered)
{
    struct lg_text text = {0};
    lg_text_add(&text, sample);
    assert_true(lg_text_to_utf16(&text));
    assert_int_equal(read_bytes(text.bytes, text.length).fault, LG_WSMAN_FAULT_NONE);
    assert_true(request.is_utf16);
    assert_string_equal(request.body->text, "\xC3\xA4");
    lg_text_free(&text);
}

TEST(every_truncation_is_refused)
{
    for (size_t length = 0; length < sizeof sample - 1; length++) {
        assert_int_not_equal(read_bytes(sample, length).fault, LG_WSMAN_FAULT_NONE);
    }
}

#define NS(prefix, uri) " xmlns:" prefix "=\"" uri "\""
#define HEADERS                                                                                    \
    "><s:Header><a:Action>urn:action</a:Action><a:MessageID>uuid:A</"                              \
    "a:MessageID><a:To>" LG_ANONYMOUS                                                              \
    "</a:To><a:RelatesTo>uuid:1</a:RelatesTo></s:Header><s:Body></s:Body>"                         \
    "</s:Envelope>"

TEST(replies_begin_as_windows_writes_them)
{
    static const char *const replies[] = {
        [LG_REPLY_ENUMERATION] = "<s:Envelope xml:lang=\"en-US\"" NS("s", LG_NS_SOAP)
            NS("a", LG_NS_ADDRESSING) NS("n", LG_NS_ENUMERATION) NS("w", LG_NS_WSMAN) HEADERS,
        [LG_REPLY_TRANSFER] =
            "<s:Envelope xml:lang=\"en-US\"" NS("s", LG_NS_SOAP) NS("a", LG_NS_ADDRESSING)
                NS("x", LG_NS_TRANSFER) NS("w", LG_NS_WSMAN) NS("p", LG_NS_MICROSOFT) HEADERS};
    expect(NONE, sample);
    for (unsigned i = LG_REPLY_ENUMERATION; i <= LG_REPLY_TRANSFER; i++) {
        struct lg_text text = {0};
        lg_soap_begin(&text, (enum lg_reply_family)i, "urn:action", &request, "A");
        lg_soap_end(&text);
        assert_string_equal(text.bytes, replies[i]);
        lg_text_free(&text);
    }
}

TEST(ids_of_an_operation_are_echoed_between_the_others)
{
    static const char *const order[] = {"Action",     "MessageID", "OperationID", "SequenceId",
                                        "ActivityId", "To",        "RelatesTo"};
    const struct lg_soap_request asked = {
        .message_id = "m", .operation_id = "<o>", .sequence_id = "1", .activity_id = "a"};
    for (unsigned i = LG_REPLY_ENUMERATION; i <= LG_REPLY_FAULT; i++) {
        struct lg_text text = {0};
        lg_soap_begin(&text, (enum lg_reply_family)i, "urn:action", &asked, "A");
        lg_soap_end(&text);
        enum lg_xml_problem problem;
        size_t offset;
        struct lg_xml *xml = lg_xml_parse(text.bytes, text.length, 100, &problem, &offset);
        const struct lg_xml_node *node = lg_xml_root(xml)->first->first;
        for (size_t j = 0; j < sizeof order / sizeof order[0]; j++) {
            const bool is_microsoft = j >= 2 && j <= 4;
            assert_true(
                lg_xml_is(node, is_microsoft ? LG_NS_MICROSOFT : LG_NS_ADDRESSING, order[j]));
            node = node->next;
        }
        assert_null(node);
        lg_xml_free(xml);
        lg_text_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_tells_what_it_is_about),
        cmocka_unit_test(actions_are_operations),
        cmocka_unit_test(a_method_follows_the_resource),
        cmocka_unit_test(identify_needs_no_headers),
        cmocka_unit_test(what_is_no_envelope_is_refused),
        cmocka_unit_test(bytes_that_nobody_can_read_are_answered_without_soap),
        cmocka_unit_test(headers_that_are_to_be_understood_are_looked_at_first),
        cmocka_unit_test(information_headers_are_needed),
        cmocka_unit_test(a_message_id_may_be_anything_of_2_kb),
        cmocka_unit_test(replies_go_to_the_anonymous_address),
        cmocka_unit_test(timeouts_are_durations),
        cmocka_unit_test(the_envelope_size_has_bounds),
        cmocka_unit_test(a_locale_must_not_be_understood),
        cmocka_unit_test(selectors_have_to_agree),
        cmocka_unit_test(ten_thousand_selectors_are_refused),
        cmocka_unit_test(utf_16_is_read_and_remembered),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(replies_begin_as_windows_writes_them),
        cmocka_unit_test(ids_of_an_operation_are_echoed_between_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, free_request);
}
