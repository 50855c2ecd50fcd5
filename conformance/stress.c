/* Several clients at work. */
#include "stress.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "interrupt.h"
#include "progress.h"
#include "workload.h"

enum { DRAWS_MAX = 100, PROGRESS_CALLS = 256 };

struct client {
    struct lg_trace_step step; /* under way */
    struct lg_workload_job job;
    bool busy;
};

struct stress {
    struct lg_lanes *lanes;
    struct lg_recorder *recorder;
    const struct lg_stress_options *options;
    struct lg_stress_figures *figures;
    struct client clients[LG_STRESS_CLIENTS_MAX];
    unsigned pending[LG_STRESS_VMS_MAX]; /* under way or lost, by VM */
    unsigned busy;
    unsigned sent; /* in this round */
    uint64_t random;
    uint64_t started;
    uint64_t last; /* no two moments are the same */
};

static uint64_t micros(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static uint64_t moment(struct stress *stress)
{
    uint64_t now = micros() - stress->started + 1;
    stress->last = now > stress->last ? now : stress->last + 1;
    return stress->last;
}

static bool is_over(const struct stress *stress)
{
    const struct lg_stress_options *options = stress->options;
    unsigned long most = options->calls ? options->calls : LG_STRESS_CALLS_MAX;
    return lg_interrupted() || stress->figures->calls >= most ||
           (options->seconds && micros() - stress->started >= (uint64_t)options->seconds * 1000000);
}

static void show_progress(const struct stress *stress)
{
    if (stress->figures->calls % PROGRESS_CALLS == 0)
        lg_progress_show(stress->options->progress, "%lu calls, %llu s", stress->figures->calls,
                         (unsigned long long)((micros() - stress->started) / 1000000));
}

/* ---- what is alone ---- */

static bool do_alone(struct stress *stress, const struct lg_call *call,
                     struct lg_json_error *reason)
{
    struct lg_trace_step step = {.call = *call, .reply = LG_REPLY_SEEN, .sent = moment(stress)};
    enum lg_target_reply reply = lg_lanes_alone(stress->lanes, call, &step.seen, reason);
    if (reply == LG_TARGET_LOST)
        lg_json_fail(reason, "%s.%s was not answered", lg_methods[call->method].class_name,
                     lg_methods[call->method].name);
    if (reply != LG_TARGET_ANSWERED)
        return false;
    step.answered = moment(stress);
    lg_recorder_step(stress->recorder, &step);
    return true;
}

/* A recording begins with a host of 2016: what it is else, an event says. */
static void tell_version(struct stress *stress)
{
    const struct lg_host_word *host = &stress->lanes->host;
    struct lg_trace_step step = {.reply = LG_REPLY_SEEN, .sent = moment(stress)};
    step.call.method = LG_CALL_HOST_CHANGES;
    step.call.vm = LG_VM_HOST;
    step.call.requested = host->version;
    step.answered = moment(stress);
    if (host->version != LG_HOST_2016)
        lg_recorder_step(stress->recorder, &step);
}

static bool begin_round(struct stress *stress, struct lg_json_error *reason)
{
    enum lg_target_reply reply = lg_lanes_reset(stress->lanes, reason);
    lg_recorder_reset(stress->recorder);
    tell_version(stress);
    memset(stress->clients, 0, sizeof stress->clients);
    memset(stress->pending, 0, sizeof stress->pending);
    stress->sent = 0;
    stress->figures->rounds++;
    for (unsigned vm = 0; reply == LG_TARGET_ANSWERED && vm < stress->options->vms; vm++) {
        const struct lg_call make = {
            .method = LG_CALL_VM_CREATED, .vm = (uint16_t)vm, .requested = 2};
        if (!do_alone(stress, &make, reason))
            return false;
    }
    return reply == LG_TARGET_ANSWERED;
}

static bool end_round(struct stress *stress, struct lg_json_error *reason)
{
    bool possible = stress->lanes->capabilities & LG_CAN_INSPECT;
    for (unsigned vm = 0; possible && vm < stress->options->vms; vm++) {
        const struct lg_call look = {.method = LG_CALL_INSPECT, .vm = (uint16_t)vm};
        if (!do_alone(stress, &look, reason))
            return false;
    }
    return true;
}

/* ---- calls ---- */

/* A VM that has room for one more call; -1: none. */
static int choose_vm(struct stress *stress)
{
    unsigned vms = stress->options->vms;
    unsigned first = lg_random_below(&stress->random, vms);
    for (unsigned i = 0; i < vms; i++)
        if (stress->pending[(first + i) % vms] < stress->options->pending)
            return (int)((first + i) % vms);
    return -1;
}

static bool choose_call(struct stress *stress, struct client *client, struct lg_call *call)
{
    for (unsigned i = 0; i < DRAWS_MAX; i++) {
        int vm = client->job.name ? client->job.vm : choose_vm(stress);
        if (vm < 0 || stress->pending[vm] >= stress->options->pending)
            return false;
        lg_workload_call(&stress->random, (uint16_t)vm, &client->job, call);
        if (lg_lanes_take(stress->lanes, call))
            return true;
    }
    return false;
}

static bool send_from(struct stress *stress, unsigned number, struct lg_json_error *reason)
{
    struct client *client = &stress->clients[number];
    struct lg_trace_step *step = &client->step;
    memset(step, 0, sizeof *step);
    if (!choose_call(stress, client, &step->call))
        return true;
    step->client = (uint16_t)(number + 1);
    step->sent = moment(stress);
    client->busy = true;
    stress->busy++;
    stress->sent++;
    stress->pending[step->call.vm]++;
    return lg_lanes_send(stress->lanes, number, &step->call, reason);
}

/* A client that is free may think for a while; one of them does not. */
static bool send_some(struct stress *stress, struct lg_json_error *reason)
{
    unsigned clients = stress->options->clients;
    unsigned first = lg_random_below(&stress->random, clients);
    for (unsigned i = 0; i < clients; i++) {
        unsigned number = (first + i) % clients;
        if (stress->clients[number].busy || stress->sent >= stress->options->round ||
            (stress->busy && lg_random_below(&stress->random, 4) == 0))
            continue;
        if (!send_from(stress, number, reason))
            return false;
    }
    return true;
}

static bool looks(const struct lg_call *call)
{
    return lg_methods[call->method].kind == LG_KIND_READ ||
           lg_methods[call->method].kind == LG_KIND_LIST ||
           call->method == LG_CALL_GET_KEY_PROTECTOR;
}

static void lose(struct stress *stress, struct client *client)
{
    struct lg_trace_step *step = &client->step;
    step->reply = LG_REPLY_LOST;
    step->call.new_job = 0;
    stress->figures->lost++;
    stress->pending[step->call.vm] += !looks(&step->call);
    lg_workload_heard(&client->job, &step->call, NULL);
    lg_recorder_step(stress->recorder, step);
}

static void refuse(struct stress *stress, struct client *client, const char *why)
{
    if (stress->figures->refused++ == 0)
        memcpy(stress->figures->refusal, why, sizeof stress->figures->refusal);
    client->job.name = 0;
}

static bool hear(struct stress *stress, struct lg_json_error *reason)
{
    unsigned number;
    struct lg_outcome seen;
    enum lg_target_reply reply = lg_lanes_next(stress->lanes, &number, &seen, reason);
    if (reply == LG_TARGET_GONE)
        return false;
    struct client *client = &stress->clients[number];
    struct lg_trace_step *step = &client->step;
    step->answered = moment(stress);
    client->busy = false;
    stress->busy--;
    stress->pending[step->call.vm]--;
    stress->figures->calls++;
    show_progress(stress);
    if (reply == LG_TARGET_LOST || (reply == LG_TARGET_ANSWERED &&
                                    lg_random_below(&stress->random, 1000) < stress->options->lose))
        lose(stress, client);
    else if (reply != LG_TARGET_ANSWERED)
        refuse(stress, client, reason->reason);
    else {
        step->reply = LG_REPLY_SEEN;
        step->seen = seen;
        step->call.new_job = seen.job;
        lg_workload_heard(&client->job, &step->call, &seen);
        lg_recorder_step(stress->recorder, step);
    }
    return true;
}

/* The target is gone: what is under way may have taken effect. */
static void give_up(struct stress *stress)
{
    for (unsigned i = 0; i < stress->options->clients; i++) {
        struct client *client = &stress->clients[i];
        if (!client->busy)
            continue;
        client->step.answered = moment(stress);
        client->busy = false;
        stress->figures->calls++;
        lose(stress, client);
    }
}

/* Until nothing is under way and no more is to be sent. */
static bool run_round(struct stress *stress, struct lg_json_error *reason)
{
    do {
        if (!is_over(stress) && !send_some(stress, reason))
            return false;
        if (stress->busy && !hear(stress, reason))
            return false;
    } while (stress->busy);
    return true;
}

bool lg_stress_run(struct lg_lanes *lanes, struct lg_recorder *recorder,
                   const struct lg_stress_options *options, struct lg_stress_figures *figures,
                   struct lg_json_error *reason)
{
    struct stress *stress = calloc(1, sizeof *stress);
    bool going = stress != NULL;
    memset(figures, 0, sizeof *figures);
    if (!stress)
        return lg_json_fail(reason, "no memory");
    stress->lanes = lanes;
    stress->recorder = recorder;
    stress->options = options;
    stress->figures = figures;
    stress->random = (uint64_t)options->seed * 0x9E3779B97F4A7C15u | 1;
    stress->started = micros();
    do
        going =
            begin_round(stress, reason) && run_round(stress, reason) && end_round(stress, reason);
    while (going && !is_over(stress));
    if (!going)
        give_up(stress);
    figures->seconds = (double)(micros() - stress->started) / 1e6;
    lg_progress_end(options->progress);
    free(stress);
    return going;
}
