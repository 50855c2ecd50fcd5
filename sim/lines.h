/* The line protocol: one JSON request a line, one answer a line, in order. */
#ifndef LG_STDIO_H
#define LG_STDIO_H

#include "simulator.h"

/* Version of the protocol that hello tells. */
enum { LG_STDIO_PROTOCOL = 1 };

/* Serves until "bye" or the end of the input. Returns 0, or 3 when the output is gone. */
int lg_stdio_serve(struct lg_simulator *simulator, int input, int output);

/* The answer to one request, to be released by the caller; *bye is set by the request that ends the
 * service. Whatever the bytes are, there is an answer, and a refused request changes nothing. */
json_t *lg_stdio_answer(struct lg_simulator *simulator, const char *line, size_t length, bool *bye);

#endif
