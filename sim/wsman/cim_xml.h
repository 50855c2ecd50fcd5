/*
 * Embedded instances: CIM-XML text <-> plain data.
 *
 * The parameter SecuritySettingData of every method of Msvm_SecurityService is a string that holds
 * one instance as CIM-XML (DSP0201), as IWbemObjectTextSrc writes it for CIM DTD 2.0 and WMI DTD
 * 2.0, and as the MI serializer writes it. Pages: msvm-securityservice-setkeyprotector.md,
 * msvm-securityservice-modifysecuritysettings.md; both leave the encoding of the text unstated.
 *
 * Everything here is a pure function of its arguments: no globals, no clock, nothing is fetched,
 * and the heap is used only while lg_cim_xml_parse runs. Structures belong to the caller.
 */
#ifndef LG_SIM_WSMAN_CIM_XML_H
#define LG_SIM_WSMAN_CIM_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    /* Bytes of a class name; no class of the namespace comes near. */
    LG_CIM_CLASS_NAME_MAX = 256,
    /* Msvm_SecuritySettingData has 12 properties, WMI adds 10 system ones; the rest is headroom. */
    LG_CIM_PROPERTIES_MAX = 64,
    /* Names and values together; no UTF-8 text within LG_CIM_XML_TEXT_MAX needs more. */
    LG_CIM_POOL_MAX = 64 * 1024,
    /* Nested elements; all wrappers around an array item make 8, an embedded object adds 3. */
    LG_CIM_XML_DEPTH_MAX = 16,
    /* Attributes of one element; the richest one of the DTD, PROPERTY.ARRAY, has 7. */
    LG_CIM_XML_ATTRIBUTES_MAX = 32,
    /* Bytes of a text, the usual argument length_max: the guard the service applies by default. */
    LG_CIM_XML_TEXT_MAX = 64 * 1024,
    /* Bytes of a text that no length_max can lift, so that the time of a call stays bounded. */
    LG_CIM_XML_TEXT_CEILING = 1024 * 1024
};

/* Types of DSP0201. UNKNOWN: TYPE is missing or not one of them, or the property is an object. */
enum lg_cim_type {
    LG_CIM_UNKNOWN,
    LG_CIM_BOOLEAN,
    LG_CIM_STRING,
    LG_CIM_UINT8,
    LG_CIM_UINT16,
    LG_CIM_UINT32,
    LG_CIM_UINT64,
    LG_CIM_SINT8,
    LG_CIM_SINT16,
    LG_CIM_SINT32,
    LG_CIM_SINT64,
    LG_CIM_REAL32,
    LG_CIM_REAL64,
    LG_CIM_DATETIME,
    LG_CIM_CHAR16,
    LG_CIM_REFERENCE
};

/* Offsets are bytes into the pool of the instance. Read through the functions below. */
struct lg_cim_property {
    uint32_t name;       /* offset of the name, NUL-terminated */
    uint32_t value;      /* offset of the first item; items are NUL-terminated, one after another */
    uint32_t item_count; /* 0 when null or opaque, 1 for a scalar, any number for an array */
    enum lg_cim_type type;
    bool is_array;
    bool is_null;   /* no VALUE, VALUE.ARRAY or VALUE.REFERENCE: not the same as empty */
    bool is_opaque; /* a reference or an embedded object was there; its content is not kept */
};

/*
 * One instance. Plain data without pointers: copy it by assignment. Only the first property_count
 * properties and pool_length bytes have a meaning, so memcmp does not compare two of them.
 */
struct lg_cim_instance {
    char class_name[LG_CIM_CLASS_NAME_MAX + 1]; /* as written; empty: holds no instance */
    uint32_t property_count;
    uint32_t pool_length; /* bytes */
    struct lg_cim_property properties[LG_CIM_PROPERTIES_MAX];
    char pool[LG_CIM_POOL_MAX];
};

enum lg_cim_xml_reason {
    LG_CIM_XML_OK,
    LG_CIM_XML_EMPTY,              /* nothing but white space */
    LG_CIM_XML_NOT_XML,            /* first character is not '<'; MOF text ends here */
    LG_CIM_XML_MALFORMED,          /* not well-formed, or not CIM-XML where it matters */
    LG_CIM_XML_TRUNCATED,          /* ended inside an element or other markup */
    LG_CIM_XML_NO_INSTANCE,        /* well-formed, no INSTANCE where one may stand */
    LG_CIM_XML_MANY_INSTANCES,     /* more than one INSTANCE */
    LG_CIM_XML_DUPLICATE_PROPERTY, /* same name twice, case aside */
    LG_CIM_XML_TOO_LARGE,          /* text, class name, pool or number of attributes over bound */
    LG_CIM_XML_TOO_DEEP,           /* over LG_CIM_XML_DEPTH_MAX */
    LG_CIM_XML_MANY_PROPERTIES,    /* over LG_CIM_PROPERTIES_MAX */
    LG_CIM_XML_DOCTYPE,            /* DOCTYPE with an internal subset */
    LG_CIM_XML_NO_MEMORY           /* the parser could not allocate; the text may be fine */
};

struct lg_cim_xml_error {
    enum lg_cim_xml_reason reason;
    size_t offset; /* bytes from the start of the text as given, BOM included; at most its length */
};

enum lg_cim_boolean { LG_CIM_FALSE, LG_CIM_TRUE, LG_CIM_NULL, LG_CIM_NOT_BOOLEAN };

/*
 * Reads one instance from `length` bytes, at most `length_max` of them (LG_CIM_XML_TEXT_MAX is
 * usual; a longer text is refused unread). Returns true and fills `instance`, or returns false with
 * `error` filled and `instance` holding no instance. `error` may be NULL. `text` may be NULL when
 * `length` is 0.
 *
 * Accepted: UTF-8, or UTF-16 with a byte order mark; an encoding that an XML declaration names is
 * not looked at, because the text travelled inside another one. White space around, comments,
 * processing instructions, CDATA, a DOCTYPE that only names an external DTD (never fetched).
 * Wrappers: CIM, DECLARATION, DECLGROUP with its variants, the VALUE. elements that carry an
 * INSTANCE. Ignored with all they hold: QUALIFIER, INSTANCENAME, INSTANCEPATH, CLASS, every other
 * element outside a property. Attributes other than CLASSNAME, NAME and TYPE are ignored.
 *
 * Refused as malformed besides XML errors: INSTANCE without CLASSNAME, a property without NAME, two
 * values in one property, elements in a VALUE, text where only elements belong, a VALUE.ARRAY
 * outside PROPERTY.ARRAY or none inside it, VALUE.NULL (later than CIM DTD 2.0), entities that
 * nobody declared, and after a DOCTYPE any reference in an attribute.
 * Element and attribute names are exact, as in XML; TYPE is not ("Boolean" is boolean).
 */
bool lg_cim_xml_parse(const void *text, size_t length, size_t length_max,
                      struct lg_cim_instance *instance, struct lg_cim_xml_error *error);

/* One line of English without a full stop; never NULL, static. */
const char *lg_cim_xml_reason(enum lg_cim_xml_reason reason);

/*
 * Writes the instance as CIM DTD 2.0 text, UTF-8, without declaration or white space: TYPE always,
 * a null property without VALUE. Like snprintf: returns the bytes needed without the final NUL,
 * writes at most `capacity` with it; `out` may be NULL when `capacity` is 0. Returns 0 and an empty
 * text when `instance` holds no instance, or holds a property whose value or type was not kept
 * (opaque, reference, unknown type): better nothing than another instance.
 */
size_t lg_cim_xml_write(const struct lg_cim_instance *instance, char *out, size_t capacity);

/* Makes `instance` an instance of the class without properties. False, with `instance` holding no
 * instance: name empty, over LG_CIM_CLASS_NAME_MAX, or not XML text in UTF-8. */
bool lg_cim_instance_start(struct lg_cim_instance *instance, const char *class_name);

/*
 * Adds a property that is no array; `value` NULL is null. The text is not checked against the type.
 * False, with `instance` unchanged: no instance started, name empty or there already, a bound hit,
 * type unknown or reference, bytes that are not XML text in UTF-8.
 */
bool lg_cim_instance_add(struct lg_cim_instance *instance, const char *name, enum lg_cim_type type,
                         const char *value);

/* The name of a type as TYPE spells it; empty for LG_CIM_UNKNOWN; never NULL, static. */
const char *lg_cim_type_name(enum lg_cim_type type);

/* Whether enough of a property of this type is kept to write it again. */
bool lg_cim_type_is_writable(enum lg_cim_type type);

static inline char lg_cim_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether two class or property names are equal: ASCII letters whatever their case, other bytes
 * exactly. */
static inline bool lg_cim_name_is_equal(const char *one, const char *other)
{
    while (*one != '\0' && lg_cim_lower(*one) == lg_cim_lower(*other)) {
        one++;
        other++;
    }
    return *one == *other;
}

/* The name as written. `property` is one of `instance`. */
static inline const char *lg_cim_property_name(const struct lg_cim_instance *instance,
                                               const struct lg_cim_property *property)
{
    return instance->pool + property->name;
}

/* The property of that name, case aside, or NULL. Lives as long as `instance` is not changed. */
static inline const struct lg_cim_property *
lg_cim_instance_find(const struct lg_cim_instance *instance, const char *name)
{
    for (uint32_t i = 0; i < instance->property_count; i++) {
        const struct lg_cim_property *property = &instance->properties[i];
        if (lg_cim_name_is_equal(lg_cim_property_name(instance, property), name)) {
            return property;
        }
    }
    return NULL;
}

/* The text of an item, 0 for a scalar; NULL when there is none. Steps over the items before it. */
static inline const char *lg_cim_property_item(const struct lg_cim_instance *instance,
                                               const struct lg_cim_property *property, size_t index)
{
    if (index >= property->item_count) {
        return NULL;
    }
    const char *item = instance->pool + property->value;
    for (size_t i = 0; i < index; i++) {
        item += strlen(item) + 1;
    }
    return item;
}

/*
 * The value as a boolean: TRUE or FALSE in any case and nothing around it, NULL, or NOT_BOOLEAN for
 * every other text and for arrays and opaque values. `is_typed` (may be NULL) says apart from that
 * whether TYPE is boolean and the property no array.
 */
static inline enum lg_cim_boolean lg_cim_property_boolean(const struct lg_cim_instance *instance,
                                                          const struct lg_cim_property *property,
                                                          bool *is_typed)
{
    if (is_typed != NULL) {
        *is_typed = property->type == LG_CIM_BOOLEAN && !property->is_array;
    }
    if (property->is_null) {
        return LG_CIM_NULL;
    }
    const char *text = lg_cim_property_item(instance, property, 0);
    if (text == NULL || property->is_array) {
        return LG_CIM_NOT_BOOLEAN;
    }
    if (lg_cim_name_is_equal(text, "true")) {
        return LG_CIM_TRUE;
    }
    return lg_cim_name_is_equal(text, "false") ? LG_CIM_FALSE : LG_CIM_NOT_BOOLEAN;
}

#endif
