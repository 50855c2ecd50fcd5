/* WS-Management: bytes in, bytes out. No sockets, no process; the clock and randomness are the
 * host's. */
#ifndef LG_WSMAN_H
#define LG_WSMAN_H

#include "instances.h"
#include "soap.h"

enum {
    LG_WSMAN_CONTEXTS_MAX = 64,         /* open enumerations of one service */
    LG_WSMAN_ENVELOPE_KB_DEFAULT = 500, /* MaxEnvelopeSizekb, 2012 and later */
    LG_WSMAN_BATCH_ITEMS_MAX = 32000
};

struct lg_wsman_settings {
    unsigned max_envelope_kb;
    bool repeated_bytes; /* uint8 arrays are answered as repeated elements, not as base64 */
};

struct lg_wsman;

/* host: kept by reference. NULL: no memory. */
struct lg_wsman *lg_wsman_new(const struct lg_wsman_host *host,
                              const struct lg_wsman_settings *settings);
void lg_wsman_free(struct lg_wsman *wsman);

struct lg_wsman_request {
    const char *bytes;
    size_t length;
    const char *content_type; /* or NULL */
    bool anonymous_identify;  /* only Identify is answered, with the versions hidden */
    struct lg_wsman_caller caller;
};

/* reply->body: in the encoding of the request. Returns the HTTP status: 200, 500 with a fault, 400
 * with an empty body (undecodable), 413 (over the envelope limit), 401 (anonymous, and not
 * Identify). Same bytes, same state: same reply, but for message ids, which count up. */
int lg_wsman_respond(struct lg_wsman *wsman, const struct lg_wsman_request *request,
                     struct lg_text *body, const char **content_type);

#endif
