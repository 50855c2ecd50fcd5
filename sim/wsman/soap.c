#include "sim/wsman/soap.h"

#include <string.h>

#include "sim/wsman/soap_headers.h"

static const struct {
    const char *action;
    enum lg_operation operation;
} actions[] = {
    {LG_NS_TRANSFER "/Get", LG_OPERATION_GET},
    {LG_NS_TRANSFER "/Put", LG_OPERATION_PUT},
    {LG_NS_TRANSFER "/Create", LG_OPERATION_CREATE},
    {LG_NS_TRANSFER "/Delete", LG_OPERATION_DELETE},
    {LG_NS_ENUMERATION "/Enumerate", LG_OPERATION_ENUMERATE},
    {LG_NS_ENUMERATION "/Pull", LG_OPERATION_PULL},
    {LG_NS_ENUMERATION "/Release", LG_OPERATION_RELEASE},
};

static struct lg_wsman_problem check_resource(const struct lg_resource *resource)
{
    if (resource->family == LG_URI_NONE || resource->family == LG_URI_OTHER) {
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_URI, resource->uri);
    }
    if (resource->namespace_conflict) {
        return lg_wsman_problem_of(LG_WSMAN_FAULT_NAMESPACE_CONFLICT, NULL);
    }
    if (resource->selectors_overflow) {
        return lg_wsman_problem_of(LG_WSMAN_FAULT_SELECTOR_LIMIT, NULL);
    }
    if (resource->selectors_duplicate) {
        return lg_wsman_problem_of(LG_WSMAN_FAULT_DUPLICATE_SELECTORS, NULL);
    }
    return (struct lg_wsman_problem){.fault = LG_WSMAN_FAULT_NONE};
}

/* What follows the resource URI and a slash in the action; URIs compare without case. */
static const char *method_of(const char *action, const char *uri)
{
    while (*uri != '\0' && (*action == *uri || (((*action ^ *uri) & 0xFF) == 0x20 &&
                                                ((*uri | 0x20) >= 'a' && (*uri | 0x20) <= 'z')))) {
        action++;
        uri++;
    }
    const bool is_method =
        *uri == '\0' && action[0] == '/' && action[1] != '\0' && strchr(action + 1, '/') == NULL;
    return is_method ? action + 1 : NULL;
}

static void name_operation(struct lg_soap_request *request)
{
    request->operation = LG_OPERATION_INVOKE;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(request->action, actions[i].action) == 0) {
            request->operation = actions[i].operation;
            return;
        }
    }
    request->method = method_of(request->action, request->resource.uri);
}

/* What can be told of any message, whatever is wrong with it. */
static void fill(const struct lg_soap_headers *headers, struct lg_soap_request *request)
{
    request->message_id = lg_soap_headers_optional(headers, LG_HEADER_MESSAGE_ID);
    request->action = lg_soap_headers_token(headers, LG_HEADER_ACTION);
    request->operation_id = lg_soap_headers_optional(headers, LG_HEADER_OPERATION_ID);
    request->sequence_id = lg_soap_headers_optional(headers, LG_HEADER_SEQUENCE_ID);
    request->activity_id = lg_soap_headers_optional(headers, LG_HEADER_ACTIVITY_ID);
}

static struct lg_wsman_problem read_envelope(struct lg_soap_request *request)
{
    const struct lg_xml_node *root = lg_xml_root(request->xml);
    if (!lg_xml_is(root, LG_NS_SOAP, "Envelope")) {
        const bool is_envelope = lg_xml_is(root, NULL, "Envelope");
        return lg_wsman_problem_of(is_envelope ? LG_WSMAN_FAULT_VERSION_MISMATCH
                                               : LG_WSMAN_FAULT_SCHEMA_VALIDATION,
                                   root->name);
    }
    const struct lg_xml_node *header = lg_xml_child(root, LG_NS_SOAP, "Header");
    const struct lg_xml_node *body = lg_xml_child(root, LG_NS_SOAP, "Body");
    struct lg_soap_headers headers = {.repeated = NULL};
    lg_soap_headers_collect(header, &headers);
    fill(&headers, request);
    if (body == NULL) {
        return lg_wsman_problem_of(LG_WSMAN_FAULT_NO_BODY, NULL);
    }
    request->body = body->first;
    if (lg_xml_is(request->body, LG_NS_IDENTITY, "Identify")) {
        request->operation = LG_OPERATION_IDENTIFY;
        return lg_soap_headers_understood(&headers);
    }
    const struct lg_wsman_problem problem =
        lg_soap_headers_check(&headers, &request->max_envelope_bytes);
    if (problem.fault != LG_WSMAN_FAULT_NONE) {
        return problem;
    }
    lg_resource_read(header, &request->resource);
    name_operation(request);
    return check_resource(&request->resource);
}

static struct lg_wsman_problem problem_of_xml(enum lg_xml_problem problem)
{
    static const struct {
        enum lg_wsman_fault fault;
        const char *about;
    } faults[] = {
        [LG_XML_UNDECODABLE] = {LG_WSMAN_FAULT_CHARACTER_SET, NULL},
        [LG_XML_NOT_WELL_FORMED] = {LG_WSMAN_FAULT_NOT_WELL_FORMED, NULL},
        [LG_XML_FORBIDDEN] = {LG_WSMAN_FAULT_NOT_WELL_FORMED, "It has a document type."},
        [LG_XML_TOO_LARGE] = {LG_WSMAN_FAULT_NOT_WELL_FORMED, "It nests too deep or too widely."},
        [LG_XML_NO_MEMORY] = {LG_WSMAN_FAULT_INTERNAL, "There is no memory left."},
        [LG_XML_CHARACTER_SET] = {LG_WSMAN_FAULT_CHARACTER_SET, NULL},
    };
    return lg_wsman_problem_of(faults[problem].fault, faults[problem].about);
}

struct lg_wsman_problem lg_soap_read(const char *bytes, size_t length,
                                     unsigned long server_max_bytes,
                                     struct lg_soap_request *request, bool *undecodable)
{
    enum lg_xml_problem problem;
    size_t offset;
    *request = (struct lg_soap_request){.operation = LG_OPERATION_INVOKE,
                                        .action = "",
                                        .resource = {.uri = ""},
                                        .max_envelope_bytes = server_max_bytes,
                                        .is_utf16 = lg_xml_is_utf16(bytes, length)};
    request->xml = lg_xml_parse(bytes, length, LG_SOAP_NODES_MAX, &problem, &offset);
    *undecodable = problem == LG_XML_UNDECODABLE;
    return request->xml != NULL ? read_envelope(request) : problem_of_xml(problem);
}

void lg_soap_free(struct lg_soap_request *request)
{
    lg_xml_free(request->xml);
    *request = (struct lg_soap_request){.action = ""};
}
