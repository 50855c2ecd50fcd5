/* Who may sign in. */
#ifndef LG_ACCOUNTS_H
#define LG_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    LG_ACCOUNTS_MAX = 64,
    LG_ACCOUNT_NAME_BYTES = 65, /* with its end */
    LG_ACCOUNT_PASSWORD_BYTES =
        256, /* with its end; the longest that Windows takes is 127 UTF-16 */
    LG_ACCOUNT_LINE_BYTES = 512,
    LG_ACCOUNT_REASON_BYTES = 4300 /* a path and what is wrong */
};

struct lg_account {
    char name[LG_ACCOUNT_NAME_BYTES];
    char password[LG_ACCOUNT_PASSWORD_BYTES]; /* filled up with zeros */
    uint8_t role;                             /* enum lg_role */
};

struct lg_accounts {
    struct lg_account items[LG_ACCOUNTS_MAX];
    unsigned count;
};

/* Reads lines of NAME:PASSWORD:ROLE; the name ends at the first colon, the role begins after the
 * last. Roles: administrator, hyperv_administrator, user. Lines that are empty or begin with # say
 * nothing. False: nothing may be used, and the reason says in one line where and what is wrong;
 * it never quotes a password. *open_to_others: other users of the machine can read the file. */
bool lg_accounts_load(struct lg_accounts *accounts, const char *path, bool *open_to_others,
                      char reason[LG_ACCOUNT_REASON_BYTES]);

/* The account of these words, or NULL. Names compare without case, and may stand behind ".\" or
 * "MACHINE\". How long it takes does not depend on how much of a password is right. */
const struct lg_account *lg_accounts_find(const struct lg_accounts *accounts, const char *machine,
                                          const char *name, const char *password);

/* The account of this name, without case, or NULL. */
const struct lg_account *lg_accounts_named(const struct lg_accounts *accounts, const char *name);

/* The account of somebody who proved who he is by other means: USER@REALM of Kerberos, which may
 * be an account's name with its realm or without it; or DOMAIN\\USER or USER of NTLM, whose domain
 * says nothing. */
const struct lg_account *lg_accounts_of_principal(const struct lg_accounts *accounts,
                                                  const char *principal, bool of_kerberos);

/* Reads the lines of a file that are not empty and do not begin with #: `take` gets each without
 * its end, may write to it, and tells what is wrong with it, or NULL. False: the reason says in one
 * line where and what is wrong. */
bool lg_account_lines_read(FILE *file, const char *path,
                           const char *(*take)(void *context, char *line), void *context,
                           char reason[LG_ACCOUNT_REASON_BYTES]);

/* Whether two words of one length are equal, in a time that tells nothing but the length. */
bool lg_bytes_equal(const char *left, const char *right, size_t length);

#endif
