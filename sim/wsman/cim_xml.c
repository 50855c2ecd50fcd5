#include "cim_xml.h"

#include <expat.h>

#include "xml_encoding.h"

/* In the order of enum lg_cim_type. */
static const char *const type_names[] = {
    "",       "boolean", "string", "uint8",  "uint16", "uint32",   "uint64", "sint8",
    "sint16", "sint32",  "sint64", "real32", "real64", "datetime", "char16", "reference"};
enum { TYPE_COUNT = sizeof type_names / sizeof type_names[0] };
_Static_assert(TYPE_COUNT == LG_CIM_REFERENCE + 1, "one name a type");

const char *lg_cim_type_name(enum lg_cim_type type)
{
    return (size_t)type < TYPE_COUNT ? type_names[type] : "";
}

bool lg_cim_type_is_writable(enum lg_cim_type type)
{
    return type > LG_CIM_UNKNOWN && type < LG_CIM_REFERENCE;
}

const char *lg_cim_xml_reason(enum lg_cim_xml_reason reason)
{
    static const char *const texts[] = {
        [LG_CIM_XML_OK] = "no error",
        [LG_CIM_XML_EMPTY] = "the text is empty",
        [LG_CIM_XML_NOT_XML] = "the text is not XML (MOF is not accepted)",
        [LG_CIM_XML_MALFORMED] = "the text is not well-formed CIM-XML",
        [LG_CIM_XML_TRUNCATED] = "the text ends in the middle of an element",
        [LG_CIM_XML_NO_INSTANCE] = "the text holds no INSTANCE",
        [LG_CIM_XML_MANY_INSTANCES] = "the text holds more than one INSTANCE",
        [LG_CIM_XML_DUPLICATE_PROPERTY] = "a property appears twice",
        [LG_CIM_XML_TOO_LARGE] = "the text or a part of it is too large",
        [LG_CIM_XML_TOO_DEEP] = "the elements are nested too deeply",
        [LG_CIM_XML_MANY_PROPERTIES] = "the instance has too many properties",
        [LG_CIM_XML_DOCTYPE] = "a DOCTYPE with an internal subset is forbidden",
        [LG_CIM_XML_NO_MEMORY] = "out of memory while parsing",
    };
    return (size_t)reason < sizeof texts / sizeof texts[0] ? texts[reason] : "unknown reason";
}

static void clear(struct lg_cim_instance *instance)
{
    instance->class_name[0] = '\0';
    instance->property_count = 0;
    instance->pool_length = 0;
}

/* Appends bytes to the pool. */
static bool keep(struct lg_cim_instance *instance, const char *bytes, size_t length)
{
    if (length > LG_CIM_POOL_MAX - instance->pool_length) {
        return false;
    }
    memcpy(instance->pool + instance->pool_length, bytes, length);
    instance->pool_length += (uint32_t)length;
    return true;
}

static struct lg_cim_property *last(struct lg_cim_instance *instance)
{
    return &instance->properties[instance->property_count - 1];
}

static enum lg_cim_xml_reason name_class(struct lg_cim_instance *instance, const char *name)
{
    if (name == NULL || name[0] == '\0') {
        return LG_CIM_XML_MALFORMED;
    }
    const size_t length = strlen(name);
    if (length > LG_CIM_CLASS_NAME_MAX) {
        return LG_CIM_XML_TOO_LARGE;
    }
    memcpy(instance->class_name, name, length + 1);
    return LG_CIM_XML_OK;
}

/* Appends a property, null until a value comes. */
static enum lg_cim_xml_reason open_property(struct lg_cim_instance *instance, const char *name,
                                            enum lg_cim_type type, bool is_array)
{
    if (name == NULL || name[0] == '\0') {
        return LG_CIM_XML_MALFORMED;
    }
    if (lg_cim_instance_find(instance, name) != NULL) {
        return LG_CIM_XML_DUPLICATE_PROPERTY;
    }
    if (instance->property_count == LG_CIM_PROPERTIES_MAX) {
        return LG_CIM_XML_MANY_PROPERTIES;
    }
    const uint32_t offset = instance->pool_length;
    if (!keep(instance, name, strlen(name) + 1)) {
        return LG_CIM_XML_TOO_LARGE;
    }
    instance->properties[instance->property_count++] =
        (struct lg_cim_property){.name = offset,
                                 .value = instance->pool_length,
                                 .type = type,
                                 .is_array = is_array,
                                 .is_null = true};
    return LG_CIM_XML_OK;
}

static bool is_white(unsigned c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Whether the text is UTF-8 and made of the production Char of XML 1.0 alone. A NUL is no
 * continuation byte, so a sequence that the end cuts short is found out in time. */
static bool is_xml_text(const char *text)
{
    static const struct {
        uint32_t lead, least, most;
    } forms[] = {
        {0, 0, 0x7F}, {0xC0, 0x80, 0x7FF}, {0xE0, 0x800, 0xFFFF}, {0xF0, 0x10000, 0x10FFFF}};
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
        const unsigned more = *at < 0xC0 ? 0 : *at < 0xE0 ? 1 : *at < 0xF0 ? 2 : 3;
        uint32_t c = *at++ - forms[more].lead;
        for (unsigned i = 0; i < more; i++) {
            if ((*at & 0xC0) != 0x80) {
                return false;
            }
            c = c << 6 | (*at++ & 0x3Fu);
        }
        const bool is_banned = (c >= 0xD800 && c < 0xE000) || c == 0xFFFE || c == 0xFFFF;
        if (c < forms[more].least || c > forms[more].most || is_banned ||
            (c < ' ' && !is_white(c))) {
            return false;
        }
    }
    return true;
}

bool lg_cim_instance_start(struct lg_cim_instance *instance, const char *class_name)
{
    clear(instance);
    return is_xml_text(class_name) && name_class(instance, class_name) == LG_CIM_XML_OK;
}

bool lg_cim_instance_add(struct lg_cim_instance *instance, const char *name, enum lg_cim_type type,
                         const char *value)
{
    const uint32_t pool_length = instance->pool_length;
    if (instance->class_name[0] == '\0' || !lg_cim_type_is_writable(type) || !is_xml_text(name) ||
        (value != NULL && !is_xml_text(value)) ||
        open_property(instance, name, type, false) != LG_CIM_XML_OK) {
        return false;
    }
    last(instance)->is_null = value == NULL;
    last(instance)->item_count = value == NULL ? 0 : 1;
    if (value != NULL && !keep(instance, value, strlen(value) + 1)) {
        instance->property_count--;
        instance->pool_length = pool_length;
        return false;
    }
    return true;
}

/* What an open element is to the reader; WRAPPER is the document itself, too, OPAQUE_PROPERTY a
 * reference or an embedded object, OPAQUE its value. */
enum place {
    WRAPPER,
    INSTANCE,
    SCALAR,
    ARRAY,
    OPAQUE_PROPERTY,
    VALUE,
    ITEMS,
    ITEM,
    OPAQUE,
    IGNORED,
    REFUSED
};

/* The first rule that fits; element NULL is any. What no rule fits is refused. */
static const struct rule {
    enum place parent;
    const char *element;
    enum place child;
} rules[] = {{WRAPPER, "INSTANCE", INSTANCE},
             {WRAPPER, "CIM", WRAPPER},
             {WRAPPER, "DECLARATION", WRAPPER},
             {WRAPPER, "DECLGROUP", WRAPPER},
             {WRAPPER, "DECLGROUP.WITHNAME", WRAPPER},
             {WRAPPER, "DECLGROUP.WITHPATH", WRAPPER},
             {WRAPPER, "VALUE.OBJECT", WRAPPER},
             {WRAPPER, "VALUE.NAMEDOBJECT", WRAPPER},
             {WRAPPER, "VALUE.NAMEDINSTANCE", WRAPPER},
             {WRAPPER, "VALUE.OBJECTWITHPATH", WRAPPER},
             {WRAPPER, NULL, IGNORED},
             {INSTANCE, "PROPERTY", SCALAR},
             {INSTANCE, "PROPERTY.ARRAY", ARRAY},
             {INSTANCE, "PROPERTY.REFERENCE", OPAQUE_PROPERTY},
             {INSTANCE, "PROPERTY.OBJECT", OPAQUE_PROPERTY},
             {INSTANCE, "PROPERTY.OBJECTARRAY", OPAQUE_PROPERTY},
             {INSTANCE, "INSTANCE", INSTANCE},
             {INSTANCE, NULL, IGNORED},
             {SCALAR, "VALUE", VALUE},
             {SCALAR, "QUALIFIER", IGNORED},
             {ARRAY, "VALUE.ARRAY", ITEMS},
             {ARRAY, "QUALIFIER", IGNORED},
             {ITEMS, "VALUE", ITEM},
             {OPAQUE_PROPERTY, "QUALIFIER", IGNORED},
             {OPAQUE_PROPERTY, NULL, OPAQUE},
             {OPAQUE, NULL, IGNORED},
             {IGNORED, NULL, IGNORED}};

static enum place place_of(enum place parent, const char *element)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const char *name = rules[i].element;
        if (rules[i].parent == parent && (name == NULL || strcmp(name, element) == 0)) {
            return rules[i].child;
        }
    }
    return REFUSED;
}

static const char *attribute(const XML_Char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        if (strcmp(attributes[i], name) == 0) {
            return attributes[i + 1];
        }
    }
    return NULL;
}

/* `type` is the attribute, NULL when it is missing. */
static enum lg_cim_type type_of(enum place place, const char *element, const char *type)
{
    if (place == OPAQUE_PROPERTY) {
        return strcmp(element, "PROPERTY.REFERENCE") == 0 ? LG_CIM_REFERENCE : LG_CIM_UNKNOWN;
    }
    for (size_t i = 1; type != NULL && i < TYPE_COUNT; i++) {
        if (lg_cim_name_is_equal(type, type_names[i])) {
            return (enum lg_cim_type)i;
        }
    }
    return LG_CIM_UNKNOWN;
}

/* VALUE, ITEMS, ITEM and OPAQUE lie inside a property, so there is a last one. */
static enum lg_cim_xml_reason enter(struct lg_cim_instance *instance, enum place place,
                                    const char *element, const XML_Char **attributes)
{
    switch (place) {
    case INSTANCE:
        return instance->class_name[0] != '\0'
                   ? LG_CIM_XML_MANY_INSTANCES
                   : name_class(instance, attribute(attributes, "CLASSNAME"));
    case SCALAR:
    case ARRAY:
    case OPAQUE_PROPERTY:
        return open_property(instance, attribute(attributes, "NAME"),
                             type_of(place, element, attribute(attributes, "TYPE")),
                             place == ARRAY);
    case VALUE:
    case ITEMS:
    case OPAQUE:
        if (!last(instance)->is_null && place != OPAQUE) {
            return LG_CIM_XML_MALFORMED;
        }
        last(instance)->is_null = false;
        last(instance)->is_opaque = place == OPAQUE;
        last(instance)->item_count = place == VALUE ? 1 : 0;
        return LG_CIM_XML_OK;
    case ITEM: last(instance)->item_count++; return LG_CIM_XML_OK;
    case REFUSED: return LG_CIM_XML_MALFORMED;
    default: return LG_CIM_XML_OK;
    }
}

/* Only a mark chooses the encoding; the last entry, without one, fits every text. */
static const struct encoding {
    const char *name;
    const char *mark;
    size_t mark_length;
    size_t unit; /* bytes */
    size_t low;  /* index of the low byte in a unit */
} encodings[] = {{"UTF-8", "\xEF\xBB\xBF", 3, 1, 0},
                 {"UTF-16LE", "\xFF\xFE", 2, 2, 0},
                 {"UTF-16BE", "\xFE\xFF", 2, 2, 1},
                 {"UTF-8", "", 0, 1, 0}};

struct reader {
    const unsigned char *text;
    size_t length;
    const struct encoding *encoding;
    size_t start; /* offset of the first '<' */
    XML_Parser parser;
    struct lg_cim_instance *instance;
    struct lg_cim_xml_error error;
    bool has_doctype;
    unsigned depth;
    enum place places[LG_CIM_XML_DEPTH_MAX + 1]; /* [0] is the document */
};

static unsigned unit_at(const struct reader *reader, size_t offset)
{
    const unsigned char *at = reader->text + offset;
    const size_t low = reader->encoding->low;
    return reader->encoding->unit == 1 ? at[0] : at[low] | (unsigned)at[1 - low] << 8;
}

static bool fail(struct reader *reader, enum lg_cim_xml_reason reason, size_t offset)
{
    reader->error = (struct lg_cim_xml_error){.reason = reason, .offset = offset};
    return false;
}

/* Where Expat is now, as an offset into the whole text. */
static size_t offset_of(const struct reader *reader)
{
    const XML_Index index = XML_GetCurrentByteIndex(reader->parser);
    return reader->start + (index > 0 ? (size_t)index : 0);
}

static void stop(struct reader *reader, enum lg_cim_xml_reason reason)
{
    if (reader->error.reason == LG_CIM_XML_OK) {
        (void)fail(reader, reason, offset_of(reader));
        XML_StopParser(reader->parser, XML_FALSE);
    }
}

/* Once a DOCTYPE names an external DTD, Expat drops undeclared entities from attributes without a
 * word; so every reference in a tag is suspect then. */
static bool has_lost_entity(const struct reader *reader)
{
    size_t at = offset_of(reader);
    const size_t end = at + (size_t)XML_GetCurrentByteCount(reader->parser);
    while (reader->has_doctype && at < end && unit_at(reader, at) != '&') {
        at += reader->encoding->unit;
    }
    return reader->has_doctype && at < end;
}

/* Expat may call a handler once more after it was stopped; so each looks at the reason first. */
static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *reader = data;
    if (reader->error.reason != LG_CIM_XML_OK) {
        return;
    }
    const enum place place = place_of(reader->places[reader->depth], name);
    enum lg_cim_xml_reason reason;
    if (reader->depth == LG_CIM_XML_DEPTH_MAX) {
        reason = LG_CIM_XML_TOO_DEEP;
    } else if (XML_GetSpecifiedAttributeCount(reader->parser) > 2 * LG_CIM_XML_ATTRIBUTES_MAX) {
        reason = LG_CIM_XML_TOO_LARGE;
    } else if (has_lost_entity(reader)) {
        reason = LG_CIM_XML_MALFORMED;
    } else {
        reason = enter(reader->instance, place, name, attributes);
    }
    if (reason != LG_CIM_XML_OK) {
        stop(reader, reason);
        return;
    }
    reader->places[++reader->depth] = place;
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
    (void)name;
    struct reader *reader = data;
    if (reader->error.reason != LG_CIM_XML_OK) {
        return;
    }
    const enum place place = reader->places[reader->depth--];
    if ((place == VALUE || place == ITEM) && !keep(reader->instance, "", 1)) {
        stop(reader, LG_CIM_XML_TOO_LARGE);
    }
}

static void XMLCALL on_text(void *data, const XML_Char *text, int length)
{
    struct reader *reader = data;
    const enum place place = reader->places[reader->depth];
    if (reader->error.reason != LG_CIM_XML_OK || place == IGNORED || place == OPAQUE) {
        return;
    }
    if (place == VALUE || place == ITEM) {
        if (!keep(reader->instance, text, (size_t)length)) {
            stop(reader, LG_CIM_XML_TOO_LARGE);
        }
        return;
    }
    for (int i = 0; i < length; i++) {
        if (!is_white((unsigned char)text[i])) {
            stop(reader, LG_CIM_XML_MALFORMED);
            return;
        }
    }
}

static void XMLCALL on_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
                               const XML_Char *public_id, int has_internal_subset)
{
    (void)name, (void)system_id, (void)public_id;
    struct reader *reader = data;
    reader->has_doctype = true;
    if (has_internal_subset != 0) {
        stop(reader, LG_CIM_XML_DOCTYPE);
    }
}

static void XMLCALL on_skipped_entity(void *data, const XML_Char *name, int is_parameter)
{
    (void)name, (void)is_parameter;
    stop(data, LG_CIM_XML_MALFORMED);
}

/* Checks what Expat need not see, and skips what it would not take in front of a declaration. */
static bool begin(struct reader *reader)
{
    const struct encoding *encoding = encodings;
    while (reader->length < encoding->mark_length ||
           memcmp(reader->text, encoding->mark, encoding->mark_length) != 0) {
        encoding++;
    }
    reader->encoding = encoding;
    reader->start = encoding->mark_length;
    const size_t unit = encoding->unit;
    while (reader->start + unit <= reader->length && is_white(unit_at(reader, reader->start))) {
        reader->start += unit;
    }
    if (reader->start == reader->length) {
        return fail(reader, LG_CIM_XML_EMPTY, reader->length);
    }
    if (reader->start + unit > reader->length || unit_at(reader, reader->start) != '<') {
        return fail(reader, LG_CIM_XML_NOT_XML, reader->start);
    }
    return true;
}

static bool judge(struct reader *reader)
{
    if (reader->error.reason != LG_CIM_XML_OK) {
        return false;
    }
    switch (XML_GetErrorCode(reader->parser)) {
    case XML_ERROR_NONE:
        return reader->instance->class_name[0] != '\0' ||
               fail(reader, LG_CIM_XML_NO_INSTANCE, reader->length);
    case XML_ERROR_NO_ELEMENTS:
    case XML_ERROR_UNCLOSED_TOKEN:
    case XML_ERROR_UNCLOSED_CDATA_SECTION:
    case XML_ERROR_PARTIAL_CHAR: return fail(reader, LG_CIM_XML_TRUNCATED, reader->length);
    case XML_ERROR_NO_MEMORY: return fail(reader, LG_CIM_XML_NO_MEMORY, offset_of(reader));
    default: return fail(reader, LG_CIM_XML_MALFORMED, offset_of(reader));
    }
}

/* How much of UTF-16 is complete characters. The sequences of UTF-8 are Expat's to find. */
static size_t whole_of(const struct reader *reader, const char *text, size_t length)
{
    const struct encoding *encoding = reader->encoding;
    return encoding->unit == 1 ? length : lg_xml_utf16_whole(text, length, 1 - encoding->low);
}

/* Where complete characters end before the text does. */
static bool fail_at(struct reader *reader, size_t offset)
{
    const size_t rest = reader->length - offset;
    const bool is_high = rest >= 2 && (unit_at(reader, offset) & 0xFC00) == 0xD800;
    const bool is_cut = rest < 2 || (is_high && rest < 4);
    return is_cut ? fail(reader, LG_CIM_XML_TRUNCATED, reader->length)
                  : fail(reader, LG_CIM_XML_MALFORMED, offset);
}

static bool run(struct reader *reader)
{
    reader->parser = XML_ParserCreate(reader->encoding->name);
    if (reader->parser == NULL) {
        return fail(reader, LG_CIM_XML_NO_MEMORY, 0);
    }
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
    XML_SetSkippedEntityHandler(reader->parser, on_skipped_entity);
    /* A constant salt spares the call the random source of the system. */
    XML_SetHashSalt(reader->parser, 0x6C617374);
    const char *text = (const char *)reader->text + reader->start;
    const size_t length = reader->length - reader->start; /* at most the ceiling */
    const size_t whole = whole_of(reader, text, length);
    const bool is_whole = whole == length;
    const enum XML_Status status = XML_Parse(reader->parser, text, (int)whole, is_whole);
    const bool is_read = is_whole || status != XML_STATUS_OK
                             ? judge(reader)
                             : fail_at(reader, reader->start + whole);
    XML_ParserFree(reader->parser);
    return is_read;
}

bool lg_cim_xml_parse(const void *text, size_t length, size_t length_max,
                      struct lg_cim_instance *instance, struct lg_cim_xml_error *error)
{
    const size_t ceiling = LG_CIM_XML_TEXT_CEILING;
    struct reader reader = {
        .text = text != NULL ? text : "", .length = length, .instance = instance};
    clear(instance);
    length_max = length_max < ceiling ? length_max : ceiling;
    const bool is_read = length > length_max ? fail(&reader, LG_CIM_XML_TOO_LARGE, length_max)
                                             : begin(&reader) && run(&reader);
    if (!is_read) {
        clear(instance);
    }
    if (error != NULL) {
        *error = reader.error;
    }
    return is_read;
}
