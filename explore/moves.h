/* Every way of one call from one cell: what the model may answer, what can be seen of it, and where
 * it leads. */
#ifndef LG_MOVES_H
#define LG_MOVES_H

#include "model/lastgood.h"

struct lg_move {
    const struct lg_cell *from;
    const struct lg_call *call;
    const struct lg_tape *tape; /* the first of the tapes that lead here */
    const uint8_t *choices;     /* the bytes that make a tape go this way */
    unsigned choice_count;
    const struct lg_outcome *pattern;
    struct lg_outcome seen;
    struct lg_cell to;    /* after what was seen was learnt */
    unsigned way;         /* number of the tape, in the odometer's order */
    unsigned observation; /* number of what was seen among what fits the pattern */
};

enum lg_times_seen { LG_TIMES_HIDDEN, LG_TIMES_SHOWN };

/* Room for the ways of one call; one for each thread. */
struct lg_moves;
struct lg_moves *lg_moves_new(void);
void lg_moves_free(struct lg_moves *moves);

typedef bool lg_move_visit(void *context, const struct lg_move *move);

/* Calls `visit` with each different move, in the same order each time; ends early where that
 * answers false. Times that a job shows are left out, or shown as a target with a clock of its own
 * would. Returns the number of tapes walked; they never overflow. */
uint64_t lg_moves_walk(struct lg_moves *moves, const struct lg_profile *profile,
                       const struct lg_cell *from, const struct lg_call *call,
                       enum lg_times_seen times, lg_move_visit *visit, void *context);

/* The same on a target of which something is known. */
uint64_t lg_moves_walk_read(struct lg_moves *moves, const struct lg_profile *profile,
                            const struct lg_readings *readings, const struct lg_cell *from,
                            const struct lg_call *call, enum lg_times_seen times,
                            lg_move_visit *visit, void *context);

#endif
