/* The choices that make a target go along a move, and the names that it has for bytes. */
#ifndef LG_WALK_CHOICES_H
#define LG_WALK_CHOICES_H

#include "explore.h"

enum { LG_CHOICES_MAX = LG_DRAWS_MAX + 2 + 2 * LG_FIELDS_MAX };

struct lg_choices {
    uint8_t bytes[LG_CHOICES_MAX];
    unsigned count;
};

/* Those of a move: its way, then what picks the values that were seen. */
void lg_choices_of_move(const struct lg_move *move, struct lg_choices *choices);

/* Protectors by the names of a world, and by those of a target: no two of a target's are one. Zero
 * is a target that knows none. */
struct lg_walk_names {
    uint16_t of_target[LG_WORLD_PROTECTORS_MAX + 1];
    uint16_t given;
};

/* No material's: the model knows some of them. */
enum { LG_WALK_NAMES_FROM = 128 };

/* A call as the target has it; protectors that the cell does not hold are new ones. */
struct lg_call lg_walk_names_call(struct lg_walk_names *names, const struct lg_world *world,
                                  const struct lg_cell *cell, const struct lg_call *call);

/* Whether a field of what a method shows is bytes. */
bool lg_walk_is_symbol(uint8_t method, unsigned field);

/* An answer of the target as the world has it; bytes of the target's own get a name that the cell
 * does not hold. */
void lg_walk_names_seen(struct lg_walk_names *names, const struct lg_cell *cell,
                        const struct lg_call *call, struct lg_outcome *seen);

#endif
