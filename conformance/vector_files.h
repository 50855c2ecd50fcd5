/* Files of vectors: those that are named, those in folders, or the shipped ones. */
#ifndef LG_VECTOR_FILES_H
#define LG_VECTOR_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct lg_file_list {
    char **paths; /* sorted by the file's name, then by path */
    size_t count;
    size_t capacity;
};

/* Words are files or folders (searched all the way down); without any, the shipped folder:
 * $LASTGOOD_VECTORS, or where the program was built. False after saying on stderr what was not
 * found. */
bool lg_vector_files_find(struct lg_file_list *files, const char *const *words, size_t count);
void lg_vector_files_free(struct lg_file_list *files);

/* The shipped folder; and the path of the shipped vector with this id, NULL if there is none
 * (static storage). */
const char *lg_vector_files_shipped(void);
const char *lg_vector_files_of_id(const char *id);

#endif
