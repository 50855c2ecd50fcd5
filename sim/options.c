/* The command line of lastgood-sim. */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/suggest.h"
#include "sim/wsman/wsman.h"

enum { TIMEOUT_S_DEFAULT = 120, ENVELOPE_KB_MIN = 32, ENVELOPE_KB_MAX = 8192 };

static const char usage[] =
    "usage: %s --stdio [options]\n"
    "       %s --listen ADDRESS:PORT --accounts FILE [options]\n"
    "       %s --listen-tls ADDRESS:PORT --accounts FILE --self-signed [options]\n"
    "       %s ctl COMMAND  (see ctl --help)\n"
    "\n"
    "A simulator of the Hyper-V security service. It answers JSON requests, one a line, from "
    "standard input,\nor WS-Management over HTTP.\n"
    "\n"
    "  --stdio               serve standard input and output\n"
    "  --listen ADDRESS:PORT serve WS-Management at http://ADDRESS:PORT/wsman; port 0 picks one\n"
    "  --listen-tls ADDRESS:PORT  the same at https://ADDRESS:PORT/wsman\n"
    "  --accounts FILE       who may sign in: lines of NAME:PASSWORD:ROLE\n"
    "  --allow-unencrypted   take Basic authentication, and messages in clear, over HTTP\n"
    "  --auth LIST           of basic, negotiate and kerberos, with commas; default what there is\n"
    "  --keytab FILE         the keys of HTTP/HOST, for Kerberos\n"
    "  --cert FILE, --key FILE  the certificate of --listen-tls, and its key, as PEM\n"
    "  --self-signed         make both up\n"
    "  --client-ca FILE      ask clients for certificates of these authorities\n"
    "  --map-certificates FILE  whose they are: lines of SHA256 NAME\n"
    "  --map-subjects FILE   the same by who signed and whom they name: lines of ISSUER "
    "SUBJECT:NAME\n"
    "  --max-envelope-kb N   the largest message, 32 to 8192; default 500\n"
    "  --uint8-arrays FORM   base64 or elements: how byte arrays are answered; default base64\n"
    "  --timeout SECONDS     for a request to come in and a reply to be read; default 120\n"
    "  --control WHERE       serve control requests at a loopback ADDRESS:PORT or a Unix socket's "
    "path\n"
    "  --control-token-file FILE  take the token for that from a file; else one is made up\n"
    "  --env-file FILE       write LASTGOOD_URL and the like when it is ready, remove it at the "
    "end\n"
    "  --clock MODE          auto, virtual or real, of --listen and --control; default auto\n"
    "  --profile NAME        which readings of the documentation it has; default documented\n"
    "  --seed N              draw every choice that the profile leaves open; without it the plain "
    "reading\n"
    "  --jobs-mode MODE      sync, async or random: whether work is done at once or by jobs\n"
    "  --host FILE           begin with the host that the file describes\n"
    "  --trace FILE          write a recording of what is served\n"
    "  --version, --help\n";

static const char examples[] =
    "\n"
    "examples:\n"
    "  echo '{\"id\":1,\"op\":\"hello\"}' | %s --stdio\n"
    "  lastgood run \"stdio:%s --stdio --jobs-mode async\"\n"
    "  %s --listen 127.0.0.1:0 --accounts accounts.txt --allow-unencrypted --env-file sim.env\n"
    "\n"
    "exit codes: 0 served, 3 a file, a socket or the output failed, 64 usage\n";

static int print_help(const struct lg_sim_options *options)
{
    const char *program = options->program;
    printf(usage, program, program, program, program);
    for (unsigned i = 0; i < options->extra_count; i++)
        printf("  --%-20s%s\n", options->extras[i].name, options->extras[i].help);
    printf(examples, program, program, program);
    return LG_EXIT_OK;
}

int lg_options_fail(const char *program, const char *what, const char *word,
                    const char *const *candidates, size_t count)
{
    const char *near = lg_suggest(word, candidates, count);
    fprintf(stderr, "%s: %s: %s%s%s%s; see %s --help\n", program, what, word,
            near ? "; did you mean " : "", near ? near : "", near ? "?" : "", program);
    return LG_EXIT_USAGE;
}

static int fail(const struct lg_sim_options *options, const char *what, const char *word)
{
    return lg_options_fail(options->program, what, word, NULL, 0);
}

/* ---- values ---- */

static int find_word(const char *const *words, unsigned count, const char *value)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(words[i], value) == 0)
            return (int)i;
    return -1;
}

static int take_profile(struct lg_sim_options *options, const char *value)
{
    const char *names[LG_PROFILE_COUNT];
    int found = lg_profile_find(value);
    for (int i = 0; i < LG_PROFILE_COUNT; i++)
        names[i] = lg_profiles[i].name;
    if (found < 0)
        return lg_options_fail(options->program, "no such profile", value, names, LG_PROFILE_COUNT);
    options->simulator.profile = (enum lg_profile_id)found;
    return -1;
}

static int take_seed(struct lg_sim_options *options, const char *value)
{
    bool digits = *value && strspn(value, "0123456789") == strlen(value);
    errno = 0;
    options->simulator.seed = strtoull(value, NULL, 10);
    options->simulator.seeded = true;
    if (errno || !digits)
        return fail(options, "--seed must be from 0 to 18446744073709551615", value);
    return -1;
}

static int take_jobs_mode(struct lg_sim_options *options, const char *value)
{
    static const char *const modes[] = {"sync", "async", "random"};
    int found = find_word(modes, 3, value);
    if (found < 0)
        return lg_options_fail(options->program, "--jobs-mode must be sync, async or random", value,
                               modes, 3);
    options->simulator.jobs = (enum lg_jobs_mode)(LG_JOBS_SYNC + found);
    return -1;
}

static int take_clock(struct lg_sim_options *options, const char *value)
{
    int found = find_word(lg_clock_words, LG_CLOCK_MODE_COUNT, value);
    if (found < 0)
        return lg_options_fail(options->program, "--clock must be auto, virtual or real", value,
                               lg_clock_words, LG_CLOCK_MODE_COUNT);
    options->clock.mode = (enum lg_clock_mode)found;
    options->clock_given = true;
    return -1;
}

static int take_uint8_arrays(struct lg_sim_options *options, const char *value)
{
    static const char *const forms[] = {"base64", "elements"};
    int found = find_word(forms, 2, value);
    if (found < 0)
        return lg_options_fail(options->program, "--uint8-arrays must be base64 or elements", value,
                               forms, 2);
    options->repeated_bytes = found == 1;
    return -1;
}

static bool read_number(const char *value, unsigned least, unsigned most, unsigned *number)
{
    size_t digits = strspn(value, "0123456789");
    if (digits == 0 || digits > 6 || value[digits])
        return false;
    *number = (unsigned)strtoul(value, NULL, 10);
    return *number >= least && *number <= most;
}

static int take_max_envelope(struct lg_sim_options *options, const char *value)
{
    if (read_number(value, ENVELOPE_KB_MIN, ENVELOPE_KB_MAX, &options->max_envelope_kb))
        return -1;
    return fail(options, "--max-envelope-kb must be from 32 to 8192", value);
}

static int take_timeout(struct lg_sim_options *options, const char *value)
{
    if (read_number(value, 1, 3600, &options->timeout_s))
        return -1;
    return fail(options, "--timeout must be from 1 to 3600", value);
}

#define TAKE_TEXT(name)                                                                            \
    static int take_##name(struct lg_sim_options *options, const char *value)                      \
    {                                                                                              \
        options->name = value;                                                                     \
        return -1;                                                                                 \
    }
TAKE_TEXT(host)
TAKE_TEXT(trace)
TAKE_TEXT(listen)
TAKE_TEXT(accounts)
TAKE_TEXT(env_file)
TAKE_TEXT(control)
TAKE_TEXT(control_token_file)
TAKE_TEXT(listen_tls)
TAKE_TEXT(keytab)
TAKE_TEXT(cert)
TAKE_TEXT(key)
TAKE_TEXT(client_ca)
TAKE_TEXT(map_certificates)
TAKE_TEXT(map_subjects)

static int take_stdio(struct lg_sim_options *options, const char *value)
{
    (void)value;
    options->stdio = true;
    return -1;
}

static int take_allow_unencrypted(struct lg_sim_options *options, const char *value)
{
    (void)value;
    options->allow_unencrypted = true;
    return -1;
}

static int take_self_signed(struct lg_sim_options *options, const char *value)
{
    (void)value;
    options->self_signed = true;
    return -1;
}

static int take_auth(struct lg_sim_options *options, const char *value)
{
    static const char *const ways[] = {"basic", "negotiate", "kerberos"};
    char word[16];
    const char *rest = value;
    do {
        size_t length = strcspn(rest, ",");
        snprintf(word, sizeof word, "%.*s", length < sizeof word ? (int)length : 0, rest);
        int found = find_word(ways, 3, word);
        if (found < 0)
            return fail(options, "--auth must be some of basic, negotiate and kerberos", value);
        options->auth |= 1u << found;
        rest += length;
    } while (*rest++ == ',');
    return -1;
}

static int take_help(struct lg_sim_options *options, const char *value)
{
    (void)value;
    return print_help(options);
}

static int take_version(struct lg_sim_options *options, const char *value)
{
    (void)value;
    printf("%s %s\n", options->program, LASTGOOD_VERSION);
    return LG_EXIT_OK;
}

/* ---- the command line ---- */

struct option {
    const char *name;
    bool has_value;
    int (*take)(struct lg_sim_options *options, const char *value);
};
static const struct option known[] = {{"--stdio", false, take_stdio},
                                      {"--profile", true, take_profile},
                                      {"--seed", true, take_seed},
                                      {"--jobs-mode", true, take_jobs_mode},
                                      {"--host", true, take_host},
                                      {"--trace", true, take_trace},
                                      {"--listen", true, take_listen},
                                      {"--listen-tls", true, take_listen_tls},
                                      {"--accounts", true, take_accounts},
                                      {"--auth", true, take_auth},
                                      {"--keytab", true, take_keytab},
                                      {"--cert", true, take_cert},
                                      {"--key", true, take_key},
                                      {"--self-signed", false, take_self_signed},
                                      {"--client-ca", true, take_client_ca},
                                      {"--map-certificates", true, take_map_certificates},
                                      {"--map-subjects", true, take_map_subjects},
                                      {"--allow-unencrypted", false, take_allow_unencrypted},
                                      {"--max-envelope-kb", true, take_max_envelope},
                                      {"--uint8-arrays", true, take_uint8_arrays},
                                      {"--timeout", true, take_timeout},
                                      {"--control", true, take_control},
                                      {"--control-token-file", true, take_control_token_file},
                                      {"--env-file", true, take_env_file},
                                      {"--clock", true, take_clock},
                                      {"--version", false, take_version},
                                      {"--help", false, take_help}};
enum { KNOWN_COUNT = sizeof known / sizeof known[0] };

/* What stands before a value is what was meant to be an option. */
static int fail_unknown(const struct lg_sim_options *options, const char *argument)
{
    const char *words[KNOWN_COUNT];
    char name[64];
    for (unsigned i = 0; i < KNOWN_COUNT; i++)
        words[i] = known[i].name;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(argument, "="), argument);
    return lg_options_fail(options->program, "unknown option", name, words, KNOWN_COUNT);
}

/* The value after "--name=" or in the next argument; NULL if there is none. */
static const char *value_of(int argc, char **argv, int *at)
{
    const char *equals = strchr(argv[*at], '=');
    if (equals)
        return equals + 1;
    return *at + 1 < argc ? argv[++*at] : NULL;
}

static bool is_named(const char *argument, const char *name)
{
    size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 &&
           (argument[length] == '\0' || argument[length] == '=');
}

static int take_extra(struct lg_sim_options *options, int argc, char **argv, int *at)
{
    for (unsigned i = 0; i < options->extra_count; i++) {
        const struct lg_extra_option *extra = &options->extras[i];
        if (strncmp(argv[*at], "--", 2) != 0 || !is_named(argv[*at] + 2, extra->name))
            continue;
        const char *value = extra->has_value ? value_of(argc, argv, at) : NULL;
        if (extra->has_value && !value)
            return fail(options, "a value is missing after", argv[*at]);
        return extra->take(value);
    }
    return fail_unknown(options, argv[*at]);
}

static int take(struct lg_sim_options *options, int argc, char **argv, int *at)
{
    for (unsigned i = 0; i < KNOWN_COUNT; i++) {
        const struct option *option = &known[i];
        if (!option->has_value && strcmp(argv[*at], option->name) == 0)
            return option->take(options, NULL);
        if (!option->has_value || !is_named(argv[*at], option->name))
            continue;
        const char *value = value_of(argc, argv, at);
        return value ? option->take(options, value)
                     : fail(options, "a value is missing after", option->name);
    }
    return take_extra(options, argc, argv, at);
}

/* ---- options that go together, or do not ---- */

static int check(const struct lg_sim_options *options)
{
    bool listens = options->listen || options->listen_tls;
    bool has_tls_options = options->cert || options->key || options->self_signed ||
                           options->client_ca || options->map_certificates || options->map_subjects;
    const struct {
        bool broken;
        const char *what;
        const char *word;
    } rules[] = {
        {!options->stdio && !listens, "nothing to serve", "--stdio or --listen is missing"},
        {options->host && options->trace, "a recording cannot tell the host it begins with",
         "--trace beside --host"},
        {options->stdio && (listens || options->control || options->env_file),
         "standard input is served alone", "--listen, --control or --env-file beside --stdio"},
        {options->stdio && options->clock_given, "standard input moves the clock by Time.Pass only",
         "--clock beside --stdio"},
        {listens && !options->accounts, "nobody could sign in", "--accounts is missing"},
        {!options->cert != !options->key, "a certificate goes with its key",
         "--cert or --key is missing"},
        {options->listen_tls && !options->cert == !options->self_signed, "TLS needs a certificate",
         "give either --cert and --key, or --self-signed"},
        {has_tls_options && !options->listen_tls, "certificates are for TLS",
         "--listen-tls is missing"},
        {options->map_certificates && !options->client_ca, "no certificate would be asked for",
         "--client-ca is missing beside --map-certificates"},
        {options->map_subjects && !options->client_ca, "no certificate would be asked for",
         "--client-ca is missing beside --map-subjects"},
        {options->keytab && options->auth && !(options->auth & LG_AUTH_KERBEROS),
         "a keytab is for Kerberos", "--auth leaves kerberos out beside --keytab"},
        {options->control && !options->env_file && !options->control_token_file,
         "nobody would know the control token",
         "--env-file or --control-token-file is missing beside --control"},
    };
    for (unsigned i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].broken)
            return fail(options, rules[i].what, rules[i].word);
    return -1;
}

int lg_options_read(struct lg_sim_options *options, int argc, char **argv)
{
    int code = -1;
    options->max_envelope_kb = LG_WSMAN_ENVELOPE_KB_DEFAULT;
    options->timeout_s = TIMEOUT_S_DEFAULT;
    for (int at = 1; at < argc && code < 0; at++)
        code = take(options, argc, argv, &at);
    return code < 0 ? check(options) : code;
}
