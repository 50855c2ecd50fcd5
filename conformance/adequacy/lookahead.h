/* Whether calls that follow tell a mutant from the model, where one step of it goes elsewhere. */
#ifndef LG_LOOKAHEAD_H
#define LG_LOOKAHEAD_H

#include "spots.h"

enum { LG_LOOKAHEAD_CALLS = 2 }; /* that follow, one after the other */

struct lg_lookahead {
    const struct lg_spots *spots;
    lg_step_function *mutant;
    struct lg_world world; /* whose calls follow; those about its job, for each job there is */
};

void lg_lookahead_init(struct lg_lookahead *lookahead, const struct lg_spots *spots,
                       lg_step_function *mutant);

/* Whether no calls that follow are answered by the mutant as the model may not answer them, on any
 * way that answers the same until there. */
bool lg_lookahead_is_untold(const struct lg_lookahead *lookahead, const struct lg_ways *mutant,
                            const struct lg_ways *model);

#endif
