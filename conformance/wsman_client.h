/* What a WS-Management client posts with: HTTP on one connection that is kept, signed in. */
#ifndef LG_WSMAN_CLIENT_H
#define LG_WSMAN_CLIENT_H

#include "model/trace_json.h"
#include "sim/wsman/text.h"
#include "wsman_options.h"

struct lg_client;

/* url: http:// or https://; `path` is put behind one that has none. By Basic, through no proxy.
 * False with the reason; *usage: the URL itself is wrong. */
bool lg_client_open(struct lg_client **client, const char *url, const char *path,
                    struct lg_json_error *reason, bool *usage);
void lg_client_close(struct lg_client *client);

/* How to sign in, whom to trust, through which proxy. The options' strings are kept as long as the
 * client. False: they do not go together, or not with the URL. */
bool lg_client_use(struct lg_client *client, const struct lg_wsman_options *options,
                   struct lg_json_error *reason);

/* The URL that is posted to. */
const char *lg_client_url(const struct lg_client *client);

/* Whose calls follow; both are kept as long as the client. Another user gets a connection of its
 * own. An empty name: whoever the environment says; an empty password: none. */
void lg_client_sign_in(struct lg_client *client, const char *user, const char *password);

/* Connects to a Unix socket whatever host the URL names. */
void lg_client_unix(struct lg_client *client, const char *path);

/* A header of every request beside those of its content. */
bool lg_client_header(struct lg_client *client, const char *line);

enum lg_posted {
    LG_POSTED,            /* answered with a body; the status is told */
    LG_POSTED_REFUSED,    /* 401 */
    LG_POSTED_TOO_LARGE,  /* 413 */
    LG_POSTED_LOST,       /* sent, and no answer came: it may have been carried out */
    LG_POSTED_UNREACHABLE /* not sent, or nothing that speaks HTTP as it should; reason */
};
enum lg_posted lg_client_post(struct lg_client *client, const char *content_type, const char *bytes,
                              size_t length, struct lg_text *reply, struct lg_json_error *reason);

#endif
