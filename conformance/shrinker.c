/* Shrinking: halves, quarters, ... single steps, then arguments. */
#include "shrinker.h"

#include <stdlib.h>
#include <string.h>

#include "model/hash.h"

enum { CONFIRMATIONS = 3 };

struct work {
    struct lg_shrinker *shrinker;
    struct lg_script *best;
    struct lg_script *next; /* what is tried */
    uint64_t dearest;       /* calls of one try so far, at most */
    bool gone;
};

static uint64_t hash_of(const struct lg_script *script)
{
    uint64_t hash = 0;
    for (unsigned i = 0; i < script->count; i++)
        hash = lg_hash_mix(hash, lg_hash_bytes(&script->steps[i].call, sizeof(struct lg_call)));
    return hash;
}

static bool was_tried(const struct lg_shrinker *shrinker, uint64_t hash)
{
    for (unsigned i = 0; i < shrinker->tried_count; i++)
        if (shrinker->tried[i] == hash)
            return true;
    return false;
}

static bool has_budget(const struct work *work)
{
    const struct lg_shrinker *shrinker = work->shrinker;
    return !work->gone && shrinker->calls(shrinker->context) + work->dearest <= shrinker->budget;
}

static bool run_once(struct work *work, const struct lg_script *script)
{
    struct lg_shrinker *shrinker = work->shrinker;
    uint64_t before = shrinker->calls(shrinker->context);
    enum lg_try tried = shrinker->try_script(shrinker->context, script);
    uint64_t cost = shrinker->calls(shrinker->context) - before;
    shrinker->tries++;
    work->gone |= tried == LG_TRY_GONE;
    if (cost > work->dearest || script == work->best)
        work->dearest = cost;
    return tried == LG_TRY_SAME;
}

/* Takes the next script over if it still shows what was found. */
static bool keep_next(struct work *work)
{
    struct lg_shrinker *shrinker = work->shrinker;
    uint64_t hash = hash_of(work->next);
    if (was_tried(shrinker, hash))
        return false;
    for (unsigned i = 0; i < shrinker->repeats && has_budget(work); i++)
        if (run_once(work, work->next)) {
            memcpy(work->best, work->next, sizeof *work->best);
            shrinker->confirmed = shrinker->confirmations = 1;
            return true;
        }
    if (shrinker->tried_count < LG_TRIED_MAX)
        shrinker->tried[shrinker->tried_count++] = hash;
    return false;
}

/* The best script without `count` steps from `at` on, and without what names jobs of those. */
static void cut(struct work *work, unsigned at, unsigned count)
{
    const struct lg_script *best = work->best;
    struct lg_script *next = work->next;
    unsigned kept = 0;
    memcpy(next->name, best->name, sizeof next->name);
    for (unsigned i = 0; i < best->count; i++)
        if (i < at || i >= at + count)
            next->steps[kept++] = best->steps[i];
    next->count = kept;
    next->cut = best->cut;
}

/* Cuts every run of `size` steps that can leave, from the end. */
static void cut_runs(struct work *work, unsigned size)
{
    unsigned at = work->best->count;
    while (at > 0 && has_budget(work)) {
        at = at > size ? at - size : 0;
        if (at >= work->best->count || (size == work->best->count && at == 0))
            continue;
        cut(work, at, size);
        keep_next(work);
    }
}

/* Cuts every single step that can leave, from the end; more at once for as long as all leave. */
static bool cut_steps(struct work *work)
{
    bool smaller = false;
    unsigned at = work->best->count, size = 1;
    while (at > 0 && has_budget(work)) {
        size = size < at ? size : at;
        size = size < work->best->count ? size : 1;
        cut(work, at - size, size);
        bool left = work->next->count > 0 && keep_next(work);
        smaller |= left;
        if (left || size == 1)
            at -= size;
        size = left ? 2 * size : 1;
    }
    return smaller;
}

/* Whether a step could leave that was not tried: none may be left for the script to be minimal. */
static bool is_minimal(struct work *work)
{
    for (unsigned at = 0; work->best->count > 1 && at < work->best->count; at++) {
        cut(work, at, 1);
        if (!was_tried(work->shrinker, hash_of(work->next)))
            return false;
    }
    return true;
}

/* ---- arguments ---- */

static bool drop_setting(struct lg_call *call, unsigned bit)
{
    uint8_t mask = (uint8_t)(1u << bit);
    bool there = call->present & mask && call->present != mask;
    call->present &= (uint8_t)~mask;
    call->values &= call->present;
    return there;
}

/* The n-th simpler form of a call; false: it is none, or there are no more. */
static bool simplify(struct lg_call *call, unsigned form)
{
    enum { IDENTITY = LG_SETTING_COUNT, TIMEOUT, FLAGS };
    bool simpler;
    if (form < LG_SETTING_COUNT)
        return drop_setting(call, form);
    switch (form) {
    case IDENTITY:
        simpler = call->identity != LG_ID_EXACT;
        call->identity = LG_ID_EXACT;
        return simpler;
    case TIMEOUT:
        simpler = call->timeout != LG_TIMEOUT_NONE;
        call->timeout = LG_TIMEOUT_NONE;
        return simpler;
    default:
        simpler = call->flags != 0;
        call->flags = 0;
        return simpler;
    }
}

/* Whether all single steps can be tried once more, and the script be run as often as it should. */
static bool has_budget_for_more(const struct work *work)
{
    const struct lg_shrinker *shrinker = work->shrinker;
    uint64_t tries = work->best->count + CONFIRMATIONS + 1;
    return has_budget(work) &&
           shrinker->calls(shrinker->context) + tries * work->dearest <= shrinker->budget;
}

static void simplify_arguments(struct work *work)
{
    enum { FORMS = LG_SETTING_COUNT + 3 };
    for (unsigned at = 0; at < work->best->count; at++)
        for (unsigned form = 0; form < FORMS && has_budget_for_more(work); form++) {
            memcpy(work->next, work->best, sizeof *work->next);
            if (simplify(&work->next->steps[at].call, form))
                keep_next(work);
        }
}

/* ---- the whole ---- */

static bool reproduces(struct work *work)
{
    enum { FIRST_TRIES = 3 };
    struct lg_shrinker *shrinker = work->shrinker;
    while (shrinker->confirmations < FIRST_TRIES && shrinker->confirmed == 0 && !work->gone) {
        shrinker->confirmations++;
        shrinker->confirmed += run_once(work, work->best);
    }
    return shrinker->confirmed > 0;
}

/* What leaves together, from much to little: guesses that save single tries where they hold. */
enum guess { GUESS_OTHER_VMS, GUESS_EVENTS_TOO, GUESS_IDLE, GUESS_LOOKS, GUESS_COUNT };

static bool is_event(const struct lg_call *call)
{
    return lg_methods[call->method].kind == LG_KIND_EVENT && !lg_call_makes_vm(call->method);
}

static bool is_look(const struct lg_call *call)
{
    return lg_methods[call->method].kind == LG_KIND_READ ||
           lg_methods[call->method].kind == LG_KIND_LIST;
}

static bool leaves(enum guess guess, const struct lg_call *call, uint16_t vm, bool idle)
{
    bool of_vm = lg_methods[call->method].target != LG_TARGET_HOST;
    switch (guess) {
    case GUESS_OTHER_VMS: return idle || is_event(call) || (of_vm && call->vm != vm);
    case GUESS_EVENTS_TOO: return idle || is_event(call);
    case GUESS_IDLE: return idle;
    default: return idle && is_look(call);
    }
}

static void cut_guesses(struct work *work, uint16_t vm)
{
    struct lg_shrinker *shrinker = work->shrinker;
    const struct lg_script *best = work->best;
    struct lg_script *next = work->next;
    bool idle[LG_SCRIPT_STEPS];
    for (unsigned i = 0; i < best->count; i++)
        idle[i] = shrinker->is_idle(shrinker->context, best, i);
    for (int guess = 0; guess < GUESS_COUNT && has_budget(work); guess++) {
        cut(work, 0, best->count);
        for (unsigned i = 0; i < best->count; i++)
            if (!leaves((enum guess)guess, &best->steps[i].call, vm, idle[i]))
                next->steps[next->count++] = best->steps[i];
        if (next->count == best->count || keep_next(work))
            return;
    }
}

static void shrink_steps(struct work *work)
{
    enum { SHORT = 14 }; /* below it single steps are as good */
    bool smaller = true;
    for (unsigned size = work->best->count / 2; work->best->count > SHORT && size > 1; size /= 2)
        cut_runs(work, size);
    while (smaller && has_budget(work))
        smaller = cut_steps(work);
}

static void confirm(struct work *work)
{
    struct lg_shrinker *shrinker = work->shrinker;
    while (shrinker->confirmations < CONFIRMATIONS && has_budget(work)) {
        shrinker->confirmations++;
        shrinker->confirmed += run_once(work, work->best);
    }
}

bool lg_shrink(struct lg_shrinker *shrinker, struct lg_script *script, unsigned from, uint16_t vm)
{
    struct work work = {.shrinker = shrinker, .best = script, .next = malloc(sizeof *script)};
    uint64_t before = shrinker->calls(shrinker->context);
    shrinker->budget += before;
    if (from + 1 < script->count)
        script->count = from + 1;
    bool shown = work.next && reproduces(&work);
    if (shown) {
        cut_guesses(&work, vm);
        shrink_steps(&work);
        simplify_arguments(&work);
        shrink_steps(&work);
        shrinker->minimal = is_minimal(&work);
        confirm(&work);
    }
    shrinker->spent = shrinker->calls(shrinker->context) - before;
    free(work.next);
    return shown;
}
