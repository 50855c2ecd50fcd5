/* HTTP over libmicrohttpd, which parses, keeps connections and writes replies. */
#include "http.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http_head.h"
#include "lobby.h"
#include "tls.h"

enum {
    POOL_BYTES = 32 * 1024,             /* of a connection: its head, with a long ticket */
    SPARE_CONNECTIONS = 16,             /* so that a new one comes in while an old one goes */
    BODY_KEPT_BYTES = 64 * 1024,        /* room that a connection keeps between requests */
    LINGER_BYTES_MAX = 4 * 1024 * 1024, /* thrown away so that the client reads why */
};

/* One that waits for its client has a deadline; the list begins with the nearest one. */
struct connection {
    struct connection *previous;
    struct connection *next;
    struct lg_http *http;
    gnutls_session_t tls; /* NULL: none */
    int socket;
    bool answering;
    bool refused;   /* the reply is known, the body is thrown away */
    bool cut_short; /* 413 is out, nothing more is sent */
    bool last;      /* no further request is taken */
    int64_t deadline_ms;
    uint64_t thrown_away;
    size_t body_max; /* of this request */
    struct lg_http_request request;
    struct lg_http_reply reply;
    struct lg_text body;
    void *session;
    bool has_peer;
    struct lg_tls_peer peer;
};

struct lg_http {
    struct lg_http_service service;
    struct MHD_Daemon *daemon;
    struct lg_lobby *lobby;
    struct connection *first;
    struct connection *end;
    unsigned count;
    size_t held_bytes; /* of all bodies */
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- deadlines ---- */

static void leave_list(struct lg_http *http, struct connection *connection)
{
    *(connection->previous ? &connection->previous->next : &http->first) = connection->next;
    *(connection->next ? &connection->next->previous : &http->end) = connection->previous;
}

/* All deadlines are as far away, so the newest is the last. */
static void join_list(struct lg_http *http, struct connection *connection)
{
    connection->previous = http->end;
    connection->next = NULL;
    *(http->end ? &http->end->next : &http->first) = connection;
    http->end = connection;
    connection->deadline_ms = now_ms() + (int64_t)http->service.timeout_s * 1000;
}

static void wait_again(struct connection *connection)
{
    leave_list(connection->http, connection);
    join_list(connection->http, connection);
}

/* The library sees the end of the connection and lets it go. */
static void hang_up(struct connection *connection)
{
    wait_again(connection);
    shutdown(connection->socket, SHUT_RDWR);
}

static void hang_up_late(struct lg_http *http)
{
    int64_t now = http->first ? now_ms() : 0;
    while (http->first && http->first->deadline_ms <= now)
        hang_up(http->first);
}

/* Too many: whoever keeps the service waiting longest makes room. */
static void make_room(struct lg_http *http)
{
    struct connection *longest = http->first;
    while (longest && longest->answering)
        longest = longest->next;
    if (http->count > LG_HTTP_CONNECTIONS_MAX && longest)
        hang_up(longest);
}

/* ---- connections ---- */

static void free_body(struct connection *connection)
{
    connection->http->held_bytes -= connection->body.capacity;
    lg_text_free(&connection->body);
    memset(&connection->body, 0, sizeof connection->body);
}

static struct connection *begin(struct lg_http *http, struct MHD_Connection *mhd)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    connection->http = http;
    connection->socket =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    if (http->service.tls)
        connection->tls =
            MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session;
    join_list(http, connection);
    http->count++;
    make_room(http);
    return connection;
}

static void end(struct lg_http *http, struct connection *connection)
{
    leave_list(http, connection);
    if (connection->session && http->service.leave)
        http->service.leave(http->service.context, connection->session);
    free_body(connection);
    lg_text_free(&connection->reply.body);
    free(connection);
    http->count--;
}

static void notice(void *context, struct MHD_Connection *mhd, void **kept,
                   enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *kept = begin(context, mhd);
    else if (*kept)
        end(context, *kept);
}

/* An end that came together with the request was told to the library once, and is forgotten by it:
 * tell it again. */
static void see_end(const struct connection *connection)
{
    char byte;
    if (recv(connection->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
        shutdown(connection->socket, SHUT_RD);
}

static void complete(void *context, struct MHD_Connection *mhd, void **kept,
                     enum MHD_RequestTerminationCode code)
{
    struct connection *connection = *kept;
    (void)context;
    (void)mhd;
    (void)code;
    if (!connection)
        return;
    connection->answering = false;
    lg_text_clear(&connection->body);
    if (connection->body.capacity > BODY_KEPT_BYTES)
        free_body(connection);
    wait_again(connection);
    see_end(connection);
}

/* ---- replies ---- */

static struct MHD_Response *make_response(struct lg_http_reply *reply)
{
    struct MHD_Response *response;
    if (reply->has_file) {
        response = MHD_create_response_from_fd64(reply->file_bytes, reply->file);
        if (!response)
            close(reply->file);
        return response;
    }
    response = MHD_create_response_from_buffer(reply->body.length, reply->body.bytes,
                                               MHD_RESPMEM_MUST_FREE);
    if (!response)
        lg_text_free(&reply->body);
    return response;
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (value)
        MHD_add_response_header(response, name, value);
}

static enum MHD_Result send_reply(struct connection *connection, struct MHD_Connection *mhd)
{
    struct lg_http_reply *reply = &connection->reply;
    struct MHD_Response *response = make_response(reply);
    if (!response)
        return MHD_NO;
    add_header(response, "Server", connection->http->service.name);
    add_header(response, "Content-Type", reply->content_type);
    for (int i = 0; i < LG_HTTP_OFFERS_MAX; i++)
        add_header(response, "WWW-Authenticate", reply->offers[i]);
    add_header(response, "Allow", reply->allow);
    add_header(response, "Connection", connection->last ? "close" : NULL);
    connection->answering = true;
    wait_again(connection);
    enum MHD_Result queued = MHD_queue_response(mhd, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    memset(reply, 0, sizeof *reply);
    return queued;
}

/* Amid a body the library takes no reply: this one goes out beside it. */
static void cut_short(struct connection *connection)
{
    static const char reply[] = "HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\n"
                                "Content-Length: 0\r\n\r\n";
    connection->cut_short = true;
    free_body(connection);
    ssize_t sent = connection->tls
                       ? gnutls_record_send(connection->tls, reply, sizeof reply - 1)
                       : send(connection->socket, reply, sizeof reply - 1, MSG_NOSIGNAL);
    (void)sent; /* a client that takes nothing in is not to be helped */
    shutdown(connection->socket, SHUT_WR);
}

/* ---- requests ---- */

static bool expects_to_be_asked(struct MHD_Connection *mhd)
{
    return MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, "Expect") != NULL;
}

static enum MHD_Result refuse_head(struct connection *connection, struct MHD_Connection *mhd,
                                   int status)
{
    connection->reply.status = status;
    connection->last = true;
    return send_reply(connection, mhd);
}

static enum MHD_Result read_head(struct connection *connection, struct MHD_Connection *mhd,
                                 const char *target, const char *method, const char *version)
{
    const struct lg_http_service *service = &connection->http->service;
    struct lg_http_head head;
    connection->refused = connection->cut_short = connection->last = false;
    connection->thrown_away = 0;
    memset(&connection->reply, 0, sizeof connection->reply);
    bool one_space = target == method + strlen(method) + 1; /* the library parses in place */
    if (!one_space || !lg_http_head_read(mhd, method, version, &head))
        return refuse_head(connection, mhd, MHD_HTTP_BAD_REQUEST);
    connection->last = head.chunked; /* the library takes chunks that end in a bare LF */
    connection->request = (struct lg_http_request){.method = method,
                                                   .path = lg_http_path(target),
                                                   .authorization = head.authorization,
                                                   .content_type = head.content_type,
                                                   .identify = head.identify,
                                                   .session = &connection->session,
                                                   .secure = connection->tls != NULL,
                                                   .socket = connection->socket};
    if (service->tls && service->tls->client_ca && !connection->has_peer)
        connection->has_peer = lg_tls_client(connection->tls, &connection->peer);
    connection->request.peer = connection->has_peer ? &connection->peer : NULL;
    connection->body_max =
        service->body_max + (service->body_extra ? service->body_extra(&connection->request) : 0);
    if (head.length > connection->body_max && expects_to_be_asked(mhd))
        return refuse_head(connection, mhd, MHD_HTTP_CONTENT_TOO_LARGE);
    if (head.length > connection->body_max)
        cut_short(connection);
    else
        connection->refused =
            !service->admit(service->context, &connection->request, &connection->reply);
    return MHD_YES;
}

static bool keep(struct connection *connection, const char *bytes, size_t length)
{
    struct lg_http *http = connection->http;
    size_t before = connection->body.capacity;
    size_t max = http->service.body_max > LG_HTTP_BODIES_BYTES_MAX ? http->service.body_max
                                                                   : LG_HTTP_BODIES_BYTES_MAX;
    if (length > connection->body_max - connection->body.length || http->held_bytes + length > max)
        return false;
    lg_text_add_bytes(&connection->body, bytes, length);
    http->held_bytes += connection->body.capacity - before;
    return !connection->body.failed;
}

static enum MHD_Result read_body(struct connection *connection, const char *bytes, size_t *length)
{
    size_t there = *length;
    *length = 0;
    if (!connection->refused && !connection->cut_short && !keep(connection, bytes, there))
        cut_short(connection);
    if (connection->refused || connection->cut_short)
        connection->thrown_away += there;
    if (connection->refused && connection->thrown_away > connection->body_max)
        cut_short(connection);
    return connection->thrown_away <= LINGER_BYTES_MAX ? MHD_YES : MHD_NO;
}

static enum MHD_Result answer(struct connection *connection, struct MHD_Connection *mhd)
{
    const struct lg_http_service *service = &connection->http->service;
    if (connection->cut_short)
        return MHD_NO;
    connection->request.body = connection->body.length ? connection->body.bytes : "";
    connection->request.length = connection->body.length;
    if (!connection->refused)
        service->answer(service->context, &connection->request, &connection->reply);
    if (connection->reply.body.failed) {
        lg_text_free(&connection->reply.body);
        memset(&connection->reply, 0, sizeof connection->reply);
        connection->reply.status = MHD_HTTP_SERVICE_UNAVAILABLE;
    }
    return send_reply(connection, mhd);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *mhd, const char *target,
                              const char *method, const char *version, const char *bytes,
                              size_t *length, void **kept)
{
    struct connection *connection = *kept;
    (void)context;
    if (connection && *length > 0)
        return read_body(connection, bytes, length);
    if (connection)
        return answer(connection, mhd);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    connection = info ? info->socket_context : NULL;
    *kept = connection;
    return connection ? read_head(connection, mhd, target, method, version) : MHD_NO;
}

/* ---- the server ---- */

/* The library closes a socket that it does not take. */
static void enter(void *context, int socket)
{
    struct lg_http *http = context;
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    if (getpeername(socket, (struct sockaddr *)&address, &length) != 0)
        close(socket);
    else
        MHD_add_connection(http->daemon, socket, (struct sockaddr *)&address, length);
}

/* Keys are read when a daemon starts. */
static struct MHD_Daemon *start_daemon(struct lg_http *http)
{
    const struct lg_tls *tls = http->service.tls;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, tls ? tls->key : NULL},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, tls ? tls->certificate : NULL},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)lg_tls_priorities},
        {tls && tls->client_ca ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END, 0,
         tls ? tls->client_ca : NULL},
        {MHD_OPTION_END, 0, NULL}};
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | (tls ? MHD_USE_TLS : 0u), 0, NULL, NULL, handle,
        http, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)POOL_BYTES, MHD_OPTION_CONNECTION_LIMIT,
        LG_HTTP_CONNECTIONS_MAX + SPARE_CONNECTIONS, MHD_OPTION_NOTIFY_CONNECTION, notice, http,
        MHD_OPTION_NOTIFY_COMPLETED, complete, http, tls ? MHD_OPTION_ARRAY : MHD_OPTION_END,
        options, MHD_OPTION_END);
}

struct lg_http *lg_http_start(int listener, const struct lg_http_service *service)
{
    struct lg_http *http = calloc(1, sizeof *http);
    if (!http)
        return NULL;
    http->service = *service;
    http->daemon = start_daemon(http);
    http->lobby = http->daemon
                      ? lg_lobby_new(listener, service->timeout_s, !service->tls, enter, http)
                      : NULL;
    if (http->lobby)
        return http;
    if (http->daemon)
        MHD_stop_daemon(http->daemon);
    free(http);
    return NULL;
}

void lg_http_stop(struct lg_http *http)
{
    if (!http)
        return;
    lg_lobby_free(http->lobby);
    MHD_stop_daemon(http->daemon);
    free(http);
}

enum { DAEMON, LOBBY };

void lg_http_descriptors(const struct lg_http *http, int descriptors[LG_HTTP_DESCRIPTORS])
{
    descriptors[DAEMON] = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    descriptors[LOBBY] = lg_lobby_descriptor(http->lobby);
}

/* Milliseconds until the library has something to do of itself. */
static int64_t daemon_wait_ms(const struct lg_http *http)
{
    MHD_UNSIGNED_LONG_LONG wanted;
    bool waits = MHD_get_timeout(http->daemon, &wanted) == MHD_YES && wanted < INT32_MAX;
    return waits ? (int64_t)wanted : INT32_MAX;
}

int lg_http_wait_ms(const struct lg_http *http)
{
    int in_lobby = lg_lobby_wait_ms(http->lobby);
    int64_t left = http->first ? http->first->deadline_ms - now_ms() : INT32_MAX;
    int64_t wanted = daemon_wait_ms(http);
    left = wanted < left ? wanted : left;
    if (in_lobby >= 0 && in_lobby < left)
        left = in_lobby;
    return left < 0 ? 0 : left == INT32_MAX ? -1 : (int)left;
}

void lg_http_run(struct lg_http *http, const bool ready[LG_HTTP_DESCRIPTORS])
{
    bool entered = ready[LOBBY] || lg_lobby_wait_ms(http->lobby) == 0;
    hang_up_late(http);
    if (entered)
        lg_lobby_run(http->lobby);
    if (entered || ready[DAEMON] || daemon_wait_ms(http) == 0)
        MHD_run(http->daemon);
}
