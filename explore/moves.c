/* Walks the odometer of one call. */
#include "moves.h"

#include <stdlib.h>
#include <string.h>

#include "model/hash.h"
#include "observations.h"
#include "world.h"

enum { WAYS_MAX = 4096 };

/* What a way leads to, before anybody looked at the answer. */
struct way {
    struct lg_outcome pattern;
    struct lg_cell cell;
};

struct lg_moves {
    struct way ways[WAYS_MAX];
    uint64_t hashes[WAYS_MAX];
    unsigned count;
    uint8_t places[LG_DRAWS_MAX]; /* of each draw's alternative among those that can be drawn */
    bool open[LG_DRAWS_MAX];      /* a byte decides */
    uint8_t choices[LG_DRAWS_MAX];
};

struct lg_moves *lg_moves_new(void)
{
    return malloc(sizeof(struct lg_moves));
}

void lg_moves_free(struct lg_moves *moves)
{
    free(moves);
}

static uint64_t hash_of(const struct way *way)
{
    return lg_hash_mix(lg_cell_hash(&way->cell), lg_hash_bytes(&way->pattern, sizeof way->pattern));
}

/* Whether the way that stands behind the others is a new one. */
static bool is_new(struct lg_moves *moves)
{
    const struct way *way = &moves->ways[moves->count];
    uint64_t hash = hash_of(way);
    for (unsigned i = 0; i < moves->count; i++)
        if (moves->hashes[i] == hash && memcmp(&moves->ways[i], way, sizeof *way) == 0)
            return false;
    moves->hashes[moves->count] = hash;
    return true;
}

static bool is_open(const struct lg_outcome *pattern, unsigned field)
{
    uint64_t from = pattern->fields[field].from;
    return pattern->masks >> field & 1 ? (from & (from - 1)) != 0
                                       : from != pattern->fields[field].to;
}

static bool has_range(const struct lg_outcome *pattern)
{
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++)
        if ((pattern->shown >> i & 1) && is_open(pattern, i))
            return true;
    return pattern->return_value != pattern->return_to;
}

static void hide_times(struct lg_outcome *seen)
{
    seen->shown &= (uint16_t) ~(1u << LG_JOB_FIELD_CHANGE | 1u << LG_JOB_FIELD_SUBMITTED |
                                1u << LG_JOB_FIELD_ELAPSED);
}

/* What a client sees when the service stops or starts by its own call happens to the host too. */
static void follow_service(struct lg_move *move, const struct lg_profile *profile)
{
    uint8_t method = move->call->method;
    struct lg_call event = {.vm = LG_VM_HOST, .method = LG_CALL_SERVICE_STOPPED};
    struct lg_outcome ignored;
    struct lg_job evicted;
    struct lg_tape tape;
    if (method != LG_CALL_STOP_SERVICE && method != LG_CALL_START_SERVICE)
        return;
    if (move->seen.fault || move->seen.return_value != 0)
        return;
    if (method == LG_CALL_START_SERVICE)
        event.method = LG_CALL_SERVICE_STARTED;
    lg_tape_start(&tape, profile, NULL, NULL, 0);
    lg_step(&move->to, &event, NULL, &tape, &ignored, &evicted);
}

static bool visit_observations(struct lg_move *move, const struct way *way,
                               const struct lg_profile *profile, enum lg_times_seen times,
                               lg_move_visit *visit, void *context)
{
    struct lg_outcome shown = way->pattern;
    if (move->call->method == LG_CALL_READ_JOB && times == LG_TIMES_HIDDEN)
        hide_times(&shown);
    unsigned count = has_range(&shown) ? 2 : 1;
    for (unsigned i = 0; i < count; i++) {
        move->seen = lg_observe(&shown, lg_world_fresh(move->from), i == 1);
        move->to = way->cell;
        move->pattern = &way->pattern;
        move->observation = i;
        lg_cell_learn(&move->to, move->call, &way->pattern, &move->seen);
        follow_service(move, profile);
        if (!visit(context, move))
            return false;
    }
    return true;
}

static bool advance(struct lg_moves *moves, struct lg_tape *tape)
{
    bool more = lg_tape_advance(tape);
    if (more)
        moves->places[tape->fixed - 1]++;
    return more;
}

/* Which bytes would have led here; `fixed` draws were those of the way before but for the last. */
static void tell_choices(struct lg_moves *moves, const struct lg_tape *tape, unsigned fixed,
                         struct lg_move *move)
{
    for (unsigned i = fixed; i < tape->count; i++) {
        moves->places[i] = 0;
        moves->open[i] = tape->draws[i].rest != 0;
    }
    move->choice_count = 0;
    for (unsigned i = 0; i < tape->count; i++)
        if (moves->open[i])
            moves->choices[move->choice_count++] = moves->places[i];
}

uint64_t lg_moves_walk_read(struct lg_moves *moves, const struct lg_profile *profile,
                            const struct lg_readings *readings, const struct lg_cell *from,
                            const struct lg_call *call, enum lg_times_seen times,
                            lg_move_visit *visit, void *context)
{
    struct lg_tape tape;
    struct lg_move move = {.from = from, .call = call, .tape = &tape, .choices = moves->choices};
    moves->count = 0;
    lg_tape_start(&tape, profile, readings, NULL, 0);
    do {
        struct way *way = &moves->ways[moves->count];
        struct lg_job evicted;
        way->cell = *from;
        lg_step(&way->cell, call, NULL, &tape, &way->pattern, &evicted);
        lg_assert(!tape.overflow && evicted.state == LG_JOB_FREE);
        tell_choices(moves, &tape, tape.fixed, &move);
        if (!tape.dead && is_new(moves)) {
            if (!visit_observations(&move, way, profile, times, visit, context))
                return move.way + 1;
            lg_assert(++moves->count < WAYS_MAX);
        }
        move.way++;
    } while (advance(moves, &tape));
    return move.way;
}

uint64_t lg_moves_walk(struct lg_moves *moves, const struct lg_profile *profile,
                       const struct lg_cell *from, const struct lg_call *call,
                       enum lg_times_seen times, lg_move_visit *visit, void *context)
{
    return lg_moves_walk_read(moves, profile, NULL, from, call, times, visit, context);
}
