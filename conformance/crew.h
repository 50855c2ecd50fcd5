/* Work in several processes that share what they found. */
#ifndef LG_CREW_H
#define LG_CREW_H

#include <stdbool.h>
#include <stddef.h>

enum { LG_CREW_MAX = 64 };

/* Zeroed memory that every process of a crew sees; NULL: none. */
void *lg_shared_new(size_t bytes);
void lg_shared_free(void *memory, size_t bytes);

/* Does `work` for 0 to count - 1 at once: the last in this process, each other one in a copy of it.
 * One alone makes no copy. False where one failed. */
bool lg_crew(unsigned count, bool (*work)(void *context, unsigned number), void *context);

#endif
