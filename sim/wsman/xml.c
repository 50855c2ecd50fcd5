#include "sim/wsman/xml.h"

#include <expat.h>
#include <limits.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "sim/wsman/xml_arena.h"
#include "sim/wsman/xml_encoding.h"

enum {
    CHUNK_BYTES_MIN = 8 * 1024,  /* beside the text */
    RECENT = 16,                 /* namespaces and prefixes that are kept once */
    KEPT_BYTES_MAX = 256 * 1024, /* of those that came back after they were forgotten, too */
    SEPARATOR = '\1'             /* no XML can hold it, so no name can */
};

struct lg_xml {
    struct lg_xml_arena arena;
    const struct lg_xml_node *root;
};

/* An element whose end is still to come. */
struct open {
    struct lg_xml_node *node;
    struct lg_xml_node *last; /* child */
    char *text;
    size_t capacity;
};

struct recent {
    const char *string;
    size_t length;
};

struct reader {
    XML_Parser parser;
    struct lg_xml *xml;
    enum lg_xml_problem problem;
    size_t offset; /* of the problem, from where Expat began */
    size_t nodes_left;
    size_t depth;
    struct open opens[LG_XML_DEPTH_MAX];
    struct recent recent[RECENT];
    size_t oldest;
    size_t kept_left; /* bytes */
};

static void stop(struct reader *reader, enum lg_xml_problem problem)
{
    if (reader->problem == LG_XML_FINE) {
        const XML_Index index = XML_GetCurrentByteIndex(reader->parser);
        reader->problem = problem;
        reader->offset = index > 0 ? (size_t)index : 0;
        (void)XML_StopParser(reader->parser, XML_FALSE);
    }
}

/* Copies a string, or finds the copy of a while ago. */
static const char *keep(struct reader *reader, const char *bytes, size_t length)
{
    for (size_t i = 0; i < RECENT; i++) {
        const struct recent *recent = &reader->recent[i];
        if (recent->length == length && recent->string != NULL &&
            memcmp(recent->string, bytes, length) == 0) {
            return recent->string;
        }
    }
    if (length > reader->kept_left) {
        stop(reader, LG_XML_TOO_LARGE);
        return NULL;
    }
    reader->kept_left -= length;
    const char *string = lg_xml_arena_copy(&reader->xml->arena, bytes, length);
    reader->recent[reader->oldest] = (struct recent){.string = string, .length = length};
    reader->oldest = (reader->oldest + 1) % RECENT;
    return string;
}

struct full_name {
    const char *space;
    const char *name;
    const char *prefix;
};

/* Expat gives namespace, name and prefix in one string; name alone where there is no namespace. */
static bool split(struct reader *reader, const char *full, struct full_name *name)
{
    const size_t length = strlen(full);
    if (length > LG_XML_NAME_BYTES_MAX) {
        stop(reader, LG_XML_TOO_LARGE);
        return false;
    }
    const char *end = full + length;
    const char *first = memchr(full, SEPARATOR, length);
    const char *local = first != NULL ? first + 1 : full;
    const char *second = memchr(local, SEPARATOR, (size_t)(end - local));
    const char *local_end = second != NULL ? second : end;
    name->space = first != NULL ? keep(reader, full, (size_t)(first - full)) : "";
    name->name = lg_xml_arena_copy(&reader->xml->arena, local, (size_t)(local_end - local));
    name->prefix = second != NULL ? keep(reader, second + 1, (size_t)(end - second - 1)) : "";
    if (name->space == NULL || name->name == NULL || name->prefix == NULL) {
        stop(reader, LG_XML_NO_MEMORY);
        return false;
    }
    return true;
}

static bool count(struct reader *reader, size_t nodes)
{
    if (nodes > reader->nodes_left) {
        stop(reader, LG_XML_TOO_LARGE);
        return false;
    }
    reader->nodes_left -= nodes;
    return true;
}

static bool add_attributes(struct reader *reader, struct lg_xml_node *node,
                           const XML_Char **attributes)
{
    struct lg_xml_attribute **end = &node->attributes;
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        struct lg_xml_attribute *attribute = lg_xml_arena_take(
            &reader->xml->arena, sizeof *attribute, alignof(struct lg_xml_attribute));
        const char *value =
            lg_xml_arena_copy(&reader->xml->arena, attributes[i + 1], strlen(attributes[i + 1]));
        if (attribute == NULL || value == NULL) {
            stop(reader, LG_XML_NO_MEMORY);
            return false;
        }
        struct full_name name;
        if (!split(reader, attributes[i], &name)) {
            return false;
        }
        *attribute =
            (struct lg_xml_attribute){.space = name.space, .name = name.name, .value = value};
        *end = attribute;
        end = &attribute->next;
    }
    return true;
}

static void append(struct reader *reader, struct lg_xml_node *node)
{
    if (reader->depth == 0) {
        reader->xml->root = node;
        return;
    }
    struct open *parent = &reader->opens[reader->depth - 1];
    node->parent = parent->node;
    *(parent->last != NULL ? &parent->last->next : &parent->node->first) = node;
    parent->last = node;
}

/* Expat may call a handler once more after it was stopped; so each looks at the problem first. */
static void XMLCALL on_start(void *data, const XML_Char *full, const XML_Char **attributes)
{
    struct reader *reader = data;
    if (reader->problem != LG_XML_FINE) {
        return;
    }
    const size_t attribute_count = (size_t)XML_GetSpecifiedAttributeCount(reader->parser) / 2;
    if (reader->depth == LG_XML_DEPTH_MAX || attribute_count > LG_XML_ATTRIBUTES_MAX) {
        stop(reader, LG_XML_TOO_LARGE);
        return;
    }
    struct full_name name;
    if (!count(reader, 1 + attribute_count) || !split(reader, full, &name)) {
        return;
    }
    struct lg_xml_node *node =
        lg_xml_arena_take(&reader->xml->arena, sizeof *node, alignof(struct lg_xml_node));
    if (node == NULL) {
        stop(reader, LG_XML_NO_MEMORY);
        return;
    }
    *node = (struct lg_xml_node){
        .space = name.space, .name = name.name, .prefix = name.prefix, .text = "", .token = ""};
    if (add_attributes(reader, node, attributes)) {
        append(reader, node);
        reader->opens[reader->depth++] = (struct open){.node = node};
    }
}

/* Text that was taken last grows where it is; other text moves, to twice the room. */
static bool make_room(struct lg_xml_arena *arena, struct open *open, size_t needed)
{
    const char *end = open->text != NULL ? open->text + open->capacity : "";
    if (lg_xml_arena_extend(arena, end, needed - open->capacity)) {
        open->capacity = needed;
        return true;
    }
    const size_t capacity = open->text == NULL ? needed : 2 * needed;
    char *text = lg_xml_arena_take(arena, capacity, 1);
    if (text == NULL) {
        return false;
    }
    if (open->text != NULL) {
        memcpy(text, open->text, open->node->text_length);
    }
    open->text = text;
    open->capacity = capacity;
    return true;
}

static void XMLCALL on_text(void *data, const XML_Char *text, int length)
{
    struct reader *reader = data;
    if (reader->problem != LG_XML_FINE || reader->depth == 0) {
        return;
    }
    struct open *open = &reader->opens[reader->depth - 1];
    const size_t needed = open->node->text_length + (size_t)length + 1;
    if (needed > open->capacity && !make_room(&reader->xml->arena, open, needed)) {
        stop(reader, LG_XML_NO_MEMORY);
        return;
    }
    memcpy(open->text + open->node->text_length, text, (size_t)length);
    open->node->text_length += (size_t)length;
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
    (void)name;
    struct reader *reader = data;
    if (reader->problem != LG_XML_FINE) {
        return;
    }
    const struct open *open = &reader->opens[--reader->depth];
    if (open->text == NULL) {
        return;
    }
    struct lg_xml_node *node = open->node;
    open->text[node->text_length] = '\0';
    node->text = open->text;
    const size_t length = lg_xml_trimmed(node, &node->token);
    if (length == 0) {
        node->token = "";
    } else if (node->token[length] != '\0') {
        node->token = lg_xml_arena_copy(&reader->xml->arena, node->token, length);
    }
    if (node->token == NULL) {
        stop(reader, LG_XML_NO_MEMORY);
    }
}

static void XMLCALL on_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
                               const XML_Char *public_id, int has_internal_subset)
{
    (void)name, (void)system_id, (void)public_id, (void)has_internal_subset;
    stop(data, LG_XML_FORBIDDEN);
}

static void XMLCALL on_declaration(void *data, const XML_Char *version, const XML_Char *encoding,
                                   int standalone)
{
    (void)version, (void)standalone;
    if (encoding != NULL && !lg_xml_encoding_is_known(encoding)) {
        stop(data, LG_XML_CHARACTER_SET);
    }
}

static void run(struct reader *reader, const char *bytes, size_t length)
{
    XML_SetUserData(reader->parser, reader);
    XML_SetReturnNSTriplet(reader->parser, 1);
    XML_SetElementHandler(reader->parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
    XML_SetXmlDeclHandler(reader->parser, on_declaration);
    if (XML_Parse(reader->parser, bytes, (int)length, XML_TRUE) == XML_STATUS_OK) {
        return;
    }
    const bool is_memory = XML_GetErrorCode(reader->parser) == XML_ERROR_NO_MEMORY;
    stop(reader, is_memory ? LG_XML_NO_MEMORY : LG_XML_NOT_WELL_FORMED);
}

static void read_tree(struct reader *reader, const struct lg_xml_encoding *encoding,
                      const char *bytes, size_t length)
{
    if (encoding->unit == 2 && !lg_xml_encoding_fits(encoding, bytes, length)) {
        reader->problem = LG_XML_UNDECODABLE;
        return;
    }
    reader->parser = XML_ParserCreateNS(encoding->name, SEPARATOR);
    if (reader->parser == NULL) {
        reader->problem = LG_XML_NO_MEMORY;
        return;
    }
    run(reader, bytes, length);
    XML_ParserFree(reader->parser);
    if (reader->problem == LG_XML_NOT_WELL_FORMED && encoding->unit == 1 &&
        !lg_xml_encoding_fits(encoding, bytes, length)) {
        reader->problem = LG_XML_UNDECODABLE;
    }
}

struct lg_xml *lg_xml_parse(const char *bytes, size_t length, size_t node_max,
                            enum lg_xml_problem *problem, size_t *offset)
{
    bytes = bytes != NULL ? bytes : "";
    struct lg_xml *xml = calloc(1, sizeof *xml);
    struct reader reader = {.xml = xml, .nodes_left = node_max, .kept_left = KEPT_BYTES_MAX};
    const struct lg_xml_encoding *encoding = lg_xml_encoding_of(bytes, length);
    if (xml == NULL) {
        reader.problem = LG_XML_NO_MEMORY;
    } else if (length > INT_MAX) {
        reader.problem = LG_XML_TOO_LARGE;
    } else {
        xml->arena.chunk_bytes = length + CHUNK_BYTES_MIN;
        read_tree(&reader, encoding, bytes + encoding->mark_length, length - encoding->mark_length);
    }
    *problem = reader.problem;
    *offset = reader.offset + encoding->mark_length;
    if (reader.problem != LG_XML_FINE) {
        lg_xml_free(xml);
        return NULL;
    }
    return xml;
}

void lg_xml_free(struct lg_xml *xml)
{
    if (xml != NULL) {
        lg_xml_arena_free(&xml->arena);
        free(xml);
    }
}

const struct lg_xml_node *lg_xml_root(const struct lg_xml *xml)
{
    return xml->root;
}
