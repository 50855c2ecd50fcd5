/* Signing in to a host with tokens of GSSAPI over HTTP, and messages that are sealed with what was
 * agreed on (RFC 4559, MS-WSMV 2.2.9.1). */
#ifndef LG_WSMAN_AUTH_H
#define LG_WSMAN_AUTH_H

#include "auth/gss.h"
#include "wsman_client.h"
#include "wsman_http.h"

/* Zero is nobody. Strings are the caller's, kept as long as this. */
struct lg_auth {
    enum lg_auth_kind kind; /* LG_AUTH_NEGOTIATE, _NTLM or _KERBEROS */
    const char *user;
    const char *password;
    struct lg_gss *gss; /* NULL: not signed in on the connection that is there */
    enum lg_gss_form form;
    struct lg_text token; /* room for the messages */
    struct lg_text body;
};

/* Signs nobody in any more: what was agreed on is forgotten. */
void lg_auth_forget(struct lg_auth *auth);
void lg_auth_free(struct lg_auth *auth);

/* Posts a message, signing in before where that is due. Over http:// those of both sides are
 * sealed. */
enum lg_posted lg_auth_post(struct lg_auth *auth, struct lg_http *http,
                            const struct lg_http_request *message, struct lg_text *reply,
                            struct lg_json_error *reason);

#endif
