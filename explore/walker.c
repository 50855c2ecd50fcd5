/* A target and its shadow. */
#include "walker.h"

#include <stdlib.h>
#include <string.h>

bool lg_walker_init(struct lg_walker *walker, const struct lg_exploration *exploration,
                    const struct lg_scripted *target)
{
    memset(walker, 0, sizeof *walker);
    walker->exploration = exploration;
    walker->target = target;
    walker->way = lg_moves_new();
    walker->others = lg_moves_new();
    return walker->way && walker->others;
}

void lg_walker_free(struct lg_walker *walker)
{
    lg_moves_free(walker->way);
    lg_moves_free(walker->others);
    walker->way = walker->others = NULL;
}

struct lg_call lg_walker_spell(const struct lg_walker *walker, struct lg_shadow *shadow,
                               uint16_t call)
{
    const struct lg_world *world = &walker->exploration->world;
    struct lg_call spelled =
        lg_script_spell(world, &shadow->cell, &shadow->used, &world->calls[call]);
    spelled.new_job = (uint16_t)(shadow->jobs + 1);
    lg_world_forget(world, &spelled, &shadow->cell);
    if (lg_methods[spelled.method].target == LG_TARGET_JOB &&
        !lg_cell_job(&shadow->cell, spelled.job))
        spelled.job = LG_NO_MORE_A_JOB;
    return spelled;
}

uint32_t lg_walker_state_of(const struct lg_walker *walker, const struct lg_cell *cell)
{
    struct lg_cell copy = *cell;
    if (!lg_world_canonical(&walker->exploration->world, &copy, NULL))
        return LG_NO_STATE;
    return lg_states_find(&walker->exploration->states, &copy);
}

/* ---- faults ---- */

static void blame(struct lg_walker *walker, const char *what)
{
    struct lg_walk_faults *faults = &walker->faults;
    if (faults->count++)
        return;
    snprintf(faults->first, sizeof faults->first, "%s", what);
    memcpy(faults->steps, walker->steps, walker->step_count * sizeof walker->steps[0]);
    faults->step_count = walker->step_count;
}

static void note_step(struct lg_walker *walker, const struct lg_call *call,
                      const struct lg_outcome *seen)
{
    walker->steps[walker->step_count++] = (struct lg_script_step){*call, *seen};
}

/* ---- one step ---- */

/* A client that has forgotten a job passes it over in a list. */
static void pass_over(struct lg_cell *cell, struct lg_outcome *seen)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < seen->list_count; i++)
        if (lg_cell_job(cell, seen->list[i]))
            seen->list[kept++] = seen->list[i];
    while (seen->list_count > kept)
        seen->list[--seen->list_count] = 0;
}

static bool has_forgotten(const struct lg_shadow *shadow)
{
    unsigned known = 0;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        known += shadow->cell.jobs[i].state != LG_JOB_FREE;
    return shadow->jobs > known;
}

/* What the target answers, with the world's names. */
static struct lg_outcome ask(struct lg_walker *walker, struct lg_shadow *shadow,
                             const struct lg_call *call, const struct lg_choices *choices)
{
    struct lg_outcome seen;
    struct lg_call made =
        lg_walk_names_call(&shadow->names, &walker->exploration->world, &shadow->cell, call);
    walker->target->call(walker->target->self, &made, choices->bytes, choices->count, &seen);
    lg_walk_names_seen(&shadow->names, &shadow->cell, call, &seen);
    walker->unknowing = call->method == LG_CALL_LIST_JOBS && has_forgotten(shadow);
    if (call->method == LG_CALL_LIST_JOBS && !seen.fault)
        pass_over(&shadow->cell, &seen);
    note_step(walker, call, &seen);
    return seen;
}

/* Bytes that an instance shows and that nobody has seen are not looked at: worlds do not. */
static void overlook(const struct lg_outcome *pattern, struct lg_outcome *seen)
{
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++)
        if (pattern->unseen >> i & 1)
            seen->fields[i] = pattern->fields[i];
}

static bool fits(const struct lg_call *call, const struct lg_outcome *pattern,
                 const struct lg_outcome *seen)
{
    return lg_methods[call->method].kind == LG_KIND_EVENT || lg_outcome_matches(pattern, seen);
}

static bool is_beyond(const struct lg_walker *walker, const struct lg_shadow *shadow,
                      const struct lg_call *call)
{
    return call->method == LG_CALL_VM_CREATED && !walker->target->one_place &&
           shadow->cell.jobs[0].state != LG_JOB_FREE;
}

struct looking {
    const struct lg_outcome *seen;
    bool found;
};

static bool look_for(void *context, const struct lg_move *move)
{
    struct looking *looking = context;
    looking->found = lg_outcome_matches(move->pattern, looking->seen);
    return !looking->found;
}

/* Choices for a list are drawn job by job, so those of the world miss their jobs where the target
 * lists more than the client knows: then any other choice may explain it. */
static bool is_explained(struct lg_walker *walker, const struct lg_cell *from,
                         const struct lg_call *call, const struct lg_outcome *seen)
{
    struct looking looking = {seen, false};
    lg_moves_walk(walker->others, &walker->exploration->profile, from, call, LG_TIMES_HIDDEN,
                  look_for, &looking);
    return looking.found;
}

bool lg_walker_step(struct lg_walker *walker, struct lg_shadow *shadow, const struct lg_call *call,
                    const struct lg_choices *choices)
{
    walker->beyond = is_beyond(walker, shadow, call);
    walker->left_out += walker->beyond;
    if (walker->beyond)
        return false;
    struct lg_cell cell = shadow->cell;
    struct lg_outcome pattern;
    struct lg_job evicted;
    struct lg_tape tape;
    lg_tape_start(&tape, &walker->exploration->profile, NULL, choices->bytes, choices->count);
    lg_step(&cell, call, NULL, &tape, &pattern, &evicted);
    struct lg_outcome seen = ask(walker, shadow, call, choices);
    if (!fits(call, &pattern, &seen)) {
        if (!walker->unknowing || !is_explained(walker, &shadow->cell, call, &seen))
            blame(walker, "the answer is none that this choice allows");
        else
            walker->unwalked++;
        return false;
    }
    if (seen.answer == LG_ANSWERS_JOB)
        shadow->jobs++;
    if (seen.answer == LG_ANSWERS_BYTES && seen.symbol <= LG_WORLD_PROTECTORS_MAX)
        shadow->used |= (uint8_t)(1u << seen.symbol);
    overlook(&pattern, &seen);
    lg_cell_learn(&cell, call, &pattern, &seen);
    lg_world_forget_more(&walker->exploration->world, &cell);
    shadow->cell = cell;
    return true;
}

void lg_walker_look(struct lg_walker *walker, struct lg_shadow *shadow)
{
    static const uint8_t looks[] = {LG_CALL_INSPECT, LG_CALL_READ_VM, LG_CALL_READ_SECURITY_SETTING,
                                    LG_CALL_GET_KEY_PROTECTOR};
    for (size_t i = 0; i < sizeof looks; i++) {
        struct lg_call call = {.method = looks[i], .new_job = (uint16_t)(shadow->jobs + 1)};
        struct lg_choices plain = {.count = 0};
        unsigned before = walker->step_count;
        walker->looks++;
        if (!lg_walker_step(walker, shadow, &call, &plain))
            return;
        walker->step_count = before;
    }
}

/* ---- the way to a state ---- */

struct going {
    struct lg_walker *walker;
    const struct lg_step_back *wanted;
    bool arrived;
};

static bool take(void *context, const struct lg_move *move)
{
    struct going *going = context;
    struct lg_walker *walker = going->walker;
    struct lg_choices choices;
    if (move->way != going->wanted->way || move->observation != going->wanted->observation)
        return true;
    lg_choices_of_move(move, &choices);
    going->arrived = lg_walker_step(walker, &walker->here, move->call, &choices);
    return false;
}

static bool go(struct lg_walker *walker, const struct lg_step_back *wanted)
{
    struct lg_call call = lg_walker_spell(walker, &walker->here, wanted->call);
    struct going going = {walker, wanted, false};
    struct lg_cell from = walker->here.cell;
    lg_moves_walk(walker->way, &walker->exploration->profile, &from, &call, LG_TIMES_HIDDEN, take,
                  &going);
    return going.arrived;
}

bool lg_walker_go_to(struct lg_walker *walker, uint32_t state)
{
    const struct lg_exploration *exploration = walker->exploration;
    uint32_t path[LG_REPLAY_STEPS_MAX];
    unsigned states = lg_path_to(exploration, state, path, LG_REPLAY_STEPS_MAX);
    walker->target->reset(walker->target->self);
    walker->here = (struct lg_shadow){.jobs = 0};
    walker->step_count = 0;
    lg_world_start(&walker->here.cell);
    for (unsigned i = 1; i < states; i++)
        if (!go(walker, &exploration->states.steps[path[i]]) ||
            lg_walker_state_of(walker, &walker->here.cell) != path[i]) {
            return false;
        }
    return states > 0 && lg_walker_state_of(walker, &walker->here.cell) == state;
}
