/* Serving sockets until somebody ends it. */
#ifndef LG_SERVE_H
#define LG_SERVE_H

#include "options.h"

/* Serves until SIGTERM, SIGINT or "bye", and removes what it made. Returns the exit code after
 * anything that is wrong was printed. */
int lg_serve(const struct lg_sim_options *options, struct lg_simulator *simulator);

#endif
