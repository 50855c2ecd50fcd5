/* Copies of the process at work. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "crew.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

void *lg_shared_new(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void lg_shared_free(void *memory, size_t bytes)
{
    if (memory)
        munmap(memory, bytes);
}

static void work_and_end(bool (*work)(void *, unsigned), void *context, unsigned number)
{
    bool good = work(context, number);
    fflush(stdout);
    _exit(good ? 0 : 1);
}

static bool has_succeeded(pid_t child)
{
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

bool lg_crew(unsigned count, bool (*work)(void *context, unsigned number), void *context)
{
    pid_t children[LG_CREW_MAX];
    fflush(stdout);
    for (unsigned i = 0; i + 1 < count; i++) {
        children[i] = fork();
        if (children[i] == 0)
            work_and_end(work, context, i);
    }
    bool good = work(context, count - 1);
    for (unsigned i = 0; i + 1 < count; i++)
        good = has_succeeded(children[i]) && good;
    return good;
}
