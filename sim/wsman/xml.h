/* A bounded tree over Expat. Hostile bytes are refused: DOCTYPE, entities, depth, counts, sizes. */
#ifndef LG_XML_H
#define LG_XML_H

#include <stdbool.h>
#include <stddef.h>

enum {
    LG_XML_DEPTH_MAX = 64,       /* SOAP with an association filter nests some 15 deep */
    LG_XML_ATTRIBUTES_MAX = 32,  /* of one element */
    LG_XML_NAME_BYTES_MAX = 1024 /* a namespace with a local name, or an attribute's name */
};

struct lg_xml_attribute {
    const char *space; /* "" for an attribute without a prefix */
    const char *name;
    const char *value;
    struct lg_xml_attribute *next;
};

/* An element. Names are resolved: `space` is the namespace URI ("" if none). `text` is all
 * character data directly in the element, CDATA and references resolved, never NULL, ending in 0.
 * Nothing is to be changed; the tree owns it all. */
struct lg_xml_node {
    const char *space;
    const char *name;
    const char *prefix; /* as written, "" if none: for messages only */
    const char *text;
    size_t text_length;
    const char *token;                   /* the text without white space at both ends */
    struct lg_xml_attribute *attributes; /* in order of appearance */
    struct lg_xml_node *first;
    struct lg_xml_node *next;
    struct lg_xml_node *parent;
};

enum lg_xml_problem {
    LG_XML_FINE,
    LG_XML_UNDECODABLE, /* neither UTF-8 nor UTF-16: no SOAP can be answered */
    LG_XML_NOT_WELL_FORMED,
    LG_XML_FORBIDDEN, /* DOCTYPE, with or without an entity of its own */
    LG_XML_TOO_LARGE, /* a bound above, or node_max */
    LG_XML_NO_MEMORY,
    LG_XML_CHARACTER_SET /* the declaration names an encoding that is neither */
};

struct lg_xml;

/* node_max bounds elements plus attributes. The tree is the caller's, to be freed; NULL with
 * *problem and *offset (bytes) set when there is none. Takes UTF-8 and UTF-16, with or without a
 * mark. */
struct lg_xml *lg_xml_parse(const char *bytes, size_t length, size_t node_max,
                            enum lg_xml_problem *problem, size_t *offset);
void lg_xml_free(struct lg_xml *xml);
const struct lg_xml_node *lg_xml_root(const struct lg_xml *xml);

/* Whether the bytes would be read as UTF-16: by their mark, or by how "<" is written. */
bool lg_xml_is_utf16(const char *bytes, size_t length);

/* space NULL: any namespace. NULL node: NULL. */
bool lg_xml_is(const struct lg_xml_node *node, const char *space, const char *name);
const struct lg_xml_node *lg_xml_child(const struct lg_xml_node *node, const char *space,
                                       const char *name);
/* The next sibling of that name after `node`. */
const struct lg_xml_node *lg_xml_next(const struct lg_xml_node *node, const char *space,
                                      const char *name);
/* NULL if it is not there. */
const char *lg_xml_attribute(const struct lg_xml_node *node, const char *space, const char *name);

/* The text without white space at both ends: its length, *start where it begins. */
size_t lg_xml_trimmed(const struct lg_xml_node *node, const char **start);

#endif
