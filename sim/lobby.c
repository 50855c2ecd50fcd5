/* Connections before their first request. */
#include "lobby.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http_raw.h"

enum {
    LOOK_BYTES = 8 * 1024, /* a longer head is let in after what is seen of it */
    EVENTS_MAX = 64,
    ACCEPT_MAX = 64, /* at once, so that those who are in get on */
    DRAIN_MAX = 64   /* looks at one who goes */
};

/* The list begins with the one that waits longest. */
struct visitor {
    struct visitor *previous;
    struct visitor *next;
    int socket;
    bool leaving; /* was told why, and is listened to until it hangs up */
    int64_t deadline_ms;
};

struct lg_lobby {
    int listener;
    int epoll;
    unsigned timeout_s;
    unsigned count;
    bool plain; /* HTTP without TLS */
    void (*enter)(void *context, int socket);
    void *context;
    struct visitor *first;
    struct visitor *end;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- visitors ---- */

static bool watch(const struct lg_lobby *lobby, int socket, struct visitor *visitor)
{
    struct epoll_event event = {.data.ptr = visitor};
    event.events = visitor ? EPOLLIN | EPOLLRDHUP | EPOLLET : EPOLLIN;
    return epoll_ctl(lobby->epoll, EPOLL_CTL_ADD, socket, &event) == 0;
}

/* The socket is the caller's from then on. */
static int remove_visitor(struct lg_lobby *lobby, struct visitor *visitor)
{
    int socket = visitor->socket;
    *(visitor->previous ? &visitor->previous->next : &lobby->first) = visitor->next;
    *(visitor->next ? &visitor->next->previous : &lobby->end) = visitor->previous;
    epoll_ctl(lobby->epoll, EPOLL_CTL_DEL, socket, NULL);
    free(visitor);
    lobby->count--;
    return socket;
}

static void add_visitor(struct lg_lobby *lobby, int socket)
{
    struct visitor *visitor = calloc(1, sizeof *visitor);
    if (!visitor || !watch(lobby, socket, visitor)) {
        free(visitor);
        close(socket);
        return;
    }
    visitor->socket = socket;
    visitor->deadline_ms = now_ms() + (int64_t)lobby->timeout_s * 1000;
    visitor->previous = lobby->end;
    *(lobby->end ? &lobby->end->next : &lobby->first) = visitor;
    lobby->end = visitor;
    lobby->count++;
}

/* ---- refusing ---- */

static void tell(int socket, enum lg_raw_verdict verdict)
{
    static const char *const reasons[] = {[LG_RAW_MORE] = "400 Bad Request",
                                          [LG_RAW_BAD] = "400 Bad Request",
                                          [LG_RAW_TOO_LARGE] = "413 Payload Too Large"};
    char reply[128];
    int length =
        snprintf(reply, sizeof reply,
                 "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", reasons[verdict]);
    ssize_t sent = send(socket, reply, (size_t)length, MSG_NOSIGNAL);
    (void)sent; /* a client that takes nothing in is not to be helped */
    shutdown(socket, SHUT_WR);
}

/* Bytes that were not read when a socket is closed would take the reply with them. */
static void see_off(struct lg_lobby *lobby, struct visitor *visitor)
{
    char bytes[LOOK_BYTES];
    ssize_t got = 1;
    for (int i = 0; i < DRAIN_MAX && got > 0; i++)
        got = recv(visitor->socket, bytes, sizeof bytes, 0);
    if (got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
        close(remove_visitor(lobby, visitor));
}

/* ---- looking ---- */

static void look(struct lg_lobby *lobby, struct visitor *visitor, uint32_t events)
{
    char bytes[LOOK_BYTES];
    ssize_t got = recv(visitor->socket, bytes, sizeof bytes, MSG_PEEK);
    bool ended = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (got <= 0) {
        close(remove_visitor(lobby, visitor));
        return;
    }
    enum lg_raw_verdict verdict =
        lobby->plain ? lg_http_raw_check(bytes, (size_t)got) : LG_RAW_FINE;
    if (verdict == LG_RAW_FINE || (verdict == LG_RAW_MORE && got == LOOK_BYTES)) {
        int socket = remove_visitor(lobby, visitor);
        lobby->enter(lobby->context, socket);
    } else if (verdict != LG_RAW_MORE || ended) {
        visitor->leaving = true;
        tell(visitor->socket, verdict);
        see_off(lobby, visitor);
    }
}

static void take_in(struct lg_lobby *lobby)
{
    int yes = 1;
    for (int i = 0; i < ACCEPT_MAX; i++) {
        int socket = accept(lobby->listener, NULL, NULL);
        if (socket < 0 && (errno == EMFILE || errno == ENFILE) && lobby->first)
            close(remove_visitor(lobby, lobby->first));
        if (socket < 0)
            return;
        if (fcntl(socket, F_SETFD, FD_CLOEXEC) != 0 || fcntl(socket, F_SETFL, O_NONBLOCK) != 0) {
            close(socket);
            continue;
        }
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (lobby->count == LG_LOBBY_MAX)
            close(remove_visitor(lobby, lobby->first));
        add_visitor(lobby, socket);
    }
}

static void hang_up_late(struct lg_lobby *lobby)
{
    int64_t now = lobby->first ? now_ms() : 0;
    while (lobby->first && lobby->first->deadline_ms <= now)
        close(remove_visitor(lobby, lobby->first));
}

/* ---- life ---- */

struct lg_lobby *lg_lobby_new(int listener, unsigned timeout_s, bool plain,
                              void (*enter)(void *context, int socket), void *context)
{
    struct lg_lobby *lobby = calloc(1, sizeof *lobby);
    if (!lobby)
        return NULL;
    *lobby = (struct lg_lobby){.listener = listener,
                               .epoll = epoll_create1(EPOLL_CLOEXEC),
                               .timeout_s = timeout_s,
                               .plain = plain,
                               .enter = enter,
                               .context = context};
    if (lobby->epoll >= 0 && watch(lobby, listener, NULL))
        return lobby;
    if (lobby->epoll >= 0)
        close(lobby->epoll);
    free(lobby);
    return NULL;
}

void lg_lobby_free(struct lg_lobby *lobby)
{
    if (!lobby)
        return;
    while (lobby->first)
        close(remove_visitor(lobby, lobby->first));
    close(lobby->listener);
    close(lobby->epoll);
    free(lobby);
}

int lg_lobby_descriptor(const struct lg_lobby *lobby)
{
    return lobby->epoll;
}

int lg_lobby_wait_ms(const struct lg_lobby *lobby)
{
    int64_t left = lobby->first ? lobby->first->deadline_ms - now_ms() : -1;
    return !lobby->first ? -1 : left < 0 ? 0 : (int)left;
}

/* Each visitor has at most one event in a batch, and only its own event removes it; newcomers,
 * which may push others out, come last. */
void lg_lobby_run(struct lg_lobby *lobby)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(lobby->epoll, events, EVENTS_MAX, 0);
    bool newcomers = false;
    for (int i = 0; i < count; i++) {
        struct visitor *visitor = events[i].data.ptr;
        newcomers |= !visitor;
        if (visitor && visitor->leaving)
            see_off(lobby, visitor);
        else if (visitor)
            look(lobby, visitor, events[i].events);
    }
    if (newcomers)
        take_in(lobby);
    hang_up_late(lobby);
}
