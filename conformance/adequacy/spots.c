/* Gathers spots. */
#include "spots.h"

#include <stdlib.h>
#include <string.h>

#include "random_calls.h"

enum { STEPS_OF_WORLD = 48 };

/* ---- ways ---- */

static uint64_t hash_bytes(const void *bytes, size_t size, uint64_t hash)
{
    const unsigned char *at = bytes;
    uint64_t word;
    for (; size >= 8; at += 8, size -= 8) {
        memcpy(&word, at, 8);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
    }
    for (; size > 0; at++, size--)
        hash = (hash ^ *at) * 0x100000001B3u;
    return hash;
}

static uint64_t hash_readings(const struct lg_tape *tape)
{
    uint64_t hash = 1;
    for (unsigned i = 0; i < tape->count; i++) {
        const struct lg_draw *draw = &tape->draws[i];
        if (lg_sites[draw->site].scope == LG_SCOPE_READING)
            hash = (hash ^ ((uint64_t)draw->slot << 8 | draw->alternative)) * 0x9E3779B97F4A7C15u;
    }
    return hash;
}

void lg_spots_walk(const struct lg_spots *spots, const struct lg_scene *scene,
                   lg_step_function *step, struct lg_ways *ways)
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
        memset(way, 0, sizeof *way);
        way->cell = scene->cell;
        step(&way->cell, &scene->call, record, &tape, &way->outcome, &way->evicted);
        way->outcome.clause = way->outcome.cause = 0; /* nobody sees them */
        if (way->evicted.state == LG_JOB_FREE)
            memset(&way->evicted, 0, sizeof way->evicted);
        way->readings = hash_readings(&tape);
        ways->count++;
    } while (lg_tape_advance(&tape));
}

bool lg_way_equal(const struct lg_way *a, const struct lg_way *b)
{
    return memcmp(&a->outcome, &b->outcome, sizeof a->outcome) == 0 &&
           memcmp(&a->cell, &b->cell, sizeof a->cell) == 0 &&
           memcmp(&a->evicted, &b->evicted, sizeof a->evicted) == 0;
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

void lg_ways_hash(const struct lg_ways *ways, uint64_t *plain, uint64_t *readings)
{
    static uint64_t hashes[LG_WAYS_MAX];
    for (unsigned i = 0; i < ways->count; i++) {
        const struct lg_way *way = &ways->items[i];
        hashes[i] = hash_bytes(&way->cell, sizeof way->cell, 7);
        hashes[i] = hash_bytes(&way->outcome, sizeof way->outcome, hashes[i]);
        hashes[i] = hash_bytes(&way->evicted, sizeof way->evicted, hashes[i]);
    }
    *plain = sum_of_different(hashes, ways->count);
    for (unsigned i = 0; i < ways->count; i++)
        hashes[i] = (hashes[i] ^ ways->items[i].readings) * 0x9E3779B97F4A7C15u;
    *readings = sum_of_different(hashes, ways->count);
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
    lg_ways_hash(&ways, &spot->plain, &spot->readings);
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
    struct lg_job evicted;
    struct lg_tape tape;
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = lg_random_byte(calls);
    lg_tape_start(&tape, &spots->profile, NULL, bytes, sizeof bytes);
    lg_step(&scene->cell, &scene->call, NULL, &tape, &seen, &evicted);
    pattern = seen;
    lg_outcome_pick(&seen, &scene->call, &tape);
    lg_cell_learn(&scene->cell, &scene->call, &pattern, &seen);
    if (evicted.state != LG_JOB_FREE)
        scene->record = evicted;
    if (seen.answer == LG_ANSWERS_JOB)
        calls->jobs++;
}

static bool gather_sample(struct lg_spots *spots, const struct lg_mutants *mutants, uint32_t count)
{
    struct lg_random_calls calls = {0};
    struct lg_scene scene = {.record = {.state = LG_JOB_FREE}};
    spots->scenes = malloc((count + 1) * sizeof *spots->scenes);
    for (uint32_t step = 0; spots->scenes && spots->count < count; step++) {
        uint32_t place = spots->count;
        if (step % STEPS_OF_WORLD == 0) {
            memset(&scene, 0, sizeof scene);
            lg_random_calls_start(&calls, step / STEPS_OF_WORLD);
        }
        lg_random_call(&calls, step % STEPS_OF_WORLD, &scene.call);
        scene.call.new_job = (uint16_t)(calls.jobs + 1);
        if (scene.call.method == LG_CALL_VM_IMPORTED)
            scene.call.image = scene.cell.vm.image;
        spots->scenes[place] = scene;
        if (scene.call.job != scene.record.name)
            spots->scenes[place].record.state = LG_JOB_FREE;
        if (!add(spots, place, LG_NO_CALL))
            return false;
        if (!measure(spots, mutants, &spots->items[place]))
            spots->count--;
        go_on(spots, &scene, &calls);
    }
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
            if (!lg_world_admits(world, &cell, &world->calls[call]))
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
