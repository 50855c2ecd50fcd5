/* The smallest conflict: calls are relaxed, more of them at once first, as long as a violation is
 * left. A relaxed call may be done or not, and answer anything. */
#include "conflict.h"

#include <stdlib.h>
#include <string.h>

struct search {
    const struct lg_overlaps *judged;
    size_t *steps; /* of the VM and of the whole host, by index in the history */
    bool *relaxed;
    size_t count;
    size_t *kept; /* indices in `steps` that may yet be relaxed */
    size_t kept_count;
    unsigned tries;
    uint64_t spent; /* steps of the model, in tries before this one */
    struct lg_overlaps overlaps;
    struct lg_judge judge;
    bool violated;
};

static void note(void *context, const struct lg_timed *timed, const struct lg_verdict *verdict)
{
    struct search *search = context;
    (void)timed;
    search->violated |= verdict->kind == LG_VERDICT_VIOLATES;
}

static void start(struct search *search)
{
    struct lg_profile profile;
    struct lg_judge *judge = &search->judge;
    search->spent += judge->oracle.steps;
    lg_profile_load(&profile, judge->profile, LG_TAG_UNDOCUMENTED);
    lg_oracle_init(&judge->oracle, judge->memory, judge->vm_max, LG_CONFLICT_SET_MAX, &profile,
                   &judge->host);
    lg_judge_reset(judge);
    lg_overlaps_reset(&search->overlaps);
    search->violated = false;
}

/* Whether what is not relaxed is still a violation. */
static bool still_violates(struct search *search)
{
    search->tries++;
    start(search);
    for (size_t i = 0; i < search->count; i++) {
        const struct lg_timed *timed = &search->judged->history[search->steps[i]];
        if (search->violated || search->judge.oracle.bound_hit)
            break;
        bool relaxed = search->relaxed[i] && timed->step.reply == LG_REPLY_SEEN;
        if (!lg_overlaps_add(&search->overlaps, &timed->step, timed->line, relaxed))
            return false;
    }
    lg_overlaps_finish(&search->overlaps);
    return search->violated;
}

static void mark(struct search *search, size_t from, size_t to, bool relaxed)
{
    for (size_t i = from; i < to; i++)
        search->relaxed[search->kept[i]] = relaxed;
}

static void remove_kept(struct search *search, size_t from, size_t to)
{
    memmove(search->kept + from, search->kept + to,
            (search->kept_count - to) * sizeof *search->kept);
    search->kept_count -= to - from;
}

static bool may_try(const struct search *search)
{
    return search->tries < LG_CONFLICT_TRIES &&
           search->spent + search->judge.oracle.steps < LG_CONFLICT_STEPS;
}

/* Tries to relax each part of this size. True: one could be. */
static bool relax_parts(struct search *search, size_t size)
{
    bool relaxed = false;
    for (size_t from = 0; from < search->kept_count && may_try(search);) {
        size_t to = from + size < search->kept_count ? from + size : search->kept_count;
        mark(search, from, to, true);
        if (still_violates(search)) {
            remove_kept(search, from, to);
            relaxed = true;
        } else {
            mark(search, from, to, false);
            from = to;
        }
    }
    return relaxed;
}

static void collect(struct search *search, const struct lg_timed *violates)
{
    for (size_t i = 0; i < search->judged->history_count; i++) {
        const struct lg_trace_step *step = &search->judged->history[i].step;
        bool alone = lg_is_alone(&step->call);
        if ((step->call.vm != violates->step.call.vm && !alone) ||
            step->sent > violates->step.answered)
            continue;
        if (!alone && step->reply == LG_REPLY_SEEN)
            search->kept[search->kept_count++] = search->count;
        search->steps[search->count++] = i;
    }
}

static bool prepare(struct search *search, const struct lg_overlaps *judged)
{
    size_t count = judged->history_count + 1;
    enum { OWN_AND_IMPORTED = 2 };
    memset(search, 0, sizeof *search);
    search->judged = judged;
    search->steps = calloc(count, sizeof *search->steps);
    search->kept = calloc(count, sizeof *search->kept);
    search->relaxed = calloc(count, sizeof *search->relaxed);
    bool ready = lg_judge_init_for(&search->judge, judged->judge->profile, OWN_AND_IMPORTED);
    ready &= lg_overlaps_init(&search->overlaps, &search->judge);
    search->judge.host = judged->judge->host;
    search->overlaps.real_time = judged->real_time;
    search->overlaps.keeps_history = false;
    search->overlaps.window = LG_OVERLAPS_WINDOW;
    search->overlaps.judged = note;
    search->overlaps.context = search;
    return ready && search->steps && search->kept && search->relaxed;
}

static void clean_up(struct search *search)
{
    lg_overlaps_free(&search->overlaps);
    lg_judge_free(&search->judge);
    free(search->steps);
    free(search->kept);
    free(search->relaxed);
}

size_t lg_conflict_find(const struct lg_overlaps *judged, const struct lg_timed *violates,
                        size_t *found)
{
    struct search search;
    size_t count = 0;
    bool ready = prepare(&search, judged);
    if (ready)
        collect(&search, violates);
    if (ready && still_violates(&search)) {
        for (size_t size = (search.kept_count + 1) / 2; size > 1; size = (size + 1) / 2)
            relax_parts(&search, size);
        while (relax_parts(&search, 1))
            continue;
        for (; count < search.kept_count; count++)
            found[count] = search.steps[search.kept[count]];
    }
    clean_up(&search);
    return count;
}
