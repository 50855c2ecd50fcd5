/* Messages that read: Identify, Get, Enumerate, Pull, Release, their filters, and what is refused.
 */
#include "wsman_client.h"

#define ENUMERATE LG_NS_ENUMERATION "/Enumerate"
#define PULL LG_NS_ENUMERATION "/Pull"
#define RELEASE LG_NS_ENUMERATION "/Release"
#define GET LG_NS_TRANSFER "/Get"
#define DIALECT_WQL "http://schemas.microsoft.com/wbem/wsman/1/WQL"
#define DIALECT_ASSOCIATION "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter"
#define DIALECT_SELECTOR "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter"
#define OPTIMIZE "<w:OptimizeEnumeration/>"
#define MAX(n) "<w:MaxElements>" n "</w:MaxElements>"
#define SYSTEMS WMI("Msvm_ComputerSystem")

static const char identify[] = "<s:Envelope xmlns:s='" LG_NS_SOAP "' xmlns:wsmid='" LG_NS_IDENTITY
                               "'><s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>";

static char context[64];

static int enumerate(const char *uri, const char *inside)
{
    char body[4096];
    snprintf(body, sizeof body, "<n:Enumerate>%s</n:Enumerate>", inside);
    int status = ask(ENUMERATE, uri, "", "", body);
    snprintf(context, sizeof context, "%s", text_of("EnumerationContext"));
    return status;
}

static int enumerate_filtered(const char *uri, const char *dialect, const char *filter)
{
    char inside[4000];
    snprintf(inside, sizeof inside, "<w:Filter Dialect='%s'>%s</w:Filter>", dialect, filter);
    return enumerate(uri, inside);
}

static int pull_from(const char *uri, const char *name, const char *inside)
{
    char body[1024];
    snprintf(body, sizeof body,
             "<n:Pull><n:EnumerationContext>%s</n:EnumerationContext>%s</n:Pull>", name, inside);
    int status = ask(PULL, uri, "", "", body);
    snprintf(context, sizeof context, "%s", text_of("EnumerationContext"));
    return status;
}

static int pull(const char *inside)
{
    char name[sizeof context];
    memcpy(name, context, sizeof name);
    return pull_from(SYSTEMS, name, inside);
}

#define PULL_ALL "<n:MaxElements>100</n:MaxElements>"

/* Items of an enumeration, pulled at once; the last reply is kept. */
static unsigned items_of_query(const char *query)
{
    assert_int_equal(enumerate_filtered(WMI("*"), DIALECT_WQL, query), 200);
    assert_int_equal(pull(PULL_ALL), 200);
    return count_of(find(it.body, "Items"));
}

/* ---- Identify ---- */

TEST(identify_tells_the_version)
{
    assert_int_equal(ask_bytes(identify, sizeof identify - 1), 200);
    assert_true(lg_xml_is(it.body, LG_NS_IDENTITY, "IdentifyResponse"));
    assert_string_equal(text_of("ProtocolVersion"), LG_NS_WSMAN);
    assert_string_equal(text_of("ProductVendor"), "Microsoft Corporation");
    assert_string_equal(text_of("ProductVersion"), "OS: 10.0.14393 SP: 0.0 Stack: 3.0");
    assert_non_null(find(it.body, "SecurityProfiles"));
}

TEST(anonymous_identify_hides_the_version)
{
    it.request.anonymous_identify = true;
    assert_int_equal(ask_bytes(identify, sizeof identify - 1), 200);
    assert_string_equal(text_of("ProductVersion"), "OS: 0.0.0 SP: 0.0 Stack: 3.0");
    assert_null(find(it.body, "SecurityProfiles"));
}

TEST(anonymous_callers_may_only_identify)
{
    it.request.anonymous_identify = true;
    assert_int_equal(ask(GET, WMI("Msvm_SecurityService"), SERVICE_KEY, "", ""), 401);
    assert_int_equal(it.reply.length, 0);
}

/* ---- Get ---- */

TEST(get_reads_a_singleton)
{
    assert_int_equal(ask(GET, WMI("Msvm_SecurityService"), SERVICE_KEY, "", ""), 200);
    assert_true(lg_xml_is(it.body, WMI("Msvm_SecurityService"), "Msvm_SecurityService"));
    assert_string_equal(text_of("CreationClassName"), "Msvm_SecurityService");
    assert_string_equal(text_of("Started"), "true");
    const struct lg_xml_node *relates = find(lg_xml_root(it.xml), "RelatesTo");
    assert_string_equal(relates->text, MESSAGE_ID);
    assert_string_equal(find(lg_xml_root(it.xml), "Action")->text, LG_NS_TRANSFER "/GetResponse");
}

TEST(get_reads_a_vm)
{
    char key[256];
    snprintf(key, sizeof key,
             SELECT("CreationClassName", "Msvm_ComputerSystem") SELECT("Name", "%s"), it.vm[1]);
    assert_int_equal(ask(GET, SYSTEMS, key, "", ""), 200);
    assert_string_equal(text_of("Name"), it.vm[1]);
}

TEST(get_takes_the_uri_of_the_standard)
{
    assert_int_equal(ask(GET, DMTF("Msvm_SecurityService"),
                         SELECT("__cimnamespace", "root/virtualization/v2") SERVICE_KEY, "", ""),
                     200);
    assert_string_equal(text_of("CreationClassName"), "Msvm_SecurityService");
}

TEST(get_of_an_unknown_class)
{
    ask(GET, WMI("Msvm_NoSuchClass"), "", "", "");
    assert_fault(LG_WSMAN_FAULT_NOT_FOUND);
}

TEST(get_of_an_unknown_instance)
{
    ask(GET, SYSTEMS, SELECT("Name", "nobody"), "", "");
    assert_fault(LG_WSMAN_FAULT_NOT_FOUND);
}

TEST(get_with_an_unknown_selector)
{
    ask(GET, SYSTEMS, SELECT("NoSuchKey", "x"), "", "");
    assert_fault(LG_WSMAN_FAULT_INVALID_SELECTORS);
}

TEST(get_of_a_foreign_uri)
{
    ask(GET, "http://example.org/thing", "", "", "");
    assert_fault(LG_WSMAN_FAULT_INVALID_URI);
}

TEST(get_keeps_within_the_envelope)
{
    ask(GET, WMI("Msvm_SecurityService"), SERVICE_KEY,
        "<w:MaxEnvelopeSize>8192</w:MaxEnvelopeSize>", "");
    if (it.status == 200)
        assert_true(lg_text_utf16_bytes(it.reply.bytes, it.reply.length) <= 8192);
    else
        assert_fault(LG_WSMAN_FAULT_TOO_LARGE_REPLY);
}

/* ---- Enumerate, Pull, Release ---- */

TEST(enumerate_gives_a_context)
{
    assert_int_equal(enumerate(SYSTEMS, ""), 200);
    assert_true(lg_xml_is(it.body, LG_NS_ENUMERATION, "EnumerateResponse"));
    assert_int_equal(strncmp(context, "uuid:", 5), 0);
    assert_int_equal(count_of(it.body), 1);
}

TEST(pull_gives_one_item_unless_asked_for_more)
{
    char first[sizeof context];
    enumerate(SYSTEMS, "");
    memcpy(first, context, sizeof first);
    assert_int_equal(pull(""), 200);
    assert_int_equal(count_of(find(it.body, "Items")), 1);
    assert_string_equal(it.body->first->name, "EnumerationContext");
    assert_string_not_equal(context, first);
    pull_from(SYSTEMS, first, "");
    assert_fault(LG_WSMAN_FAULT_INVALID_CONTEXT);
}

/* The host itself, and the VMs. */
TEST(the_last_pull_ends_the_sequence)
{
    enumerate(SYSTEMS, "");
    assert_int_equal(pull("<n:MaxElements>2</n:MaxElements>"), 200);
    assert_int_equal(count_of(find(it.body, "Items")), 2);
    assert_null(find(it.body, "EndOfSequence"));
    assert_int_equal(pull(PULL_ALL), 200);
    assert_int_equal(count_of(find(it.body, "Items")), VMS + 1 - 2);
    assert_true(lg_xml_is(it.body->first, LG_NS_ENUMERATION, "Items"));
    assert_true(lg_xml_is(it.body->first->next, LG_NS_ENUMERATION, "EndOfSequence"));
    assert_null(it.body->first->next->next);
}

TEST(an_optimized_enumeration_is_complete_if_it_fits)
{
    assert_int_equal(enumerate(SYSTEMS, OPTIMIZE MAX("10")), 200);
    assert_string_equal(context, "");
    assert_true(lg_xml_is(it.body->first->next, LG_NS_WSMAN, "Items"));
    assert_int_equal(count_of(it.body->first->next), VMS + 1);
    assert_true(lg_xml_is(it.body->first->next->next, LG_NS_WSMAN, "EndOfSequence"));
}

TEST(an_optimized_enumeration_begins_with_one_item)
{
    assert_int_equal(enumerate(SYSTEMS, OPTIMIZE MAX("3")), 200);
    assert_int_equal(count_of(find(it.body, "Items")), 1);
    assert_null(find(it.body, "EndOfSequence"));
    assert_int_equal(pull(PULL_ALL), 200);
    assert_int_equal(count_of(find(it.body, "Items")), VMS);
}

TEST(references_instead_of_instances)
{
    enumerate(SYSTEMS, OPTIMIZE MAX("10") "<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>");
    const struct lg_xml_node *items = find(it.body, "Items");
    assert_int_equal(count_of(items), VMS + 1);
    assert_true(lg_xml_is(items->first, LG_NS_ADDRESSING, "EndpointReference"));
}

TEST(instances_with_their_references)
{
    enumerate(SYSTEMS,
              OPTIMIZE MAX("10") "<w:EnumerationMode>EnumerateObjectAndEPR</w:EnumerationMode>");
    const struct lg_xml_node *item = find(it.body, "Items")->first;
    assert_true(lg_xml_is(item, LG_NS_WSMAN, "Item"));
    assert_string_equal(item->first->name, "Msvm_ComputerSystem");
    assert_true(lg_xml_is(item->first->next, LG_NS_ADDRESSING, "EndpointReference"));
}

TEST(an_unknown_mode)
{
    enumerate(SYSTEMS, "<w:EnumerationMode>EnumerateNothing</w:EnumerationMode>");
    assert_fault(LG_WSMAN_FAULT_ENUMERATION_MODE);
}

TEST(release_ends_a_context)
{
    char body[256];
    enumerate(SYSTEMS, "");
    snprintf(body, sizeof body,
             "<n:Release><n:EnumerationContext>%s</n:EnumerationContext></n:Release>", context);
    assert_int_equal(ask(RELEASE, SYSTEMS, "", "", body), 200);
    assert_null(it.body);
    ask(RELEASE, SYSTEMS, "", "", body);
    assert_fault(LG_WSMAN_FAULT_INVALID_CONTEXT);
    pull("");
    assert_fault(LG_WSMAN_FAULT_INVALID_CONTEXT);
}

TEST(a_context_is_its_account_s)
{
    enumerate(SYSTEMS, "");
    it.request.caller.account = "another";
    pull("");
    assert_fault(LG_WSMAN_FAULT_INVALID_CONTEXT);
}

TEST(the_oldest_context_makes_room)
{
    char first[sizeof context];
    enumerate(SYSTEMS, "");
    memcpy(first, context, sizeof first);
    for (unsigned i = 0; i < LG_WSMAN_CONTEXTS_MAX - 1; i++)
        enumerate(SYSTEMS, "");
    assert_int_equal(pull_from(SYSTEMS, first, ""), 200);
    memcpy(first, context, sizeof first);
    for (unsigned i = 0; i < LG_WSMAN_CONTEXTS_MAX; i++)
        enumerate(SYSTEMS, "");
    pull_from(SYSTEMS, first, "");
    assert_fault(LG_WSMAN_FAULT_INVALID_CONTEXT);
}

/* Batches stop before the envelope is full, and lose nothing. */
TEST(pulls_keep_within_the_envelope)
{
    unsigned items = 0;
    enumerate(SYSTEMS, "");
    while (context[0] == 'u') {
        char body[512];
        snprintf(body, sizeof body,
                 "<n:Pull><n:EnumerationContext>%s</n:EnumerationContext>" PULL_ALL "</n:Pull>",
                 context);
        assert_int_equal(
            ask(PULL, SYSTEMS, "", "<w:MaxEnvelopeSize>20000</w:MaxEnvelopeSize>", body), 200);
        assert_true(lg_text_utf16_bytes(it.reply.bytes, it.reply.length) <= 20000);
        items += count_of(find(it.body, "Items"));
        snprintf(context, sizeof context, "%s", text_of("EnumerationContext"));
    }
    assert_int_equal(items, VMS + 1);
}

TEST(enumerating_an_unknown_class)
{
    enumerate(WMI("Msvm_NoSuchClass"), "");
    assert_fault(LG_WSMAN_FAULT_NOT_FOUND);
}

TEST(zero_elements_cannot_be_pulled)
{
    enumerate(SYSTEMS, "");
    pull("<n:MaxElements>0</n:MaxElements>");
    assert_fault(LG_WSMAN_FAULT_SCHEMA_VALIDATION);
}

/* ---- filters ---- */

TEST(a_query_finds_a_vm)
{
    char query[256];
    char lower[LG_NAME_BYTES] = "";
    for (unsigned i = 0; it.vm[2][i]; i++)
        lower[i] =
            it.vm[2][i] >= 'A' && it.vm[2][i] <= 'Z' ? (char)(it.vm[2][i] + 32) : it.vm[2][i];
    snprintf(query, sizeof query,
             "SELECT * FROM Msvm_ComputerSystem WHERE Name != __SERVER AND Name = '%s'", lower);
    assert_int_equal(items_of_query(query), 1);
    assert_string_equal(text_of("Name"), it.vm[2]);
}

TEST(a_query_that_finds_nothing)
{
    assert_int_equal(items_of_query("SELECT * FROM Msvm_ComputerSystem WHERE Name = 'x'"), 0);
    assert_non_null(find(it.body, "Items"));
    assert_non_null(find(it.body, "EndOfSequence"));
}

TEST(a_query_leaves_the_host_out)
{
    assert_int_equal(items_of_query("SELECT * FROM Msvm_ComputerSystem WHERE Name != __SERVER"),
                     VMS);
}

TEST(columns_are_fragments)
{
    assert_int_equal(items_of_query("SELECT Name, EnabledState FROM Msvm_ComputerSystem"), VMS + 1);
    const struct lg_xml_node *item = find(it.body, "Items")->first;
    assert_true(lg_xml_is(item, LG_NS_WSMAN, "XmlFragment"));
    assert_int_equal(count_of(item), 2);
    assert_true(lg_xml_is(item->first, "", "EnabledState"));
    assert_true(lg_xml_is(item->first->next, "", "Name"));
}

TEST(associators_of_a_vm)
{
    char query[512];
    snprintf(
        query, sizeof query,
        "ASSOCIATORS OF {Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='%s'} "
        "WHERE AssocClass = Msvm_SettingsDefineState ResultClass = "
        "Msvm_VirtualSystemSettingData",
        it.vm[0]);
    assert_int_equal(items_of_query(query), 1);
    assert_string_equal(find(it.body, "Items")->first->name, "Msvm_VirtualSystemSettingData");
}

TEST(references_of_a_vm)
{
    char query[512];
    snprintf(
        query, sizeof query,
        "REFERENCES OF {Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='%s'} "
        "WHERE ResultClass = Msvm_SettingsDefineState",
        it.vm[0]);
    assert_int_equal(items_of_query(query), 1);
    assert_string_equal(find(it.body, "Items")->first->name, "Msvm_SettingsDefineState");
}

TEST(an_association_filter)
{
    char filter[2048];
    snprintf(filter, sizeof filter,
             "<b:AssociatedInstances><b:Object><a:Address>" LG_ANONYMOUS
             "</a:Address><a:ReferenceParameters><w:ResourceURI>" SYSTEMS
             "</w:ResourceURI><w:SelectorSet>" SELECT("CreationClassName", "Msvm_ComputerSystem")
                 SELECT("Name", "%s") "</w:SelectorSet></a:ReferenceParameters></b:Object>"
                                      "<b:ResultClassName>Msvm_VirtualSystemSettingData"
                                      "</b:ResultClassName></b:AssociatedInstances>",
             it.vm[0]);
    assert_int_equal(enumerate_filtered(WMI("*"), DIALECT_ASSOCIATION, filter), 200);
    assert_int_equal(pull(PULL_ALL), 200);
    assert_int_equal(count_of(find(it.body, "Items")), 1);
}

TEST(a_selector_filter)
{
    char filter[512];
    snprintf(filter, sizeof filter, "<w:SelectorSet>" SELECT("Name", "%s") "</w:SelectorSet>",
             it.vm[1]);
    assert_int_equal(enumerate_filtered(SYSTEMS, DIALECT_SELECTOR, filter), 200);
    assert_int_equal(pull(PULL_ALL), 200);
    assert_int_equal(count_of(find(it.body, "Items")), 1);
    assert_string_equal(text_of("Name"), it.vm[1]);
}

TEST(a_selector_filter_of_what_cannot_be_compared)
{
    enumerate_filtered(SYSTEMS, DIALECT_SELECTOR,
                       "<w:SelectorSet>" SELECT("OperationalStatus", "2") "</w:SelectorSet>");
    assert_fault(LG_WSMAN_FAULT_INVALID_FILTER);
    enumerate_filtered(SYSTEMS, DIALECT_SELECTOR,
                       "<w:SelectorSet>" SELECT("Name", "a\"b") "</w:SelectorSet>");
    assert_fault(LG_WSMAN_FAULT_INVALID_FILTER);
}

TEST(a_query_of_one_class_only)
{
    enumerate_filtered(SYSTEMS, DIALECT_WQL, "SELECT * FROM Msvm_ComputerSystem");
    assert_int_equal(it.status, 500);
}

TEST(a_query_of_an_unknown_class)
{
    enumerate_filtered(WMI("*"), DIALECT_WQL, "SELECT * FROM Msvm_NoSuchClass");
    assert_fault(LG_WSMAN_FAULT_INVALID_CLASS_QUERY);
    assert_non_null(find(it.body, "ProviderFault"));
}

TEST(a_query_of_an_unknown_property)
{
    enumerate_filtered(WMI("*"), DIALECT_WQL,
                       "SELECT * FROM Msvm_ComputerSystem WHERE NoSuchProperty = 1");
    assert_fault(LG_WSMAN_FAULT_INVALID_FILTER);
}

TEST(a_query_that_is_none)
{
    enumerate_filtered(WMI("*"), DIALECT_WQL, "DROP TABLE Msvm_ComputerSystem");
    assert_fault(LG_WSMAN_FAULT_INVALID_FILTER);
}

TEST(an_unknown_dialect)
{
    enumerate_filtered(SYSTEMS, "http://www.w3.org/TR/1999/REC-xpath-19991116", "//*");
    assert_fault(LG_WSMAN_FAULT_FILTER_DIALECT);
}

/* ---- messages ---- */

TEST(too_large_a_message)
{
    static char large[LG_WSMAN_ENVELOPE_KB_DEFAULT * 1024 + 1];
    memset(large, ' ', sizeof large);
    assert_int_equal(ask_bytes(large, sizeof large), 413);
    assert_int_equal(it.reply.length, 0);
}

TEST(bytes_that_are_no_text)
{
    assert_int_equal(ask_bytes("\x80\x81\x82\x83", 4), 400);
    assert_int_equal(it.reply.length, 0);
}

TEST(text_that_is_no_xml)
{
    ask_bytes("hello", 5);
    assert_fault(LG_WSMAN_FAULT_NOT_WELL_FORMED);
    ask_bytes("", 0);
    assert_true(it.status == 400 || it.status == 500);
}

TEST(a_charset_that_is_none)
{
    it.request.content_type = "application/soap+xml;charset=ISO-8859-1";
    ask(GET, WMI("Msvm_SecurityService"), SERVICE_KEY, "", "");
    assert_fault(LG_WSMAN_FAULT_CHARACTER_SET);
    it.request.content_type = "application/soap+xml; charset=\"utf-8\"";
    assert_int_equal(ask(GET, WMI("Msvm_SecurityService"), SERVICE_KEY, "", ""), 200);
}

TEST(utf16_is_answered_in_utf16)
{
    ask(GET, WMI("Msvm_SecurityService"), SERVICE_KEY, "", "");
    struct lg_text wide = {0};
    lg_text_add(&wide, sent);
    assert_true(lg_text_to_utf16(&wide));
    assert_int_equal(ask_bytes(wide.bytes, wide.length), 200);
    assert_memory_equal(it.reply.bytes, "\xFF\xFE<", 4);
    assert_string_equal(it.content_type, "application/soap+xml;charset=UTF-16");
    assert_string_equal(text_of("CreationClassName"), "Msvm_SecurityService");
    lg_text_free(&wide);
}

TEST(an_unknown_action)
{
    ask("http://schemas.xmlsoap.org/ws/2004/09/transfer/Put", WMI("Msvm_SecurityService"), "", "",
        "");
    assert_fault(LG_WSMAN_FAULT_ACTION_NOT_SUPPORTED);
    ask("http://example.org/Do", WMI("Msvm_SecurityService"), SERVICE_KEY, "", "");
    assert_fault(LG_WSMAN_FAULT_ACTION_NOT_SUPPORTED);
}

TEST(a_header_that_must_be_understood)
{
    ask(GET, WMI("Msvm_SecurityService"), SERVICE_KEY,
        "<q:Odd xmlns:q='http://example.org/q' s:mustUnderstand='true'/>", "");
    assert_int_equal(it.status, 500);
    assert_true(lg_xml_is(find(lg_xml_root(it.xml), "NotUnderstood"), LG_NS_SOAP, "NotUnderstood"));
    assert_string_equal(find(it.body, "Code")->first->text, "s:MustUnderstand");
}

TEST(replies_differ_in_their_ids_only)
{
    char first[64];
    ask(GET, WMI("Msvm_SecurityService"), SERVICE_KEY, "", "");
    snprintf(first, sizeof first, "%s", find(lg_xml_root(it.xml), "MessageID")->text);
    struct lg_text before = it.reply;
    it.reply = (struct lg_text){0};
    ask(GET, WMI("Msvm_SecurityService"), SERVICE_KEY, "", "");
    assert_string_not_equal(find(lg_xml_root(it.xml), "MessageID")->text, first);
    assert_int_equal(before.length, it.reply.length);
    lg_text_free(&before);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {CASE(identify_tells_the_version),
                                       CASE(anonymous_identify_hides_the_version),
                                       CASE(anonymous_callers_may_only_identify),
                                       CASE(get_reads_a_singleton),
                                       CASE(get_reads_a_vm),
                                       CASE(get_takes_the_uri_of_the_standard),
                                       CASE(get_of_an_unknown_class),
                                       CASE(get_of_an_unknown_instance),
                                       CASE(get_with_an_unknown_selector),
                                       CASE(get_of_a_foreign_uri),
                                       CASE(get_keeps_within_the_envelope),
                                       CASE(enumerate_gives_a_context),
                                       CASE(pull_gives_one_item_unless_asked_for_more),
                                       CASE(the_last_pull_ends_the_sequence),
                                       CASE(an_optimized_enumeration_is_complete_if_it_fits),
                                       CASE(an_optimized_enumeration_begins_with_one_item),
                                       CASE(references_instead_of_instances),
                                       CASE(instances_with_their_references),
                                       CASE(an_unknown_mode),
                                       CASE(release_ends_a_context),
                                       CASE(a_context_is_its_account_s),
                                       CASE(the_oldest_context_makes_room),
                                       CASE(pulls_keep_within_the_envelope),
                                       CASE(enumerating_an_unknown_class),
                                       CASE(zero_elements_cannot_be_pulled),
                                       CASE(a_query_finds_a_vm),
                                       CASE(a_query_that_finds_nothing),
                                       CASE(a_query_leaves_the_host_out),
                                       CASE(columns_are_fragments),
                                       CASE(associators_of_a_vm),
                                       CASE(references_of_a_vm),
                                       CASE(an_association_filter),
                                       CASE(a_selector_filter),
                                       CASE(a_selector_filter_of_what_cannot_be_compared),
                                       CASE(a_query_of_one_class_only),
                                       CASE(a_query_of_an_unknown_class),
                                       CASE(a_query_of_an_unknown_property),
                                       CASE(a_query_that_is_none),
                                       CASE(an_unknown_dialect),
                                       CASE(too_large_a_message),
                                       CASE(bytes_that_are_no_text),
                                       CASE(text_that_is_no_xml),
                                       CASE(a_charset_that_is_none),
                                       CASE(utf16_is_answered_in_utf16),
                                       CASE(an_unknown_action),
                                       CASE(a_header_that_must_be_understood),
                                       CASE(replies_differ_in_their_ids_only)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
