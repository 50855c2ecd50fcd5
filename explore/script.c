/* Replays the moves that led to a state with names that last for the whole script. */
#include "script.h"

#include <stdlib.h>
#include <string.h>

struct replay {
    const struct lg_exploration *exploration;
    struct lg_moves *moves;
    struct lg_cell cell; /* not canonical: it keeps the script's names */
    uint16_t jobs;
    uint8_t used; /* protectors that the script has named, bit by symbol */
    const struct lg_step_back *wanted;
    struct lg_script_step *step;
    bool found;
};

static uint16_t unused_protector(const struct lg_cell *cell, uint8_t used)
{
    for (uint16_t symbol = 1; symbol <= LG_WORLD_PROTECTORS_MAX; symbol++)
        if (!(used >> symbol & 1))
            return symbol;
    return lg_world_fresh(cell);
}

static void spell_protector(const struct lg_cell *cell, const struct lg_naming *naming,
                            uint8_t *used, uint16_t *symbol)
{
    if (*symbol == LG_SYMBOL_NONE || *symbol > LG_WORLD_PROTECTORS_MAX)
        return;
    *symbol = naming->symbols[*symbol] ? naming->symbols[*symbol] : unused_protector(cell, *used);
    *used |= (uint8_t)(1u << *symbol);
}

struct lg_call lg_script_spell(const struct lg_world *world, const struct lg_cell *cell,
                               uint8_t *used, const struct lg_call *of_world)
{
    struct lg_call call = *of_world;
    struct lg_cell canonical = *cell;
    struct lg_naming naming = {{0}, {0}};
    lg_world_canonical(world, &canonical, &naming);
    spell_protector(cell, &naming, used, &call.symbol);
    if (call.method == LG_CALL_PROTECTORS_SHARE_OWNER)
        spell_protector(cell, &naming, used, &call.other);
    if (lg_methods[call.method].target == LG_TARGET_JOB && naming.jobs[call.job])
        call.job = naming.jobs[call.job];
    return call;
}

static bool take(void *context, const struct lg_move *move)
{
    struct replay *replay = context;
    if (move->way != replay->wanted->way || move->observation != replay->wanted->observation)
        return true;
    replay->found = true;
    replay->cell = move->to;
    replay->step->seen = move->seen;
    return false;
}

static bool go(struct replay *replay, const struct lg_step_back *wanted)
{
    const struct lg_exploration *exploration = replay->exploration;
    struct lg_cell from = replay->cell;
    struct lg_call call = lg_script_spell(&exploration->world, &replay->cell, &replay->used,
                                          &exploration->world.calls[wanted->call]);
    call.new_job = (uint16_t)(replay->jobs + 1);
    replay->wanted = wanted;
    replay->found = false;
    lg_world_forget(&exploration->world, &call, &from);
    lg_moves_walk(replay->moves, &exploration->profile, &from, &call, LG_TIMES_HIDDEN, take,
                  replay);
    if (replay->step->seen.answer == LG_ANSWERS_JOB)
        replay->jobs++;
    replay->step->call = call;
    replay->step++;
    return replay->found;
}

bool lg_script_to(const struct lg_exploration *exploration, uint32_t state,
                  const struct lg_step_back *last, unsigned more, struct lg_script_step *steps,
                  unsigned *count)
{
    uint32_t path[LG_REPLAY_STEPS_MAX];
    unsigned states = lg_path_to(exploration, state, path, LG_REPLAY_STEPS_MAX);
    struct replay replay = {.exploration = exploration, .moves = lg_moves_new(), .step = steps};
    bool found = states > 0 && states + more <= LG_REPLAY_STEPS_MAX && replay.moves;
    lg_world_start(&replay.cell);
    for (unsigned i = 1; found && i < states; i++)
        found = go(&replay, &exploration->states.steps[path[i]]);
    for (unsigned i = 0; found && i < more; i++)
        found = go(&replay, &last[i]);
    lg_moves_free(replay.moves);
    *count = (unsigned)(replay.step - steps);
    return found;
}

json_t *lg_script_step_to_json(const struct lg_call *call, const struct lg_outcome *seen,
                               const struct lg_names *names)
{
    json_t *step = lg_call_to_json(call, names);
    if (step && lg_methods[call->method].kind != LG_KIND_EVENT)
        json_object_set_new(step, "outcome", lg_outcome_to_json(seen, call, names));
    return step;
}

void lg_script_print(const struct lg_script_step *steps, unsigned count,
                     const struct lg_names *names, FILE *out)
{
    for (unsigned i = 0; i < count; i++) {
        json_t *step = lg_script_step_to_json(&steps[i].call, &steps[i].seen, names);
        char *text = json_dumps(step, JSON_COMPACT);
        fprintf(out, "  %u. %s\n", i + 1, text ? text : "");
        free(text);
        json_decref(step);
    }
}
