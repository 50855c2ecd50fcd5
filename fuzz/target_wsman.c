/* Any bytes as a message: a status, a reply that is well-formed or none, cells that stay valid.
 * Bytes that begin with neither "<" nor a mark become the inside of a message of the operation that
 * their first byte picks, so that what lies behind the envelope is reached. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "renew.h"
#include "sim/wsman/wsman.h"
#include "sim/wsman_host.h"
#include "simulators.h"

#define SPACE LG_WMI_PREFIX "root/virtualization/v2/"

enum { TIMES = 3, NODES_MAX = 1000000 };

struct frame {
    const char *uri;
    const char *action;
    const char *key;
    const char *before;
    const char *after;
};

#define WQL_BEFORE                                                                                 \
    "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>9</w:MaxElements><w:Filter "              \
    "Dialect='http://schemas.microsoft.com/wbem/wsman/1/WQL'>"

static const struct frame frames[] = {
    {"%s*", LG_NS_ENUMERATION "/Enumerate", "", WQL_BEFORE, "</w:Filter></n:Enumerate>"},
    {"%sMsvm_ComputerSystem", LG_NS_ENUMERATION "/Enumerate", "", "<n:Enumerate>",
     "</n:Enumerate>"},
    {"%sMsvm_SecurityService", SPACE "Msvm_SecurityService/SetKeyProtector", "Msvm_SecurityService",
     "<p:SetKeyProtector_INPUT xmlns:p='" SPACE "Msvm_SecurityService'>",
     "</p:SetKeyProtector_INPUT>"},
    {"%sMsvm_SecurityService", SPACE "Msvm_SecurityService/RequestStateChange",
     "Msvm_SecurityService",
     "<p:RequestStateChange_INPUT xmlns:p='" SPACE
     "Msvm_SecurityService'><p:RequestedState>2</p:RequestedState><p:TimeoutPeriod>",
     "</p:TimeoutPeriod></p:RequestStateChange_INPUT>"},
    {"%sMsvm_VirtualSystemManagementService",
     SPACE "Msvm_VirtualSystemManagementService/DefineSystem",
     "Msvm_VirtualSystemManagementService",
     "<p:DefineSystem_INPUT xmlns:p='" SPACE "Msvm_VirtualSystemManagementService'>"
     "<p:SystemSettings>",
     "</p:SystemSettings></p:DefineSystem_INPUT>"}};
enum { FRAMES = sizeof frames / sizeof frames[0] };

static void frame_bytes(struct lg_text *text, const uint8_t *bytes, size_t length)
{
    const struct frame *frame = &frames[bytes[0] % FRAMES];
    lg_text_add(
        text,
        "<s:Envelope xmlns:s='" LG_NS_SOAP "' xmlns:a='" LG_NS_ADDRESSING "' xmlns:w='" LG_NS_WSMAN
        "' xmlns:n='" LG_NS_ENUMERATION
        "'><s:Header><a:To>x</a:To><a:MessageID>m</a:MessageID><a:ReplyTo><a:Address>" LG_ANONYMOUS
        "</a:Address></a:ReplyTo><w:ResourceURI>" SPACE);
    lg_text_addf(text, "%s</w:ResourceURI><a:Action>%s</a:Action>", frame->uri + 2, frame->action);
    if (*frame->key)
        lg_text_addf(text,
                     "<w:SelectorSet><w:Selector Name='CreationClassName'>%s</w:Selector>"
                     "</w:SelectorSet>",
                     frame->key);
    lg_text_addf(text, "</s:Header><s:Body>%s", frame->before);
    lg_text_add_bytes(text, (const char *)bytes + 1, length - 1);
    lg_text_addf(text, "%s</s:Body></s:Envelope>", frame->after);
}

/* A reply is one envelope, or nothing at all. */
static void check_reply(int status, const struct lg_text *body)
{
    enum lg_xml_problem problem;
    size_t offset;
    bool empty = status == 400 || status == 401 || status == 413;
    lg_assert(empty || status == 200 || status == 500);
    lg_saw(&status, sizeof status);
    lg_assert(empty == (body->length == 0));
    if (empty)
        return;
    struct lg_xml *xml = lg_xml_parse(body->bytes, body->length, NODES_MAX, &problem, &offset);
    lg_assert(xml && lg_xml_child(lg_xml_root(xml), LG_NS_SOAP, "Body"));
    lg_xml_free(xml);
}

static void check_cells(const struct lg_simulator *simulator)
{
    lg_assert(lg_cell_is_valid(&simulator->host.self));
    for (unsigned i = 0; i < simulator->host.vm_count; i++)
        lg_assert(lg_cell_is_valid(&simulator->host.cells[i]));
}

static void respond(const struct lg_wsman_host *host, struct lg_simulator *simulator,
                    const struct lg_wsman_request *request)
{
    const struct lg_wsman_settings settings = {LG_WSMAN_ENVELOPE_KB_DEFAULT, false};
    struct lg_wsman *wsman = lg_wsman_new(host, &settings);
    struct lg_text body = {0};
    const char *type;
    for (int i = 0; wsman && i < TIMES; i++) {
        check_reply(lg_wsman_respond(wsman, request, &body, &type), &body);
        check_cells(simulator);
    }
    lg_text_free(&body);
    lg_wsman_free(wsman);
}

static void begin_anew(struct lg_simulator *simulator)
{
    struct lg_call make = {.method = LG_CALL_VM_CREATED, .vm = LG_VM_HOST, .requested = 2};
    struct lg_outcome outcome;
    lg_simulator_renew(simulator);
    lg_simulator_call(simulator, &make, &outcome);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct lg_wsman_simulator host;
    static struct lg_simulator simulator;
    struct lg_text framed = {0};
    bool plain = length == 0 || bytes[0] == '<' || bytes[0] >= 0x80 || bytes[0] == 0;
    if (!plain)
        frame_bytes(&framed, bytes, length);
    const struct lg_wsman_request request = {.bytes = plain ? (const char *)bytes : framed.bytes,
                                             .length = plain ? length : framed.length,
                                             .anonymous_identify = length % 64 == 63,
                                             .caller = {"fuzzer", (uint8_t)(length % 3)}};
    begin_anew(&simulator);
    lg_wsman_simulator_init(&host, &simulator, "HOST");
    respond(&host.host, &simulator, &request);
    lg_wsman_simulator_free(&host);
    lg_text_free(&framed);
    lg_blobs_renew(&simulator.blobs);
    return 0;
}
