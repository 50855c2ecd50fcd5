/* Bytes from outside: what they look like, and the bytes of the materials that scripts name. */
#ifndef LG_BLOB_H
#define LG_BLOB_H

#include "lastgood.h"

enum lg_material {
#define LG_MATERIAL(name, length, form, usable) LG_MATERIAL_##name,
#include "materials.def"
#undef LG_MATERIAL
    LG_MATERIAL_COUNT
};

struct lg_material_row {
    const char *name;
    uint32_t length; /* bytes */
    uint8_t form;
    uint8_t usable;
};
extern const struct lg_material_row lg_materials[LG_MATERIAL_COUNT];

/* The shape of bytes that were given (msvm-securityservice-setkeyprotector.md leaves it open). */
enum lg_blob_shape lg_blob_classify(const uint8_t *bytes, size_t length);

/* The shape of a material. */
enum lg_blob_shape lg_material_shape(enum lg_material material);

/* Writes a material: lg_materials[material].length bytes. */
void lg_material_write(enum lg_material material, uint8_t *bytes);

/* The material of that name, -1 if there is none. */
int lg_material_find(const char *name, size_t length);

#endif
