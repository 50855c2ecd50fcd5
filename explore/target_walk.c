/* Every transition of a world, on a target. */
#include "target_walk.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/progress.h"

enum { PROGRESS_EVERY = 512 };

struct walk {
    struct lg_target_walk *found;
    struct lg_walker walker;
    struct lg_moves *moves;
};

struct calling {
    struct walk *walk;
    struct lg_shadow from;
};

static bool walk_move(void *context, const struct lg_move *move)
{
    struct calling *calling = context;
    struct lg_target_walk *found = calling->walk->found;
    struct lg_walker *walker = &calling->walk->walker;
    struct lg_shadow shadow = calling->from;
    struct lg_choices choices;
    unsigned steps = walker->step_count;
    lg_choices_of_move(move, &choices);
    found->transitions++;
    walker->target->back(walker->target->self);
    if (lg_walker_step(walker, &shadow, move->call, &choices)) {
        found->elsewhere +=
            lg_walker_state_of(walker, &shadow.cell) != lg_walker_state_of(walker, &move->to);
        lg_walker_look(walker, &shadow);
    }
    walker->step_count = steps;
    return true;
}

static void walk_state(struct walk *walk, uint32_t state)
{
    struct lg_walker *walker = &walk->walker;
    const struct lg_exploration *exploration = walker->exploration;
    const struct lg_world *world = &exploration->world;
    struct lg_cell canonical;
    lg_states_get(&exploration->states, state, &canonical);
    walk->found->states++;
    walker->target->keep(walker->target->self);
    for (uint16_t i = 0; i < world->call_count; i++) {
        struct calling calling = {walk, walker->here};
        if (!lg_world_admits(world, &canonical, &world->calls[i]))
            continue;
        struct lg_call call = lg_walker_spell(walker, &calling.from, i);
        lg_moves_walk(walk->moves, &exploration->profile, &calling.from.cell, &call,
                      LG_TIMES_HIDDEN, walk_move, &calling);
    }
}

static void tell(const struct walk *walk, uint32_t state, FILE *progress)
{
    if (state / walk->found->every % PROGRESS_EVERY == 0)
        lg_progress_show(progress, "certify: %u of %u states, %llu transitions, %llu faults", state,
                         walk->walker.exploration->states.count,
                         (unsigned long long)walk->found->transitions,
                         (unsigned long long)walk->walker.faults.count);
}

static void walk_all(struct walk *walk, FILE *progress)
{
    struct lg_walker *walker = &walk->walker;
    const struct lg_scripted *target = walker->target;
    for (uint32_t i = 0; i < walker->exploration->states.count && !lg_scripted_failure(target);
         i += walk->found->every) {
        tell(walk, i, progress);
        if (lg_walker_go_to(walker, i))
            walk_state(walk, i);
        else
            walk->found->unreached += !walker->beyond;
    }
    walk->found->left_out = walker->left_out;
    walk->found->unwalked = walker->unwalked;
    walk->found->looks = walker->looks;
    walk->found->faults = walker->faults;
}

void lg_target_walk(struct lg_target_walk *found, const struct lg_exploration *exploration,
                    const struct lg_scripted *target, FILE *progress)
{
    struct walk *walk = calloc(1, sizeof *walk);
    found->no_memory = true;
    if (walk) {
        walk->found = found;
        walk->moves = lg_moves_new();
        found->no_memory = !lg_walker_init(&walk->walker, exploration, target) || !walk->moves;
    }
    if (!found->no_memory)
        walk_all(walk, progress);
    if (walk) {
        lg_walker_free(&walk->walker);
        lg_moves_free(walk->moves);
    }
    free(walk);
}
