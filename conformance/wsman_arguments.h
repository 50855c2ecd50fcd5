/* Options of commands that take a target of http://. The command's own options are a struct whose
 * first member is a struct lg_wsman_options. */
#ifndef LG_WSMAN_ARGUMENTS_H
#define LG_WSMAN_ARGUMENTS_H

#include "arguments.h"
#include "wsman_options.h"

bool lg_take_user(void *options, const char *value);
bool lg_take_password_file(void *options, const char *value);
bool lg_take_auth(void *options, const char *value);
bool lg_take_ca_file(void *options, const char *value);
bool lg_take_pin(void *options, const char *value);
bool lg_take_cert(void *options, const char *value);
bool lg_take_key(void *options, const char *value);
bool lg_take_proxy(void *options, const char *value);
bool lg_take_accounts(void *options, const char *value);
bool lg_take_control(void *options, const char *value);
bool lg_take_env_file(void *options, const char *value);
bool lg_take_material(void *options, const char *value);
bool lg_take_vm(void *options, const char *value);
bool lg_take_owned(void *options, const char *value);
bool lg_take_with_protectors(void *options, const char *value);
bool lg_take_dry_run(void *options, const char *value);

/* Rows of a table of struct lg_option: who signs in; and what a run may do. */
#define LG_LOGIN_ARGUMENTS                                                                         \
    {"--user", true, lg_take_user}, {"--password-file", true, lg_take_password_file},              \
        {"--auth", true, lg_take_auth}, {"--ca-file", true, lg_take_ca_file},                      \
        {"--pin", true, lg_take_pin}, {"--cert", true, lg_take_cert},                              \
        {"--key", true, lg_take_key},                                                              \
    {                                                                                              \
        "--proxy", true, lg_take_proxy                                                             \
    }
#define LG_RUN_ARGUMENTS                                                                           \
    {"--accounts", true, lg_take_accounts}, {"--control", true, lg_take_control},                  \
        {"--env-file", true, lg_take_env_file}, {"--material", true, lg_take_material},            \
        {"--vm", true, lg_take_vm}, {"--i-own-this-vm", true, lg_take_owned},                      \
    {                                                                                              \
        "--dry-run", false, lg_take_dry_run                                                        \
    }

#define LG_LOGIN_HELP                                                                              \
    "  --user NAME          who signs in; the password comes from LASTGOOD_PASSWORD, else\n"       \
    "  --password-file FILE its first line, else a prompt; never from the command line\n"          \
    "  --auth KIND          basic (the default), negotiate, ntlm, kerberos or certificate; over\n" \
    "                       http:// negotiate, ntlm and kerberos seal messages, basic does not\n"  \
    "  --ca-file FILE       whom to trust with https://, instead of the system's\n"                \
    "  --pin SHA256         trust the certificate with this fingerprint, whoever signed it\n"      \
    "  --cert FILE, --key FILE   the certificate of --auth certificate, PEM\n"                     \
    "  --proxy URL          instead of http_proxy, https_proxy and no_proxy of the environment\n"
#define LG_RUN_HELP                                                                                \
    "  --dry-run            say what would be run, skipped and touched; change nothing\n"          \
    "  --vm NAME            use this VM (GUID or name) instead of making some; repeatable. It "    \
    "must be\n"                                                                                    \
    "                       marked lastgood:disposable in its Notes, or else\n"                    \
    "  --i-own-this-vm NAME the same name again; repeatable\n"                                     \
    "  --material DIR       protectors of the host: files P1 P2 P3 S1 S2 that open there, X Y "    \
    "that do not\n"                                                                                \
    "  --with-protectors    let bytes of a real host's protectors into reports and recordings\n"   \
    "  --control URL        the control channel of a simulator; its token in "                     \
    "LASTGOOD_CONTROL_TOKEN\n"                                                                     \
    "  --env-file FILE      where a simulator wrote LASTGOOD_CONTROL_URL and its token\n"          \
    "  --accounts FILE      lines name:password:role, for vectors about rights\n"

#endif
