/* lastgood record. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "interrupt.h"
#include "runner.h"
#include "script_maker.h"
#include "side.h"
#include "vector_files.h"
#include "wsman_arguments.h"

static const char help[] =
    "usage: lastgood record TARGET OUT [VECTOR|FOLDER...] [options]\n"
    "\n"
    "Drives a target and keeps what was asked and answered in OUT (.jsonl), for lastgood check, "
    "diff and shrink. Without\n"
    "a vector or folder: the shipped vectors. Bytes of protectors that the target hands out are "
    "kept as digests; names,\n"
    "passwords and tokens never enter.\n"
    "\n"
    "  --scripts N          generated scripts instead of vectors\n"
    "  --seed S             of those; default 1\n"
    "  --with-protectors    keep the bytes of protectors\n"
    "\n"
    "of http:// targets:\n" LG_LOGIN_HELP LG_RUN_HELP "\n"
    "example:\n"
    "  lastgood record \"stdio:python3 my_wrapper.py\" today.jsonl --scripts 500\n"
    "\n"
    "exit codes: 0 recorded, 3 the target or the file failed, 64 usage\n";

struct options {
    struct lg_wsman_options wsman;
    unsigned scripts;
    unsigned seed;
};

/* ---- scripts ---- */

static bool record_scripts(struct lg_side *side, const struct options *options,
                           struct lg_json_error *reason)
{
    struct lg_script_maker *maker = malloc(sizeof *maker);
    struct lg_script *script = malloc(sizeof *script);
    bool going = maker && script;
    if (going)
        lg_script_maker_init(maker, options->seed, side->target.capabilities);
    else
        lg_json_fail(reason, "no memory");
    for (unsigned i = 0; going && i < options->scripts && !lg_interrupted(); i++) {
        lg_script_make(maker, script);
        lg_side_filter(side, script);
        going = lg_side_run(side, script, reason);
    }
    free(script);
    free(maker);
    return going;
}

/* ---- vectors ---- */

static bool record_vector(struct lg_runner *runner, struct lg_vector *vector,
                          struct lg_json_error *reason)
{
    struct lg_result_row *row = calloc(1, sizeof *row);
    bool going = row != NULL;
    if (going && vector->tier != LG_TIER_WIRE)
        going = lg_runner_run(runner, vector, row, reason);
    free(row);
    return going;
}

static bool record_vectors(struct lg_side *side, const struct lg_file_list *files,
                           struct lg_json_error *reason)
{
    struct lg_runner runner = {.target = &side->target,
                               .judge = &side->judge,
                               .blobs = side->blobs,
                               .names = side->names,
                               .recorder = side->recorder};
    struct lg_vector *vector = malloc(sizeof *vector);
    bool going = vector != NULL;
    for (size_t i = 0; going && i < files->count && !lg_interrupted(); i++) {
        going = lg_vector_load(vector, files->paths[i], side->blobs, reason) &&
                record_vector(&runner, vector, reason);
        lg_vector_free(vector);
    }
    free(vector);
    side->calls += runner.calls;
    return going;
}

/* ---- the command ---- */

static int record(const struct options *options, struct lg_side *side,
                  const struct lg_file_list *files, const char *out)
{
    struct lg_json_error reason;
    struct lg_recorder recorder;
    FILE *file = fopen(out, "w");
    bool going = file && lg_recorder_start(&recorder, file, side->blobs, side->name,
                                           lg_profiles[LG_PROFILE_documented].name);
    lg_json_fail(&reason, "%.120s: %s", out, strerror(errno));
    if (going) {
        recorder.digests = !options->wsman.with_protectors;
        side->recorder = &recorder;
        lg_interrupt_watch();
        going = options->scripts ? record_scripts(side, options, &reason)
                                 : record_vectors(side, files, &reason);
    }
    if (file && fclose(file) != 0 && going)
        going = lg_json_fail(&reason, "%.120s: %s", out, strerror(errno));
    if (!going)
        fprintf(stderr, "lastgood: %s\n", reason.reason);
    printf("%s: %llu calls\n", out, (unsigned long long)side->calls);
    return going ? LG_EXIT_CONFORMS : LG_EXIT_HARNESS;
}

static int run(const struct options *options, const struct lg_file_list *files,
               const char *const *words)
{
    struct lg_side *side = calloc(1, sizeof *side);
    struct lg_json_error error;
    struct lg_blobs blobs;
    bool usage = false;
    int code = LG_EXIT_HARNESS;
    if (side && lg_blobs_init(&blobs)) {
        if (lg_side_open(side, words[0], &blobs, LG_PROFILE_documented, &options->wsman, &error,
                         &usage))
            code = record(options, side, files, words[1]);
        else {
            fprintf(stderr, "lastgood: %s\n", error.reason);
            code = usage ? LG_EXIT_USAGE : LG_EXIT_HARNESS;
        }
        lg_side_close(side);
        lg_blobs_free(&blobs);
    }
    free(side);
    return code;
}

static int read_options(int argc, char **argv, struct options *options, const char **words,
                        size_t *count)
{
    const struct lg_option known[] = {
        {"--scripts", .number = &options->scripts, .from = 0, .to = UINT_MAX},
        {"--seed", .number = &options->seed, .from = 0, .to = UINT_MAX},
        LG_LOGIN_ARGUMENTS(&options->wsman),
        LG_RUN_ARGUMENTS(&options->wsman),
    };
    return lg_arguments_read(argc, argv, known, sizeof known / sizeof known[0], help, words, count);
}

int lg_command_record(int argc, char **argv)
{
    struct options options = {.seed = 1};
    struct lg_file_list files;
    const char **words = calloc((size_t)argc, sizeof *words);
    size_t count = 0;
    int code = words ? read_options(argc, argv, &options, words, &count) : LG_EXIT_HARNESS;
    if (code < 0 && (count < 2 || (options.scripts && count > 2))) {
        fprintf(stderr, "lastgood: a target and a file must be named, and vectors or --scripts; "
                        "see lastgood record --help\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0 && options.wsman.dry_run) {
        fprintf(stderr,
                "lastgood: --dry-run is for lastgood run: it tells what would be touched\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0 && !lg_vector_files_find(&files, words + 2, count - 2))
        code = LG_EXIT_USAGE;
    else if (code < 0) {
        code = run(&options, &files, words);
        lg_vector_files_free(&files);
    }
    free(words);
    return code;
}
