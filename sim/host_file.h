/* Host files: the state that a simulator begins with. */
#ifndef LG_HOST_FILE_H
#define LG_HOST_FILE_H

#include "simulator.h"

#define LG_HOST_FORMAT "lastgood-host/1"

/* Puts the host that the file describes into the simulator, which was just made. False, with one
 * line that says what is wrong: nothing was changed then but VMs that were made. */
bool lg_host_file_load(struct lg_simulator *simulator, const char *path,
                       struct lg_json_error *error);

#endif
