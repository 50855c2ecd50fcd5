/* Targets: what vectors are driven through. */
#ifndef LG_TARGET_H
#define LG_TARGET_H

#include "model/trace_json.h"
#include "wsman_options.h"

enum lg_target_reply {
    LG_TARGET_ANSWERED,
    LG_TARGET_LOST,    /* no answer came in time */
    LG_TARGET_REFUSED, /* the target does not take this request; reason says why */
    LG_TARGET_UNABLE,  /* it cannot be brought to the target: nothing was tested; reason */
    LG_TARGET_GONE     /* the target ended, or speaks no sense: the harness cannot go on */
};

enum lg_capability {
    LG_CAN_EVENTS = 1,  /* takes events: a controlled target */
    LG_CAN_INSPECT = 2, /* tells digests of what no client can read */
    LG_CAN_SNAPSHOT = 4,
    LG_CAN_MATERIAL = 8, /* takes any bytes as material, and events say which are usable */
    LG_CAN_CLOCK = 16,   /* its time is virtual and only events move it */
    LG_CAN_CHOICES = 32  /* the model's choices can be scripted, call by call */
};

enum { LG_KEPT_MAX = 2 }; /* hosts that a target remembers at once */

struct lg_target {
    const char *name;      /* as given on the command line */
    unsigned capabilities; /* enum lg_capability; known once opened */
    struct lg_blobs *blobs;
    void *self;
    struct lg_host_word
        host;       /* what a reset host is, as far as the target tells; known once opened */
    bool real_time; /* its clock moves by itself */
    bool hasty;     /* each look at a job moves it: nobody has to wait between two */
    /* Microseconds of that clock. NULL, or false: it cannot be read, and the harness's own is used.
     */
    bool (*now)(struct lg_target *target, uint64_t *micros);
    /* Whether a step of a vector can be carried out at all, `made` VMs being made before it: if
     * not, the vector is skipped before anything is done. NULL: all can. */
    bool (*takes)(struct lg_target *target, const struct lg_call *call, unsigned made,
                  struct lg_json_error *reason);
    /* All fill reason when they return REFUSED, UNABLE or GONE. A target that can be inspected
     * takes the call Vm.Inspect. */
    enum lg_target_reply (*reset)(struct lg_target *target, struct lg_json_error *reason);
    enum lg_target_reply (*call)(struct lg_target *target, const struct lg_call *call,
                                 struct lg_outcome *seen, struct lg_json_error *reason);
    void (*close)(struct lg_target *target);
    /* Of one that can: the choices of the next calls; NULL: its own. */
    const uint8_t *choices;
    unsigned choice_count;
    /* Of one that can LG_CAN_SNAPSHOT, else NULL: remembers the host as it is, in place of what it
     * remembered as that number before; and goes back to it, as often as wanted. */
    enum lg_target_reply (*keep)(struct lg_target *target, unsigned number,
                                 struct lg_json_error *reason);
    enum lg_target_reply (*back)(struct lg_target *target, unsigned number,
                                 struct lg_json_error *reason);
};

/* Opens "model:", "model:PROFILE", "stdio:COMMAND", "plugin:FILE.so" or "http://HOST". blobs: the
 * run's bytes. options: of http:// only, kept as long as the target. False, with the reason;
 * *usage: the name or an option makes no sense. */
bool lg_target_open(struct lg_target *target, const char *name, struct lg_blobs *blobs,
                    const struct lg_wsman_options *options, struct lg_json_error *reason,
                    bool *usage);
bool lg_target_model_open(struct lg_target *target, enum lg_profile_id profile,
                          struct lg_json_error *reason);
/* The same with a profile of the caller's, which is copied; and another one from the next call on,
 * as an implementation that has read no page yet. */
bool lg_target_model_open_as(struct lg_target *target, const struct lg_profile *profile,
                             struct lg_json_error *reason);
void lg_target_model_read_as(struct lg_target *target, const struct lg_profile *profile);
bool lg_target_stdio_open(struct lg_target *target, const char *command,
                          struct lg_json_error *reason);
bool lg_target_wsman_open(struct lg_target *target, const char *url,
                          const struct lg_wsman_options *options, struct lg_json_error *reason,
                          bool *usage);

/* Says on standard output what was found on the host of an open http:// target, and what a run does
 * to it. */
void lg_target_wsman_tell(const struct lg_target *target);

#endif
