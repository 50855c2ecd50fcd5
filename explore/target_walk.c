/* Every transition of a world, on a target. */
#include "target_walk.h"

#include <stdlib.h>
#include <string.h>

#include "walk_choices.h"

/* The world has forgotten the job: one that never was is no more there than that. */
enum { NEVER_A_JOB = 63, PROGRESS_EVERY = 4096 };

/* What is so on the target, as far as the model can tell. */
struct shadow {
    struct lg_cell cell; /* with the names of the script */
    uint16_t jobs;
    uint8_t used;
    struct lg_walk_names names;
};

struct walker {
    struct lg_target_walk *walk;
    const struct lg_exploration *exploration;
    const struct lg_scripted *target;
    struct lg_moves *way; /* of the path */
    struct lg_moves *moves;
    struct shadow here;
    struct lg_script_step steps[LG_REPLAY_STEPS_MAX + 2];
    unsigned step_count;
};

static struct lg_call spell(const struct walker *walker, struct shadow *shadow, uint16_t call)
{
    const struct lg_world *world = &walker->exploration->world;
    struct lg_call spelled =
        lg_script_spell(world, &shadow->cell, &shadow->used, &world->calls[call]);
    spelled.new_job = (uint16_t)(shadow->jobs + 1);
    lg_world_forget(world, &spelled, &shadow->cell);
    if (lg_methods[spelled.method].target == LG_TARGET_JOB &&
        !lg_cell_job(&shadow->cell, spelled.job))
        spelled.job = NEVER_A_JOB;
    return spelled;
}

static uint32_t state_of(const struct walker *walker, const struct lg_cell *cell)
{
    struct lg_cell copy = *cell;
    if (!lg_world_canonical(&walker->exploration->world, &copy, NULL))
        return LG_NO_STATE;
    return lg_states_find(&walker->exploration->states, &copy);
}

/* ---- faults ---- */

static void blame(struct walker *walker, const char *what)
{
    struct lg_target_walk *walk = walker->walk;
    if (walk->faults++)
        return;
    snprintf(walk->first_fault, sizeof walk->first_fault, "%s", what);
    memcpy(walk->steps, walker->steps, walker->step_count * sizeof walker->steps[0]);
    walk->step_count = walker->step_count;
}

static void note_step(struct walker *walker, const struct lg_call *call,
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

/* What the target answers, with the world's names. */
static struct lg_outcome ask(struct walker *walker, struct shadow *shadow,
                             const struct lg_call *call, const struct lg_choices *choices)
{
    struct lg_outcome seen;
    struct lg_call made =
        lg_walk_names_call(&shadow->names, &walker->exploration->world, &shadow->cell, call);
    walker->target->call(walker->target->self, &made, choices->bytes, choices->count, &seen);
    lg_walk_names_seen(&shadow->names, &shadow->cell, call, &seen);
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

/* Makes a call on the target and judges the answer by what these choices allow. The shadow follows.
 */
static bool step(struct walker *walker, struct shadow *shadow, const struct lg_call *call,
                 const struct lg_choices *choices)
{
    struct lg_cell cell = shadow->cell;
    struct lg_outcome pattern;
    struct lg_job evicted;
    struct lg_tape tape;
    lg_tape_start(&tape, &walker->exploration->profile, NULL, choices->bytes, choices->count);
    lg_step(&cell, call, NULL, &tape, &pattern, &evicted);
    struct lg_outcome seen = ask(walker, shadow, call, choices);
    if (!fits(call, &pattern, &seen)) {
        blame(walker, "the answer is none that this choice allows");
        return false;
    }
    if (seen.answer == LG_ANSWERS_JOB)
        shadow->jobs++;
    if (seen.answer == LG_ANSWERS_BYTES && seen.symbol <= LG_WORLD_PROTECTORS_MAX)
        shadow->used |= (uint8_t)(1u << seen.symbol);
    overlook(&pattern, &seen);
    lg_cell_learn(&cell, call, &pattern, &seen);
    shadow->cell = cell;
    return true;
}

/* Looks at what a client can read, and at what only an inspection shows. */
static void look(struct walker *walker, struct shadow *shadow)
{
    static const uint8_t looks[] = {LG_CALL_INSPECT, LG_CALL_READ_VM, LG_CALL_READ_SECURITY_SETTING,
                                    LG_CALL_GET_KEY_PROTECTOR};
    for (size_t i = 0; i < sizeof looks; i++) {
        struct lg_call call = {.method = looks[i], .new_job = (uint16_t)(shadow->jobs + 1)};
        struct lg_choices plain = {.count = 0};
        unsigned before = walker->step_count;
        walker->walk->looks++;
        if (!step(walker, shadow, &call, &plain))
            return;
        walker->step_count = before;
    }
}

/* ---- the way to a state ---- */

struct going {
    struct walker *walker;
    const struct lg_step_back *wanted;
    bool arrived;
};

static bool take(void *context, const struct lg_move *move)
{
    struct going *going = context;
    struct walker *walker = going->walker;
    struct lg_choices choices;
    if (move->way != going->wanted->way || move->observation != going->wanted->observation)
        return true;
    lg_choices_of_move(move, &choices);
    going->arrived = step(walker, &walker->here, move->call, &choices);
    return false;
}

static bool go(struct walker *walker, const struct lg_step_back *wanted)
{
    struct lg_call call = spell(walker, &walker->here, wanted->call);
    struct going going = {walker, wanted, false};
    struct lg_cell from = walker->here.cell;
    lg_moves_walk(walker->way, &walker->exploration->profile, &from, &call, LG_TIMES_HIDDEN, take,
                  &going);
    return going.arrived;
}

static bool go_to(struct walker *walker, uint32_t state)
{
    const struct lg_exploration *exploration = walker->exploration;
    uint32_t path[LG_REPLAY_STEPS_MAX];
    unsigned states = lg_path_to(exploration, state, path, LG_REPLAY_STEPS_MAX);
    walker->target->reset(walker->target->self);
    walker->here = (struct shadow){.jobs = 0};
    walker->step_count = 0;
    lg_world_start(&walker->here.cell);
    for (unsigned i = 1; i < states; i++)
        if (!go(walker, &exploration->states.steps[path[i]]) ||
            state_of(walker, &walker->here.cell) != path[i]) {
            return false;
        }
    return states > 0 && state_of(walker, &walker->here.cell) == state;
}

/* ---- the calls of a state ---- */

struct calling {
    struct walker *walker;
    struct shadow from;
};

static bool walk_move(void *context, const struct lg_move *move)
{
    struct calling *calling = context;
    struct walker *walker = calling->walker;
    struct shadow shadow = calling->from;
    struct lg_choices choices;
    unsigned steps = walker->step_count;
    lg_choices_of_move(move, &choices);
    walker->walk->transitions++;
    walker->target->back(walker->target->self);
    if (step(walker, &shadow, move->call, &choices)) {
        walker->walk->elsewhere += state_of(walker, &shadow.cell) != state_of(walker, &move->to);
        look(walker, &shadow);
    }
    walker->step_count = steps;
    return true;
}

static void walk_state(struct walker *walker, uint32_t state)
{
    const struct lg_world *world = &walker->exploration->world;
    struct lg_cell canonical;
    lg_states_get(&walker->exploration->states, state, &canonical);
    walker->walk->states++;
    walker->target->keep(walker->target->self);
    for (uint16_t i = 0; i < world->call_count; i++) {
        struct calling calling = {walker, walker->here};
        if (!lg_world_admits(world, &canonical, &world->calls[i]))
            continue;
        struct lg_call call = spell(walker, &calling.from, i);
        lg_moves_walk(walker->moves, &walker->exploration->profile, &calling.from.cell, &call,
                      LG_TIMES_HIDDEN, walk_move, &calling);
    }
}

static void tell(const struct lg_target_walk *walk, uint32_t state,
                 const struct lg_exploration *exploration, FILE *progress)
{
    fprintf(progress, "certify: %u of %u states, %llu transitions, %llu faults\n", state,
            exploration->states.count, (unsigned long long)walk->transitions,
            (unsigned long long)walk->faults);
}

void lg_target_walk(struct lg_target_walk *walk, const struct lg_exploration *exploration,
                    const struct lg_scripted *target, FILE *progress)
{
    struct walker *walker = calloc(1, sizeof *walker);
    walk->no_memory = true;
    if (walker) {
        walker->walk = walk;
        walker->exploration = exploration;
        walker->target = target;
        walker->way = lg_moves_new();
        walker->moves = lg_moves_new();
        walk->no_memory = !walker->way || !walker->moves;
    }
    for (uint32_t i = 0; !walk->no_memory && i < exploration->states.count; i += walk->every) {
        if (progress && i / walk->every % PROGRESS_EVERY == 0)
            tell(walk, i, exploration, progress);
        if (go_to(walker, i))
            walk_state(walker, i);
        else {
            walk->unreached++;
        }
    }
    if (walker) {
        lg_moves_free(walker->way);
        lg_moves_free(walker->moves);
    }
    free(walker);
}
