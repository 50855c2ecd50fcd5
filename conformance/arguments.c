/* Options of commands. */
#include "arguments.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "model/lastgood.h"
#include "model/suggest.h"
#include "vector.h"

enum { OPTIONS_MAX = 32 };

static int unknown(const char *command, const char *word, const struct lg_option *known,
                   size_t count)
{
    const char *names[OPTIONS_MAX];
    for (size_t i = 0; i < count && i < OPTIONS_MAX; i++)
        names[i] = known[i].name;
    const char *near = lg_suggest(word, names, count);
    fprintf(stderr, "lastgood: unknown option: %s%s%s%s; see lastgood %s --help\n", word,
            near ? "; did you mean " : "", near ? near : "", near ? "?" : "", command);
    return LG_EXIT_USAGE;
}

static bool is_named(const char *argument, const char *name)
{
    size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 && (!argument[length] || argument[length] == '=');
}

static const struct lg_option *find(const char *argument, const struct lg_option *known,
                                    size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_named(argument, known[i].name))
            return &known[i];
    return NULL;
}

static bool take_number(const struct lg_option *option, const char *value, const char *command)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(value, &end, 10);
    bool good = *value >= '0' && *value <= '9' && !*end && !errno;
    if (good && number >= option->from && number <= option->to) {
        *option->number = (unsigned)number;
        return true;
    }
    fprintf(stderr, "lastgood: %s must be a number from %u to %u: %s; see lastgood %s --help\n",
            option->name, option->from, option->to, value, command);
    return false;
}

static bool take_listed(const struct lg_option *option, const char *value, const char *command)
{
    if (*option->list.count < option->list.most) {
        option->list.items[(*option->list.count)++] = value;
        return true;
    }
    fprintf(stderr, "lastgood: %s may be given %u times at most; see lastgood %s --help\n",
            option->name, option->list.most, command);
    return false;
}

static bool take(const struct lg_option *option, const char *value, const char *command)
{
    if (option->also)
        *option->also = true;
    if (option->flag)
        *option->flag = true;
    else if (option->text)
        *option->text = value;
    else if (option->list.items)
        return take_listed(option, value, command);
    else if (option->number)
        return take_number(option, value, command);
    else
        return option->take(option->into, value);
    return true;
}

/* -1, or an exit code. Moves `at` on to the value where that is a word of its own. */
static int read_option(const struct lg_option *option, int argc, char **argv, int *at)
{
    const char *equals = strchr(argv[*at], '=');
    const char *value = option->flag     ? ""
                        : equals         ? equals + 1
                        : *at + 1 < argc ? argv[++*at]
                                         : NULL;
    if (value && !(option->flag && equals))
        return take(option, value, argv[0]) ? -1 : LG_EXIT_USAGE;
    fprintf(stderr, "lastgood: %s %s; see lastgood %s --help\n", option->name,
            value ? "takes no value" : "needs a value", argv[0]);
    return LG_EXIT_USAGE;
}

int lg_arguments_read(int argc, char **argv, const struct lg_option *known, size_t count,
                      const char *help, const char **words, size_t *word_count)
{
    *word_count = 0;
    for (int at = 1; at < argc; at++) {
        if (strcmp(argv[at], "--help") == 0) {
            fputs(help, stdout);
            return LG_EXIT_CONFORMS;
        }
        if (strncmp(argv[at], "--", 2) != 0) {
            words[(*word_count)++] = argv[at];
            continue;
        }
        const struct lg_option *option = find(argv[at], known, count);
        int code = option ? read_option(option, argc, argv, &at)
                          : unknown(argv[0], argv[at], known, count);
        if (code >= 0)
            return code;
    }
    return -1;
}

bool lg_take_profile(void *into, const char *value)
{
    enum lg_profile_id *profile = into;
    const char *names[LG_PROFILE_COUNT];
    int found = lg_profile_find(value);
    for (int i = 0; i < LG_PROFILE_COUNT; i++)
        names[i] = lg_profiles[i].name;
    if (found >= 0) {
        *profile = (enum lg_profile_id)found;
        return true;
    }
    const char *near = lg_suggest(value, names, LG_PROFILE_COUNT);
    fprintf(stderr, "lastgood: no such profile: %s%s%s%s\n", value, near ? "; did you mean " : "",
            near ? near : "", near ? "?" : "");
    return false;
}

bool lg_take_tier(void *into, const char *value)
{
    enum lg_tier *tier = into;
    if (lg_tier_read(value, tier))
        return true;
    fprintf(stderr, "lastgood: no such tier: %s; smoke, hand, full or wire\n", value);
    return false;
}
