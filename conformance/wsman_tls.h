/* TLS as a client of WS-Management needs it: whom it trusts, and what a sign-in is bound to. */
#ifndef LG_WSMAN_TLS_H
#define LG_WSMAN_TLS_H

#include "model/trace_json.h"

enum { LG_PIN_BYTES = 32, LG_BINDING_BYTES = 96 };

/* Strings are the caller's, kept as long as this. Zero trusts whom the system trusts. */
struct lg_client_tls {
    const char *ca_file;       /* PEM; NULL: the system's */
    const char *certificate;   /* PEM, the client's own; NULL: none */
    const char *key;           /* PEM; NULL: it is in the same file */
    bool pinned;               /* this very certificate is trusted, whoever signed it */
    uint8_t pin[LG_PIN_BYTES]; /* SHA-256 of it */

    /* Of the certificate that the host showed last; empty before. */
    uint8_t shown[LG_PIN_BYTES];
    uint8_t binding[LG_BINDING_BYTES]; /* "tls-server-end-point:" and a hash (RFC 5929) */
    size_t binding_length;
    int problem; /* why it was refused, as the TLS library counts; 0: it was not */
};

/* 64 hexadecimal digits; colons and blanks between them say nothing. */
bool lg_pin_read(const char *text, uint8_t pin[LG_PIN_BYTES]);

/* Prepares a libcurl handle. `tls` must outlive it. */
bool lg_client_tls_use(struct lg_client_tls *tls, void *curl);

/* Why the certificate of the host was refused, and what to do. */
void lg_client_tls_explain(const struct lg_client_tls *tls, struct lg_json_error *reason);

#endif
