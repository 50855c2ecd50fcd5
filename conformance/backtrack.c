/* Going back. */
#include "backtrack_trail.h"

#include <stdlib.h>
#include <string.h>

/* What a try may change beside the set. */
struct flags {
    uint8_t bound_hit;
    uint8_t violated;
    uint8_t undocumented;
};

/* ---- memory ---- */

struct lg_backtrack *lg_backtrack_new(struct lg_judge *judge)
{
    struct lg_backtrack *backtrack = calloc(1, sizeof *backtrack);
    if (!backtrack)
        return NULL;
    backtrack->judge = judge;
    backtrack->trails = calloc((size_t)judge->vm_max + 1, sizeof *backtrack->trails);
    backtrack->handles = calloc(LG_BACKTRACK_ENTRIES_MAX, sizeof *backtrack->handles);
    backtrack->fates = calloc(LG_TRAIL_JOBS, sizeof *backtrack->fates);
    backtrack->places = calloc(LG_READINGS_MAX, sizeof *backtrack->places);
    if (backtrack->trails && backtrack->handles && backtrack->fates && backtrack->places)
        return backtrack;
    lg_backtrack_free(backtrack);
    return NULL;
}

void lg_backtrack_reset(struct lg_backtrack *backtrack)
{
    for (unsigned i = 0; i < backtrack->count; i++) {
        struct lg_trail *trail = &backtrack->trails[i];
        lg_trail_drop(trail, 0);
        free(trail->snapshots);
        free(trail->entries);
        memset(trail, 0, sizeof *trail);
    }
    backtrack->count = 0;
    backtrack->spent = 0;
    memset(backtrack->fates, 0, LG_TRAIL_JOBS * sizeof *backtrack->fates);
}

struct lg_fate *lg_backtrack_fates(struct lg_backtrack *backtrack)
{
    return backtrack->fates;
}

void lg_backtrack_free(struct lg_backtrack *backtrack)
{
    if (!backtrack)
        return;
    if (backtrack->trails && backtrack->fates)
        lg_backtrack_reset(backtrack);
    free(backtrack->trails);
    free(backtrack->handles);
    free(backtrack->fates);
    free(backtrack->places);
    free(backtrack);
}

static struct lg_trail *find_trail(const struct lg_backtrack *backtrack, uint16_t vm)
{
    for (unsigned i = 0; i < backtrack->count; i++)
        if (backtrack->trails[i].vm == vm)
            return &backtrack->trails[i];
    return NULL;
}

static struct lg_trail *trail_of(struct lg_backtrack *backtrack, uint16_t vm)
{
    struct lg_trail *trail = find_trail(backtrack, vm);
    if (trail || backtrack->count > backtrack->judge->vm_max)
        return trail;
    trail = &backtrack->trails[backtrack->count];
    trail->vm = vm;
    trail->snapshots = calloc(LG_BACKTRACK_SNAPSHOTS_MAX, sizeof *trail->snapshots);
    if (!trail->snapshots)
        return NULL;
    backtrack->count++;
    return trail;
}

static struct lg_trail_entry *add_entry(struct lg_trail *trail, enum lg_entry_kind kind)
{
    if (trail->count == LG_BACKTRACK_ENTRIES_MAX)
        return NULL;
    if (trail->count == trail->capacity) {
        size_t capacity = trail->capacity ? trail->capacity * 2 : 64;
        struct lg_trail_entry *entries = realloc(trail->entries, capacity * sizeof *entries);
        if (!entries)
            return NULL;
        trail->entries = entries;
        trail->capacity = capacity;
    }
    struct lg_trail_entry *entry = &trail->entries[trail->count++];
    memset(entry, 0, sizeof *entry);
    entry->kind = (uint8_t)kind;
    return entry;
}

static struct flags flags_of(const struct lg_oracle *oracle)
{
    return (struct flags){oracle->bound_hit, oracle->violated, oracle->undocumented};
}

static void set_flags(struct lg_oracle *oracle, const struct flags *flags)
{
    oracle->bound_hit = flags->bound_hit;
    oracle->violated = flags->violated;
    oracle->undocumented = flags->undocumented;
}

/* ---- carrying out ---- */

static bool is_narrowed(const struct lg_backtrack *backtrack, const struct lg_trail *trail)
{
    return lg_trail_set(backtrack, trail->vm)->narrowed;
}

/* Whether going back cannot make it better. */
static bool is_good(const struct lg_backtrack *backtrack, const struct lg_trail *trail,
                    const struct lg_verdict *verdict)
{
    return verdict->kind == LG_VERDICT_CONFORMS ||
           (!is_narrowed(backtrack, trail) && lg_trail_set(backtrack, trail->vm)->count);
}

/* As if it had not been called. */
static void pass_over(struct lg_backtrack *backtrack, const struct lg_trail *trail, int handle)
{
    struct lg_set *set = lg_trail_set(backtrack, trail->vm);
    uint16_t bit = (uint16_t)(1u << handle % LG_PENDING_MAX);
    for (uint32_t i = 0; i < set->count; i++)
        set->elements[i].done &= (uint16_t)~bit;
    set->open_mask &= (uint16_t)~bit;
    set->narrowed = 1;
    backtrack->judge->oracle.approximations++;
}

static void carry_out(struct lg_backtrack *backtrack, struct lg_trail *trail,
                      struct lg_trail_entry *entry, struct lg_verdict *verdict)
{
    struct lg_judge *judge = backtrack->judge;
    const struct lg_trail_entry *begun = &trail->entries[entry->begun];
    verdict->kind = LG_VERDICT_CONFORMS;
    switch (entry->kind) {
    case LG_ENTRY_BEGIN:
        entry->handle =
            lg_oracle_begin(&judge->oracle, &entry->call, entry->lost ? NULL : &entry->seen);
        return;
    case LG_ENTRY_FORGET: {
        const struct lg_set *set = lg_trail_set(backtrack, trail->vm);
        const struct lg_open_call *open = &set->open[begun->handle % LG_PENDING_MAX];
        /* Its place may be another's: it took effect everywhere before. */
        if (begun->handle >= 0 && memcmp(&open->call, &begun->call, sizeof open->call) == 0)
            lg_oracle_forget(&judge->oracle, begun->handle);
        return;
    }
    default:
        if (entry->forgiven) {
            pass_over(backtrack, trail, begun->handle);
            return;
        }
        if (entry->when.timed)
            lg_oracle_set_time(&judge->oracle, entry->when.from, entry->when.to);
        lg_oracle_end(&judge->oracle, begun->handle, verdict);
        if (verdict->kind < LG_VERDICT_VIOLATES) {
            if (!lg_trail_look_ahead(backtrack, trail, entry->when.answered))
                verdict->kind = LG_VERDICT_UNDETERMINED;
            lg_trail_merge(backtrack, trail);
        }
    }
}

/* Everything from a snapshot on. False: something on the way is no longer explained, or it takes
 * too long. */
static bool replay(struct lg_backtrack *backtrack, struct lg_trail *trail, unsigned from,
                   uint64_t steps_max, struct lg_verdict *verdict)
{
    size_t at = trail->snapshots[from].at;
    lg_trail_restore(backtrack, trail, from);
    for (; at < trail->count; at++) {
        if (backtrack->judge->oracle.steps > steps_max)
            return false;
        carry_out(backtrack, trail, &trail->entries[at], verdict);
        if (at + 1 < trail->count && verdict->kind > LG_VERDICT_UNDOCUMENTED)
            return false;
    }
    return true;
}

/* The snapshots behind one are of a way that was left: those of the new way take their place. */
static bool replay_and_save(struct lg_backtrack *backtrack, struct lg_trail *trail, unsigned from,
                            uint64_t steps_max, struct lg_verdict *verdict)
{
    enum { FIRST_KEPT = 1 };
    size_t at = trail->snapshots[from].at;
    lg_trail_restore(backtrack, trail, from);
    lg_trail_drop(trail, from + FIRST_KEPT);
    for (size_t first = at; at < trail->count; at++) {
        if (trail->entries[at].kind == LG_ENTRY_END && at > first)
            lg_trail_save(backtrack, trail, at);
        if (backtrack->judge->oracle.steps > steps_max)
            return false;
        carry_out(backtrack, trail, &trail->entries[at], verdict);
    }
    return true;
}

static bool try_from(struct lg_backtrack *backtrack, struct lg_trail *trail, unsigned from,
                     uint64_t steps_max, struct lg_verdict *verdict)
{
    struct lg_oracle *oracle = &backtrack->judge->oracle;
    const struct flags before = flags_of(oracle);
    size_t at = trail->snapshots[from].at;
    if (oracle->readings_count > LG_TRAIL_READINGS_FULL)
        lg_trail_sweep(backtrack);
    for (size_t i = at; i < trail->count; i++)
        backtrack->handles[i - at] = trail->entries[i].handle;
    if (replay(backtrack, trail, from, steps_max, verdict) && is_good(backtrack, trail, verdict))
        return true;
    for (size_t i = at; i < trail->count; i++)
        trail->entries[i].handle = backtrack->handles[i - at];
    set_flags(oracle, &before);
    return false;
}

/* Twice as far, to the first snapshot at last. */
static unsigned further(unsigned back, unsigned last)
{
    unsigned twice = back ? back * 2 : 1;
    return twice > last && back < last ? last : twice;
}

/* Ways to go back: with which calls, and from how far to how far. */
struct way {
    uint8_t awake;
    uint8_t lost_more;
    unsigned from;
    unsigned to;
};

/* The more was looked at in vain, the shorter the next search. */
static uint64_t shortened(const struct lg_backtrack *backtrack, uint64_t steps)
{
    return steps / (1 + backtrack->spent / LG_BACKTRACK_STEPS_SHORTEN);
}

static bool go_back_by(struct lg_backtrack *backtrack, struct lg_trail *trail,
                       const struct way *way, unsigned last, struct lg_verdict *verdict)
{
    struct lg_oracle *oracle = &backtrack->judge->oracle;
    uint64_t steps_max = oracle->steps + shortened(backtrack, LG_BACKTRACK_STEPS_NEAR);
    oracle->awake = way->awake;
    oracle->lost_more = way->lost_more;
    for (unsigned back = 0; back <= last && back <= way->to; back = further(back, last)) {
        const struct flags before = flags_of(oracle);
        if (back < way->from || !try_from(backtrack, trail, last - back, steps_max, verdict))
            continue;
        set_flags(oracle, &before);
        return replay_and_save(backtrack, trail, last - back, UINT64_MAX, verdict);
    }
    return false;
}

/* Nothing that is kept explains the last entry: goes back, with few of the calls that have no reply
 * first. True: explained, the verdict is there. */
static bool go_back(struct lg_backtrack *backtrack, struct lg_trail *trail, unsigned last,
                    struct lg_verdict *verdict)
{
    enum { NEAR = 8, FAR = LG_BACKTRACK_SNAPSHOTS_MAX };
    static const struct way ways[] = {{LG_AWAKE_ANSWERED, 0, 0, NEAR},
                                      {LG_AWAKE_FEW, 1, 0, NEAR},
                                      {LG_AWAKE_ANSWERED, 0, NEAR + 1, FAR},
                                      {LG_AWAKE_FEW, 1, NEAR + 1, FAR},
                                      {LG_AWAKE_FEW, 2, 0, FAR},
                                      {LG_AWAKE_FEW, 3, 0, FAR}};
    bool lost = lg_trail_set(backtrack, trail->vm)->lost_mask;
    if (trail->spent > LG_BACKTRACK_STEPS_SPENT)
        return false;
    for (unsigned i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if ((lost || ways[i].awake == LG_AWAKE_ANSWERED) &&
            go_back_by(backtrack, trail, &ways[i], last, verdict))
            return true;
    return false;
}

/* All explanations, from where all were known. */
static void look_at_all(struct lg_backtrack *backtrack, struct lg_trail *trail,
                        struct lg_verdict *verdict)
{
    struct lg_oracle *oracle = &backtrack->judge->oracle;
    uint64_t steps_max = oracle->steps + shortened(backtrack, LG_BACKTRACK_STEPS_WHOLE);
    unsigned last = trail->snapshot_count - 1;
    oracle->awake = LG_AWAKE_EVERY;
    if (trail->spent <= LG_BACKTRACK_STEPS_SPENT &&
        try_from(backtrack, trail, 0, steps_max, verdict))
        return;
    /* It goes on behind it with whatever may be. */
    lg_trail_restore(backtrack, trail, last);
    lg_trail_set(backtrack, trail->vm)->narrowed = 1;
    carry_out(backtrack, trail, &trail->entries[trail->count - 1], verdict);
    if (verdict->kind > LG_VERDICT_INCONSISTENT)
        verdict->kind = LG_VERDICT_UNDETERMINED;
}

static void cut(struct lg_trail *trail)
{
    lg_trail_drop(trail, 0);
}

/* From what is kept, or by going back a while. */
static bool is_explained(struct lg_backtrack *backtrack, struct lg_trail *trail,
                         struct lg_verdict *verdict)
{
    unsigned last = trail->snapshot_count - 1;
    backtrack->judge->oracle.awake = LG_AWAKE_LAST;
    return try_from(backtrack, trail, last, UINT64_MAX, verdict) ||
           go_back(backtrack, trail, last, verdict);
}

/* Calls that say or ask something of a job that no answered call started, of a VM that lost
 * replies. */
static bool is_of_unknown_job(const struct lg_backtrack *backtrack, const struct lg_trail *trail,
                              const struct lg_trail_entry *begun)
{
    if (!trail->lost)
        return false;
    if (begun->call.method == LG_CALL_LIST_JOBS)
        return true;
    return lg_methods[begun->call.method].target == LG_TARGET_JOB &&
           !backtrack->fates[begun->call.job].started;
}

/* A list of jobs, or a look at one, that lost calls may have started. */
static void judge_unknown_job(struct lg_backtrack *backtrack, struct lg_trail *trail,
                              struct lg_verdict *verdict)
{
    unsigned last = trail->snapshot_count - 1;
    struct lg_trail_entry *end = &trail->entries[trail->count - 1];
    backtrack->judge->oracle.awake = LG_AWAKE_LAST;
    end->forgiven = !try_from(backtrack, trail, last, UINT64_MAX, verdict);
    if (end->forgiven)
        try_from(backtrack, trail, last, UINT64_MAX, verdict);
}

/* Where later looks leave no explanation, one of them violates, or the way to it is long: they are
 * not looked at any more. */
static void judge_last(struct lg_backtrack *backtrack, struct lg_trail *trail,
                       struct lg_verdict *verdict)
{
    const struct lg_trail_entry *end = &trail->entries[trail->count - 1];
    uint64_t before = backtrack->judge->oracle.steps;
    bool explained = false;
    if (is_of_unknown_job(backtrack, trail, &trail->entries[end->begun])) {
        judge_unknown_job(backtrack, trail, verdict);
        explained = true;
    }
    if (!explained)
        explained = is_explained(backtrack, trail, verdict);
    if (!explained && !trail->blind) {
        trail->blind = true;
        explained = is_explained(backtrack, trail, verdict);
    }
    if (!explained)
        look_at_all(backtrack, trail, verdict);
    uint64_t spent = explained ? 0 : backtrack->judge->oracle.steps - before;
    trail->spent += spent;
    backtrack->spent += spent;
    backtrack->judge->oracle.awake = LG_AWAKE_ALL;
    if (verdict->kind > LG_VERDICT_INCONSISTENT)
        cut(trail);
}

/* ---- for others ---- */

static int handle_of(const struct lg_backtrack *backtrack, const struct lg_trail *trail,
                     size_t entry)
{
    return (int)((size_t)(trail - backtrack->trails) * LG_BACKTRACK_ENTRIES_MAX + entry);
}

/* What a lost look shows nobody knows; how far jobs are when it comes, the next call finds. */
static bool looks(const struct lg_call *call)
{
    const struct lg_method_row *row = &lg_methods[call->method];
    return row->kind == LG_KIND_READ || row->kind == LG_KIND_LIST ||
           call->method == LG_CALL_GET_KEY_PROTECTOR;
}

int lg_backtrack_begin(struct lg_backtrack *backtrack, const struct lg_call *call,
                       const struct lg_outcome *seen)
{
    struct lg_verdict verdict;
    struct lg_trail *trail = trail_of(backtrack, call->vm);
    if (!seen && looks(call))
        return -1;
    if (!lg_oracle_set(&backtrack->judge->oracle, call->vm) || !trail) {
        backtrack->judge->oracle.bound_hit = 1;
        return -1;
    }
    struct lg_trail_entry *entry = add_entry(trail, LG_ENTRY_BEGIN);
    if (!entry) {
        backtrack->judge->oracle.bound_hit = 1;
        return -1;
    }
    entry->call = *call;
    entry->lost = seen == NULL;
    trail->lost |= entry->lost;
    if (seen)
        entry->seen = *seen;
    carry_out(backtrack, trail, entry, &verdict);
    bool stands_for_another = !seen && lg_trail_set(backtrack, call->vm)->open_mask == UINT16_MAX;
    if (entry->handle < 0 && !stands_for_another) {
        trail->count--;
        return -1;
    }
    return handle_of(backtrack, trail, trail->count - 1);
}

void lg_backtrack_end(struct lg_backtrack *backtrack, int handle, const struct lg_answered *when,
                      struct lg_verdict *verdict)
{
    struct lg_trail *trail = &backtrack->trails[handle / LG_BACKTRACK_ENTRIES_MAX];
    struct lg_trail_entry *entry = add_entry(trail, LG_ENTRY_END);
    memset(verdict, 0, sizeof *verdict);
    if (!entry) {
        backtrack->judge->oracle.bound_hit = 1;
        verdict->kind = LG_VERDICT_UNDETERMINED;
        return;
    }
    entry->begun = (size_t)handle % LG_BACKTRACK_ENTRIES_MAX;
    entry->when = *when;
    if (lg_trail_save(backtrack, trail, trail->count - 1)) {
        judge_last(backtrack, trail, verdict);
        return;
    }
    backtrack->judge->oracle.bound_hit = 1;
    verdict->kind = LG_VERDICT_UNDETERMINED;
}

void lg_backtrack_forget(struct lg_backtrack *backtrack, int handle)
{
    struct lg_verdict verdict;
    struct lg_trail *trail = &backtrack->trails[handle / LG_BACKTRACK_ENTRIES_MAX];
    struct lg_trail_entry *entry = add_entry(trail, LG_ENTRY_FORGET);
    if (!entry) {
        backtrack->judge->oracle.bound_hit = 1;
        return;
    }
    entry->begun = (size_t)handle % LG_BACKTRACK_ENTRIES_MAX;
    carry_out(backtrack, trail, entry, &verdict);
}

bool lg_backtrack_is_settled(const struct lg_backtrack *backtrack, uint16_t vm)
{
    const struct lg_set *set = lg_trail_set(backtrack, vm);
    return !set || (!set->narrowed && !set->open_mask);
}

void lg_backtrack_cut(struct lg_backtrack *backtrack, uint16_t vm)
{
    for (unsigned i = 0; i < backtrack->count; i++) {
        struct lg_trail *trail = &backtrack->trails[i];
        if (vm != LG_VM_HOST && trail->vm != vm)
            continue;
        cut(trail);
        if (lg_backtrack_is_settled(backtrack, trail->vm))
            trail->count = 0;
    }
}
