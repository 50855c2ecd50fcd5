/* HTTP by libcurl: posts on one connection that is kept, and knows when it was not kept. */
#ifndef LG_WSMAN_HTTP_H
#define LG_WSMAN_HTTP_H

#include "sim/wsman/text.h"
#include "wsman_tls.h"

enum {
    LG_REPLY_BYTES_MAX = 64 * 1024 * 1024, /* what one reply may have */
    LG_REPLY_SECONDS_MAX = 90, /* longer than the 60 s that a server gives an operation */
    LG_URL_BYTES = 1024,
    LG_CONTENT_TYPE_BYTES = 256
};

struct lg_http {
    void *curl;
    void *extra; /* header lines of every request */
    char url[LG_URL_BYTES];
    struct lg_client_tls tls;
    bool bound; /* requests belong to the connection that is there: no other is opened */

    /* Of the last request. */
    bool begun;   /* it may have been sent */
    bool refused; /* it wanted another connection */
    long status;
    struct lg_text offers; /* values of WWW-Authenticate, one a line */
    char content_type[LG_CONTENT_TYPE_BYTES];
    char problem[256]; /* CURL_ERROR_SIZE */
};

/* As lg_client_open; without proxy and signing in. */
bool lg_http_open(struct lg_http *http, const char *url, const char *path,
                  struct lg_json_error *reason, bool *usage);
void lg_http_close(struct lg_http *http);

/* Host of the URL, without a port and brackets. */
void lg_http_host(const struct lg_http *http, char host[LG_URL_BYTES]);
bool lg_http_is_tls(const struct lg_http *http);

/* By way of this proxy; NULL: what the environment says (http_proxy, https_proxy, no_proxy).
 * tunnel: through it to the host also without TLS. */
void lg_http_proxy(struct lg_http *http, const char *proxy, bool tunnel);

/* Closes the connection. */
bool lg_http_drop(struct lg_http *http);

struct lg_http_request {
    const char *content_type;
    const char *authorization; /* a whole header line; NULL: none */
    const char *bytes;
    size_t length;
};

enum lg_http_sent {
    LG_HTTP_ANSWERED,   /* with the status that is told */
    LG_HTTP_CLOSED,     /* the connection that it is bound to is gone; nothing was sent */
    LG_HTTP_LOST,       /* perhaps sent, and no answer came */
    LG_HTTP_UNREACHABLE /* not sent; reason */
};
/* A request is never sent twice: not each can be repeated. */
enum lg_http_sent lg_http_post(struct lg_http *http, const struct lg_http_request *request,
                               struct lg_text *reply, struct lg_json_error *reason);

#endif
