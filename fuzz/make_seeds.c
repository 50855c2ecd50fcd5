/* make_seeds VECTORS FOLDER: every vector as a script of bytes, one with the plain choices and one
 * where each choice is the next one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conformance/vector.h"
#include "conformance/vector_files.h"
#include "model/trace.h"

enum { VMS = 4, BYTES_MAX = 2 * LG_STEP_BYTES * LG_NODES_MAX, EXIT_HARNESS = 3, EXIT_USAGE = 64 };

/* A call with what bytes can hold. */
static struct lg_call as_script(const struct lg_call *call)
{
    uint8_t bytes[LG_STEP_BYTES];
    struct lg_call plain = *call;
    plain.new_job = 0;
    if (plain.vm != LG_VM_HOST)
        plain.vm %= VMS;
    lg_script_call_bytes(&plain, bytes);
    lg_script_call(bytes, &plain);
    return plain;
}

static bool write_script(const struct lg_vector *vector, const char *folder, const char *kind,
                         uint8_t choice)
{
    static struct lg_call calls[LG_NODES_MAX];
    static uint8_t tape[LG_STEP_BYTES * LG_NODES_MAX], bytes[BYTES_MAX];
    char path[1024];
    for (unsigned i = 0; i < vector->node_count; i++)
        calls[i] = as_script(&vector->nodes[i].call);
    memset(tape, choice, sizeof tape);
    size_t length = lg_script_encode(calls, vector->node_count, tape,
                                     vector->node_count * LG_STEP_BYTES, bytes, sizeof bytes);
    snprintf(path, sizeof path, "%.800s/%s-%s.bin", folder, vector->id, kind);
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(bytes, 1, length, file) == length;
    if (file && fclose(file) != 0)
        written = false;
    if (!written)
        perror(path);
    return written;
}

static int write_all(const struct lg_file_list *files, const char *folder)
{
    struct lg_vector *vector = malloc(sizeof *vector);
    struct lg_json_error error;
    struct lg_blobs blobs;
    bool written = vector && lg_blobs_init(&blobs);
    for (size_t i = 0; written && i < files->count; i++) {
        written = lg_vector_load(vector, files->paths[i], &blobs, &error);
        if (!written)
            fprintf(stderr, "%s\n", error.reason);
        written = written && write_script(vector, folder, "plain", 0) &&
                  write_script(vector, folder, "next", 1);
        lg_vector_free(vector);
    }
    lg_blobs_free(&blobs);
    free(vector);
    return written ? 0 : EXIT_HARNESS;
}

int main(int argc, char **argv)
{
    struct lg_file_list files = {0};
    const char *const folders[] = {argc == 3 ? argv[1] : ""};
    if (argc != 3) {
        fprintf(stderr, "usage: make_seeds VECTORS FOLDER\n");
        return EXIT_USAGE;
    }
    mkdir(argv[2], 0777);
    int code = lg_vector_files_find(&files, folders, 1) ? write_all(&files, argv[2]) : EXIT_USAGE;
    lg_vector_files_free(&files);
    return code;
}
