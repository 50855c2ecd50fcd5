/* TLS by OpenSSL under libcurl. */
#include "wsman_tls.h"

#include <ctype.h>
#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at ? (int)(at - digits) : -1;
}

bool lg_pin_read(const char *text, uint8_t pin[LG_PIN_BYTES])
{
    unsigned count = 0;
    memset(pin, 0, LG_PIN_BYTES);
    for (; *text; text++) {
        if (*text == ':' || *text == ' ')
            continue;
        int value = digit(*text);
        if (value < 0 || count == 2 * LG_PIN_BYTES)
            return false;
        pin[count / 2] = (uint8_t)(pin[count / 2] << 4 | value);
        count++;
    }
    return count == 2 * LG_PIN_BYTES;
}

/* ---- the host's certificate ---- */

/* The hash that its signature uses, or SHA-256 where that is too weak or there is none. */
static const EVP_MD *binding_hash(X509 *certificate)
{
    int hash = NID_undef;
    if (!X509_get_signature_info(certificate, &hash, NULL, NULL, NULL) || hash == NID_undef ||
        hash == NID_md5 || hash == NID_sha1)
        return EVP_sha256();
    const EVP_MD *found = EVP_get_digestbynid(hash);
    return found ? found : EVP_sha256();
}

static bool note_binding(struct lg_client_tls *tls, X509 *certificate)
{
    static const char type[] = "tls-server-end-point:";
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (!X509_digest(certificate, binding_hash(certificate), hash, &length) ||
        sizeof type - 1 + length > sizeof tls->binding)
        return false;
    memcpy(tls->binding, type, sizeof type - 1);
    memcpy(tls->binding + sizeof type - 1, hash, length);
    tls->binding_length = sizeof type - 1 + length;
    return true;
}

static bool note(struct lg_client_tls *tls, X509 *certificate)
{
    unsigned length = LG_PIN_BYTES;
    return certificate && X509_digest(certificate, EVP_sha256(), tls->shown, &length) &&
           note_binding(tls, certificate);
}

/* A pin stands for the chain and the name, not for the dates. */
static int problem_of_pinned(const struct lg_client_tls *tls, X509 *certificate)
{
    if (memcmp(tls->shown, tls->pin, LG_PIN_BYTES) != 0)
        return X509_V_ERR_CERT_UNTRUSTED;
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0)
        return X509_V_ERR_CERT_HAS_EXPIRED;
    if (X509_cmp_current_time(X509_get0_notBefore(certificate)) >= 0)
        return X509_V_ERR_CERT_NOT_YET_VALID;
    return X509_V_OK;
}

static int verify(X509_STORE_CTX *store, void *context)
{
    struct lg_client_tls *tls = context;
    X509 *certificate = X509_STORE_CTX_get0_cert(store);
    tls->problem = X509_V_ERR_UNSPECIFIED;
    if (note(tls, certificate)) {
        if (tls->pinned)
            X509_STORE_CTX_set_error(store, problem_of_pinned(tls, certificate));
        else if (X509_verify_cert(store) <= 0 && X509_STORE_CTX_get_error(store) == X509_V_OK)
            X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED);
        tls->problem = X509_STORE_CTX_get_error(store);
    }
    return tls->problem == X509_V_OK;
}

static CURLcode set_context(CURL *curl, void *context, void *tls)
{
    (void)curl;
    SSL_CTX_set_cert_verify_callback(context, verify, tls);
    return CURLE_OK;
}

bool lg_client_tls_use(struct lg_client_tls *tls, void *curl)
{
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L); /* each connection shows its own */
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, tls->pinned ? 0L : 2L);
    curl_easy_setopt(curl, CURLOPT_CAINFO, tls->ca_file ? tls->ca_file : NULL);
    if (tls->ca_file)
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(curl, CURLOPT_SSLCERT, tls->certificate);
    curl_easy_setopt(curl, CURLOPT_SSLKEY, tls->key);
    return curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, set_context) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, tls) == CURLE_OK;
}

static void write_pin(const uint8_t pin[LG_PIN_BYTES], char text[2 * LG_PIN_BYTES + 1])
{
    for (unsigned i = 0; i < LG_PIN_BYTES; i++)
        snprintf(text + 2 * (size_t)i, 3, "%02x", pin[i]);
}

void lg_client_tls_explain(const struct lg_client_tls *tls, struct lg_json_error *reason)
{
    char shown[2 * LG_PIN_BYTES + 1];
    write_pin(tls->shown, shown);
    if (tls->problem == X509_V_ERR_CERT_HAS_EXPIRED)
        lg_json_fail(reason, "the host's certificate has expired: renew it there, and look at the "
                             "clocks of both");
    else if (tls->problem == X509_V_ERR_CERT_NOT_YET_VALID)
        lg_json_fail(reason, "the host's certificate is not valid yet: look at the clocks of both");
    else if (tls->pinned)
        lg_json_fail(reason, "the host's certificate is not that of --pin, but %s", shown);
    else if (tls->problem != X509_V_OK)
        lg_json_fail(reason,
                     "certificate not trusted (%.40s): --ca-file, or if it is the host's --pin %s",
                     X509_verify_cert_error_string(tls->problem), shown);
    else
        lg_json_fail(
            reason,
            "the certificate is for another name: use that, or if it is the host's --pin %s",
            shown);
}
