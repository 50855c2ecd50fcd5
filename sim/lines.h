/* The line protocol: one JSON request a line, one answer a line, in order. */
#ifndef LG_STDIO_H
#define LG_STDIO_H

#include "simulator.h"

/* Version of the protocol that hello tells. */
enum { LG_STDIO_PROTOCOL = 1 };

/* What the protocol keeps from one request to the next, such as snapshots. NULL: no memory. */
struct lg_session;
struct lg_session *lg_session_new(struct lg_simulator *simulator);
void lg_session_free(struct lg_session *session);
json_t *lg_session_answer(struct lg_session *session, const char *line, size_t length, bool *bye);

/* The longest request, without the end of its line. */
enum { LG_STDIO_LINE_BYTES = 16 * 1024 * 1024 };

/* Serves until "bye" or the end of the input. Returns 0, or 3 when the output is gone. */
int lg_stdio_serve(struct lg_simulator *simulator, int input, int output);

/* The answer to one request, to be released by the caller; *bye is set by the request that ends the
 * service. Whatever the bytes are, there is an answer, and a refused request changes nothing. */
json_t *lg_stdio_answer(struct lg_simulator *simulator, const char *line, size_t length, bool *bye);

#endif
