/* Files and mechanisms of signing in. */
#include "security.h"

#include <errno.h>
#include <string.h>

#include "service.h"

static int fail(const struct lg_sim_options *options, int code, const char *where, const char *what)
{
    fprintf(stderr, "%s: %s%s%s\n", options->program, where, *where ? ": " : "", what);
    return code;
}

static int load_accounts(struct lg_security *security, const struct lg_sim_options *options)
{
    char reason[LG_ACCOUNT_REASON_BYTES];
    bool open_to_others = false;
    if (!lg_accounts_load(&security->accounts, options->accounts, &open_to_others, reason))
        return fail(options, LG_EXIT_USAGE, "", reason);
    if (open_to_others)
        fprintf(stderr, "%s: warning: %s: others can read these passwords; chmod 600 it\n",
                options->program, options->accounts);
    return -1;
}

static int load_tls(struct lg_security *security, const struct lg_sim_options *options)
{
    char reason[LG_ACCOUNT_REASON_BYTES];
    const struct lg_tls_files files = {options->cert, options->key, options->client_ca};
    _Static_assert((int)LG_TLS_REASON_BYTES <= (int)LG_ACCOUNT_REASON_BYTES, "one room for both");
    if (!options->listen_tls)
        return -1;
    if (!lg_tls_load(&security->tls, &files, reason))
        return fail(options, LG_EXIT_USAGE, "", reason);
    if (options->map_certificates &&
        !lg_certificates_load(&security->certificates, options->map_certificates,
                              &security->accounts, reason))
        return fail(options, LG_EXIT_USAGE, "", reason);
    if (options->map_subjects &&
        !lg_subjects_load(&security->subjects, options->map_subjects, &security->accounts, reason))
        return fail(options, LG_EXIT_USAGE, "", reason);
    return -1;
}

/* ---- Negotiate and Kerberos ---- */

static bool accept_by(struct lg_security *security, const struct lg_sim_options *options, bool ntlm,
                      bool kerberos, char *reason)
{
    const struct lg_gss_service service = {.ntlm = ntlm,
                                           .kerberos = kerberos,
                                           .keytab = options->keytab,
                                           .ntlm_accounts = ntlm ? security->ntlm_path : NULL,
                                           .machine = LG_MACHINE};
    security->acceptor = lg_gss_acceptor_new(&service, reason);
    return security->acceptor != NULL;
}

/* Without --auth there is what is to be had: Kerberos where a keytab is named, NTLM where its
 * plug-in is installed. */
static int load_mechanisms(struct lg_security *security, const struct lg_sim_options *options)
{
    char reason[LG_GSS_REASON_BYTES];
    bool given = options->auth != 0;
    bool negotiate = !given || (options->auth & LG_AUTH_NEGOTIATE);
    bool kerberos = given ? (options->auth & LG_AUTH_KERBEROS) != 0 : options->keytab != NULL;
    security->sign_in.basic = !given || (options->auth & LG_AUTH_BASIC);
    if (negotiate) {
        security->ntlm_accounts =
            lg_ntlm_accounts_write(&security->accounts, LG_MACHINE, security->ntlm_path);
        if (!security->ntlm_accounts)
            return fail(options, LG_EXIT_HARNESS, "accounts for NTLM", strerror(errno));
    }
    bool there =
        (negotiate || kerberos) && accept_by(security, options, negotiate, kerberos, reason);
    if (!there && !given && kerberos)
        there = accept_by(security, options, false, true, reason);
    if (!there && (given || kerberos) && (negotiate || kerberos))
        return fail(options, LG_EXIT_HARNESS, given ? "--auth" : "--keytab", reason);
    security->sign_in.negotiate = there && negotiate;
    security->sign_in.kerberos = there && kerberos;
    security->sign_in.acceptor = security->acceptor;
    return -1;
}

int lg_security_load(struct lg_security *security, const struct lg_sim_options *options)
{
    int code = load_accounts(security, options);
    code = code < 0 ? load_tls(security, options) : code;
    code = code < 0 ? load_mechanisms(security, options) : code;
    security->sign_in.accounts = &security->accounts;
    security->sign_in.certificates = &security->certificates;
    security->sign_in.subjects = &security->subjects;
    security->sign_in.bindings =
        (struct lg_gss_bindings){security->tls.bindings, security->tls.bindings_bytes};
    return code;
}

void lg_security_free(struct lg_security *security)
{
    lg_gss_acceptor_free(security->acceptor);
    if (security->ntlm_accounts)
        fclose(security->ntlm_accounts);
    lg_tls_free(&security->tls);
}
