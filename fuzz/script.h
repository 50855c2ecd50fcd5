/* Scripts of fuzz inputs: calls from the front, a tape from the back (model/trace.h). */
#ifndef LG_FUZZ_SCRIPT_H
#define LG_FUZZ_SCRIPT_H

#include "model/trace.h"

/* VMs of a script; more steps are left to the tape. Calls name one of the last three jobs. */
enum {
    LG_SCRIPT_VMS = 4,
    LG_FUZZ_STEPS_MAX = 64,
    LG_FUZZ_JOBS_MAX = 256,
    LG_SCRIPT_JOBS = 3,
    LG_SCRIPT_NEWEST_JOB = LG_SCRIPT_JOBS
};

struct lg_script {
    struct lg_call calls[LG_FUZZ_STEPS_MAX];
    size_t count;
    const uint8_t *tape; /* of the input's bytes, not owned */
    uint32_t tape_length;
};
void lg_script_read(struct lg_script *script, const uint8_t *bytes, size_t length);

/* What a script did so far, as far as names go. */
struct lg_script_names {
    uint16_t job_count;
    uint16_t job_vms[LG_FUZZ_JOBS_MAX]; /* by job */
    bool made[LG_SCRIPT_VMS];
    bool unnamed[LG_SCRIPT_VMS];     /* a job makes the VM, and has not said what it is called */
    bool checkpoints[LG_SCRIPT_VMS]; /* the VM has one that can be named */
};

/* Puts real names into a call: a job is one of those started, its VM the one that it works on. A VM
 * is made once, under its number; whoever asks for one that nobody made has it made before: *make
 * is filled then and *makes set. False: the call names a job while there is none, a VM that has no
 * name yet, or makes a VM twice. */
bool lg_script_aim(struct lg_script_names *names, struct lg_call *call, struct lg_call *make,
                   bool *makes);

/* What an answer names first. */
void lg_script_learn(struct lg_script_names *names, const struct lg_call *call,
                     const struct lg_outcome *seen);

#endif
