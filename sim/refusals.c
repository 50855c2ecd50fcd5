/* Telling of refusals. */
#include "refusals.h"

#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

enum { HOST_BYTES = 64, PORT_BYTES = 16 };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void begin_period(struct lg_refusals *refusals, int64_t now)
{
    if (refusals->count > LG_REFUSALS_MAX)
        fprintf(stderr, "%s: %u more were refused\n", refusals->program,
                refusals->count - LG_REFUSALS_MAX);
    refusals->since_ms = now;
    refusals->count = 0;
}

void lg_refusals_say(struct lg_refusals *refusals, int socket, const char *why)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    char host[HOST_BYTES] = "?";
    char port[PORT_BYTES] = "?";
    int64_t now = now_ms();
    if (now - refusals->since_ms >= LG_REFUSALS_PERIOD_MS)
        begin_period(refusals, now);
    if (refusals->count++ >= LG_REFUSALS_MAX)
        return;
    if (getpeername(socket, (struct sockaddr *)&address, &length) == 0)
        getnameinfo((struct sockaddr *)&address, length, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV);
    fprintf(stderr, "%s: refused %s port %s: %s\n", refusals->program, host, port, why);
}
