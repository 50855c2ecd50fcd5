/* Whose the certificates of clients are, by who signed them and whom they name (MS-WSMV 2.2.4.3 and
 * 3.1.4.1.35). */
#ifndef LG_TLS_SUBJECTS_H
#define LG_TLS_SUBJECTS_H

#include "accounts.h"
#include "tls.h"

enum { LG_SUBJECTS_MAX = 64 };

struct lg_subject {
    unsigned char issuer[LG_TLS_HASH_BYTES];
    size_t issuer_bytes;                /* 20: SHA-1; 32: SHA-256 */
    char pattern[LG_TLS_SUBJECT_BYTES]; /* with one asterisk at most, first or last */
    const struct lg_account *account;
};

struct lg_subjects {
    struct lg_subject items[LG_SUBJECTS_MAX];
    unsigned count;
    const struct lg_accounts *accounts;
};

/* Reads lines of ISSUER SUBJECT:NAME: the hash of the certificate of who signed, 40 hexadecimal
 * digits of SHA-1 or 64 of SHA-256, which colons may part; whom the certificate must name, an
 * asterisk at the beginning or the end standing for anything; and an account, after the last colon.
 * Lines that are empty or begin with # say nothing. False: the reason says in one line where and
 * what is wrong. The accounts must outlive it. */
bool lg_subjects_load(struct lg_subjects *subjects, const char *path,
                      const struct lg_accounts *accounts, char reason[LG_ACCOUNT_REASON_BYTES]);

/* By the longest pattern that fits. NULL: none does, or several of that length. */
const struct lg_account *lg_subjects_find(const struct lg_subjects *subjects,
                                          const struct lg_tls_peer *peer);

#endif
