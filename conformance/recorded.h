/* A recording as a whole: its steps in memory, and as a target that answers what was recorded. */
#ifndef LG_RECORDED_H
#define LG_RECORDED_H

#include "model/recording.h"
#include "target.h"

enum { LG_RECORDED_STEPS_MAX = 1000000 };

struct lg_recorded_steps {
    struct lg_trace_step *steps;
    size_t count;
    size_t capacity;
    size_t *parts; /* where a part begins: after each reset */
    size_t part_count;
    size_t part_capacity;
};

/* Reads a whole recording. False, with the reason; freed by lg_recorded_free in either case. */
bool lg_recorded_load(struct lg_recorded_steps *recorded, const char *path, struct lg_blobs *blobs,
                      struct lg_json_error *error);
void lg_recorded_free(struct lg_recorded_steps *recorded);

/* Opens a recording as a target: each reset goes to its next part, and a call is answered if it is
 * the next one there; else it is refused. The part that a reset comes to is *part, from 0. */
bool lg_target_recorded_open(struct lg_target *target, const char *path,
                             struct lg_json_error *reason);

/* Whether a target's name is that of a recording. */
bool lg_is_recording(const char *name);

#endif
