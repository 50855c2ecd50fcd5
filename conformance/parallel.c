/* Parts of a run in processes; rows and readings come back through pipes. */
#include "parallel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"

enum { PARTS_MAX = 64, CODE_OF_SUCCESS = 100 };

static bool write_all(int file, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t written = write(file, at, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        length -= (size_t)written;
    }
    return true;
}

static bool read_all(int file, void *bytes, size_t length)
{
    char *at = bytes;
    while (length > 0) {
        ssize_t count = read(file, at, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        at += count;
        length -= (size_t)count;
    }
    return true;
}

/* The child: never returns. */
static void run_part(int (*work)(void *, unsigned, struct lg_part *), void *context, unsigned part,
                     int to)
{
    struct lg_part result = {0};
    int code = work(context, part, &result);
    bool sent =
        write_all(to, &result.results.count, sizeof result.results.count) &&
        write_all(to, result.results.rows, result.results.count * sizeof *result.results.rows) &&
        write_all(to, &result.readings, sizeof result.readings);
    _exit(!sent ? LG_EXIT_HARNESS : code < 0 ? CODE_OF_SUCCESS : code);
}

static bool take_rows(int from, struct lg_results *results)
{
    size_t count;
    if (!read_all(from, &count, sizeof count) || count > SIZE_MAX / sizeof *results->rows / 2)
        return false;
    struct lg_result_row *rows =
        realloc(results->rows, (results->count + count + 1) * sizeof *rows);
    if (!rows)
        return false;
    results->rows = rows;
    results->capacity = results->count + count + 1;
    if (!read_all(from, rows + results->count, count * sizeof *rows))
        return false;
    results->count += count;
    return true;
}

static int merge(struct lg_readings *all, const struct lg_readings *more)
{
    for (int slot = 0; slot < LG_SLOT_COUNT; slot++) {
        unsigned every = (1u << lg_slot_alternatives((uint16_t)slot)) - 1;
        all->out[slot] |= more->out[slot];
        if ((all->out[slot] & every) == every)
            return slot;
    }
    return -1;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct lg_result_row *)a)->id, ((const struct lg_result_row *)b)->id);
}

static int code_of(pid_t child)
{
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status))
        return LG_EXIT_HARNESS;
    return WEXITSTATUS(status) == CODE_OF_SUCCESS ? -1 : WEXITSTATUS(status);
}

static pid_t start_part(int (*work)(void *, unsigned, struct lg_part *), void *context,
                        unsigned part, int *from)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        run_part(work, context, part, ends[1]);
    }
    close(ends[1]);
    *from = ends[0];
    return child;
}

int lg_parallel_run(unsigned count,
                    int (*work)(void *context, unsigned part, struct lg_part *result),
                    void *context, struct lg_results *results, int *conflict)
{
    pid_t children[PARTS_MAX];
    int from[PARTS_MAX];
    struct lg_readings all = {{0}};
    int worst = -1;
    *conflict = -1;
    for (unsigned i = 0; i < count; i++)
        children[i] = start_part(work, context, i, &from[i]);
    for (unsigned i = 0; i < count; i++) {
        struct lg_readings readings;
        bool came = children[i] > 0 && take_rows(from[i], results) &&
                    read_all(from[i], &readings, sizeof readings);
        int code = children[i] > 0 ? code_of(children[i]) : LG_EXIT_HARNESS;
        if (came && *conflict < 0)
            *conflict = merge(&all, &readings);
        if (!came && code < 0)
            code = LG_EXIT_HARNESS;
        if (code > worst)
            worst = code;
        if (children[i] > 0)
            close(from[i]);
    }
    if (results->count)
        qsort(results->rows, results->count, sizeof *results->rows, compare);
    return worst;
}
