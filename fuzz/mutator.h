/* Changes scripts as scripts: whole calls come, go and swap places, an argument changes within what
 * it can mean, a choice changes. Pure: the same seed changes the same bytes the same way. */
#ifndef LG_FUZZ_MUTATOR_H
#define LG_FUZZ_MUTATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LG_MUTATION_NAME_BYTES = 64 };

/* Changes `length` bytes in place, at most to `max`. Returns the new length, at least that of one
 * call if `max` allows. name: what was done, or NULL. */
size_t lg_mutate(uint8_t *bytes, size_t length, size_t max, uint64_t seed,
                 char name[LG_MUTATION_NAME_BYTES]);

/* Calls of one script, then those of another, each from some place on. Returns the length. */
size_t lg_mutate_cross(const uint8_t *first, size_t first_length, const uint8_t *second,
                       size_t second_length, uint8_t *out, size_t max, uint64_t seed);

/* Shrinking: the script without `count` calls from `at` on, its tape without as much. Returns the
 * length; that of the input if there are no such calls. */
size_t lg_mutate_remove(const uint8_t *bytes, size_t length, size_t at, size_t count, uint8_t *out);

/* Calls of a script of this length. */
size_t lg_mutate_calls(size_t length);

#endif
