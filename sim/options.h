/* The command line of lastgood-sim, and of its test-only sibling. */
#ifndef LG_SIM_OPTIONS_H
#define LG_SIM_OPTIONS_H

#include "simulator.h"

/* Exit codes of both programs. */
enum { LG_EXIT_OK = 0, LG_EXIT_HARNESS = 3, LG_EXIT_USAGE = 64 };

/* An option that a sibling has in addition: its name without dashes, and what to do with its value
 * (NULL if it takes none). The return value is an exit code, -1 to go on. */
struct lg_extra_option {
    const char *name;
    bool has_value;
    int (*take)(const char *value);
    const char *help;
};

/* Runs the program: reads options, makes the simulator, lets `prepare` change it, serves. Returns
 * the exit code. */
int lg_sim_main(int argc, char **argv, const char *program, const struct lg_extra_option *extras,
                unsigned extra_count, void (*prepare)(struct lg_simulator *simulator));

#endif
