/* Calls a second over the line protocol, one at a time, beside the same lines through cat. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES = 4096, ROUNDS = 40000 };

struct child {
    pid_t pid;
    FILE *to;
    FILE *from;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void start(struct child *child, char *const command[])
{
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0)
        exit(3);
    child->pid = fork();
    if (child->pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        close(to[1]);
        close(from[0]);
        execvp(command[0], command);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    child->to = fdopen(to[1], "w");
    child->from = fdopen(from[0], "r");
}

static void ask(const struct child *child, const char *line, char answer[LINE_BYTES])
{
    if (fputs(line, child->to) < 0 || fflush(child->to) != 0 ||
        !fgets(answer, LINE_BYTES, child->from)) {
        fprintf(stderr, "bench_stdio: the process ended\n");
        exit(3);
    }
}

static double calls_per_second(const struct child *child, const char *line)
{
    char answer[LINE_BYTES];
    double begin = now();
    for (unsigned i = 0; i < ROUNDS; i++)
        ask(child, line, answer);
    return (double)ROUNDS / (now() - begin);
}

static void end(const struct child *child)
{
    fclose(child->to);
    fclose(child->from);
    waitpid(child->pid, NULL, 0);
}

/* "vm":"NAME" of the answer to Vm.Create. */
static void name_of_vm(const char *answer, char name[64])
{
    const char *at = strstr(answer, "\"vm\":\"");
    if (!at || sscanf(at, "\"vm\":\"%63[^\"]", name) != 1) {
        fprintf(stderr, "bench_stdio: no VM was made: %s", answer);
        exit(3);
    }
}

int main(int argc, char **argv)
{
    char *const simulator[] = {argc > 1 ? argv[1] : "build/bin/lastgood-sim", "--stdio", NULL};
    char *const echo[] = {"cat", NULL};
    struct child child;
    char answer[LINE_BYTES], line[LINE_BYTES], vm[64];
    signal(SIGPIPE, SIG_IGN);
    start(&child, simulator);
    ask(&child, "{\"id\":1,\"op\":\"event\",\"event\":\"Vm.Create\",\"args\":{}}\n", answer);
    name_of_vm(answer, vm);
    snprintf(line, sizeof line,
             "{\"id\":2,\"op\":\"call\",\"method\":\"Msvm_SecurityService.GetKeyProtector\","
             "\"target\":\"%s\",\"args\":{\"SecuritySettingData\":{}}}\n",
             vm);
    double calls = calls_per_second(&child, line);
    end(&child);
    start(&child, echo);
    double lines = calls_per_second(&child, line);
    end(&child);
    printf("stdio, one call at a time  %8.0f calls/s\nthe same lines through cat %8.0f lines/s\n",
           calls, lines);
    return 0;
}
