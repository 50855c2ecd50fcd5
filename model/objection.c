/* Objections to what a call is to change, each by one reading: told at once, or after the VM's
 * state was looked at. */
#include "step.h"

_Static_assert(LG_ALT_check_order_thirteenth == LG_OBJECTIONS_MAX,
               "check_order has a place for each objection, behind the first");

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

uint32_t lg_raise(struct lg_turn *turn, const struct lg_objections *all)
{
    for (unsigned i = 0; i < all->count; i++) {
        const struct lg_objection *objection = &all->items[i];
        if (lg_site_refuses(turn, (enum lg_site)objection->site, objection->key,
                            objection->alternative))
            return 1u << objection->cause;
    }
    return 0;
}
