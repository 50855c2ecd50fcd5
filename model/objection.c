/* Objections: what speaks against a call before anything else was looked at. */
#include "step.h"

/* The site of what no reading that is left gets past. */
enum { CERTAIN = LG_SITE_COUNT };

static bool is_certain_already(const struct lg_objections *all, enum lg_cause cause)
{
    for (unsigned i = 0; i < all->count; i++)
        if (all->items[i].site == CERTAIN && all->items[i].cause == cause)
            return true;
    return false;
}

static void add(struct lg_objections *all, const struct lg_objection *objection)
{
    if (is_certain_already(all, (enum lg_cause)objection->cause))
        return;
    lg_assert(all->count < LG_OBJECTIONS_MAX);
    all->items[all->count++] = *objection;
}

void lg_object(const struct lg_turn *turn, struct lg_objections *all, enum lg_site site,
               unsigned key, unsigned alternative, enum lg_cause cause)
{
    const unsigned refuses = 1u << alternative;
    unsigned left = lg_reading_left(turn->tape, site, key);
    struct lg_objection objection = {(uint8_t)site, (uint8_t)alternative, (uint8_t)cause,
                                     (uint16_t)key};
    if (left == refuses)
        objection.site = CERTAIN;
    if (left & refuses)
        add(all, &objection);
}

void lg_object_for_certain(struct lg_objections *all, enum lg_cause cause)
{
    const struct lg_objection objection = {CERTAIN, 0, (uint8_t)cause, 0};
    add(all, &objection);
}

/* One of them, or 0: none is told first. */
static uint32_t choose(struct lg_turn *turn, const struct lg_objections *all)
{
    if (all->count == 0)
        return 0;
    unsigned told = lg_choose_among(turn->tape, LG_SITE_check_order, 1 + all->count, ~0u);
    if (told == LG_ALT_check_order_first)
        return 0;
    const struct lg_objection *objection = &all->items[told - 1];
    if (objection->site != CERTAIN)
        lg_choose_viable(turn->tape, (enum lg_site)objection->site, objection->key,
                         1u << objection->alternative);
    return 1u << objection->cause;
}

/* What is wrong, or may be, with the caller, the environment or the bytes. */
static bool may_be_refused_as_any(struct lg_turn *turn)
{
    return lg_check_rights(turn) || lg_check_environment(turn) || turn->call->blob != LG_BLOB_PLAIN;
}

uint32_t lg_told_first(struct lg_turn *turn, const struct lg_objections *to_vm,
                       const struct lg_objections *to_change)
{
    bool of_text = lg_text_may_be_wrong(turn);
    uint32_t told = 0;
    if (!lg_call_leads_to_vm(turn) || turn->ending == LG_ENDING_DONE)
        return 0;
    if (of_text)
        told = choose(turn, to_vm);
    if (!told && (of_text || to_vm->count || may_be_refused_as_any(turn)))
        told = choose(turn, to_change);
    return told;
}
