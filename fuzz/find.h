/* How a fuzz target ends when it found something. */
#ifndef LG_FUZZ_FIND_H
#define LG_FUZZ_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What every target defines, for whatever engine runs it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Says "lastgood-find: ..." on standard error, which is what finds are told apart by, and stops the
 * program. */
void lg_find(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Stops the program where it does not hold. */
#define lg_holds(condition)                                                                        \
    ((condition) ? (void)0 : lg_find("%s:%d: %s", __func__, __LINE__, #condition))

/* What a target saw, so that two runs of one input can be compared. */
void lg_saw(const void *bytes, size_t length);
extern uint64_t lg_seen; /* a digest of it; whoever compares sets it to 0 */

/* The bytes as a file: a path that can be opened for reading, until the next call. */
const char *lg_as_file(const uint8_t *bytes, size_t length);

#endif
