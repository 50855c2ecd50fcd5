/* The command line of lastgood-sim. */
#include "options.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host_file.h"
#include "lines.h"
#include "model/suggest.h"

struct arguments {
    const char *program;
    struct lg_simulator_options simulator;
    const char *host;
    const char *trace;
    bool stdio;
    const struct lg_extra_option *extras;
    unsigned extra_count;
};

static const char usage[] =
    "usage: %s --stdio [options]\n"
    "\n"
    "A simulator of the Hyper-V security service. It answers JSON requests, one a line, from "
    "standard input.\n"
    "\n"
    "  --stdio               serve standard input and output\n"
    "  --profile NAME        which readings of the documentation it has; default documented\n"
    "  --seed N              draw every choice that the profile leaves open; without it the plain "
    "reading\n"
    "  --jobs-mode MODE      sync, async or random: whether work is done at once or by jobs\n"
    "  --host FILE           begin with the host that the file describes\n"
    "  --trace FILE          write a recording of what is served\n"
    "  --version, --help\n";

static const char examples[] = "\n"
                               "examples:\n"
                               "  echo '{\"id\":1,\"op\":\"hello\"}' | %s --stdio\n"
                               "  lastgood run \"stdio:%s --stdio --jobs-mode async\"\n"
                               "\n"
                               "exit codes: 0 served, 3 a file or the output failed, 64 usage\n";

static int print_help(const struct arguments *arguments)
{
    printf(usage, arguments->program);
    for (unsigned i = 0; i < arguments->extra_count; i++)
        printf("  --%-20s%s\n", arguments->extras[i].name, arguments->extras[i].help);
    printf(examples, arguments->program, arguments->program);
    return LG_EXIT_OK;
}

static int fail_usage(const struct arguments *arguments, const char *what, const char *word,
                      const char *const *candidates, size_t count)
{
    const char *near = lg_suggest(word, candidates, count);
    fprintf(stderr, "%s: %s: %s%s%s%s; see %s --help\n", arguments->program, what, word,
            near ? "; did you mean " : "", near ? near : "", near ? "?" : "", arguments->program);
    return LG_EXIT_USAGE;
}

static int take_profile(struct arguments *arguments, const char *value)
{
    const char *names[LG_PROFILE_COUNT];
    int found = lg_profile_find(value);
    for (int i = 0; i < LG_PROFILE_COUNT; i++)
        names[i] = lg_profiles[i].name;
    if (found < 0)
        return fail_usage(arguments, "no such profile", value, names, LG_PROFILE_COUNT);
    arguments->simulator.profile = (enum lg_profile_id)found;
    return -1;
}

static int take_seed(struct arguments *arguments, const char *value)
{
    bool digits = *value && strspn(value, "0123456789") == strlen(value);
    errno = 0;
    arguments->simulator.seed = strtoull(value, NULL, 10);
    arguments->simulator.seeded = true;
    if (errno || !digits)
        return fail_usage(arguments, "--seed must be from 0 to 18446744073709551615", value, NULL,
                          0);
    return -1;
}

static int take_jobs_mode(struct arguments *arguments, const char *value)
{
    static const char *const modes[] = {"sync", "async", "random"};
    for (unsigned i = 0; i < 3; i++)
        if (strcmp(modes[i], value) == 0) {
            arguments->simulator.jobs = (enum lg_jobs_mode)(LG_JOBS_SYNC + i);
            return -1;
        }
    return fail_usage(arguments, "--jobs-mode must be sync, async or random", value, modes, 3);
}

static int take_host(struct arguments *arguments, const char *value)
{
    arguments->host = value;
    return -1;
}

static int take_trace(struct arguments *arguments, const char *value)
{
    arguments->trace = value;
    return -1;
}

struct option {
    const char *name;
    int (*take)(struct arguments *arguments, const char *value);
};
static const struct option valued[] = {{"--profile", take_profile},
                                       {"--seed", take_seed},
                                       {"--jobs-mode", take_jobs_mode},
                                       {"--host", take_host},
                                       {"--trace", take_trace}};
enum { VALUED_COUNT = sizeof valued / sizeof valued[0] };
static const char *const words[] = {"--stdio", "--profile", "--seed",    "--jobs-mode",
                                    "--host",  "--trace",   "--version", "--help"};
enum { WORD_COUNT = sizeof words / sizeof words[0] };

/* What stands before a value is what was meant to be an option. */
static int fail_unknown(const struct arguments *arguments, const char *argument)
{
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(argument, "="), argument);
    return fail_usage(arguments, "unknown option", name, words, WORD_COUNT);
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

static int take_extra(struct arguments *arguments, int argc, char **argv, int *at)
{
    for (unsigned i = 0; i < arguments->extra_count; i++) {
        const struct lg_extra_option *extra = &arguments->extras[i];
        if (strncmp(argv[*at], "--", 2) != 0 || !is_named(argv[*at] + 2, extra->name))
            continue;
        const char *value = extra->has_value ? value_of(argc, argv, at) : NULL;
        if (extra->has_value && !value)
            return fail_usage(arguments, "a value is missing after", argv[*at], NULL, 0);
        return extra->take(value);
    }
    return fail_unknown(arguments, argv[*at]);
}

static int take(struct arguments *arguments, int argc, char **argv, int *at)
{
    if (strcmp(argv[*at], "--stdio") == 0) {
        arguments->stdio = true;
        return -1;
    }
    if (strcmp(argv[*at], "--help") == 0)
        return print_help(arguments);
    if (strcmp(argv[*at], "--version") == 0) {
        printf("%s %s\n", arguments->program, LASTGOOD_VERSION);
        return LG_EXIT_OK;
    }
    for (unsigned i = 0; i < VALUED_COUNT; i++) {
        if (!is_named(argv[*at], valued[i].name))
            continue;
        const char *value = value_of(argc, argv, at);
        return value ? valued[i].take(arguments, value)
                     : fail_usage(arguments, "a value is missing after", valued[i].name, NULL, 0);
    }
    return take_extra(arguments, argc, argv, at);
}

static bool start_trace(const struct arguments *arguments, struct lg_simulator *simulator,
                        struct lg_recorder *recorder)
{
    FILE *file = fopen(arguments->trace, "w");
    if (file && lg_recorder_start(recorder, file, &simulator->blobs, arguments->program,
                                  lg_profiles[arguments->simulator.profile].name)) {
        simulator->recorder = recorder;
        return true;
    }
    fprintf(stderr, "%s: %s: %s\n", arguments->program, arguments->trace, strerror(errno));
    if (file)
        fclose(file);
    return false;
}

enum { FILES_MAX = 256, PATH_BYTES = 4096 };

/* The names in a folder, to be released by the caller. */
static size_t list_folder(const char *folder, char *names[FILES_MAX])
{
    DIR *directory = opendir(folder);
    struct dirent *entry;
    size_t count = 0;
    while (directory && count < FILES_MAX && (entry = readdir(directory)))
        if (entry->d_name[0] != '.' && (names[count] = strdup(entry->d_name)))
            count++;
    if (directory)
        closedir(directory);
    return count;
}

/* A file that is not there: perhaps one beside it was meant. */
static int fail_missing(const struct arguments *arguments, const char *path)
{
    char what[PATH_BYTES];
    char folder[PATH_BYTES] = ".";
    char *names[FILES_MAX];
    const char *slash = strrchr(path, '/');
    if (slash && slash - path + 1 < PATH_BYTES)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path + 1), path);
    snprintf(what, sizeof what, "%s", strerror(errno));
    size_t count = list_folder(folder, names);
    int code =
        fail_usage(arguments, what, slash ? slash + 1 : path, (const char *const *)names, count);
    while (count > 0)
        free(names[--count]);
    return code;
}

static int serve(const struct arguments *arguments, struct lg_simulator *simulator)
{
    struct lg_recorder recorder;
    struct lg_json_error error;
    if (arguments->host && access(arguments->host, R_OK) != 0)
        return fail_missing(arguments, arguments->host);
    if (arguments->trace && !start_trace(arguments, simulator, &recorder))
        return LG_EXIT_USAGE;
    if (arguments->host && !lg_host_file_load(simulator, arguments->host, &error)) {
        fprintf(stderr, "%s: %s\n", arguments->program, error.reason);
        return LG_EXIT_USAGE;
    }
    int code = lg_stdio_serve(simulator, STDIN_FILENO, STDOUT_FILENO);
    if (simulator->recorder && fclose(recorder.file) != 0) {
        fprintf(stderr, "%s: %s: %s\n", arguments->program, arguments->trace, strerror(errno));
        code = LG_EXIT_HARNESS;
    }
    return code;
}

int lg_sim_main(int argc, char **argv, const char *program, const struct lg_extra_option *extras,
                unsigned extra_count, void (*prepare)(struct lg_simulator *simulator))
{
    struct arguments arguments = {.program = program, .extras = extras, .extra_count = extra_count};
    struct lg_simulator *simulator;
    int code = -1;
    for (int at = 1; at < argc && code < 0; at++)
        code = take(&arguments, argc, argv, &at);
    if (code >= 0)
        return code;
    if (!arguments.stdio)
        return fail_usage(&arguments, "nothing to serve", "--stdio is missing", NULL, 0);
    if (arguments.host && arguments.trace)
        return fail_usage(&arguments, "a recording cannot tell the host it begins with",
                          "--trace beside --host", NULL, 0);
    signal(SIGPIPE, SIG_IGN);
    simulator = malloc(sizeof *simulator);
    if (!simulator || !lg_simulator_init(simulator, &arguments.simulator)) {
        fprintf(stderr, "%s: no memory\n", program);
        return LG_EXIT_HARNESS;
    }
    if (prepare)
        prepare(simulator);
    code = serve(&arguments, simulator);
    lg_simulator_free(simulator);
    free(simulator);
    return code;
}
