/* Who signed in on a connection, and the messages that are sealed on it. */
#ifndef LG_GUEST_H
#define LG_GUEST_H

#include "accounts.h"
#include "auth/gss.h"
#include "certificates.h"
#include "http.h"
#include "sim/wsman/sealing.h"
#include "tls_subjects.h"

/* How one may sign in, of all connections. */
struct lg_sign_in {
    const struct lg_accounts *accounts;
    const struct lg_certificates *certificates;
    const struct lg_subjects *subjects;
    const struct lg_gss_acceptor *acceptor; /* NULL: neither Negotiate nor Kerberos */
    struct lg_gss_bindings bindings;        /* of connections by TLS */
    bool basic;
    bool negotiate;
    bool kerberos;
};

/* One connection. It exists from the first Authorization on. */
struct lg_guest;

enum lg_admission { LG_ADMITTED, LG_TURNED_AWAY, LG_GOES_ON };

/* Reads the Authorization of a request; *who is set when it is admitted, and *why, if anything is
 * to be said, when it is turned away. A connection belongs to the first who signs in. */
enum lg_admission lg_guest_admit(const struct lg_sign_in *sign_in,
                                 const struct lg_http_request *request, bool takes_basic,
                                 const struct lg_account **who, const char **why);
void lg_guest_free(struct lg_guest *guest);

/* What the last request got as a reply to its token, a whole WWW-Authenticate; NULL: nothing. */
const char *lg_guest_token(const struct lg_guest *guest);

/* Whether the last request was a leg of signing in, whose body may be empty. */
bool lg_guest_is_leg(const struct lg_guest *guest);

/* Takes a sealed body apart and adds the message to `plain`. False, with *why: nothing was added,
 * and nobody is signed in any more. */
bool lg_guest_unseal(struct lg_guest *guest, const struct lg_http_request *request,
                     struct lg_sealed *sealed, struct lg_text *plain, const char **why);

extern const char lg_guest_without_key[]; /* what is said of a message of such a one */

/* Puts the sealed form of a body into its place. `sealed` is what the request came in. */
void lg_guest_seal(struct lg_guest *guest, const struct lg_sealed *sealed, const char *type,
                   struct lg_text *body);

#endif
