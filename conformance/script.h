/* Scripts: calls in a row, for a target that may do each of them at once or by a job.
 *
 * Jobs are named by labels: call.new_job is the label of the job that the call may start, call.job
 * of later calls means the job with that label. A call whose job was never started is left out. */
#ifndef LG_SCRIPT_H
#define LG_SCRIPT_H

#include <stdio.h>

#include "model/recording.h"

enum {
    LG_SCRIPT_STEPS = 1024,
    LG_SCRIPT_LABELS = 1024, /* labels are below it; 0 is none */
    LG_SCRIPT_NAME_BYTES = 128
};

struct lg_script_step {
    struct lg_call call;
    bool settle;  /* a job that it starts is followed to its end before the next step */
    bool lose;    /* the reply is thrown away */
    bool barrier; /* what was lost takes no effect from here on */
};

struct lg_script {
    char name[LG_SCRIPT_NAME_BYTES];
    unsigned count;
    bool cut; /* it was longer: the rest is not in it */
    struct lg_script_step steps[LG_SCRIPT_STEPS];
};

struct lg_script_list {
    struct lg_script **items;
    size_t count;
    size_t capacity;
};

/* Empty, the name as printf. */
void lg_script_clear(struct lg_script *script, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a step; false when it is full. */
bool lg_script_add(struct lg_script *script, const struct lg_call *call, bool settle);

/* Whether a call may answer with a job. */
bool lg_call_may_start_job(const struct lg_call *call);

/* The VM that a label's job works on. */
uint16_t lg_script_job_vm(const struct lg_script *script, uint16_t label);

/* Adds what a file holds: .json a vector, .jsonl a recording (one script from each reset to the
 * next), .bin a script as bytes. False, with the reason. The list is the caller's to free. */
bool lg_scripts_load(struct lg_script_list *list, const char *path, struct lg_blobs *blobs,
                     struct lg_json_error *error);
/* The same of steps that are there already: looks at a job right after its start are what a
 * settled step makes by itself, so they leave. */
bool lg_scripts_of_steps(struct lg_script_list *list, const struct lg_trace_step *steps,
                         size_t count, const char *name);
void lg_scripts_free(struct lg_script_list *list);

#endif
