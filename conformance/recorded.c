/* Recordings in memory. */
#include "recorded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool add_step(struct lg_recorded_steps *recorded, const struct lg_trace_step *step)
{
    if (recorded->count == recorded->capacity) {
        size_t capacity = recorded->capacity ? recorded->capacity * 2 : 256;
        struct lg_trace_step *steps = capacity > 2 * (size_t)LG_RECORDED_STEPS_MAX
                                          ? NULL
                                          : realloc(recorded->steps, capacity * sizeof *steps);
        if (!steps)
            return false;
        recorded->steps = steps;
        recorded->capacity = capacity;
    }
    recorded->steps[recorded->count++] = *step;
    return true;
}

static bool add_part(struct lg_recorded_steps *recorded)
{
    if (recorded->part_count && recorded->parts[recorded->part_count - 1] == recorded->count)
        return true;
    if (recorded->part_count == recorded->part_capacity) {
        size_t capacity = recorded->part_capacity ? recorded->part_capacity * 2 : 64;
        size_t *parts = realloc(recorded->parts, capacity * sizeof *parts);
        if (!parts)
            return false;
        recorded->parts = parts;
        recorded->part_capacity = capacity;
    }
    recorded->parts[recorded->part_count++] = recorded->count;
    return true;
}

static bool read_steps(struct lg_recorded_steps *recorded, struct lg_recording *recording,
                       struct lg_json_error *error)
{
    struct lg_trace_step step;
    bool room = add_part(recorded);
    enum lg_recorded kind;
    while (room && ((kind = lg_recording_next(recording, &step, error)) == LG_RECORDED_STEP ||
                    kind == LG_RECORDED_RESET))
        room = kind == LG_RECORDED_RESET     ? add_part(recorded)
               : step.reply == LG_REPLY_NONE ? room
                                             : add_step(recorded, &step);
    if (!room)
        return lg_json_fail(error, "the recording is too long, or memory is short");
    return kind == LG_RECORDED_END;
}

bool lg_recorded_load(struct lg_recorded_steps *recorded, const char *path, struct lg_blobs *blobs,
                      struct lg_json_error *error)
{
    struct lg_recording recording;
    memset(recorded, 0, sizeof *recorded);
    FILE *file = fopen(path, "r");
    if (!file)
        return lg_json_fail(error, "%.120s: %s", path, strerror(errno));
    bool read = lg_recording_open(&recording, file, blobs, error) &&
                read_steps(recorded, &recording, error);
    lg_recording_close(&recording);
    return read;
}

void lg_recorded_free(struct lg_recorded_steps *recorded)
{
    free(recorded->steps);
    free(recorded->parts);
}

/* ---- the target ---- */

struct replay {
    struct lg_recorded_steps recorded;
    size_t part; /* the next one */
    size_t at;
    size_t end;
    bool answered; /* the clock shows the end of the last step, else the beginning of the next */
};

static enum lg_target_reply reset(struct lg_target *target, struct lg_json_error *reason)
{
    struct replay *replay = target->self;
    const struct lg_recorded_steps *recorded = &replay->recorded;
    if (replay->part == recorded->part_count) {
        lg_json_fail(reason, "the recording has no further part");
        return LG_TARGET_GONE;
    }
    replay->at = recorded->parts[replay->part++];
    replay->end =
        replay->part < recorded->part_count ? recorded->parts[replay->part] : recorded->count;
    replay->answered = false;
    return LG_TARGET_ANSWERED;
}

static bool is_same_call(const struct lg_call *a, const struct lg_call *b)
{
    struct lg_call left = *a, right = *b;
    left.new_job = right.new_job = 0;
    if (lg_methods[left.method].target == LG_TARGET_JOB)
        left.vm = right.vm = 0;
    return memcmp(&left, &right, sizeof left) == 0;
}

static enum lg_target_reply call(struct lg_target *target, const struct lg_call *made,
                                 struct lg_outcome *seen, struct lg_json_error *reason)
{
    struct replay *replay = target->self;
    const struct lg_trace_step *step = &replay->recorded.steps[replay->at];
    if (replay->at == replay->end || !is_same_call(made, &step->call)) {
        lg_json_fail(reason, "the recording does not go on with this call");
        return LG_TARGET_UNABLE;
    }
    replay->at++;
    replay->answered = true;
    *seen = step->seen;
    return step->reply == LG_REPLY_LOST ? LG_TARGET_LOST : LG_TARGET_ANSWERED;
}

static bool now(struct lg_target *target, uint64_t *micros)
{
    struct replay *replay = target->self;
    if (replay->answered)
        *micros = replay->recorded.steps[replay->at - 1].answered;
    else
        *micros = replay->at < replay->end ? replay->recorded.steps[replay->at].sent : 0;
    replay->answered = false;
    return true;
}

static void close_replay(struct lg_target *target)
{
    struct replay *replay = target->self;
    lg_recorded_free(&replay->recorded);
    free(replay);
}

bool lg_is_recording(const char *name)
{
    size_t length = strlen(name);
    return length > 6 && strcmp(name + length - 6, ".jsonl") == 0 && !strchr(name, ':');
}

bool lg_target_recorded_open(struct lg_target *target, const char *path,
                             struct lg_json_error *reason)
{
    struct replay *replay = calloc(1, sizeof *replay);
    if (!replay)
        return lg_json_fail(reason, "no memory");
    target->self = replay;
    target->capabilities =
        LG_CAN_EVENTS | LG_CAN_INSPECT | LG_CAN_MATERIAL | LG_CAN_CLOCK | LG_CAN_SNAPSHOT;
    target->reset = reset;
    target->call = call;
    target->now = now;
    target->close = close_replay;
    if (!lg_recorded_load(&replay->recorded, path, target->blobs, reason))
        return false;
    target->real_time = replay->recorded.count && replay->recorded.steps[0].answered;
    return true;
}
