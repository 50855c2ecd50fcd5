/* Sets of explanations: the readings that they share, and their successors under a call. */
#include "oracle_set.h"

#include <string.h>

/* ---- assignments of readings ---- */

static uint16_t intern_readings(struct lg_oracle *oracle, const struct lg_readings *readings)
{
    for (uint16_t i = 0; i < oracle->readings_count; i++)
        if (memcmp(&oracle->readings[i], readings, sizeof *readings) == 0)
            return i;
    if (oracle->readings_count == LG_READINGS_MAX) {
        oracle->approximations++;
        return 0;
    }
    oracle->readings[oracle->readings_count] = *readings;
    return oracle->readings_count++;
}

static uint16_t readings_after(struct lg_oracle *oracle, uint16_t before,
                               const struct lg_tape *tape)
{
    struct lg_readings learnt;
    bool any = false;
    for (unsigned i = 0; i < tape->count && !any; i++)
        any = lg_sites[tape->draws[i].site].scope == LG_SCOPE_READING;
    if (!any)
        return before;
    learnt = oracle->readings[before];
    if (!lg_readings_learn(&learnt, tape))
        return before;
    return intern_readings(oracle, &learnt);
}

/* Whether two assignments bind one slot differently. */
static bool conflict(const struct lg_readings *a, const struct lg_readings *b)
{
    for (unsigned i = 0; i < LG_SLOT_COUNT; i++)
        if (a->bound[i] && b->bound[i] && a->bound[i] != b->bound[i])
            return true;
    return false;
}

/* What all elements of a set agree on. */
static struct lg_readings agreed(const struct lg_oracle *oracle, const struct lg_set *set)
{
    struct lg_readings common = oracle->readings[set->elements[0].readings];
    for (uint32_t i = 1; i < set->count; i++) {
        const struct lg_readings *other = &oracle->readings[set->elements[i].readings];
        if (set->elements[i].readings == set->elements[i - 1].readings)
            continue;
        for (unsigned slot = 0; slot < LG_SLOT_COUNT; slot++)
            if (common.bound[slot] != other->bound[slot])
                common.bound[slot] = 0;
    }
    return common;
}

static bool drop_conflicting(struct lg_oracle *oracle, struct lg_set *set)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->count; i++)
        if (!conflict(&oracle->readings[set->elements[i].readings], &oracle->readings[0]))
            kept++;
    if (kept == set->count || kept == 0)
        return kept != 0;
    kept = 0;
    for (uint32_t i = 0; i < set->count; i++)
        if (!conflict(&oracle->readings[set->elements[i].readings], &oracle->readings[0]))
            set->elements[kept++] = set->elements[i];
    set->count = kept;
    return true;
}

/* Readings are the target's, not a VM's: what one set agrees on binds the others. */
void lg_oracle_join(struct lg_oracle *oracle, struct lg_set *changed)
{
    struct lg_readings common = agreed(oracle, changed);
    bool grown = false;
    for (unsigned slot = 0; slot < LG_SLOT_COUNT; slot++)
        if (common.bound[slot] && !oracle->readings[0].bound[slot]) {
            oracle->readings[0].bound[slot] = common.bound[slot];
            grown = true;
        }
    for (unsigned i = 0; grown && i < oracle->set_count; i++)
        if (!drop_conflicting(oracle, &oracle->sets[i]))
            oracle->approximations++;
}

/* ---- successors
 * ------------------------------------------------------------------------------------------------
 */

static void mark(struct lg_element *element, const struct lg_tape *tape)
{
    for (unsigned i = 0; i < tape->count; i++) {
        const struct lg_draw *draw = &tape->draws[i];
        enum lg_tag tag = lg_slot_tag(draw->slot, draw->alternative);
        if (tag <= element->mark_tag)
            continue;
        element->mark_tag = (uint8_t)tag;
        element->mark_slot = draw->slot;
        element->mark_alternative = draw->alternative;
    }
}

static bool same_element(const struct lg_element *a, const struct lg_element *b)
{
    return a->hash == b->hash && a->readings == b->readings && a->done == b->done &&
           lg_cell_equal(&a->cell, &b->cell);
}

/* Adds what stands behind the last element, unless it is there already; of two, the one with the
 * lower tag stays. */
void lg_set_commit(struct lg_oracle *oracle, struct lg_set *set)
{
    struct lg_element *candidate = &set->elements[set->count];
    candidate->hash = lg_cell_hash(&candidate->cell);
    for (uint32_t i = 0; i < set->count; i++) {
        struct lg_element *there = &set->elements[i];
        if (!same_element(there, candidate))
            continue;
        if (candidate->mark_tag < there->mark_tag)
            *there = *candidate;
        return;
    }
    if (set->count + 1 >= oracle->set_max) {
        oracle->bound_hit = 1;
        oracle->approximations++;
        return;
    }
    set->count++;
}

struct lg_record *lg_oracle_record(struct lg_oracle *oracle, uint16_t vm, uint16_t name)
{
    for (unsigned i = 0; i < oracle->record_count; i++)
        if (oracle->records[i].vm == vm && oracle->records[i].job.name == name)
            return &oracle->records[i];
    return NULL;
}

static void keep_record(struct lg_oracle *oracle, uint16_t vm, const struct lg_job *job)
{
    struct lg_record *record = lg_oracle_record(oracle, vm, job->name);
    if (record) {
        bool same = record->job.state == job->state && record->job.error == job->error;
        if (!same && !record->any)
            oracle->approximations++;
        record->any |= !same;
        if (job->ended_from < record->job.ended_from)
            record->job.ended_from = job->ended_from;
        if (job->ended_to > record->job.ended_to)
            record->job.ended_to = job->ended_to;
        return;
    }
    if (oracle->record_count == LG_ORACLE_RECORDS_MAX) {
        oracle->bound_hit = 1;
        return;
    }
    oracle->records[oracle->record_count++] = (struct lg_record){*job, vm, 0};
}

/* Puts the successors of one element that fit what was seen into `into`. */
static void add_successors(struct lg_oracle *oracle, const struct lg_element *from,
                           const struct lg_attempt *attempt, struct lg_set *into)
{
    const struct lg_record *record =
        lg_oracle_record(oracle, attempt->call->vm, attempt->call->job);
    const struct lg_readings *readings = attempt->rebind ? NULL : &oracle->readings[from->readings];
    struct lg_tape tape;
    lg_tape_start(&tape, &oracle->profile, readings, NULL, 0);
    do {
        struct lg_element *to = &into->elements[into->count];
        struct lg_outcome outcome;
        struct lg_job evicted;
        *to = *from;
        oracle->steps++;
        lg_step(&to->cell, attempt->call, record ? &record->job : NULL, &tape, &outcome, &evicted);
        oracle->bound_hit |= tape.overflow;
        bool fits = !attempt->seen || lg_outcome_matches(&outcome, attempt->seen) ||
                    (record && record->any);
        if (!fits)
            continue;
        if (attempt->seen)
            lg_cell_learn(&to->cell, attempt->call, &outcome, attempt->seen);
        if (evicted.state != LG_JOB_FREE)
            keep_record(oracle, attempt->call->vm, &evicted);
        to->done |= attempt->done;
        if (!attempt->rebind)
            to->readings = readings_after(oracle, from->readings, &tape);
        mark(to, &tape);
        lg_set_commit(oracle, into);
    } while (lg_tape_advance(&tape));
}

void lg_set_swap_next(struct lg_oracle *oracle, struct lg_set *set)
{
    struct lg_element *elements = set->elements;
    set->elements = oracle->next.elements;
    set->count = oracle->next.count;
    oracle->next.elements = elements;
    oracle->next.count = 0;
}

/* Lets every open call of the VM take effect in every order, wherever it can. The set grows while
 * it is walked. */
void lg_set_close(struct lg_oracle *oracle, struct lg_set *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        for (unsigned k = 0; k < LG_PENDING_MAX; k++) {
            const struct lg_open_call *open = &oracle->open[k];
            struct lg_attempt attempt = {&open->call, open->lost ? NULL : &open->seen,
                                         (uint16_t)(1u << k), false};
            if (!open->used || open->call.vm != set->vm || (set->elements[i].done >> k & 1))
                continue;
            struct lg_element from = set->elements[i];
            add_successors(oracle, &from, &attempt, set);
        }
}

void lg_set_successors(struct lg_oracle *oracle, const struct lg_set *set,
                       const struct lg_attempt *attempt)
{
    oracle->next.count = 0;
    for (uint32_t i = 0; i < set->count; i++)
        add_successors(oracle, &set->elements[i], attempt, &oracle->next);
}
