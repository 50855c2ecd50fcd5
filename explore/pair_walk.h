/* Which pairs of classes one vector walks: told by the walk of its histories. */
#ifndef LG_PAIR_WALK_H
#define LG_PAIR_WALK_H

#include "conformance/vector.h"
#include "explore.h"
#include "pairs.h"

struct lg_pair_walk;

/* The vector's edges must stay as they are meanwhile. NULL: no memory. */
struct lg_pair_walk *lg_pair_walk_new(struct lg_pairs *pairs, const struct lg_world *world,
                                      const struct lg_vector *vector, const struct lg_names *names);
void lg_pair_walk_free(struct lg_pair_walk *walk);

/* One step of a history, nodes in their order. Pairs whose two steps meet in a cell are found; of
 * very many steps some are left out. */
void lg_pair_walk_step(struct lg_pair_walk *walk, unsigned node, const struct lg_call *call,
                       const struct lg_cell *before, const struct lg_outcome *outcome,
                       const struct lg_cell *after);

/* Those that were found are walked. */
void lg_pair_walk_commit(const struct lg_pair_walk *walk);

#endif
