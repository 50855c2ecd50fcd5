/* Histories of several clients on a simulated host: each call takes effect at one moment between
 * when it was sent and answered, or, its reply lost, at any moment from then on, or never. */
#ifndef LG_OVERLAPPING_H
#define LG_OVERLAPPING_H

#include "model/trace.h"

struct lg_history_options {
    uint64_t seed;
    unsigned clients;
    unsigned vms;
    unsigned calls;
    unsigned lost;    /* of the calls, about */
    unsigned pending; /* open or lost calls of one VM at most */
    bool jobs;        /* whatever may run as a job does */
};

/* Writes calls + vms steps, by when they were sent: the VMs are made first. False: no memory. */
bool lg_history_make(const struct lg_history_options *options, struct lg_trace_step *steps);

#endif
