/* Options of commands: "--name value", "--name=value", "--flag", and what is left over. */
#ifndef LG_ARGUMENTS_H
#define LG_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

/* A repeatable option's values; strings are those of argv. */
struct lg_text_list {
    const char **items;
    unsigned *count;
    unsigned most;
};

/* An option and where its value goes: one of flag, text, list, number and take. */
struct lg_option {
    const char *name; /* with its dashes */
    bool *flag;       /* becomes true; the option has no value */
    const char **text;
    struct lg_text_list list;
    unsigned *number; /* from..to, decimal */
    unsigned from;
    unsigned to;
    bool (*take)(void *into,
                 const char *value); /* false: the value is none; said on stderr already */
    void *into;
    bool *also; /* becomes true too; NULL: nothing does */
};

/* Reads argv[1] and after. Words go to `words` (argc of them at most). Where a name has several
 * rows the first counts. Returns -1 to go on, or an exit code: 0 after --help, 64 after an error,
 * which is said on stderr with a suggestion. */
int lg_arguments_read(int argc, char **argv, const struct lg_option *known, size_t count,
                      const char *help, const char **words, size_t *word_count);

/* take of an option whose value is a profile's name; into: an enum lg_profile_id. */
bool lg_take_profile(void *into, const char *value);

/* take of --tier; into: an enum lg_tier. */
bool lg_take_tier(void *into, const char *value);

#endif
