/* Targets behind the line protocol, with their choices scripted. */
#include <stdlib.h>
#include <string.h>

#include "scripted.h"
#include "walk_choices.h"

enum { HERE, BEGINNING }; /* hosts that the target remembers */
enum { OWN_FROM = 1024, GIVEN_MAX = OWN_FROM - LG_WALK_NAMES_FROM };

struct scripted {
    struct lg_target *target;
    struct lg_json_error reason;
    bool gone;
    bool has_begun;
    uint16_t given[GIVEN_MAX];    /* the run's bytes by the walker's number */
    struct lg_choices starts_job; /* of a call that sets a new VM's protector */
};

/* ---- bytes: those that the walker gives, and the target's own ---- */

static uint16_t bytes_of(struct scripted *scripted, uint16_t name)
{
    if (name >= OWN_FROM)
        return (uint16_t)(name - OWN_FROM);
    if (name < LG_WALK_NAMES_FROM)
        return name;
    uint16_t *bytes = &scripted->given[name - LG_WALK_NAMES_FROM];
    if (!*bytes)
        *bytes = lg_blobs_make(scripted->target->blobs, "walker", name);
    return *bytes;
}

static uint16_t name_of(const struct scripted *scripted, uint16_t bytes)
{
    if (bytes <= LG_MATERIAL_COUNT || bytes >= LG_SYMBOL_UNSEEN)
        return bytes;
    for (unsigned i = 0; i < GIVEN_MAX && scripted->given[i]; i++)
        if (scripted->given[i] == bytes)
            return (uint16_t)(LG_WALK_NAMES_FROM + i);
    return (uint16_t)(OWN_FROM + bytes);
}

static void name_fields(const struct scripted *scripted, uint8_t method, struct lg_outcome *seen)
{
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++)
        if ((seen->shown >> i & 1) && lg_walk_is_symbol(method, i))
            seen->fields[i].from = seen->fields[i].to =
                name_of(scripted, (uint16_t)seen->fields[i].from);
}

static void note(struct scripted *scripted, enum lg_target_reply reply)
{
    if (reply == LG_TARGET_LOST)
        lg_json_fail(&scripted->reason, "no answer came in time");
    scripted->gone |= reply != LG_TARGET_ANSWERED;
}

/* ---- jobs: the target's first is one that is no more ---- */

static uint16_t job_of(uint16_t name)
{
    return name == LG_NO_MORE_A_JOB ? 1 : (uint16_t)(name + 1);
}

static void name_jobs(const struct lg_call *call, struct lg_outcome *seen)
{
    if (seen->answer == LG_ANSWERS_JOB)
        seen->job--;
    for (unsigned i = 0; call->method == LG_CALL_LIST_JOBS && i < seen->list_count; i++)
        seen->list[i]--;
}

/* ---- what a walk asks for ---- */

static enum lg_target_reply ask(struct scripted *scripted, const struct lg_call *call,
                                const struct lg_choices *choices, struct lg_outcome *seen)
{
    struct lg_target *target = scripted->target;
    target->choices = choices->bytes;
    target->choice_count = choices->count;
    memset(seen, 0, sizeof *seen);
    return target->call(target, call, seen, &scripted->reason);
}

/* A host without a VM and a job that has had both: their names can be said. */
static void reset_target(void *self)
{
    static const struct lg_choices plain;
    struct scripted *scripted = self;
    const struct {
        struct lg_call call;
        const struct lg_choices *choices;
    } steps[] = {
        {{.method = LG_CALL_VM_CREATED, .requested = 2}, &plain},
        {{.method = LG_CALL_SET_KEY_PROTECTOR, .symbol = 1, .new_job = 1}, &scripted->starts_job},
        {{.method = LG_CALL_PROVIDER_STOPS, .vm = LG_VM_HOST}, &plain},
        {{.method = LG_CALL_PROVIDER_STARTS, .vm = LG_VM_HOST}, &plain},
        {{.method = LG_CALL_VM_REMOVED}, &plain}};
    struct lg_target *target = scripted->target;
    struct lg_outcome seen;
    if (scripted->has_begun) {
        note(scripted, target->back(target, BEGINNING, &scripted->reason));
        return;
    }
    scripted->has_begun = true;
    note(scripted, target->reset(target, &scripted->reason));
    for (size_t i = 0; !scripted->gone && i < sizeof steps / sizeof steps[0]; i++)
        note(scripted, ask(scripted, &steps[i].call, steps[i].choices, &seen));
    note(scripted, target->keep(target, BEGINNING, &scripted->reason));
}

/* What does not answer shows a fault that no call allows. */
static void call_target(void *self, const struct lg_call *given, const uint8_t *choices,
                        unsigned count, struct lg_outcome *seen)
{
    struct scripted *scripted = self;
    struct lg_choices taken = {.count = count};
    struct lg_call made = *given;
    memset(seen, 0, sizeof *seen);
    seen->fault = UINT8_MAX;
    if (scripted->gone)
        return;
    memcpy(taken.bytes, choices, count);
    made.symbol = bytes_of(scripted, made.symbol);
    if (made.method == LG_CALL_PROTECTORS_SHARE_OWNER)
        made.other = bytes_of(scripted, made.other);
    if (lg_methods[made.method].target == LG_TARGET_JOB)
        made.job = job_of(made.job);
    made.new_job = job_of(made.new_job);
    enum lg_target_reply reply = ask(scripted, &made, &taken, seen);
    if (made.method == LG_CALL_INSPECT && reply == LG_TARGET_REFUSED) { /* no VM is there */
        seen->fault = LG_FAULT_NOT_FOUND;
        return;
    }
    note(scripted, reply);
    name_jobs(&made, seen);
    if (seen->answer == LG_ANSWERS_BYTES)
        seen->symbol = name_of(scripted, seen->symbol);
    name_fields(scripted, made.method, seen);
}

static void keep(void *self)
{
    struct scripted *scripted = self;
    note(scripted, scripted->target->keep(scripted->target, HERE, &scripted->reason));
}

static void back(void *self)
{
    struct scripted *scripted = self;
    note(scripted, scripted->target->back(scripted->target, HERE, &scripted->reason));
}

static const char *failure(void *self)
{
    const struct scripted *scripted = self;
    return scripted->gone ? scripted->reason.reason : NULL;
}

static bool take_job(void *context, const struct lg_move *move)
{
    if (move->seen.answer != LG_ANSWERS_JOB)
        return true;
    lg_choices_of_move(move, context);
    return false;
}

/* False: no memory. */
static bool find_job_starter(struct lg_choices *choices)
{
    static const struct lg_call set = {
        .method = LG_CALL_SET_KEY_PROTECTOR, .symbol = 1, .new_job = 1};
    struct lg_moves *moves = lg_moves_new();
    struct lg_profile profile;
    struct lg_cell cell;
    lg_world_start(&cell);
    cell.vm.kind = LG_VM_REALIZED;
    cell.vm.generation = 2;
    lg_profile_load(&profile, LG_PROFILE_documented, LG_TAG_CONFORMS);
    if (moves)
        lg_moves_walk(moves, &profile, &cell, &set, LG_TIMES_HIDDEN, take_job, choices);
    lg_moves_free(moves);
    return moves != NULL;
}

bool lg_scripted_target_open(struct lg_scripted *scripted, struct lg_target *target,
                             struct lg_json_error *reason)
{
    enum { NEEDED = LG_CAN_EVENTS | LG_CAN_INSPECT | LG_CAN_SNAPSHOT | LG_CAN_CHOICES };
    if ((target->capabilities & NEEDED) != NEEDED || !target->keep)
        return lg_json_fail(reason, "it does not offer events, inspect, snapshot and choices");
    struct scripted *self = calloc(1, sizeof *self);
    if (!self)
        return lg_json_fail(reason, "no memory");
    self->target = target;
    if (!find_job_starter(&self->starts_job)) {
        free(self);
        return lg_json_fail(reason, "no memory");
    }
    *scripted =
        (struct lg_scripted){self, reset_target, call_target, keep, back, free, failure, false};
    return true;
}
