/* Targets behind the line protocol (sim/README.md) without a process: a function answers. */
#ifndef LG_TARGET_LINES_H
#define LG_TARGET_LINES_H

#include "target.h"

/* answer: of one request, the answer, which is this side's to release; NULL: it is no JSON. Greets,
 * and fills the target. False with the reason. The context is the caller's, and must
 * outlive the target. */
bool lg_target_lines_open(struct lg_target *target,
                          json_t *(*answer)(void *context, const char *line, size_t length),
                          void *context, struct lg_json_error *reason);

/* What lg_target_lines_open made; for those who put a `close` of their own in place. */
void lg_target_lines_close(struct lg_target *target);

#endif
