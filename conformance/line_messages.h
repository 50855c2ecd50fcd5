/* Messages of the line protocol (sim/README.md), as JSON. */
#ifndef LG_LINE_MESSAGES_H
#define LG_LINE_MESSAGES_H

#include "bound_names.h"
#include "target.h"

/* The request of a call; what no client can read is an operation of its own. The caller's to
 * release. */
json_t *lg_line_request(struct lg_bound_names *bound, const struct lg_call *call);

/* Whether an answer says no: its reason. */
bool lg_line_says_no(const json_t *answer, struct lg_json_error *reason);

/* What an answer that says yes tells; names in it are bound. ANSWERED, or GONE with the reason
 * where it cannot be read. */
enum lg_target_reply lg_line_outcome(struct lg_bound_names *bound, const struct lg_call *call,
                                     const json_t *answer, struct lg_outcome *seen,
                                     struct lg_json_error *reason);

#endif
