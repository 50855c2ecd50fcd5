/* Scripts through one target. */
#include "side.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "recorded.h"

enum {
    LOOKS_MAX = 400,    /* at one job */
    ASKS_MAX = 200,     /* of GetKeyProtector while it answers 4096 */
    REFUSALS = 3,       /* of a method never taken: the target has none */
    PAUSE_MS = 20,      /* between two where the target has a clock of its own */
    PAUSE_MAX_MS = 1000 /* what that grows to */
};

bool lg_is_http(const char *name)
{
    return strncmp(name, "http://", 7) == 0 || strncmp(name, "https://", 8) == 0;
}

bool lg_side_open(struct lg_side *side, const char *name, struct lg_blobs *blobs,
                  enum lg_profile_id profile, const struct lg_wsman_options *options,
                  struct lg_json_error *reason, bool *usage)
{
    static const struct lg_wsman_options none = {.user = NULL};
    bool opened;
    memset(side, 0, sizeof *side);
    side->name = name;
    side->blobs = blobs;
    *usage = false;
    lg_names_of_scripts(&side->names, blobs);
    if (lg_is_recording(name)) {
        side->target.name = name;
        side->target.blobs = blobs;
        opened = lg_target_recorded_open(&side->target, name, reason);
    } else
        opened = lg_target_open(&side->target, name, blobs, lg_is_http(name) ? options : &none,
                                reason, usage);
    side->open = side->target.self != NULL;
    side->steps = calloc(LG_SCRIPT_STEPS, sizeof *side->steps);
    if (!opened)
        return false;
    return side->steps && lg_judge_init(&side->judge, profile) ? true
                                                               : lg_json_fail(reason, "no memory");
}

void lg_side_close(struct lg_side *side)
{
    lg_judge_free(&side->judge);
    free(side->steps);
    if (side->open)
        side->target.close(&side->target);
}

/* ---- verdicts ---- */

static unsigned weight(uint8_t kind)
{
    static const uint8_t weights[] = {
        [LG_VERDICT_UNDETERMINED] = 1, [LG_VERDICT_INCONSISTENT] = 2, [LG_VERDICT_VIOLATES] = 3};
    return weights[kind];
}

static void take_verdict(struct lg_side *side, unsigned step, const struct lg_call *call,
                         const struct lg_outcome *seen, const struct lg_verdict *verdict)
{
    side->undocumented += verdict->kind == LG_VERDICT_UNDOCUMENTED;
    if (verdict->secondary || weight(verdict->kind) <= weight(side->offence.kind))
        return;
    side->offence = (struct lg_offence){
        .kind = verdict->kind, .step = step, .call = *call, .seen = *seen, .verdict = *verdict};
    side->offence.why = lg_judge_explain(&side->judge);
}

/* ---- calls ---- */

static uint64_t micros(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)(now.tv_nsec / 1000);
}

static uint64_t clock_of(struct lg_side *side)
{
    struct lg_target *target = &side->target;
    uint64_t shown;
    return target->now && target->now(target, &shown) ? shown : micros() - side->started;
}

static void record(struct lg_side *side, const struct lg_call *call, const struct lg_outcome *seen)
{
    struct lg_trace_step step = {.call = *call,
                                 .reply = seen ? LG_REPLY_SEEN : LG_REPLY_LOST,
                                 .sent = side->sent,
                                 .answered = side->answered};
    if (seen)
        step.seen = *seen;
    if (side->recorder)
        lg_recorder_step(side->recorder, &step);
}

static enum lg_target_reply ask(struct lg_side *side, const struct lg_call *call,
                                struct lg_outcome *seen, struct lg_json_error *reason)
{
    bool timed = side->target.real_time;
    uint64_t sent = timed ? clock_of(side) : 0;
    enum lg_target_reply reply = side->target.call(&side->target, call, seen, reason);
    side->calls++;
    if (timed) {
        side->sent = sent;
        side->answered = clock_of(side);
        lg_judge_time(&side->judge, side->sent / 1000, side->answered / 1000 + 1);
    }
    return reply;
}

static void note_taken(struct lg_side *side, uint8_t method, enum lg_target_reply reply)
{
    side->taken[method] |= reply == LG_TARGET_ANSWERED;
    if (reply == LG_TARGET_REFUSED && side->refused[method] < UINT8_MAX)
        side->refused[method]++;
}

/* One call, judged. */
static enum lg_target_reply make(struct lg_side *side, unsigned step, struct lg_call *call,
                                 bool lose, struct lg_outcome *seen, struct lg_json_error *reason)
{
    struct lg_verdict verdict;
    enum lg_target_reply reply = ask(side, call, seen, reason);
    note_taken(side, call->method, reply);
    call->new_job = reply == LG_TARGET_ANSWERED && !lose ? seen->job : 0;
    if (reply == LG_TARGET_LOST || (reply == LG_TARGET_ANSWERED && lose)) {
        lg_judge_lost(&side->judge, call);
        record(side, call, NULL);
        return LG_TARGET_LOST;
    }
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    record(side, call, seen);
    lg_judge_step(&side->judge, call, seen, &verdict);
    take_verdict(side, step, call, seen, &verdict);
    return reply;
}

static void pause_between(const struct lg_side *side, unsigned looks)
{
    const struct lg_target *target = &side->target;
    unsigned doublings = !target->real_time ? 0 : looks < 6 ? looks : 6;
    unsigned ms = (unsigned)PAUSE_MS << doublings;
    struct timespec pause = {0, (long)(ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS - 1) * 1000000};
    if (!(target->capabilities & LG_CAN_CLOCK) && !target->hasty)
        nanosleep(&pause, NULL);
}

static uint32_t result_of_look(const struct lg_call *started, const struct lg_outcome *look)
{
    uint64_t bit = look->fields[LG_JOB_FIELD_STATE].from;
    if (look->fault)
        return LG_RESULT_GONE;
    if (bit < (uint64_t)1 << LG_JOB_COMPLETED || bit >= (uint64_t)1 << LG_JOB_STATE_COUNT)
        return LG_RESULT_STILL_RUNNING;
    return lg_result_of_job((enum lg_method)started->method,
                            (enum lg_job_state)__builtin_ctzll(bit),
                            (uint32_t)look->fields[LG_JOB_FIELD_ERROR_CODE].from);
}

/* Looks at a job until it has ended. */
static enum lg_target_reply follow(struct lg_side *side, unsigned step,
                                   const struct lg_call *started, uint16_t job,
                                   struct lg_side_step *done, struct lg_json_error *reason)
{
    struct lg_call look = {.method = LG_CALL_READ_JOB, .vm = started->vm, .job = job};
    enum lg_target_reply reply = LG_TARGET_ANSWERED;
    done->result = LG_RESULT_STILL_RUNNING;
    for (unsigned i = 0; i < LOOKS_MAX && done->result == LG_RESULT_STILL_RUNNING; i++) {
        struct lg_outcome seen;
        reply = make(side, step, &look, false, &seen, reason);
        if (reply != LG_TARGET_ANSWERED)
            break;
        done->result = result_of_look(started, &seen);
        if (done->result == LG_RESULT_STILL_RUNNING)
            pause_between(side, i);
    }
    done->pending = done->result == LG_RESULT_STILL_RUNNING;
    return reply;
}

/* 4096 without a job: once more. */
static enum lg_target_reply ask_again(struct lg_side *side, unsigned step, struct lg_call *call,
                                      struct lg_outcome *seen, struct lg_json_error *reason)
{
    enum lg_target_reply reply = LG_TARGET_ANSWERED;
    for (unsigned i = 0; i < ASKS_MAX && reply == LG_TARGET_ANSWERED && !seen->fault &&
                         seen->return_value == 4096 && seen->answer != LG_ANSWERS_JOB;
         i++) {
        pause_between(side, i);
        reply = make(side, step, call, false, seen, reason);
    }
    return reply;
}

/* What the call came to, in one form whether it was done at once or by a job. */
static enum lg_target_reply settle(struct lg_side *side, unsigned step, bool wait,
                                   struct lg_call *call, struct lg_side_step *done,
                                   struct lg_json_error *reason)
{
    const struct lg_outcome *seen = &done->seen;
    if (call->method == LG_CALL_GET_KEY_PROTECTOR)
        return ask_again(side, step, call, &done->seen, reason);
    if (seen->fault || lg_methods[call->method].kind != LG_KIND_METHOD)
        return LG_TARGET_ANSWERED;
    done->has_result = true;
    done->result = lg_result_of_return((enum lg_method)call->method, seen->return_value);
    if (seen->answer != LG_ANSWERS_JOB || seen->return_value != 4096)
        return LG_TARGET_ANSWERED;
    done->pending = !wait;
    return wait ? follow(side, step, call, seen->job, done, reason) : LG_TARGET_ANSWERED;
}

/* ---- scripts ---- */

/* Whether every explanation has the VM, and a checkpoint of it where that is asked for. */
static bool is_there(const struct lg_side *side, uint16_t vm, bool checkpoint)
{
    const struct lg_oracle *oracle = &side->judge.oracle;
    for (unsigned i = 0; i < oracle->set_count; i++) {
        const struct lg_set *set = &oracle->sets[i];
        if (set->vm != vm)
            continue;
        for (uint32_t k = 0; k < set->count; k++) {
            const struct lg_vm *there = &set->elements[k].cell.vm;
            if (there->kind == LG_VM_NONE || (checkpoint && !(there->flags & LG_VM_HAS_CHECKPOINT)))
                return false;
        }
        return set->count > 0;
    }
    return false;
}

/* The call with the names that this target gave. False: its job was never started here, or it is
 * about the settings of a checkpoint or a template that nobody made and that has no name. */
static bool bind_call(const struct lg_side *side, const struct lg_script *script, unsigned step,
                      struct lg_call *call)
{
    *call = script->steps[step].call;
    if (call->identity == LG_ID_CHECKPOINT || call->identity == LG_ID_DEFINITION)
        return is_there(side, call->vm, call->identity == LG_ID_CHECKPOINT);
    if (lg_methods[call->method].target != LG_TARGET_JOB)
        return true;
    if (call->job >= LG_SCRIPT_LABELS || !side->jobs[call->job])
        return false;
    call->vm = lg_script_job_vm(script, call->job);
    call->job = side->jobs[call->job];
    return true;
}

static enum lg_target_reply run_step(struct lg_side *side, const struct lg_script *script,
                                     unsigned at, struct lg_json_error *reason)
{
    const struct lg_script_step *step = &script->steps[at];
    struct lg_side_step *done = &side->steps[at];
    uint16_t label = step->call.new_job;
    struct lg_call call;
    if (step->barrier)
        lg_judge_barrier(&side->judge);
    if (!bind_call(side, script, at, &call))
        return LG_TARGET_ANSWERED;
    enum lg_target_reply reply = make(side, at, &call, step->lose, &done->seen, reason);
    done->state = LG_STEP_ANSWERED;
    if (reply == LG_TARGET_ANSWERED && label && label < LG_SCRIPT_LABELS)
        side->jobs[label] = done->seen.answer == LG_ANSWERS_JOB ? done->seen.job : 0;
    if (reply == LG_TARGET_ANSWERED)
        reply = settle(side, at, step->settle, &call, done, reason);
    if (reply == LG_TARGET_LOST)
        done->state = LG_STEP_LOST;
    if (reply == LG_TARGET_REFUSED || reply == LG_TARGET_UNABLE)
        done->state = LG_STEP_REFUSED;
    return reply;
}

/* What no client can read, of an instrumented target. */
static enum lg_target_reply inspect(struct lg_side *side, unsigned at, struct lg_json_error *reason)
{
    enum lg_target_reply reply = LG_TARGET_ANSWERED;
    bool possible = side->target.capabilities & LG_CAN_INSPECT && !lg_is_recording(side->name);
    for (uint16_t vm = 0; possible && vm < LG_JUDGE_VMS && reply != LG_TARGET_GONE; vm++) {
        struct lg_call look = {.method = LG_CALL_INSPECT, .vm = vm};
        struct lg_outcome seen;
        if (lg_judge_has_vm(&side->judge, vm))
            reply = make(side, at, &look, false, &seen, reason);
    }
    return reply;
}

/* A recording begins with a host of 2016: what it is else, an event says. */
static void record_reset(struct lg_side *side)
{
    const struct lg_call become = {
        .method = LG_CALL_HOST_CHANGES, .vm = LG_VM_HOST, .requested = side->target.host.version};
    const struct lg_outcome nothing = {0};
    lg_recorder_reset(side->recorder);
    if (become.requested != LG_HOST_2016)
        record(side, &become, &nothing);
}

static bool start_over(struct lg_side *side, struct lg_json_error *reason)
{
    enum lg_target_reply reply = side->target.reset(&side->target, reason);
    side->judge.host = side->target.host;
    lg_judge_reset(&side->judge);
    side->before = side->judge.oracle.readings[0];
    memset(side->steps, 0, LG_SCRIPT_STEPS * sizeof *side->steps);
    memset(&side->offence, 0, sizeof side->offence);
    memset(side->jobs, 0, sizeof side->jobs);
    side->stopped_at = LG_SCRIPT_STEPS;
    side->sent = side->answered = 0;
    side->started = micros();
    if (side->recorder)
        record_reset(side);
    return reply == LG_TARGET_ANSWERED;
}

static bool is_done(const struct lg_side *side)
{
    return side->stop_at && side->offence.kind == side->stop_at;
}

bool lg_side_run(struct lg_side *side, const struct lg_script *script, struct lg_json_error *reason)
{
    enum lg_target_reply reply = LG_TARGET_ANSWERED;
    if (!start_over(side, reason))
        return false;
    for (unsigned at = 0; at < script->count && !is_done(side); at++) {
        reply = run_step(side, script, at, reason);
        if (reply == LG_TARGET_GONE)
            return false;
        if (reply == LG_TARGET_REFUSED || reply == LG_TARGET_UNABLE) {
            side->stopped_at = at;
            memcpy(side->refusal, reason->reason, sizeof side->refusal);
            break;
        }
    }
    if (!is_done(side))
        reply = inspect(side, script->count, reason);
    side->admitted = lg_judge_admitted(&side->judge);
    return reply != LG_TARGET_GONE;
}

bool lg_side_repeat(struct lg_side *side, const struct lg_script *script,
                    const struct lg_readings *before, struct lg_json_error *reason)
{
    struct lg_readings now = side->judge.oracle.readings[0];
    side->judge.oracle.readings[0] = *before;
    bool run = lg_side_run(side, script, reason);
    side->judge.oracle.readings[0] = now;
    return run;
}

bool lg_side_lacks(const struct lg_side *side, uint8_t method)
{
    return !side->taken[method] && side->refused[method] >= REFUSALS;
}

void lg_side_filter(struct lg_side *side, struct lg_script *script)
{
    struct lg_target *target = &side->target;
    struct lg_json_error reason;
    unsigned made = 0, kept = 0;
    for (unsigned i = 0; i < script->count; i++) {
        const struct lg_call *call = &script->steps[i].call;
        if (lg_side_lacks(side, call->method) ||
            (target->takes && !target->takes(target, call, made, &reason)))
            continue;
        made += lg_call_makes_vm(call->method);
        script->steps[kept++] = script->steps[i];
    }
    script->count = kept;
}
