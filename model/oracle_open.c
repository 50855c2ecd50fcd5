/* Calls that are open: sent and not yet answered, or without a reply for ever. They take effect in
 * any order, as late as they are needed. */
#include <string.h>

#include "bits.h"
#include "oracle_set.h"

/* While calls without a reply are pending: explanations that are kept, and that are looked for. */
enum { KEPT_MAX = 64, CLOSED_MAX = 256 };
/* The same for those who go back. */
enum { KEPT_BEHIND_MAX = 128, CLOSED_BEHIND_MAX = 400 };

static uint32_t kept_max(const struct lg_oracle *oracle)
{
    return oracle->awake == LG_AWAKE_ALL ? KEPT_MAX : KEPT_BEHIND_MAX;
}

static uint32_t closed_max(const struct lg_oracle *oracle)
{
    return oracle->awake == LG_AWAKE_ALL ? CLOSED_MAX : CLOSED_BEHIND_MAX;
}

/* ---- taking effect ---- */

static struct lg_attempt attempt_of(const struct lg_open_call *open, uint16_t bit)
{
    return (struct lg_attempt){&open->call, open->lost ? NULL : &open->seen, open->many ? 0 : bit,
                               false};
}

/* Whether the call may well have changed nothing, as far as its answer tells. */
static bool may_change_nothing(const struct lg_open_call *open)
{
    if (open->lost)
        return false;
    return lg_call_only_looks(&open->call) || lg_outcome_ending(&open->seen) == LG_ENDING_REFUSED;
}

static bool same_but_done(const struct lg_element *a, const struct lg_element *b)
{
    return a->hash == b->hash && a->readings == b->readings && a->mark_tag == b->mark_tag &&
           lg_cell_equal(&a->cell, &b->cell);
}

/* The call takes effect in one explanation. True: one of its ways leaves all else as it was, so
 * that nothing is lost by taking it at once. */
static bool take_effect(struct lg_oracle *oracle, struct lg_set *set, const struct lg_element *from,
                        unsigned place)
{
    const struct lg_open_call *open = &set->open[place];
    struct lg_attempt attempt = attempt_of(open, (uint16_t)(1u << place));
    uint32_t before = set->count;
    lg_set_add(oracle, from, &attempt, set);
    for (uint32_t i = before; i < set->count; i++)
        if (same_but_done(from, &set->elements[i]))
            return may_change_nothing(open);
    return false;
}

/* Calls that only look come first: where one fits, the others can wait. */
static void expand(struct lg_oracle *oracle, struct lg_set *set, uint32_t element, uint16_t which)
{
    struct lg_element from = set->elements[element];
    for (unsigned pass = 0; pass < 2; pass++)
        for (unsigned k = 0; k < LG_PENDING_MAX; k++) {
            bool open = set->open_mask & which & ~from.done & 1u << k;
            if (!open || may_change_nothing(&set->open[k]) != (pass == 0))
                continue;
            if (!take_effect(oracle, set, &from, k))
                continue;
            set->elements[element].readings = LG_ELEMENT_GONE;
            return;
        }
}

static void drop_gone(struct lg_oracle *oracle, struct lg_set *set)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->count; i++)
        if (set->elements[i].readings != LG_ELEMENT_GONE)
            set->elements[kept++] = set->elements[i];
    if (kept != set->count)
        oracle->indexed = NULL;
    set->count = kept;
}

void lg_set_close(struct lg_oracle *oracle, struct lg_set *set, uint16_t needed)
{
    lg_set_close_some(oracle, set, needed, UINT16_MAX);
}

static unsigned count_lost(const struct lg_set *set, const struct lg_element *element)
{
    return lg_bits_count(element->done & set->lost_mask);
}

/* The fewest calls without a reply that an explanation needs. */
static unsigned fewest_lost(const struct lg_set *set)
{
    unsigned fewest = LG_PENDING_MAX;
    for (uint32_t i = 0; i < set->count; i++)
        if (count_lost(set, &set->elements[i]) < fewest)
            fewest = count_lost(set, &set->elements[i]);
    return fewest;
}

static bool is_bounded(const struct lg_oracle *oracle, const struct lg_set *set)
{
    return set->lost_mask || oracle->awake != LG_AWAKE_ALL;
}

/* The set grows while it is walked. */
void lg_set_close_some(struct lg_oracle *oracle, struct lg_set *set, uint16_t needed,
                       uint16_t which)
{
    if (!set->open_mask)
        return;
    oracle->optional = set->lost_mask;
    oracle->indexed = NULL;
    unsigned few =
        oracle->awake == LG_AWAKE_FEW ? fewest_lost(set) + oracle->lost_more : LG_PENDING_MAX;
    for (uint32_t i = 0; i < set->count; i++) {
        if (set->elements[i].done & needed)
            continue;
        if (count_lost(set, &set->elements[i]) >= few) {
            set->narrowed = 1;
            expand(oracle, set, i, which & (uint16_t)~set->lost_mask);
            continue;
        }
        bool many = is_bounded(oracle, set) && set->count >= closed_max(oracle);
        uint16_t left = oracle->awake == LG_AWAKE_ALL ? (uint16_t)~set->lost_mask : needed;
        set->narrowed |= many;
        expand(oracle, set, i, many ? which & left : which);
    }
    drop_gone(oracle, set);
}

/* ---- places ---- */

static bool same_call(const struct lg_call *a, const struct lg_call *b)
{
    struct lg_call left = *a;
    left.new_job = b->new_job;
    return memcmp(&left, b, sizeof left) == 0;
}

/* No place is left: one like it that has no reply either stands for both. */
static void stand_for(struct lg_oracle *oracle, struct lg_set *set, const struct lg_call *call)
{
    for (unsigned k = 0; k < LG_PENDING_MAX; k++) {
        struct lg_open_call *open = &set->open[k];
        if (!open->lost || !same_call(&open->call, call))
            continue;
        open->many = 1;
        oracle->approximations++;
        return;
    }
    oracle->bound_hit = 1;
}

int lg_oracle_begin(struct lg_oracle *oracle, const struct lg_call *call,
                    const struct lg_outcome *seen)
{
    struct lg_set *set = lg_oracle_set(oracle, call->vm);
    if (!seen && lg_call_only_looks(call))
        return -1;
    for (int k = 0; set && k < LG_PENDING_MAX; k++) {
        struct lg_open_call *open = &set->open[k];
        uint16_t bit = (uint16_t)(1u << k);
        if (set->open_mask & bit)
            continue;
        memset(open, 0, sizeof *open);
        open->call = *call;
        open->lost = seen == NULL;
        if (seen)
            open->seen = *seen;
        else
            set->lost_mask |= bit;
        set->open_mask |= bit;
        return (int)(set - oracle->sets) * LG_PENDING_MAX + k;
    }
    if (set && !seen)
        stand_for(oracle, set, call);
    else
        oracle->bound_hit = 1;
    return -1;
}

static bool is_kept_short(const struct lg_oracle *oracle, const struct lg_set *set)
{
    bool bounded = oracle->optional || (oracle->awake != LG_AWAKE_ALL && set->narrowed);
    return bounded && oracle->next.count >= kept_max(oracle);
}

/* Clears bits of what has taken effect; elements that differed only by them become one. Those in
 * which less has taken effect come first: they cover others. */
static void forget(struct lg_oracle *oracle, struct lg_set *set, uint16_t bits)
{
    unsigned last = set->lost_mask ? LG_PENDING_MAX : 0;
    lg_set_clear_next(oracle);
    oracle->optional = set->lost_mask & (uint16_t)~bits;
    for (unsigned done = 0; done <= last; done++)
        for (uint32_t i = 0; i < set->count; i++) {
            uint16_t left = set->elements[i].done & (uint16_t)~bits;
            if (last && lg_bits_count(left) != done)
                continue;
            if (is_kept_short(oracle, set)) {
                set->narrowed = 1;
                continue;
            }
            struct lg_element *to = &oracle->next.elements[oracle->next.count];
            *to = set->elements[i];
            to->done = left;
            lg_set_commit(oracle, &oracle->next);
        }
    lg_set_swap_next(oracle, set);
    set->open_mask &= (uint16_t)~bits;
    set->lost_mask &= (uint16_t)~bits;
}

static bool keep_done(struct lg_set *set, uint16_t bit)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->count; i++)
        if (set->elements[i].done & bit)
            set->elements[kept++] = set->elements[i];
    if (kept)
        set->count = kept;
    return kept != 0;
}

/* Lost calls that have taken effect in every explanation. */
static uint16_t explained(const struct lg_set *set)
{
    uint16_t everywhere = set->lost_mask;
    for (uint32_t i = 0; i < set->count; i++)
        everywhere &= set->elements[i].done;
    return everywhere;
}

/* With many lost calls pending, those explanations come first in which none of them takes effect
 * now: they still may later. */
static void close_for(struct lg_oracle *oracle, struct lg_set *set, uint16_t bit)
{
    enum { WAYS_MAX = 32 };
    if (oracle->awake == LG_AWAKE_LAST || oracle->awake == LG_AWAKE_ANSWERED) {
        uint16_t awake = oracle->awake == LG_AWAKE_LAST ? bit : (uint16_t)~set->lost_mask;
        set->narrowed |= (set->open_mask & ~awake) != 0;
        lg_set_close_some(oracle, set, bit, awake);
        return;
    }
    if (oracle->awake == LG_AWAKE_ALL && set->count * lg_bits_count(set->lost_mask) > WAYS_MAX) {
        lg_set_close_some(oracle, set, bit, (uint16_t)~set->lost_mask);
        for (uint32_t i = 0; i < set->count; i++)
            if (set->elements[i].done & bit) {
                set->narrowed = 1;
                oracle->approximations++;
                return;
            }
    }
    lg_set_close(oracle, set, bit);
}

/* Whether who asks goes back and asks again. */
static bool is_tried(const struct lg_oracle *oracle)
{
    return oracle->awake == LG_AWAKE_LAST || oracle->awake == LG_AWAKE_ANSWERED ||
           oracle->awake == LG_AWAKE_FEW;
}

void lg_oracle_end(struct lg_oracle *oracle, int handle, struct lg_verdict *verdict)
{
    struct lg_set *set = &oracle->sets[handle / LG_PENDING_MAX];
    struct lg_open_call open = set->open[handle % LG_PENDING_MAX];
    uint16_t bit = (uint16_t)(1u << handle % LG_PENDING_MAX);
    memset(verdict, 0, offsetof(struct lg_verdict, allowed));
    lg_oracle_set(oracle, set->vm);
    close_for(oracle, set, bit);
    bool explains = keep_done(set, bit);
    if (!explains && set->narrowed && is_tried(oracle)) {
        verdict->kind = LG_VERDICT_UNDETERMINED;
        return;
    }
    if (!explains)
        lg_oracle_violation(oracle, set, &open.call, &open.seen, verdict);
    forget(oracle, set, bit | explained(set));
    lg_oracle_settle(oracle, set, verdict);
    lg_oracle_follow_service(oracle, &open.call, &open.seen);
}

void lg_oracle_forget(struct lg_oracle *oracle, int handle)
{
    struct lg_set *set = &oracle->sets[handle / LG_PENDING_MAX];
    uint16_t bit = (uint16_t)(1u << handle % LG_PENDING_MAX);
    if (!(set->lost_mask & bit))
        return;
    lg_oracle_set(oracle, set->vm);
    lg_set_close(oracle, set, 0);
    forget(oracle, set, bit);
}

void lg_oracle_barrier(struct lg_oracle *oracle)
{
    for (unsigned i = 0; i < oracle->set_count; i++) {
        struct lg_set *set = &oracle->sets[i];
        uint16_t lost = set->lost_mask;
        if (!lost)
            continue;
        lg_set_close(oracle, set, 0);
        forget(oracle, set, lost);
    }
}
