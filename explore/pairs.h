/* Adjacent pairs of transition classes: which ones a world has, and which ones vectors walk.
 *
 * Classes are also sorted into groups, coarser: method and request, kind of outcome, and what
 * became of the job. */
#ifndef LG_PAIRS_H
#define LG_PAIRS_H

#include "classes.h"

enum { LG_PAIR_CLASSES_MAX = 4096, LG_GROUPS_MAX = 512 };

/* The first way in which a group leads to a state. */
struct lg_way_in {
    uint32_t to;
    uint16_t group;
    struct lg_step_back step;
};

struct lg_pairs {
    struct lg_classes *classes;
    uint16_t group_of[LG_PAIR_CLASSES_MAX];
    uint16_t group_class[LG_GROUPS_MAX]; /* the first class of each */
    unsigned group_count;
    uint64_t *in; /* by state: the classes that lead to it, and out of it */
    uint64_t *out;
    uint32_t states;
    struct lg_way_in *ways;
    size_t way_count;
    size_t way_room;
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

/* Notes a transition of a class. */
void lg_pairs_add(struct lg_pairs *pairs, const struct lg_transition *transition,
                  const struct lg_class *class);

/* What was noted becomes pairs; after the last transition. */
void lg_pairs_close(struct lg_pairs *pairs);

void lg_pairs_mark(struct lg_pairs *pairs, unsigned first, unsigned second);
struct lg_pair_count lg_pairs_of_classes(const struct lg_pairs *pairs);
struct lg_pair_count lg_pairs_of_groups(const struct lg_pairs *pairs);
bool lg_pairs_missing(const struct lg_pairs *pairs, unsigned first, unsigned second);

/* A state that the first group leads to and the second leaves: the way in, NULL if there is none
 * after the `nth`. */
const struct lg_way_in *lg_pairs_example(const struct lg_pairs *pairs, unsigned first,
                                         unsigned second, unsigned nth);

#endif
