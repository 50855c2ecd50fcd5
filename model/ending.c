/* How a call is known to have ended. A way that cannot end so is given up where that shows first:
 * an oracle walks all ways, and most of them do not explain what was seen. */
#include "step.h"

enum lg_ending lg_outcome_ending(const struct lg_outcome *seen)
{
    if (seen->fault)
        return LG_ENDING_REFUSED;
    if (seen->return_value == 0)
        return LG_ENDING_DONE;
    return seen->return_value == 4096 ? LG_ENDING_JOB : LG_ENDING_REFUSED;
}

/* Methods of a VM say in their code whether they were refused. A cause that events armed may be the
 * code 0 or 4096 itself. */
enum lg_ending lg_ending_of(const struct lg_turn *turn)
{
    const struct lg_outcome *seen = turn->tape->seen;
    if (!seen || turn->call->method >= LG_KEYED_METHODS || turn->armed)
        return LG_ENDING_ANY;
    return lg_outcome_ending(seen);
}

void lg_dead_end(struct lg_turn *turn)
{
    turn->tape->dead = 1;
}

/* Whether the alternative `refused` of a site is taken, which leads to a refusal. */
bool lg_site_refuses(struct lg_turn *turn, enum lg_site site, unsigned key, unsigned refused)
{
    unsigned viable = turn->ending == LG_ENDING_DONE ? ~(1u << refused) : ~0u;
    return lg_choose_viable(turn->tape, site, key, viable) == refused;
}
