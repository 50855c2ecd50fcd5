/* lastgood stress. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "interrupt.h"
#include "progress.h"
#include "stress.h"
#include "wsman_arguments.h"

enum { SECONDS_MAX = 1000000 };

static const char help[] =
    "usage: lastgood stress TARGET [options]\n"
    "\n"
    "Several clients call a target at the same time, half of the calls changing something; each "
    "follows the jobs that it\n"
    "starts. What was sent and answered, and when, is recorded and judged: every answer must fit "
    "some order of the calls\n"
    "that overlap. http:// targets get a connection for each client; stdio: targets get requests "
    "before they have\n"
    "answered others; calls to model: and plugin: wait, and are done in any order.\n"
    "\n"
    "  --clients N              default 8, at most 512\n"
    "  --seconds S              how long calls are sent; default 10, or no end with --calls\n"
    "  --calls N                how many; default: until --seconds is over\n"
    "  --seed K                 of the clients' choices; default 1\n"
    "  --vms N                  default: half as many as clients; at most 120\n"
    "  --pending N              calls of one VM at a time, those with lost replies included; "
    "default 4, at most 16\n"
    "  --lose N                 of 1,000 replies so many are thrown away: the call may have been "
    "done or not; default 0\n"
    "  --round CALLS            the target is made new after so many; default 1000\n"
    "  --record FILE            keep the recording (.jsonl); lastgood check judges it again\n"
    "  --profile NAME           what is judged by; default documented\n"
    "  --fail-on undocumented   exit 1 where only an undocumented alternative explains\n"
    "  --report json=FILE       what was found, for programs\n"
    "  --quiet                  only the last lines\n"
    "\n"
    "of http:// targets:\n" LG_LOGIN_HELP LG_RUN_HELP "\n"
    "examples:\n"
    "  lastgood stress \"stdio:lastgood-sim --stdio --jobs-mode async\" --clients 16 --seconds 30\n"
    "  lastgood stress http://test-host:5985 --user tester --clients 4 --vms 2 --seconds 60 "
    "--record host.jsonl\n"
    "\n"
    "exit codes: 0 conforms, 1 violates, 2 undetermined or inconsistent, 3 the target or the "
    "harness failed, 64 usage\n";

struct options {
    struct lg_wsman_options wsman;
    struct lg_stress_options stress;
    struct lg_check_options check;
    bool timed; /* --seconds was given */
    const char *record;
};

/* ---- the command ---- */

static FILE *open_recording(const char *path)
{
    FILE *file = path ? fopen(path, "w+") : tmpfile();
    if (!file)
        fprintf(stderr, "lastgood: %s: %s\n", path ? path : "a file for the recording",
                strerror(errno));
    return file;
}

static void tell(const struct options *options, const struct lg_stress_figures *figures)
{
    double rate = figures->seconds > 0 ? (double)figures->calls / figures->seconds : 0;
    printf("%u clients, %u VMs, %lu rounds: %lu calls in %.1f s (%.0f calls/s), %lu without a "
           "reply\n",
           options->stress.clients, options->stress.vms, figures->rounds, figures->calls,
           figures->seconds, rate, figures->lost);
    if (figures->refused)
        printf("%lu calls refused, first: %s\n", figures->refused, figures->refusal);
}

/* Drives the target; the recording is judged in any case. */
static int drive(const struct options *options, struct lg_lanes *lanes,
                 struct lg_recorder *recorder, const char *target)
{
    struct lg_stress_figures figures;
    struct lg_json_error reason;
    bool whole = lg_stress_run(lanes, recorder, &options->stress, &figures, &reason);
    struct lg_check_options check = options->check;
    check.host = lanes->host;
    check.host.version = LG_HOST_2016; /* what else it is, the recording says */
    if (!whole)
        fprintf(stderr, "lastgood: %s: %s\n", target, reason.reason);
    tell(options, &figures);
    rewind(recorder->file);
    int code = lg_check_file(recorder->file, &check);
    return whole || code == LG_EXIT_VIOLATES ? code : LG_EXIT_HARNESS;
}

static int stress(const struct options *options, struct lg_lanes *lanes, struct lg_blobs *blobs,
                  const char *target)
{
    struct lg_recorder recorder = {.steps = 0};
    bool virtual_clock = lanes->capabilities & LG_CAN_CLOCK;
    FILE *file = open_recording(options->record);
    if (!file)
        return LG_EXIT_USAGE;
    if (!lg_recorder_start_clients(&recorder, file, blobs, target, virtual_clock)) {
        fprintf(stderr, "lastgood: the recording cannot be written: %s\n", strerror(errno));
        fclose(file);
        return LG_EXIT_HARNESS;
    }
    recorder.digests = !options->wsman.with_protectors;
    lg_interrupt_watch();
    return drive(options, lanes, &recorder, target);
}

static int run(const struct options *options, const char *target)
{
    struct lg_lanes *lanes = calloc(1, sizeof *lanes);
    struct lg_json_error reason;
    struct lg_blobs blobs;
    bool usage;
    int code = LG_EXIT_HARNESS;
    if (lanes && lg_blobs_init(&blobs)) {
        if (lg_lanes_open(lanes, target, options->stress.clients, options->stress.seed, &blobs,
                          &options->wsman, &reason, &usage))
            code = stress(options, lanes, &blobs, target);
        else {
            fprintf(stderr, "lastgood: %s\n", reason.reason);
            code = usage ? LG_EXIT_USAGE : LG_EXIT_HARNESS;
        }
        lg_lanes_close(lanes);
        lg_blobs_free(&blobs);
    }
    free(lanes);
    return code;
}

static void complete(struct options *options)
{
    struct lg_stress_options *stress = &options->stress;
    unsigned half = (stress->clients + 1) / 2;
    if (options->wsman.vm_count)
        stress->vms = options->wsman.vm_count;
    else if (!stress->vms)
        stress->vms = half < LG_STRESS_VMS_MAX ? half : LG_STRESS_VMS_MAX;
    if (!options->timed && stress->calls)
        stress->seconds = 0;
    stress->progress = lg_progress_to(!options->check.quiet);
}

static int read_options(int argc, char **argv, struct options *options, const char **words,
                        size_t *count)
{
    struct lg_stress_options *stress = &options->stress;
    const struct lg_option known[] = {
        {"--clients", .number = &stress->clients, .from = 1, .to = LG_STRESS_CLIENTS_MAX},
        {"--seconds", .number = &stress->seconds, .from = 1, .to = SECONDS_MAX,
         .also = &options->timed},
        {"--calls", .number = &stress->calls, .from = 1, .to = LG_STRESS_CALLS_MAX},
        {"--seed", .number = &stress->seed, .from = 0, .to = UINT_MAX},
        {"--vms", .number = &stress->vms, .from = 1, .to = LG_STRESS_VMS_MAX},
        {"--pending", .number = &stress->pending, .from = 1, .to = LG_PENDING_MAX},
        {"--lose", .number = &stress->lose, .from = 0, .to = 1000},
        {"--round", .number = &stress->round, .from = 1, .to = LG_STRESS_ROUND_MAX},
        {"--record", .text = &options->record},
        {"--quiet", .flag = &options->check.quiet},
        LG_CHECK_ARGUMENTS(&options->check),
        LG_LOGIN_ARGUMENTS(&options->wsman),
        LG_RUN_ARGUMENTS(&options->wsman),
    };
    return lg_arguments_read(argc, argv, known, sizeof known / sizeof known[0], help, words, count);
}

int lg_command_stress(int argc, char **argv)
{
    struct options options = {
        .stress = {.clients = 8, .pending = 4, .seconds = 10, .round = 1000, .seed = 1},
        .check = {.profile = LG_PROFILE_documented}};
    const char **words = calloc((size_t)argc, sizeof *words);
    size_t count = 0;
    int code = words ? read_options(argc, argv, &options, words, &count) : LG_EXIT_HARNESS;
    if (code < 0 && count != 1) {
        fprintf(stderr, "lastgood: one target must be named; see lastgood stress --help\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0 && options.wsman.dry_run) {
        fprintf(stderr,
                "lastgood: --dry-run is for lastgood run: it tells what would be touched\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0) {
        complete(&options);
        code = run(&options, words[0]);
    }
    free(words);
    return code;
}
