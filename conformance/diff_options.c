/* The command line of lastgood diff. */
#include "diff_options.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"

enum { FINDS_DEFAULT = 10 };

static const char help[] =
    "usage: lastgood diff A B [options]\n"
    "\n"
    "Runs generated scripts on two targets, judges each by an oracle of its own, and compares "
    "them modulo what the\n"
    "documents leave open. What the documents forbid to one of them is shrunk and shown; what they "
    "allow to both is\n"
    "counted apart. A, B: as for lastgood run, or a recording (FILE.jsonl): its own calls are the "
    "scripts then.\n"
    "\n"
    "  --seed S             the same scripts for the same seed; default 1\n"
    "  --count SCRIPTS      default 1000\n"
    "  --seconds S          stop after so long\n"
    "  --script FILE        run this vector, recording or .bin script instead; repeatable\n"
    "  --profile NAME       what both are judged by; default documented\n"
    "  --budget CALLS       target calls for shrinking one find; default 200, 0 does not shrink\n"
    "  --repeats N          how often a smaller script is tried on a target that is flaky; default "
    "1\n"
    "  --finds N            stop after so many that the documents forbid; default 10\n"
    "  --out FOLDER         where finds are written; default lastgood-finds\n"
    "  --expected FILE      deviations of B that are known; anything else fails\n"
    "  --update             write that file anew\n"
    "\n"
    "of http:// targets:\n" LG_LOGIN_HELP LG_RUN_HELP "\n"
    "examples:\n"
    "  lastgood diff model: \"stdio:python3 my_wrapper.py\" --count 10000\n"
    "  lastgood diff model: http://test-host:5985 --user tester --count 50 --expected known.json\n"
    "\n"
    "exit codes: 0 no forbidden difference, 1 forbidden or not as expected, 2 undetermined, 3 the "
    "harness failed,\n"
    "            64 usage\n";

static int read_options(int argc, char **argv, struct lg_diff_options *options, const char **words,
                        size_t *count)
{
    const struct lg_option known[] = {
        {"--seed", .number = &options->seed, .from = 0, .to = UINT_MAX},
        {"--count", .number = &options->count, .from = 0, .to = UINT_MAX},
        {"--seconds", .number = &options->seconds, .from = 0, .to = UINT_MAX},
        {"--script", .list = {options->files, &options->file_count, LG_DIFF_FILES_MAX}},
        {"--profile", .take = lg_take_profile, .into = &options->profile},
        {"--budget", .number = &options->budget, .from = 0, .to = UINT_MAX},
        {"--repeats", .number = &options->repeats, .from = 0, .to = UINT_MAX},
        {"--finds", .number = &options->finds, .from = 0, .to = UINT_MAX},
        {"--out", .text = &options->out},
        {"--expected", .text = &options->expected},
        {"--update", .flag = &options->update},
        LG_LOGIN_ARGUMENTS(&options->wsman),
        LG_RUN_ARGUMENTS(&options->wsman),
    };
    return lg_arguments_read(argc, argv, known, sizeof known / sizeof known[0], help, words, count);
}

int lg_diff_options_read(int argc, char **argv, struct lg_diff_options *options,
                         const char *targets[2])
{
    const char **words = calloc((size_t)argc, sizeof *words);
    size_t count = 0;
    *options = (struct lg_diff_options){.seed = 1,
                                        .count = 1000,
                                        .budget = 200,
                                        .repeats = 1,
                                        .finds = FINDS_DEFAULT,
                                        .out = "lastgood-finds"};
    int code = words ? read_options(argc, argv, options, words, &count) : LG_EXIT_HARNESS;
    if (code < 0 && count != 2) {
        fprintf(stderr, "lastgood: two targets must be named; see lastgood diff --help\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0 && options->update && !options->expected) {
        fprintf(stderr, "lastgood: --update needs --expected FILE\n");
        code = LG_EXIT_USAGE;
    }
    for (size_t i = 0; code < 0 && i < count; i++)
        targets[i] = words[i];
    free(words);
    return code;
}
