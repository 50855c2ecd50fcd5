/* bench_load PORT SECONDS CONNECTIONS REQUEST...: sends the requests in these files in turn over
 * kept connections, the next when the last was answered, and prints how many were and in how many
 * seconds. Any status but 200 is the end. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 64, REQUESTS_MAX = 16, REPLY_MAX = 1024 * 1024, HEAD_MAX = 4096 };

struct request {
    char *bytes;
    size_t length;
};

struct connection {
    int socket;
    unsigned turn;
    size_t received;
    size_t wanted; /* of the reply, 0 until its head is there */
    char head[HEAD_MAX + 1];
};

static struct request requests[REQUESTS_MAX];
static unsigned request_count;
static struct connection connections[CONNECTIONS_MAX];

static void die(const char *what)
{
    fprintf(stderr, "bench_load: %s\n", what);
    exit(3);
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void load(const char *path)
{
    struct request *request = &requests[request_count++];
    FILE *file = fopen(path, "r");
    request->bytes = malloc(REPLY_MAX);
    if (!file || !request->bytes)
        die(path);
    request->length = fread(request->bytes, 1, REPLY_MAX, file);
    fclose(file);
}

static void send_next(struct connection *connection)
{
    const struct request *request = &requests[connection->turn++ % request_count];
    size_t sent = 0;
    connection->received = 0;
    connection->wanted = 0;
    while (sent < request->length) {
        ssize_t count =
            send(connection->socket, request->bytes + sent, request->length - sent, MSG_NOSIGNAL);
        if (count <= 0)
            die("a connection broke");
        sent += (size_t)count;
    }
}

static void start(struct connection *connection, unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1;
    connection->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connection->socket < 0 ||
        connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0)
        die("cannot connect");
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    send_next(connection);
}

static void read_head(struct connection *connection)
{
    const char *end = strstr(connection->head, "\r\n\r\n");
    const char *length = strstr(connection->head, "Content-Length: ");
    if (!end)
        return;
    if (strncmp(connection->head, "HTTP/1.1 200", 12) != 0 || !length)
        die(connection->head);
    connection->wanted =
        (size_t)(end + 4 - connection->head) + (size_t)strtoul(length + 16, NULL, 10);
}

/* Whether the reply is there. */
static bool receive(struct connection *connection)
{
    static char bytes[64 * 1024];
    ssize_t count = recv(connection->socket, bytes, sizeof bytes, 0);
    if (count <= 0)
        die("a connection was ended");
    if (connection->wanted == 0) {
        size_t room = HEAD_MAX - connection->received;
        size_t copied = (size_t)count < room ? (size_t)count : room;
        memcpy(connection->head + connection->received, bytes, copied);
        connection->head[connection->received + copied] = '\0';
        read_head(connection);
    }
    connection->received += (size_t)count;
    return connection->wanted > 0 && connection->received >= connection->wanted;
}

static unsigned long run(unsigned count, double seconds)
{
    struct pollfd files[CONNECTIONS_MAX];
    unsigned long done = 0;
    double until = now_s() + seconds;
    for (unsigned i = 0; i < count; i++)
        files[i] = (struct pollfd){.fd = connections[i].socket, .events = POLLIN};
    while (now_s() < until) {
        poll(files, count, 100);
        for (unsigned i = 0; i < count; i++) {
            if (!files[i].revents || !receive(&connections[i]))
                continue;
            done++;
            send_next(&connections[i]);
        }
    }
    return done;
}

int main(int argc, char **argv)
{
    if (argc < 5 || argc - 4 > REQUESTS_MAX)
        die("usage: bench_load PORT SECONDS CONNECTIONS REQUEST...");
    unsigned port = (unsigned)strtoul(argv[1], NULL, 10);
    unsigned count = (unsigned)strtoul(argv[3], NULL, 10);
    if (count == 0 || count > CONNECTIONS_MAX)
        die("1 to 64 connections");
    for (int i = 4; i < argc; i++)
        load(argv[i]);
    for (unsigned i = 0; i < count; i++) {
        connections[i].turn = i;
        start(&connections[i], port);
    }
    double started = now_s();
    unsigned long done = run(count, strtod(argv[2], NULL));
    printf("%lu %.6f\n", done, now_s() - started);
    return 0;
}
