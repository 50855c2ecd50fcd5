/* Stand-ins for protectors. */
#include "wsman_mask.h"

#include <stdlib.h>
#include <string.h>

enum { PREFIX = 4 }; /* what tells the length stays */

static bool is_material(const struct lg_blobs *blobs, const uint8_t *bytes, size_t length)
{
    for (uint16_t symbol = 1; symbol <= LG_MATERIAL_COUNT; symbol++) {
        const struct lg_blob *blob = lg_blobs_get(blobs, symbol);
        if (blob->length == length && memcmp(blob->bytes, bytes, length) == 0)
            return true;
    }
    return false;
}

/* Everything behind the prefix becomes a stream of which 64 bits of a hash are the seed. */
static void scramble(uint8_t *bytes, size_t length)
{
    uint64_t state = 0xCBF29CE484222325u;
    for (size_t i = 0; i < length; i++)
        state = (state ^ bytes[i]) * 0x100000001B3u;
    for (size_t i = PREFIX; i < length; i++) {
        state += 0x9E3779B97F4A7C15u;
        uint64_t word = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9u;
        bytes[i] = (uint8_t)(word >> 56);
    }
}

/* NULL: the value stays. */
static json_t *stand_in(const json_t *value, const struct lg_blobs *blobs)
{
    size_t text_length = json_string_length(value);
    uint8_t *bytes = malloc(lg_base64_room(text_length));
    json_t *masked = NULL;
    size_t length;
    if (bytes && lg_base64_read(json_string_value(value), text_length, bytes, &length) &&
        length > PREFIX && !is_material(blobs, bytes, length)) {
        scramble(bytes, length);
        char *text = lg_base64_write(bytes, length);
        masked = json_string(text ? text : "");
        free(text);
    }
    free(bytes);
    return masked;
}

void lg_mask_answer(json_t *answer, const struct lg_blobs *blobs)
{
    static const char *const parts[] = {"out", "properties"};
    static const char *const names[] = {"KeyProtector", "LastKnownGoodKeyProtector"};
    for (unsigned i = 0; i < 2; i++)
        for (unsigned k = 0; k < 2; k++) {
            json_t *part = json_object_get(answer, parts[i]);
            const json_t *value = json_object_get(part, names[k]);
            json_t *masked = json_is_string(value) ? stand_in(value, blobs) : NULL;
            if (masked)
                json_object_set_new(part, names[k], masked);
        }
}
