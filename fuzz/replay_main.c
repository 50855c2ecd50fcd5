/* The default engine of every fuzz target: runs it on the files named, with any compiler. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { INPUT_MAX_BYTES = 1 << 20 };

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(INPUT_MAX_BYTES);
    size_t length = file && bytes ? fread(bytes, 1, INPUT_MAX_BYTES, file) : 0;
    if (!file || !bytes)
        perror(path);
    else
        LLVMFuzzerTestOneInput(bytes, length);
    if (file)
        fclose(file);
    free(bytes);
    return file ? 0 : 64;
}

int main(int argc, char **argv)
{
    int code = 0;
    for (int i = 1; i < argc; i++)
        code |= replay(argv[i]);
    return code;
}
