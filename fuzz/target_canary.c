/* A simulator with a planted fault is blamed by the oracle: a harness that does not find this
 * within a minute, from nothing, is broken. LASTGOOD_FAULT=NAME plants another one, none nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "judged.h"
#include "renew.h"
#include "sim/faulty/planted.h"
#include "simulators.h"

struct fault {
    const char *name;
    bool async;
    lg_fault_step *step;
};
enum { JOBS_SYNC, JOBS_ASYNC };

static const struct fault faults[] = {
    {"none", JOBS_SYNC, lg_simulator_step},
#define LG_FAULT(name, clause, jobs, sentence) {#name, JOBS_##jobs, lg_fault_##name},
#include "sim/faulty/faults.def"
#undef LG_FAULT
#define LG_PLANTED(name, clause, sentence) {#name, JOBS_SYNC, lg_planted_step_##name},
#include "sim/faulty/planted.def"
#undef LG_PLANTED
};

static const struct fault *chosen(void)
{
    const char *name = getenv("LASTGOOD_FAULT");
    for (unsigned i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (strcmp(faults[i].name, name ? name : "policy_clears_last_known_good") == 0)
            return &faults[i];
    lg_find("no such fault: %s", name);
}

static void plant(struct lg_simulator *simulator, const struct fault *fault)
{
    simulator->step = fault->step;
    if (fault->async) {
        lg_profile_pin(&simulator->profile, LG_SITE_execution, LG_ALT_execution_by_job);
        lg_profile_pin(&simulator->profile, LG_SITE_place_of_state_errors,
                       LG_ALT_place_of_state_errors_in_job);
    }
}

/* What faults remember of a VM is kept under its serial, and serials begin anew with each input. */
static void forget(const struct lg_simulator *simulator)
{
    lg_fault_counts_of(simulator);
    for (unsigned vm = 0; vm <= LG_SCRIPT_VMS; vm++)
        lg_planted_memory_of(simulator, vm < LG_SCRIPT_VMS ? (uint16_t)vm : LG_VM_HOST);
}

/* Such a call takes as long as a hundred others, and other targets make it. */
static bool is_large(const struct lg_call *call)
{
    enum { LARGE_BYTES = 1 << 19 };
    return (call->setting_flags & LG_TEXT_HUGE) ||
           (call->symbol && lg_materials[call->symbol - 1].length >= LARGE_BYTES);
}

static void pass_over_large(struct lg_script *script)
{
    size_t count = 0;
    for (size_t i = 0; i < script->count; i++)
        if (!is_large(&script->calls[i]))
            script->calls[count++] = script->calls[i];
    script->count = count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const struct fault *fault;
    static struct lg_simulator simulator;
    static struct lg_blobs blobs;
    static struct lg_target target;
    static struct lg_script script;
    if (!fault) {
        fault = chosen();
        lg_blobs_renew(&blobs);
        lg_simulator_renew(&simulator);
        lg_lines_of_simulator(&target, &simulator, &blobs);
    }
    lg_blobs_renew(&blobs);
    lg_simulator_renew(&simulator);
    forget(&simulator);
    plant(&simulator, fault);
    lg_script_read(&script, bytes, length);
    pass_over_large(&script);
    lg_judged_run(&target, &script);
    return 0;
}
