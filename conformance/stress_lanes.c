/* Lanes: what all kinds share, and those of targets in this process. */
#include "stress_lanes.h"

#include <stdlib.h>
#include <string.h>

#include "side.h"
#include "workload.h"

bool lg_lanes_take(struct lg_lanes *lanes, const struct lg_call *call)
{
    struct lg_json_error reason;
    struct lg_target *lead = &lanes->lead;
    /* Who lists jobs sees those that made the VMs, if it was the harness that made them. */
    if (call->method == LG_CALL_LIST_JOBS && (lanes->host.flags & LG_HOST_UNCONTROLLED))
        return false;
    return !lanes->has_lead || !lead->takes || lead->takes(lead, call, 0, &reason);
}

enum lg_target_reply lg_lanes_reset(struct lg_lanes *lanes, struct lg_json_error *reason)
{
    return lanes->kind->reset(lanes, reason);
}

enum lg_target_reply lg_lanes_alone(struct lg_lanes *lanes, const struct lg_call *call,
                                    struct lg_outcome *seen, struct lg_json_error *reason)
{
    return lanes->kind->alone(lanes, call, seen, reason);
}

bool lg_lanes_send(struct lg_lanes *lanes, unsigned lane, const struct lg_call *call,
                   struct lg_json_error *reason)
{
    return lanes->kind->send(lanes, lane, call, reason);
}

enum lg_target_reply lg_lanes_next(struct lg_lanes *lanes, unsigned *lane, struct lg_outcome *seen,
                                   struct lg_json_error *reason)
{
    return lanes->kind->next(lanes, lane, seen, reason);
}

void lg_lanes_close(struct lg_lanes *lanes)
{
    if (lanes->kind)
        lanes->kind->close(lanes);
    if (lanes->has_lead && lanes->lead.self)
        lanes->lead.close(&lanes->lead);
}

bool lg_lanes_open(struct lg_lanes *lanes, const char *name, unsigned count, uint64_t random,
                   struct lg_blobs *blobs, const struct lg_wsman_options *options,
                   struct lg_json_error *reason, bool *usage)
{
    static const char stdio[] = "stdio:";
    *usage = false;
    *lanes = (struct lg_lanes){.count = count, .blobs = blobs, .random = random | 1};
    if (!options->given && strncmp(name, stdio, sizeof stdio - 1) == 0 && name[sizeof stdio - 1])
        return lg_lanes_pipe_open(lanes, name + sizeof stdio - 1, reason);
    lanes->has_lead = true;
    if (!lg_target_open(&lanes->lead, name, blobs, options, reason, usage))
        return false;
    lanes->capabilities = lanes->lead.capabilities;
    lanes->host = lanes->lead.host;
    return lg_is_http(name) ? lg_lanes_http_open(lanes, name, options, reason, usage)
                            : lg_lanes_queue_open(lanes, reason);
}

/* ---- model: and plugin: ---- */

struct waiting {
    struct lg_call call;
    bool there;
};

static enum lg_target_reply reset(struct lg_lanes *lanes, struct lg_json_error *reason)
{
    return lanes->lead.reset(&lanes->lead, reason);
}

static enum lg_target_reply alone(struct lg_lanes *lanes, const struct lg_call *call,
                                  struct lg_outcome *seen, struct lg_json_error *reason)
{
    return lanes->lead.call(&lanes->lead, call, seen, reason);
}

static bool send(struct lg_lanes *lanes, unsigned lane, const struct lg_call *call,
                 struct lg_json_error *reason)
{
    struct waiting *waiting = lanes->self;
    (void)reason;
    waiting[lane] = (struct waiting){*call, true};
    return true;
}

static enum lg_target_reply next(struct lg_lanes *lanes, unsigned *lane, struct lg_outcome *seen,
                                 struct lg_json_error *reason)
{
    struct waiting *waiting = lanes->self;
    unsigned at = lg_random_below(&lanes->random, lanes->count);
    while (!waiting[at].there)
        at = (at + 1) % lanes->count;
    waiting[at].there = false;
    *lane = at;
    return lanes->lead.call(&lanes->lead, &waiting[at].call, seen, reason);
}

static void close_queue(struct lg_lanes *lanes)
{
    free(lanes->self);
}

bool lg_lanes_queue_open(struct lg_lanes *lanes, struct lg_json_error *reason)
{
    static const struct lg_lanes_kind kind = {reset, alone, send, next, close_queue};
    lanes->kind = &kind;
    lanes->self = calloc(lanes->count, sizeof(struct waiting));
    return lanes->self ? true : lg_json_fail(reason, "no memory");
}
