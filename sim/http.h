/* An HTTP server for one service, in the caller's thread, within fixed memory. */
#ifndef LG_HTTP_H
#define LG_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/wsman/text.h"

struct lg_tls;
struct lg_tls_peer;

/* Strings are the server's, for the time of the call. */
struct lg_http_request {
    const char *method;
    const char *path; /* decoded, without what follows a question mark */
    const char *authorization;
    const char *content_type;
    const char *identify; /* WSMANIDENTIFY */
    const char *body;     /* of `answer` only */
    size_t length;
    const void *who;                /* as `admit` left it */
    void **session;                 /* the service's, of the connection; begins as NULL */
    const struct lg_tls_peer *peer; /* of the client's certificate, which was checked, or NULL */
    bool secure;                    /* the connection is by TLS */
    int socket;
};

enum { LG_HTTP_OFFERS_MAX = 4 };

/* Zero but for the status is an empty reply. Strings but the body's are static, or the session's.
 */
struct lg_http_reply {
    int status;
    const char *content_type;
    const char *offers[LG_HTTP_OFFERS_MAX]; /* WWW-Authenticate, as far as not NULL */
    const char *allow;
    struct lg_text body; /* taken over by the server */
    bool has_file;       /* then the body is a file's first bytes, and the server closes it */
    int file;
    uint64_t file_bytes;
};

struct lg_http_service {
    void *context;
    const char *name; /* Server, or NULL */
    size_t body_max;  /* bytes; above it 413 */
    /* More than body_max for some requests, by their head; or NULL. */
    size_t (*body_extra)(const struct lg_http_request *request);
    unsigned timeout_s;       /* for a request to come in whole, and for a reply to be read */
    const struct lg_tls *tls; /* outlives the server; NULL: no TLS */
    /* After the head: false if the reply is known already; the body is thrown away then. */
    bool (*admit)(void *context, struct lg_http_request *request, struct lg_http_reply *reply);
    void (*answer)(void *context, const struct lg_http_request *request,
                   struct lg_http_reply *reply);
    void (*leave)(void *context, void *session); /* the connection ends; or NULL */
};

enum {
    LG_HTTP_CONNECTIONS_MAX = 300,              /* MaxConnections of WinRM */
    LG_HTTP_BODIES_BYTES_MAX = 32 * 1024 * 1024 /* of all connections, or one body_max */
};

struct lg_http;

/* Serves a listening socket, which it owns from then on. NULL: no memory. */
struct lg_http *lg_http_start(int listener, const struct lg_http_service *service);
void lg_http_stop(struct lg_http *http);

/* Descriptors that become readable when there is something to do, how long to wait for that at most
 * (-1: for ever), and doing it; `ready` says which of the descriptors are. */
enum { LG_HTTP_DESCRIPTORS = 2 };
void lg_http_descriptors(const struct lg_http *http, int descriptors[LG_HTTP_DESCRIPTORS]);
int lg_http_wait_ms(const struct lg_http *http);
void lg_http_run(struct lg_http *http, const bool ready[LG_HTTP_DESCRIPTORS]);

#endif
