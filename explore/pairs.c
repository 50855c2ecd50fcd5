/* Which classes follow each other. */
#include "pairs.h"

#include <stdlib.h>
#include <string.h>

#include "model/bits.h"

enum { WORDS = LG_PAIR_CLASSES_MAX / 64, GROUP_WORDS = LG_GROUP_WORDS, STATES_STEP = 16384 };

static uint64_t *row(uint64_t *table, unsigned at, unsigned words)
{
    return table + (size_t)at * words;
}

bool lg_pairs_init(struct lg_pairs *pairs, struct lg_classes *classes)
{
    memset(pairs, 0, sizeof *pairs);
    pairs->classes = classes;
    pairs->feasible = calloc((size_t)LG_PAIR_CLASSES_MAX * WORDS, sizeof *pairs->feasible);
    pairs->walked = calloc((size_t)LG_PAIR_CLASSES_MAX * WORDS, sizeof *pairs->walked);
    pairs->feasible_groups = calloc((size_t)LG_GROUPS_MAX * GROUP_WORDS, sizeof(uint64_t));
    pairs->walked_groups = calloc((size_t)LG_GROUPS_MAX * GROUP_WORDS, sizeof(uint64_t));
    return pairs->feasible && pairs->walked && pairs->feasible_groups && pairs->walked_groups;
}

void lg_pairs_free(struct lg_pairs *pairs)
{
    free(pairs->in);
    free(pairs->out);
    free(pairs->feasible);
    free(pairs->walked);
    free(pairs->feasible_groups);
    free(pairs->walked_groups);
    memset(pairs, 0, sizeof *pairs);
}

/* ---- groups ---- */

enum kind { DONE, STARTED_JOB, REFUSED, FAULT };

static enum kind kind_of(const struct lg_class_key *key)
{
    if (key->fault)
        return FAULT;
    if (key->answer == LG_ANSWERS_JOB)
        return STARTED_JOB;
    return key->code_from ? REFUSED : DONE;
}

static bool same_group(const struct lg_class_key *a, const struct lg_class_key *b)
{
    return a->method == b->method && a->requested == b->requested && kind_of(a) == kind_of(b) &&
           a->job_before == b->job_before && a->job_after == b->job_after;
}

static unsigned index_of(const struct lg_pairs *pairs, const struct lg_class *class)
{
    return (unsigned)(class - pairs->classes->items);
}

static unsigned find_group(struct lg_pairs *pairs, unsigned class)
{
    const struct lg_class *items = pairs->classes->items;
    for (unsigned i = 0; i < pairs->group_count; i++)
        if (same_group(&items[pairs->group_class[i]].key, &items[class].key))
            return i;
    lg_assert(pairs->group_count < LG_GROUPS_MAX);
    pairs->group_class[pairs->group_count] = (uint16_t) class;
    return pairs->group_count++;
}

/* ---- what follows what ---- */

static bool grow(uint64_t **bits, uint32_t from, uint32_t to)
{
    uint64_t *more = realloc(*bits, (size_t)to * WORDS * sizeof *more);
    if (!more)
        return false;
    memset(more + (size_t)from * WORDS, 0, (size_t)(to - from) * WORDS * sizeof *more);
    *bits = more;
    return true;
}

static bool has_room(struct lg_pairs *pairs, uint32_t state)
{
    if (state >= pairs->states) {
        uint32_t to = state + STATES_STEP;
        if (!grow(&pairs->in, pairs->states, to) || !grow(&pairs->out, pairs->states, to))
            return false;
        pairs->states = to;
    }
    return true;
}

static void note(struct lg_pairs *pairs, const struct lg_transition *transition,
                 const struct lg_class *class)
{
    unsigned at = index_of(pairs, class);
    uint32_t highest = transition->from > transition->to ? transition->from : transition->to;
    lg_assert(at < LG_PAIR_CLASSES_MAX);
    if (!has_room(pairs, highest)) {
        pairs->no_memory = true;
        return;
    }
    if (class->example_count == 1 && class->examples[0].from == transition->from)
        pairs->group_of[at] = (uint16_t)find_group(pairs, at);
    lg_bits_add(row(pairs->out, transition->from, WORDS), at);
    lg_bits_add(row(pairs->in, transition->to, WORDS), at);
}

const struct lg_class *lg_pairs_add(struct lg_pairs *pairs,
                                    const struct lg_exploration *exploration,
                                    const struct lg_transition *transition)
{
    const struct lg_class *class = lg_classes_add(pairs->classes, exploration, transition);
    if (class)
        note(pairs, transition, class);
    return class;
}

static void close_state(struct lg_pairs *pairs, uint32_t state)
{
    const uint64_t *in = row(pairs->in, state, WORDS);
    const uint64_t *out = row(pairs->out, state, WORDS);
    for (unsigned first = 0; first < pairs->classes->count; first++) {
        uint64_t *follow = row(pairs->feasible, first, WORDS);
        for (unsigned i = 0; lg_bits_has(in, first) && i < WORDS; i++)
            follow[i] |= out[i];
    }
}

void lg_pairs_close(struct lg_pairs *pairs)
{
    for (uint32_t state = 0; state < pairs->states; state++)
        close_state(pairs, state);
    for (unsigned i = 0; i < pairs->classes->count; i++)
        for (unsigned j = 0; j < pairs->classes->count; j++)
            if (lg_bits_has(row(pairs->feasible, i, WORDS), j))
                lg_bits_add(row(pairs->feasible_groups, pairs->group_of[i], GROUP_WORDS),
                            pairs->group_of[j]);
}

void lg_pairs_mark(struct lg_pairs *pairs, unsigned first, unsigned second)
{
    if (!lg_bits_has(row(pairs->feasible, first, WORDS), second))
        return;
    lg_bits_add(row(pairs->walked, first, WORDS), second);
    lg_bits_add(row(pairs->walked_groups, pairs->group_of[first], GROUP_WORDS),
                pairs->group_of[second]);
}

bool lg_pairs_are_walked(const struct lg_pairs *pairs, unsigned first, unsigned second)
{
    return lg_bits_has(row(pairs->walked, first, WORDS), second);
}

/* ---- one state for each pair ---- */

/* Whether some of the classes are new to the others, which they join. */
static bool join(uint64_t *others, const uint64_t *classes)
{
    bool new = false;
    for (unsigned i = 0; i < WORDS; i++) {
        new |= (classes[i] & ~others[i]) != 0;
        others[i] |= classes[i];
    }
    return new;
}

static void thin_out_state(struct lg_pairs *pairs, uint32_t state, uint64_t *made)
{
    uint64_t *in = row(pairs->in, state, WORDS);
    for (unsigned first = 0; first < pairs->classes->count; first++) {
        if (!lg_bits_has(in, first))
            continue;
        if (join(row(made, first, WORDS), row(pairs->out, state, WORDS)))
            pairs->ways_in++;
        else
            lg_bits_remove(in, first);
    }
}

bool lg_pairs_thin_out(struct lg_pairs *pairs)
{
    uint64_t *made = calloc((size_t)LG_PAIR_CLASSES_MAX * WORDS, sizeof *made);
    bool done = made != NULL;
    for (uint32_t state = 0; done && state < pairs->states; state++)
        thin_out_state(pairs, state, made);
    free(made);
    return done;
}

bool lg_pairs_take_way_in(struct lg_pairs *pairs, uint32_t state, unsigned class)
{
    uint64_t *in = row(pairs->in, state, WORDS);
    if (!lg_bits_has(in, class))
        return false;
    lg_bits_remove(in, class);
    pairs->ways_in--;
    return true;
}

/* ---- figures ---- */

static unsigned count_bits(const uint64_t *words, size_t count)
{
    unsigned bits = 0;
    for (size_t i = 0; i < count; i++)
        for (uint64_t rest = words[i]; rest; rest &= rest - 1)
            bits++;
    return bits;
}

struct lg_pair_count lg_pairs_of_classes(const struct lg_pairs *pairs)
{
    const size_t words = (size_t)LG_PAIR_CLASSES_MAX * WORDS;
    return (struct lg_pair_count){count_bits(pairs->feasible, words),
                                  count_bits(pairs->walked, words)};
}

struct lg_pair_count lg_pairs_of_groups(const struct lg_pairs *pairs)
{
    const size_t words = (size_t)LG_GROUPS_MAX * GROUP_WORDS;
    return (struct lg_pair_count){count_bits(pairs->feasible_groups, words),
                                  count_bits(pairs->walked_groups, words)};
}

bool lg_pairs_missing(const struct lg_pairs *pairs, unsigned first, unsigned second)
{
    return lg_bits_has(row(pairs->feasible_groups, first, GROUP_WORDS), second) &&
           !lg_bits_has(row(pairs->walked_groups, first, GROUP_WORDS), second);
}
