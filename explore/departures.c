/* Departures of a position: the moves of every call of the world. */
#include "departures.h"

#include <string.h>

#include "model/bits.h"

/* Names of materials that a host does not open: scripts leave them alone. */
enum { UNUSABLE_NAMES = 1u << 4 | 1u << 5 };

void lg_position_start(struct lg_position *position, const struct lg_exploration *exploration)
{
    memset(position, 0, sizeof *position);
    lg_world_start(&position->cell);
    lg_world_canonical(&exploration->world, &position->cell, NULL);
    position->state = lg_states_find(&exploration->states, &position->cell);
    position->group = LG_NO_GROUP;
    position->used = UNUSABLE_NAMES;
}

struct visit {
    struct lg_departures *departures;
    struct lg_position *position; /* NULL: departures are only listed */
    struct lg_script_step *step;
    uint16_t call;
    uint16_t nth;
    uint16_t wanted;
};

static uint32_t state_of(const struct lg_exploration *exploration, const struct lg_cell *cell)
{
    struct lg_cell copy = *cell;
    if (!lg_world_canonical(&exploration->world, &copy, NULL))
        return LG_NO_STATE;
    return lg_states_find(&exploration->states, &copy);
}

static bool list_departure(void *context, const struct lg_move *move)
{
    struct visit *visit = context;
    struct lg_departures *departures = visit->departures;
    struct lg_class_key key = lg_class_of(move->call, move->from, move->pattern, &move->to);
    const struct lg_class *class = lg_classes_find(departures->pairs->classes, &key);
    uint16_t nth = visit->nth++;
    uint32_t to = class ? state_of(departures->exploration, &move->to) : LG_NO_STATE;
    if (to == LG_NO_STATE || departures->count == LG_DEPARTURES_MAX)
        return true;
    uint16_t group = departures->pairs->group_of[class - departures->pairs->classes->items];
    bool by_job = move->seen.answer == LG_ANSWERS_JOB;
    departures->items[departures->count++] =
        (struct lg_departure){to, visit->call, nth, group, by_job, false};
    lg_bits_add(departures->groups[visit->call], group);
    return true;
}

static bool take_departure(void *context, const struct lg_move *move)
{
    struct visit *visit = context;
    if (visit->nth++ != visit->wanted)
        return true;
    visit->position->cell = move->to;
    lg_world_forget_more(&visit->departures->exploration->world, &visit->position->cell);
    lg_readings_learn(&visit->position->readings, move->tape);
    visit->step->seen = move->seen;
    return false;
}

/* The call with the names of the script, from what a client remembers. */
static struct lg_call spell(const struct lg_exploration *exploration,
                            const struct lg_position *position, uint16_t of_world, uint8_t *used,
                            struct lg_cell *from)
{
    const struct lg_world *world = &exploration->world;
    struct lg_call call = lg_script_spell(world, &position->cell, used, &world->calls[of_world]);
    call.new_job = (uint16_t)(position->jobs + 1);
    *from = position->cell;
    lg_world_forget(world, &call, from);
    return call;
}

void lg_departures_find(struct lg_departures *departures, const struct lg_position *position)
{
    const struct lg_exploration *exploration = departures->exploration;
    const struct lg_world *world = &exploration->world;
    struct lg_cell canonical;
    lg_states_get(&exploration->states, position->state, &canonical);
    memset(departures->groups, 0, sizeof departures->groups);
    departures->count = 0;
    for (uint16_t i = 0; i < world->call_count; i++) {
        struct visit visit = {.departures = departures, .call = i};
        struct lg_cell from;
        uint8_t used = position->used;
        if (!lg_world_admits(world, &canonical, &world->calls[i]))
            continue;
        struct lg_call call = spell(exploration, position, i, &used, &from);
        lg_moves_walk_read(departures->moves, &exploration->profile, &position->readings, &from,
                           &call, LG_TIMES_HIDDEN, list_departure, &visit);
    }
}

void lg_departures_take(struct lg_departures *departures, struct lg_position *position,
                        const struct lg_departure *departure, struct lg_script_step *step)
{
    const struct lg_readings before = position->readings;
    struct visit visit = {
        .departures = departures, .position = position, .step = step, .wanted = departure->nth};
    struct lg_cell from;
    step->call = spell(departures->exploration, position, departure->call, &position->used, &from);
    lg_moves_walk_read(departures->moves, &departures->exploration->profile, &before, &from,
                       &step->call, LG_TIMES_HIDDEN, take_departure, &visit);
    position->jobs = (uint16_t)(position->jobs + departure->by_job);
    position->state = departure->to;
    position->group = departure->group;
}
