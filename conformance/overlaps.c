/* Calls of several clients, in the order of time. */
#include "overlaps.h"

#include <stdlib.h>
#include <string.h>

bool lg_overlaps_init(struct lg_overlaps *overlaps, struct lg_judge *judge)
{
    memset(overlaps, 0, sizeof *overlaps);
    overlaps->judge = judge;
    overlaps->backtrack = lg_backtrack_new(judge);
    overlaps->waiting = calloc(LG_OVERLAPS_WINDOW + 1, sizeof(struct lg_timed *));
    overlaps->window = LG_OVERLAPS_WINDOW;
    overlaps->open = calloc(LG_OVERLAPS_OPEN_MAX, sizeof(struct lg_timed *));
    overlaps->history = malloc(LG_OVERLAPS_HISTORY * sizeof *overlaps->history);
    overlaps->keeps_history = true;
    return overlaps->backtrack && overlaps->waiting && overlaps->open && overlaps->history;
}

void lg_overlaps_free(struct lg_overlaps *overlaps)
{
    for (size_t i = 0; i < overlaps->waiting_count; i++)
        free(overlaps->waiting[i]);
    for (size_t i = 0; i < overlaps->open_count; i++)
        free(overlaps->open[i]);
    lg_backtrack_free(overlaps->backtrack);
    free(overlaps->waiting);
    free(overlaps->open);
    free(overlaps->history);
}

/* ---- the heap ---- */

static bool is_before(const struct lg_timed *a, const struct lg_timed *b)
{
    if (a->step.sent != b->step.sent)
        return a->step.sent < b->step.sent;
    return a->order < b->order;
}

static void push(struct lg_overlaps *overlaps, struct lg_timed *timed)
{
    size_t at = overlaps->waiting_count++;
    for (; at > 0 && is_before(timed, overlaps->waiting[(at - 1) / 2]); at = (at - 1) / 2)
        overlaps->waiting[at] = overlaps->waiting[(at - 1) / 2];
    overlaps->waiting[at] = timed;
}

static struct lg_timed *pop(struct lg_overlaps *overlaps)
{
    struct lg_timed *first = overlaps->waiting[0];
    struct lg_timed *last = overlaps->waiting[--overlaps->waiting_count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= overlaps->waiting_count)
            break;
        if (child + 1 < overlaps->waiting_count &&
            is_before(overlaps->waiting[child + 1], overlaps->waiting[child]))
            child++;
        if (!is_before(overlaps->waiting[child], last))
            break;
        overlaps->waiting[at] = overlaps->waiting[child];
        at = child;
    }
    overlaps->waiting[at] = last;
    return first;
}

/* ---- judging ---- */

bool lg_is_alone(const struct lg_call *call)
{
    const struct lg_method_row *row = &lg_methods[call->method];
    return (row->kind == LG_KIND_EVENT && row->target == LG_TARGET_HOST) ||
           call->method == LG_CALL_VM_IMPORTED || call->method == LG_CALL_START_SERVICE ||
           call->method == LG_CALL_STOP_SERVICE;
}

static size_t place_of(uint16_t vm)
{
    return vm < LG_VMS_MAX ? vm : LG_VMS_MAX;
}

static void close_at(struct lg_overlaps *overlaps, size_t at)
{
    free(overlaps->open[at]);
    overlaps->open[at] = overlaps->open[--overlaps->open_count];
}

/* A call that ends now took effect no earlier than it and all that are open with it were sent; one
 * without a reply may have since the call before. */
static struct lg_answered set_time(struct lg_overlaps *overlaps, const struct lg_timed *ends)
{
    uint16_t vm = ends->step.call.vm;
    uint64_t from = ends->step.sent;
    uint64_t *last = &overlaps->last_sent[place_of(vm)];
    struct lg_answered when = {.answered = ends->step.answered};
    if (!overlaps->real_time)
        return when;
    for (size_t i = 0; i < overlaps->open_count; i++)
        if (overlaps->open[i]->step.call.vm == vm && overlaps->open[i]->step.sent < from)
            from = overlaps->open[i]->step.sent;
    const struct lg_oracle *oracle = &overlaps->judge->oracle;
    for (unsigned i = 0; i < oracle->set_count; i++)
        if (oracle->sets[i].vm == vm && oracle->sets[i].lost_mask && *last < from)
            from = *last;
    *last = ends->step.sent;
    when.timed = true;
    when.from = from / 1000;
    when.to = ends->step.answered / 1000 + 1;
    lg_judge_time(overlaps->judge, when.from, when.to);
    return when;
}

static void begin(struct lg_overlaps *overlaps, struct lg_timed *timed)
{
    const struct lg_trace_step *step = &timed->step;
    if (timed->begun)
        return;
    timed->handle =
        lg_backtrack_begin(overlaps->backtrack, &step->call,
                           step->reply == LG_REPLY_LOST || timed->relaxed ? NULL : &step->seen);
    timed->begun = true;
}

/* Whether others of its VM are open beside it; they are begun. */
static bool begin_others(struct lg_overlaps *overlaps, const struct lg_timed *ends)
{
    bool found = false;
    for (size_t i = 0; i < overlaps->open_count; i++) {
        struct lg_timed *other = overlaps->open[i];
        const struct lg_trace_step *step = &other->step;
        if (other == ends || step->call.vm != ends->step.call.vm || lg_is_alone(&step->call))
            continue;
        found = true;
        begin(overlaps, other);
    }
    return found;
}

static void end_seen(struct lg_overlaps *overlaps, struct lg_timed *timed)
{
    struct lg_verdict verdict;
    struct lg_judge *judge = overlaps->judge;
    const struct lg_call *call = &timed->step.call;
    const struct lg_outcome *seen = &timed->step.seen;
    bool alone = lg_is_alone(call);
    const struct lg_answered when = set_time(overlaps, timed);
    bool overlapped = (!alone && begin_others(overlaps, timed)) || timed->begun;
    judge->overlapped |= overlapped;
    if (alone || (!overlapped && lg_backtrack_is_settled(overlaps->backtrack, call->vm))) {
        lg_judge_step(judge, call, seen, &verdict);
        lg_backtrack_cut(overlaps->backtrack, alone ? LG_VM_HOST : call->vm);
    } else {
        begin(overlaps, timed);
        lg_judge_keep(judge, call, seen);
        memset(&verdict, 0, sizeof verdict);
        verdict.kind = LG_VERDICT_UNDETERMINED;
        if (timed->handle >= 0)
            lg_backtrack_end(overlaps->backtrack, timed->handle, &when, &verdict);
    }
    overlaps->judged(overlaps->context, timed, &verdict);
}

static void end(struct lg_overlaps *overlaps, size_t at)
{
    struct lg_timed *timed = overlaps->open[at];
    if (!timed->relaxed)
        end_seen(overlaps, timed);
    else if (timed->handle >= 0)
        lg_backtrack_forget(overlaps->backtrack, timed->handle);
    close_at(overlaps, at);
}

/* Whether one was answered before the other was sent. A client makes one call after the other, even
 * where its clock does not show it. */
static bool precedes(const struct lg_timed *one, const struct lg_timed *other)
{
    if (one->step.answered != other->step.sent)
        return one->step.answered < other->step.sent;
    return one->step.client == other->step.client;
}

static int earliest_end(const struct lg_overlaps *overlaps, const struct lg_timed *next)
{
    int found = -1;
    for (size_t i = 0; i < overlaps->open_count; i++) {
        const struct lg_timed *timed = overlaps->open[i];
        if (next && !precedes(timed, next))
            continue;
        const struct lg_timed *best = found < 0 ? NULL : overlaps->open[found];
        if (!best || timed->step.answered < best->step.answered ||
            (timed->step.answered == best->step.answered && is_before(timed, best)))
            found = (int)i;
    }
    return found;
}

static void end_before(struct lg_overlaps *overlaps, const struct lg_timed *next)
{
    for (int at; (at = earliest_end(overlaps, next)) >= 0;)
        end(overlaps, (size_t)at);
}

static bool alone_is_open(const struct lg_overlaps *overlaps)
{
    for (size_t i = 0; i < overlaps->open_count; i++)
        if (lg_is_alone(&overlaps->open[i]->step.call))
            return true;
    return false;
}

static void keep(struct lg_overlaps *overlaps, const struct lg_timed *timed)
{
    if (overlaps->keeps_history && overlaps->history_count < LG_OVERLAPS_HISTORY)
        overlaps->history[overlaps->history_count++] = *timed;
}

static void begin_lost(struct lg_overlaps *overlaps, struct lg_timed *timed)
{
    overlaps->judge->overlapped |= overlaps->open_count > 0 || timed->relaxed;
    lg_judge_keep(overlaps->judge, &timed->step.call, NULL);
    begin(overlaps, timed);
}

/* The step that was sent first: all that was answered before it is judged. */
static void take_first(struct lg_overlaps *overlaps)
{
    struct lg_timed *timed = pop(overlaps);
    struct lg_oracle *oracle = &overlaps->judge->oracle;
    end_before(overlaps, timed);
    overlaps->now = timed->step.sent;
    keep(overlaps, timed);
    if (alone_is_open(overlaps) || (overlaps->open_count > 0 && lg_is_alone(&timed->step.call)))
        oracle->bound_hit = 1;
    if (timed->relaxed || timed->step.reply == LG_REPLY_LOST)
        begin_lost(overlaps, timed);
    bool stays = timed->relaxed || timed->step.reply != LG_REPLY_LOST;
    if (stays && overlaps->open_count < LG_OVERLAPS_OPEN_MAX) {
        overlaps->open[overlaps->open_count++] = timed;
        return;
    }
    if (stays)
        oracle->bound_hit = 1;
    free(timed);
}

/* What a look at a job shows holds for explanations of all before it. */
static void look_ahead(struct lg_overlaps *overlaps, const struct lg_trace_step *step)
{
    const struct lg_outcome *seen = &step->seen;
    if (step->reply == LG_REPLY_SEEN && seen->answer == LG_ANSWERS_JOB)
        lg_backtrack_fates(overlaps->backtrack)[seen->job].started = true;
    if (step->call.method != LG_CALL_READ_JOB || step->reply != LG_REPLY_SEEN || seen->fault ||
        !(seen->shown >> LG_JOB_FIELD_STATE & 1))
        return;
    struct lg_fate *fate = &lg_backtrack_fates(overlaps->backtrack)[step->call.job];
    uint64_t states = seen->fields[LG_JOB_FIELD_STATE].from;
    if (!(states >> LG_JOB_COMPLETED)) {
        if (step->sent > fate->alive_until)
            fate->alive_until = step->sent;
        return;
    }
    for (uint8_t state = LG_JOB_COMPLETED; state < LG_JOB_STATE_COUNT; state++)
        if (states == (uint64_t)1 << state)
            fate->ended = state;
}

bool lg_overlaps_add(struct lg_overlaps *overlaps, const struct lg_trace_step *step, unsigned line,
                     bool relaxed)
{
    struct lg_timed *timed = calloc(1, sizeof *timed);
    if (!timed || step->sent < overlaps->now) {
        overlaps->out_of_place = timed != NULL;
        free(timed);
        return false;
    }
    timed->step = *step;
    timed->line = line;
    timed->relaxed = relaxed;
    timed->handle = -1;
    timed->order = overlaps->next++;
    if (!relaxed)
        look_ahead(overlaps, step);
    push(overlaps, timed);
    if (overlaps->waiting_count > overlaps->window)
        take_first(overlaps);
    return true;
}

void lg_overlaps_finish(struct lg_overlaps *overlaps)
{
    while (overlaps->waiting_count > 0)
        take_first(overlaps);
    end_before(overlaps, NULL);
}

void lg_overlaps_reset(struct lg_overlaps *overlaps)
{
    lg_backtrack_reset(overlaps->backtrack);
    overlaps->history_count = 0;
    overlaps->now = 0;
    memset(overlaps->last_sent, 0, sizeof overlaps->last_sent);
}
