/* The mutator of scripts as a library for AFL++: AFL_CUSTOM_MUTATOR_LIBRARY=libscript_mutator.so.
 * Trimming removes whole calls, so that what is left is a script still. */
#include <stdlib.h>
#include <string.h>

#include "mutator.h"

enum { OUT_MAX = 1 << 20 };

struct afl_mutator {
    uint64_t seed;
    uint8_t *out;
    uint8_t *trimmed; /* what is being trimmed, as short as it has become */
    size_t trimmed_length;
    size_t at;
    size_t tried; /* length of the last proposal */
    int32_t trials;
    char name[LG_MUTATION_NAME_BYTES];
};

/* The interface of AFL++, its declarations ours. */
void *afl_custom_init(void *afl, unsigned seed);
void afl_custom_deinit(void *self);
size_t afl_custom_fuzz(void *self, uint8_t *bytes, size_t length, uint8_t **out, uint8_t *add,
                       size_t add_length, size_t max);
const char *afl_custom_describe(void *self, size_t max);
int32_t afl_custom_init_trim(void *self, uint8_t *bytes, size_t length);
size_t afl_custom_trim(void *self, uint8_t **out);
int32_t afl_custom_post_trim(void *self, uint8_t success);

void *afl_custom_init(void *afl, unsigned seed)
{
    struct afl_mutator *mutator = calloc(1, sizeof *mutator);
    (void)afl;
    if (!mutator)
        return NULL;
    mutator->seed = seed;
    mutator->out = malloc(OUT_MAX);
    mutator->trimmed = malloc(OUT_MAX);
    if (mutator->out && mutator->trimmed)
        return mutator;
    afl_custom_deinit(mutator);
    return NULL;
}

void afl_custom_deinit(void *self)
{
    struct afl_mutator *mutator = self;
    free(mutator->out);
    free(mutator->trimmed);
    free(mutator);
}

size_t afl_custom_fuzz(void *self, uint8_t *bytes, size_t length, uint8_t **out, uint8_t *add,
                       size_t add_length, size_t max)
{
    struct afl_mutator *mutator = self;
    size_t room = max < OUT_MAX ? max : OUT_MAX;
    size_t size = length < room ? length : room;
    mutator->seed++;
    *out = mutator->out;
    memcpy(mutator->out, bytes, size);
    if (add && mutator->seed % 8 == 0)
        size = lg_mutate_cross(bytes, length, add, add_length, mutator->out, room, mutator->seed);
    return lg_mutate(mutator->out, size, room, mutator->seed, mutator->name);
}

const char *afl_custom_describe(void *self, size_t max)
{
    struct afl_mutator *mutator = self;
    if (max < sizeof mutator->name)
        mutator->name[max ? max - 1 : 0] = '\0';
    return mutator->name;
}

/* Returns the number of steps; each removes one call. */
int32_t afl_custom_init_trim(void *self, uint8_t *bytes, size_t length)
{
    struct afl_mutator *mutator = self;
    if (length > OUT_MAX)
        return 0;
    memcpy(mutator->trimmed, bytes, length);
    mutator->trimmed_length = length;
    mutator->at = 0;
    mutator->trials = 0;
    return (int32_t)lg_mutate_calls(length);
}

size_t afl_custom_trim(void *self, uint8_t **out)
{
    struct afl_mutator *mutator = self;
    *out = mutator->out;
    mutator->tried =
        lg_mutate_remove(mutator->trimmed, mutator->trimmed_length, mutator->at, 1, mutator->out);
    return mutator->tried;
}

/* Returns the number of the next step. */
int32_t afl_custom_post_trim(void *self, uint8_t success)
{
    struct afl_mutator *mutator = self;
    if (success) {
        memcpy(mutator->trimmed, mutator->out, mutator->tried);
        mutator->trimmed_length = mutator->tried;
    } else
        mutator->at++;
    return ++mutator->trials;
}
