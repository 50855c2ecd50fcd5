/* lastgood: the oracle. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "explore/explore_commands.h"
#include "model/suggest.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
};

static const struct command commands[] = {
    {"run", lg_command_run,
     "TARGET [VECTOR|FOLDER...]: drive vectors through a target and judge it"},
    {"capture", lg_command_capture, "URL OUT: write a host file of a real host, for the simulator"},
    {"check", lg_command_check, "RECORDING: judge a recording"},
    {"diff", lg_command_diff, "A B: run scripts on two targets and compare them"},
    {"shrink", lg_command_shrink, "FILE TARGET [B]: make what was found as small as it can be"},
    {"record", lg_command_record, "TARGET OUT [VECTOR|FOLDER...]: keep a recording of a target"},
    {"stress", lg_command_stress,
     "TARGET: several clients at once, and whether what they saw has a legal order"},
    {"enumerate", lg_command_enumerate, "VECTOR...: every outcome that the documents allow"},
    {"explain", lg_command_explain, "ID: a vector, clause, site, profile, or Method=code"},
    {"lint", lg_command_lint, "[VECTOR|FOLDER...]: whether vectors are as they should be"},
    {"list", lg_command_list, "vectors|clauses|sites|profiles|targets"},
    {"explore", lg_command_explore, "--world A|B|C: every state of a bounded world"},
    {"certify", lg_command_certify, "that the oracle neither blames wrongly nor misses"},
    {"generate", lg_command_generate, "FOLDER: vectors that walk every class of transitions"},
    {"convert", lg_command_convert,
     "IN OUT: between .json vector, .jsonl recording and .bin bytes"},
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static int print_help(FILE *file)
{
    fprintf(file, "usage: lastgood COMMAND [options]\n\n"
                  "Tells whether an implementation of the Hyper-V security service does what the "
                  "documentation says.\n\n");
    for (unsigned i = 0; i < COMMAND_COUNT; i++)
        fprintf(file, "  %-10s %s\n", commands[i].name, commands[i].help);
    fprintf(file,
            "  --version  --help; every command has its own --help\n\n"
            "examples:\n"
            "  lastgood run \"stdio:lastgood-sim --stdio\"\n"
            "  lastgood explain SetKeyProtector=32775\n\n"
            "exit codes: 0 conforms, 1 violates or unachieved, 2 undetermined or inconsistent,\n"
            "            3 the harness itself failed, 64 usage\n");
    return LG_EXIT_CONFORMS;
}

static int unknown_command(const char *word)
{
    const char *names[COMMAND_COUNT];
    for (unsigned i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
    const char *near = lg_suggest(word, names, COMMAND_COUNT);
    fprintf(stderr, "lastgood: no such command: %s%s%s%s; see lastgood --help\n", word,
            near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    return LG_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return LG_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0)
        return print_help(stdout);
    if (strcmp(argv[1], "--version") == 0) {
        printf("lastgood %s\n", LASTGOOD_VERSION);
        return LG_EXIT_CONFORMS;
    }
    for (unsigned i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return unknown_command(argv[1]);
}
