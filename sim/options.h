/* The command line of lastgood-sim, and of its test-only sibling. */
#ifndef LG_SIM_OPTIONS_H
#define LG_SIM_OPTIONS_H

#include "clock.h"
#include "simulator.h"

/* Exit codes of both programs. */
enum { LG_EXIT_OK = 0, LG_EXIT_REFUSED = 1, LG_EXIT_HARNESS = 3, LG_EXIT_USAGE = 64 };

/* An option that a sibling has in addition: its name without dashes, and what to do with its value
 * (NULL if it takes none). The return value is an exit code, -1 to go on. */
struct lg_extra_option {
    const char *name;
    bool has_value;
    int (*take)(const char *value);
    const char *help;
};

/* Ways to sign in. */
enum { LG_AUTH_BASIC = 1, LG_AUTH_NEGOTIATE = 2, LG_AUTH_KERBEROS = 4 };

/* What was asked for; strings are of argv, NULL where an option is absent. */
struct lg_sim_options {
    const char *program;
    struct lg_simulator_options simulator;
    const char *host;
    const char *trace;
    const char *listen;
    const char *listen_tls;
    const char *accounts;
    const char *env_file;
    const char *control;
    const char *control_token_file;
    const char *keytab;
    const char *cert;
    const char *key;
    const char *client_ca;
    const char *map_certificates;
    const char *map_subjects;
    unsigned auth; /* 0: what is to be had */
    struct lg_clock clock;
    unsigned max_envelope_kb;
    unsigned timeout_s;
    bool clock_given;
    bool stdio;
    bool self_signed;
    bool allow_unencrypted;
    bool repeated_bytes;
    const struct lg_extra_option *extras;
    unsigned extra_count;
};

/* Reads the command line and checks that the options go together. -1, or an exit code after all
 * that is to be said was printed. program, extras and extra_count are the caller's to fill in. */
int lg_options_read(struct lg_sim_options *options, int argc, char **argv);

/* Prints what is wrong with a word, in one line, and which candidate may have been meant. */
int lg_options_fail(const char *program, const char *what, const char *word,
                    const char *const *candidates, size_t count);

/* Runs the program: reads options, makes the simulator, lets `prepare` change it, serves. Returns
 * the exit code. */
int lg_sim_main(int argc, char **argv, const char *program, const struct lg_extra_option *extras,
                unsigned extra_count, void (*prepare)(struct lg_simulator *simulator));

#endif
