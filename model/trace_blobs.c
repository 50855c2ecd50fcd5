/* Bytes by symbol, and base64. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace_json.h"

/* Recordings hold it, in digests of bytes: it stays as it is. */
static uint64_t hash_bytes(const uint8_t *bytes, size_t length)
{
    uint64_t hash = 0xCBF29CE484222325u ^ length;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 31;
    }
    while (length-- > 0)
        hash = (hash ^ *bytes++) * 0x100000001B3u;
    return hash;
}

/* Where content is in the index, or the free place where it belongs. */
static uint32_t *place_of(const struct lg_blobs *blobs, const uint8_t *bytes, size_t length,
                          uint64_t hash)
{
    uint32_t at = (uint32_t)hash & (blobs->index_size - 1);
    while (blobs->index[at]) {
        const struct lg_blob *there = &blobs->items[blobs->index[at]];
        if (there->hash == hash && there->length == length &&
            memcmp(there->bytes, bytes, length) == 0)
            break;
        at = (at + 1) & (blobs->index_size - 1);
    }
    return &blobs->index[at];
}

static bool grow_items(struct lg_blobs *blobs)
{
    uint32_t capacity = blobs->capacity ? blobs->capacity * 2 : 64;
    struct lg_blob *items = realloc(blobs->items, capacity * sizeof *items);
    if (!items)
        return false;
    blobs->items = items;
    blobs->capacity = capacity;
    return true;
}

static bool grow_index(struct lg_blobs *blobs)
{
    uint32_t size = blobs->index_size ? blobs->index_size * 2 : 256;
    uint32_t *index = calloc(size, sizeof *index);
    if (!index)
        return false;
    free(blobs->index);
    blobs->index = index;
    blobs->index_size = size;
    for (uint32_t i = 1; i < blobs->count; i++) {
        const struct lg_blob *item = &blobs->items[i];
        *place_of(blobs, item->bytes, item->length, item->hash) = i;
    }
    return true;
}

static bool has_room(struct lg_blobs *blobs)
{
    if (blobs->count > LG_SYMBOL_MAX)
        return false;
    if (blobs->count == blobs->capacity && !grow_items(blobs))
        return false;
    return blobs->count * 2 < blobs->index_size || grow_index(blobs);
}

static bool fill(struct lg_blob *blob, const uint8_t *bytes, size_t length)
{
    uint8_t *copy = malloc(length ? length : 1);
    if (!copy)
        return false;
    if (length)
        memcpy(copy, bytes, length);
    *blob = (struct lg_blob){copy, length, hash_bytes(copy, length),
                             (uint8_t)lg_blob_classify(copy, length)};
    return true;
}

uint16_t lg_blobs_intern(struct lg_blobs *blobs, const uint8_t *bytes, size_t length)
{
    static const uint8_t nothing[1] = {0};
    const uint8_t *content = length ? bytes : nothing;
    uint32_t there = *place_of(blobs, content, length, hash_bytes(content, length));
    if (there)
        return (uint16_t)there;
    if (!has_room(blobs) || !fill(&blobs->items[blobs->count], content, length))
        return LG_SYMBOL_NONE;
    const struct lg_blob *added = &blobs->items[blobs->count];
    *place_of(blobs, added->bytes, added->length, added->hash) = blobs->count;
    return (uint16_t)blobs->count++;
}

uint16_t lg_blobs_make(struct lg_blobs *blobs, const char *maker, unsigned number)
{
    enum { LENGTH = 64 };
    uint8_t bytes[LENGTH] = {0, 0, 0, LENGTH};
    snprintf((char *)bytes + 4, LENGTH - 4, "made by the %s, number %u", maker, number);
    return lg_blobs_intern(blobs, bytes, LENGTH);
}

const struct lg_blob *lg_blobs_get(const struct lg_blobs *blobs, uint16_t symbol)
{
    return symbol && symbol < blobs->count ? &blobs->items[symbol] : NULL;
}

bool lg_blobs_replace(struct lg_blobs *blobs, uint16_t symbol, const uint8_t *bytes, size_t length)
{
    struct lg_blob replaced = blobs->items[symbol];
    if (!fill(&blobs->items[symbol], bytes, length))
        return false;
    free(replaced.bytes);
    blobs->index_size /= 2;
    return grow_index(blobs);
}

static bool add_material(struct lg_blobs *blobs, enum lg_material material)
{
    uint32_t length = lg_materials[material].length;
    uint8_t *bytes = malloc(length ? length : 1);
    if (!bytes)
        return false;
    lg_material_write(material, bytes);
    bool added = lg_blobs_intern(blobs, bytes, length) == (uint16_t)(material + 1);
    free(bytes);
    return added;
}

bool lg_blobs_init(struct lg_blobs *blobs)
{
    memset(blobs, 0, sizeof *blobs);
    if (!grow_items(blobs) || !grow_index(blobs))
        return false;
    memset(&blobs->items[0], 0, sizeof blobs->items[0]);
    blobs->count = 1;
    for (int i = 0; i < LG_MATERIAL_COUNT; i++)
        if (!add_material(blobs, (enum lg_material)i))
            return false;
    return true;
}

void lg_blobs_free(struct lg_blobs *blobs)
{
    for (uint32_t i = 1; i < blobs->count; i++)
        free(blobs->items[i].bytes);
    free(blobs->items);
    free(blobs->index);
    memset(blobs, 0, sizeof *blobs);
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t lg_base64_room(size_t text_length)
{
    return text_length / 4 * 3 + 3;
}

/* 0 to 63, 64 for padding, 255 for what is no base64. */
static void fill_values(uint8_t values[256])
{
    memset(values, 255, 256);
    for (unsigned i = 0; i < 64; i++)
        values[(unsigned char)alphabet[i]] = (uint8_t)i;
    values['='] = 64;
}

static bool read_last_group(const uint8_t group[4], uint8_t *bytes, size_t *length)
{
    unsigned count = group[3] != 64 ? 3 : group[2] != 64 ? 2 : 1;
    uint32_t word = 0;
    for (unsigned i = 0; i < 4; i++) {
        bool padding = group[i] == 64;
        if (group[i] == 255 || (padding && (i < 2 || i <= count)))
            return false;
        word = word << 6 | (padding ? 0 : group[i]);
    }
    if ((count == 1 && (word & 0xFFFF)) || (count == 2 && (word & 0xFF)))
        return false;
    for (unsigned i = 0; i < count; i++)
        bytes[(*length)++] = (uint8_t)(word >> (16 - 8 * i));
    return true;
}

/* Groups that are neither the last one nor hold anything but digits. False: one does. */
static bool read_whole_groups(const char *text, size_t text_length, const uint8_t values[256],
                              uint8_t *bytes)
{
    for (size_t at = 0; at < text_length; at += 4, bytes += 3) {
        uint32_t a = values[(unsigned char)text[at]];
        uint32_t b = values[(unsigned char)text[at + 1]];
        uint32_t c = values[(unsigned char)text[at + 2]];
        uint32_t d = values[(unsigned char)text[at + 3]];
        if ((a | b | c | d) >= 64)
            return false;
        bytes[0] = (uint8_t)(a << 2 | b >> 4);
        bytes[1] = (uint8_t)(b << 4 | c >> 2);
        bytes[2] = (uint8_t)(c << 6 | d);
    }
    return true;
}

bool lg_base64_read(const char *text, size_t text_length, uint8_t *bytes, size_t *length)
{
    uint8_t values[256];
    uint8_t last[4];
    *length = 0;
    if (text_length % 4)
        return false;
    if (text_length == 0)
        return true;
    fill_values(values);
    if (!read_whole_groups(text, text_length - 4, values, bytes))
        return false;
    *length = (text_length - 4) / 4 * 3;
    for (unsigned i = 0; i < 4; i++)
        last[i] = values[(unsigned char)text[text_length - 4 + i]];
    return read_last_group(last, bytes, length);
}

char *lg_base64_write(const uint8_t *bytes, size_t length)
{
    char *text = malloc((length + 2) / 3 * 4 + 1);
    char *to = text;
    if (!text)
        return NULL;
    for (size_t at = 0; at < length; at += 3) {
        size_t rest = length - at;
        uint32_t word = (uint32_t)bytes[at] << 16 | (rest > 1 ? (uint32_t)bytes[at + 1] << 8 : 0) |
                        (rest > 2 ? bytes[at + 2] : 0u);
        *to++ = alphabet[word >> 18];
        *to++ = alphabet[word >> 12 & 63];
        *to++ = rest > 1 ? alphabet[word >> 6 & 63] : '=';
        *to++ = rest > 2 ? alphabet[word & 63] : '=';
    }
    *to = '\0';
    return text;
}

enum { DIGEST_BYTES = 48, STAND_IN_FRONT = 4 };

/* Bytes of which only the digest is known are these, behind four that tell their length. */
static const char stand_in[] = "only a digest is known: ";

static bool is_stand_in(const struct lg_blob *blob)
{
    size_t front = STAND_IN_FRONT + sizeof stand_in - 1;
    return blob->length > front && blob->length < front + DIGEST_BYTES &&
           memcmp(blob->bytes + STAND_IN_FRONT, stand_in, sizeof stand_in - 1) == 0;
}

uint16_t lg_blobs_intern_digest(struct lg_blobs *blobs, const char *digest)
{
    uint8_t bytes[STAND_IN_FRONT + sizeof stand_in + DIGEST_BYTES] = {0};
    unsigned long long length, hash;
    char end;
    if (strlen(digest) >= DIGEST_BYTES ||
        sscanf(digest, "%llu:%16llx%c", &length, &hash, &end) != 2)
        return LG_SYMBOL_NONE;
    int written = snprintf((char *)bytes + STAND_IN_FRONT, sizeof bytes - STAND_IN_FRONT, "%s%s",
                           stand_in, digest);
    bytes[STAND_IN_FRONT - 1] = (uint8_t)(written + STAND_IN_FRONT);
    return lg_blobs_intern(blobs, bytes, (size_t)written + STAND_IN_FRONT);
}

static void write_digest(const struct lg_blob *blob, char text[DIGEST_BYTES])
{
    size_t front = STAND_IN_FRONT + sizeof stand_in - 1;
    if (is_stand_in(blob))
        snprintf(text, DIGEST_BYTES, "%.*s", (int)(blob->length - front), blob->bytes + front);
    else
        snprintf(text, DIGEST_BYTES, "%zu:%016llx", blob->length, (unsigned long long)blob->hash);
}

json_t *lg_digest_to_json(uint16_t symbol, const struct lg_blobs *blobs)
{
    const struct lg_blob *blob = lg_blobs_get(blobs, symbol);
    char text[DIGEST_BYTES];
    if (!blob)
        return json_null();
    write_digest(blob, text);
    return json_string(text);
}

bool lg_digest_from_json(const json_t *json, const struct lg_blobs *blobs, uint16_t *symbol)
{
    const char *given = json_string_value(json);
    char text[DIGEST_BYTES];
    *symbol = given ? LG_SYMBOL_UNSEEN : LG_SYMBOL_NONE;
    for (uint32_t i = 1; given && i < blobs->count; i++) {
        write_digest(&blobs->items[i], text);
        if (strcmp(text, given) == 0)
            *symbol = (uint16_t)i;
    }
    return given || json_is_null(json);
}
