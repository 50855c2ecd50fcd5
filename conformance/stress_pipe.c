/* Lanes to a process behind the line protocol: requests go in without waiting for answers. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "line_messages.h"
#include "sim/wsman/text.h"
#include "stress_lanes.h"

enum {
    REPLY_MS = 10000,                  /* as lastgood run waits */
    LINE_MAX_BYTES = 16 * 1024 * 1024, /* the protocol's own bound */
    READ_BYTES = 64 * 1024
};

struct asked {
    struct lg_call call;
    json_int_t id; /* 0: nothing is under way */
};

struct process {
    pid_t pid;
    int to;
    int from;
    struct lg_text out; /* not yet written, from out_at on */
    size_t out_at;
    char *in;
    size_t in_length;
    size_t in_capacity;
    json_int_t id;
    struct lg_bound_names bound;
    struct asked *asked; /* one for each lane, and one behind them for what is alone */
};

/* ---- bytes ---- */

static bool write_some(struct process *process)
{
    ssize_t written = write(process->to, process->out.bytes + process->out_at,
                            process->out.length - process->out_at);
    if (written < 0)
        return errno == EAGAIN || errno == EINTR;
    process->out_at += (size_t)written;
    if (process->out_at == process->out.length)
        process->out_at = process->out.length = 0;
    return true;
}

static bool read_some(struct process *process)
{
    if (process->in_capacity - process->in_length < READ_BYTES) {
        size_t capacity = process->in_capacity * 2 + READ_BYTES;
        char *in = capacity > 2 * (size_t)LINE_MAX_BYTES ? NULL : realloc(process->in, capacity);
        if (!in)
            return false;
        process->in = in;
        process->in_capacity = capacity;
    }
    ssize_t count = read(process->from, process->in + process->in_length, READ_BYTES);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR;
    process->in_length += (size_t)count;
    return count > 0;
}

/* Writes what is to be written, until a whole line is there. The process may wait for its answers
 * to be read before it reads on. */
static enum lg_target_reply wait_line(struct process *process, size_t *length)
{
    for (;;) {
        const char *end = process->in_length ? memchr(process->in, '\n', process->in_length) : NULL;
        if (end) {
            *length = (size_t)(end - process->in);
            return LG_TARGET_ANSWERED;
        }
        struct pollfd polled[2] = {{.fd = process->from, .events = POLLIN},
                                   {.fd = process->to, .events = POLLOUT}};
        nfds_t count = process->out.length ? 2 : 1;
        int ready = poll(polled, count, REPLY_MS);
        if (ready == 0)
            return LG_TARGET_LOST;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready < 0 || (polled[0].revents && !read_some(process)) ||
            (count == 2 && polled[1].revents && !write_some(process)))
            return LG_TARGET_GONE;
    }
}

static json_t *take_line(struct process *process, size_t length)
{
    json_t *json = json_loadb(process->in, length, JSON_REJECT_DUPLICATES, NULL);
    process->in_length -= length + 1;
    memmove(process->in, process->in + length + 1, process->in_length);
    return json;
}

/* ---- requests and answers ---- */

/* The request is released. */
static bool ask(struct process *process, unsigned lane, json_t *request)
{
    json_object_set_new(request, "id", json_integer(++process->id));
    char *text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    if (text)
        lg_text_addf(&process->out, "%s\n", text);
    free(text);
    process->asked[lane].id = process->id;
    return text && write_some(process);
}

/* The lane whose request was made first. */
static unsigned oldest(const struct lg_lanes *lanes)
{
    const struct process *process = lanes->self;
    unsigned found = lanes->count;
    for (unsigned i = 0; i < lanes->count; i++)
        if (process->asked[i].id &&
            (!process->asked[found].id || process->asked[i].id < process->asked[found].id))
            found = i;
    return found;
}

/* The answer to something under way: ANSWERED, and its lane. What was given up is passed over. */
static enum lg_target_reply hear(struct lg_lanes *lanes, unsigned *lane, json_t **answer,
                                 struct lg_json_error *reason)
{
    struct process *process = lanes->self;
    size_t length;
    enum lg_target_reply reply;
    while ((reply = wait_line(process, &length)) == LG_TARGET_ANSWERED) {
        *answer = take_line(process, length);
        json_int_t id = json_integer_value(json_object_get(*answer, "id"));
        for (*lane = 0; *lane <= lanes->count; ++*lane)
            if (id > 0 && process->asked[*lane].id == id) {
                process->asked[*lane].id = 0;
                return LG_TARGET_ANSWERED;
            }
        json_decref(*answer);
        if (id <= 0 || id > process->id) {
            lg_json_fail(reason, "the target answered something else than was asked");
            return LG_TARGET_GONE;
        }
    }
    *lane = oldest(lanes);
    process->asked[*lane].id = 0;
    if (reply == LG_TARGET_GONE)
        lg_json_fail(reason, "the target ended");
    return reply;
}

static bool send(struct lg_lanes *lanes, unsigned lane, const struct lg_call *call,
                 struct lg_json_error *reason)
{
    struct process *process = lanes->self;
    process->asked[lane].call = *call;
    return ask(process, lane, lg_line_request(&process->bound, call)) ||
           lg_json_fail(reason, "the target ended or takes no more requests");
}

static enum lg_target_reply next(struct lg_lanes *lanes, unsigned *lane, struct lg_outcome *seen,
                                 struct lg_json_error *reason)
{
    struct process *process = lanes->self;
    json_t *answer;
    enum lg_target_reply reply = hear(lanes, lane, &answer, reason);
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    reply =
        lg_line_says_no(answer, reason)
            ? LG_TARGET_REFUSED
            : lg_line_outcome(&process->bound, &process->asked[*lane].call, answer, seen, reason);
    json_decref(answer);
    return reply;
}

static enum lg_target_reply alone(struct lg_lanes *lanes, const struct lg_call *call,
                                  struct lg_outcome *seen, struct lg_json_error *reason)
{
    unsigned lane = lanes->count;
    return send(lanes, lane, call, reason) ? next(lanes, &lane, seen, reason) : LG_TARGET_GONE;
}

/* An operation without parameters; its answer if it says yes. */
static json_t *operate(struct lg_lanes *lanes, const char *op, struct lg_json_error *reason)
{
    struct process *process = lanes->self;
    unsigned lane = lanes->count;
    json_t *answer = NULL;
    if (!ask(process, lane, json_pack("{s:s}", "op", op)))
        lg_json_fail(reason, "the target ended or takes no more requests");
    else if (hear(lanes, &lane, &answer, reason) == LG_TARGET_LOST)
        lg_json_fail(reason, "the target did not answer %s within %d s", op, REPLY_MS / 1000);
    if (answer && lg_line_says_no(answer, reason)) {
        json_decref(answer);
        answer = NULL;
    }
    return answer;
}

static enum lg_target_reply reset(struct lg_lanes *lanes, struct lg_json_error *reason)
{
    struct process *process = lanes->self;
    json_t *answer = operate(lanes, "reset", reason);
    lg_bound_names_reset(&process->bound);
    json_decref(answer);
    return answer ? LG_TARGET_ANSWERED : LG_TARGET_GONE;
}

static void close_process(struct lg_lanes *lanes)
{
    struct process *process = lanes->self;
    if (!process)
        return;
    if (process->to >= 0)
        close(process->to);
    if (process->from >= 0)
        close(process->from);
    if (process->pid > 0) {
        kill(-process->pid, SIGTERM);
        waitpid(process->pid, NULL, 0);
    }
    lg_text_free(&process->out);
    lg_bound_names_free(&process->bound);
    free(process->in);
    free(process->asked);
    free(process);
}

/* ---- the process ---- */

static void run_child(const char *command, const int to[2], const int from[2])
{
    struct lg_text line = {0};
    setpgid(0, 0);
    dup2(to[0], STDIN_FILENO);
    dup2(from[1], STDOUT_FILENO);
    for (unsigned i = 0; i < 2; i++) {
        close(to[i]);
        close(from[i]);
    }
    lg_text_addf(&line, "exec %s", command);
    if (line.bytes)
        execl("/bin/sh", "sh", "-c", line.bytes, (char *)NULL);
    _exit(127);
}

static bool start(struct process *process, const char *command)
{
    int to[2], from[2];
    if (pipe(to) != 0)
        return false;
    if (pipe(from) != 0) {
        close(to[0]);
        close(to[1]);
        return false;
    }
    process->pid = fork();
    if (process->pid == 0)
        run_child(command, to, from);
    close(to[0]);
    close(from[1]);
    process->to = to[1];
    process->from = from[0];
    setpgid(process->pid, process->pid);
    return process->pid > 0 && fcntl(process->to, F_SETFL, O_NONBLOCK) == 0 &&
           fcntl(process->from, F_SETFL, O_NONBLOCK) == 0;
}

static bool greet(struct lg_lanes *lanes, struct lg_json_error *reason)
{
    static const char *const words[] = {"events", "inspect", "snapshot", "material", "clock"};
    json_t *answer = operate(lanes, "hello", reason);
    const json_t *list = json_object_get(answer, "capabilities");
    json_int_t protocol = json_integer_value(json_object_get(answer, "protocol"));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        for (unsigned k = 0; word && k < sizeof words / sizeof words[0]; k++)
            if (strcmp(words[k], word) == 0)
                lanes->capabilities |= 1u << k;
    }
    json_decref(answer);
    return answer &&
           (protocol == 1 || lg_json_fail(reason, "the target speaks protocol %lld, this program 1",
                                          (long long)protocol));
}

bool lg_lanes_pipe_open(struct lg_lanes *lanes, const char *command, struct lg_json_error *reason)
{
    static const struct lg_lanes_kind kind = {reset, alone, send, next, close_process};
    struct process *process = calloc(1, sizeof *process);
    lanes->kind = &kind;
    lanes->self = process;
    if (!process)
        return lg_json_fail(reason, "no memory");
    signal(SIGPIPE, SIG_IGN);
    process->to = process->from = -1;
    process->asked = calloc(lanes->count + 1, sizeof *process->asked);
    if (!lg_bound_names_init(&process->bound, lanes->blobs) || !process->asked)
        return lg_json_fail(reason, "no memory");
    if (!start(process, command))
        return lg_json_fail(reason, "the command could not be started: %s", strerror(errno));
    return greet(lanes, reason);
}
