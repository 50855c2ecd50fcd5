/* Copies of a process at work. */
#include "crew.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE_BYTES = 4096, LINES_MAX = 65536 };

struct lines {
    char *items[LINES_MAX];
    unsigned count;
};

static bool read_lines(struct lines *lines)
{
    char line[LINE_BYTES];
    while (lines->count < LINES_MAX && fgets(line, sizeof line, stdin)) {
        lines->items[lines->count] = strdup(line);
        if (!lines->items[lines->count++])
            return false;
    }
    return true;
}

static bool work_on(const struct lines *lines, unsigned first, unsigned step, lg_crew_work *work,
                    void *context)
{
    for (unsigned i = first; i < lines->count; i += step)
        if (!work(context, lines->items[i]))
            return false;
    return true;
}

bool lg_crew_run(unsigned count, lg_crew_work *work, void *context)
{
    static struct lines lines;
    bool good = read_lines(&lines);
    int status;
    fflush(stdout);
    for (unsigned i = 1; good && i < count; i++)
        if (fork() == 0)
            _exit(work_on(&lines, i, count, work, context) ? 0 : 3);
    good = good && work_on(&lines, 0, count, work, context);
    while (wait(&status) > 0)
        good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return good;
}
