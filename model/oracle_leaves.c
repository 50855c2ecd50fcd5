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
    leaf->bound = 0;
    leaf->gone = 0;
    memcpy(leaf->draws, tape->draws, tape->count * sizeof leaf->draws[0]);
    for (unsigned i = 0; i < leaf->count; i++)
        if (is_reading(&leaf->draws[i]))
            leaf->bound |= 1u << i;
}

/* Same choices before a position: leaves of one branch. */
static bool share_branch(const struct lg_leaf *a, const struct lg_leaf *b, unsigned position)
{
    if (a->count < position || b->count < position)
        return false;
    for (unsigned i = 0; i < position; i++)
        if (a->draws[i].choice != b->draws[i].choice)
            return false;
    return true;
}

/* Same successor, bound by the same readings from a position on. */
static bool same_leaf(const struct lg_leaf *a, const struct lg_leaf *b, unsigned from,
                      const struct lg_element *elements)
{
    const struct lg_element *left = &elements[a->element];
    const struct lg_element *right = &elements[b->element];
    uint32_t later = from >= 32 ? 0 : ~0u << from;
    if (left->hash != right->hash || left->done != right->done ||
        !lg_cell_equal(&left->cell, &right->cell))
        return false;
    if ((a->bound & later) != (b->bound & later))
        return false;
    for (unsigned i = from; i < a->count; i++)
        if ((a->bound >> i & 1) && (a->draws[i].slot != b->draws[i].slot ||
                                    a->draws[i].alternative != b->draws[i].alternative))
            return false;
    return true;
}

static uint32_t end_of_choice(const struct lg_leaf *leaves, uint32_t from, uint32_t to,
                              unsigned position)
{
    uint32_t end = from + 1;
    while (end < to && leaves[end].draws[position].choice == leaves[from].draws[position].choice)
        end++;
    return end;
}

static uint32_t find_equal(const struct lg_leaf *leaves, const struct lg_leaf *leaf, uint32_t from,
                           uint32_t to, unsigned position, const struct lg_element *elements)
{
    while (from < to && (leaves[from].gone || !same_leaf(leaf, &leaves[from], position, elements)))
        from++;
    return from;
}

/* Whether every choice of a branch has a leaf equal to this one; `drop`: those go, it stands for
 * all. */
static bool is_in_every_choice(struct lg_leaf *leaves, const struct lg_leaf *leaf, uint32_t from,
                               uint32_t to, unsigned position, const struct lg_element *elements,
                               bool drop)
{
    unsigned choices = 0;
    for (uint32_t at = from; at < to; choices++) {
        uint32_t end = end_of_choice(leaves, at, to, position);
        uint32_t equal = find_equal(leaves, leaf, at, end, position + 1, elements);
        if (equal == end)
            return false;
        if (drop && &leaves[equal] != leaf)
            leaves[equal].gone = 1;
        at = end;
    }
    return choices == leaf->draws[position].choices;
}

/* A branch whose leaves all draw a reading at this position: a leaf that every choice has is not
 * bound by it. */
static void merge_branch(struct lg_leaf *leaves, uint32_t from, uint32_t to, unsigned position,
                         const struct lg_element *elements)
{
    uint32_t first_end = end_of_choice(leaves, from, to, position);
    for (uint32_t i = from; i < first_end; i++) {
        if (leaves[i].gone ||
            !is_in_every_choice(leaves, &leaves[i], from, to, position, elements, false))
            continue;
        is_in_every_choice(leaves, &leaves[i], from, to, position, elements, true);
        leaves[i].bound &= ~(1u << position);
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
    unsigned deepest = 0;
    for (uint32_t i = 0; i < leaves->count; i++)
        if (leaves->items[i].count > deepest)
            deepest = leaves->items[i].count;
    while (deepest-- > 0)
        collapse_position(leaves, deepest, elements);
}

bool lg_leaf_learn(struct lg_readings *readings, const struct lg_leaf *leaf)
{
    bool learnt = false;
    for (unsigned i = 0; i < leaf->count; i++) {
        const struct lg_draw *draw = &leaf->draws[i];
        if (!(leaf->bound >> i & 1) || readings->bound[draw->slot])
            continue;
        readings->bound[draw->slot] = (uint8_t)(draw->alternative + 1);
        learnt = true;
    }
    return learnt;
}
