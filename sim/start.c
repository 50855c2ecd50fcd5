/* What lastgood-sim does between its command line and its service. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "host_file.h"
#include "lines.h"
#include "options.h"
#include "serve.h"

static bool start_trace(const struct lg_sim_options *options, struct lg_simulator *simulator,
                        struct lg_recorder *recorder)
{
    FILE *file = fopen(options->trace, "w");
    if (file && lg_recorder_start(recorder, file, &simulator->blobs, options->program,
                                  lg_profiles[options->simulator.profile].name)) {
        simulator->recorder = recorder;
        return true;
    }
    fprintf(stderr, "%s: %s: %s\n", options->program, options->trace, strerror(errno));
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
static int fail_missing(const struct lg_sim_options *options, const char *path)
{
    char what[PATH_BYTES];
    char folder[PATH_BYTES] = ".";
    char *names[FILES_MAX];
    const char *slash = strrchr(path, '/');
    if (slash && slash - path + 1 < PATH_BYTES)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path + 1), path);
    snprintf(what, sizeof what, "%s", strerror(errno));
    size_t count = list_folder(folder, names);
    int code = lg_options_fail(options->program, what, slash ? slash + 1 : path,
                               (const char *const *)names, count);
    while (count > 0)
        free(names[--count]);
    return code;
}

static int serve(const struct lg_sim_options *options, struct lg_simulator *simulator)
{
    struct lg_recorder recorder;
    struct lg_json_error error;
    if (options->host && access(options->host, R_OK) != 0)
        return fail_missing(options, options->host);
    if (options->accounts && access(options->accounts, R_OK) != 0)
        return fail_missing(options, options->accounts);
    bool listens = options->listen || options->listen_tls;
    if (listens)
        lg_clock_start(&options->clock, simulator);
    if (options->trace && !start_trace(options, simulator, &recorder))
        return LG_EXIT_USAGE;
    if (options->host && !lg_host_file_load(simulator, options->host, &error)) {
        fprintf(stderr, "%s: %s\n", options->program, error.reason);
        return LG_EXIT_USAGE;
    }
    int code = listens ? lg_serve(options, simulator)
                       : lg_stdio_serve(simulator, STDIN_FILENO, STDOUT_FILENO);
    if (simulator->recorder && fclose(recorder.file) != 0) {
        fprintf(stderr, "%s: %s: %s\n", options->program, options->trace, strerror(errno));
        code = LG_EXIT_HARNESS;
    }
    return code;
}

static int run(const struct lg_sim_options *options,
               void (*prepare)(struct lg_simulator *simulator))
{
    struct lg_simulator *simulator = malloc(sizeof *simulator);
    if (!simulator || !lg_simulator_init(simulator, &options->simulator)) {
        fprintf(stderr, "%s: no memory\n", options->program);
        return LG_EXIT_HARNESS;
    }
    if (prepare)
        prepare(simulator);
    int code = serve(options, simulator);
    lg_simulator_free(simulator);
    free(simulator);
    return code;
}

int lg_sim_main(int argc, char **argv, const char *program, const struct lg_extra_option *extras,
                unsigned extra_count, void (*prepare)(struct lg_simulator *simulator))
{
    struct lg_sim_options options = {
        .program = program, .extras = extras, .extra_count = extra_count};
    if (argc > 1 && strcmp(argv[1], "ctl") == 0)
        return lg_ctl_main(argc - 1, argv + 1, program);
    int code = lg_options_read(&options, argc, argv);
    if (code >= 0)
        return code;
    signal(SIGPIPE, SIG_IGN);
    return run(&options, prepare);
}
