/* The command line of lastgood diff. */
#include "diff_options.h"

#include <errno.h>
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
    "  --finds N            stop after so many different finds; default 10\n"
    "  --out FOLDER         where finds are written; default lastgood-finds\n"
    "  --expected FILE      deviations of B that are known; anything else fails\n"
    "  --update             write that file anew\n"
    "\n"
    "of http:// targets:\n" LG_LOGIN_HELP LG_RUN_HELP "\n"
    "examples:\n"
    "  lastgood diff model: \"stdio:python3 my_wrapper.py\" --count 10000\n"
    "  lastgood diff model:observed-2022 http://test-host:5985 --user tester --count 50\n"
    "\n"
    "exit codes: 0 no forbidden difference, 1 forbidden or not as expected, 2 undetermined, 3 the "
    "harness failed,\n"
    "            64 usage\n";

static bool take_number(const char *name, const char *value, unsigned long *number)
{
    char *end;
    errno = 0;
    *number = strtoul(value, &end, 10);
    if (*value >= '0' && *value <= '9' && !*end && !errno)
        return true;
    fprintf(stderr, "lastgood: %s must be a number: %s; see lastgood diff --help\n", name, value);
    return false;
}

static bool take_seed(void *self, const char *value)
{
    return take_number("--seed", value, &((struct lg_diff_options *)self)->seed);
}

static bool take_count(void *self, const char *value)
{
    return take_number("--count", value, &((struct lg_diff_options *)self)->count);
}

static bool take_seconds(void *self, const char *value)
{
    return take_number("--seconds", value, &((struct lg_diff_options *)self)->seconds);
}

static bool take_budget(void *self, const char *value)
{
    return take_number("--budget", value, &((struct lg_diff_options *)self)->budget);
}

static bool take_repeats(void *self, const char *value)
{
    return take_number("--repeats", value, &((struct lg_diff_options *)self)->repeats);
}

static bool take_finds(void *self, const char *value)
{
    return take_number("--finds", value, &((struct lg_diff_options *)self)->finds);
}

static bool take_profile(void *self, const char *value)
{
    int found = lg_profile_find(value);
    if (found < 0)
        fprintf(stderr, "lastgood: no such profile: %s\n", value);
    else
        ((struct lg_diff_options *)self)->profile = (enum lg_profile_id)found;
    return found >= 0;
}

static bool take_script(void *self, const char *value)
{
    struct lg_diff_options *options = self;
    if (options->file_count == LG_DIFF_FILES_MAX) {
        fprintf(stderr, "lastgood: at most %d times --script\n", LG_DIFF_FILES_MAX);
        return false;
    }
    options->files[options->file_count++] = value;
    return true;
}

static bool take_out(void *self, const char *value)
{
    ((struct lg_diff_options *)self)->out = value;
    return true;
}

static bool take_expected(void *self, const char *value)
{
    ((struct lg_diff_options *)self)->expected = value;
    return true;
}

static bool take_update(void *self, const char *value)
{
    (void)value;
    ((struct lg_diff_options *)self)->update = true;
    return true;
}

static const struct lg_option known[] = {
    {"--seed", true, take_seed},
    {"--count", true, take_count},
    {"--seconds", true, take_seconds},
    {"--script", true, take_script},
    {"--profile", true, take_profile},
    {"--budget", true, take_budget},
    {"--repeats", true, take_repeats},
    {"--finds", true, take_finds},
    {"--out", true, take_out},
    {"--expected", true, take_expected},
    {"--update", false, take_update},
    LG_LOGIN_ARGUMENTS,
    LG_RUN_ARGUMENTS,
};

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
    int code = words ? lg_arguments_read(argc, argv, known, sizeof known / sizeof known[0], help,
                                         options, words, &count)
                     : LG_EXIT_HARNESS;
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
