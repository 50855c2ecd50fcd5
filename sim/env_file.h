/* The file that tells others where a simulator is. */
#ifndef LG_ENV_FILE_H
#define LG_ENV_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

/* Zero: nothing was written. */
struct lg_env_file {
    const char *path; /* the caller's */
    dev_t device;     /* of what was written, so that only that is removed */
    ino_t inode;
    struct timespec changed;
};

struct lg_env_line {
    const char *key;
    const char *value; /* NULL: the line is left out */
};

/* Writes KEY=value lines to a file beside `path`, for its owner only, and renames it into place:
 * whoever sees the file sees all of it. False, with errno: there is no file. */
bool lg_env_file_write(struct lg_env_file *file, const char *path, const struct lg_env_line *lines,
                       size_t count);

/* Removes what lg_env_file_write wrote, unless another one is in its place by now. */
void lg_env_file_remove(const struct lg_env_file *file);

/* The value of a key in such a file, into `value`. False: there is none, or no such file. */
bool lg_env_file_read(const char *path, const char *key, char *value, size_t size);

#endif
