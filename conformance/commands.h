/* The commands of lastgood: each takes its own arguments (argv[0] is the command) and returns an
 * exit code. */
#ifndef LG_COMMANDS_H
#define LG_COMMANDS_H

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
int lg_command_list(int argc, char **argv);
int lg_command_convert(int argc, char **argv);

#endif
