/* Any bytes on a connection: in whatever pieces they arrive, the HTTP server answers the same, and
 * what it hands on is the same request. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "find.h"
#include "sim/http.h"

enum { BODY_MAX = 4096, PIECES_MAX = 8, TURNS_MAX = 200, REPLY_MAX = 32 * 1024, TIMEOUT_S = 60 };

static struct lg_http *http;
static struct sockaddr_storage address;
static socklen_t address_length;

static bool admit(void *context, struct lg_http_request *request, struct lg_http_reply *reply)
{
    (void)context;
    if (strcmp(request->method, "POST") != 0)
        reply->status = 405;
    return reply->status == 0;
}

/* Tells what it was asked. */
static void answer(void *context, const struct lg_http_request *request,
                   struct lg_http_reply *reply)
{
    (void)context;
    reply->status = 200;
    reply->content_type = "text/plain";
    lg_text_addf(&reply->body, "%s\n%s\n%s\n%zu\n", request->path,
                 request->authorization ? request->authorization : "-",
                 request->content_type ? request->content_type : "-", request->length);
    lg_text_add_bytes(&reply->body, request->body, request->length);
}

/* A local socket: what is sent is there at once, so that the server takes as many turns each time.
 */
static int listen_here(void)
{
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_un *local = (struct sockaddr_un *)&address;
    local->sun_family = AF_UNIX; /* a name that no file has, free again when the process ends */
    int length = snprintf(local->sun_path + 1, sizeof local->sun_path - 1, "lastgood-chunking-%ld",
                          (long)getpid());
    address_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
    lg_holds(listener >= 0);
    lg_holds(bind(listener, (struct sockaddr *)&address, address_length) == 0);
    lg_holds(listen(listener, SOMAXCONN) == 0);
    return listener;
}

static void start_server(void)
{
    static const struct lg_http_service service = {
        .body_max = BODY_MAX, .timeout_s = TIMEOUT_S, .admit = admit, .answer = answer};
    http = lg_http_start(listen_here(), &service);
    lg_holds(http != NULL);
}

/* Runs the server while there is something to do. */
static void serve(void)
{
    int descriptors[LG_HTTP_DESCRIPTORS];
    for (int turn = 0; turn < TURNS_MAX; turn++) {
        struct pollfd files[LG_HTTP_DESCRIPTORS];
        bool ready[LG_HTTP_DESCRIPTORS];
        lg_http_descriptors(http, descriptors);
        for (int i = 0; i < LG_HTTP_DESCRIPTORS; i++)
            files[i] = (struct pollfd){.fd = descriptors[i], .events = POLLIN};
        if (poll(files, LG_HTTP_DESCRIPTORS, 0) <= 0 && lg_http_wait_ms(http) != 0)
            return;
        for (int i = 0; i < LG_HTTP_DESCRIPTORS; i++)
            ready[i] = files[i].revents != 0;
        lg_http_run(http, ready);
    }
}

static int connect_client(void)
{
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    lg_holds(client >= 0);
    lg_holds(connect(client, (struct sockaddr *)&address, address_length) == 0);
    lg_holds(fcntl(client, F_SETFL, O_NONBLOCK) == 0);
    return client;
}

struct reply {
    char bytes[REPLY_MAX];
    size_t length;
};

static void receive(int client, struct reply *reply)
{
    ssize_t count;
    while (reply->length < REPLY_MAX &&
           (count = recv(client, reply->bytes + reply->length, REPLY_MAX - reply->length, 0)) > 0)
        reply->length += (size_t)count;
}

/* The header that tells the time differs from one second to the next. */
static void blank_dates(struct reply *reply)
{
    static const char name[] = "\r\nDate: ";
    for (size_t i = 0; i + sizeof name - 1 < reply->length; i++)
        if (memcmp(reply->bytes + i, name, sizeof name - 1) == 0)
            for (i += sizeof name - 1; i < reply->length && reply->bytes[i] != '\r'; i++)
                reply->bytes[i] = '#';
}

/* The answer to bytes that come in pieces of these lengths; what is left comes last. */
static void ask(const uint8_t *bytes, size_t length, const uint8_t *pieces, unsigned count,
                struct reply *reply)
{
    int client = connect_client();
    size_t sent = 0;
    reply->length = 0;
    for (unsigned i = 0; i <= count && sent < length; i++) {
        size_t piece = i < count && pieces[i] < length - sent ? pieces[i] : length - sent;
        ssize_t written = piece ? send(client, bytes + sent, piece, MSG_NOSIGNAL) : 0;
        if (written < 0)
            break;
        sent += (size_t)written;
        serve();
        receive(client, reply);
    }
    shutdown(client, SHUT_WR);
    serve();
    receive(client, reply);
    close(client);
    serve();
    blank_dates(reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct reply whole, chunked;
    unsigned pieces = length < PIECES_MAX ? (unsigned)length : PIECES_MAX;
    const uint8_t *text = bytes + pieces;
    if (!http)
        start_server();
    length -= pieces;
    if (length > 2 * BODY_MAX)
        length = 2 * BODY_MAX;
    ask(text, length, NULL, 0, &whole);
    ask(text, length, bytes, pieces, &chunked);
    lg_saw(whole.bytes, whole.length);
    if (whole.length != chunked.length || memcmp(whole.bytes, chunked.bytes, whole.length) != 0)
        lg_find("in one piece:\n%.*s\nin %u pieces:\n%.*s", (int)whole.length, whole.bytes,
                pieces + 1, (int)chunked.length, chunked.bytes);
    return 0;
}
