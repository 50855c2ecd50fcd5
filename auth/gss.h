/* Signing in by NTLM or Kerberos, on both sides of a connection, and messages sealed with what was
 * agreed on. By GSSAPI; NTLM is there when its plug-in is installed. */
#ifndef LG_GSS_H
#define LG_GSS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/wsman/text.h"

enum {
    LG_GSS_TOKEN_BYTES = 64 * 1024, /* the longest token that is taken */
    LG_GSS_NAME_BYTES = 256,
    LG_GSS_REASON_BYTES = 256
};

/* What tokens look like. LG_GSS_NTLM goes under the name Negotiate, like both forms of SPNEGO;
 * LG_GSS_KERBEROS under its own. */
enum lg_gss_form {
    LG_GSS_SPNEGO_NTLM,
    LG_GSS_SPNEGO_KERBEROS,
    LG_GSS_NTLM,
    LG_GSS_KERBEROS,
    LG_GSS_FORM_COUNT
};
extern const char *const lg_gss_schemes[LG_GSS_FORM_COUNT]; /* "Negotiate" or "Kerberos" */

/* Bytes that both sides must give alike, such as "tls-server-end-point:" and a hash; none: length
 * 0. They are copied. */
struct lg_gss_bindings {
    const void *bytes;
    size_t length; /* at most 128 */
};

/* One side of one sign-in. */
struct lg_gss;

enum lg_gss_step { LG_GSS_CONTINUES, LG_GSS_DONE, LG_GSS_FAILED };

/* ---- the client ---- */

struct lg_gss_login {
    enum lg_gss_form form;
    const char *host;     /* the service is HTTP on this host */
    const char *user;     /* NULL: whoever the environment says, such as a ticket cache */
    const char *password; /* of that user */
    struct lg_gss_bindings bindings;
};

/* NULL: the reason says in one line why, without a password. Strings are copied. */
struct lg_gss *lg_gss_new_client(const struct lg_gss_login *login,
                                 char reason[LG_GSS_REASON_BYTES]);

/* ---- the server ---- */

/* How a service is signed in to. At most one in a process: the files are named to the GSS
 * mechanisms by environment variables (KRB5_KTNAME, NTLM_USER_FILE, NETBIOS_COMPUTER_NAME). */
struct lg_gss_acceptor;

struct lg_gss_service {
    bool ntlm;
    bool kerberos;
    const char *keytab;        /* of Kerberos; NULL: the one of the environment */
    const char *ntlm_accounts; /* DOMAIN:USER:PASSWORD lines; NULL: those of the environment */
    const char *machine;       /* what NTLM calls this host; NULL: the name of the system */
};

/* NULL: the reason says in one line why. A mechanism that was asked for and is not there is no
 * service. */
struct lg_gss_acceptor *lg_gss_acceptor_new(const struct lg_gss_service *service,
                                            char reason[LG_GSS_REASON_BYTES]);
void lg_gss_acceptor_free(struct lg_gss_acceptor *acceptor);

/* Takes any form of Negotiate, or bare Kerberos only. The acceptor must outlive it. NULL: no
 * memory. */
struct lg_gss *lg_gss_new_server(const struct lg_gss_acceptor *acceptor, bool kerberos_only,
                                 const struct lg_gss_bindings *bindings);

/* ---- both ---- */

void lg_gss_free(struct lg_gss *gss);

/* Takes the token of the other side (none at the client's first step), adds the one to send to
 * `reply`, which may stay as it is. After LG_GSS_FAILED or LG_GSS_DONE there is no further step. */
enum lg_gss_step lg_gss_step(struct lg_gss *gss, const char *token, size_t length,
                             struct lg_text *reply);

/* After LG_GSS_FAILED, or after a message that could not be sealed or unsealed: why, in one line
 * of printable characters, without secrets. */
const char *lg_gss_reason(const struct lg_gss *gss);

/* After LG_GSS_DONE. The other side's name at a server: USER@REALM of Kerberos, DOMAIN\USER or
 * USER of NTLM. */
const char *lg_gss_peer(const struct lg_gss *gss);
bool lg_gss_is_kerberos(const struct lg_gss *gss);
bool lg_gss_can_seal(const struct lg_gss *gss);

/* Adds the header and the sealed bytes of a message to `token`; *header_bytes of it are the
 * header: 16 of NTLM, 60 of Kerberos with AES. Messages must be unsealed in the order in which
 * they were sealed. */
bool lg_gss_seal(struct lg_gss *gss, const char *plain, size_t length, struct lg_text *token,
                 size_t *header_bytes);

/* Adds the message to `plain`. False, with nothing added: it was changed, replayed, comes out of
 * order, was signed but not sealed, or has a header of another length. The context is of no use
 * any more then. */
bool lg_gss_unseal(struct lg_gss *gss, const char *token, size_t length, size_t header_bytes,
                   struct lg_text *plain);

#endif
