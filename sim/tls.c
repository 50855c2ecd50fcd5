/* Certificates with GnuTLS, which libmicrohttpd uses. */
#include "tls.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "service.h"

const char lg_tls_priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

static bool fail(char *reason, const char *where, const char *what)
{
    snprintf(reason, LG_TLS_REASON_BYTES, "%.90s: %.90s", where, what);
    return false;
}

/* ---- files ---- */

static char *read_file(const char *path, char *reason)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(LG_TLS_FILE_BYTES + 1) : NULL;
    size_t length = text ? fread(text, 1, LG_TLS_FILE_BYTES + 1, file) : 0;
    bool good = text && !ferror(file) && length > 0 && length <= LG_TLS_FILE_BYTES;
    if (!file || !text)
        fail(reason, path, strerror(errno));
    else if (!good)
        fail(reason, path, "is empty, too long or cannot be read");
    else
        text[length] = '\0';
    if (file)
        fclose(file);
    if (good)
        return text;
    free(text);
    return NULL;
}

static bool read_files(struct lg_tls *tls, const struct lg_tls_files *files, char *reason)
{
    tls->certificate = read_file(files->certificate, reason);
    tls->key = tls->certificate ? read_file(files->key, reason) : NULL;
    return tls->key != NULL;
}

/* ---- a certificate of our own ---- */

enum { DAY_S = 24 * 60 * 60, YEAR_S = 365 * DAY_S, SERIAL_BYTES = 16 };

static int describe(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
    static const unsigned char loopback[] = {127, 0, 0, 1};
    static const unsigned char loopback6[16] = {[15] = 1};
    unsigned char serial[SERIAL_BYTES];
    time_t now = time(NULL);
    int code = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);
    serial[0] = (unsigned char)((serial[0] & 0x3F) | 0x40); /* positive, of full length */
    const int codes[] = {
        code,
        gnutls_x509_crt_set_version(certificate, 3),
        gnutls_x509_crt_set_serial(certificate, serial, sizeof serial),
        gnutls_x509_crt_set_activation_time(certificate, now - DAY_S),
        gnutls_x509_crt_set_expiration_time(certificate, now + YEAR_S),
        gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, LG_MACHINE,
                                      sizeof LG_MACHINE - 1),
        gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, "localhost", 9,
                                             GNUTLS_FSAN_SET),
        gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, LG_MACHINE,
                                             sizeof LG_MACHINE - 1, GNUTLS_FSAN_APPEND),
        gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, loopback,
                                             sizeof loopback, GNUTLS_FSAN_APPEND),
        gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, loopback6,
                                             sizeof loopback6, GNUTLS_FSAN_APPEND),
        gnutls_x509_crt_set_basic_constraints(certificate, 1, 0),
        gnutls_x509_crt_set_key_purpose_oid(certificate, GNUTLS_KP_TLS_WWW_SERVER, 0),
        gnutls_x509_crt_set_key(certificate, key),
        gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0)};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i] < 0)
            return codes[i];
    return 0;
}

static int write_pem(struct lg_tls *tls, gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
    gnutls_datum_t pem = {NULL, 0};
    int code = gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &pem);
    tls->certificate = code >= 0 ? strdup((const char *)pem.data) : NULL;
    gnutls_free(pem.data);
    pem.data = NULL;
    code = code >= 0 ? gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem) : code;
    tls->key = code >= 0 ? strdup((const char *)pem.data) : NULL;
    gnutls_free(pem.data);
    if (code >= 0 && (!tls->certificate || !tls->key))
        code = GNUTLS_E_MEMORY_ERROR;
    return code;
}

static bool make_own(struct lg_tls *tls, char *reason)
{
    gnutls_x509_crt_t certificate = NULL;
    gnutls_x509_privkey_t key = NULL;
    int code = gnutls_x509_crt_init(&certificate);
    code = code >= 0 ? gnutls_x509_privkey_init(&key) : code;
    if (code >= 0)
        code = gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                            GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    code = code >= 0 ? describe(certificate, key) : code;
    code = code >= 0 ? write_pem(tls, certificate, key) : code;
    gnutls_x509_privkey_deinit(key);
    gnutls_x509_crt_deinit(certificate);
    return code >= 0 ? true : fail(reason, "--self-signed", gnutls_strerror(code));
}

/* ---- what others know of it ---- */

static gnutls_datum_t datum_of(const char *text)
{
    return (gnutls_datum_t){(unsigned char *)text, (unsigned)strlen(text)};
}

/* MD5 and SHA-1 count as SHA-256 (RFC 5929, 4.1). */
static gnutls_digest_algorithm_t bindings_hash(gnutls_x509_crt_t certificate)
{
    int signature = gnutls_x509_crt_get_signature_algorithm(certificate);
    gnutls_digest_algorithm_t hash =
        signature < 0 ? GNUTLS_DIG_SHA256
                      : gnutls_sign_get_hash_algorithm((gnutls_sign_algorithm_t)signature);
    bool long_enough = hash == GNUTLS_DIG_SHA384 || hash == GNUTLS_DIG_SHA512;
    return long_enough ? hash : GNUTLS_DIG_SHA256;
}

static int hash_certificate(struct lg_tls *tls, gnutls_x509_crt_t certificate)
{
    static const char prefix[] = "tls-server-end-point:";
    gnutls_datum_t der = {NULL, 0};
    gnutls_digest_algorithm_t hash = bindings_hash(certificate);
    int code = gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_DER, &der);
    memcpy(tls->bindings, prefix, sizeof prefix - 1);
    if (code >= 0)
        code = gnutls_hash_fast(GNUTLS_DIG_SHA256, der.data, der.size, tls->sha256);
    if (code >= 0)
        code = gnutls_hash_fast(hash, der.data, der.size, tls->bindings + sizeof prefix - 1);
    tls->bindings_bytes = sizeof prefix - 1 + (size_t)gnutls_hash_get_len(hash);
    gnutls_free(der.data);
    return code;
}

/* The first certificate is the server's. */
static bool examine(struct lg_tls *tls, const char *where, char *reason)
{
    gnutls_x509_crt_t *list = NULL;
    unsigned count = 0;
    gnutls_datum_t text = datum_of(tls->certificate);
    int code = gnutls_x509_crt_list_import2(&list, &count, &text, GNUTLS_X509_FMT_PEM, 0);
    if (code >= 0)
        code = hash_certificate(tls, list[0]);
    for (unsigned i = 0; i < count; i++)
        gnutls_x509_crt_deinit(list[i]);
    gnutls_free(list);
    return code >= 0 ? true : fail(reason, where, gnutls_strerror(code));
}

/* That the key belongs to the certificate, and the list of authorities is one. */
static bool try_all(const struct lg_tls *tls, const struct lg_tls_files *files, char *reason)
{
    gnutls_certificate_credentials_t credentials;
    gnutls_datum_t certificate = datum_of(tls->certificate);
    gnutls_datum_t key = datum_of(tls->key);
    int code = gnutls_certificate_allocate_credentials(&credentials);
    if (code < 0)
        return fail(reason, "TLS", gnutls_strerror(code));
    code =
        gnutls_certificate_set_x509_key_mem(credentials, &certificate, &key, GNUTLS_X509_FMT_PEM);
    bool good =
        code >= 0 ? true : fail(reason, files->key ? files->key : "TLS", gnutls_strerror(code));
    if (good && tls->client_ca) {
        gnutls_datum_t authorities = datum_of(tls->client_ca);
        code =
            gnutls_certificate_set_x509_trust_mem(credentials, &authorities, GNUTLS_X509_FMT_PEM);
        good = code > 0 ? true : fail(reason, files->client_ca, "holds no certificate");
    }
    gnutls_certificate_free_credentials(credentials);
    return good;
}

bool lg_tls_load(struct lg_tls *tls, const struct lg_tls_files *files,
                 char reason[LG_TLS_REASON_BYTES])
{
    memset(tls, 0, sizeof *tls);
    bool good = files->certificate ? read_files(tls, files, reason) : make_own(tls, reason);
    if (good && files->client_ca) {
        tls->client_ca = read_file(files->client_ca, reason);
        good = tls->client_ca != NULL;
    }
    good = good && examine(tls, files->certificate ? files->certificate : "TLS", reason) &&
           try_all(tls, files, reason);
    if (!good)
        lg_tls_free(tls);
    return good;
}

void lg_tls_free(struct lg_tls *tls)
{
    free(tls->certificate);
    free(tls->client_ca);
    if (tls->key)
        gnutls_memset(tls->key, 0, strlen(tls->key));
    free(tls->key);
    memset(tls, 0, sizeof *tls);
}
