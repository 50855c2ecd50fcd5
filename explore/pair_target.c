/* Every feasible pair of classes, on a target. */
#include "pair_target.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/progress.h"

enum { WAYS_STEP = 16384, PROGRESS_EVERY = 512 };

/* A transition that leads to where second ones are to be made. */
struct first {
    uint32_t from;
    uint32_t to;
    uint16_t call; /* of the world */
    uint16_t class;
};

struct walk {
    struct lg_pair_target *found;
    struct lg_pairs *pairs;
    struct lg_walker walker;
    struct lg_moves *moves;
    struct first *firsts;
    uint32_t count;
    uint32_t room;
    const struct first *first;
    struct lg_shadow before; /* the first transition */
    struct lg_shadow between;
    unsigned steps; /* that lead to there */
    bool there;     /* the target is in between */
};

static const struct lg_class *class_of(const struct walk *walk, const struct lg_call *call,
                                       const struct lg_cell *from, const struct lg_outcome *pattern,
                                       const struct lg_cell *to)
{
    struct lg_class_key key = lg_class_of(call, from, pattern, to);
    return lg_classes_find(walk->pairs->classes, &key);
}

static unsigned index_of(const struct walk *walk, const struct lg_class *class)
{
    return (unsigned)(class - walk->pairs->classes->items);
}

/* ---- which transitions come first ---- */

static bool has_room(struct walk *walk)
{
    if (walk->count < walk->room)
        return true;
    struct first *more = realloc(walk->firsts, (walk->room + WAYS_STEP) * sizeof *more);
    if (!more)
        return false;
    walk->firsts = more;
    walk->room += WAYS_STEP;
    return true;
}

static bool visit(void *context, const struct lg_exploration *exploration,
                  const struct lg_transition *transition)
{
    struct walk *walk = context;
    const struct lg_move *move = transition->move;
    const struct lg_class *class = class_of(walk, move->call, move->from, move->pattern, &move->to);
    (void)exploration;
    if (!class || transition->to == LG_NO_STATE ||
        !lg_pairs_take_way_in(walk->pairs, transition->to, index_of(walk, class)))
        return true;
    walk->found->no_memory = !has_room(walk);
    if (walk->found->no_memory)
        return false;
    walk->firsts[walk->count++] = (struct first){transition->from, transition->to, transition->call,
                                                 (uint16_t)index_of(walk, class)};
    return walk->pairs->ways_in > 0;
}

/* ---- the second transitions ---- */

/* Ways of a cell with a script's names may be numbered otherwise than those of the world's. */
static bool walk_first_move(void *context, const struct lg_move *move)
{
    struct walk *walk = context;
    struct lg_walker *walker = &walk->walker;
    const struct lg_class *class = class_of(walk, move->call, move->from, move->pattern, &move->to);
    struct lg_choices choices;
    if (!class || index_of(walk, class) != walk->first->class ||
        lg_walker_state_of(walker, &move->to) != walk->first->to)
        return true;
    lg_choices_of_move(move, &choices);
    walk->there = lg_walker_step(walker, &walker->here, move->call, &choices) &&
                  lg_walker_state_of(walker, &walker->here.cell) == walk->first->to;
    return false;
}

static bool go_between(struct walk *walk)
{
    struct lg_walker *walker = &walk->walker;
    walk->there = false;
    if (!lg_walker_go_to(walker, walk->first->from))
        return false;
    struct lg_call call = lg_walker_spell(walker, &walker->here, walk->first->call);
    const struct lg_cell from = walker->here.cell;
    lg_moves_walk(walker->way, &walker->exploration->profile, &from, &call, LG_TIMES_HIDDEN,
                  walk_first_move, walk);
    walk->between = walker->here;
    walk->steps = walker->step_count;
    return walk->there;
}

static bool come_back(struct walk *walk)
{
    const struct lg_scripted *target = walk->walker.target;
    if (!walk->there && !target->back && !go_between(walk))
        return false;
    if (!walk->there && target->back)
        target->back(target->self);
    walk->there = false;
    walk->walker.step_count = walk->steps;
    return true;
}

static void note_unknowing(struct walk *walk, unsigned second)
{
    struct lg_pair_target *found = walk->found;
    unsigned first = walk->first->class;
    for (unsigned i = 0; i < found->unknowing_count; i++)
        if (found->unknowing[i][0] == first && found->unknowing[i][1] == second)
            return;
    if (found->unknowing_count == LG_UNKNOWING_MAX)
        return;
    found->unknowing[found->unknowing_count][0] = (uint16_t)first;
    found->unknowing[found->unknowing_count++][1] = (uint16_t)second;
}

unsigned lg_pair_target_unwalked(const struct lg_pair_target *found, const struct lg_pairs *pairs)
{
    unsigned count = 0;
    for (unsigned i = 0; i < found->unknowing_count; i++)
        count += !lg_pairs_are_walked(pairs, found->unknowing[i][0], found->unknowing[i][1]);
    return count;
}

static bool walk_second(void *context, const struct lg_move *move)
{
    struct walk *walk = context;
    struct lg_walker *walker = &walk->walker;
    const struct lg_class *class = class_of(walk, move->call, move->from, move->pattern, &move->to);
    struct lg_shadow shadow = walk->before;
    struct lg_choices choices;
    if (!class || lg_walker_state_of(walker, &move->to) == LG_NO_STATE ||
        lg_pairs_are_walked(walk->pairs, walk->first->class, index_of(walk, class)))
        return true;
    lg_choices_of_move(move, &choices);
    walk->found->seconds++;
    if (!come_back(walk)) {
        walk->found->unreached++;
        return true;
    }
    if (lg_walker_step(walker, &shadow, move->call, &choices)) {
        walk->found->elsewhere +=
            lg_walker_state_of(walker, &shadow.cell) != lg_walker_state_of(walker, &move->to);
        lg_walker_look(walker, &shadow);
        lg_pairs_mark(walk->pairs, walk->first->class, index_of(walk, class));
    } else if (walker->unknowing)
        note_unknowing(walk, index_of(walk, class));
    return true;
}

static void walk_first(struct walk *walk, const struct first *first)
{
    struct lg_walker *walker = &walk->walker;
    const struct lg_exploration *exploration = walker->exploration;
    const struct lg_world *world = &exploration->world;
    struct lg_cell canonical;
    walk->first = first;
    if (!go_between(walk)) {
        walk->found->unreached++;
        return;
    }
    walk->found->taken++;
    if (walker->target->keep)
        walker->target->keep(walker->target->self);
    const struct lg_shadow between = walk->between;
    lg_states_get(&exploration->states, first->to, &canonical);
    for (uint16_t i = 0; i < world->call_count; i++) {
        if (!lg_world_admits(world, &canonical, &world->calls[i]))
            continue;
        walk->before = between;
        struct lg_call call = lg_walker_spell(walker, &walk->before, i);
        const struct lg_cell from = walk->before.cell;
        lg_moves_walk(walk->moves, &exploration->profile, &from, &call, LG_TIMES_HIDDEN,
                      walk_second, walk);
    }
}

/* ---- all of them ---- */

static void tell(const struct walk *walk, uint32_t done, FILE *progress)
{
    struct lg_pair_count classes = lg_pairs_of_classes(walk->pairs);
    lg_progress_show(progress, "certify: %u of %u ways, %u of %u pairs of classes, %llu faults",
                     done, walk->count, classes.walked, classes.feasible,
                     (unsigned long long)walk->walker.faults.count);
}

static void walk_all(struct walk *walk, FILE *progress)
{
    struct lg_pair_target *found = walk->found;
    found->ways = walk->count;
    for (uint32_t i = 0; i < walk->count; i += found->every) {
        if (progress && i / found->every % PROGRESS_EVERY == 0)
            tell(walk, i, progress);
        walk_first(walk, &walk->firsts[i]);
    }
    found->looks = walk->walker.looks;
    found->faults = walk->walker.faults;
}

void lg_pair_target_walk(struct lg_pair_target *found, struct lg_exploration *exploration,
                         struct lg_pairs *pairs, const struct lg_scripted *target, FILE *progress)
{
    struct walk *walk = calloc(1, sizeof *walk);
    found->no_memory = true;
    if (walk) {
        walk->found = found;
        walk->pairs = pairs;
        walk->moves = lg_moves_new();
        found->no_memory = !lg_walker_init(&walk->walker, exploration, target) || !walk->moves ||
                           !lg_pairs_thin_out(pairs);
    }
    if (!found->no_memory)
        lg_explore(exploration, visit, walk, NULL);
    if (!found->no_memory && !exploration->no_memory)
        walk_all(walk, progress);
    if (walk) {
        lg_walker_free(&walk->walker);
        lg_moves_free(walk->moves);
        free(walk->firsts);
    }
    free(walk);
}
