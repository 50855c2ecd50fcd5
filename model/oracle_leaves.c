/* Which of the readings drawn in a step made a difference. */
#include "oracle_leaves.h"

#include <string.h>

static bool is_reading(const struct lg_draw *draw)
{
    return lg_sites[draw->site].scope == LG_SCOPE_READING;
}

void lg_leaves_add(struct lg_leaves *leaves, const struct lg_tape *tape, uint32_t element)
{
    lg_assert(leaves->count < LG_LEAVES_MAX);
    struct lg_leaf *leaf = &leaves->items[leaves->count++];
    leaf->element = element;
    leaf->count = tape->count;
    leaf->progressed = tape->progressed;
    leaf->bound = 0;
    leaf->gone = 0;
    memcpy(leaf->draws, tape->draws, tape->count * sizeof leaf->draws[0]);
    for (unsigned i = 0; i < leaf->count; i++) {
        leaf->taken[i] = (uint16_t)(1u << leaf->draws[i].alternative);
        if (is_reading(&leaf->draws[i]))
            leaf->bound |= 1u << i;
    }
}

/* Same choices before a position: leaves of one branch. */
static bool share_branch(const struct lg_leaf *a, const struct lg_leaf *b, unsigned position)
{
    if (a->count < position || b->count < position)
        return false;
    for (unsigned i = 0; i < position; i++)
        if (a->draws[i].alternative != b->draws[i].alternative)
            return false;
    return true;
}

/* Same successor, by the same readings from a position on. */
static bool same_leaf(const struct lg_leaf *a, const struct lg_leaf *b, unsigned from,
                      const struct lg_element *elements)
{
    const struct lg_element *left = &elements[a->element];
    const struct lg_element *right = &elements[b->element];
    uint32_t later = from >= 32 ? 0 : ~0u << from;
    if (left->hash != right->hash || left->done != right->done ||
        (a->bound & later) != (b->bound & later) || !lg_cell_equal(&left->cell, &right->cell))
        return false;
    for (unsigned i = from; i < a->count; i++)
        if ((a->bound >> i & 1) &&
            (a->draws[i].slot != b->draws[i].slot || a->taken[i] != b->taken[i]))
            return false;
    return true;
}

/* A branch whose leaves all draw a reading at this position: equal ones become one, which any of
 * their alternatives leads to. It does not matter where every one does. */
static void merge_branch(struct lg_leaf *leaves, uint32_t from, uint32_t to, unsigned position,
                         const struct lg_element *elements)
{
    for (uint32_t i = from; i < to; i++) {
        struct lg_leaf *leaf = &leaves[i];
        if (leaf->gone)
            continue;
        for (uint32_t j = i + 1; j < to; j++) {
            if (leaves[j].gone || !same_leaf(leaf, &leaves[j], position + 1, elements))
                continue;
            leaf->taken[position] |= leaves[j].taken[position];
            leaves[j].gone = 1;
        }
        if (leaf->taken[position] == leaf->draws[position].allowed)
            leaf->bound &= ~(1u << position);
    }
}

static void collapse_position(struct lg_leaves *leaves, unsigned position,
                              const struct lg_element *elements)
{
    uint32_t kept = 0;
    for (uint32_t from = 0; from < leaves->count;) {
        const struct lg_leaf *first = &leaves->items[from];
        uint32_t to = from + 1;
        while (to < leaves->count && share_branch(first, &leaves->items[to], position))
            to++;
        if (first->count > position && is_reading(&first->draws[position]))
            merge_branch(leaves->items, from, to, position, elements);
        from = to;
    }
    for (uint32_t i = 0; i < leaves->count; i++)
        if (!leaves->items[i].gone)
            leaves->items[kept++] = leaves->items[i];
    leaves->count = kept;
}

void lg_leaves_collapse(struct lg_leaves *leaves, const struct lg_element *elements)
{
    uint32_t bound = 0;
    for (uint32_t i = 0; i < leaves->count; i++)
        bound |= leaves->items[i].bound;
    for (unsigned position = LG_DRAWS_MAX; position-- > 0;)
        if (bound >> position & 1)
            collapse_position(leaves, position, elements);
}

/* The most pleasant of the alternatives that lead to the leaf; -1 for a reading that made no
 * difference. */
int lg_leaf_alternative(const struct lg_leaf *leaf, unsigned position)
{
    const struct lg_draw *draw = &leaf->draws[position];
    unsigned best = draw->alternative;
    if (!is_reading(draw))
        return (int)best;
    if (!(leaf->bound >> position & 1))
        return -1;
    for (unsigned i = 0; leaf->taken[position] >> i; i++)
        if ((leaf->taken[position] >> i & 1) &&
            lg_slot_tag(draw->slot, i) < lg_slot_tag(draw->slot, best))
            best = i;
    return (int)best;
}

bool lg_leaf_learn(struct lg_readings *readings, const struct lg_leaf *leaf)
{
    bool learnt = false;
    for (unsigned i = 0; i < leaf->count; i++) {
        const struct lg_draw *draw = &leaf->draws[i];
        if (!(leaf->bound >> i & 1))
            continue;
        readings->out[draw->slot] |= (uint16_t)(draw->allowed & ~leaf->taken[i]);
        learnt = true;
    }
    return learnt;
}
