/* Files of vectors. */
#include "vector_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_BYTES = 4096, FOLDERS_MAX = 256 };

const char *lg_vector_files_shipped(void)
{
    const char *set = getenv("LASTGOOD_VECTORS");
    return set && *set ? set : LASTGOOD_VECTORS_DIR;
}

const char *lg_vector_files_of_id(const char *id)
{
    static char path[PATH_BYTES];
    struct stat about;
    static const char *const folders[] = {"", "generated/"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        snprintf(path, sizeof path, "%.3000s/%s%.200s.json", lg_vector_files_shipped(), folders[i],
                 id);
        if (!strchr(id, '/') && stat(path, &about) == 0)
            return path;
    }
    return NULL;
}

static bool add(struct lg_file_list *files, const char *path)
{
    if (files->count == files->capacity) {
        size_t capacity = files->capacity ? files->capacity * 2 : 256;
        char **paths = realloc(files->paths, capacity * sizeof *paths);
        if (!paths)
            return false;
        files->paths = paths;
        files->capacity = capacity;
    }
    files->paths[files->count] = strdup(path);
    return files->paths[files->count++] != NULL;
}

static bool is_vector(const char *name)
{
    size_t length = strlen(name);
    return length > 5 && strcmp(name + length - 5, ".json") == 0;
}

/* One folder: vectors are added, folders join the list of those to be searched. */
static void search(struct lg_file_list *files, struct lg_file_list *folders, const char *folder)
{
    char path[PATH_BYTES];
    struct stat about;
    struct dirent *entry;
    DIR *directory = opendir(folder);
    while (directory && (entry = readdir(directory))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%.3000s/%s", folder, entry->d_name);
        if (stat(path, &about) != 0)
            continue;
        if (S_ISDIR(about.st_mode) && folders->count < FOLDERS_MAX)
            add(folders, path);
        else if (S_ISREG(about.st_mode) && is_vector(entry->d_name))
            add(files, path);
    }
    if (directory)
        closedir(directory);
}

static bool add_word(struct lg_file_list *files, const char *word)
{
    struct lg_file_list folders = {0};
    struct stat about;
    const char *path = word;
    if (stat(path, &about) != 0)
        path = lg_vector_files_of_id(word);
    if (!path || stat(path, &about) != 0) {
        fprintf(stderr, "lastgood: %s: no such vector, file or folder; see lastgood list vectors\n",
                word);
        return false;
    }
    if (!S_ISDIR(about.st_mode))
        return add(files, path);
    add(&folders, path);
    for (size_t i = 0; i < folders.count; i++)
        search(files, &folders, folders.paths[i]);
    lg_vector_files_free(&folders);
    return true;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int compare(const void *a, const void *b)
{
    const char *left = *(char *const *)a;
    const char *right = *(char *const *)b;
    int order = strcmp(name_of(left), name_of(right));
    return order ? order : strcmp(left, right);
}

bool lg_vector_files_find(struct lg_file_list *files, const char *const *words, size_t count)
{
    const char *shipped = lg_vector_files_shipped();
    memset(files, 0, sizeof *files);
    if (count == 0 && !add_word(files, shipped))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_word(files, words[i])) {
            lg_vector_files_free(files);
            return false;
        }
    if (files->count)
        qsort(files->paths, files->count, sizeof *files->paths, compare);
    return true;
}

void lg_vector_files_free(struct lg_file_list *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->paths[i]);
    free(files->paths);
    memset(files, 0, sizeof *files);
}
