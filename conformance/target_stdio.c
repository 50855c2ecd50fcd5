/* The target "stdio:COMMAND": a process behind the line protocol (sim/README.md). */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target_lines.h"

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
};

/* ---- lines ---- */

static bool send_all(struct process *process, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        ssize_t written = write(process->to, text + at, length - at);
        if (written > 0)
            at += (size_t)written;
        else if (written == 0 || errno != EINTR)
            return false;
    }
    return true;
}

/* In one piece: a process that reads wakes up once. */
static bool send_line(struct process *process, const char *line, size_t length)
{
    char *text = malloc(length + 1);
    if (!text)
        return false;
    memcpy(text, line, length);
    text[length] = '\n';
    bool sent = send_all(process, text, length + 1);
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

/* Waits for the answer with the same id; answers to requests that were given up are passed over. */
static enum lg_target_reply answer(void *context, const char *line, size_t length, json_int_t id,
                                   json_t **answer, struct lg_json_error *reason)
{
    struct process *process = context;
    if (!send_line(process, line, length)) {
        lg_json_fail(reason, "the target ended or takes no more requests");
        return LG_TARGET_GONE;
    }
    for (;;) {
        ssize_t found = wait_line(process);
        if (found == -1)
            return LG_TARGET_LOST;
        if (found < 0) {
            lg_json_fail(reason, "the target ended");
            return LG_TARGET_GONE;
        }
        *answer = take_json(process, (size_t)found);
        const json_t *own = json_object_get(*answer, "id");
        if (!json_is_integer(own) || json_integer_value(own) >= id)
            return LG_TARGET_ANSWERED;
        json_decref(*answer);
    }
}

static void close_process(void *context)
{
    struct process *process = context;
    if (process->to >= 0)
        close(process->to);
    if (process->from >= 0)
        close(process->from);
    if (process->pid > 0) {
        kill(-process->pid, SIGTERM);
        waitpid(process->pid, NULL, 0);
    }
    free(process->line);
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

static struct process *make_process(void)
{
    struct process *process = calloc(1, sizeof *process);
    if (process)
        process->to = process->from = -1;
    return process;
}

bool lg_target_stdio_open(struct lg_target *target, const char *command,
                          struct lg_json_error *reason)
{
    struct process *process = make_process();
    struct lg_line_peer peer = {answer, close_process, process};
    signal(SIGPIPE, SIG_IGN);
    if (process && start(process, command))
        return lg_target_lines_open(target, &peer, reason);
    lg_json_fail(reason, "the command could not be started: %s", strerror(errno));
    if (process)
        close_process(process);
    return false;
}
