/* Several clients at work on one target, and the recording of what they did: calls with when they
 * were sent and answered, which overlap. */
#ifndef LG_STRESS_H
#define LG_STRESS_H

#include <stdio.h>

#include "model/recording.h"
#include "stress_lanes.h"

enum {
    LG_STRESS_CLIENTS_MAX = 512,
    LG_STRESS_VMS_MAX = 120,       /* a check keeps LG_CHECK_VMS apart */
    LG_STRESS_ROUND_MAX = 20000,   /* calls between two resets: each may start a job */
    LG_STRESS_CALLS_MAX = 10000000 /* of one recording */
};

struct lg_stress_options {
    unsigned clients; /* at most LG_STRESS_CLIENTS_MAX */
    unsigned vms;     /* at most LG_STRESS_VMS_MAX */
    unsigned pending; /* calls of one VM that are under way or whose replies are lost; at most
                         LG_PENDING_MAX */
    unsigned seconds; /* no call is sent after it; 0: no end */
    unsigned calls;   /* the same by number; 0: LG_STRESS_CALLS_MAX */
    unsigned round;   /* calls before the target is made new; at most LG_STRESS_ROUND_MAX */
    unsigned lose;    /* of 1,000 replies, how many are thrown away */
    unsigned seed;
    FILE *progress; /* a terminal, or NULL */
};

struct lg_stress_figures {
    unsigned long calls;
    unsigned long lost;
    unsigned long refused; /* by the target: nothing was done, and they are not recorded */
    unsigned long rounds;
    double seconds;
    char refusal[LG_REASON_BYTES]; /* the first */
};

/* Drives the target until the end that the options say, or an interrupt. False: it is gone, with
 * the reason; what was recorded until then is there. */
bool lg_stress_run(struct lg_lanes *lanes, struct lg_recorder *recorder,
                   const struct lg_stress_options *options, struct lg_stress_figures *figures,
                   struct lg_json_error *reason);

#endif
