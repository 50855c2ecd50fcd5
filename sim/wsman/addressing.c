#include "sim/wsman/addressing.h"

#include <string.h>

static const char namespace_selector[] = "__cimnamespace";
static const char dmtf_space[] = "root/hardware";

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* ASCII, without case: whether `text` begins with `start`. */
static bool begins(const char *text, const char *start)
{
    while (*start != '\0' && lower(*text) == lower(*start)) {
        text++;
        start++;
    }
    return *start == '\0';
}

static bool is_same(const char *one, const char *other)
{
    return begins(one, other) && one[strlen(other)] == '\0';
}

/* A CIM namespace in one spelling: lower case, slashes, none at its ends. False: too long. */
static bool read_space(const char *from, size_t length, char *space)
{
    while (length > 0 && (from[0] == '/' || from[0] == '\\')) {
        from++;
        length--;
    }
    while (length > 0 && (from[length - 1] == '/' || from[length - 1] == '\\')) {
        length--;
    }
    if (length >= LG_PATH_BYTES) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        space[i] = from[i] == '\\' ? '/' : lower(from[i]);
    }
    space[length] = '\0';
    return true;
}

static bool read_class(const char *from, char *class_name)
{
    const size_t length = strlen(from);
    const bool fits = length > 0 && length < LG_PATH_BYTES;
    memcpy(class_name, fits ? from : "", fits ? length + 1 : 1);
    return fits;
}

static enum lg_uri_family read_uri(struct lg_resource *resource)
{
    const char *uri = resource->uri;
    if (begins(uri, LG_WMI_PREFIX)) {
        const char *space = uri + strlen(LG_WMI_PREFIX);
        const char *slash = strrchr(space, '/');
        const bool is_read = slash != NULL && slash > space &&
                             read_space(space, (size_t)(slash - space), resource->space) &&
                             read_class(slash + 1, resource->class_name);
        return is_read ? LG_URI_WMI : LG_URI_OTHER;
    }
    if (begins(uri, LG_DMTF_PREFIX)) {
        memcpy(resource->space, dmtf_space, sizeof dmtf_space);
        const char *name = uri + strlen(LG_DMTF_PREFIX);
        const bool is_read = strchr(name, '/') == NULL && read_class(name, resource->class_name);
        return is_read ? LG_URI_DMTF : LG_URI_OTHER;
    }
    return uri[0] == '\0' ? LG_URI_NONE : LG_URI_OTHER;
}

static void read_namespace(struct lg_resource *resource, const char *token)
{
    char space[LG_PATH_BYTES];
    if (!read_space(token, strlen(token), space)) {
        resource->namespace_conflict = true;
    } else if (resource->family == LG_URI_DMTF) {
        memcpy(resource->space, space, strlen(space) + 1);
    } else if (resource->family == LG_URI_WMI && strcmp(space, resource->space) != 0) {
        resource->namespace_conflict = true;
    }
}

static void add_selector(struct lg_resource *resource, const char *name,
                         const struct lg_xml_node *node)
{
    const struct lg_xml_node *reference = lg_xml_child(node, LG_NS_ADDRESSING, "EndpointReference");
    resource->selectors_duplicate =
        resource->selectors_duplicate || lg_resource_selector(resource, name) != NULL;
    resource->selectors[resource->selector_count++] = (struct lg_selector){
        .name = name, .value = reference == NULL ? node->text : "", .reference = reference};
}

static void read_selectors(struct lg_resource *resource, const struct lg_xml_node *set)
{
    bool has_namespace = false;
    const struct lg_xml_node *node = lg_xml_child(set, LG_NS_WSMAN, "Selector");
    for (; node != NULL; node = lg_xml_next(node, LG_NS_WSMAN, "Selector")) {
        const char *name = lg_xml_attribute(node, "", "Name");
        name = name != NULL ? name : "";
        if (is_same(name, namespace_selector)) {
            resource->selectors_duplicate = resource->selectors_duplicate || has_namespace;
            has_namespace = true;
            read_namespace(resource, node->token);
        } else if (resource->selector_count == LG_SELECTORS_MAX) {
            resource->selectors_overflow = true;
        } else {
            add_selector(resource, name, node);
        }
    }
}

void lg_resource_read(const struct lg_xml_node *parent, struct lg_resource *resource)
{
    memset(resource, 0, sizeof *resource);
    const struct lg_xml_node *uri = lg_xml_child(parent, LG_NS_WSMAN, "ResourceURI");
    resource->uri = uri != NULL ? uri->token : "";
    resource->family = read_uri(resource);
    read_selectors(resource, lg_xml_child(parent, LG_NS_WSMAN, "SelectorSet"));
}

bool lg_reference_read(const struct lg_xml_node *node, struct lg_resource *resource)
{
    const struct lg_xml_node *inner = lg_xml_child(node, LG_NS_ADDRESSING, "EndpointReference");
    const struct lg_xml_node *parameters =
        lg_xml_child(inner != NULL ? inner : node, LG_NS_ADDRESSING, "ReferenceParameters");
    lg_resource_read(parameters, resource);
    return resource->family != LG_URI_NONE;
}

const struct lg_selector *lg_resource_selector(const struct lg_resource *resource, const char *name)
{
    for (unsigned i = 0; i < resource->selector_count; i++) {
        if (is_same(resource->selectors[i].name, name)) {
            return &resource->selectors[i];
        }
    }
    return NULL;
}

static void write_selector(struct lg_text *text, const char *name, const char *value)
{
    lg_text_add(text, "<w:Selector Name=\"");
    lg_text_escape(text, name);
    lg_text_add(text, "\">");
    lg_text_escape(text, value);
    lg_text_add(text, "</w:Selector>");
}

void lg_reference_write(struct lg_text *text, enum lg_uri_family family, const char *space,
                        const char *class_name, const struct lg_key *keys, unsigned count)
{
    const bool is_dmtf = family == LG_URI_DMTF;
    lg_text_add(text, "<a:Address>" LG_ANONYMOUS "</a:Address>"
                      "<a:ReferenceParameters><w:ResourceURI>");
    if (is_dmtf) {
        lg_text_add(text, LG_DMTF_PREFIX);
    } else {
        lg_text_add(text, LG_WMI_PREFIX);
        lg_text_escape(text, space);
        lg_text_add(text, "/");
    }
    lg_text_escape(text, class_name);
    lg_text_add(text, "</w:ResourceURI><w:SelectorSet>");
    if (is_dmtf) {
        write_selector(text, namespace_selector, space);
    }
    for (unsigned i = 0; i < count; i++) {
        write_selector(text, keys[i].name, keys[i].value);
    }
    lg_text_add(text, "</w:SelectorSet></a:ReferenceParameters>");
}
