/* Sorts transitions into classes. */
#include "classes.h"

#include <string.h>

/* How far a job is, as far as it matters here. */
enum stage { NO_JOB, LIVE, RESTING, CANCELLING, DONE, TERMINATED, KILLED, FAILED };

static uint8_t stage_of(const struct lg_job *job)
{
    if (!job)
        return NO_JOB;
    switch (job->state) {
    case LG_JOB_FREE: return NO_JOB;
    case LG_JOB_SUSPENDED:
    case LG_JOB_SERVICE: return RESTING;
    case LG_JOB_COMPLETED:
    case LG_JOB_COMPLETED_WITH_WARNINGS: return DONE;
    case LG_JOB_TERMINATED: return TERMINATED;
    case LG_JOB_KILLED: return KILLED;
    case LG_JOB_EXCEPTION: return FAILED;
    default: return job->flags & LG_JOB_WILL_TERMINATE ? CANCELLING : LIVE;
    }
}

static const struct lg_job *named(const struct lg_cell *cell, uint16_t name)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (cell->jobs[i].state != LG_JOB_FREE && cell->jobs[i].name == name)
            return &cell->jobs[i];
    return NULL;
}

/* The job that the call names, else one that is at work, else the one that the call started. */
static uint16_t job_concerned(const struct lg_call *call, const struct lg_cell *before,
                              const struct lg_outcome *outcome)
{
    if (lg_methods[call->method].target == LG_TARGET_JOB)
        return call->job;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (lg_job_is_live(&before->jobs[i]))
            return before->jobs[i].name;
    return outcome->answer == LG_ANSWERS_JOB ? call->new_job : 0;
}

struct lg_class_key lg_class_of(const struct lg_call *call, const struct lg_cell *before,
                                const struct lg_outcome *outcome, const struct lg_cell *after)
{
    struct lg_class_key key;
    uint16_t job = job_concerned(call, before, outcome);
    memset(&key, 0, sizeof key);
    key.method = call->method;
    key.requested = call->requested;
    key.vm = before->vm.kind == LG_VM_NONE ? 0 : (uint8_t)(1 + before->vm.power);
    key.clause = outcome->clause;
    key.cause = outcome->cause;
    key.code_from = outcome->return_value;
    key.code_to = outcome->return_to;
    key.fault = outcome->fault;
    key.answer = outcome->answer;
    if (job) {
        key.job_before = stage_of(named(before, job));
        key.job_after = stage_of(named(after, job));
    }
    return key;
}

static uint16_t *place_of(struct lg_classes *classes, const struct lg_class_key *key)
{
    enum { MASK = 2 * LG_CLASSES_MAX - 1 };
    const unsigned char *bytes = (const unsigned char *)key;
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < sizeof *key; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    uint32_t at = (hash ^ hash >> 15) & MASK;
    while (classes->index[at] &&
           memcmp(&classes->items[classes->index[at] - 1].key, key, sizeof *key) != 0)
        at = (at + 1) & MASK;
    return &classes->index[at];
}

struct lg_class *lg_classes_find(struct lg_classes *classes, const struct lg_class_key *key)
{
    uint16_t there = *place_of(classes, key);
    return there ? &classes->items[there - 1] : NULL;
}

static void add_example(struct lg_class *class, const struct lg_transition *transition)
{
    const struct lg_move *move = transition->move;
    for (unsigned i = 0; i < class->example_count; i++)
        if (class->examples[i].from == transition->from)
            return;
    if (class->example_count < LG_EXAMPLES_MAX)
        class->examples[class->example_count++] =
            (struct lg_step_back){transition->from, transition->call, (uint16_t)move->way,
                                  (uint16_t)move->observation, 0};
}

struct lg_class *lg_classes_add(struct lg_classes *classes,
                                const struct lg_exploration *exploration,
                                const struct lg_transition *transition)
{
    const struct lg_move *move = transition->move;
    if (transition->to == LG_NO_STATE || move->call->method == LG_CALL_INSPECT)
        return NULL;
    struct lg_class_key key = lg_class_of(move->call, move->from, move->pattern, &move->to);
    if (lg_methods[key.method].target == LG_TARGET_JOB && key.job_before == NO_JOB)
        return NULL;
    uint16_t *place = place_of(classes, &key);
    if (!*place) {
        lg_assert(classes->count < LG_CLASSES_MAX);
        classes->items[classes->count].key = key;
        classes->items[classes->count].depth = exploration->states.steps[transition->from].depth;
        *place = (uint16_t)++classes->count;
    }
    struct lg_class *class = &classes->items[*place - 1];
    add_example(class, transition);
    return class;
}
