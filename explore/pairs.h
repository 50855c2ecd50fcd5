/* Adjacent pairs of transition classes: which ones a world has, and which ones vectors walk.
 *
 * Classes are also sorted into groups, coarser: method and request, kind of outcome, and what
 * became of the job. */
#ifndef LG_PAIRS_H
#define LG_PAIRS_H

#include "classes.h"

enum { LG_PAIR_CLASSES_MAX = 4096, LG_GROUPS_MAX = 512, LG_GROUP_WORDS = LG_GROUPS_MAX / 64 };

struct lg_pairs {
    struct lg_classes *classes;
    uint16_t group_of[LG_PAIR_CLASSES_MAX];
    uint16_t group_class[LG_GROUPS_MAX]; /* the first class of each */
    unsigned group_count;
    uint64_t *in; /* by state: the classes that lead to it, and out of it */
    uint64_t *out;
    uint32_t states;
    uint32_t ways_in;   /* after lg_pairs_thin_out: those not taken yet */
    uint64_t *feasible; /* by class: those that may follow */
    uint64_t *walked;
    uint64_t *feasible_groups;
    uint64_t *walked_groups;
    bool no_memory;
};

struct lg_pair_count {
    unsigned feasible;
    unsigned walked;
};

/* False: no memory. */
bool lg_pairs_init(struct lg_pairs *pairs, struct lg_classes *classes);
void lg_pairs_free(struct lg_pairs *pairs);

/* Notes a transition and its class; NULL: it has none (lg_classes_add). */
const struct lg_class *lg_pairs_add(struct lg_pairs *pairs,
                                    const struct lg_exploration *exploration,
                                    const struct lg_transition *transition);

/* What was noted becomes pairs; after the last transition. */
void lg_pairs_close(struct lg_pairs *pairs);

void lg_pairs_mark(struct lg_pairs *pairs, unsigned first, unsigned second);
bool lg_pairs_are_walked(const struct lg_pairs *pairs, unsigned first, unsigned second);

/* After lg_pairs_close: of the classes that lead to a state only those stay that make a pair there
 * which no earlier state makes. They still make every feasible pair. False: no memory. */
bool lg_pairs_thin_out(struct lg_pairs *pairs);

/* Whether a class leads to a state, said once. */
bool lg_pairs_take_way_in(struct lg_pairs *pairs, uint32_t state, unsigned class);

struct lg_pair_count lg_pairs_of_classes(const struct lg_pairs *pairs);
struct lg_pair_count lg_pairs_of_groups(const struct lg_pairs *pairs);

/* Whether a pair of groups is feasible and not walked. */
bool lg_pairs_missing(const struct lg_pairs *pairs, unsigned first, unsigned second);

#endif
