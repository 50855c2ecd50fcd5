/* Histories of several clients. */
#include "overlapping.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/workload.h"
#include "model/host.h"

enum { TAPE = 64, HALF_MAX_US = 400, PAUSE_US = 100, GIVEN_UP_US = 2000, LATE_US = 100000 };

struct client {
    uint64_t next; /* when it makes its next call */
    size_t last;   /* its last step + 1, to hear of */
    struct lg_workload_job job;
};

struct world {
    const struct lg_history_options *options;
    struct lg_trace_step *steps;
    uint64_t *effects; /* when each step takes effect; UINT64_MAX: never, or it did */
    size_t count;
    size_t first; /* no step before it has yet to take effect */
    struct lg_host host;
    struct lg_profile profile;
    struct lg_readings readings;
    struct client *clients;
    unsigned *pending; /* by VM: of lost calls */
    void *memory;
    uint64_t random;
};

static void take_effect(struct world *world, size_t at)
{
    struct lg_trace_step *step = &world->steps[at];
    struct lg_outcome outcome;
    struct lg_tape tape;
    uint8_t bytes[TAPE];
    for (unsigned i = 0; i < TAPE; i++)
        bytes[i] = (uint8_t)lg_random_below(&world->random, 256);
    lg_tape_start(&tape, &world->profile, &world->readings, bytes, TAPE);
    lg_host_step(&world->host, &step->call, &tape, &outcome, NULL);
    lg_readings_learn(&world->readings, &tape);
    world->effects[at] = UINT64_MAX;
    if (step->reply == LG_REPLY_LOST)
        return;
    step->seen = outcome;
    step->seen.clause = step->seen.cause = 0;
    if (step->call.method == LG_CALL_READ_JOB && outcome.answer == LG_ANSWERS_INSTANCE)
        step->seen.fields[LG_JOB_FIELD_AFFECTED] = (struct lg_field){step->call.vm, step->call.vm};
    step->call.new_job = outcome.job;
}

static size_t next_effect(struct world *world)
{
    size_t found = world->count;
    while (world->first < world->count && world->effects[world->first] == UINT64_MAX)
        world->first++;
    for (size_t i = world->first; i < world->count; i++)
        if (world->effects[i] != UINT64_MAX &&
            (found == world->count || world->effects[i] < world->effects[found]))
            found = i;
    return found;
}

static void effects_until(struct world *world, uint64_t now)
{
    for (size_t at; (at = next_effect(world)) < world->count && world->effects[at] <= now;)
        take_effect(world, at);
}

static unsigned open_calls(const struct world *world, unsigned vm)
{
    unsigned open = world->pending[vm];
    for (unsigned i = 0; i < world->options->clients; i++) {
        const struct client *client = &world->clients[i];
        open += client->last && world->steps[client->last - 1].call.vm == vm;
    }
    return open;
}

static bool looks(const struct lg_call *call)
{
    return lg_methods[call->method].kind == LG_KIND_READ ||
           call->method == LG_CALL_GET_KEY_PROTECTOR;
}

/* A VM that may have one call more, from one on; the number of VMs: none may. */
static unsigned vm_with_room(const struct world *world, unsigned from)
{
    const struct lg_history_options *options = world->options;
    for (unsigned i = 0; i < options->vms; i++) {
        unsigned vm = (from + i) % options->vms;
        if (open_calls(world, vm) < options->pending)
            return vm;
    }
    return options->vms;
}

/* A VM keeps room for one call that is answered. */
static bool loses_reply(struct world *world, unsigned vm)
{
    const struct lg_history_options *options = world->options;
    return lg_random_below(&world->random, options->calls) < options->lost &&
           world->pending[vm] + 1 < options->pending;
}

static void send(struct world *world, unsigned number)
{
    struct client *client = &world->clients[number];
    const struct lg_history_options *options = world->options;
    struct lg_trace_step *step = &world->steps[world->count];
    uint64_t *random = &world->random;
    const struct lg_trace_step *last = client->last ? &world->steps[client->last - 1] : NULL;
    if (last)
        lg_workload_heard(&client->job, &last->call,
                          last->reply == LG_REPLY_SEEN ? &last->seen : NULL);
    client->last = 0;
    unsigned vm = lg_random_below(random, options->vms);
    if (!client->job.name)
        vm = vm_with_room(world, vm);
    if (vm == options->vms) {
        client->next += PAUSE_US;
        return;
    }
    memset(step, 0, sizeof *step);
    lg_workload_call(random, (uint16_t)vm, &client->job, &step->call);
    vm = step->call.vm;
    step->client = (uint16_t)(number + 1);
    step->sent = client->next;
    step->reply = LG_REPLY_SEEN;
    uint64_t effect = step->sent + 1 + lg_random_below(random, HALF_MAX_US);
    step->answered = effect + 1 + lg_random_below(random, HALF_MAX_US);
    if (loses_reply(world, vm)) {
        step->reply = LG_REPLY_LOST;
        step->answered = step->sent + GIVEN_UP_US;
        effect =
            lg_random_below(random, 2) ? UINT64_MAX : step->sent + lg_random_below(random, LATE_US);
        world->pending[vm] += !looks(&step->call);
    }
    world->effects[world->count++] = effect;
    client->last = world->count;
    client->next = step->answered + 1 + lg_random_below(random, PAUSE_US);
}

static unsigned next_client(const struct world *world)
{
    unsigned found = 0;
    for (unsigned i = 1; i < world->options->clients; i++)
        if (world->clients[i].next < world->clients[found].next)
            found = i;
    return found;
}

static void make_vms(struct world *world)
{
    for (unsigned vm = 0; vm < world->options->vms; vm++) {
        struct lg_trace_step *step = &world->steps[world->count];
        memset(step, 0, sizeof *step);
        step->call.method = LG_CALL_VM_CREATED;
        step->call.vm = (uint16_t)lg_host_new_vm(&world->host);
        step->call.requested = 2;
        step->reply = LG_REPLY_SEEN;
        step->sent = 2 * (uint64_t)vm + 1;
        step->answered = step->sent + 1;
        take_effect(world, world->count++);
    }
    for (unsigned i = 0; i < world->options->clients; i++)
        world->clients[i].next = 2 * world->options->vms + 2 + i;
}

/* The plain reading of everything, so that only when jobs go on is drawn. */
static void pin(struct lg_profile *profile, bool jobs)
{
    if (jobs) {
        lg_profile_pin(profile, LG_SITE_execution, LG_ALT_execution_by_job);
        lg_profile_pin(profile, LG_SITE_place_of_state_errors,
                       LG_ALT_place_of_state_errors_at_call);
    }
    lg_profile_pin(profile, LG_SITE_concurrency, LG_ALT_concurrency_refused);
    for (unsigned site = 0; site < LG_SITE_COUNT; site++)
        for (unsigned i = 0; i < lg_sites[site].slots; i++) {
            uint16_t *allowed = &profile->allowed[lg_sites[site].slot + i];
            if (lg_sites[site].scope == LG_SCOPE_READING)
                *allowed &= (uint16_t)(~*allowed + 1u);
        }
}

static bool prepare(struct world *world, const struct lg_history_options *options)
{
    const struct lg_host_word word = {0};
    size_t count = options->calls + options->vms;
    memset(world, 0, sizeof *world);
    world->options = options;
    world->random = options->seed * 0x9E3779B97F4A7C15u + 1;
    world->memory = malloc(lg_host_bytes());
    world->effects = calloc(count, sizeof *world->effects);
    world->clients = calloc(options->clients, sizeof *world->clients);
    world->pending = calloc(options->vms, sizeof *world->pending);
    if (!world->memory || !world->effects || !world->clients || !world->pending)
        return false;
    lg_host_init(&world->host, world->memory, &word);
    lg_profile_load(&world->profile, LG_PROFILE_documented, LG_TAG_CONFORMS);
    pin(&world->profile, options->jobs);
    return true;
}

bool lg_history_make(const struct lg_history_options *options, struct lg_trace_step *steps)
{
    struct world world;
    bool ready = prepare(&world, options);
    world.steps = steps;
    if (ready)
        make_vms(&world);
    while (ready && world.count < options->calls + options->vms) {
        unsigned client = next_client(&world);
        effects_until(&world, world.clients[client].next);
        send(&world, client);
    }
    if (ready)
        effects_until(&world, UINT64_MAX - 1);
    free(world.memory);
    free(world.effects);
    free(world.clients);
    free(world.pending);
    return ready;
}
