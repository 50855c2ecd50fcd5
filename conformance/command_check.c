/* lastgood check: judges a recording. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "clause_names.h"
#include "commands.h"
#include "edges.h"
#include "judge.h"
#include "model/recording.h"

static const char help[] =
    "usage: lastgood check RECORDING [--profile NAME]\n"
    "\n"
    "Judges a recording (lastgood run --record, lastgood-sim --trace). Each step that violates is "
    "shown with\n"
    "what was allowed. The last line counts the steps.\n"
    "\n"
    "example:\n"
    "  lastgood check run.jsonl --profile strict\n"
    "\n"
    "exit codes: 0 conforms, 1 violates, 2 undetermined or inconsistent, 3 unreadable, 64 usage\n";

struct options {
    enum lg_profile_id profile;
};

static bool take_profile(void *self, const char *value)
{
    int found = lg_profile_find(value);
    if (found < 0)
        fprintf(stderr, "lastgood: no such profile: %s\n", value);
    else
        ((struct options *)self)->profile = (enum lg_profile_id)found;
    return found >= 0;
}

static const struct lg_option known[] = {{"--profile", true, take_profile}};

struct count {
    unsigned long steps;
    unsigned long by_kind[LG_VERDICT_UNDETERMINED + 1];
};

static void show(const struct lg_recording *recording, const struct lg_trace_step *step,
                 const struct lg_verdict *verdict, const struct lg_judge *judge)
{
    static const char *const words[] = {"conforms", "undocumented", "inconsistent", "violates",
                                        "undetermined"};
    char text[LG_WORDS_BYTES];
    struct lg_explanation why = lg_judge_explain(judge);
    lg_words_of_call(&step->call, &recording->names, text);
    printf("line %u: %s: %s\n", recording->number, words[verdict->kind], text);
    lg_words_of_seen(&step->seen, &step->call, &recording->names, text);
    printf("    seen: %s\n", text);
    for (unsigned i = 0; i < verdict->allowed_count; i++) {
        lg_words_of_pattern(&verdict->allowed[i], &step->call, &recording->names, text);
        printf("    %s %s (%s)\n", i ? "     or" : "allowed:", text,
               lg_clauses[verdict->allowed[i].clause].id);
    }
    if (why.found) {
        enum lg_site site = lg_slot_site(why.slot);
        const struct lg_alternative_row *row =
            &lg_alternatives[lg_sites[site].alternative + why.alternative];
        printf("    explained by: %s=%s, %s (%s)\n", lg_sites[site].id, row->name, row->what,
               lg_clauses[row->clause].id);
    }
}

static void judge_step(struct lg_judge *judge, const struct lg_recording *recording,
                       const struct lg_trace_step *step, struct count *count)
{
    struct lg_verdict verdict;
    count->steps++;
    if (step->reply == LG_REPLY_LOST) {
        lg_judge_lost(judge, &step->call);
        return;
    }
    if (step->answered)
        lg_oracle_set_time(&judge->oracle, step->sent / 1000, step->answered / 1000 + 1);
    lg_judge_step(judge, &step->call, &step->seen, &verdict);
    if (verdict.secondary)
        return;
    count->by_kind[verdict.kind]++;
    if (verdict.kind >= LG_VERDICT_INCONSISTENT)
        show(recording, step, &verdict, judge);
}

static int check_file(FILE *file, const struct options *options)
{
    struct lg_json_error error;
    struct lg_recording recording;
    struct lg_trace_step step;
    struct lg_blobs blobs;
    struct lg_judge judge;
    struct count count = {0};
    enum lg_recorded kind = LG_RECORDED_ERROR;
    if (!lg_blobs_init(&blobs) || !lg_judge_init(&judge, options->profile))
        return LG_EXIT_HARNESS;
    if (lg_recording_open(&recording, file, &blobs, &error))
        while ((kind = lg_recording_next(&recording, &step, &error)) == LG_RECORDED_STEP ||
               kind == LG_RECORDED_RESET) {
            if (kind == LG_RECORDED_RESET)
                lg_judge_reset(&judge);
            else if (step.reply != LG_REPLY_NONE)
                judge_step(&judge, &recording, &step, &count);
        }
    if (kind == LG_RECORDED_ERROR)
        fprintf(stderr, "lastgood: %s\n", error.reason);
    lg_recording_close(&recording);
    lg_judge_free(&judge);
    lg_blobs_free(&blobs);
    printf("%lu steps: %lu violate, %lu inconsistent, %lu undocumented, %lu undetermined\n",
           count.steps, count.by_kind[LG_VERDICT_VIOLATES], count.by_kind[LG_VERDICT_INCONSISTENT],
           count.by_kind[LG_VERDICT_UNDOCUMENTED], count.by_kind[LG_VERDICT_UNDETERMINED]);
    if (kind == LG_RECORDED_ERROR)
        return LG_EXIT_HARNESS;
    if (count.by_kind[LG_VERDICT_VIOLATES])
        return LG_EXIT_VIOLATES;
    bool open = count.by_kind[LG_VERDICT_INCONSISTENT] || count.by_kind[LG_VERDICT_UNDETERMINED];
    return open ? LG_EXIT_UNDETERMINED : LG_EXIT_CONFORMS;
}

int lg_command_check(int argc, char **argv)
{
    struct options options = {LG_PROFILE_documented};
    const char **words = calloc((size_t)argc, sizeof *words);
    size_t count = 0;
    int code = lg_arguments_read(argc, argv, known, 1, help, &options, words, &count);
    if (code < 0 && count != 1) {
        fprintf(stderr, "lastgood: one recording must be named; see lastgood check --help\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0) {
        FILE *file = fopen(words[0], "r");
        if (!file)
            fprintf(stderr, "lastgood: %s: %s\n", words[0], strerror(errno));
        code = file ? check_file(file, &options) : LG_EXIT_USAGE;
    }
    free(words);
    return code;
}
