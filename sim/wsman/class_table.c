/* The tables of classes. */
#include "class_table.h"

#include <ctype.h>

const char *const lg_wmi_spaces[LG_WMI_SPACE_COUNT] = {
    [LG_WMI_SPACE_VIRTUALIZATION] = "root/virtualization/v2",
    [LG_WMI_SPACE_CIMV2] = "root/cimv2",
};

static const struct lg_class_row classes[] = {
#define LG_WMI_CLASS(space, name, parent, versions)                                                \
    {LG_WMI_SPACE_##space, name, parent, LG_VERSIONS_##versions},
#include "wmi_classes.def"
#undef LG_WMI_CLASS
};
enum { CLASS_COUNT = sizeof classes / sizeof classes[0] };

const struct lg_shape_row lg_shapes[LG_SHAPE_COUNT] = {
#define LG_WMI_SHAPE(id, space, class_name, scope, read)                                           \
    {LG_WMI_SPACE_##space, class_name, LG_SCOPE_OF_##scope, LG_CALL_##read},
#include "wmi_shapes.def"
#undef LG_WMI_SHAPE
};

#define IS_ONE false
#define IS_ARRAY true
static const struct lg_wmi_property_row properties[] = {
#define LG_WMI_PROPERTY(shape, name, type, array, key, versions, source, argument)                 \
    {LG_SHAPE_##shape,       #name,                                                                \
     LG_VALUE_##type,        IS_##array,                                                           \
     LG_WMI_KEY_##key,       LG_VERSIONS_##versions,                                               \
     LG_WMI_SOURCE_##source, argument},
#include "wmi_v2.def"
#include "wmi_cimv2.def"
#undef LG_WMI_PROPERTY
};
enum { PROPERTY_COUNT = sizeof properties / sizeof properties[0] };

const struct lg_link_row lg_links[] = {
#define LG_WMI_LINK(association, role, shape, other_role, other_shape, list)                       \
    {LG_SHAPE_##association,                                                                       \
     {role, other_role},                                                                           \
     {LG_SHAPE_##shape, LG_SHAPE_##other_shape},                                                   \
     LG_CALL_##list},
#include "wmi_associations.def"
#undef LG_WMI_LINK
};
const unsigned lg_link_count = sizeof lg_links / sizeof lg_links[0];

bool lg_same_text(const char *a, const char *b)
{
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
        a++;
        b++;
    }
    return tolower((unsigned char)*a) == tolower((unsigned char)*b);
}

bool lg_versions_have(enum lg_versions versions, uint8_t version)
{
    switch (versions) {
    case LG_VERSIONS_SINCE_2016: return version != LG_HOST_BELOW;
    case LG_VERSIONS_ONLY_2016: return version == LG_HOST_2016;
    case LG_VERSIONS_SINCE_2019: return version != LG_HOST_BELOW && version != LG_HOST_2016;
    default: return true;
    }
}

static const struct lg_class_row *class_of(enum lg_wmi_space space, const char *name)
{
    for (unsigned i = 0; i < CLASS_COUNT; i++)
        if (classes[i].space == space && lg_same_text(classes[i].name, name))
            return &classes[i];
    return NULL;
}

const struct lg_class_row *lg_class_row(const char *space, const char *name)
{
    for (unsigned i = 0; i < LG_WMI_SPACE_COUNT; i++)
        if (lg_same_text(lg_wmi_spaces[i], space))
            return class_of((enum lg_wmi_space)i, name);
    return NULL;
}

bool lg_class_is_a(enum lg_wmi_space space, const char *name, const char *ancestor)
{
    const struct lg_class_row *row = class_of(space, name);
    while (row && !lg_same_text(row->name, ancestor))
        row = class_of(space, row->parent);
    return row != NULL;
}

bool lg_shape_is_there(enum lg_shape shape, uint8_t version)
{
    const struct lg_class_row *row = class_of(lg_shapes[shape].space, lg_shapes[shape].class_name);
    return row && lg_versions_have(row->versions, version);
}

const struct lg_wmi_property_row *lg_shape_properties(enum lg_shape shape, unsigned *count)
{
    unsigned first = 0;
    while (first < PROPERTY_COUNT && properties[first].shape != shape)
        first++;
    unsigned end = first;
    while (end < PROPERTY_COUNT && properties[end].shape == shape)
        end++;
    *count = end - first;
    return properties + first;
}

const struct lg_wmi_property_row *lg_shape_property(enum lg_shape shape, uint8_t version,
                                                    const char *name)
{
    unsigned count;
    const struct lg_wmi_property_row *rows = lg_shape_properties(shape, &count);
    for (unsigned i = 0; i < count; i++)
        if (lg_same_text(rows[i].name, name))
            return lg_versions_have(rows[i].versions, version) ? &rows[i] : NULL;
    return NULL;
}
