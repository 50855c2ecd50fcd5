/* The headers of a request by their places, and what can be wrong with them alone. */
#ifndef LG_SOAP_HEADERS_H
#define LG_SOAP_HEADERS_H

#include "sim/wsman/soap.h"

/* Headers that are understood. */
enum lg_soap_header {
    LG_HEADER_ACTION,
    LG_HEADER_TO,
    LG_HEADER_MESSAGE_ID,
    LG_HEADER_REPLY_TO,
    LG_HEADER_FAULT_TO,
    LG_HEADER_FROM,
    LG_HEADER_RELATES_TO,
    LG_HEADER_RESOURCE_URI,
    LG_HEADER_SELECTOR_SET,
    LG_HEADER_OPTION_SET,
    LG_HEADER_MAX_ENVELOPE_SIZE,
    LG_HEADER_OPERATION_TIMEOUT,
    LG_HEADER_LOCALE,
    LG_HEADER_FRAGMENT_TRANSFER,
    LG_HEADER_ESTIMATE,
    LG_HEADER_REQUEST_EPR,
    LG_HEADER_DATA_LOCALE,
    LG_HEADER_SESSION_ID,
    LG_HEADER_OPERATION_ID,
    LG_HEADER_SEQUENCE_ID,
    LG_HEADER_ACTIVITY_ID,
    LG_HEADER_FUNCTION_ID,
    LG_HEADER_COUNT
};

/* A message while it is read: its headers by their places, and the first that nobody knows. */
struct lg_soap_headers {
    const struct lg_xml_node *headers[LG_HEADER_COUNT];
    const struct lg_xml_node *repeated;
    const struct lg_xml_node *unknown; /* and to be understood */
};

struct lg_wsman_problem lg_wsman_problem_of(enum lg_wsman_fault fault, const char *about);

/* header: s:Header, or NULL. */
void lg_soap_headers_collect(const struct lg_xml_node *header, struct lg_soap_headers *headers);

/* The text of a header; "" if it is missing. */
const char *lg_soap_headers_token(const struct lg_soap_headers *headers,
                                  enum lg_soap_header header);
/* What is to be echoed: NULL if it is missing, empty or too long. */
const char *lg_soap_headers_optional(const struct lg_soap_headers *headers,
                                     enum lg_soap_header header);

/* Whether all are known that are to be understood, and none comes twice. */
struct lg_wsman_problem lg_soap_headers_understood(const struct lg_soap_headers *headers);

/* All but the resource. Lowers max_envelope_bytes to what the client asks for. */
struct lg_wsman_problem lg_soap_headers_check(const struct lg_soap_headers *headers,
                                              unsigned long *max_envelope_bytes);

#endif
