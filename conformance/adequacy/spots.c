/* Gathers spots. */
#include "spots.h"

#include <stdlib.h>
#include <string.h>

#include "model/bits.h"
#include "model/hash.h"
#include "model/host.h"
#include "model/trace_json.h"
#include "random_calls.h"
#include "seen.h"

/* Symbols of bytes that a host makes: along scripts, and by the step that is looked at. */
enum { STEPS_OF_WORLD = 48, MADE_OF_SCRIPT = 0x4000, MADE_OF_WAY = 0x8000, MADE_BY_CALL = 64 };

/* ---- ways ---- */

static uint64_t hash_readings(const struct lg_tape *tape)
{
    uint64_t hash = 1;
    for (unsigned i = 0; i < tape->count; i++) {
        const struct lg_draw *draw = &tape->draws[i];
        if (lg_sites[draw->site].scope == LG_SCOPE_READING)
            hash = lg_hash_mix(hash, (uint64_t)draw->slot << 8 | draw->alternative);
    }
    return hash;
}

/* ---- what a target shows ---- */

/* A host shows times by its own clock; `form` and `symbol` bound them for an oracle. */
static void hide_times(struct lg_outcome *outcome)
{
    for (unsigned i = LG_JOB_FIELD_CHANGE; i <= LG_JOB_FIELD_ELAPSED; i++)
        memset(&outcome->fields[i], 0, sizeof outcome->fields[i]);
    outcome->symbol = 0;
    outcome->form = 0;
}

/* Not what stands in an answer beside what its kind shows, which cause and clause it was, nor the
 * upper end of a range that has none. */
static void show_outcome(struct lg_outcome *outcome, const struct lg_call *call)
{
    outcome->clause = outcome->cause = 0;
    lg_seen_as_written(outcome, call);
    if (outcome->return_to < outcome->return_value)
        outcome->return_to = outcome->return_value;
    if (call->method == LG_CALL_READ_JOB)
        hide_times(outcome);
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++) {
        struct lg_field *field = &outcome->fields[i];
        if (!(outcome->shown >> i & 1) || outcome->answer != LG_ANSWERS_INSTANCE)
            memset(field, 0, sizeof *field);
        if (outcome->masks >> i & 1 || field->to < field->from)
            field->to = field->from;
    }
}

/* Of a code that was left open, where a profile has one answer to its cause: that answer. */
static void show_error(struct lg_job *job, const struct lg_profile *profile)
{
    enum { ANSWER = 0x10000 };
    unsigned group = job->method < LG_KEYED_METHODS ? job->method : LG_KEYED_METHODS;
    unsigned slot = lg_sites[LG_SITE_failure_meaning].slot + group * LG_CAUSE_COUNT + job->error;
    if (!(job->flags & LG_JOB_ERROR_OPEN) || job->error >= LG_CAUSE_COUNT) {
        job->error_to = job->error_to < job->error ? job->error : job->error_to;
        return;
    }
    if (lg_bits_count(profile->allowed[slot]) == 1)
        job->error = ANSWER + lg_causes[job->error].answers[__builtin_ctz(profile->allowed[slot])];
    job->error_to = job->error;
}

/* Not the times that a reader saw of a job, and whether it may have moved since; when one that
 * lives ended; what one that ended was asked for, and how it came there; settings in a text that
 * only names the VM: no profile that is compared applies them. */
static void show_job(struct lg_job *job, const struct lg_profile *profile)
{
    job->seen_change = job->seen_submitted = job->seen_elapsed = 0;
    job->flags &= (uint8_t)~LG_JOB_MOVED;
    show_error(job, profile);
    if (job->method != LG_CALL_MODIFY_SECURITY_SETTINGS)
        job->present = job->values = 0;
    if (lg_job_is_live(job)) {
        job->ended_to = 0;
        return;
    }
    job->flags &= LG_JOB_ERROR_OPEN | LG_JOB_END_SEEN | LG_JOB_STRAY;
    job->argument = job->requested = job->present = job->values = 0;
}

static uint16_t next_made(void *context)
{
    uint16_t *made = context;
    return (*made)++;
}

/* Nothing reads whether a VM was exported, nor what a VM was started with that is off, or where
 * what is configured is shown in any case. */
static void show_vm(struct lg_vm *vm, const struct lg_profile *profile)
{
    uint16_t shown = profile->allowed[lg_sites[LG_SITE_in_use_protector].slot];
    vm->unseen = 0;
    vm->flags &= (uint8_t)~LG_VM_HAS_EXPORT;
    if (vm->power == LG_POWER_OFF || shown == 1u << LG_ALT_in_use_protector_configured)
        vm->started_with = LG_SYMBOL_NONE;
}

/* A host has bytes for every protector that it makes. */
static void show_way(struct lg_way *way, const struct lg_scene *scene,
                     const struct lg_profile *profile)
{
    uint16_t made = (uint16_t)(MADE_OF_WAY + MADE_BY_CALL * scene->made);
    struct lg_maker maker = {next_made, &made};
    lg_cell_make_bytes(&way->cell, &scene->call, &maker, &way->outcome);
    way->next = way->cell;
    show_vm(&way->cell.vm, profile);
    show_outcome(&way->outcome, &scene->call);
    show_job(&way->evicted, profile);
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        show_job(&way->cell.jobs[i], profile);
}

static uint64_t hash_way(const struct lg_way *way)
{
    uint64_t hash = lg_hash_bytes(&way->cell, sizeof way->cell);
    hash = lg_hash_mix(hash, lg_hash_bytes(&way->outcome, sizeof way->outcome));
    return lg_hash_mix(hash, lg_hash_bytes(&way->evicted, sizeof way->evicted));
}

static void walk(const struct lg_spots *spots, const struct lg_scene *scene, lg_step_function *step,
                 bool with_whole, struct lg_ways *ways)
{
    const struct lg_job *record = scene->record.state != LG_JOB_FREE ? &scene->record : NULL;
    struct lg_tape tape;
    ways->count = 0;
    ways->more = false;
    lg_tape_start(&tape, &spots->profile, NULL, NULL, 0);
    do {
        struct lg_way *way = &ways->items[ways->count];
        if (ways->count == LG_WAYS_MAX) {
            ways->more = true;
            return;
        }
        way->cell = scene->cell;
        memset(&way->outcome, 0, sizeof way->outcome);
        step(&way->cell, &scene->call, record, &tape, &way->outcome, &way->evicted);
        way->outcome.clause = way->outcome.cause = 0;
        if (way->evicted.state == LG_JOB_FREE)
            memset(&way->evicted, 0, sizeof way->evicted);
        way->readings = hash_readings(&tape);
        way->whole = with_whole ? hash_way(way) : 0;
        show_way(way, scene, &spots->profile);
        ways->count++;
    } while (lg_tape_advance(&tape));
}

void lg_spots_walk(const struct lg_spots *spots, const struct lg_scene *scene,
                   lg_step_function *step, struct lg_ways *ways)
{
    walk(spots, scene, step, true, ways);
}

void lg_spots_walk_shown(const struct lg_spots *spots, const struct lg_scene *scene,
                         lg_step_function *step, struct lg_ways *ways)
{
    walk(spots, scene, step, false, ways);
}

static bool field_within(const struct lg_field *field, const struct lg_field *other, bool mask)
{
    return mask ? field->from && !(field->from & ~other->from)
                : field->from >= other->from && field->to <= other->to;
}

/* A field that the other's pattern does not show may be any. */
static void leave_open(struct lg_outcome *outcome, const struct lg_outcome *other)
{
    if (other->answer == LG_ANSWERS_INSTANCE)
        outcome->shown &= other->shown;
    outcome->masks &= outcome->shown;
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++)
        if (!(outcome->shown >> i & 1) && outcome->answer == LG_ANSWERS_INSTANCE)
            memset(&outcome->fields[i], 0, sizeof outcome->fields[i]);
}

/* Ranges that lie in the other's become those. */
static void widen_outcome(struct lg_outcome *outcome, const struct lg_outcome *other)
{
    leave_open(outcome, other);
    if (outcome->return_value >= other->return_value && outcome->return_to <= other->return_to) {
        outcome->return_value = other->return_value;
        outcome->return_to = other->return_to;
    }
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++)
        if (field_within(&outcome->fields[i], &other->fields[i], outcome->masks >> i & 1))
            outcome->fields[i] = other->fields[i];
}

static void widen_job(struct lg_job *job, const struct lg_job *other)
{
    if (job->error < other->error || job->error_to > other->error_to)
        return;
    job->error = other->error;
    job->error_to = other->error_to;
}

bool lg_way_answers_within(const struct lg_way *way, const struct lg_way *other)
{
    struct lg_outcome outcome = way->outcome;
    struct lg_job evicted = way->evicted;
    widen_outcome(&outcome, &other->outcome);
    widen_job(&evicted, &other->evicted);
    return memcmp(&outcome, &other->outcome, sizeof outcome) == 0 &&
           memcmp(&evicted, &other->evicted, sizeof evicted) == 0;
}

bool lg_way_within(const struct lg_way *way, const struct lg_way *other, bool readings)
{
    struct lg_cell wide = way->cell;
    if ((readings && way->readings != other->readings) ||
        memcmp(&way->cell, &other->cell, offsetof(struct lg_cell, jobs)) != 0)
        return false;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        widen_job(&wide.jobs[i], &other->cell.jobs[i]);
    return memcmp(&wide, &other->cell, sizeof wide) == 0 && lg_way_answers_within(way, other);
}

bool lg_ways_have(const struct lg_ways *ways, const struct lg_way *way, bool readings)
{
    for (unsigned i = 0; i < ways->count; i++)
        if (lg_way_within(way, &ways->items[i], readings))
            return true;
    return false;
}

static uint64_t sum_of_different(uint64_t *hashes, unsigned count)
{
    static uint64_t table[2 * LG_WAYS_MAX];
    enum { MASK = 2 * LG_WAYS_MAX - 1 };
    uint64_t sum = 0;
    unsigned size = 16;
    while (size < 2 * count)
        size *= 2;
    memset(table, 0, size * sizeof table[0]);
    for (unsigned i = 0; i < count; i++) {
        uint64_t hash = hashes[i] | 1;
        unsigned at = (unsigned)(hash >> 20) & (size - 1);
        while (table[at] && table[at] != hash)
            at = (at + 1) & (size - 1);
        if (!table[at])
            sum += hash * 0xD6E8FEB86659FD93u;
        table[at] = hash;
    }
    return sum;
}

static uint64_t with_readings(uint64_t hash, const struct lg_way *way)
{
    return lg_hash_mix(hash, way->readings);
}

void lg_ways_hash(const struct lg_ways *ways, struct lg_spot *spot)
{
    static uint64_t hashes[LG_WAYS_MAX];
    for (unsigned i = 0; i < ways->count; i++)
        hashes[i] = with_readings(ways->items[i].whole, &ways->items[i]);
    spot->whole = sum_of_different(hashes, ways->count);
    for (unsigned i = 0; i < ways->count; i++)
        hashes[i] = hash_way(&ways->items[i]);
    spot->plain = sum_of_different(hashes, ways->count);
    for (unsigned i = 0; i < ways->count; i++)
        hashes[i] = with_readings(hashes[i], &ways->items[i]);
    spot->readings = sum_of_different(hashes, ways->count);
}

/* ---- spots ---- */

void lg_spots_scene(const struct lg_spots *spots, const struct lg_spot *spot,
                    struct lg_scene *scene)
{
    if (spot->call == LG_NO_CALL) {
        *scene = spots->scenes[spot->place];
        return;
    }
    memset(scene, 0, sizeof *scene);
    lg_states_get(&spots->world.states, spot->place, &scene->cell);
    scene->call = spots->world.world.calls[spot->call];
    lg_world_forget(&spots->world.world, &scene->call, &scene->cell);
    scene->call.new_job = (uint16_t)(spots->world.world.job_slots + 1);
}

static bool add(struct lg_spots *spots, uint32_t place, uint16_t call)
{
    if (spots->count == spots->capacity) {
        uint32_t capacity = spots->capacity ? 2 * spots->capacity : 1u << 16;
        void *items = realloc(spots->items, capacity * sizeof *spots->items);
        if (!items)
            return false;
        spots->items = items;
        spots->capacity = capacity;
    }
    memset(&spots->items[spots->count], 0, sizeof spots->items[0]);
    spots->items[spots->count].place = place;
    spots->items[spots->count++].call = call;
    return true;
}

/* What the model, as it stands in the library, does at a spot. False: it has too many ways. */
static bool measure(struct lg_spots *spots, const struct lg_mutants *mutants, struct lg_spot *spot)
{
    static struct lg_ways ways;
    struct lg_scene scene;
    lg_spots_scene(spots, spot, &scene);
    memset(mutants->reached, 0, LG_MUTANT_FUNCTIONS_MAX);
    lg_spots_walk(spots, &scene, mutants->step, &ways);
    lg_ways_hash(&ways, spot);
    for (unsigned i = 0; i < LG_MUTANT_FUNCTIONS_MAX; i++)
        spot->reached[i / 64] |= (uint64_t)mutants->reached[i] << i % 64;
    return !ways.more;
}

/* One of the ways is taken. */
static void go_on(const struct lg_spots *spots, struct lg_scene *scene,
                  struct lg_random_calls *calls)
{
    uint8_t bytes[LG_TAPE_BYTES];
    struct lg_outcome pattern, seen;
    struct lg_maker maker = {next_made, &calls->made};
    struct lg_job evicted;
    struct lg_tape tape;
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = lg_random_byte(calls);
    lg_tape_start(&tape, &spots->profile, NULL, bytes, sizeof bytes);
    lg_step(&scene->cell, &scene->call, NULL, &tape, &seen, &evicted);
    lg_cell_make_bytes(&scene->cell, &scene->call, &maker, &seen);
    pattern = seen;
    lg_outcome_pick(&seen, &scene->call, &tape);
    lg_cell_learn(&scene->cell, &scene->call, &pattern, &seen);
    if (evicted.state != LG_JOB_FREE)
        scene->record = evicted;
    if (seen.answer == LG_ANSWERS_JOB)
        calls->jobs++;
}

/* A call that makes a VM comes to a cell of its own. */
static bool comes_there(const struct lg_cell *cell, const struct lg_call *call)
{
    return !lg_call_makes_vm(call->method) || cell->vm.kind == LG_VM_NONE;
}

static void make_room(struct lg_cell *cell)
{
    memset(&cell->vm, 0, sizeof cell->vm);
    memset(cell->jobs, 0, sizeof cell->jobs);
}

/* Whether the form in which scripts are written has the call. */
static bool can_be_said(const struct lg_call *call, const struct lg_names *names)
{
    struct lg_json_error error;
    struct lg_call read;
    json_t *json = lg_call_to_json(call, names);
    bool said = lg_call_from_json(json, names, &read, &error);
    json_decref(json);
    return said && read.requested == call->requested;
}

static bool gather_sample(struct lg_spots *spots, const struct lg_mutants *mutants, uint32_t count)
{
    struct lg_random_calls calls = {0};
    struct lg_blobs blobs;
    struct lg_names names;
    struct lg_scene scene = {.record = {.state = LG_JOB_FREE}};
    spots->scenes = malloc((count + 1) * sizeof *spots->scenes);
    if (!lg_blobs_init(&blobs))
        return false;
    lg_names_of_scripts(&names, &blobs);
    for (uint32_t step = 0; spots->scenes && spots->count < count; step++) {
        uint32_t place = spots->count;
        if (step % STEPS_OF_WORLD == 0) {
            memset(&scene, 0, sizeof scene);
            lg_random_calls_start(&calls, step / STEPS_OF_WORLD);
            calls.made = MADE_OF_SCRIPT;
        }
        lg_random_call(&calls, step % STEPS_OF_WORLD, &scene.call);
        scene.call.new_job = (uint16_t)(calls.jobs + 1);
        if (scene.call.method == LG_CALL_VM_IMPORTED)
            lg_call_import(&scene.call, &scene.cell.vm);
        spots->scenes[place] = scene;
        bool own = comes_there(&scene.cell, &scene.call);
        if (!own)
            make_room(&spots->scenes[place].cell);
        if (scene.call.job != scene.record.name)
            spots->scenes[place].record.state = LG_JOB_FREE;
        if (!can_be_said(&scene.call, &names))
            continue;
        if (!add(spots, place, LG_NO_CALL))
            return false;
        if (!measure(spots, mutants, &spots->items[place]))
            spots->count--;
        if (own)
            go_on(spots, &scene, &calls);
    }
    lg_blobs_free(&blobs);
    spots->sampled = spots->count;
    return spots->scenes != NULL;
}

static bool has_room(void *context, const struct lg_exploration *exploration,
                     const struct lg_transition *transition)
{
    const struct lg_spots *spots = context;
    (void)transition;
    return !spots->states_max || exploration->states.count < spots->states_max;
}

static bool gather_world(struct lg_spots *spots, const struct lg_mutants *mutants)
{
    const struct lg_world *world = &spots->world.world;
    struct lg_cell cell;
    lg_explore(&spots->world, has_room, spots, NULL);
    if (spots->world.no_memory)
        return false;
    for (uint32_t state = 0; state < spots->world.states.count; state++) {
        lg_states_get(&spots->world.states, state, &cell);
        for (uint16_t call = 0; call < world->call_count; call++) {
            if (!lg_world_admits(world, &cell, &world->calls[call]) ||
                !comes_there(&cell, &world->calls[call]))
                continue;
            if (!add(spots, state, call) ||
                !measure(spots, mutants, &spots->items[spots->count - 1]))
                return false;
        }
    }
    return true;
}

bool lg_spots_gather(struct lg_spots *spots, const struct lg_mutants *mutants,
                     enum lg_profile_id profile, uint32_t sampled, uint32_t states)
{
    memset(spots, 0, sizeof *spots);
    spots->states_max = states;
    lg_profile_load(&spots->profile, profile, LG_TAG_CONFORMS);
    return lg_exploration_init(&spots->world, 'A', profile) &&
           gather_sample(spots, mutants, sampled) && gather_world(spots, mutants);
}
