/* lastgood-sim-faulty: lastgood-sim with one planted fault, to prove that the oracle sees it.
 * Test-only. */
#include <stdio.h>
#include <string.h>

#include "faults.h"
#include "model/suggest.h"
#include "planted.h"
#include "sim/options.h"

struct fault {
    const char *name;
    const char *clause;
    const char *sentence;
    bool async;
    lg_fault_step *step;
};

enum { JOBS_SYNC, JOBS_ASYNC };

static const struct fault faults[] = {
#define LG_FAULT(name, clause, jobs, sentence)                                                     \
    {#name, #clause, sentence, JOBS_##jobs, lg_fault_##name},
#include "faults.def"
#undef LG_FAULT
#define LG_PLANTED(name, clause, sentence)                                                         \
    {#name, #clause, sentence, JOBS_SYNC, lg_planted_step_##name},
#include "planted.def"
#undef LG_PLANTED
};
enum { FAULT_COUNT = sizeof faults / sizeof faults[0] };

static const struct fault *planted;

static int list_faults(const char *value)
{
    (void)value;
    for (unsigned i = 0; i < FAULT_COUNT; i++)
        printf("%s\t%s\t%s\n", faults[i].name, faults[i].clause, faults[i].sentence);
    return LG_EXIT_OK;
}

static int take_fault(const char *value)
{
    const char *names[FAULT_COUNT];
    for (unsigned i = 0; i < FAULT_COUNT; i++) {
        names[i] = faults[i].name;
        if (strcmp(faults[i].name, value) == 0)
            planted = &faults[i];
    }
    if (planted)
        return -1;
    const char *near = lg_suggest(value, names, FAULT_COUNT);
    fprintf(stderr, "lastgood-sim-faulty: no such fault: %s%s%s\n", value,
            near ? "; did you mean " : "", near ? near : "");
    return LG_EXIT_USAGE;
}

static void plant(struct lg_simulator *simulator)
{
    if (!planted)
        return;
    simulator->step = planted->step;
    if (planted->async)
        lg_profile_pin(&simulator->profile, LG_SITE_execution, LG_ALT_execution_by_job);
    if (planted->async)
        lg_profile_pin(&simulator->profile, LG_SITE_place_of_state_errors,
                       LG_ALT_place_of_state_errors_in_job);
}

int main(int argc, char **argv)
{
    static const struct lg_extra_option extras[] = {
        {"fault", true, take_fault, "plant this fault"},
        {"list-faults", false, list_faults, "print all faults: name, clause, sentence"}};
    return lg_sim_main(argc, argv, "lastgood-sim-faulty", extras, 2, plant);
}
