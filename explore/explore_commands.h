/* The commands that are made of explorations; as those of conformance/commands.h. */
#ifndef LG_EXPLORE_COMMANDS_H
#define LG_EXPLORE_COMMANDS_H

#include <stdbool.h>

int lg_command_explore(int argc, char **argv);
int lg_command_certify(int argc, char **argv);
int lg_command_generate(int argc, char **argv);

/* take of --world (see conformance/arguments.h); into: a char. */
bool lg_take_world(void *into, const char *value);

#endif
