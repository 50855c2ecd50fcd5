/* Sockets, signals and files of a simulator that is served over HTTP. */
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "data.h"
#include "endpoint.h"
#include "env_file.h"
#include "security.h"

enum { DATA, DATA_TLS, CONTROL, CHANNEL_COUNT };

static const char *const where_options[CHANNEL_COUNT] = {"--listen", "--listen-tls", "--control"};

struct channel {
    const char *where; /* NULL: not served */
    struct lg_endpoint endpoint;
    struct lg_http *http;
};

struct server {
    const struct lg_sim_options *options;
    struct lg_service *service;
    struct lg_security security;
    struct lg_data data;
    struct lg_control control;
    struct channel channels[CHANNEL_COUNT];
    struct lg_env_file env_file;
};

static int fail(const struct server *server, int code, const char *where, const char *what)
{
    fprintf(stderr, "%s: %s%s%s\n", server->options->program, where, *where ? ": " : "", what);
    return code;
}

/* ---- signals ---- */

static int signal_pipe[2] = {-1, -1};

static void wake(int number)
{
    int error = errno;
    ssize_t written = write(signal_pipe[1], "", 1);
    (void)number;
    (void)written; /* a full pipe wakes as well */
    errno = error;
}

static bool catch_signals(void)
{
    struct sigaction action = {.sa_handler = wake};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < 2; i++)
        if ((i == 0 && pipe(signal_pipe) != 0) || fcntl(signal_pipe[i], F_SETFL, O_NONBLOCK) != 0 ||
            fcntl(signal_pipe[i], F_SETFD, FD_CLOEXEC) != 0)
            return false;
    return sigaction(SIGTERM, &action, NULL) == 0 && sigaction(SIGINT, &action, NULL) == 0;
}

/* ---- before ---- */

static int parse_places(struct server *server)
{
    char reason[LG_REASON_TEXT];
    for (int i = 0; i < CHANNEL_COUNT; i++) {
        struct channel *channel = &server->channels[i];
        if (channel->where && !lg_endpoint_parse(channel->where, &channel->endpoint, reason))
            return fail(server, LG_EXIT_USAGE, where_options[i], reason);
        if (channel->where && i != CONTROL && lg_endpoint_is_unix(&channel->endpoint))
            return fail(server, LG_EXIT_USAGE, where_options[i],
                        "WS-Management needs an ADDRESS:PORT");
    }
    if (server->options->control && !lg_endpoint_is_local(&server->channels[CONTROL].endpoint))
        return fail(server, LG_EXIT_USAGE, "--control",
                    "must be a loopback address, 127.0.0.1:PORT or [::1]:PORT, or a socket's path");
    return -1;
}

static int make_token(struct server *server)
{
    const char *path = server->options->control_token_file;
    const char *wrong = path ? lg_token_read(path, server->control.token) : NULL;
    if (wrong)
        return fail(server, LG_EXIT_USAGE, path, wrong);
    if (!path && !lg_token_make(server->control.token))
        return fail(server, LG_EXIT_HARNESS, "--control", "there is no randomness for a token");
    return -1;
}

static int make_service(struct server *server, struct lg_simulator *simulator)
{
    const struct lg_sim_options *options = server->options;
    struct lg_wsman_settings settings = {.max_envelope_kb = options->max_envelope_kb,
                                         .repeated_bytes = options->repeated_bytes};
    server->service = lg_service_new(simulator, &settings);
    if (!server->service)
        return fail(server, LG_EXIT_HARNESS, "", "no memory");
    server->data = (struct lg_data){.service = server->service,
                                    .sign_in = server->security.sign_in,
                                    .refusals = {.program = options->program},
                                    .allow_unencrypted = options->allow_unencrypted};
    server->control.service = server->service;
    server->control.trace = options->trace;
    return -1;
}

static int start_channel(struct server *server, struct channel *channel,
                         const struct lg_http_service *service)
{
    char reason[LG_REASON_TEXT];
    int listener = channel->where ? lg_endpoint_listen(&channel->endpoint, reason) : -1;
    if (!channel->where)
        return -1;
    if (listener < 0)
        return fail(server, LG_EXIT_HARNESS, "", reason);
    channel->http = lg_http_start(listener, service);
    if (channel->http)
        return -1;
    close(listener);
    return fail(server, LG_EXIT_HARNESS, "", "the HTTP server cannot be started");
}

/* ---- the files that tell others ---- */

enum { URL_BYTES = LG_ENDPOINT_TEXT + 16, HASH_TEXT = 2 * LG_TLS_HASH_BYTES + 1 };

static void write_url(const struct channel *channel, int which, char url[URL_BYTES])
{
    char text[LG_ENDPOINT_TEXT];
    bool is_unix = channel->where && lg_endpoint_is_unix(&channel->endpoint);
    url[0] = '\0';
    if (!channel->where)
        return;
    lg_endpoint_write(&channel->endpoint, text);
    if (which == CONTROL)
        snprintf(url, URL_BYTES, "%s%s", text, is_unix ? "" : "/");
    else if (which == DATA)
        snprintf(url, URL_BYTES, "%s/wsman", text);
    else
        snprintf(url, URL_BYTES, "https%s/wsman", strchr(text, ':'));
}

static void write_hash(const unsigned char hash[LG_TLS_HASH_BYTES], char text[HASH_TEXT])
{
    for (int i = 0; i < LG_TLS_HASH_BYTES; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
}

static int tell(struct server *server)
{
    const char *path = server->options->env_file;
    char url[CHANNEL_COUNT][URL_BYTES];
    char hash[HASH_TEXT];
    char pid[24];
    bool served[CHANNEL_COUNT];
    for (int i = 0; i < CHANNEL_COUNT; i++) {
        served[i] = server->channels[i].http != NULL;
        write_url(&server->channels[i], i, url[i]);
    }
    write_hash(server->security.tls.sha256, hash);
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    const struct lg_env_line lines[] = {
        {"LASTGOOD_URL", url[served[DATA] ? DATA : DATA_TLS]},
        {"LASTGOOD_TLS_URL", served[DATA_TLS] ? url[DATA_TLS] : NULL},
        {"LASTGOOD_TLS_SHA256", served[DATA_TLS] ? hash : NULL},
        {"LASTGOOD_CONTROL_URL", served[CONTROL] ? url[CONTROL] : NULL},
        {"LASTGOOD_CONTROL_TOKEN", served[CONTROL] ? server->control.token : NULL},
        {"LASTGOOD_PID", pid}};
    if (path && !lg_env_file_write(&server->env_file, path, lines, sizeof lines / sizeof lines[0]))
        return fail(server, LG_EXIT_HARNESS, path, strerror(errno));
    printf("LASTGOOD_URL=%s\n", url[served[DATA] ? DATA : DATA_TLS]);
    for (size_t i = 1; i < 4; i++)
        if (lines[i].value)
            printf("%s=%s\n", lines[i].key, lines[i].value);
    fflush(stdout);
    return -1;
}

/* ---- serving ---- */

static int shorter(int left, int right)
{
    if (left < 0 || right < 0)
        return left < 0 ? right : left;
    return left < right ? left : right;
}

/* What poll found: whether a signal came, and which descriptors of the channels are ready. */
struct work {
    bool signalled;
    bool ready[CHANNEL_COUNT][LG_HTTP_DESCRIPTORS];
};

static int wait_for_work(const struct server *server, struct work *work)
{
    struct pollfd files[CHANNEL_COUNT * LG_HTTP_DESCRIPTORS + 1];
    int descriptors[LG_HTTP_DESCRIPTORS];
    nfds_t count = 0;
    int wait_ms = -1;
    for (int i = 0; i < CHANNEL_COUNT; i++) {
        const struct lg_http *http = server->channels[i].http;
        if (http)
            lg_http_descriptors(http, descriptors);
        for (int j = 0; j < LG_HTTP_DESCRIPTORS; j++)
            files[count++] = (struct pollfd){.fd = http ? descriptors[j] : -1, .events = POLLIN};
        wait_ms = http ? shorter(wait_ms, lg_http_wait_ms(http)) : wait_ms;
    }
    files[count++] = (struct pollfd){.fd = signal_pipe[0], .events = POLLIN};
    int found = poll(files, count, wait_ms);
    for (int i = 0; i < CHANNEL_COUNT; i++)
        for (int j = 0; j < LG_HTTP_DESCRIPTORS; j++)
            work->ready[i][j] = found > 0 && files[i * LG_HTTP_DESCRIPTORS + j].revents;
    work->signalled = found > 0 && files[count - 1].revents;
    return found >= 0 || errno == EINTR ? -1
                                        : fail(server, LG_EXIT_HARNESS, "poll", strerror(errno));
}

static int loop(struct server *server)
{
    struct work work = {.signalled = false};
    int code = -1;
    while (code < 0 && !work.signalled && !server->control.bye) {
        code = wait_for_work(server, &work);
        for (int i = 0; i < CHANNEL_COUNT && code < 0 && !work.signalled; i++)
            if (server->channels[i].http)
                lg_http_run(server->channels[i].http, work.ready[i]);
    }
    return code < 0 ? LG_EXIT_OK : code;
}

/* The reply to "bye" is still on its way. */
static void say_goodbye(struct server *server)
{
    enum { TURNS = 3 };
    const bool ready[LG_HTTP_DESCRIPTORS] = {true, true};
    for (int i = 0; i < TURNS && server->control.bye; i++)
        lg_http_run(server->channels[CONTROL].http, ready);
}

static void end(struct server *server)
{
    lg_env_file_remove(&server->env_file);
    say_goodbye(server);
    for (int i = 0; i < CHANNEL_COUNT; i++) {
        lg_http_stop(server->channels[i].http);
        lg_endpoint_remove(&server->channels[i].endpoint);
    }
    lg_service_free(server->service);
    lg_security_free(&server->security);
}

int lg_serve(const struct lg_sim_options *options, struct lg_simulator *simulator)
{
    struct server server = {.options = options};
    server.channels[DATA].where = options->listen;
    server.channels[DATA_TLS].where = options->listen_tls;
    server.channels[CONTROL].where = options->control;
    struct lg_http_service data =
        lg_data_service(&server.data, (size_t)options->max_envelope_kb * 1024, options->timeout_s);
    struct lg_http_service data_tls = data;
    data_tls.tls = &server.security.tls;
    struct lg_http_service control = lg_control_service(&server.control, options->timeout_s);
    int code = catch_signals() ? -1 : fail(&server, LG_EXIT_HARNESS, "signals", strerror(errno));
    code = code < 0 ? lg_security_load(&server.security, options) : code;
    code = code < 0 ? parse_places(&server) : code;
    code = code < 0 ? make_token(&server) : code;
    code = code < 0 ? make_service(&server, simulator) : code;
    code = code < 0 ? start_channel(&server, &server.channels[DATA], &data) : code;
    code = code < 0 ? start_channel(&server, &server.channels[DATA_TLS], &data_tls) : code;
    code = code < 0 ? start_channel(&server, &server.channels[CONTROL], &control) : code;
    code = code < 0 ? tell(&server) : code;
    code = code < 0 ? loop(&server) : code;
    end(&server);
    return code;
}
