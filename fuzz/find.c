/* Finds, and inputs as files. */
#include "find.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What engines call before the first input. Whatever a target makes only once is made here, so that
 * the first input runs as every other one does. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const uint8_t nothing[2];
    (void)argc;
    (void)argv;
    return LLVMFuzzerTestOneInput(nothing, 0);
}

uint64_t lg_seen;

void lg_saw(const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i++)
        lg_seen = (lg_seen ^ at[i]) * 0x100000001B3u;
    lg_seen += length + 1;
}

void lg_find(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("lastgood-find: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    abort();
}

/* Without a name in the file system, so that nothing is left when the program is killed. */
static int make_file(void)
{
    const char *folder = getenv("TMPDIR");
    char path[256];
    snprintf(path, sizeof path, "%.200s/lastgood-fuzz-XXXXXX", folder ? folder : "/tmp");
    int file = mkstemp(path);
    if (file >= 0)
        unlink(path);
    return file;
}

const char *lg_as_file(const uint8_t *bytes, size_t length)
{
    static char path[64];
    static int file = -1;
    if (file < 0)
        file = make_file();
    if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, bytes, length, 0) != (ssize_t)length) {
        perror("lastgood: a temporary file");
        exit(3);
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return path;
}
