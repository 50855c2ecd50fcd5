/* Keys and certificates of a server that speaks TLS. */
#ifndef LG_TLS_H
#define LG_TLS_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    LG_TLS_HASH_BYTES = 32,
    LG_TLS_SHA1_BYTES = 20,
    LG_TLS_SUBJECT_BYTES = 256, /* with its end */
    LG_TLS_BINDINGS_BYTES = 96,
    LG_TLS_FILE_BYTES = 1024 * 1024,
    LG_TLS_REASON_BYTES = 200
};

extern const char lg_tls_priorities[]; /* TLS 1.2 and later */

/* Texts are PEM, released by lg_tls_free. */
struct lg_tls {
    char *certificate;
    char *key;
    char *client_ca;                         /* NULL: clients are asked for no certificate */
    unsigned char sha256[LG_TLS_HASH_BYTES]; /* of the certificate as DER */
    char bindings[LG_TLS_BINDINGS_BYTES];    /* tls-server-end-point, RFC 5929 */
    size_t bindings_bytes;
};

struct lg_tls_files {
    const char *certificate; /* NULL: one is made, with a key, that no authority signed */
    const char *key;
    const char *client_ca; /* or NULL */
};

/* False: the reason says in one line which file and what is wrong. */
bool lg_tls_load(struct lg_tls *tls, const struct lg_tls_files *files,
                 char reason[LG_TLS_REASON_BYTES]);
void lg_tls_free(struct lg_tls *tls);

/* What is known of a client by its certificate. Hashes are of certificates as DER. */
struct lg_tls_peer {
    unsigned char sha256[LG_TLS_HASH_BYTES];
    bool has_issuer; /* who signed it is known */
    unsigned char issuer_sha1[LG_TLS_SHA1_BYTES];
    unsigned char issuer_sha256[LG_TLS_HASH_BYTES];
    char subject[LG_TLS_SUBJECT_BYTES]; /* its user principal name, else its common name, or "" */
};

/* Whom a client's certificate shows it to be. False: it sent none, or one that no authority of
 * client_ca vouches for, or one that is out of date. */
bool lg_tls_client(gnutls_session_t session, struct lg_tls_peer *peer);

#endif
