/* Objections to what a call is to change, each by one reading: told at once, or after the VM's
 * state was looked at. */
#include "step.h"

void lg_object(const struct lg_turn *turn, struct lg_objections *all, enum lg_site site,
               unsigned key, unsigned alternative, enum lg_cause cause)
{
    if (!(lg_reading_left(turn->tape, site, key) >> alternative & 1))
        return;
    lg_assert(all->count < LG_OBJECTIONS_MAX);
    all->items[all->count++] =
        (struct lg_objection){(uint8_t)site, (uint8_t)alternative, (uint8_t)cause, (uint16_t)key};
}

uint32_t lg_told_first(struct lg_turn *turn, const struct lg_objections *all)
{
    if (all->count == 0 || turn->ending == LG_ENDING_DONE)
        return 0;
    unsigned told = lg_choose_among(turn->tape, LG_SITE_check_order, 1 + all->count, ~0u);
    if (told == LG_ALT_check_order_first)
        return 0;
    const struct lg_objection *objection = &all->items[told - 1];
    lg_choose_viable(turn->tape, (enum lg_site)objection->site, objection->key,
                     1u << objection->alternative);
    return 1u << objection->cause;
}
