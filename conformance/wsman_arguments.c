/* Options of commands that take a target of http://. */
#include "wsman_arguments.h"

#include <stdio.h>
#include <string.h>

bool lg_take_auth(void *into, const char *value)
{
    enum lg_auth_kind *auth = into;
    for (int i = 0; i < LG_AUTH_COUNT; i++)
        if (strcmp(lg_auth_words[i], value) == 0) {
            *auth = (enum lg_auth_kind)i;
            return true;
        }
    fprintf(stderr,
            "lastgood: --auth must be basic, negotiate, ntlm, kerberos or certificate: %s\n",
            value);
    return false;
}
