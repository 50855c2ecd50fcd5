/* Snapshots of sets, and what makes them smaller. */
#include "backtrack_trail.h"

#include <stdlib.h>
#include <string.h>

struct lg_set *lg_trail_set(const struct lg_backtrack *backtrack, uint16_t vm)
{
    const struct lg_oracle *oracle = &backtrack->judge->oracle;
    for (unsigned i = 0; i < oracle->set_count; i++)
        if (oracle->sets[i].vm == vm)
            return &oracle->sets[i];
    return NULL;
}

static void free_snapshot(struct lg_snapshot *snapshot)
{
    free(snapshot->elements);
    free(snapshot->readings);
}

void lg_trail_drop(struct lg_trail *trail, unsigned from)
{
    for (unsigned i = from; i < trail->snapshot_count; i++)
        free_snapshot(&trail->snapshots[i]);
    if (from < trail->snapshot_count)
        trail->snapshot_count = from;
}

/* Half of those that are neither the first nor among the last leave. */
static void thin(struct lg_trail *trail)
{
    unsigned kept = 1;
    for (unsigned i = 1; i < trail->snapshot_count; i++) {
        if (i < trail->snapshot_count / 2 && i % 2)
            free_snapshot(&trail->snapshots[i]);
        else
            trail->snapshots[kept++] = trail->snapshots[i];
    }
    trail->snapshot_count = kept;
}

/* The readings of a set's elements, by themselves: the oracle's table forgets those that no set
 * has any more. */
static bool save_readings(struct lg_backtrack *backtrack, struct lg_snapshot *snapshot)
{
    const struct lg_oracle *oracle = &backtrack->judge->oracle;
    uint16_t *places = backtrack->places;
    memset(places, 0, LG_READINGS_MAX * sizeof *places);
    snapshot->readings_count = 0;
    for (uint32_t i = 0; i < snapshot->count; i++) {
        uint16_t *place = &places[snapshot->elements[i].readings];
        if (!*place)
            *place = ++snapshot->readings_count;
        snapshot->elements[i].readings = (uint16_t)(*place - 1);
    }
    snapshot->readings = malloc(snapshot->readings_count * sizeof *snapshot->readings);
    for (unsigned i = 0; snapshot->readings && i < oracle->readings_count; i++)
        if (places[i])
            snapshot->readings[places[i] - 1] = oracle->readings[i];
    return snapshot->readings != NULL;
}

bool lg_trail_save(struct lg_backtrack *backtrack, struct lg_trail *trail, size_t at)
{
    const struct lg_set *set = lg_trail_set(backtrack, trail->vm);
    if (trail->snapshot_count == LG_BACKTRACK_SNAPSHOTS_MAX)
        thin(trail);
    struct lg_snapshot *snapshot = &trail->snapshots[trail->snapshot_count];
    snapshot->elements = set ? malloc(set->count * sizeof *snapshot->elements) : NULL;
    if (!snapshot->elements)
        return false;
    memcpy(snapshot->elements, set->elements, set->count * sizeof *set->elements);
    memcpy(snapshot->open, set->open, sizeof snapshot->open);
    snapshot->at = at;
    snapshot->count = set->count;
    snapshot->open_mask = set->open_mask;
    snapshot->lost_mask = set->lost_mask;
    snapshot->narrowed = set->narrowed;
    if (!save_readings(backtrack, snapshot)) {
        free(snapshot->elements);
        return false;
    }
    trail->snapshot_count++;
    return true;
}

void lg_trail_restore(struct lg_backtrack *backtrack, const struct lg_trail *trail, unsigned number)
{
    const struct lg_snapshot *snapshot = &trail->snapshots[number];
    struct lg_oracle *oracle = &backtrack->judge->oracle;
    struct lg_set *set = lg_trail_set(backtrack, trail->vm);
    memcpy(set->elements, snapshot->elements, snapshot->count * sizeof *set->elements);
    memcpy(set->open, snapshot->open, sizeof snapshot->open);
    for (unsigned i = 0; i < snapshot->readings_count; i++)
        backtrack->places[i] = lg_oracle_intern(oracle, &snapshot->readings[i]);
    for (uint32_t i = 0; i < snapshot->count; i++)
        set->elements[i].readings = backtrack->places[set->elements[i].readings];
    set->count = snapshot->count;
    set->open_mask = snapshot->open_mask;
    set->lost_mask = snapshot->lost_mask;
    set->narrowed = snapshot->narrowed;
    oracle->indexed = NULL;
}

/* Forgets assignments that no element has. The first one is what all agree on. */
void lg_trail_sweep(struct lg_backtrack *backtrack)
{
    struct lg_oracle *oracle = &backtrack->judge->oracle;
    uint16_t *places = backtrack->places;
    uint16_t kept = 1;
    memset(places, 0, LG_READINGS_MAX * sizeof *places);
    for (unsigned i = 0; i < oracle->set_count; i++)
        for (uint32_t k = 0; k < oracle->sets[i].count; k++)
            places[oracle->sets[i].elements[k].readings] = 1;
    places[0] = 0;
    for (uint16_t i = 1; i < oracle->readings_count; i++)
        if (places[i]) {
            oracle->readings[kept] = oracle->readings[i];
            oracle->readings_sums[kept] = oracle->readings_sums[i];
            places[i] = kept++;
        }
    for (unsigned i = 0; i < oracle->set_count; i++)
        for (uint32_t k = 0; k < oracle->sets[i].count; k++)
            oracle->sets[i].elements[k].readings = places[oracle->sets[i].elements[k].readings];
    oracle->readings_count = kept;
    oracle->indexed = NULL;
}

/* ---- what later looks show ---- */

static bool succeeded(unsigned state)
{
    return state == LG_JOB_COMPLETED || state == LG_JOB_COMPLETED_WITH_WARNINGS;
}

static bool is_contradicted(const struct lg_fate *fate, const struct lg_job *job, uint64_t now)
{
    bool ended = lg_job_has_ended(job);
    if (ended && fate->alive_until > now)
        return true;
    if (!fate->ended)
        return false;
    if (ended)
        return succeeded(job->state) != succeeded(fate->ended);
    bool fails = job->flags & LG_JOB_WILL_FAIL;
    return fails && succeeded(fate->ended);
}

static bool has_a_future(const struct lg_backtrack *backtrack, const struct lg_element *element,
                         uint64_t now)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++) {
        const struct lg_job *job = &element->cell.jobs[i];
        if (job->state != LG_JOB_FREE && job->name &&
            is_contradicted(&backtrack->fates[job->name], job, now))
            return false;
    }
    return true;
}

/* Drops what later looks contradict. False: that is everything. */
bool lg_trail_look_ahead(struct lg_backtrack *backtrack, const struct lg_trail *trail, uint64_t now)
{
    struct lg_set *set = lg_trail_set(backtrack, trail->vm);
    uint32_t kept = 0;
    if (trail->blind)
        return true;
    for (uint32_t i = 0; i < set->count; i++)
        if (has_a_future(backtrack, &set->elements[i], now))
            set->elements[kept++] = set->elements[i];
    set->count = kept;
    backtrack->judge->oracle.indexed = NULL;
    return kept != 0;
}

/* Of two explanations that differ in how pages are read only, one is kept, with what both rule out:
 * it accepts more. */
static void merge(struct lg_oracle *oracle, struct lg_element *one, const struct lg_element *other)
{
    struct lg_readings common = oracle->readings[one->readings];
    const struct lg_readings *others = &oracle->readings[other->readings];
    for (unsigned slot = 0; slot < LG_SLOT_COUNT; slot++)
        common.out[slot] &= others->out[slot];
    if (other->mark_tag < one->mark_tag) {
        one->mark_tag = other->mark_tag;
        one->mark_slot = other->mark_slot;
        one->mark_alternative = other->mark_alternative;
    }
    one->readings = lg_oracle_intern(oracle, &common);
    oracle->approximations++;
}

void lg_trail_merge(struct lg_backtrack *backtrack, const struct lg_trail *trail)
{
    struct lg_oracle *oracle = &backtrack->judge->oracle;
    struct lg_set *set = lg_trail_set(backtrack, trail->vm);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        const struct lg_element *element = &set->elements[i];
        uint32_t k = 0;
        while (k < kept &&
               (set->elements[k].hash != element->hash || set->elements[k].done != element->done ||
                !lg_cell_equal(&set->elements[k].cell, &element->cell)))
            k++;
        if (k < kept)
            merge(oracle, &set->elements[k], element);
        else
            set->elements[kept++] = *element;
    }
    set->count = kept;
    oracle->indexed = NULL;
}
