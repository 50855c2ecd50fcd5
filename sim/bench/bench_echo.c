/* The least that a server over libmicrohttpd can do with a message: give it back. What bench_http
 * measures lastgood-sim against. Prints its port, and ends with its standard input. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BODY_MAX = 512 * 1024 };

struct message {
    char *bytes;
    size_t length;
};

static enum MHD_Result reply(struct MHD_Connection *connection, struct message *message)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(message->length, message->bytes, MHD_RESPMEM_MUST_FREE);
    if (!response)
        return MHD_NO;
    message->bytes = NULL;
    enum MHD_Result queued = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *target,
                              const char *method, const char *version, const char *bytes,
                              size_t *length, void **kept)
{
    struct message *message = *kept;
    (void)context;
    (void)target;
    (void)method;
    (void)version;
    if (!message) {
        *kept = calloc(1, sizeof *message);
        return *kept ? MHD_YES : MHD_NO;
    }
    if (*length == 0)
        return reply(connection, message);
    char *grown = message->length + *length <= BODY_MAX
                      ? realloc(message->bytes, message->length + *length)
                      : NULL;
    if (!grown)
        return MHD_NO;
    memcpy(grown + message->length, bytes, *length);
    message->bytes = grown;
    message->length += *length;
    *length = 0;
    return MHD_YES;
}

static void complete(void *context, struct MHD_Connection *connection, void **kept,
                     enum MHD_RequestTerminationCode code)
{
    struct message *message = *kept;
    (void)context;
    (void)connection;
    (void)code;
    if (message)
        free(message->bytes);
    free(message);
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char byte;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, handle, NULL, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_NOTIFY_COMPLETED, complete, NULL, MHD_OPTION_END);
    if (!daemon)
        return 3;
    printf("%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    MHD_stop_daemon(daemon);
    return 0;
}
