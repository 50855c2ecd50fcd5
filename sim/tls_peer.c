/* Who the client is, by its certificate. */
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

#include "tls.h"

enum { NAMES_MAX = 64, OID_BYTES = 128, NAME_BYTES = 1024, CHAIN_MAX = 16 };

/* ---- who signed it ---- */

static bool has_signed(gnutls_x509_crt_t issuer, gnutls_x509_crt_t certificate)
{
    unsigned status = 0;
    return gnutls_x509_crt_check_issuer(certificate, issuer) == 1 &&
           gnutls_x509_crt_verify(certificate, &issuer, 1, 0, &status) >= 0 && status == 0;
}

static bool note_issuer(gnutls_x509_crt_t issuer, struct lg_tls_peer *peer)
{
    size_t sha1 = sizeof peer->issuer_sha1;
    size_t sha256 = sizeof peer->issuer_sha256;
    peer->has_issuer =
        gnutls_x509_crt_get_fingerprint(issuer, GNUTLS_DIG_SHA1, peer->issuer_sha1, &sha1) >= 0 &&
        gnutls_x509_crt_get_fingerprint(issuer, GNUTLS_DIG_SHA256, peer->issuer_sha256, &sha256) >=
            0;
    return peer->has_issuer;
}

/* Among the authorities that are trusted. */
static bool find_authority(gnutls_session_t session, gnutls_x509_crt_t certificate,
                           struct lg_tls_peer *peer)
{
    gnutls_certificate_credentials_t credentials = NULL;
    gnutls_x509_trust_list_t authorities = NULL;
    gnutls_x509_trust_list_iter_t at = NULL;
    gnutls_x509_crt_t authority;
    bool found = false;
    if (gnutls_credentials_get(session, GNUTLS_CRD_CERTIFICATE, (void **)&credentials) < 0)
        return false;
    gnutls_certificate_get_trust_list(credentials, &authorities);
    while (!found && gnutls_x509_trust_list_iter_get_ca(authorities, &at, &authority) == 0) {
        found = has_signed(authority, certificate) && note_issuer(authority, peer);
        gnutls_x509_crt_deinit(authority);
    }
    gnutls_x509_trust_list_iter_deinit(at);
    return found;
}

static bool read_certificate(const gnutls_datum_t *der, gnutls_x509_crt_t *certificate)
{
    if (gnutls_x509_crt_init(certificate) < 0)
        return false;
    if (gnutls_x509_crt_import(*certificate, der, GNUTLS_X509_FMT_DER) >= 0)
        return true;
    gnutls_x509_crt_deinit(*certificate);
    return false;
}

/* Among what the client sent along with it, whose chain is trusted. One that has not the key of who
 * signed is no issuer, and one that was made up has another hash. */
static void find_sent(const gnutls_datum_t *sent, unsigned count, gnutls_x509_crt_t certificate,
                      struct lg_tls_peer *peer)
{
    for (unsigned i = 1; i < count && i < CHAIN_MAX && !peer->has_issuer; i++) {
        gnutls_x509_crt_t issuer;
        if (!read_certificate(&sent[i], &issuer))
            continue;
        if (has_signed(issuer, certificate))
            note_issuer(issuer, peer);
        gnutls_x509_crt_deinit(issuer);
    }
}

/* ---- whom it names ---- */

static void keep_subject(const char *name, size_t length, struct lg_tls_peer *peer)
{
    if (length >= sizeof peer->subject || memchr(name, '\0', length))
        return;
    memcpy(peer->subject, name, length);
    peer->subject[length] = '\0';
}

/* One that the library could not read as what it says it is. */
static bool is_bad_principal(gnutls_x509_crt_t certificate, unsigned at)
{
    static const char principal[] = "1.3.6.1.4.1.311.20.2.3";
    char oid[OID_BYTES];
    size_t length = sizeof oid;
    int type = gnutls_x509_crt_get_subject_alt_othername_oid(certificate, at, oid, &length);
    return type < 0 || strcmp(oid, principal) == 0;
}

/* Among the alternative names; those that cannot be read name nobody. */
static bool find_principal(gnutls_x509_crt_t certificate, struct lg_tls_peer *peer)
{
    for (unsigned at = 0; at < NAMES_MAX; at++) {
        char name[NAME_BYTES];
        size_t length = sizeof name;
        int type = gnutls_x509_crt_get_subject_alt_name(certificate, at, name, &length, NULL);
        if (type == GNUTLS_SAN_OTHERNAME_MSUSERPRINCIPAL)
            keep_subject(name, length, peer);
        if (type == GNUTLS_SAN_OTHERNAME_MSUSERPRINCIPAL || type < 0)
            return type != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
        if (type == GNUTLS_SAN_OTHERNAME && is_bad_principal(certificate, at))
            return true;
    }
    return true;
}

static void find_common_name(gnutls_x509_crt_t certificate, struct lg_tls_peer *peer)
{
    char name[LG_TLS_SUBJECT_BYTES];
    size_t length = sizeof name;
    if (gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name,
                                      &length) >= 0)
        keep_subject(name, length, peer);
}

bool lg_tls_client(gnutls_session_t session, struct lg_tls_peer *peer)
{
    unsigned count = 0;
    unsigned status = 0;
    gnutls_x509_crt_t certificate;
    const gnutls_datum_t *sent = gnutls_certificate_get_peers(session, &count);
    memset(peer, 0, sizeof *peer);
    if (!sent || count == 0 || gnutls_certificate_verify_peers3(session, NULL, &status) < 0 ||
        status != 0 ||
        gnutls_hash_fast(GNUTLS_DIG_SHA256, sent[0].data, sent[0].size, peer->sha256) < 0 ||
        !read_certificate(&sent[0], &certificate))
        return false;
    if (!find_authority(session, certificate, peer))
        find_sent(sent, count, certificate, peer);
    if (!find_principal(certificate, peer))
        find_common_name(certificate, peer);
    gnutls_x509_crt_deinit(certificate);
    return true;
}
