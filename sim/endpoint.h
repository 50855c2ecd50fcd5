/* Where a channel is served: an address with a port, or a Unix socket. */
#ifndef LG_ENDPOINT_H
#define LG_ENDPOINT_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

enum { LG_ENDPOINT_TEXT = 160, LG_REASON_TEXT = 200 };

struct lg_endpoint {
    struct sockaddr_storage address;
    socklen_t length;
    dev_t device; /* of a Unix socket that was made, so that only that one is removed */
    ino_t inode;
    struct timespec changed;
};

/* "127.0.0.1:5985", "[::1]:0" (0 picks a free port), or a path with a slash. False: the reason says
 * what is wrong, in one line. */
bool lg_endpoint_parse(const char *text, struct lg_endpoint *endpoint, char reason[LG_REASON_TEXT]);

/* Whether only this machine can reach it. */
bool lg_endpoint_is_local(const struct lg_endpoint *endpoint);
bool lg_endpoint_is_unix(const struct lg_endpoint *endpoint);

/* A listening socket that does not block, the caller's to close; -1 with the reason. A port that
 * was 0 is filled in. A Unix socket is for its owner only; one that nobody serves is replaced. */
int lg_endpoint_listen(struct lg_endpoint *endpoint, char reason[LG_REASON_TEXT]);

/* Removes the file of a Unix socket that lg_endpoint_listen made. */
void lg_endpoint_remove(const struct lg_endpoint *endpoint);

/* "http://127.0.0.1:5985" or "unix:PATH". */
void lg_endpoint_write(const struct lg_endpoint *endpoint, char text[LG_ENDPOINT_TEXT]);

#endif
