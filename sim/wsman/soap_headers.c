#include "sim/wsman/soap_headers.h"

#include <stdlib.h>
#include <string.h>

enum { ENVELOPE_BYTES_MIN = 8192 };

static const struct {
    const char *space;
    const char *name;
} known[LG_HEADER_COUNT] = {
    [LG_HEADER_ACTION] = {LG_NS_ADDRESSING, "Action"},
    [LG_HEADER_TO] = {LG_NS_ADDRESSING, "To"},
    [LG_HEADER_MESSAGE_ID] = {LG_NS_ADDRESSING, "MessageID"},
    [LG_HEADER_REPLY_TO] = {LG_NS_ADDRESSING, "ReplyTo"},
    [LG_HEADER_FAULT_TO] = {LG_NS_ADDRESSING, "FaultTo"},
    [LG_HEADER_FROM] = {LG_NS_ADDRESSING, "From"},
    [LG_HEADER_RELATES_TO] = {LG_NS_ADDRESSING, "RelatesTo"},
    [LG_HEADER_RESOURCE_URI] = {LG_NS_WSMAN, "ResourceURI"},
    [LG_HEADER_SELECTOR_SET] = {LG_NS_WSMAN, "SelectorSet"},
    [LG_HEADER_OPTION_SET] = {LG_NS_WSMAN, "OptionSet"},
    [LG_HEADER_MAX_ENVELOPE_SIZE] = {LG_NS_WSMAN, "MaxEnvelopeSize"},
    [LG_HEADER_OPERATION_TIMEOUT] = {LG_NS_WSMAN, "OperationTimeout"},
    [LG_HEADER_LOCALE] = {LG_NS_WSMAN, "Locale"},
    [LG_HEADER_FRAGMENT_TRANSFER] = {LG_NS_WSMAN, "FragmentTransfer"},
    [LG_HEADER_ESTIMATE] = {LG_NS_WSMAN, "RequestTotalItemsCountEstimate"},
    [LG_HEADER_REQUEST_EPR] = {LG_NS_WSMAN, "RequestEPR"},
    [LG_HEADER_DATA_LOCALE] = {LG_NS_MICROSOFT, "DataLocale"},
    [LG_HEADER_SESSION_ID] = {LG_NS_MICROSOFT, "SessionId"},
    [LG_HEADER_OPERATION_ID] = {LG_NS_MICROSOFT, "OperationID"},
    [LG_HEADER_SEQUENCE_ID] = {LG_NS_MICROSOFT, "SequenceId"},
    [LG_HEADER_ACTIVITY_ID] = {LG_NS_MICROSOFT, "ActivityId"},
    [LG_HEADER_FUNCTION_ID] = {LG_NS_MICROSOFT, "FunctionId"},
};

struct lg_wsman_problem lg_wsman_problem_of(enum lg_wsman_fault fault, const char *about)
{
    return (struct lg_wsman_problem){.fault = fault, .about = about};
}

static const struct lg_wsman_problem no_problem = {.fault = LG_WSMAN_FAULT_NONE};

/* Only the attribute of SOAP counts: some clients write one without a namespace. */
static bool must_understand(const struct lg_xml_node *node)
{
    const char *value = lg_xml_attribute(node, LG_NS_SOAP, "mustUnderstand");
    return value != NULL && (strcmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

static enum lg_soap_header header_of(const struct lg_xml_node *node)
{
    enum lg_soap_header header = LG_HEADER_ACTION;
    while (header < LG_HEADER_COUNT && !lg_xml_is(node, known[header].space, known[header].name)) {
        header++;
    }
    return header;
}

void lg_soap_headers_collect(const struct lg_xml_node *header, struct lg_soap_headers *headers)
{
    for (const struct lg_xml_node *node = header != NULL ? header->first : NULL; node != NULL;
         node = node->next) {
        const enum lg_soap_header which = header_of(node);
        if (which == LG_HEADER_COUNT) {
            if (headers->unknown == NULL && must_understand(node)) {
                headers->unknown = node;
            }
        } else if (headers->headers[which] == NULL) {
            headers->headers[which] = node;
        } else if (headers->repeated == NULL) {
            headers->repeated = node;
        }
    }
}

struct lg_wsman_problem lg_soap_headers_understood(const struct lg_soap_headers *headers)
{
    struct lg_wsman_problem problem = no_problem;
    const struct lg_xml_node *node = headers->unknown;
    if (node != NULL) {
        problem = lg_wsman_problem_of(LG_WSMAN_FAULT_MUST_UNDERSTAND, node->name);
        problem.space = node->space;
        problem.name = node->name;
        problem.prefix = node->prefix;
    } else if (headers->repeated != NULL) {
        problem = lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_MESSAGE_INFORMATION,
                                      headers->repeated->name);
    }
    return problem;
}

const char *lg_soap_headers_token(const struct lg_soap_headers *headers, enum lg_soap_header header)
{
    return headers->headers[header] != NULL ? headers->headers[header]->token : "";
}

const char *lg_soap_headers_optional(const struct lg_soap_headers *headers,
                                     enum lg_soap_header header)
{
    const char *token = lg_soap_headers_token(headers, header);
    return token[0] != '\0' && strlen(token) <= LG_MESSAGE_ID_BYTES_MAX ? token : NULL;
}

static struct lg_wsman_problem check_information(const struct lg_soap_headers *headers)
{
    static const enum lg_soap_header needed[] = {LG_HEADER_ACTION, LG_HEADER_TO,
                                                 LG_HEADER_REPLY_TO};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (headers->headers[needed[i]] == NULL) {
            return lg_wsman_problem_of(LG_WSMAN_FAULT_MESSAGE_INFORMATION_REQUIRED,
                                       known[needed[i]].name);
        }
    }
    if (lg_soap_headers_token(headers, LG_HEADER_ACTION)[0] == '\0') {
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_MESSAGE_INFORMATION,
                                   known[LG_HEADER_ACTION].name);
    }
    if (lg_soap_headers_optional(headers, LG_HEADER_MESSAGE_ID) == NULL) {
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_MESSAGE_INFORMATION,
                                   known[LG_HEADER_MESSAGE_ID].name);
    }
    return no_problem;
}

static struct lg_wsman_problem check_reply_to(const struct lg_soap_headers *headers)
{
    static const enum lg_soap_header addresses[] = {LG_HEADER_REPLY_TO, LG_HEADER_FAULT_TO};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        const struct lg_xml_node *node = headers->headers[addresses[i]];
        const struct lg_xml_node *address = lg_xml_child(node, LG_NS_ADDRESSING, "Address");
        if (node != NULL && address == NULL) {
            return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_MESSAGE_INFORMATION,
                                       known[addresses[i]].name);
        }
        if (node != NULL && strcmp(address->token, LG_ANONYMOUS) != 0) {
            return lg_wsman_problem_of(LG_WSMAN_FAULT_REPLY_TO, address->token);
        }
    }
    return no_problem;
}

static const char *skip_digits(const char *at)
{
    while (*at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

/* Reads one number of a duration and its unit, which has to be among those still to come. */
static const char *skip_part(const char *at, const char **units)
{
    const char *end = skip_digits(at);
    bool is_whole = true;
    if (end > at && *end == '.') {
        const char *fraction = end + 1;
        end = skip_digits(fraction);
        is_whole = false;
        if (end == fraction) {
            return NULL;
        }
    }
    const char *unit = end > at && *end != '\0' ? strchr(*units, *end) : NULL;
    if (unit == NULL || (!is_whole && *end != 'S')) {
        return NULL;
    }
    *units = unit + 1;
    return end + 1;
}

/* xs:duration, but no negative one. */
static bool is_duration(const char *at)
{
    if (*at++ != 'P' || *at == '\0') {
        return false;
    }
    const char *units = "YMD";
    while (at != NULL && *at != '\0' && *at != 'T') {
        at = skip_part(at, &units);
    }
    if (at == NULL || *at == '\0') {
        return at != NULL;
    }
    at++;
    units = "HMS";
    const bool has_time = *at != '\0';
    while (at != NULL && *at != '\0') {
        at = skip_part(at, &units);
    }
    return at != NULL && has_time;
}

/* Digits alone; what does not fit is as large as can be. */
static bool read_number(const char *token, unsigned long *number)
{
    if (token[0] == '\0' || *skip_digits(token) != '\0') {
        return false;
    }
    *number = strtoul(token, NULL, 10);
    return true;
}

static struct lg_wsman_problem check_limits(const struct lg_soap_headers *headers,
                                            unsigned long *max_envelope_bytes)
{
    const char *timeout = lg_soap_headers_token(headers, LG_HEADER_OPERATION_TIMEOUT);
    if (headers->headers[LG_HEADER_OPERATION_TIMEOUT] != NULL && !is_duration(timeout)) {
        return lg_wsman_problem_of(LG_WSMAN_FAULT_BAD_TIMEOUT, timeout);
    }
    const char *size = lg_soap_headers_token(headers, LG_HEADER_MAX_ENVELOPE_SIZE);
    if (headers->headers[LG_HEADER_MAX_ENVELOPE_SIZE] != NULL) {
        unsigned long bytes = 0;
        if (!read_number(size, &bytes)) {
            return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_MESSAGE_INFORMATION,
                                       known[LG_HEADER_MAX_ENVELOPE_SIZE].name);
        }
        if (bytes < ENVELOPE_BYTES_MIN) {
            return lg_wsman_problem_of(LG_WSMAN_FAULT_MINIMUM_ENVELOPE, size);
        }
        if (bytes < *max_envelope_bytes) {
            *max_envelope_bytes = bytes;
        }
    }
    return no_problem;
}

static struct lg_wsman_problem check_features(const struct lg_soap_headers *headers)
{
    if (must_understand(headers->headers[LG_HEADER_LOCALE]) ||
        must_understand(headers->headers[LG_HEADER_DATA_LOCALE])) {
        return lg_wsman_problem_of(LG_WSMAN_FAULT_LOCALE, NULL);
    }
    const struct lg_xml_node *fragment = headers->headers[LG_HEADER_FRAGMENT_TRANSFER];
    if (fragment == NULL) {
        return no_problem;
    }
    if (!must_understand(fragment)) {
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_MESSAGE_INFORMATION,
                                   known[LG_HEADER_FRAGMENT_TRANSFER].name);
    }
    return lg_wsman_problem_of(LG_WSMAN_FAULT_FRAGMENT_TRANSFER, NULL);
}

struct lg_wsman_problem lg_soap_headers_check(const struct lg_soap_headers *headers,
                                              unsigned long *max_envelope_bytes)
{
    struct lg_wsman_problem problem = lg_soap_headers_understood(headers);
    if (problem.fault == LG_WSMAN_FAULT_NONE) {
        problem = check_information(headers);
    }
    if (problem.fault == LG_WSMAN_FAULT_NONE) {
        problem = check_reply_to(headers);
    }
    if (problem.fault == LG_WSMAN_FAULT_NONE) {
        problem = check_limits(headers, max_envelope_bytes);
    }
    if (problem.fault == LG_WSMAN_FAULT_NONE) {
        problem = check_features(headers);
    }
    return problem;
}
