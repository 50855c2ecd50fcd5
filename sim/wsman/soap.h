/* SOAP requests and replies: envelope, headers, and what is wrong with them. */
#ifndef LG_SOAP_H
#define LG_SOAP_H

#include "addressing.h"
#include "faults.h"

enum { LG_SOAP_NODES_MAX = 64 * 1024, LG_MESSAGE_ID_BYTES_MAX = 2048 };

enum lg_operation {
    LG_OPERATION_GET,
    LG_OPERATION_PUT,
    LG_OPERATION_CREATE,
    LG_OPERATION_DELETE,
    LG_OPERATION_ENUMERATE,
    LG_OPERATION_PULL,
    LG_OPERATION_RELEASE,
    LG_OPERATION_IDENTIFY,
    LG_OPERATION_INVOKE /* any other action: `method` is what follows the resource URI and a slash
                         */
};

struct lg_soap_request {
    struct lg_xml *xml;
    enum lg_operation operation;
    const char *action; /* "" if missing */
    const char
        *method; /* INVOKE: the method's name as written; NULL if the action has another form */
    const char *message_id; /* NULL if missing or empty */
    struct lg_resource resource;
    unsigned long max_envelope_bytes; /* capped by the server's; counted as UTF-16 bytes */
    const struct lg_xml_node *body;   /* the first child of s:Body, or NULL */
    const char *operation_id;         /* p:OperationID, echoed; NULL if none */
    const char *sequence_id;
    const char *activity_id;
    bool summary_permissions; /* reserved: always false */
    bool is_utf16;            /* the message's encoding, which the reply shares */
};

/* Reads and checks a message. server_max_bytes: the setting that MaxEnvelopeSize is capped by.
 * Returns the first problem in the order in which WinRM looks; on a problem the request still tells
 * message_id where it has one. lg_soap_free in every case. *undecodable: no SOAP can be answered at
 * all. */
struct lg_wsman_problem lg_soap_read(const char *bytes, size_t length,
                                     unsigned long server_max_bytes,
                                     struct lg_soap_request *request, bool *undecodable);
void lg_soap_free(struct lg_soap_request *request);

/* Replies, as WinRM writes them (order of headers, namespaces of the root by family,
 * one line, no declaration): begin writes up to and with <s:Body>, end closes. message_id: fresh,
 * without "uuid:". */
enum lg_reply_family { LG_REPLY_ENUMERATION, LG_REPLY_TRANSFER, LG_REPLY_FAULT };
void lg_soap_begin(struct lg_text *text, enum lg_reply_family family, const char *action,
                   const struct lg_soap_request *request, const char *message_id);
void lg_soap_end(struct lg_text *text);
/* As begin, but stops before </s:Header>, for a header more. */
void lg_soap_header(struct lg_text *text, enum lg_reply_family family, const char *action,
                    const struct lg_soap_request *request, const char *message_id);

#endif
