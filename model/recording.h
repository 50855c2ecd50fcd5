/* Recordings: what was asked of a target and what it answered, a JSON line each, the first one a
 * header. */
#ifndef LG_RECORDING_H
#define LG_RECORDING_H

#include <stdio.h>

#include "trace_json.h"

/* What is written; earlier formats are read for ever. 2: bytes may be given by their digest. */
#define LG_RECORDING_FORMAT "lastgood-recording/2"
enum { LG_RECORDING_VERSION = 2 };

struct lg_recorder {
    FILE *file;
    struct lg_names names; /* of scripts */
    uint64_t steps;
    bool digests; /* what targets hand out is kept as digests; set after lg_recorder_start */
};

/* Writes the header. `target` and `profile` describe what is recorded. False: the file cannot be
 * written. */
bool lg_recorder_start(struct lg_recorder *recorder, FILE *file, struct lg_blobs *blobs,
                       const char *target, const char *profile);

/* The same for calls of several clients, their times by the clients' clock; virtual_clock: the
 * target's is moved by events. */
bool lg_recorder_start_clients(struct lg_recorder *recorder, FILE *file, struct lg_blobs *blobs,
                               const char *target, bool virtual_clock);

/* Writes one step, or that the target was reset. */
void lg_recorder_step(struct lg_recorder *recorder, const struct lg_trace_step *step);
void lg_recorder_reset(struct lg_recorder *recorder);

enum lg_recorded { LG_RECORDED_END, LG_RECORDED_STEP, LG_RECORDED_RESET, LG_RECORDED_ERROR };

struct lg_recording {
    FILE *file;
    struct lg_names names;
    char *line;
    size_t capacity;
    unsigned number;    /* of the line last read */
    bool virtual_clock; /* times are the clients' own: they order calls, and say nothing of the
                           target's clock */
};

/* Reads the header; then one line after the other. Errors name the line. */
bool lg_recording_open(struct lg_recording *recording, FILE *file, struct lg_blobs *blobs,
                       struct lg_json_error *error);
enum lg_recorded lg_recording_next(struct lg_recording *recording, struct lg_trace_step *step,
                                   struct lg_json_error *error);
void lg_recording_close(struct lg_recording *recording);

#endif
