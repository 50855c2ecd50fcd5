/* One part of a small world: the traces that begin with one of its calls, the oracle against brute
 * force. */
#ifndef LG_NO_MISS_PART_H
#define LG_NO_MISS_PART_H

#include "no_miss.h"

/* The oracle keeps so many explanations. The first disagreements go to standard output. False: no
 * memory. */
bool lg_no_miss_part(const struct lg_small_world *world, unsigned call, uint32_t set_max,
                     struct lg_no_miss *figures);

#endif
