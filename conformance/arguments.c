/* Options of commands. */
#include "arguments.h"

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "model/suggest.h"

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

static int take(const struct lg_option *option, int argc, char **argv, int *at, void *options)
{
    const char *equals = strchr(argv[*at], '=');
    const char *value = option->has_value ? (equals           ? equals + 1
                                             : *at + 1 < argc ? argv[++*at]
                                                              : NULL)
                                          : "";
    if (!value) {
        fprintf(stderr, "lastgood: a value is missing after %s; see lastgood %s --help\n",
                option->name, argv[0]);
        return LG_EXIT_USAGE;
    }
    return option->take(options, value) ? -1 : LG_EXIT_USAGE;
}

int lg_arguments_read(int argc, char **argv, const struct lg_option *known, size_t count,
                      const char *help, void *options, const char **words, size_t *word_count)
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
        int code = option ? take(option, argc, argv, &at, options)
                          : unknown(argv[0], argv[at], known, count);
        if (code >= 0)
            return code;
    }
    return -1;
}
