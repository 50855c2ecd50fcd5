/* The tables of classes (wmi_*.def): what is derived from what, which properties a class has, what
 * is associated. All constant; names compare without case, as CIM's do. */
#ifndef LG_CLASS_TABLE_H
#define LG_CLASS_TABLE_H

#include "instances.h"

/* Versions of hosts; pages say "added in" by Windows 10's builds: 2016 is 1607, 2019 is 1809. */
enum lg_versions {
    LG_VERSIONS_ALL,
    LG_VERSIONS_SINCE_2016, /* not on hosts below */
    LG_VERSIONS_ONLY_2016,
    LG_VERSIONS_SINCE_2019
};
bool lg_versions_have(enum lg_versions versions, uint8_t version);

enum lg_wmi_space { LG_WMI_SPACE_VIRTUALIZATION, LG_WMI_SPACE_CIMV2, LG_WMI_SPACE_COUNT };
extern const char *const lg_wmi_spaces[LG_WMI_SPACE_COUNT];

struct lg_class_row {
    enum lg_wmi_space space;
    const char *name;
    const char *parent;
    enum lg_versions versions;
};

/* The row of a class of a namespace, whatever the host's version; NULL if there is none. */
const struct lg_class_row *lg_class_row(const char *space, const char *name);

/* Whether a class is this one or derived from it; both of one namespace. */
bool lg_class_is_a(enum lg_wmi_space space, const char *name, const char *ancestor);

enum lg_shape_scope { LG_SCOPE_OF_HOST, LG_SCOPE_OF_VM, LG_SCOPE_OF_JOB, LG_SCOPE_OF_ASSOCIATION };

enum lg_shape {
#define LG_WMI_SHAPE(id, space, class_name, scope, read) LG_SHAPE_##id,
#include "wmi_shapes.def"
#undef LG_WMI_SHAPE
    LG_SHAPE_COUNT
};

/* In place of a call of the model. */
enum { LG_CALL_NONE = LG_METHOD_COUNT };

struct lg_shape_row {
    enum lg_wmi_space space;
    const char *class_name;
    enum lg_shape_scope scope;
    unsigned read; /* enum lg_method or LG_CALL_NONE */
};
extern const struct lg_shape_row lg_shapes[LG_SHAPE_COUNT];

/* Whether this host has the class of a shape. */
bool lg_shape_is_there(enum lg_shape shape, uint8_t version);

enum lg_wmi_key { LG_WMI_KEY_NO, LG_WMI_KEY_KEY, LG_WMI_KEY_SELF };
enum lg_wmi_source {
    LG_WMI_SOURCE_MODEL,
    LG_WMI_SOURCE_MODEL_OR_ABSENT,
    LG_WMI_SOURCE_LITERAL,
    LG_WMI_SOURCE_MACHINE,
    LG_WMI_SOURCE_VM_NAME,
    LG_WMI_SOURCE_VM_PART,
    LG_WMI_SOURCE_ELEMENT_NAME,
    LG_WMI_SOURCE_NOTES,
    LG_WMI_SOURCE_GENERATION_2,
    LG_WMI_SOURCE_END,
    LG_WMI_SOURCE_OS_BUILD,
    LG_WMI_SOURCE_OS_VERSION,
    LG_WMI_SOURCE_OS_CAPTION
};

struct lg_wmi_property_row {
    enum lg_shape shape;
    const char *name;
    enum lg_value_type type;
    bool is_array;
    enum lg_wmi_key key;
    enum lg_versions versions;
    enum lg_wmi_source source;
    const char *argument;
};

/* The rows of a shape, alphabetical; *count of them. */
const struct lg_wmi_property_row *lg_shape_properties(enum lg_shape shape, unsigned *count);

/* NULL if the shape has none of that name on this version. */
const struct lg_wmi_property_row *lg_shape_property(enum lg_shape shape, uint8_t version,
                                                    const char *name);

struct lg_link_row {
    enum lg_shape association;
    const char *roles[2];
    enum lg_shape ends[2];
    unsigned list; /* enum lg_method or LG_CALL_NONE */
};
extern const struct lg_link_row lg_links[];
extern const unsigned lg_link_count;

/* Whether two names or values are the same but for the case of ASCII letters. */
bool lg_same_text(const char *a, const char *b);

#endif
