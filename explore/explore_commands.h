/* The commands that are made of explorations; as those of conformance/commands.h. */
#ifndef LG_EXPLORE_COMMANDS_H
#define LG_EXPLORE_COMMANDS_H

int lg_command_explore(int argc, char **argv);
int lg_command_certify(int argc, char **argv);
int lg_command_generate(int argc, char **argv);

#endif
