/* Options of commands: "--name value", "--name=value", "--flag", and what is left over. */
#ifndef LG_ARGUMENTS_H
#define LG_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

struct lg_option {
    const char *name; /* with its dashes */
    bool has_value;
    bool (*take)(void *options,
                 const char *value); /* false: the value is none; said on stderr already */
};

/* Reads argv[1] and after. Words go to `words` (argc of them at most). Returns -1 to go on, or an
 * exit code: 0 after
 * --help, 64 after an error, which is said on stderr with a suggestion. */
int lg_arguments_read(int argc, char **argv, const struct lg_option *known, size_t count,
                      const char *help, void *options, const char **words, size_t *word_count);

#endif
