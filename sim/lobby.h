/* Where a connection waits until the head of its first request is there and well-formed: what is no
 * HTTP gets its 400 here, and slow ones cost hardly anything. */
#ifndef LG_LOBBY_H
#define LG_LOBBY_H

#include <stdbool.h>

struct lg_lobby;

enum { LG_LOBBY_MAX = 300 }; /* the one that waits longest makes room */

/* Takes connections of `listener`, which it owns from then on. `enter` gets a socket that does not
 * block, and owns it. Where no plain HTTP is spoken, any first byte lets in. NULL: no memory. */
struct lg_lobby *lg_lobby_new(int listener, unsigned timeout_s, bool plain,
                              void (*enter)(void *context, int socket), void *context);
void lg_lobby_free(struct lg_lobby *lobby);

/* As those of lg_http. */
int lg_lobby_descriptor(const struct lg_lobby *lobby);
int lg_lobby_wait_ms(const struct lg_lobby *lobby);
void lg_lobby_run(struct lg_lobby *lobby);

#endif
