/* The simulator without its process. */
#include "simulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/wsman/embedded.h"

/* ---- names: GUIDs whose third group tells what is named, the second which, the last its serial
 * ---- */

enum { KIND_VM = 0x4C47, KIND_CHECKPOINT = 0x4C43, KIND_JOB = 0x4C4A };

static void write_guid(unsigned kind, unsigned number, uint32_t serial, char *text)
{
    snprintf(text, LG_NAME_BYTES, "%08X-%04X-%04X-8000-0000%08X", serial * 2654435761u, number,
             kind, serial);
}

/* The number in a GUID of that kind, -1 if it is none; *serial as written. Case does not matter. */
static int read_guid(unsigned kind, const char *text, uint32_t *serial)
{
    unsigned mixed, number, found, last;
    char end;
    if (sscanf(text, "%8X-%4X-%4X-8000-0000%8X%c", &mixed, &number, &found, &last, &end) != 4)
        return -1;
    *serial = last;
    return found == kind && mixed == last * 2654435761u && strlen(text) == 36 ? (int)number : -1;
}

static int vm_of_kind(const struct lg_simulator *simulator, unsigned kind, const char *text)
{
    uint32_t serial;
    int vm = read_guid(kind, text, &serial);
    bool known = vm >= 0 && vm < simulator->host.vm_count && simulator->vm_serial[vm] == serial;
    return known ? vm : -1;
}

static int vm_of(void *context, const char *text)
{
    return vm_of_kind(context, KIND_VM, text);
}

static int checkpoint_of(void *context, const char *text)
{
    return vm_of_kind(context, KIND_CHECKPOINT, text);
}

static int job_of(void *context, const char *text)
{
    const struct lg_simulator *simulator = context;
    uint32_t serial;
    int job = read_guid(KIND_JOB, text, &serial);
    return job > 0 && simulator->job_serial[job] == serial ? job : -1;
}

static void write_vm(void *context, uint16_t vm, char *text)
{
    const struct lg_simulator *simulator = context;
    write_guid(KIND_VM, vm, vm < LG_VMS_MAX ? simulator->vm_serial[vm] : 0, text);
}

static void write_checkpoint(void *context, uint16_t vm, char *text)
{
    const struct lg_simulator *simulator = context;
    write_guid(KIND_CHECKPOINT, vm, simulator->vm_serial[vm], text);
}

static void write_job(void *context, uint16_t job, char *text)
{
    const struct lg_simulator *simulator = context;
    write_guid(KIND_JOB, job, simulator->job_serial[job], text);
}

static bool read_text(void *context, const char *text, size_t length, struct lg_call *call)
{
    const struct lg_simulator *simulator = context;
    return lg_embedded_read(&simulator->names, text, length, call);
}

static void set_names(struct lg_simulator *simulator)
{
    simulator->names = (struct lg_names){.context = simulator,
                                         .vm_of = vm_of,
                                         .job_of = job_of,
                                         .write_vm = write_vm,
                                         .write_job = write_job,
                                         .read_text = read_text,
                                         .checkpoint_of = checkpoint_of,
                                         .write_checkpoint = write_checkpoint,
                                         .blobs = &simulator->blobs,
                                         .raw = true};
}

/* ---- choices ---- */

static void pin_jobs(struct lg_profile *profile, unsigned execution, unsigned place)
{
    lg_profile_pin(profile, LG_SITE_execution, execution);
    lg_profile_pin(profile, LG_SITE_place_of_state_errors, place);
    lg_profile_pin(profile, LG_SITE_place_of_parameter_errors,
                   LG_ALT_place_of_parameter_errors_at_call);
}

/* What this program cannot do whatever the profile leaves open: its parser refuses these texts. */
static void pin_limits(struct lg_profile *profile)
{
    lg_profile_pin(profile, LG_SITE_setting_duplicate, LG_ALT_setting_duplicate_refused);
    profile->allowed[LG_SLOT_setting_too_long + 1] = 1u << LG_ALT_setting_too_long_refused;
}

static void load_profile(struct lg_simulator *simulator)
{
    struct lg_profile *profile = &simulator->profile;
    lg_profile_load(profile, simulator->options.profile, LG_TAG_CONFORMS);
    pin_limits(profile);
    if (simulator->options.jobs == LG_JOBS_SYNC)
        pin_jobs(profile, LG_ALT_execution_now, LG_ALT_place_of_state_errors_at_call);
    if (simulator->options.jobs == LG_JOBS_ASYNC)
        pin_jobs(profile, LG_ALT_execution_by_job, LG_ALT_place_of_state_errors_in_job);
}

/* xorshift64*; a seed of 0 is as good as any. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1Du;
}

static uint32_t fill_tape(struct lg_simulator *simulator)
{
    bool draws = simulator->options.seeded || simulator->options.jobs == LG_JOBS_RANDOM;
    for (unsigned i = 0; draws && i < LG_TAPE_BYTES; i += 8) {
        uint64_t word = next_random(&simulator->random);
        memcpy(simulator->tape + i, &word, 8);
    }
    return draws ? LG_TAPE_BYTES : 0;
}

/* Random jobs alone: only when and how jobs run is drawn, every reading is the plain one. */
static void pin_readings(struct lg_simulator *simulator)
{
    if (simulator->options.jobs != LG_JOBS_RANDOM || simulator->options.seeded)
        return;
    for (unsigned site = 0; site < LG_SITE_COUNT; site++) {
        uint16_t slot = lg_sites[site].slot;
        for (unsigned i = 0; lg_sites[site].scope == LG_SCOPE_READING && i < lg_sites[site].slots;
             i++, slot++)
            simulator->profile.allowed[slot] &= (uint16_t)(~simulator->profile.allowed[slot] + 1u);
    }
}

/* ---- life ---- */

bool lg_simulator_init(struct lg_simulator *simulator, const struct lg_simulator_options *options)
{
    memset(simulator, 0, sizeof *simulator);
    simulator->options = *options;
    simulator->random = options->seed ? options->seed * 0x9E3779B97F4A7C15u : 0x9E3779B97F4A7C15u;
    simulator->memory = malloc(lg_host_bytes());
    simulator->job_serial = calloc(LG_JOB_NAMES, sizeof *simulator->job_serial);
    simulator->step = lg_simulator_step;
    if (!simulator->memory || !simulator->job_serial || !lg_blobs_init(&simulator->blobs))
        return false;
    set_names(simulator);
    load_profile(simulator);
    pin_readings(simulator);
    lg_simulator_reset(simulator);
    return true;
}

void lg_simulator_free(struct lg_simulator *simulator)
{
    free(simulator->memory);
    free(simulator->job_serial);
    lg_blobs_free(&simulator->blobs);
}

void lg_simulator_reset(struct lg_simulator *simulator)
{
    lg_host_init(&simulator->host, simulator->memory, &simulator->word);
    memset(simulator->job_serial, 0, LG_JOB_NAMES * sizeof *simulator->job_serial);
    if (simulator->recorder)
        lg_recorder_reset(simulator->recorder);
}

/* ---- calls ---- */

static uint16_t make_protector(void *context)
{
    struct lg_simulator *simulator = context;
    return lg_blobs_make(&simulator->blobs, "host", ++simulator->unseen_made);
}

void lg_simulator_step(struct lg_simulator *simulator, const struct lg_call *call,
                       struct lg_outcome *outcome)
{
    struct lg_maker maker = {make_protector, simulator};
    struct lg_tape tape;
    if (simulator->choices) {
        struct lg_profile whole;
        lg_profile_load(&whole, simulator->options.profile, LG_TAG_CONFORMS);
        lg_tape_start(&tape, &whole, NULL, simulator->choices, simulator->choice_count);
        lg_host_step(&simulator->host, call, &tape, outcome, &maker);
        return;
    }
    lg_tape_start(&tape, &simulator->profile, &simulator->readings, simulator->tape,
                  fill_tape(simulator));
    lg_host_step(&simulator->host, call, &tape, outcome, &maker);
    lg_readings_learn(&simulator->readings, &tape);
}

static bool take_vm(struct lg_simulator *simulator, struct lg_call *call)
{
    int vm = lg_host_new_vm(&simulator->host);
    if (vm < 0)
        return false;
    call->vm = (uint16_t)vm;
    simulator->vm_serial[vm] = ++simulator->vms_made;
    return true;
}

static void record(struct lg_simulator *simulator, const struct lg_call *call,
                   const struct lg_outcome *outcome)
{
    struct lg_trace_step step = {.call = *call, .seen = *outcome, .reply = LG_REPLY_SEEN};
    if (simulator->recorder)
        lg_recorder_step(simulator->recorder, &step);
}

bool lg_simulator_call(struct lg_simulator *simulator, struct lg_call *call,
                       struct lg_outcome *outcome)
{
    struct lg_host *host = &simulator->host;
    if (simulator->clock)
        lg_clock_tick(simulator->clock, simulator, call->method);
    if (lg_call_makes_vm(call->method) && !take_vm(simulator, call))
        return false;
    if (lg_methods[call->method].target == LG_TARGET_JOB)
        call->vm = lg_host_job_vm(host, call->job);
    if (call->method == LG_CALL_VM_IMPORTED)
        lg_call_import(call, &host->cells[call->other].vm);
    simulator->step(simulator, call, outcome);
    if (outcome->answer == LG_ANSWERS_JOB)
        simulator->job_serial[outcome->job] = ++simulator->jobs_made;
    record(simulator, call, outcome);
    return true;
}

bool lg_simulator_call_scripted(struct lg_simulator *simulator, struct lg_call *call,
                                const uint8_t *choices, unsigned count, struct lg_outcome *outcome)
{
    simulator->choices = choices;
    simulator->choice_count = count;
    bool good = lg_simulator_call(simulator, call, outcome);
    simulator->choices = NULL;
    return good;
}

/* ---- snapshots ---- */

struct lg_snapshot {
    struct lg_simulator simulator;
    uint32_t job_serial[LG_JOB_NAMES];
    unsigned char memory[];
};

struct lg_snapshot *lg_simulator_snapshot(const struct lg_simulator *simulator)
{
    struct lg_snapshot *snapshot = malloc(sizeof *snapshot + lg_host_bytes());
    if (!snapshot)
        return NULL;
    snapshot->simulator = *simulator;
    memcpy(snapshot->job_serial, simulator->job_serial, sizeof snapshot->job_serial);
    memcpy(snapshot->memory, simulator->memory, lg_host_bytes());
    return snapshot;
}

/* Bytes and the recorder stay as they are: symbols never change their meaning. */
void lg_simulator_restore(struct lg_simulator *simulator, const struct lg_snapshot *snapshot)
{
    struct lg_blobs blobs = simulator->blobs;
    struct lg_recorder *recorder = simulator->recorder;
    memcpy(simulator->job_serial, snapshot->job_serial, sizeof snapshot->job_serial);
    memcpy(simulator->memory, snapshot->memory, lg_host_bytes());
    *simulator = snapshot->simulator;
    simulator->blobs = blobs;
    simulator->recorder = recorder;
}

void lg_snapshot_free(struct lg_snapshot *snapshot)
{
    free(snapshot);
}
