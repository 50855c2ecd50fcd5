/* lastgood run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arguments.h"
#include "clause_names.h"
#include "commands.h"
#include "expected.h"
#include "model/suggest.h"
#include "parallel.h"
#include "progress.h"
#include "runner.h"
#include "vector_files.h"
#include "wsman_arguments.h"

enum { REPORTS_MAX = 8, SMOKE_SHARE_PERCENT = 90, JOBS_MAX = 64 };

static const char help[] =
    "usage: lastgood run TARGET [VECTOR|FOLDER...] [options]\n"
    "\n"
    "Drives conformance vectors through a target, with the oracle judging every answer. Without a "
    "vector or folder:\n"
    "the shipped ones. TARGET: model:, model:PROFILE, stdio:COMMAND (run by /bin/sh -c \"exec "
    "COMMAND\"),\n"
    "plugin:FILE.so (a library with the C interface of fuzz/plugin.h), or\n"
    "http://HOST:PORT or https:// (WS-Management; conformance/README.md says how to sign in).\n"
    "\n"
    "  --profile NAME       what the target is judged by; default documented\n"
    "  --tier TIER          smoke, hand, full or wire: vectors up to this tier\n"
    "  --filter TEXT        vectors whose id contains the text\n"
    "  --shard I/N          the I-th of N parts, from 1\n"
    "  --jobs N             N shards at once, each with a target of its own\n"
    "  --fail-on undocumented   exit 1 where only an undocumented alternative explains\n"
    "  --report KIND=FILE   json, junit or tap; may be given several times\n"
    "  --record FILE        write a recording of all calls\n"
    "  --expected FILE      deviations that are known; any other, an expired one and one that no "
    "longer happens fail\n"
    "  --update             write that file anew\n"
    "\n"
    "of http:// and https:// targets:\n" LG_LOGIN_HELP LG_RUN_HELP "\n"
    "examples:\n"
    "  lastgood run \"stdio:lastgood-sim --stdio\"\n"
    "  lastgood run \"stdio:python3 my_wrapper.py\" --tier smoke --report junit=results.xml\n"
    "  lastgood run http://test-host:5985 --auth ntlm --user LAB\\\\tester --dry-run\n"
    "  lastgood run https://test-host:5986 --auth ntlm --user tester --pin SHA256\n"
    "  lastgood run http://test-host.lab.example:5985 --auth kerberos\n"
    "\n"
    "exit codes: 0 conforms, 1 violates or unachieved, 2 undetermined or inconsistent, 3 the "
    "harness failed, 64 usage\n";

struct options {
    struct lg_wsman_options wsman;
    enum lg_profile_id profile;
    enum lg_tier tier;
    const char *filter;
    unsigned shard;
    unsigned shards;
    unsigned jobs;
    bool fail_on_undocumented;
    bool selected; /* something narrows the run down: it need not be whole */
    const char *kinds[REPORTS_MAX];
    const char *files[REPORTS_MAX];
    unsigned report_count;
    const char *record;
    const char *expected;
    bool update;
    const char *target;
    const char *const *paths;
    size_t path_count;
};

static bool refuse(const char *what, const char *value)
{
    fprintf(stderr, "lastgood: %s: %s; see lastgood run --help\n", what, value);
    return false;
}

static bool take_shard(void *self, const char *value)
{
    struct options *options = self;
    char end;
    options->selected = true;
    if (sscanf(value, "%u/%u%c", &options->shard, &options->shards, &end) != 2 ||
        options->shard < 1 || options->shard > options->shards)
        return refuse("--shard must be I/N with I from 1 to N", value);
    return true;
}

static bool take_fail_on(void *self, const char *value)
{
    struct options *options = self;
    options->fail_on_undocumented = true;
    return strcmp(value, "undocumented") == 0 ? true
                                              : refuse("--fail-on takes \"undocumented\"", value);
}

static bool take_report(void *self, const char *value)
{
    struct options *options = self;
    static const char *const kinds[] = {"json", "junit", "tap"};
    const char *equals = strchr(value, '=');
    if (!equals || !equals[1] || options->report_count == REPORTS_MAX)
        return refuse("--report must be KIND=FILE", value);
    for (unsigned i = 0; i < 3; i++)
        if (strlen(kinds[i]) == (size_t)(equals - value) &&
            strncmp(kinds[i], value, strlen(kinds[i])) == 0) {
            options->kinds[options->report_count] = kinds[i];
            options->files[options->report_count++] = equals + 1;
            return true;
        }
    return refuse("--report must be json=, junit= or tap=", value);
}

/* ---- one run ---- */

static struct lg_result_row *new_row(struct lg_results *results)
{
    if (results->count == results->capacity) {
        size_t capacity = results->capacity ? results->capacity * 2 : 64;
        struct lg_result_row *rows = realloc(results->rows, capacity * sizeof *rows);
        if (!rows)
            return NULL;
        results->rows = rows;
        results->capacity = capacity;
    }
    return &results->rows[results->count++];
}

static void show_row(const struct lg_result_row *row)
{
    if (row->verdict == LG_VECTOR_CONFORMS)
        return;
    printf("%s %s: %s\n", lg_verdict_words[row->verdict], row->id, row->title);
    for (unsigned i = 0; i < row->line_count; i++)
        printf("    %s\n", row->lines[i]);
    if (row->clause_count)
        printf("    clauses:");
    for (unsigned i = 0; i < row->clause_count; i++) {
        char text[LG_CITATION_BYTES];
        lg_citation_write(row->clauses[i], text);
        printf(" %s", text);
    }
    if (row->clause_count)
        printf("\n");
}

static void show_plan(const struct lg_vector *vector, const struct lg_result_row *row, bool runs)
{
    printf("%s %s%s%s\n", runs ? "run" : "skip", vector->id, runs ? "" : ": ",
           row->line_count ? row->lines[0] : "");
}

static bool is_chosen(const struct options *options, const struct lg_vector *vector, size_t index)
{
    if (vector->tier > options->tier ||
        (vector->tier == LG_TIER_WIRE && options->tier != LG_TIER_WIRE))
        return false;
    if (options->filter && !strstr(vector->id, options->filter))
        return false;
    return index % options->shards == options->shard - 1;
}

/* Runs one file, if it is chosen. An exit code if the run cannot go on, -1 otherwise. */
static int run_file(const struct options *options, const struct lg_vector *vector, size_t index,
                    struct lg_runner *runner, struct lg_results *results, FILE *progress)
{
    struct lg_json_error error = {"no memory"};
    if (!is_chosen(options, vector, index))
        return -1;
    struct lg_result_row *row = new_row(results);
    bool plans = row && options->wsman.dry_run;
    bool takes = plans && lg_runner_takes(runner, vector, row, &error);
    bool ran = plans || (row && lg_runner_run(runner, vector, row, &error));
    lg_progress_end(progress);
    if (!ran) {
        fprintf(stderr, "lastgood: %s: %s\n", vector->id, error.reason);
        return LG_EXIT_HARNESS;
    }
    if (plans)
        show_plan(vector, row, takes);
    else if (options->jobs == 1)
        show_row(row);
    return -1;
}

/* Runs what is chosen of the files. An exit code if the run cannot go on, -1 otherwise. */
static int run_files(const struct options *options, const struct lg_file_list *files,
                     struct lg_runner *runner, struct lg_results *results)
{
    struct lg_vector *vector = malloc(sizeof *vector);
    struct lg_json_error error;
    int code = vector ? -1 : LG_EXIT_HARNESS;
    FILE *progress = lg_progress_to(true);
    for (size_t i = 0; code < 0 && i < files->count; i++) {
        lg_progress_show(progress, "%zu of %zu", i, files->count);
        if (lg_vector_load(vector, files->paths[i], runner->blobs, &error)) {
            code = run_file(options, vector, i, runner, results, progress);
        } else {
            lg_progress_end(progress);
            fprintf(stderr, "lastgood: %s\n", error.reason);
            code = LG_EXIT_USAGE;
        }
        lg_vector_free(vector);
    }
    lg_progress_end(progress);
    free(vector);
    return code;
}

static int exit_code(const struct options *options, const struct lg_results *results)
{
    size_t executed = results->count - lg_results_count(results, LG_VECTOR_SKIPPED);
    if (lg_results_count_open(results, LG_VECTOR_VIOLATES) ||
        lg_results_count_open(results, LG_VECTOR_UNACHIEVED))
        return LG_EXIT_VIOLATES;
    if (options->fail_on_undocumented && lg_results_count_open(results, LG_VECTOR_UNDOCUMENTED))
        return LG_EXIT_VIOLATES;
    if (lg_results_count_open(results, LG_VECTOR_INCONSISTENT))
        return options->profile == LG_PROFILE_documented ? LG_EXIT_UNDETERMINED : LG_EXIT_VIOLATES;
    if (lg_results_count_open(results, LG_VECTOR_UNDETERMINED))
        return LG_EXIT_UNDETERMINED;
    if (!options->selected && executed * 100 < results->count * SMOKE_SHARE_PERCENT)
        return LG_EXIT_UNDETERMINED;
    return LG_EXIT_CONFORMS;
}

static int write_reports(const struct options *options, const struct lg_results *results)
{
    for (unsigned i = 0; i < options->report_count; i++)
        if (!lg_report_write(results, options->kinds[i], options->files[i])) {
            fprintf(stderr, "lastgood: %s: ", options->files[i]);
            perror("");
            return LG_EXIT_HARNESS;
        }
    return -1;
}

/* What is expected fails nobody; what is listed and is not so does. -1: go on. */
static int compare_with_expected(const struct options *options, struct lg_results *results)
{
    struct lg_expected expected;
    struct lg_json_error error;
    int code = -1;
    if (!options->expected)
        return -1;
    if (!lg_expected_load(&expected, options->expected, options->update, &error)) {
        fprintf(stderr, "lastgood: %s\n", error.reason);
        code = LG_EXIT_USAGE;
    } else {
        lg_expected_mark(&expected, results, options->fail_on_undocumented);
        if (lg_expected_complain(&expected, !options->selected))
            code = LG_EXIT_VIOLATES;
        if (options->update) {
            code = LG_EXIT_CONFORMS;
            if (!lg_expected_update(&expected, options->target, !options->selected)) {
                fprintf(stderr, "lastgood: %s: ", options->expected);
                perror("");
                code = LG_EXIT_HARNESS;
            }
        }
    }
    lg_expected_free(&expected);
    return code;
}

static FILE *start_recording(const struct options *options, struct lg_runner *runner,
                             struct lg_recorder *recorder)
{
    FILE *file = fopen(options->record, "w");
    if (!file || !lg_recorder_start(recorder, file, runner->blobs, options->target,
                                    lg_profiles[options->profile].name)) {
        fprintf(stderr, "lastgood: %s: ", options->record);
        perror("");
    }
    runner->recorder = recorder;
    return file;
}

static int run_target(const struct options *options, const struct lg_file_list *files,
                      struct lg_blobs *blobs, struct lg_part *part)
{
    struct lg_results *results = &part->results;
    struct lg_json_error error;
    struct lg_target target;
    struct lg_judge judge;
    struct lg_recorder recorder;
    struct lg_runner runner = {.target = &target, .judge = &judge, .blobs = blobs};
    FILE *recording = NULL;
    bool usage;
    if (!lg_target_open(&target, options->target, blobs, &options->wsman, &error, &usage)) {
        fprintf(stderr, "lastgood: %s\n", error.reason);
        if (target.self)
            target.close(&target);
        return usage ? LG_EXIT_USAGE : LG_EXIT_HARNESS;
    }
    if (options->wsman.dry_run)
        lg_target_wsman_tell(&target);
    lg_names_of_scripts(&runner.names, blobs);
    int code = lg_judge_init(&judge, options->profile) ? -1 : LG_EXIT_HARNESS;
    if (code < 0 && options->record && !(recording = start_recording(options, &runner, &recorder)))
        code = LG_EXIT_HARNESS;
    if (code < 0)
        code = run_files(options, files, &runner, results);
    if (recording && fclose(recording) != 0)
        code = LG_EXIT_HARNESS;
    if (judge.oracle.readings)
        part->readings = judge.oracle.readings[0];
    lg_judge_free(&judge);
    target.close(&target);
    return code;
}

static int run_shard(const struct options *options, const struct lg_file_list *files,
                     struct lg_part *part)
{
    struct lg_blobs blobs;
    if (!lg_blobs_init(&blobs))
        return LG_EXIT_HARNESS;
    int code = run_target(options, files, &blobs, part);
    lg_blobs_free(&blobs);
    return code;
}

struct whole {
    const struct options *options;
    const struct lg_file_list *files;
};

/* One of --jobs: a shard of the shard that was asked for. */
static int run_job(void *context, unsigned index, struct lg_part *part)
{
    const struct whole *whole = context;
    struct options own = *whole->options;
    own.shard += index * own.shards;
    own.shards *= own.jobs;
    return run_shard(&own, whole->files, part);
}

static int run_jobs(const struct options *options, const struct lg_file_list *files,
                    struct lg_results *results)
{
    struct whole whole = {options, files};
    int conflict;
    int code = lg_parallel_run(options->jobs, run_job, &whole, results, &conflict);
    for (size_t i = 0; i < results->count; i++)
        show_row(&results->rows[i]);
    if (conflict < 0 || code >= 0)
        return code;
    printf("inconsistent: the shards found different readings at %s\n",
           lg_sites[lg_slot_site((uint16_t)conflict)].id);
    return options->profile == LG_PROFILE_documented ? LG_EXIT_UNDETERMINED : LG_EXIT_VIOLATES;
}

static int run_all(const struct options *options, const struct lg_file_list *files,
                   struct lg_results *results)
{
    struct timespec from, to;
    char summary[LG_LINE_BYTES];
    struct lg_part part = {{0}, {{0}}};
    int code;
    part.results = *results;
    clock_gettime(CLOCK_MONOTONIC, &from);
    if (options->jobs > 1)
        code = run_jobs(options, files, results);
    else {
        code = run_shard(options, files, &part);
        *results = part.results;
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    results->seconds =
        (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    if (code < 0 && options->wsman.dry_run)
        code = LG_EXIT_CONFORMS;
    if (code < 0)
        code = write_reports(options, results);
    if (options->wsman.dry_run)
        return code;
    if (code < 0)
        code = compare_with_expected(options, results);
    lg_results_summary(results, summary, sizeof summary);
    printf("%s\n", summary);
    return code < 0 ? exit_code(options, results) : code;
}

static int read_options(int argc, char **argv, struct options *options, const char **words,
                        size_t *count)
{
    const struct lg_option known[] = {
        {"--profile", .take = lg_take_profile, .into = &options->profile},
        {"--tier", .take = lg_take_tier, .into = &options->tier, .also = &options->selected},
        {"--filter", .text = &options->filter, .also = &options->selected},
        {"--shard", .take = take_shard, .into = options},
        {"--jobs", .number = &options->jobs, .from = 1, .to = JOBS_MAX},
        {"--fail-on", .take = take_fail_on, .into = options},
        {"--report", .take = take_report, .into = options},
        {"--record", .text = &options->record},
        {"--expected", .text = &options->expected},
        {"--update", .flag = &options->update},
        LG_LOGIN_ARGUMENTS(&options->wsman),
        LG_RUN_ARGUMENTS(&options->wsman),
    };
    return lg_arguments_read(argc, argv, known, sizeof known / sizeof known[0], help, words, count);
}

int lg_command_run(int argc, char **argv)
{
    struct options options = {.tier = LG_TIER_FULL, .shard = 1, .shards = 1, .jobs = 1};
    struct lg_results results = {0};
    struct lg_file_list files;
    const char **words = calloc((size_t)argc, sizeof *words);
    size_t count;
    int code = words ? read_options(argc, argv, &options, words, &count) : LG_EXIT_HARNESS;
    if (code < 0 && count == 0) {
        fprintf(stderr, "lastgood: a target is missing; see lastgood run --help\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0 && options.update && !options.expected) {
        fprintf(stderr, "lastgood: --update needs --expected FILE\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0 && options.record && options.jobs > 1) {
        fprintf(stderr, "lastgood: --record keeps one order of calls: not with --jobs\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0 && options.jobs > 1 && strncmp(words[0], "http", 4) == 0) {
        fprintf(stderr, "lastgood: a host is one: not --jobs with a target of http://\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0) {
        options.target = results.target = words[0];
        results.profile = lg_profiles[options.profile].name;
        options.selected |= count > 1;
        code = lg_vector_files_find(&files, words + 1, count - 1) ? -1 : LG_EXIT_USAGE;
    }
    if (code < 0) {
        code = run_all(&options, &files, &results);
        lg_vector_files_free(&files);
    }
    free(results.rows);
    free(words);
    return code;
}
