/* How many messages a second a client gets answered on a connection that is kept.
 *
 *     bench_client URL SECONDS USER AUTH PIN MESSAGE...
 *
 * PIN is "" for http://; the password is in LASTGOOD_PASSWORD. The files hold messages, posted in
 * turn. Prints how many were answered with status 200, and in how many seconds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conformance/wsman_arguments.h"
#include "conformance/wsman_client.h"

enum { MESSAGES_MAX = 8, MESSAGE_BYTES_MAX = 1024 * 1024, ARGUMENTS = 6 };

struct message {
    char *bytes;
    size_t length;
};

static bool read_message(struct message *message, const char *path)
{
    FILE *file = fopen(path, "rb");
    message->bytes = malloc(MESSAGE_BYTES_MAX);
    message->length =
        file && message->bytes ? fread(message->bytes, 1, MESSAGE_BYTES_MAX, file) : 0;
    if (file)
        fclose(file);
    return message->length > 0;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool post(struct lg_client *client, const struct message *message, struct lg_text *reply,
                 struct lg_json_error *reason)
{
    return lg_client_post(client, "application/soap+xml;charset=UTF-8", message->bytes,
                          message->length, reply, reason) == LG_POSTED &&
           (strstr(reply->bytes, "ReturnValue>0<") || lg_json_fail(reason, "the call failed"));
}

/* The first message signs in, and is not counted. */
static bool run(struct lg_client *client, const struct message *messages, unsigned count,
                double seconds, struct lg_json_error *reason)
{
    struct lg_text reply = {0};
    unsigned calls = 0;
    double took = 0;
    bool good = post(client, &messages[0], &reply, reason);
    for (double start = now_s(); good && took < seconds; took = now_s() - start, calls++)
        good = post(client, &messages[calls % count], &reply, reason);
    lg_text_free(&reply);
    if (good)
        printf("%u %.6f\n", calls, took);
    return good;
}

static bool bench(char **argv, const struct message *messages, unsigned count,
                  struct lg_json_error *reason)
{
    struct lg_wsman_options options = {.pin = argv[5][0] ? argv[5] : NULL};
    struct lg_client *client = NULL;
    const char *password = getenv("LASTGOOD_PASSWORD");
    bool usage;
    bool good = lg_take_auth(&options, argv[4]) &&
                lg_client_open(&client, argv[1], "/wsman", reason, &usage) &&
                lg_client_use(client, &options, reason);
    if (good) {
        lg_client_sign_in(client, argv[3], password);
        good = run(client, messages, count, atof(argv[2]), reason);
    }
    lg_client_close(client);
    return good;
}

int main(int argc, char **argv)
{
    struct message messages[MESSAGES_MAX] = {{0}};
    struct lg_json_error reason = {"usage: bench_client URL SECONDS USER AUTH PIN MESSAGE..."};
    unsigned count = 0;
    bool good = argc > ARGUMENTS && argc <= ARGUMENTS + MESSAGES_MAX;
    for (; good && count < (unsigned)(argc - ARGUMENTS); count++)
        good = read_message(&messages[count], argv[ARGUMENTS + count]);
    good = good && bench(argv, messages, count, &reason);
    if (!good)
        fprintf(stderr, "bench_client: %s\n", reason.reason);
    for (unsigned i = 0; i < count; i++)
        free(messages[i].bytes);
    return good ? 0 : 1;
}
