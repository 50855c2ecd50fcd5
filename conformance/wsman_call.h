/* Calls of the model over WS-Management: a request of the line protocol becomes messages, what is
 * answered becomes an answer of the line protocol. */
#ifndef LG_WSMAN_CALL_H
#define LG_WSMAN_CALL_H

#include "target.h"
#include "wsman_find.h"

/* Carries out a method or read. *answer: {"return", "out"}, {"properties"}, {"instances"} or
 * {"fault"}, released by the caller. UNABLE: the envelope limit. */
enum lg_target_reply lg_remote_call(struct lg_session *session, const struct lg_call *call,
                                    json_t **answer, struct lg_json_error *reason);

/* A lower bound of the characters that the call's envelope has; false: over the limit. */
bool lg_remote_fits(const struct lg_session *session, const struct lg_call *call,
                    struct lg_json_error *reason);

#endif
