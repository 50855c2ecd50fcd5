/* Depth first over all choices. */
#include "brute_force.h"

#include <string.h>

enum { HOST = BRUTE_VMS, CELLS };

/* One step of a trace: where it starts, and the tape that it takes now. */
struct frame {
    struct lg_cell cells[CELLS];
    struct lg_readings readings;
    struct lg_tape tape;
};

static bool is_host_event(const struct lg_call *call)
{
    return lg_methods[call->method].kind == LG_KIND_EVENT &&
           lg_methods[call->method].target == LG_TARGET_HOST;
}

static void step(struct lg_cell *cell, const struct lg_call *call, struct lg_tape *tape,
                 struct lg_outcome *outcome)
{
    struct lg_job evicted;
    lg_step(cell, call, NULL, tape, outcome, &evicted);
    lg_assert(evicted.state == LG_JOB_FREE);
    lg_assert(!tape->overflow && !tape->dead);
}

static unsigned cell_of(const struct lg_call *call)
{
    return call->vm < BRUTE_VMS ? call->vm : HOST;
}

/* The call happens to a VM, to the host, or to all of them. */
static void apply(struct lg_cell *cells, const struct lg_call *call, struct lg_tape *tape,
                  struct lg_outcome *outcome)
{
    if (!is_host_event(call)) {
        step(&cells[cell_of(call)], call, tape, outcome);
        return;
    }
    for (unsigned i = 0; i < CELLS; i++)
        step(&cells[i], call, tape, outcome);
}

/* A service that answered that it stopped, or started, did so for all. */
static void follow_service(struct lg_cell *cells, const struct brute_step *done,
                           struct lg_tape *tape)
{
    bool stops = done->call.method == LG_CALL_STOP_SERVICE;
    struct lg_call event;
    struct lg_outcome ignored;
    if (!stops && done->call.method != LG_CALL_START_SERVICE)
        return;
    if (done->seen.fault || done->seen.return_value != 0)
        return;
    memset(&event, 0, sizeof event);
    event.method = stops ? LG_CALL_SERVICE_STOPPED : LG_CALL_SERVICE_STARTED;
    event.vm = LG_VM_HOST;
    apply(cells, &event, tape, &ignored);
}

/* Every reading that was drawn is how the page is read from here on: the others are out. */
static void bind_readings(struct lg_readings *readings, const struct lg_tape *tape)
{
    for (unsigned i = 0; i < tape->count; i++) {
        const struct lg_draw *drawn = &tape->draws[i];
        if (lg_sites[drawn->site].scope == LG_SCOPE_READING)
            readings->out[drawn->slot] = (uint16_t) ~(1u << drawn->alternative);
    }
}

struct walk {
    const struct brute_trace *trace;
    const struct lg_call *call; /* behind the trace */
    enum brute_readings readings;
    const struct brute_visitor *visitor;
    uint64_t steps;
    unsigned depth;
    struct frame frames[BRUTE_STEPS_MAX];
};

static void open_frame(struct walk *walk)
{
    struct frame *frame = &walk->frames[walk->depth];
    bool last = walk->depth == walk->trace->count;
    bool anew = walk->readings == BRUTE_ANY || (last && walk->readings == BRUTE_FREE);
    lg_tape_start(&frame->tape, &walk->trace->profile, anew ? NULL : &frame->readings, NULL, 0);
}

static void open_first(struct walk *walk)
{
    memset(&walk->frames[0], 0, sizeof walk->frames[0]);
    for (unsigned i = 0; i < CELLS; i++)
        walk->frames[0].cells[i].host = walk->trace->host;
    open_frame(walk);
}

/* What a step leaves when its outcome was seen. */
static void open_next(struct walk *walk, const struct lg_cell *cells,
                      const struct lg_outcome *pattern)
{
    struct frame *from = &walk->frames[walk->depth];
    struct frame *to = &walk->frames[walk->depth + 1];
    const struct brute_step *done = &walk->trace->steps[walk->depth];
    memcpy(to->cells, cells, sizeof to->cells);
    to->readings = from->readings;
    if (!done->lost) {
        lg_cell_learn(&to->cells[cell_of(&done->call)], &done->call, pattern, &done->seen);
        follow_service(to->cells, done, &from->tape);
    }
    bind_readings(&to->readings, &from->tape);
    walk->depth++;
    open_frame(walk);
}

/* Makes the step at hand under its tape. True: it fits what was seen, and the next one is at hand.
 */
static bool go_deeper(struct walk *walk)
{
    struct frame *at = &walk->frames[walk->depth];
    bool last = walk->depth == walk->trace->count;
    const struct brute_step *done = &walk->trace->steps[last ? 0 : walk->depth];
    struct lg_cell cells[CELLS];
    struct lg_outcome outcome;
    memcpy(cells, at->cells, sizeof cells);
    apply(cells, last ? walk->call : &done->call, &at->tape, &outcome);
    walk->steps++;
    if (last)
        walk->visitor->visit(walk->visitor->context, &outcome);
    if (last || (!done->lost && !lg_outcome_matches(&outcome, &done->seen)))
        return false;
    open_next(walk, cells, &outcome);
    return true;
}

/* The next tape, of the deepest step that has one; false when all were taken. */
static bool next_tape(struct walk *walk)
{
    while (!lg_tape_advance(&walk->frames[walk->depth].tape)) {
        if (walk->depth == 0)
            return false;
        walk->depth--;
    }
    return true;
}

uint64_t brute_force_walk(const struct brute_trace *trace, const struct lg_call *call,
                          enum brute_readings readings, const struct brute_visitor *visitor)
{
    struct walk walk;
    lg_assert(trace->count < BRUTE_STEPS_MAX);
    walk.trace = trace;
    walk.call = call;
    walk.readings = readings;
    walk.visitor = visitor;
    walk.steps = 0;
    walk.depth = 0;
    open_first(&walk);
    do {
        while (go_deeper(&walk)) {
        }
    } while (next_tape(&walk));
    return walk.steps;
}

struct search {
    const struct lg_outcome *seen;
    bool found;
};

static void compare(void *context, const struct lg_outcome *pattern)
{
    struct search *search = context;
    search->found = search->found || lg_outcome_matches(pattern, search->seen);
}

bool brute_force_explains(const struct brute_trace *trace, enum brute_readings readings)
{
    struct brute_trace before = *trace;
    const struct brute_step *last = &trace->steps[trace->count - 1];
    struct search search = {&last->seen, false};
    struct brute_visitor visitor = {compare, &search};
    before.count--;
    brute_force_walk(&before, &last->call, readings, &visitor);
    return search.found;
}
