/* Everything that decides who may sign in, and how: accounts, certificates, keys, mechanisms. */
#ifndef LG_SECURITY_H
#define LG_SECURITY_H

#include <stdio.h>

#include "ntlm_accounts.h"
#include "options.h"
#include "guest.h"
#include "tls.h"

struct lg_security {
    struct lg_accounts accounts;
    struct lg_certificates certificates;
    struct lg_subjects subjects;
    struct lg_tls tls; /* of --listen-tls */
    struct lg_gss_acceptor *acceptor;
    FILE *ntlm_accounts;
    char ntlm_path[LG_NTLM_PATH_BYTES];
    struct lg_sign_in sign_in; /* of the above */
};

/* -1, or an exit code after what is wrong was said. To be freed at any rate; must not be moved. */
int lg_security_load(struct lg_security *security, const struct lg_sim_options *options);
void lg_security_free(struct lg_security *security);

#endif
