/* Copies of a process at work. */
#include "line_crew.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/crew.h"

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

struct share {
    struct lines lines;
    unsigned count;
    lg_crew_work *work;
    void *context;
};

static bool work_on(void *context, unsigned number)
{
    const struct share *share = context;
    for (unsigned i = number; i < share->lines.count; i += share->count)
        if (!share->work(share->context, share->lines.items[i]))
            return false;
    return true;
}

bool lg_crew_run(unsigned count, lg_crew_work *work, void *context)
{
    static struct share share;
    share.count = count;
    share.work = work;
    share.context = context;
    return read_lines(&share.lines) && lg_crew(count, work_on, &share);
}
