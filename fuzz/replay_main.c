/* The default engine of every fuzz target: runs it on the files and folders named, twice each, and
 * compares what it saw. Any compiler will do. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "find.h"

enum { INPUT_MAX_BYTES = 1 << 20, EXIT_FOUND = 1, EXIT_USAGE = 64 };

static unsigned long replayed;

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
    if (run(bytes, length) == run(bytes, length))
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
    int code = argc < 2 ? EXIT_USAGE : 0;
    if (argc < 2)
        fprintf(stderr, "usage: %s FILE|FOLDER...\n", argv[0]);
    for (int i = 1; i < argc; i++) {
        struct stat status;
        bool folder = stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode);
        code |= folder ? replay_folder(argv[i]) : replay_file(argv[i]);
    }
    printf("%lu inputs, twice each\n", replayed);
    return code;
}
