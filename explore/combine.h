/* Vectors of combined arguments: every three values of different arguments, at and around each
 * bound, stand together in one call at least. The same program writes the same files. */
#ifndef LG_COMBINE_H
#define LG_COMBINE_H

#include "generate.h"

enum { LG_FACTORS_MAX = 5, LG_LEVELS_MAX = 16 };

/* A row has a level of each factor. */
struct lg_row {
    uint8_t level[LG_FACTORS_MAX];
};

/* Rows in which every three levels of different factors stand together; deterministic. Returns
 * their count, at most `room`. */
unsigned lg_cover_three(const uint8_t *levels, unsigned factors, struct lg_row *rows,
                        unsigned room);

/* Writes the vectors. False: a file cannot be written (errno), or memory is short. */
bool lg_combine(struct lg_generation *generation, FILE *progress);

#endif
