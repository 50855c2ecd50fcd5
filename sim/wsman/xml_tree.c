#include "sim/wsman/xml.h"

#include <string.h>

bool lg_xml_is(const struct lg_xml_node *node, const char *space, const char *name)
{
    return node != NULL && strcmp(node->name, name) == 0 &&
           (space == NULL || strcmp(node->space, space) == 0);
}

static const struct lg_xml_node *find(const struct lg_xml_node *node, const char *space,
                                      const char *name)
{
    while (node != NULL && !lg_xml_is(node, space, name)) {
        node = node->next;
    }
    return node;
}

const struct lg_xml_node *lg_xml_child(const struct lg_xml_node *node, const char *space,
                                       const char *name)
{
    return node != NULL ? find(node->first, space, name) : NULL;
}

const struct lg_xml_node *lg_xml_next(const struct lg_xml_node *node, const char *space,
                                      const char *name)
{
    return node != NULL ? find(node->next, space, name) : NULL;
}

const char *lg_xml_attribute(const struct lg_xml_node *node, const char *space, const char *name)
{
    const struct lg_xml_attribute *attribute = node != NULL ? node->attributes : NULL;
    while (attribute != NULL && (strcmp(attribute->name, name) != 0 ||
                                 (space != NULL && strcmp(attribute->space, space) != 0))) {
        attribute = attribute->next;
    }
    return attribute != NULL ? attribute->value : NULL;
}

static bool is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

size_t lg_xml_trimmed(const struct lg_xml_node *node, const char **start)
{
    const char *first = node->text;
    const char *end = node->text + node->text_length;
    while (first < end && is_white(*first)) {
        first++;
    }
    while (end > first && is_white(end[-1])) {
        end--;
    }
    *start = first;
    return (size_t)(end - first);
}
