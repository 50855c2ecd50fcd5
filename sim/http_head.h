/* What the head of an HTTP request says, after everything doubtful was refused. */
#ifndef LG_HTTP_HEAD_H
#define LG_HTTP_HEAD_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

/* Strings are the connection's, until the request is over; NULL where a field is absent. */
struct lg_http_head {
    const char *authorization;
    const char *content_type;
    const char *identify; /* WSMANIDENTIFY */
    uint64_t length;      /* Content-Length, 0 without one */
    bool chunked;
};

/* False: the head is not valid HTTP, or could be read in two ways: lengths or other single fields
 * that are there twice, a length beside chunking, other codings, lines that do not end in CR LF,
 * folded lines, names or values with characters that have no place there. `method` and `version`
 * are the connection's own, where they stand in the head. */
bool lg_http_head_read(struct MHD_Connection *connection, const char *method, const char *version,
                       struct lg_http_head *head);

/* The path of a request target, which may be a whole URL. */
const char *lg_http_path(const char *target);

#endif
