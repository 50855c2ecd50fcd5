/* A line on standard error for each request that was turned away, as long as there are few. */
#ifndef LG_REFUSALS_H
#define LG_REFUSALS_H

#include <stdint.h>

enum { LG_REFUSALS_MAX = 20, LG_REFUSALS_PERIOD_MS = 10000 };

/* Zero but for the program's name. */
struct lg_refusals {
    const char *program;
    int64_t since_ms;
    unsigned count; /* since then */
};

/* Says who was refused, by the other end of the socket, and why, which must hold no secret. At most
 * LG_REFUSALS_MAX lines a period; the next period says how many were left out. */
void lg_refusals_say(struct lg_refusals *refusals, int socket, const char *why);

#endif
