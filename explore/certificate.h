/* No false alarm: from every reachable cell, whatever the model may do under any choice, the oracle
 * accepts, and what it then believes to be possible contains what is so.
 *
 * One step from each cell is enough: a set that contains the truth before a step contains it after
 * it, so it does after every sequence of steps. Where the oracle keeps, in place of the truth, an
 * explanation whose jobs are less far on, one more step of every call is checked from there. */
#ifndef LG_CERTIFICATE_H
#define LG_CERTIFICATE_H

#include "explore.h"

struct lg_certificate {
    uint32_t every;          /* only the cells whose number this divides */
    uint32_t followed_every; /* filled: this divides the numbers of those followed, some 200 */
    uint64_t cells;          /* stepped from */
    uint64_t transitions;    /* made from them */
    uint64_t answers;        /* judged: different answers to one call on one cell */
    uint64_t contained;      /* transitions whose end is among the explanations */
    uint64_t stood_for;      /* the others: one with jobs less far on stands for it */
    uint64_t followed;       /* answers judged one step further on from those */
    uint64_t short_of_room;  /* answers that have more explanations than the oracle keeps */
    uint64_t false_alarms;
    uint32_t alarm_state; /* the first one */
    struct lg_call alarm_call;
    struct lg_outcome alarm_seen;
    bool no_memory;
};

/* Explores the world first, then steps from its cells in so many processes, at most LG_CREW_MAX. */
bool lg_certify_no_false_alarm(struct lg_certificate *certificate,
                               struct lg_exploration *exploration, unsigned jobs, FILE *progress);

#endif
