/* The target "stdio:COMMAND": a process behind the line protocol (sim/README.md). */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bound_names.h"
#include "target.h"

enum {
    REPLY_MS = 10000, /* longer than any answer takes; a lost reply is one that is later */
    LINE_MAX_BYTES = 16 * 1024 * 1024 /* the protocol's own bound */
};

struct process {
    pid_t pid;
    int to;
    int from;
    char *line; /* what was read, one line or more */
    size_t length;
    size_t capacity;
    json_int_t id;
    struct lg_bound_names bound;
};

/* ---- lines ---- */

static bool send_line(struct process *process, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    size_t length = text ? strlen(text) : 0;
    bool sent = text != NULL;
    if (text)
        text[length++] = '\n';
    for (size_t at = 0; sent && at < length;) {
        ssize_t written = write(process->to, text + at, length - at);
        if (written > 0)
            at += (size_t)written;
        else
            sent = written < 0 && errno == EINTR;
    }
    free(text);
    return sent;
}

static bool make_room(struct process *process)
{
    size_t capacity = process->capacity ? process->capacity * 2 : 64 * 1024;
    if (process->capacity - process->length > 4096)
        return true;
    char *line = capacity > 2 * (size_t)LINE_MAX_BYTES ? NULL : realloc(process->line, capacity);
    if (!line)
        return false;
    process->line = line;
    process->capacity = capacity;
    return true;
}

/* The length of the first whole line; -1 after REPLY_MS, -2 when the process is gone. */
static ssize_t wait_line(struct process *process)
{
    for (;;) {
        char *end = process->length ? memchr(process->line, '\n', process->length) : NULL;
        if (end)
            return end - process->line;
        struct pollfd poller = {.fd = process->from, .events = POLLIN};
        int ready = poll(&poller, 1, REPLY_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready == 0)
            return -1;
        if (!make_room(process))
            return -2;
        ssize_t count = read(process->from, process->line + process->length,
                             process->capacity - process->length);
        if (count <= 0)
            return -2;
        process->length += (size_t)count;
    }
}

static json_t *take_json(struct process *process, size_t length)
{
    json_t *json = json_loadb(process->line, length, JSON_REJECT_DUPLICATES, NULL);
    process->length -= length + 1;
    memmove(process->line, process->line + length + 1, process->length);
    return json;
}

/* Asks, and waits for the answer with the same id; answers to requests that were given up are
 * passed over. */
static enum lg_target_reply ask(struct process *process, json_t *request, json_t **answer,
                                struct lg_json_error *reason)
{
    json_object_set_new(request, "id", json_integer(++process->id));
    bool sent = send_line(process, request);
    json_decref(request);
    if (!sent) {
        lg_json_fail(reason, "the target takes no more requests");
        return LG_TARGET_GONE;
    }
    for (;;) {
        ssize_t length = wait_line(process);
        if (length == -1)
            return LG_TARGET_LOST;
        *answer = length < 0 ? NULL : take_json(process, (size_t)length);
        const json_t *id = json_object_get(*answer, "id");
        if (json_is_integer(id) && json_integer_value(id) < process->id) {
            json_decref(*answer);
            continue;
        }
        if (json_is_integer(id) && json_integer_value(id) == process->id)
            return LG_TARGET_ANSWERED;
        lg_json_fail(reason, length < 0 ? "the target ended"
                                        : "the target answered something else than was asked");
        json_decref(*answer);
        return LG_TARGET_GONE;
    }
}

/* An answer that says no: its reason. */
static bool says_no(const json_t *answer, struct lg_json_error *reason)
{
    const json_t *error = json_object_get(answer, "error");
    const char *text = json_string_value(json_object_get(error, "reason"));
    if (json_is_true(json_object_get(answer, "ok")))
        return false;
    lg_json_fail(reason, "%s", text ? text : "the target refused without a reason");
    return true;
}

static enum lg_target_reply reset(struct lg_target *target, struct lg_json_error *reason)
{
    struct process *process = target->self;
    json_t *answer;
    enum lg_target_reply reply = ask(process, json_pack("{s:s}", "op", "reset"), &answer, reason);
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    lg_bound_names_reset(&process->bound);
    reply = says_no(answer, reason) ? LG_TARGET_REFUSED : LG_TARGET_ANSWERED;
    json_decref(answer);
    return reply;
}

/* What no client can read: an operation of its own. */
static enum lg_target_reply inspect(struct process *process, const struct lg_call *made,
                                    struct lg_outcome *seen, struct lg_json_error *reason)
{
    char name[LG_NAME_BYTES];
    json_t *answer;
    process->bound.names.write_vm(&process->bound, made->vm, name);
    enum lg_target_reply reply =
        ask(process, json_pack("{s:s, s:s}", "op", "inspect", "target", name), &answer, reason);
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    memset(seen, 0, sizeof *seen);
    if (says_no(answer, reason))
        reply = LG_TARGET_REFUSED;
    else if (!lg_properties_from_json(json_object_get(answer, "digests"), made,
                                      &process->bound.names, seen, reason))
        reply = LG_TARGET_GONE;
    json_decref(answer);
    return reply;
}

static enum lg_target_reply call(struct lg_target *target, const struct lg_call *made,
                                 struct lg_outcome *seen, struct lg_json_error *reason)
{
    if (made->method == LG_CALL_INSPECT)
        return inspect(target->self, made, seen, reason);
    struct process *process = target->self;
    bool event = lg_methods[made->method].kind == LG_KIND_EVENT;
    json_t *request = lg_call_to_json(made, &process->bound.names);
    json_t *answer;
    json_object_set_new(request, "op", json_string(event ? "event" : "call"));
    enum lg_target_reply reply = ask(process, request, &answer, reason);
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    if (says_no(answer, reason))
        reply = LG_TARGET_REFUSED;
    else {
        lg_bound_names_learn(&process->bound, made, answer);
        if (!lg_outcome_from_json(answer, made, &process->bound.names, seen, reason))
            reply = LG_TARGET_GONE;
    }
    json_decref(answer);
    return reply;
}

static void close_process(struct lg_target *target)
{
    struct process *process = target->self;
    if (process->to >= 0)
        close(process->to);
    if (process->from >= 0)
        close(process->from);
    if (process->pid > 0) {
        kill(-process->pid, SIGTERM);
        waitpid(process->pid, NULL, 0);
    }
    free(process->line);
    lg_bound_names_free(&process->bound);
    free(process);
}

/* ---- the process ---- */

static void run_child(const char *command, int in, int out)
{
    char *shell_command = malloc(strlen(command) + 6);
    setpgid(0, 0);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    if (shell_command) {
        sprintf(shell_command, "exec %s", command);
        execl("/bin/sh", "sh", "-c", shell_command, (char *)NULL);
    }
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
    if (process->pid == 0) {
        close(to[1]);
        close(from[0]);
        run_child(command, to[0], from[1]);
    }
    close(to[0]);
    close(from[1]);
    process->to = to[1];
    process->from = from[0];
    setpgid(process->pid, process->pid);
    return process->pid > 0;
}

static unsigned read_capabilities(const json_t *list)
{
    static const char *const words[] = {"events", "inspect", "snapshot", "material", "clock"};
    unsigned capabilities = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        for (unsigned k = 0; word && k < 5; k++)
            if (strcmp(words[k], word) == 0)
                capabilities |= 1u << k;
    }
    return capabilities;
}

static bool greet(struct lg_target *target, struct lg_json_error *reason)
{
    json_t *answer;
    enum lg_target_reply reply =
        ask(target->self, json_pack("{s:s}", "op", "hello"), &answer, reason);
    if (reply == LG_TARGET_LOST)
        return lg_json_fail(reason, "the target did not answer hello within %d s", REPLY_MS / 1000);
    if (reply != LG_TARGET_ANSWERED)
        return false;
    json_int_t protocol = json_integer_value(json_object_get(answer, "protocol"));
    target->capabilities = read_capabilities(json_object_get(answer, "capabilities"));
    bool refused = says_no(answer, reason);
    json_decref(answer);
    if (refused)
        return false;
    return protocol == 1 ? true
                         : lg_json_fail(reason, "the target speaks protocol %lld, this program 1",
                                        (long long)protocol);
}

static bool make_process(struct lg_target *target)
{
    struct process *process = calloc(1, sizeof *process);
    if (!process)
        return false;
    target->self = process;
    process->to = process->from = -1;
    return lg_bound_names_init(&process->bound, target->blobs);
}

bool lg_target_stdio_open(struct lg_target *target, const char *command,
                          struct lg_json_error *reason)
{
    target->reset = reset;
    target->call = call;
    target->close = close_process;
    signal(SIGPIPE, SIG_IGN);
    if (!make_process(target) || !start(target->self, command))
        return lg_json_fail(reason, "the command could not be started: %s", strerror(errno));
    return greet(target, reason);
}
