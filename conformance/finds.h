/* What was found, for people: the trace of both sides, and a file that repeats it. */
#ifndef LG_FINDS_H
#define LG_FINDS_H

#include "differ.h"
#include "shrinker.h"

enum { LG_FIND_PATH_BYTES = 512 };

enum { LG_KNOWN_MAX = 256 };

/* Keys of forbidden differences that were found before: shrinking does not slip to one of those. */
struct lg_known_keys {
    char keys[LG_KNOWN_MAX][LG_WHAT_BYTES];
    unsigned count;
};

/* Shrinks a script for as long as the two sides differ in the same way, or the same side offends
 * in a way that is not known yet (b NULL: one side alone), and runs the smallest once more on both.
 * `before`: what was known of the readings of a, then of b. False: it was not found again, or a
 * side is gone; both show what they showed before. */
bool lg_find_shrink(struct lg_side *a, struct lg_side *b, struct lg_script *script,
                    struct lg_difference *difference, const struct lg_readings before[2],
                    const struct lg_known_keys *known, struct lg_shrinker *shrinker);

/* Prints the difference of the last runs. shrinker NULL: the script was not shrunk. */
void lg_find_tell(const struct lg_script *script, const struct lg_difference *difference,
                  const struct lg_side *a, const struct lg_side *b,
                  const struct lg_shrinker *shrinker);

/* Writes the script as a vector: each step allows what the side did that is not guilty. `path` is
 * made from the folder, which is made if it is not there, and the difference. False: errno. */
bool lg_find_write(const struct lg_script *script, const struct lg_difference *difference,
                   const struct lg_side *a, const struct lg_side *b, const char *folder,
                   char path[LG_FIND_PATH_BYTES]);

/* A word for /bin/sh. */
void lg_shell_word_print(const char *word);

#endif
