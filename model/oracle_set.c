/* Sets of explanations: the readings that they share, and their successors under a call. */
#include "oracle_set.h"

#include <string.h>

#include "hash.h"

/* ---- what is known of readings ---- */

/* What all sets agree on changes: it has no sum. */
uint16_t lg_oracle_intern(struct lg_oracle *oracle, const struct lg_readings *readings)
{
    uint32_t sum = (uint32_t)lg_hash_bytes(readings, sizeof *readings);
    if (memcmp(&oracle->readings[0], readings, sizeof *readings) == 0)
        return 0;
    for (uint16_t i = 1; i < oracle->readings_count; i++)
        if (oracle->readings_sums[i] == sum &&
            memcmp(&oracle->readings[i], readings, sizeof *readings) == 0)
            return i;
    if (oracle->readings_count == LG_READINGS_MAX) {
        oracle->approximations++;
        return 0;
    }
    oracle->readings_sums[oracle->readings_count] = sum;
    oracle->readings[oracle->readings_count] = *readings;
    return oracle->readings_count++;
}

static uint16_t readings_after(struct lg_oracle *oracle, uint16_t before,
                               const struct lg_leaf *leaf)
{
    struct lg_readings learnt;
    if (!leaf->bound)
        return before;
    learnt = oracle->readings[before];
    return lg_leaf_learn(&learnt, leaf) ? lg_oracle_intern(oracle, &learnt) : before;
}

/* The first reading that two assignments leave no alternative; LG_SLOT_COUNT: none. */
static uint16_t conflict(const struct lg_oracle *oracle, const struct lg_readings *a,
                         const struct lg_readings *b)
{
    for (uint16_t i = 0; i < LG_SLOT_COUNT; i++)
        if ((a->out[i] | b->out[i]) && !(oracle->profile.allowed[i] & ~(a->out[i] | b->out[i])))
            return i;
    return LG_SLOT_COUNT;
}

static bool contradicts_common(const struct lg_oracle *oracle, const struct lg_element *element)
{
    return conflict(oracle, &oracle->readings[element->readings], &oracle->readings[0]) !=
           LG_SLOT_COUNT;
}

static void note_changed(struct lg_oracle *oracle, uint16_t slot, unsigned alternatives)
{
    oracle->changed_slot = slot;
    oracle->changed_alternative = (uint8_t)__builtin_ctz(alternatives);
}

/* No element of a set agrees with what the others are bound to. */
static void note_conflict(struct lg_oracle *oracle, const struct lg_element *element)
{
    const struct lg_readings *own = &oracle->readings[element->readings];
    uint16_t slot = conflict(oracle, own, &oracle->readings[0]);
    unsigned left = oracle->profile.allowed[slot] & (unsigned)~own->out[slot];
    note_changed(oracle, slot, left ? left : oracle->profile.allowed[slot]);
}

/* What all elements of a set rule out. */
static struct lg_readings agreed(const struct lg_oracle *oracle, const struct lg_set *set)
{
    struct lg_readings common = oracle->readings[set->elements[0].readings];
    for (uint32_t i = 1; i < set->count; i++) {
        const struct lg_readings *other = &oracle->readings[set->elements[i].readings];
        if (set->elements[i].readings == set->elements[i - 1].readings)
            continue;
        for (unsigned slot = 0; slot < LG_SLOT_COUNT; slot++)
            common.out[slot] &= other->out[slot];
    }
    return common;
}

static bool drop_conflicting(struct lg_oracle *oracle, struct lg_set *set)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->count; i++)
        kept += !contradicts_common(oracle, &set->elements[i]);
    if (kept == 0)
        note_conflict(oracle, &set->elements[0]);
    if (kept == set->count || kept == 0)
        return kept != 0;
    kept = 0;
    for (uint32_t i = 0; i < set->count; i++)
        if (!contradicts_common(oracle, &set->elements[i]))
            set->elements[kept++] = set->elements[i];
    set->count = kept;
    return true;
}

static bool rule_out(struct lg_readings *readings, const struct lg_readings *more)
{
    bool grown = false;
    for (unsigned slot = 0; slot < LG_SLOT_COUNT; slot++) {
        grown |= (more->out[slot] & ~readings->out[slot]) != 0;
        readings->out[slot] |= more->out[slot];
    }
    return grown;
}

/* What became common holds for every element of the other sets, and is no longer its own. */
static void use_common(struct lg_oracle *oracle, struct lg_set *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        struct lg_readings readings = oracle->readings[set->elements[i].readings];
        rule_out(&readings, &oracle->readings[0]);
        set->elements[i].readings = lg_oracle_intern(oracle, &readings);
    }
}

static bool has_own_readings(const struct lg_set *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->elements[i].readings == 0)
            return false;
    return true;
}

/* Readings are the target's, not a VM's: what one set agrees on holds for the others. An element
 * with the common readings agrees on nothing more. Nothing is learnt from sets that may lack the
 * target's state: those that a bound cut, and those after a violation. False: another set has no
 * explanation that agrees. */
bool lg_oracle_join(struct lg_oracle *oracle, struct lg_set *changed)
{
    bool joined = true;
    if (oracle->bound_hit || oracle->violated || !has_own_readings(changed))
        return true;
    struct lg_readings common = agreed(oracle, changed);
    if (!rule_out(&oracle->readings[0], &common))
        return true;
    for (unsigned i = 0; i < oracle->set_count; i++) {
        if (oracle->sets[i].narrowed) /* what it lacks may agree */
            continue;
        if (drop_conflicting(oracle, &oracle->sets[i]))
            use_common(oracle, &oracle->sets[i]);
        else
            joined = false;
    }
    return joined;
}

/* ---- successors
 * ------------------------------------------------------------------------------------------------
 */

/* The first alternative of a leaf that does not simply conform, unless it made no difference. */
static void mark(struct lg_element *element, const struct lg_leaf *leaf)
{
    for (unsigned i = 0; i < leaf->count; i++) {
        int alternative = lg_leaf_alternative(leaf, i);
        if (alternative < 0)
            continue;
        uint16_t slot = leaf->draws[i].slot;
        enum lg_tag tag = lg_slot_tag(slot, (unsigned)alternative);
        if (tag <= element->mark_tag)
            continue;
        element->mark_tag = (uint8_t)tag;
        element->mark_slot = slot;
        element->mark_alternative = (uint8_t)alternative;
    }
}

/* Whether one leads to all that the other leads to: they are equal, or the other differs only in
 * that calls without a reply have taken effect, which they may in the one as well. */
static bool covers(const struct lg_oracle *oracle, const struct lg_element *one,
                   const struct lg_element *other)
{
    if (one->hash != other->hash || one->readings != other->readings ||
        !lg_cell_equal(&one->cell, &other->cell))
        return false;
    uint16_t more = one->done ^ other->done;
    return more == 0 ||
           (!(more & one->done) && !(more & ~oracle->optional) && one->mark_tag <= other->mark_tag);
}

/* Finds an equal element by walking: what small sets do. */
static struct lg_element *find_by_walk(const struct lg_oracle *oracle, const struct lg_set *set,
                                       const struct lg_element *candidate)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (covers(oracle, &set->elements[i], candidate))
            return &set->elements[i];
    return NULL;
}

static uint32_t *index_place(struct lg_oracle *oracle, const struct lg_set *set,
                             const struct lg_element *candidate)
{
    uint32_t mask = oracle->index_size - 1;
    uint32_t at = (uint32_t)candidate->hash & mask;
    while (oracle->index[at] && !covers(oracle, &set->elements[oracle->index[at] - 1], candidate))
        at = (at + 1) & mask;
    return &oracle->index[at];
}

/* The index is of one set at a time; it takes in what was added since it was last used. */
static void catch_up(struct lg_oracle *oracle, const struct lg_set *set)
{
    if (oracle->indexed != set->elements || oracle->indexed_count > set->count) {
        memset(oracle->index, 0, oracle->index_size * sizeof *oracle->index);
        oracle->indexed = set->elements;
        oracle->indexed_count = 0;
    }
    for (; oracle->indexed_count < set->count; oracle->indexed_count++)
        *index_place(oracle, set, &set->elements[oracle->indexed_count]) =
            oracle->indexed_count + 1;
}

static struct lg_element *find(struct lg_oracle *oracle, struct lg_set *set,
                               const struct lg_element *candidate)
{
    enum { WALKED_MAX = 24 };
    if (set->count < WALKED_MAX)
        return find_by_walk(oracle, set, candidate);
    catch_up(oracle, set);
    uint32_t there = *index_place(oracle, set, candidate);
    return there ? &set->elements[there - 1] : NULL;
}

/* Adds what stands behind the last element, unless it is there already; of two, the one with the
 * lower tag stays. */
void lg_set_commit(struct lg_oracle *oracle, struct lg_set *set)
{
    struct lg_element *candidate = &set->elements[set->count];
    struct lg_element *there = find(oracle, set, candidate);
    if (there) {
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

static unsigned record_place(uint16_t vm, uint16_t name)
{
    return (vm * 61u + name) % LG_RECORD_PLACES;
}

struct lg_record *lg_oracle_record(const struct lg_oracle *oracle, uint16_t vm, uint16_t name)
{
    if (name == 0)
        return NULL;
    unsigned at = oracle->record_places[record_place(vm, name)];
    while (at && (oracle->records[at - 1].job.name != name || oracle->records[at - 1].vm != vm))
        at = oracle->records[at - 1].next;
    return at ? &oracle->records[at - 1] : NULL;
}

void lg_oracle_keep_record(struct lg_oracle *oracle, uint16_t vm, const struct lg_job *job)
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
    uint16_t *place = &oracle->record_places[record_place(vm, job->name)];
    oracle->records[oracle->record_count] = (struct lg_record){*job, vm, 0, *place};
    *place = ++oracle->record_count;
}

/* A cell that is full of live jobs refuses one more; a target may have room for it. */
static void note_lack_of_room(struct lg_oracle *oracle, const struct lg_attempt *attempt,
                              const struct lg_cell *from, const struct lg_cell *to)
{
    enum { LATEST = LG_JOB_SLOTS - 1 };
    const struct lg_outcome *seen = attempt->seen;
    bool is_full = !lg_cell_has_room(from) && !lg_cell_has_room(to) &&
                   from->jobs[LATEST].name == to->jobs[LATEST].name;
    if (is_full && seen && seen->answer == LG_ANSWERS_JOB && seen->return_value == 4096 &&
        seen->job && !seen->deviant)
        lg_oracle_set(oracle, attempt->call->vm)->narrowed = 1;
}

/* One way of the call on one element: its successor is put behind the set. False: it does not fit
 * what was seen. */
static bool try_way(struct lg_oracle *oracle, const struct lg_element *from,
                    const struct lg_attempt *attempt, const struct lg_record *record,
                    struct lg_tape *tape, struct lg_element *to)
{
    struct lg_outcome outcome;
    struct lg_job evicted;
    *to = *from;
    oracle->steps++;
    lg_step(&to->cell, attempt->call, record ? &record->job : NULL, tape, &outcome, &evicted);
    oracle->bound_hit |= tape->overflow;
    bool fits = !tape->dead && (!attempt->seen || lg_outcome_matches(&outcome, attempt->seen) ||
                                (record && record->any));
    if (!fits) {
        note_lack_of_room(oracle, attempt, &from->cell, &to->cell);
        return false;
    }
    if (attempt->seen)
        lg_cell_learn(&to->cell, attempt->call, &outcome, attempt->seen);
    if (evicted.state != LG_JOB_FREE)
        lg_oracle_keep_record(oracle, attempt->call->vm, &evicted);
    to->done |= attempt->done;
    to->hash = lg_cell_hash(&to->cell);
    return true;
}

/* A reading that a way takes although the run had ruled it out. */
static void note_rebound(struct lg_oracle *oracle, const struct lg_readings *bound,
                         const struct lg_leaf *leaf)
{
    for (unsigned i = 0; i < leaf->count; i++) {
        uint16_t slot = leaf->draws[i].slot;
        if (!(leaf->bound >> i & 1) || (leaf->taken[i] & ~bound->out[slot]))
            continue;
        note_changed(oracle, slot, leaf->taken[i]);
        return;
    }
}

/* The leaves' successors stand behind the set, not yet part of it: each joins it, in order. */
static void join_set(struct lg_oracle *oracle, const struct lg_leaves *leaves,
                     const struct lg_attempt *attempt, struct lg_set *into)
{
    for (uint32_t i = 0; i < leaves->count; i++) {
        const struct lg_leaf *leaf = &leaves->items[i];
        struct lg_element *to = &into->elements[into->count];
        if (leaf->element != into->count)
            *to = into->elements[leaf->element];
        if (attempt->rebind)
            note_rebound(oracle, &oracle->readings[to->readings], leaf);
        else
            to->readings = readings_after(oracle, to->readings, leaf);
        mark(to, leaf);
        lg_set_commit(oracle, into);
    }
}

/* Whether no time has passed since the jobs were last known alive. */
static bool jobs_are_current(const struct lg_cell *cell)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (lg_job_is_live(&cell->jobs[i]) && cell->jobs[i].ended_from != cell->host.now_from)
            return false;
    return true;
}

/* Bytes that the host made, and nobody had seen before, were taken for those that were read: with
 * the jobs further on they would still be unseen. */
static bool learns_bytes(const struct lg_element *from, const struct lg_element *to)
{
    return memcmp(&from->cell.vm, &to->cell.vm, sizeof to->cell.vm) != 0;
}

/* Of a call that changed nothing, where what it showed fits an explanation whose jobs all go on,
 * and depends on nothing else: those with jobs further on are among its later ones. */
static bool looks_the_same(struct lg_oracle *oracle, const struct lg_element *from,
                           const struct lg_attempt *attempt, const struct lg_record *record,
                           struct lg_tape *tape, struct lg_set *into)
{
    struct lg_leaves *leaves = &oracle->leaves;
    tape->jobs_go_on = 1;
    bool fits = try_way(oracle, from, attempt, record, tape, &into->elements[into->count]);
    tape->jobs_go_on = 0;
    leaves->count = 0;
    if (fits)
        lg_leaves_add(leaves, tape, into->count);
    fits = fits && !learns_bytes(from, &into->elements[into->count]);
    if (fits && !lg_tape_advance(tape) && !leaves->items[0].bound) {
        join_set(oracle, leaves, attempt, into);
        return true;
    }
    leaves->count = 0;
    tape->count = tape->fixed = tape->dead = 0;
    return false;
}

static bool holds_job(const struct lg_cell *cell, uint16_t name)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (cell->jobs[i].state != LG_JOB_FREE && cell->jobs[i].name == name)
            return true;
    return false;
}

static bool is_listed(const struct lg_outcome *seen, uint16_t name)
{
    for (unsigned i = 0; i < seen->list_count; i++)
        if (seen->list[i] == name)
            return true;
    return false;
}

/* A list of jobs without those that left the cell: whether they are listed the cell cannot tell. */
static struct lg_outcome without_records(const struct lg_oracle *oracle, uint16_t vm,
                                         const struct lg_cell *cell, const struct lg_outcome *seen)
{
    struct lg_outcome left = *seen;
    left.list_count = 0;
    for (unsigned i = 0; i < seen->list_count; i++)
        if (holds_job(cell, seen->list[i]) || !lg_oracle_record(oracle, vm, seen->list[i]))
            left.list[left.list_count++] = seen->list[i];
    bool cut_off = seen->list_count == LG_LIST_MAX; /* what is behind was not kept */
    for (unsigned i = 0; cut_off && i < LG_JOB_SLOTS; i++) {
        uint16_t name = cell->jobs[i].state != LG_JOB_FREE ? cell->jobs[i].name : 0;
        if (name && left.list_count < LG_LIST_MAX && !is_listed(seen, name))
            left.list[left.list_count++] = name;
    }
    return left;
}

static void add_any(struct lg_oracle *oracle, const struct lg_element *from,
                    const struct lg_attempt *attempt, struct lg_set *into);

/* Puts the successors of one element that fit what was seen into `into`. */
void lg_set_add(struct lg_oracle *oracle, const struct lg_element *from,
                const struct lg_attempt *attempt, struct lg_set *into)
{
    struct lg_attempt own = *attempt;
    struct lg_outcome left;
    if (own.call->method == LG_CALL_LIST_JOBS && own.seen && oracle->record_count) {
        left = without_records(oracle, own.call->vm, &from->cell, own.seen);
        own.seen = &left;
    }
    add_any(oracle, from, &own, into);
}

static void add_any(struct lg_oracle *oracle, const struct lg_element *from,
                    const struct lg_attempt *attempt, struct lg_set *into)
{
    const struct lg_record *record =
        lg_oracle_record(oracle, attempt->call->vm, attempt->call->job);
    const struct lg_readings *readings = attempt->rebind ? NULL : &oracle->readings[from->readings];
    struct lg_leaves *leaves = &oracle->leaves;
    uint32_t behind = into->count;
    struct lg_tape tape;
    leaves->count = 0;
    lg_tape_start(&tape, &oracle->profile, readings, NULL, 0);
    tape.seen = record && record->any ? NULL : attempt->seen;
    if (lg_call_leaves_cell(&from->cell, attempt->call, tape.seen) &&
        jobs_are_current(&from->cell) && looks_the_same(oracle, from, attempt, record, &tape, into))
        return;
    do {
        if (behind + 1 >= oracle->set_max || leaves->count == LG_LEAVES_MAX) {
            join_set(oracle, leaves, attempt, into);
            leaves->count = 0;
            behind = into->count;
        }
        if (try_way(oracle, from, attempt, record, &tape, &into->elements[behind]))
            lg_leaves_add(leaves, &tape, behind++);
    } while (lg_tape_advance(&tape));
    lg_leaves_collapse(leaves, into->elements);
    if (leaves->count > 1)
        lg_leaves_drop_later(leaves, into->elements, &from->cell, attempt->call, &tape);
    join_set(oracle, leaves, attempt, into);
}

void lg_set_prune(struct lg_oracle *oracle, struct lg_set *set)
{
    enum { COMPARED_MAX = 1024 };
    uint32_t kept = 0;
    if (set->count < 2 || set->count > COMPARED_MAX)
        return;
    oracle->optional = set->lost_mask;
    for (uint32_t i = 0; i < set->count; i++) {
        bool covered = false;
        for (uint32_t k = 0; k < set->count && !covered; k++)
            covered = (k < kept || k > i) && covers(oracle, &set->elements[k], &set->elements[i]);
        if (!covered)
            set->elements[kept++] = set->elements[i];
    }
    set->count = kept;
    oracle->indexed = NULL;
}

void lg_set_add_successors(struct lg_oracle *oracle, const struct lg_set *set,
                           const struct lg_attempt *attempt)
{
    for (uint32_t i = 0; i < set->count; i++)
        lg_set_add(oracle, &set->elements[i], attempt, &oracle->next);
}

void lg_set_swap_next(struct lg_oracle *oracle, struct lg_set *set)
{
    struct lg_element *elements = set->elements;
    set->elements = oracle->next.elements;
    set->count = oracle->next.count;
    oracle->next.elements = elements;
    oracle->next.count = 0;
}

void lg_set_clear_next(struct lg_oracle *oracle)
{
    oracle->next.count = 0;
    oracle->indexed = NULL;
}

void lg_set_successors(struct lg_oracle *oracle, const struct lg_set *set,
                       const struct lg_attempt *attempt)
{
    oracle->optional = set->lost_mask;
    lg_set_clear_next(oracle);
    for (uint32_t i = 0; i < set->count; i++)
        lg_set_add(oracle, &set->elements[i], attempt, &oracle->next);
}
