#include "sim/wsman/xml_arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct lg_xml_chunk {
    struct lg_xml_chunk *next;
    alignas(max_align_t) char bytes[];
};

static bool grow(struct lg_xml_arena *arena, size_t size)
{
    const size_t bytes = size > arena->chunk_bytes ? size : arena->chunk_bytes;
    struct lg_xml_chunk *chunk = bytes < SIZE_MAX / 2 ? malloc(sizeof *chunk + bytes) : NULL;
    if (chunk == NULL) {
        return false;
    }
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->at = chunk->bytes;
    arena->end = chunk->bytes + bytes;
    arena->chunk_bytes = 2 * bytes;
    return true;
}

void *lg_xml_arena_take(struct lg_xml_arena *arena, size_t size, size_t alignment)
{
    const size_t over = (uintptr_t)arena->at % alignment;
    size_t pad = over > 0 ? alignment - over : 0;
    const size_t left = (size_t)(arena->end - arena->at);
    if (left < pad || left - pad < size) {
        if (!grow(arena, size)) {
            return NULL;
        }
        pad = 0;
    }
    char *taken = arena->at + pad;
    arena->at = taken + size;
    return taken;
}

const char *lg_xml_arena_copy(struct lg_xml_arena *arena, const char *bytes, size_t length)
{
    char *taken = lg_xml_arena_take(arena, length + 1, 1);
    if (taken != NULL) {
        memcpy(taken, bytes, length);
        taken[length] = '\0';
    }
    return taken;
}

bool lg_xml_arena_extend(struct lg_xml_arena *arena, const char *taken_end, size_t more)
{
    if (taken_end != arena->at || more > (size_t)(arena->end - arena->at)) {
        return false;
    }
    arena->at += more;
    return true;
}

void lg_xml_arena_free(struct lg_xml_arena *arena)
{
    while (arena->chunks != NULL) {
        struct lg_xml_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
}
