/* The commands of lastgood: each takes its own arguments (argv[0] is the command) and returns an
 * exit code. */
#ifndef LG_COMMANDS_H
#define LG_COMMANDS_H

#include <stdio.h>

#include "model/lastgood.h"

/* 0 conforms; 1 violates or unachieved; 2 undetermined or inconsistent; 3 the harness failed; 64
 * usage. */
enum {
    LG_EXIT_CONFORMS = 0,
    LG_EXIT_VIOLATES = 1,
    LG_EXIT_UNDETERMINED = 2,
    LG_EXIT_HARNESS = 3,
    LG_EXIT_USAGE = 64
};

int lg_command_run(int argc, char **argv);
int lg_command_capture(int argc, char **argv);
int lg_command_check(int argc, char **argv);
int lg_command_enumerate(int argc, char **argv);
int lg_command_explain(int argc, char **argv);
int lg_command_lint(int argc, char **argv);
int lg_command_list(int argc, char **argv);
int lg_command_convert(int argc, char **argv);
int lg_command_diff(int argc, char **argv);
int lg_command_shrink(int argc, char **argv);
int lg_command_record(int argc, char **argv);

int lg_command_stress(int argc, char **argv);

/* How a recording is judged. */
struct lg_check_options {
    enum lg_profile_id profile;
    struct lg_host_word host; /* after each reset; zero is a host of 2016 */
    bool fail_on_undocumented;
    bool quiet;         /* only the last line is said */
    const char *report; /* NULL, or where to write what was found as JSON */
};

/* Options of commands that judge a recording, into a struct lg_check_options: rows of a table of
 * struct lg_option. */
bool lg_check_take_fail_on(void *into, const char *value);
bool lg_check_take_report(void *into, const char *value);
#define LG_CHECK_ARGUMENTS(check)                                                                  \
    {"--profile", .take = lg_take_profile, .into = &(check)->profile},                             \
        {"--fail-on", .take = lg_check_take_fail_on, .into = (check)},                             \
    {                                                                                              \
        "--report", .take = lg_check_take_report, .into = (check)                                  \
    }

/* Judges a recording, says what it finds on standard output, and closes the file. Returns an exit
 * code. VMs beyond LG_CHECK_VMS make the result undetermined: each takes 1.6 MB of address space at
 * most, and of memory what its explanations need. */
enum { LG_CHECK_VMS = 128 };
int lg_check_file(FILE *file, const struct lg_check_options *options);

#endif
