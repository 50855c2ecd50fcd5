/* What the tests of the mapping share: a host with a VM, messages as text, replies as trees. */
#ifndef LG_WSMAN_CLIENT_H
#define LG_WSMAN_CLIENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/wsman/wsman.h"
#include "sim/wsman_host.h"

#define TEST(name) static void name(void **state __attribute__((unused)))
#define WMI(name) LG_WMI_PREFIX "root/virtualization/v2/" name
#define DMTF(name) LG_DMTF_PREFIX name
#define SELECT(name, value) "<w:Selector Name=\"" name "\">" value "</w:Selector>"
#define MESSAGE_ID "uuid:11111111-2222-3333-4444-555555555555"
#define SERVICE_KEY SELECT("CreationClassName", "Msvm_SecurityService")
#define MACHINE "TESTHOST"

enum { VMS = 3, ROOM = 1024 * 1024 };

static struct {
    struct lg_simulator simulator;
    struct lg_wsman_simulator host;
    struct lg_wsman *wsman;
    struct lg_wsman_request request; /* what the next message is asked with */
    char vm[VMS][LG_NAME_BYTES];
    struct lg_text reply;
    const char *content_type;
    int status;
    struct lg_xml *xml;
    const struct lg_xml_node *body; /* first child of s:Body of the last reply */
} it;
static char sent[ROOM];

static void make_vm(unsigned i)
{
    struct lg_call call = {.method = LG_CALL_VM_CREATED, .vm = LG_VM_HOST, .requested = 2};
    struct lg_outcome outcome;
    assert_true(lg_simulator_call(&it.simulator, &call, &outcome));
    it.simulator.names.write_vm(&it.simulator, call.vm, it.vm[i]);
}

static void start(enum lg_jobs_mode jobs, bool repeated, unsigned vms)
{
    const struct lg_simulator_options options = {.profile = LG_PROFILE_documented, .jobs = jobs};
    const struct lg_wsman_settings settings = {LG_WSMAN_ENVELOPE_KB_DEFAULT, repeated};
    memset(&it, 0, sizeof it);
    assert_true(lg_simulator_init(&it.simulator, &options));
    lg_wsman_simulator_init(&it.host, &it.simulator, MACHINE);
    it.wsman = lg_wsman_new(&it.host.host, &settings);
    assert_non_null(it.wsman);
    it.request.caller.account = "tester";
    for (unsigned i = 0; i < vms; i++)
        make_vm(i);
}

static void finish(void)
{
    lg_xml_free(it.xml);
    lg_text_free(&it.reply);
    lg_wsman_free(it.wsman);
    lg_wsman_simulator_free(&it.host);
    lg_simulator_free(&it.simulator);
}

static int setup(void **state)
{
    (void)state;
    start(LG_JOBS_SYNC, false, VMS);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    finish();
    return 0;
}

/* Sends bytes as they are. Every reply that has a body has to be an envelope. */
static int ask_bytes(const char *bytes, size_t length)
{
    enum lg_xml_problem problem;
    size_t offset;
    /* A copy of exact size lets the address sanitizer see a read past the end. */
    char *copy = malloc(length + (length == 0));
    assert_non_null(copy);
    if (length)
        memcpy(copy, bytes, length);
    it.request.bytes = copy;
    it.request.length = length;
    lg_xml_free(it.xml);
    it.xml = NULL;
    it.body = NULL;
    it.status = lg_wsman_respond(it.wsman, &it.request, &it.reply, &it.content_type);
    free(copy);
    if (it.reply.length == 0)
        return it.status;
    it.xml = lg_xml_parse(it.reply.bytes, it.reply.length, 1000000, &problem, &offset);
    assert_non_null(it.xml);
    const struct lg_xml_node *body = lg_xml_child(lg_xml_root(it.xml), LG_NS_SOAP, "Body");
    assert_non_null(body);
    it.body = body->first;
    return it.status;
}

/* A message: headers beyond the usual ones and selectors may be "". */
static int ask(const char *action, const char *uri, const char *selectors, const char *headers,
               const char *body)
{
    int length = snprintf(
        sent, sizeof sent,
        "<s:Envelope xmlns:s=\"" LG_NS_SOAP "\" xmlns:a=\"" LG_NS_ADDRESSING
        "\" xmlns:w=\"" LG_NS_WSMAN "\" xmlns:n=\"" LG_NS_ENUMERATION "\" xmlns:b=\"" LG_NS_BINDING
        "\"><s:Header><a:To>http://h/wsman"
        "</a:To><a:Action>%s</a:Action><w:ResourceURI>%s</w:ResourceURI><a:MessageID>" MESSAGE_ID
        "</a:MessageID><a:ReplyTo><a:Address>" LG_ANONYMOUS
        "</a:Address></a:ReplyTo>%s<w:SelectorSet>%s</w:SelectorSet></s:Header><s:Body>%s</s:Body>"
        "</s:Envelope>",
        action, uri, headers, selectors, body);
    assert_in_range(length, 1, sizeof sent - 1);
    return ask_bytes(sent, (size_t)length);
}

/* The first node of that name at any depth below `from`, in document order; NULL if there is none.
 */
static const struct lg_xml_node *find(const struct lg_xml_node *from, const char *name)
{
    const struct lg_xml_node *at = from;
    while (at) {
        if (strcmp(at->name, name) == 0)
            return at;
        if (at->first) {
            at = at->first;
            continue;
        }
        while (at && at != from && !at->next)
            at = at->parent;
        at = at && at != from ? at->next : NULL;
    }
    return NULL;
}

static const char *text_of(const char *name)
{
    const struct lg_xml_node *node = find(it.body, name);
    return node ? node->text : "(none)";
}

static unsigned count_of(const struct lg_xml_node *parent)
{
    unsigned count = 0;
    for (const struct lg_xml_node *at = parent ? parent->first : NULL; at; at = at->next)
        count++;
    return count;
}

/* The last reply was a fault of this code and subcode (its local name). */
static void assert_fault(enum lg_wsman_fault fault)
{
    char code[16];
    const struct lg_xml_node *subcode = find(it.body, "Subcode");
    snprintf(code, sizeof code, "%lu", lg_wsman_fault_code(fault));
    assert_int_equal(it.status, 500);
    assert_true(lg_xml_is(it.body, LG_NS_SOAP, "Fault"));
    const struct lg_xml_node *detail = find(it.body, "WSManFault");
    assert_non_null(detail);
    assert_string_equal(lg_xml_attribute(detail, "", "Code"), code);
    assert_true(subcode != NULL || fault == LG_WSMAN_FAULT_MUST_UNDERSTAND);
}

#endif
