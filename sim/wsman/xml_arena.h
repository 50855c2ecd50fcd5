/* Memory that is freed at once: what lies in a tree has no other owner. */
#ifndef LG_XML_ARENA_H
#define LG_XML_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct lg_xml_chunk;

/* Zero but for chunk_bytes, the least that the first chunk is to hold; each next one holds twice
 * as much. */
struct lg_xml_arena {
    struct lg_xml_chunk *chunks;
    char *at;
    char *end;
    size_t chunk_bytes;
};

/* NULL: no memory. */
void *lg_xml_arena_take(struct lg_xml_arena *arena, size_t size, size_t alignment);
/* A copy that ends in 0. */
const char *lg_xml_arena_copy(struct lg_xml_arena *arena, const char *bytes, size_t length);
/* Makes what was taken last larger where it is. taken_end: its end. False: it was not the last, or
 * there is no room behind it. */
bool lg_xml_arena_extend(struct lg_xml_arena *arena, const char *taken_end, size_t more);
void lg_xml_arena_free(struct lg_xml_arena *arena);

#endif
