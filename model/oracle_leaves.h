/* The decision tree of one call on one cell. A reading whose alternatives all lead to the same is
 * not bound by it. */
#ifndef LG_ORACLE_LEAVES_H
#define LG_ORACLE_LEAVES_H

#include "oracle.h"

void lg_leaves_add(struct lg_leaves *leaves, const struct lg_tape *tape, uint32_t element);

/* Leaves those that differ. `elements` holds the successors, with their hashes. */
void lg_leaves_collapse(struct lg_leaves *leaves, const struct lg_element *elements);

/* Drops leaves that another one still leads to: the call went the same way, and jobs that go on
 * take it there. Whoever looks next finds them again. before: the cell that they all come from;
 * like: has the profile and the readings that they were drawn with. */
void lg_leaves_drop_later(struct lg_leaves *leaves, struct lg_element *elements,
                          const struct lg_cell *before, const struct lg_call *call,
                          const struct lg_tape *like);

/* The alternative of a draw that counts: of several that lead to the leaf the most pleasant one; -1
 * for a reading that made no difference. */
int lg_leaf_alternative(const struct lg_leaf *leaf, unsigned position);

/* Adds the readings that a leaf binds. Returns whether there were any. */
bool lg_leaf_learn(struct lg_readings *readings, const struct lg_leaf *leaf);

#endif
