/* Turns of a place: the moves of every call of the world. */
#include "turns.h"

#include <string.h>

/* Names of materials that a host does not open: scripts leave them alone. */
enum { UNUSABLE_NAMES = 1u << 4 | 1u << 5 };

void lg_spot_start(struct lg_spot *spot, const struct lg_exploration *exploration)
{
    memset(spot, 0, sizeof *spot);
    lg_world_start(&spot->cell);
    lg_world_canonical(&exploration->world, &spot->cell, NULL);
    spot->state = lg_states_find(&exploration->states, &spot->cell);
    spot->group = LG_NO_GROUP;
    spot->used = UNUSABLE_NAMES;
}

struct visit {
    struct lg_turns *turns;
    struct lg_spot *spot; /* NULL: turns are only listed */
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

static bool list_turn(void *context, const struct lg_move *move)
{
    struct visit *visit = context;
    struct lg_turns *turns = visit->turns;
    struct lg_class_key key = lg_class_of(move->call, move->from, move->pattern, &move->to);
    const struct lg_class *class = lg_classes_find(turns->pairs->classes, &key);
    uint16_t nth = visit->nth++;
    uint32_t to = class ? state_of(turns->exploration, &move->to) : LG_NO_STATE;
    if (to == LG_NO_STATE || turns->count == LG_TURNS_MAX)
        return true;
    uint16_t group = turns->pairs->group_of[class - turns->pairs->classes->items];
    bool by_job = move->seen.answer == LG_ANSWERS_JOB;
    turns->items[turns->count++] = (struct lg_turn){to, visit->call, nth, group, by_job, false};
    turns->groups[visit->call][group / 64] |= UINT64_C(1) << group % 64;
    return true;
}

static bool take_turn(void *context, const struct lg_move *move)
{
    struct visit *visit = context;
    if (visit->nth++ != visit->wanted)
        return true;
    visit->spot->cell = move->to;
    lg_world_forget_more(&visit->turns->exploration->world, &visit->spot->cell);
    lg_readings_learn(&visit->spot->readings, move->tape);
    visit->step->seen = move->seen;
    return false;
}

/* The call with the names of the script, from what a client remembers. */
static struct lg_call spell(const struct lg_exploration *exploration, const struct lg_spot *spot,
                            uint16_t of_world, uint8_t *used, struct lg_cell *from)
{
    const struct lg_world *world = &exploration->world;
    struct lg_call call = lg_script_spell(world, &spot->cell, used, &world->calls[of_world]);
    call.new_job = (uint16_t)(spot->jobs + 1);
    *from = spot->cell;
    lg_world_forget(world, &call, from);
    return call;
}

void lg_turns_find(struct lg_turns *turns, const struct lg_spot *spot)
{
    const struct lg_exploration *exploration = turns->exploration;
    const struct lg_world *world = &exploration->world;
    struct lg_cell canonical;
    lg_states_get(&exploration->states, spot->state, &canonical);
    memset(turns->groups, 0, sizeof turns->groups);
    turns->count = 0;
    for (uint16_t i = 0; i < world->call_count; i++) {
        struct visit visit = {.turns = turns, .call = i};
        struct lg_cell from;
        uint8_t used = spot->used;
        if (!lg_world_admits(world, &canonical, &world->calls[i]))
            continue;
        struct lg_call call = spell(exploration, spot, i, &used, &from);
        lg_moves_walk_read(turns->moves, &exploration->profile, &spot->readings, &from, &call,
                           LG_TIMES_HIDDEN, list_turn, &visit);
    }
}

void lg_turns_take(struct lg_turns *turns, struct lg_spot *spot, const struct lg_turn *turn,
                   struct lg_script_step *step)
{
    const struct lg_readings before = spot->readings;
    struct visit visit = {.turns = turns, .spot = spot, .step = step, .wanted = turn->nth};
    struct lg_cell from;
    step->call = spell(turns->exploration, spot, turn->call, &spot->used, &from);
    lg_moves_walk_read(turns->moves, &turns->exploration->profile, &before, &from, &step->call,
                       LG_TIMES_HIDDEN, take_turn, &visit);
    spot->jobs = (uint16_t)(spot->jobs + turn->by_job);
    spot->state = turn->to;
    spot->group = turn->group;
}
