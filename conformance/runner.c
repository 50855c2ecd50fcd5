/* Runs vectors. */
#include "runner.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clause_names.h"
#include "edges.h"

enum {
    POLLS_MAX = 400,    /* looks at one job: what a harness that owns the clock allows it */
    ASKS_MAX = 200,     /* of GetKeyProtector while it answers 4096 */
    PAUSE_MS = 20,      /* between two looks where the target has a clock of its own */
    PAUSE_MAX_MS = 1000 /* what that grows to where the clock is the world's */
};

/* One vector at work. */
struct run {
    struct lg_runner *runner;
    const struct lg_vector *vector;
    struct lg_result_row *row;
    struct lg_json_error *reason;
    struct timespec start; /* of the target's new life */
    uint16_t jobs[64];     /* the target's number by the script's */
    uint64_t sent; /* microseconds since start, of the last call; 0 where the clock is virtual */
    uint64_t answered;
    enum lg_target_reply reply;
    bool stopped; /* nothing more can be learnt from this vector */
};

/* ---- the row ---- */

static void add_line(struct lg_result_row *row, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_line(struct lg_result_row *row, const char *format, ...)
{
    va_list arguments;
    if (row->line_count == LG_LINES_MAX)
        return;
    va_start(arguments, format);
    vsnprintf(row->lines[row->line_count++], LG_LINE_BYTES, format, arguments);
    va_end(arguments);
}

static void add_clause(struct lg_result_row *row, unsigned clause)
{
    for (unsigned i = 0; i < row->clause_count; i++)
        if (row->clauses[i] == clause)
            return;
    if (clause != LG_CLAUSE_none && row->clause_count < LG_VECTOR_CLAUSES_MAX)
        row->clauses[row->clause_count++] = (uint16_t)clause;
}

/* What weighs more comes first in this order; a verdict is never taken back. */
static unsigned weight(enum lg_vector_verdict verdict)
{
    static const uint8_t weights[LG_VECTOR_VERDICT_COUNT] = {
        [LG_VECTOR_SKIPPED] = 1,      [LG_VECTOR_UNDOCUMENTED] = 2, [LG_VECTOR_UNDETERMINED] = 3,
        [LG_VECTOR_INCONSISTENT] = 4, [LG_VECTOR_UNACHIEVED] = 5,   [LG_VECTOR_VIOLATES] = 6};
    return weights[verdict];
}

static bool raise(struct run *run, enum lg_vector_verdict verdict, unsigned node)
{
    if (weight(verdict) <= weight(run->row->verdict))
        return false;
    run->row->verdict = verdict;
    run->row->step = (int)node + 1;
    return true;
}

static void cite_node(struct run *run, unsigned node)
{
    const struct lg_node *at = &run->vector->nodes[node];
    for (unsigned i = 0; i < at->clause_count; i++)
        add_clause(run->row, at->clauses[i]);
    for (unsigned i = 0; i < run->vector->clause_count; i++)
        add_clause(run->row, run->vector->clauses[i]);
}

static void tell_call(struct run *run, unsigned node, const struct lg_call *call,
                      const struct lg_outcome *seen)
{
    char words[LG_WORDS_BYTES];
    lg_words_of_call(call, &run->runner->names, words);
    add_line(run->row, "step %u: %s", node + 1, words);
    lg_words_of_seen(seen, call, &run->runner->names, words);
    add_line(run->row, "seen: %s", words);
}

static void tell_allowed(struct run *run, const struct lg_call *call,
                         const struct lg_verdict *verdict)
{
    char words[LG_WORDS_BYTES];
    for (unsigned i = 0; i < verdict->allowed_count && i < 8; i++) {
        lg_words_of_pattern(&verdict->allowed[i], call, &run->runner->names, words);
        add_line(run->row, "%s%s (%s)", i ? "      or " : "allowed: ", words,
                 lg_clauses[verdict->allowed[i].clause].id);
    }
    if (verdict->allowed_count > 8 || verdict->more)
        add_line(run->row, "      or others");
}

static void tell_alternative(struct run *run, const char *what, uint16_t slot, unsigned alternative)
{
    enum lg_site site = lg_slot_site(slot);
    const struct lg_alternative_row *row =
        &lg_alternatives[lg_sites[site].alternative + alternative];
    add_line(run->row, "%s: %s=%s, %s", what, lg_sites[site].id, row->name, row->what);
    add_clause(run->row, row->clause);
}

static void tell_violation(struct run *run, unsigned node, const struct lg_call *call,
                           const struct lg_outcome *seen, const struct lg_verdict *verdict)
{
    struct lg_explanation why = lg_judge_explain(run->runner->judge);
    if (why.found)
        tell_alternative(run, "explained by", why.slot, why.alternative);
    cite_node(run, node);
    add_clause(run->row, verdict->clause);
    tell_call(run, node, call, seen);
    tell_allowed(run, call, verdict);
}

static void take_verdict(struct run *run, unsigned node, const struct lg_call *call,
                         const struct lg_outcome *seen, const struct lg_verdict *verdict)
{
    static const uint8_t verdicts[] = {[LG_VERDICT_CONFORMS] = LG_VECTOR_CONFORMS,
                                       [LG_VERDICT_UNDOCUMENTED] = LG_VECTOR_UNDOCUMENTED,
                                       [LG_VERDICT_INCONSISTENT] = LG_VECTOR_INCONSISTENT,
                                       [LG_VERDICT_VIOLATES] = LG_VECTOR_VIOLATES,
                                       [LG_VERDICT_UNDETERMINED] = LG_VECTOR_UNDETERMINED};
    if (verdict->kind == LG_VERDICT_CONFORMS || verdict->secondary)
        return;
    if (!raise(run, (enum lg_vector_verdict)verdicts[verdict->kind], node))
        return;
    if (verdict->kind == LG_VERDICT_UNDOCUMENTED) {
        tell_alternative(run, "no page speaks of", verdict->slot, verdict->alternative);
        return;
    }
    if (verdict->kind == LG_VERDICT_INCONSISTENT)
        tell_alternative(run, "explained only by a change to", verdict->slot, verdict->alternative);
    tell_violation(run, node, call, seen, verdict);
}

/* ---- calls ---- */

static uint64_t micros_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)((now.tv_sec - start->tv_sec) * 1000000 +
                      (now.tv_nsec - start->tv_nsec) / 1000);
}

static void record(struct run *run, const struct lg_call *call, const struct lg_outcome *seen)
{
    struct lg_trace_step step = {.call = *call,
                                 .reply = seen ? LG_REPLY_SEEN : LG_REPLY_LOST,
                                 .sent = run->sent,
                                 .answered = run->answered};
    if (seen)
        step.seen = *seen;
    if (run->runner->recorder)
        lg_recorder_step(run->runner->recorder, &step);
}

static void lose(struct run *run, const struct lg_call *call)
{
    struct lg_call lost = *call;
    lost.new_job = 0;
    lg_judge_lost(run->runner->judge, &lost);
    record(run, &lost, NULL);
}

static void refuse(struct run *run, unsigned node, const struct lg_call *call)
{
    bool unable = lg_methods[call->method].kind == LG_KIND_EVENT || run->reply == LG_TARGET_UNABLE;
    char words[LG_WORDS_BYTES];
    raise(run, unable ? LG_VECTOR_SKIPPED : LG_VECTOR_UNACHIEVED, node);
    lg_words_of_call(call, &run->runner->names, words);
    add_line(run->row, "step %u: %s", node + 1, words);
    add_line(run->row, "the target refused: %s", run->reason->reason);
    run->stopped = true;
}

static uint64_t micros_now(const struct run *run)
{
    struct lg_target *target = run->runner->target;
    uint64_t micros;
    return target->now && target->now(target, &micros) ? micros : micros_since(&run->start);
}

static void call_target(struct run *run, const struct lg_call *call, struct lg_outcome *seen)
{
    struct lg_target *target = run->runner->target;
    uint64_t sent = target->real_time ? micros_now(run) : 0;
    run->reply = target->call(target, call, seen, run->reason);
    run->runner->calls++;
    if (!target->real_time)
        return;
    run->sent = sent;
    run->answered = micros_now(run);
    lg_judge_time(run->runner->judge, run->sent / 1000, run->answered / 1000 + 1);
}

/* Makes one call and has it judged. False: there is no outcome to go on with. */
static bool make(struct run *run, unsigned node, struct lg_call *call, bool lose_reply,
                 struct lg_outcome *seen)
{
    struct lg_verdict verdict;
    call_target(run, call, seen);
    if (run->reply == LG_TARGET_GONE)
        return false;
    if (run->reply == LG_TARGET_REFUSED || run->reply == LG_TARGET_UNABLE) {
        refuse(run, node, call);
        return false;
    }
    if (run->reply == LG_TARGET_LOST || lose_reply) {
        lose(run, call);
        return false;
    }
    call->new_job = seen->job;
    record(run, call, seen);
    lg_judge_step(run->runner->judge, call, seen, &verdict);
    take_verdict(run, node, call, seen, &verdict);
    return true;
}

static void pause_between_looks(const struct run *run, unsigned looks)
{
    const struct lg_target *target = run->runner->target;
    unsigned doublings = !target->real_time ? 0 : looks < 6 ? looks : 6;
    unsigned ms = (unsigned)PAUSE_MS << doublings;
    struct timespec pause = {0, (long)(ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS - 1) * 1000000};
    if (!(target->capabilities & LG_CAN_CLOCK) && !target->hasty)
        nanosleep(&pause, NULL);
}

/* Looks at a job until it has ended. The result of the call that started it. */
static uint32_t follow(struct run *run, unsigned node, const struct lg_call *started, uint16_t job)
{
    struct lg_call look = {.method = LG_CALL_READ_JOB, .vm = started->vm, .job = job};
    for (unsigned i = 0; i < POLLS_MAX; i++) {
        struct lg_outcome seen;
        if (!make(run, node, &look, false, &seen))
            return LG_RESULT_STILL_RUNNING;
        if (seen.fault)
            return LG_RESULT_GONE;
        uint64_t bit = seen.fields[LG_JOB_FIELD_STATE].from;
        enum lg_job_state state = bit && bit < 1u << LG_JOB_STATE_COUNT
                                      ? (enum lg_job_state)__builtin_ctzll(bit)
                                      : LG_JOB_FREE;
        if (state >= LG_JOB_COMPLETED)
            return lg_result_of_job((enum lg_method)started->method, state,
                                    (uint32_t)seen.fields[LG_JOB_FIELD_ERROR_CODE].from);
        pause_between_looks(run, i);
    }
    return LG_RESULT_STILL_RUNNING;
}

static uint32_t result_of(struct run *run, unsigned node, const struct lg_call *call,
                          const struct lg_outcome *seen)
{
    if (seen->answer == LG_ANSWERS_JOB && seen->return_value == 4096)
        return follow(run, node, call, seen->job);
    return lg_result_of_return((enum lg_method)call->method, seen->return_value);
}

/* 4096 without a job: ask again. */
static bool ask_again(struct run *run, unsigned node, struct lg_call *call, struct lg_outcome *seen)
{
    for (unsigned i = 0; i < ASKS_MAX && !seen->fault && seen->return_value == 4096; i++) {
        pause_between_looks(run, i);
        if (!make(run, node, call, false, seen))
            return false;
    }
    return true;
}

/* The call of a node with the names that this run gave its jobs. False: a job that was never
 * started. */
static bool bind_call(const struct run *run, unsigned node, struct lg_call *call)
{
    *call = run->vector->nodes[node].call;
    if (lg_methods[call->method].target != LG_TARGET_JOB)
        return true;
    if (call->job >= 64 || !run->jobs[call->job])
        return false;
    call->job = run->jobs[call->job];
    return true;
}

static void note_job(struct run *run, unsigned node, const struct lg_outcome *seen)
{
    uint16_t script = run->vector->nodes[node].call.new_job;
    if (script && script < 64 && seen->answer == LG_ANSWERS_JOB)
        run->jobs[script] = seen->job;
}

/* No edge fits: the vector wanted something else. The oracle has said already whether it violates.
 */
static void miss(struct run *run, unsigned node, const struct lg_call *call,
                 const struct lg_outcome *seen, uint32_t result)
{
    const struct lg_node *at = &run->vector->nodes[node];
    run->stopped = true;
    if (run->row->verdict != LG_VECTOR_CONFORMS)
        return;
    bool slow = lg_node_follows(at) && result == LG_RESULT_STILL_RUNNING;
    bool owned = run->runner->target->capabilities & LG_CAN_CLOCK;
    raise(run,
          slow && owned ? LG_VECTOR_VIOLATES
          : slow        ? LG_VECTOR_UNDETERMINED
                        : LG_VECTOR_UNACHIEVED,
          node);
    cite_node(run, node);
    tell_call(run, node, call, seen);
    if (lg_node_follows(at))
        add_line(run->row, "result: %s", lg_result_word(result));
    add_line(run->row, "none of the %u outcomes that this step asks for", at->edge_count);
}

/* Runs one node. Returns the next one. */
static unsigned step(struct run *run, unsigned node)
{
    const struct lg_node *at = &run->vector->nodes[node];
    struct lg_outcome seen;
    struct lg_call call;
    uint32_t result = LG_RESULT_OTHER;
    if (at->barrier)
        lg_judge_barrier(run->runner->judge);
    if (!bind_call(run, node, &call))
        return LG_NODES_MAX;
    if (!make(run, node, &call, at->lose_reply, &seen))
        return run->reply == LG_TARGET_GONE || run->stopped ? LG_NODES_MAX : node + 1;
    note_job(run, node, &seen);
    if (lg_node_asks_again(at) && !ask_again(run, node, &call, &seen))
        return LG_NODES_MAX;
    if (lg_node_follows(at) && !seen.fault)
        result = result_of(run, node, &call, &seen);
    if (at->edge_count == 0)
        return node + 1;
    int edge = lg_node_edge(at, &seen, result, &run->runner->names);
    if (edge >= 0)
        return (unsigned)at->edges[edge].then;
    miss(run, node, &call, &seen, result);
    return LG_NODES_MAX;
}

/* A VM whose removal is under way may be gone: the target refuses then. */
static void inspect_vm(struct run *run, uint16_t vm)
{
    const struct lg_call look = {.method = LG_CALL_INSPECT, .vm = vm};
    struct lg_verdict verdict;
    struct lg_outcome seen;
    call_target(run, &look, &seen);
    if (run->reply != LG_TARGET_ANSWERED)
        return;
    record(run, &look, &seen);
    lg_judge_step(run->runner->judge, &look, &seen, &verdict);
    take_verdict(run, run->vector->node_count - 1, &look, &seen, &verdict);
}

/* At the end of a vector an instrumented target shows what no client can read. */
static void inspect(struct run *run)
{
    bool possible = run->runner->target->capabilities & LG_CAN_INSPECT;
    for (uint16_t vm = 0; possible && !run->stopped && vm < LG_JUDGE_VMS; vm++)
        if (run->reply != LG_TARGET_GONE && lg_judge_has_vm(run->runner->judge, vm))
            inspect_vm(run, vm);
}

static bool has_capabilities(struct run *run)
{
    static const char *const words[] = {"events", "inspect", "snapshot", "material", "clock"};
    unsigned missing = run->vector->needs & ~run->runner->target->capabilities;
    for (unsigned i = 0; i < 5; i++)
        if (missing >> i & 1) {
            run->row->verdict = LG_VECTOR_SKIPPED;
            add_line(run->row, "the target lacks the capability \"%s\"", words[i]);
        }
    return !missing;
}

/* Steps that cannot be brought to the target: the vector is left out before anything is done. */
static bool is_taken(struct run *run)
{
    struct lg_target *target = run->runner->target;
    unsigned made = 0;
    for (unsigned i = 0; target->takes && i < run->vector->node_count; i++) {
        const struct lg_call *call = &run->vector->nodes[i].call;
        if (!target->takes(target, call, made, run->reason)) {
            run->row->verdict = LG_VECTOR_SKIPPED;
            add_line(run->row, "step %u: %s", i + 1, run->reason->reason);
            return false;
        }
        made += lg_call_makes_vm(call->method);
    }
    return true;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

/* A recording begins with a host of 2016: what it is else, an event says. */
static void record_reset(struct run *run)
{
    const struct lg_call become = {.method = LG_CALL_HOST_CHANGES,
                                   .vm = LG_VM_HOST,
                                   .requested = run->runner->target->host.version};
    const struct lg_outcome nothing = {0};
    lg_recorder_reset(run->runner->recorder);
    if (become.requested != LG_HOST_2016)
        record(run, &become, &nothing);
}

static bool start_over(struct run *run)
{
    enum lg_target_reply reply = run->runner->target->reset(run->runner->target, run->reason);
    run->runner->judge->host = run->runner->target->host;
    lg_judge_reset(run->runner->judge);
    clock_gettime(CLOCK_MONOTONIC, &run->start);
    if (run->runner->recorder)
        record_reset(run);
    return reply == LG_TARGET_ANSWERED;
}

static void start_row(const struct run *run)
{
    struct lg_result_row *row = run->row;
    memset(row, 0, sizeof *row);
    snprintf(row->id, sizeof row->id, "%s", run->vector->id);
    snprintf(row->title, sizeof row->title, "%s", run->vector->title);
}

bool lg_runner_takes(struct lg_runner *runner, const struct lg_vector *vector,
                     struct lg_result_row *row, struct lg_json_error *reason)
{
    struct run run = {.runner = runner, .vector = vector, .row = row, .reason = reason};
    start_row(&run);
    return has_capabilities(&run) && is_taken(&run);
}

bool lg_runner_run(struct lg_runner *runner, const struct lg_vector *vector,
                   struct lg_result_row *row, struct lg_json_error *reason)
{
    struct run run = {.runner = runner, .vector = vector, .row = row, .reason = reason};
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (!lg_runner_takes(runner, vector, row, reason))
        return true;
    if (!start_over(&run))
        return false;
    for (unsigned node = 0; node < vector->node_count && run.reply != LG_TARGET_GONE;)
        node = step(&run, node);
    inspect(&run);
    row->seconds = seconds_since(&start);
    return run.reply != LG_TARGET_GONE;
}
