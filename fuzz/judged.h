/* Drives a script through a target with the oracle judging: for planted faults and plugins. */
#ifndef LG_FUZZ_JUDGED_H
#define LG_FUZZ_JUDGED_H

#include "conformance/target.h"
#include "script.h"

/* Resets the target and makes the script's calls, up to the first one that the oracle blames: tells
 * the trace, what was allowed and by which clause on standard error, and ends as a find. Requests
 * that the target refuses are passed over. */
void lg_judged_run(struct lg_target *target, const struct lg_script *script);

#endif
