/* Options of commands that take a target of http://. */
#ifndef LG_WSMAN_ARGUMENTS_H
#define LG_WSMAN_ARGUMENTS_H

#include "arguments.h"
#include "wsman_options.h"

/* take of --auth; into: an enum lg_auth_kind. */
bool lg_take_auth(void *into, const char *value);

/* Rows of a table of struct lg_option, for a struct lg_wsman_options: who signs in; and what a run
 * may do. */
#define LG_LOGIN_ARGUMENTS(wsman)                                                                  \
    {"--user", .text = &(wsman)->user, .also = &(wsman)->given},                                   \
        {"--password-file", .text = &(wsman)->password_file, .also = &(wsman)->given},             \
        {"--auth", .take = lg_take_auth, .into = &(wsman)->auth, .also = &(wsman)->given},         \
        {"--ca-file", .text = &(wsman)->ca_file, .also = &(wsman)->given},                         \
        {"--pin", .text = &(wsman)->pin, .also = &(wsman)->given},                                 \
        {"--cert", .text = &(wsman)->certificate, .also = &(wsman)->given},                        \
        {"--key", .text = &(wsman)->key, .also = &(wsman)->given},                                 \
    {                                                                                              \
        "--proxy", .text = &(wsman)->proxy, .also = &(wsman)->given                                \
    }
#define LG_RUN_ARGUMENTS(wsman)                                                                    \
    {"--accounts", .text = &(wsman)->accounts, .also = &(wsman)->given},                           \
        {"--control", .text = &(wsman)->control, .also = &(wsman)->given},                         \
        {"--env-file", .text = &(wsman)->env_file, .also = &(wsman)->given},                       \
        {"--material", .text = &(wsman)->material, .also = &(wsman)->given},                       \
        {"--vm", .list = {(wsman)->vms, &(wsman)->vm_count, LG_GIVEN_VMS_MAX},                     \
         .also = &(wsman)->given},                                                                 \
        {"--i-own-this-vm", .list = {(wsman)->owned, &(wsman)->owned_count, LG_GIVEN_VMS_MAX},     \
         .also = &(wsman)->given},                                                                 \
        {"--dry-run", .flag = &(wsman)->dry_run, .also = &(wsman)->given},                         \
    {                                                                                              \
        "--with-protectors", .flag = &(wsman)->with_protectors                                     \
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
