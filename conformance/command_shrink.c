/* lastgood shrink. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "finds.h"
#include "interrupt.h"
#include "recorded.h"
#include "wsman_arguments.h"

static const char help[] =
    "usage: lastgood shrink FILE TARGET [B] [options]\n"
    "\n"
    "Makes what was found as small as it can be. FILE is a recording (.jsonl), a vector (.json) or "
    "a fuzz find (.bin);\n"
    "the first of its scripts that TARGET does otherwise than documented, or otherwise than the "
    "target B, is run again\n"
    "and again without some of its steps. What is written can be shrunk further.\n"
    "\n"
    "  --budget CALLS   target calls; default 200\n"
    "  --repeats N      how often a smaller script is tried on a target that is flaky; default 1\n"
    "  --profile NAME   what is judged by; default documented\n"
    "  --out FOLDER     where the vector is written; default lastgood-finds\n"
    "\n"
    "of http:// targets:\n" LG_LOGIN_HELP LG_RUN_HELP "\n"
    "example:\n"
    "  lastgood shrink run.jsonl \"stdio:python3 my_wrapper.py\"\n"
    "\n"
    "exit codes: 0 nothing to shrink, 1 violates or differs as forbidden, 2 undetermined or "
    "another allowed answer,\n"
    "            3 the harness failed, 64 usage\n";

struct options {
    struct lg_wsman_options wsman;
    enum lg_profile_id profile;
    unsigned budget;
    unsigned repeats;
    const char *out;
};

struct work {
    const struct options *options;
    struct lg_blobs blobs;
    struct lg_script_list scripts;
    struct lg_side sides[2];
    unsigned side_count;
    struct lg_shrinker shrinker;
};

static struct lg_side *second(struct work *work)
{
    return work->side_count == 2 ? &work->sides[1] : NULL;
}

static bool run_script(struct work *work, const struct lg_script *script,
                       struct lg_difference *difference)
{
    struct lg_json_error reason;
    bool alike;
    for (unsigned i = 0; i < work->side_count; i++)
        if (!lg_side_run(&work->sides[i], script, &reason)) {
            fprintf(stderr, "lastgood: %s: %s\n", work->sides[i].name, reason.reason);
            return false;
        }
    *difference = second(work) ? lg_differ(script, &work->sides[0], second(work), &alike)
                               : lg_offence_difference(&work->sides[0], LG_GUILTY_A);
    return true;
}

static int show(struct work *work, const struct lg_script *script,
                const struct lg_difference *difference)
{
    const char *out = work->options->out;
    char path[LG_FIND_PATH_BYTES];
    lg_find_tell(script, difference, &work->sides[0], second(work), &work->shrinker);
    if (!lg_find_write(script, difference, &work->sides[0], second(work), out, path)) {
        fprintf(stderr, "lastgood: %s: %s\n", out, strerror(errno));
        return LG_EXIT_HARNESS;
    }
    printf("    vector: %s\n    again: lastgood shrink ", path);
    lg_shell_word_print(path);
    for (unsigned i = 0; i < work->side_count; i++) {
        putchar(' ');
        lg_shell_word_print(work->sides[i].name);
    }
    printf("\n");
    return difference->kind == LG_DIFFERENCE_FORBIDDEN ? LG_EXIT_VIOLATES : LG_EXIT_UNDETERMINED;
}

static int shrink(struct work *work, struct lg_script *script, struct lg_difference *difference)
{
    const struct lg_readings before[2] = {work->sides[0].before, work->sides[1].before};
    static const struct lg_known_keys nothing;
    work->shrinker.budget = work->options->budget;
    work->shrinker.repeats = work->options->repeats;
    if (lg_find_shrink(&work->sides[0], second(work), script, difference, before, &nothing,
                       &work->shrinker))
        return show(work, script, difference);
    printf("not found again in %u tries: flaky, or the target forgets no reset\n",
           work->shrinker.tries);
    return LG_EXIT_UNDETERMINED;
}

static int shrink_first(struct work *work)
{
    struct lg_difference difference;
    for (size_t i = 0; i < work->scripts.count && !lg_interrupted(); i++) {
        if (!run_script(work, work->scripts.items[i], &difference))
            return LG_EXIT_HARNESS;
        if (difference.kind != LG_DIFFERENCE_NONE)
            return shrink(work, work->scripts.items[i], &difference);
    }
    printf("%zu scripts: nothing to shrink\n", work->scripts.count);
    return LG_EXIT_CONFORMS;
}

static int run_words(struct work *work, const char *const *words, size_t count)
{
    struct lg_json_error error;
    bool usage;
    if (!lg_scripts_load(&work->scripts, words[0], &work->blobs, &error)) {
        fprintf(stderr, "lastgood: %s\n", error.reason);
        return LG_EXIT_USAGE;
    }
    for (; work->side_count + 1 < count; work->side_count++) {
        const char *name = words[work->side_count + 1];
        if (!lg_side_open(&work->sides[work->side_count], name, &work->blobs,
                          work->options->profile, &work->options->wsman, &error, &usage)) {
            fprintf(stderr, "lastgood: %s: %s\n", name, error.reason);
            work->side_count++;
            return usage ? LG_EXIT_USAGE : LG_EXIT_HARNESS;
        }
    }
    lg_interrupt_watch();
    return shrink_first(work);
}

static int run(const struct options *options, const char *const *words, size_t count)
{
    struct work *work = calloc(1, sizeof *work);
    int code = LG_EXIT_HARNESS;
    if (work && lg_blobs_init(&work->blobs)) {
        work->options = options;
        code = run_words(work, words, count);
        for (unsigned i = 0; i < work->side_count; i++)
            lg_side_close(&work->sides[i]);
        lg_scripts_free(&work->scripts);
        lg_blobs_free(&work->blobs);
    }
    free(work);
    return code;
}

static int read_options(int argc, char **argv, struct options *options, const char **words,
                        size_t *count)
{
    const struct lg_option known[] = {
        {"--budget", .number = &options->budget, .from = 1, .to = UINT_MAX},
        {"--repeats", .number = &options->repeats, .from = 1, .to = UINT_MAX},
        {"--profile", .take = lg_take_profile, .into = &options->profile},
        {"--out", .text = &options->out},
        LG_LOGIN_ARGUMENTS(&options->wsman),
        LG_RUN_ARGUMENTS(&options->wsman),
    };
    return lg_arguments_read(argc, argv, known, sizeof known / sizeof known[0], help, words, count);
}

int lg_command_shrink(int argc, char **argv)
{
    struct options options = {.budget = 200, .repeats = 1, .out = "lastgood-finds"};
    const char **words = calloc((size_t)argc, sizeof *words);
    size_t count = 0;
    int code = words ? read_options(argc, argv, &options, words, &count) : LG_EXIT_HARNESS;
    bool replayed = code < 0 && count > 1 &&
                    (lg_is_recording(words[1]) || (count > 2 && lg_is_recording(words[2])));
    if (code < 0 && (count < 2 || count > 3 || replayed)) {
        fprintf(stderr, "lastgood: a file and a target that can be asked must be named; see "
                        "lastgood shrink --help\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0 && options.wsman.dry_run) {
        fprintf(stderr,
                "lastgood: --dry-run is for lastgood run: it tells what would be touched\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0)
        code = run(&options, words, count);
    free(words);
    return code;
}
