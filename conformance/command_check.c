/* lastgood check: judges a recording. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "clause_names.h"
#include "commands.h"
#include "conflict.h"
#include "edges.h"
#include "model/recording.h"

static const char help[] =
    "usage: lastgood check RECORDING [options]\n"
    "\n"
    "Judges a recording (lastgood record, run --record and stress --record; lastgood-sim --trace). "
    "Each step that\n"
    "violates is shown with what was allowed; among calls that overlap, with the smallest part of "
    "them that has no\n"
    "legal order. The last line counts the steps.\n"
    "\n"
    "  --profile NAME           what is judged by; default documented\n"
    "  --fail-on undocumented   exit 1 where only an undocumented alternative explains\n"
    "  --quiet                  only the last line\n"
    "  --report json=FILE       what was found, for programs\n"
    "\n"
    "example:\n"
    "  lastgood check run.jsonl --profile strict\n"
    "\n"
    "exit codes: 0 conforms, 1 violates, 2 undetermined or inconsistent, 3 unreadable, 64 usage\n";

enum { FOUND_MAX = 10000 }; /* steps of a report */

bool lg_check_take_fail_on(void *into, const char *value)
{
    struct lg_check_options *options = into;
    options->fail_on_undocumented = true;
    if (strcmp(value, "undocumented") == 0)
        return true;
    fprintf(stderr, "lastgood: --fail-on takes the word undocumented\n");
    return false;
}

bool lg_check_take_report(void *into, const char *value)
{
    struct lg_check_options *options = into;
    options->report = strncmp(value, "json=", 5) == 0 ? value + 5 : NULL;
    if (options->report && *options->report)
        return true;
    fprintf(stderr, "lastgood: --report takes json=FILE: %s\n", value);
    return false;
}

struct check {
    const struct lg_check_options *options;
    json_t *found; /* of the report, or NULL */
    struct lg_recording recording;
    struct lg_blobs blobs;
    struct lg_judge judge;
    struct lg_overlaps overlaps;
    unsigned long steps;
    unsigned long by_kind[LG_VERDICT_UNDETERMINED + 1];
};

static void show_explanation(const struct lg_judge *judge)
{
    struct lg_explanation why = lg_judge_explain(judge);
    if (!why.found)
        return;
    enum lg_site site = lg_slot_site(why.slot);
    const struct lg_alternative_row *row =
        &lg_alternatives[lg_sites[site].alternative + why.alternative];
    printf("    explained by: %s=%s, %s (%s)\n", lg_sites[site].id, row->name, row->what,
           lg_clauses[row->clause].id);
}

static const char *const kinds[] = {"conforms", "undocumented", "inconsistent", "violates",
                                    "undetermined"};

static void show(const struct check *check, const struct lg_trace_step *step, unsigned line,
                 const struct lg_verdict *verdict)
{
    const struct lg_names *names = &check->recording.names;
    char text[LG_WORDS_BYTES];
    lg_words_of_call(&step->call, names, text);
    printf("line %u: %s: %s\n", line, kinds[verdict->kind], text);
    lg_words_of_seen(&step->seen, &step->call, names, text);
    printf("    seen: %s\n", text);
    for (unsigned i = 0; i < verdict->allowed_count; i++) {
        lg_words_of_pattern(&verdict->allowed[i], &step->call, names, text);
        printf("    %s %s (%s)\n", i ? "     or" : "allowed:", text,
               lg_clauses[verdict->allowed[i].clause].id);
    }
    show_explanation(&check->judge);
}

/* The same for the report. */
static json_t *to_json(const struct check *check, const struct lg_trace_step *step, unsigned line,
                       const struct lg_verdict *verdict)
{
    const struct lg_names *names = &check->recording.names;
    char call[LG_WORDS_BYTES], seen[LG_WORDS_BYTES], text[LG_WORDS_BYTES];
    json_t *allowed = json_array();
    lg_words_of_call(&step->call, names, call);
    lg_words_of_seen(&step->seen, &step->call, names, seen);
    for (unsigned i = 0; i < verdict->allowed_count; i++) {
        lg_words_of_pattern(&verdict->allowed[i], &step->call, names, text);
        json_array_append_new(allowed, json_string(text));
    }
    const char *clause = verdict->kind >= LG_VERDICT_VIOLATES ? lg_clauses[verdict->clause].id : "";
    return json_pack("{s:i, s:s, s:s, s:s, s:s, s:o}", "line", (int)line, "verdict",
                     kinds[verdict->kind], "call", call, "seen", seen, "clause", clause, "allowed",
                     allowed);
}

static bool note(struct check *check, const struct lg_trace_step *step, unsigned line,
                 const struct lg_verdict *verdict)
{
    if (verdict->secondary)
        return false;
    check->by_kind[verdict->kind]++;
    if (verdict->kind >= LG_VERDICT_INCONSISTENT && !check->options->quiet)
        show(check, step, line, verdict);
    if (verdict->kind != LG_VERDICT_CONFORMS && check->found &&
        json_array_size(check->found) < FOUND_MAX)
        json_array_append_new(check->found, to_json(check, step, line, verdict));
    return verdict->kind == LG_VERDICT_VIOLATES;
}

/* ---- calls that overlap ---- */

static void show_timed(const struct check *check, const struct lg_timed *timed, uint64_t zero)
{
    const struct lg_trace_step *step = &timed->step;
    char text[LG_WORDS_BYTES];
    lg_words_of_call(&step->call, &check->recording.names, text);
    printf("      line %u, client %u, %llu to %llu us: %s", timed->line, step->client,
           (unsigned long long)(step->sent - zero), (unsigned long long)(step->answered - zero),
           text);
    lg_words_of_seen(&step->seen, &step->call, &check->recording.names, text);
    printf(": %s\n", text);
}

static void show_conflict(const struct check *check, const struct lg_timed *violates)
{
    const struct lg_timed *history = check->overlaps.history;
    size_t *found = calloc(check->overlaps.history_count + 1, sizeof *found);
    size_t count = found ? lg_conflict_find(&check->overlaps, violates, found) : 0;
    json_t *last = json_array_get(check->found, json_array_size(check->found) - 1);
    json_t *lines = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(lines, json_integer(history[found[i]].line));
    if (!last || json_object_set_new(last, "conflict", lines) != 0)
        json_decref(lines);
    if (check->options->quiet)
        count = 0;
    if (count)
        printf("    no order explains %zu of its VM's calls, whatever the others did:\n", count);
    for (size_t i = 0; i < count; i++)
        show_timed(check, &history[found[i]], history[found[0]].step.sent);
    free(found);
}

static void judged(void *context, const struct lg_timed *timed, const struct lg_verdict *verdict)
{
    struct check *check = context;
    if (note(check, &timed->step, timed->line, verdict) && check->judge.overlapped)
        show_conflict(check, timed);
}

/* ---- lines ---- */

/* Without times: it comes after all before it. */
static void judge_untimed(struct check *check, const struct lg_trace_step *step)
{
    struct lg_verdict verdict;
    lg_overlaps_finish(&check->overlaps);
    if (step->reply == LG_REPLY_LOST) {
        lg_judge_lost(&check->judge, &step->call);
        return;
    }
    lg_judge_step(&check->judge, &step->call, &step->seen, &verdict);
    note(check, step, check->recording.number, &verdict);
}

static bool take_step(struct check *check, const struct lg_trace_step *step,
                      struct lg_json_error *error)
{
    if (step->reply == LG_REPLY_NONE)
        return true;
    check->steps++;
    if (!step->answered) {
        judge_untimed(check, step);
        return true;
    }
    if (lg_overlaps_add(&check->overlaps, step, check->recording.number, false))
        return true;
    return lg_json_fail(error,
                        check->overlaps.out_of_place
                            ? "line %u: sent before a step that came more than %d lines ago"
                            : "line %u: no memory for it and %d others",
                        check->recording.number, LG_OVERLAPS_WINDOW);
}

static enum lg_recorded read_all(struct check *check, struct lg_json_error *error)
{
    struct lg_trace_step step;
    enum lg_recorded kind;
    check->overlaps.real_time = !check->recording.virtual_clock;
    while ((kind = lg_recording_next(&check->recording, &step, error)) == LG_RECORDED_STEP ||
           kind == LG_RECORDED_RESET) {
        if (kind == LG_RECORDED_RESET) {
            lg_overlaps_finish(&check->overlaps);
            lg_judge_reset(&check->judge);
            lg_overlaps_reset(&check->overlaps);
        } else if (!take_step(check, &step, error))
            return LG_RECORDED_ERROR;
    }
    lg_overlaps_finish(&check->overlaps);
    return kind;
}

static bool write_report(const struct check *check)
{
    const char *path = check->options->report;
    const unsigned long *by_kind = check->by_kind;
    json_t *json =
        json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:O}", "format", "lastgood-check/1",
                  "profile", lg_profiles[check->options->profile].name, "steps",
                  (json_int_t)check->steps, "violate", (json_int_t)by_kind[LG_VERDICT_VIOLATES],
                  "inconsistent", (json_int_t)by_kind[LG_VERDICT_INCONSISTENT], "undocumented",
                  (json_int_t)by_kind[LG_VERDICT_UNDOCUMENTED], "undetermined",
                  (json_int_t)by_kind[LG_VERDICT_UNDETERMINED], "found", check->found);
    bool written = json && json_dump_file(json, path, JSON_INDENT(2)) == 0;
    json_decref(json);
    if (!written)
        fprintf(stderr, "lastgood: %s: %s\n", path, strerror(errno));
    return written;
}

static int tell(const struct check *check, enum lg_recorded kind, const struct lg_json_error *error)
{
    const unsigned long *by_kind = check->by_kind;
    if (kind == LG_RECORDED_ERROR)
        fprintf(stderr, "lastgood: %s\n", error->reason);
    printf("%lu steps: %lu violate, %lu inconsistent, %lu undocumented, %lu undetermined\n",
           check->steps, by_kind[LG_VERDICT_VIOLATES], by_kind[LG_VERDICT_INCONSISTENT],
           by_kind[LG_VERDICT_UNDOCUMENTED], by_kind[LG_VERDICT_UNDETERMINED]);
    bool written = !check->found || write_report(check);
    if (kind == LG_RECORDED_ERROR || !written)
        return LG_EXIT_HARNESS;
    if (by_kind[LG_VERDICT_VIOLATES] ||
        (check->options->fail_on_undocumented && by_kind[LG_VERDICT_UNDOCUMENTED]))
        return LG_EXIT_VIOLATES;
    bool open = by_kind[LG_VERDICT_INCONSISTENT] || by_kind[LG_VERDICT_UNDETERMINED];
    return open ? LG_EXIT_UNDETERMINED : LG_EXIT_CONFORMS;
}

int lg_check_file(FILE *file, const struct lg_check_options *options)
{
    struct lg_json_error error;
    struct check check = {.options = options};
    enum lg_recorded kind = LG_RECORDED_ERROR;
    int code = LG_EXIT_HARNESS;
    bool ready = lg_blobs_init(&check.blobs);
    ready &= lg_judge_init_for(&check.judge, options->profile, LG_CHECK_VMS);
    ready &= lg_overlaps_init(&check.overlaps, &check.judge);
    check.found = options->report ? json_array() : NULL;
    check.overlaps.judged = judged;
    check.overlaps.context = &check;
    if (ready) {
        check.judge.host = options->host;
        lg_judge_reset(&check.judge);
        if (lg_recording_open(&check.recording, file, &check.blobs, &error))
            kind = read_all(&check, &error);
        code = tell(&check, kind, &error);
        lg_recording_close(&check.recording);
    } else
        fprintf(stderr, "lastgood: no memory\n");
    lg_overlaps_free(&check.overlaps);
    lg_judge_free(&check.judge);
    lg_blobs_free(&check.blobs);
    json_decref(check.found);
    return code;
}

static int read_options(int argc, char **argv, struct lg_check_options *options, const char **words,
                        size_t *count)
{
    const struct lg_option known[] = {
        {"--quiet", .flag = &options->quiet},
        LG_CHECK_ARGUMENTS(options),
    };
    return lg_arguments_read(argc, argv, known, sizeof known / sizeof known[0], help, words, count);
}

int lg_command_check(int argc, char **argv)
{
    struct lg_check_options options = {.profile = LG_PROFILE_documented};
    const char **words = calloc((size_t)argc, sizeof *words);
    size_t count = 0;
    int code = words ? read_options(argc, argv, &options, words, &count) : LG_EXIT_HARNESS;
    if (code < 0 && count != 1) {
        fprintf(stderr, "lastgood: one recording must be named; see lastgood check --help\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0) {
        FILE *file = fopen(words[0], "r");
        if (!file)
            fprintf(stderr, "lastgood: %s: %s\n", words[0], strerror(errno));
        code = file ? lg_check_file(file, &options) : LG_EXIT_USAGE;
    }
    free(words);
    return code;
}
