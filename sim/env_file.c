/* Files of KEY=value lines. */
#include "env_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, LINE_BYTES = 1024, LINES_MAX = 64 };

static bool write_lines(int descriptor, const struct lg_env_line *lines, size_t count,
                        struct lg_env_file *file)
{
    struct stat made;
    FILE *stream = fdopen(descriptor, "w");
    if (!stream) {
        close(descriptor);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (lines[i].value)
            fprintf(stream, "%s=%s\n", lines[i].key, lines[i].value);
    bool written = fflush(stream) == 0 && fstat(descriptor, &made) == 0;
    if (written) {
        file->device = made.st_dev;
        file->inode = made.st_ino;
        file->changed = made.st_mtim;
    }
    return fclose(stream) == 0 && written;
}

bool lg_env_file_write(struct lg_env_file *file, const char *path, const struct lg_env_line *lines,
                       size_t count)
{
    char beside[PATH_BYTES];
    int length = snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid());
    if (length < 0 || length >= PATH_BYTES) {
        errno = ENAMETOOLONG;
        return false;
    }
    unlink(beside); /* of a process that had this number and was killed */
    int descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0)
        return false;
    if (write_lines(descriptor, lines, count, file) && rename(beside, path) == 0) {
        file->path = path;
        return true;
    }
    int error = errno;
    unlink(beside);
    errno = error;
    return false;
}

void lg_env_file_remove(const struct lg_env_file *file)
{
    struct stat found;
    if (file->path && lstat(file->path, &found) == 0 && found.st_ino == file->inode &&
        found.st_dev == file->device && found.st_mtim.tv_sec == file->changed.tv_sec &&
        found.st_mtim.tv_nsec == file->changed.tv_nsec)
        unlink(file->path);
}

bool lg_env_file_read(const char *path, const char *key, char *value, size_t size)
{
    char line[LINE_BYTES];
    size_t length = strlen(key);
    bool found = false;
    FILE *stream = fopen(path, "r");
    for (int i = 0; stream && !found && i < LINES_MAX && fgets(line, sizeof line, stream); i++) {
        line[strcspn(line, "\r\n")] = '\0';
        found = strncmp(line, key, length) == 0 && line[length] == '=' &&
                strlen(line + length + 1) < size;
        if (found)
            snprintf(value, size, "%s", line + length + 1);
    }
    if (stream)
        fclose(stream);
    return found;
}
