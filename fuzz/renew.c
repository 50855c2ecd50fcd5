/* Bytes by symbol as new. */
#include "renew.h"

#include <stdlib.h>
#include <string.h>

#include "find.h"

/* A table as it is when it was just made; all are alike but for the bytes' places. */
static uint32_t *index_of_new;
static uint32_t index_size, count, capacity;

static void remember(const struct lg_blobs *blobs)
{
    index_size = blobs->index_size;
    count = blobs->count;
    capacity = blobs->capacity;
    index_of_new = malloc(index_size * sizeof *index_of_new);
    lg_holds(index_of_new != NULL);
    memcpy(index_of_new, blobs->index, index_size * sizeof *index_of_new);
}

void lg_blobs_renew(struct lg_blobs *blobs)
{
    json_object_seed(1); /* the first call counts: the same order of members each time */
    if (!blobs->items)
        lg_holds(lg_blobs_init(blobs));
    if (!index_of_new)
        remember(blobs);
    for (uint32_t i = count; i < blobs->count; i++)
        free(blobs->items[i].bytes);
    memcpy(blobs->index, index_of_new, index_size * sizeof *index_of_new);
    blobs->index_size = index_size;
    blobs->count = count;
    blobs->capacity = capacity;
}
