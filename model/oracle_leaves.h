/* The decision tree of one call on one cell. A reading whose alternatives all lead to the same is
 * not bound by it. */
#ifndef LG_ORACLE_LEAVES_H
#define LG_ORACLE_LEAVES_H

#include "oracle.h"

void lg_leaves_add(struct lg_leaves *leaves, const struct lg_tape *tape, uint32_t element);

/* Leaves those that differ. `elements` holds the successors, with their hashes. */
void lg_leaves_collapse(struct lg_leaves *leaves, const struct lg_element *elements);

/* Adds the readings that a leaf binds. Returns whether there were any. */
bool lg_leaf_learn(struct lg_readings *readings, const struct lg_leaf *leaf);

#endif
