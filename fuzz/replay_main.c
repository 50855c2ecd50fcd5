/* The default engine of every fuzz target: runs it on the files and folders named, twice each, and
 * compares what it saw; or N times each, and says what that took. Any compiler will do. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "find.h"

enum { INPUT_MAX_BYTES = 1 << 20, EXIT_FOUND = 1, EXIT_USAGE = 64 };

static unsigned long replayed;
static unsigned long rounds; /* 0: twice, compared */
static double seconds;       /* of processor time, in the target */

static uint64_t run(const uint8_t *bytes, size_t length)
{
    uint8_t *copy = malloc(length ? length : 1); /* of the exact size, so that ASan sees its end */
    if (!copy)
        abort();
    memcpy(copy, bytes, length);
    lg_seen = 0;
    LLVMFuzzerTestOneInput(copy, length);
    free(copy);
    return lg_seen;
}

static bool is_the_same_twice(const uint8_t *bytes, size_t length)
{
    return run(bytes, length) == run(bytes, length);
}

static bool repeat(const uint8_t *bytes, size_t length)
{
    clock_t start = clock();
    for (unsigned long i = 0; i < rounds; i++)
        run(bytes, length);
    seconds += (double)(clock() - start) / CLOCKS_PER_SEC;
    return true;
}

static int replay_file(const char *path)
{
    static uint8_t bytes[INPUT_MAX_BYTES];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return EXIT_USAGE;
    }
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    replayed++;
    if (rounds ? repeat(bytes, length) : is_the_same_twice(bytes, length))
        return 0;
    fprintf(stderr, "lastgood-find: not the same twice: %s\n", path);
    return EXIT_FOUND;
}

static int replay_folder(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    int code = count < 0 ? EXIT_USAGE : 0;
    for (int i = 0; i < count; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            code |= replay_file(file);
        free(entries[i]);
    }
    free(entries);
    return code;
}

int main(int argc, char **argv)
{
    int first = argc > 2 && strcmp(argv[1], "--rounds") == 0 ? 3 : 1;
    int code = 0;
    if (first == 3)
        rounds = strtoul(argv[2], NULL, 10);
    if (argc <= first || (first == 3 && rounds == 0)) {
        fprintf(stderr, "usage: %s [--rounds N] FILE|FOLDER...\n", argv[0]);
        return EXIT_USAGE;
    }
    for (int i = first; i < argc; i++) {
        struct stat status;
        bool folder = stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode);
        code |= folder ? replay_folder(argv[i]) : replay_file(argv[i]);
    }
    if (rounds)
        printf("%lu inputs, %lu times each: %.3f s\n", replayed, rounds, seconds);
    else
        printf("%lu inputs, twice each\n", replayed);
    return code;
}
