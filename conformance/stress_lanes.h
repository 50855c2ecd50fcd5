/* Lanes to one target: a call may be under way on each of them at the same time. model: and
 * plugin: have the calls that wait done in any order; stdio: sends requests without waiting for
 * answers; http:// has a connection for each lane. */
#ifndef LG_STRESS_LANES_H
#define LG_STRESS_LANES_H

#include "bound_names.h"
#include "target.h"

struct lg_lanes;

struct lg_lanes_kind {
    enum lg_target_reply (*reset)(struct lg_lanes *lanes, struct lg_json_error *reason);
    enum lg_target_reply (*alone)(struct lg_lanes *lanes, const struct lg_call *call,
                                  struct lg_outcome *seen, struct lg_json_error *reason);
    bool (*send)(struct lg_lanes *lanes, unsigned lane, const struct lg_call *call,
                 struct lg_json_error *reason);
    enum lg_target_reply (*next)(struct lg_lanes *lanes, unsigned *lane, struct lg_outcome *seen,
                                 struct lg_json_error *reason);
    void (*close)(struct lg_lanes *lanes);
};

struct lg_lanes {
    const struct lg_lanes_kind *kind; /* NULL: not open */
    void *self;
    unsigned count;
    unsigned capabilities;    /* enum lg_capability */
    struct lg_host_word host; /* what a reset target is */
    struct lg_blobs *blobs;
    struct lg_target lead; /* of kinds that have one */
    bool has_lead;
    uint64_t random; /* of those that choose an order: not zero */
};

/* Opens a target as lg_target_open does, for `count` calls at once. `random` seeds the choices of
 * the lanes. To be closed in either case. */
bool lg_lanes_open(struct lg_lanes *lanes, const char *name, unsigned count, uint64_t random,
                   struct lg_blobs *blobs, const struct lg_wsman_options *options,
                   struct lg_json_error *reason, bool *usage);
void lg_lanes_close(struct lg_lanes *lanes);

/* While nothing is under way: everything anew; one call or event, Vm.Inspect included. */
enum lg_target_reply lg_lanes_reset(struct lg_lanes *lanes, struct lg_json_error *reason);
enum lg_target_reply lg_lanes_alone(struct lg_lanes *lanes, const struct lg_call *call,
                                    struct lg_outcome *seen, struct lg_json_error *reason);

/* Whether the call can be brought to the target at all. */
bool lg_lanes_take(struct lg_lanes *lanes, const struct lg_call *call);

/* Sends a call on a lane that has none under way. False: the target is gone; the reason. */
bool lg_lanes_send(struct lg_lanes *lanes, unsigned lane, const struct lg_call *call,
                   struct lg_json_error *reason);

/* Waits for the end of one of the calls under way, of which there is one at least. */
enum lg_target_reply lg_lanes_next(struct lg_lanes *lanes, unsigned *lane, struct lg_outcome *seen,
                                   struct lg_json_error *reason);

/* The kinds. */
bool lg_lanes_queue_open(struct lg_lanes *lanes, struct lg_json_error *reason);
bool lg_lanes_pipe_open(struct lg_lanes *lanes, const char *command, struct lg_json_error *reason);
bool lg_lanes_http_open(struct lg_lanes *lanes, const char *url,
                        const struct lg_wsman_options *options, struct lg_json_error *reason,
                        bool *usage);

#endif
