/* Whose the certificates of clients are. */
#ifndef LG_CERTIFICATES_H
#define LG_CERTIFICATES_H

#include <stdbool.h>

#include "accounts.h"

enum { LG_SHA256_BYTES = 32, LG_CERTIFICATES_MAX = 256 };

struct lg_certificate {
    unsigned char sha256[LG_SHA256_BYTES]; /* of the certificate as DER */
    const struct lg_account *account;
};

struct lg_certificates {
    struct lg_certificate items[LG_CERTIFICATES_MAX];
    unsigned count;
};

/* Reads lines of SHA256 NAME: 64 hexadecimal digits, which colons may part, and the name of an
 * account. Lines that are empty or begin with # say nothing. False: the reason says in one line
 * where and what is wrong. The accounts must outlive it. */
bool lg_certificates_load(struct lg_certificates *certificates, const char *path,
                          const struct lg_accounts *accounts, char reason[LG_ACCOUNT_REASON_BYTES]);

/* NULL: it is nobody's. */
const struct lg_account *lg_certificates_find(const struct lg_certificates *certificates,
                                              const unsigned char sha256[LG_SHA256_BYTES]);

#endif
