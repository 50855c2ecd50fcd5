/* The simulator without its process: a host, its names, its choices. */
#ifndef LG_SIMULATOR_H
#define LG_SIMULATOR_H

#include "clock.h"
#include "model/host.h"
#include "model/recording.h"

enum lg_jobs_mode { LG_JOBS_AS_DRAWN, LG_JOBS_SYNC, LG_JOBS_ASYNC, LG_JOBS_RANDOM };

struct lg_simulator_options {
    enum lg_profile_id profile;
    enum lg_jobs_mode jobs;
    bool seeded; /* else every choice is the plain reading */
    uint64_t seed;
};

struct lg_simulator;

/* How a simulator carries out a call; the test-only program with planted faults puts its own in
 * place. */
void lg_simulator_step(struct lg_simulator *simulator, const struct lg_call *call,
                       struct lg_outcome *outcome);

enum { LG_TAPE_BYTES = 64 };

struct lg_simulator {
    struct lg_host host;
    struct lg_blobs blobs;
    struct lg_profile profile;
    struct lg_readings readings;
    struct lg_names names; /* of this target */
    struct lg_simulator_options options;
    struct lg_host_word word; /* of a host that was just reset */
    void *memory;
    uint64_t random;
    uint32_t jobs_made;   /* so that no name is used twice */
    uint32_t *job_serial; /* by job */
    uint32_t vm_serial[LG_VMS_MAX];
    uint32_t vms_made;
    uint32_t unseen_made;
    uint8_t tape[LG_TAPE_BYTES];
    const uint8_t *choices; /* of the next call, if it is scripted; or NULL */
    unsigned choice_count;
    struct lg_recorder *recorder; /* or NULL */
    const struct lg_clock *clock; /* or NULL: time moves by Time.Pass only, and begins at 0 */
    void (*step)(struct lg_simulator *simulator, const struct lg_call *call,
                 struct lg_outcome *outcome);
};

/* False: no memory. */
bool lg_simulator_init(struct lg_simulator *simulator, const struct lg_simulator_options *options);
void lg_simulator_free(struct lg_simulator *simulator);

/* A host without VMs; readings stay, as an implementation stays what it is. */
void lg_simulator_reset(struct lg_simulator *simulator);

/* Completes a call (the index for a VM that it makes, a job's VM, an exported image) and carries it
 * out. False: no room for another VM. */
bool lg_simulator_call(struct lg_simulator *simulator, struct lg_call *call,
                       struct lg_outcome *outcome);

/* The same with its choices scripted: at each choice of the model the number of the alternative,
 * after the last one the plain ones. Readings that were taken before bind it to nothing. */
bool lg_simulator_call_scripted(struct lg_simulator *simulator, struct lg_call *call,
                                const uint8_t *choices, unsigned count, struct lg_outcome *outcome);

/* A copy of everything that a call can change, and back. */
struct lg_snapshot;
struct lg_snapshot *lg_simulator_snapshot(const struct lg_simulator *simulator);
void lg_simulator_restore(struct lg_simulator *simulator, const struct lg_snapshot *snapshot);
void lg_snapshot_free(struct lg_snapshot *snapshot);

#endif
