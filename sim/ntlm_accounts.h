/* Accounts in the form that the GSSAPI plug-in for NTLM reads. */
#ifndef LG_NTLM_ACCOUNTS_H
#define LG_NTLM_ACCOUNTS_H

#include <stdio.h>

#include "accounts.h"

enum { LG_NTLM_PATH_BYTES = 64 };

/* A file without a name, which is gone when it is closed or the process ends, and a path to it
 * that is good in this process only. Every account stands in it under the machine's name, under
 * the system's, and under "."; one whose password holds a colon does not, for the plug-in cannot
 * read it. NULL, with errno: there is no file. */
FILE *lg_ntlm_accounts_write(const struct lg_accounts *accounts, const char *machine,
                             char path[LG_NTLM_PATH_BYTES]);

#endif
