/* Breadth first search: states are their own queue. */
#include "explore.h"

#include <string.h>

#include "conformance/progress.h"

enum { PROGRESS_EVERY = 512 };

struct search {
    struct lg_exploration *exploration;
    lg_transition_visit *visit;
    void *context;
    uint32_t state;
    uint16_t call;
    uint16_t depth;
};

static uint32_t add_state(struct search *search, const struct lg_move *move, bool *is_new)
{
    struct lg_exploration *exploration = search->exploration;
    struct lg_cell cell = move->to;
    struct lg_step_back step = {search->state, search->call, (uint16_t)move->way,
                                (uint16_t)move->observation, (uint16_t)(search->depth + 1)};
    *is_new = false;
    if (!lg_world_canonical(&exploration->world, &cell, NULL)) {
        exploration->cut++;
        return LG_NO_STATE;
    }
    uint32_t to = lg_states_add(&exploration->states, &cell, &step, is_new);
    exploration->no_memory |= to == LG_NO_STATE;
    if (*is_new && step.depth > exploration->diameter)
        exploration->diameter = step.depth;
    return to;
}

static bool visit_move(void *context, const struct lg_move *move)
{
    struct search *search = context;
    struct lg_transition transition = {move, search->state, 0, search->call, false};
    lg_assert(move->way <= UINT16_MAX);
    transition.to = add_state(search, move, &transition.is_new);
    search->exploration->transitions++;
    if (search->exploration->no_memory)
        return false;
    return !search->visit || search->visit(search->context, search->exploration, &transition);
}

struct watch {
    bool stopped;
    struct search search;
};

static bool visit_watched(void *context, const struct lg_move *move)
{
    struct watch *watch = context;
    watch->stopped = !visit_move(&watch->search, move);
    return !watch->stopped;
}

static bool explore_state(struct watch *watch, struct lg_moves *moves)
{
    struct lg_exploration *exploration = watch->search.exploration;
    const struct lg_world *world = &exploration->world;
    struct lg_cell cell;
    watch->search.depth = exploration->states.steps[watch->search.state].depth;
    for (uint16_t i = 0; i < world->call_count && !watch->stopped; i++) {
        struct lg_call call = world->calls[i];
        lg_states_get(&exploration->states, watch->search.state, &cell);
        if (!lg_world_admits(world, &cell, &call))
            continue;
        lg_world_forget(world, &call, &cell);
        call.new_job = (uint16_t)(world->job_slots + 1);
        watch->search.call = i;
        exploration->tapes += lg_moves_walk(moves, &exploration->profile, &cell, &call,
                                            LG_TIMES_HIDDEN, visit_watched, watch);
    }
    return !watch->stopped;
}

static void tell(const struct lg_exploration *exploration, uint32_t done, FILE *progress)
{
    if (done % PROGRESS_EVERY == 0 && done > 0)
        lg_progress_show(progress, "explore: %u of %u states so far, %llu transitions, depth %u",
                         done, exploration->states.count,
                         (unsigned long long)exploration->transitions,
                         exploration->states.steps[done].depth);
}

bool lg_explore(struct lg_exploration *exploration, lg_transition_visit *visit, void *context,
                FILE *progress)
{
    struct watch watch = {false, {exploration, visit, context, 0, 0, 0}};
    struct lg_step_back none = {LG_NO_STATE, 0, 0, 0, 0};
    struct lg_moves *moves = lg_moves_new();
    struct lg_cell cell;
    bool added;
    lg_world_start(&cell);
    lg_world_canonical(&exploration->world, &cell, NULL);
    exploration->no_memory =
        !moves || lg_states_add(&exploration->states, &cell, &none, &added) == LG_NO_STATE;
    uint32_t most = exploration->states_max ? exploration->states_max : UINT32_MAX;
    for (uint32_t i = 0; !exploration->no_memory && i < exploration->states.count && i < most;
         i++) {
        tell(exploration, i, progress);
        watch.search.state = i;
        if (!explore_state(&watch, moves))
            break;
    }
    lg_moves_free(moves);
    return !exploration->no_memory && !watch.stopped;
}

bool lg_exploration_init(struct lg_exploration *exploration, char world, enum lg_profile_id profile)
{
    memset(exploration, 0, sizeof *exploration);
    lg_profile_load(&exploration->profile, profile, LG_TAG_CONFORMS);
    return lg_world_load(&exploration->world, world) &&
           lg_states_init(&exploration->states, exploration->world.job_slots);
}

void lg_exploration_free(struct lg_exploration *exploration)
{
    lg_states_free(&exploration->states);
}

unsigned lg_path_to(const struct lg_exploration *exploration, uint32_t state, uint32_t *path,
                    unsigned room)
{
    unsigned depth = exploration->states.steps[state].depth;
    if (depth >= room)
        return 0;
    for (unsigned i = depth + 1; i-- > 0;) {
        path[i] = state;
        state = exploration->states.steps[state].from;
    }
    return depth + 1;
}
