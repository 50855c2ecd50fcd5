/* Bytes: classification, and the materials of scripts. */
#include "blob.h"

#include <string.h>

enum form { FORM_PREFIXED, FORM_ZEROS, FORM_HIGH, FORM_PATTERN, FORM_UNSET, FORM_LAST };

const struct lg_material_row lg_materials[LG_MATERIAL_COUNT] = {
#define LG_MATERIAL(name, length, form, usable)                                                    \
    [LG_MATERIAL_##name] = {#name, length, FORM_##form, usable},
#include "materials.def"
#undef LG_MATERIAL
};

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

enum lg_blob_shape lg_blob_classify(const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return LG_BLOB_EMPTY;
    if (length < 4)
        return LG_BLOB_SHORT;
    if (length > LG_BLOB_BYTES_MAX)
        return LG_BLOB_TOO_LONG;
    if (big_endian(bytes) != length)
        return LG_BLOB_OPAQUE;
    return length == 4 ? LG_BLOB_UNSET : LG_BLOB_PLAIN;
}

enum lg_blob_shape lg_material_shape(enum lg_material material)
{
    const struct lg_material_row *row = &lg_materials[material];
    bool prefixed = row->form == FORM_PREFIXED || row->form == FORM_LAST;
    if (row->form == FORM_UNSET)
        return LG_BLOB_UNSET;
    if (row->length == 0)
        return LG_BLOB_EMPTY;
    if (row->length < 4)
        return LG_BLOB_SHORT;
    if (row->length > LG_BLOB_BYTES_MAX)
        return LG_BLOB_TOO_LONG;
    return prefixed ? LG_BLOB_PLAIN : LG_BLOB_OPAQUE;
}

static void write_length(uint8_t *bytes, uint32_t length)
{
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(length >> (24 - 8 * i));
}

/* A sequence of all byte values that differs by material. */
static void write_pattern(uint8_t *bytes, uint32_t length, uint32_t seed)
{
    uint32_t state = seed * 2654435761u + 1;
    for (uint32_t i = 0; i < length; i++) {
        state = state * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(state >> 24);
    }
}

void lg_material_write(enum lg_material material, uint8_t *bytes)
{
    const struct lg_material_row *row = &lg_materials[material];
    bool last = row->form == FORM_LAST;
    write_pattern(bytes, row->length, last ? (uint32_t)material - 1 : (uint32_t)material);
    if (row->form == FORM_PREFIXED || row->form == FORM_UNSET || last)
        write_length(bytes, row->length);
    if (row->form == FORM_ZEROS)
        memset(bytes, 0, row->length);
    for (uint32_t i = 0; row->form == FORM_HIGH && i < row->length; i++)
        bytes[i] |= 0x80;
    if (last)
        bytes[row->length - 1] ^= 1;
}

int lg_material_find(const char *name, size_t length)
{
    for (int i = 0; i < LG_MATERIAL_COUNT; i++) {
        size_t at = 0;
        while (at < length && lg_materials[i].name[at] == name[at] && name[at])
            at++;
        if (at == length && !lg_materials[i].name[at])
            return i;
    }
    return -1;
}
