/* An instance as CIM-XML. */
#include "cim_xml.h"

struct sink {
    char *out;
    size_t capacity;
    size_t length; /* bytes needed so far */
};

static void put_bytes(struct sink *sink, const char *bytes, size_t length)
{
    if (sink->length < sink->capacity) {
        const size_t room = sink->capacity - sink->length;
        memcpy(sink->out + sink->length, bytes, length < room ? length : room);
    }
    sink->length += length;
}

static void put(struct sink *sink, const char *text)
{
    put_bytes(sink, text, strlen(text));
}

/* Escapes white space too, which a reader would otherwise normalise, in attributes above all. */
static void put_escaped(struct sink *sink, const char *text)
{
    static const char special[] = "&<>\"\t\n\r";
    static const char *const escapes[] = {"&amp;", "&lt;",  "&gt;", "&quot;",
                                          "&#9;",  "&#10;", "&#13;"};
    for (;;) {
        const size_t plain = strcspn(text, special);
        put_bytes(sink, text, plain);
        if (text[plain] == '\0') {
            return;
        }
        put(sink, escapes[strchr(special, text[plain]) - special]);
        text += plain + 1;
    }
}

static void put_property(struct sink *sink, const struct lg_cim_instance *instance,
                         const struct lg_cim_property *property)
{
    const bool has_array = property->is_array && !property->is_null;
    put(sink, property->is_array ? "<PROPERTY.ARRAY NAME=\"" : "<PROPERTY NAME=\"");
    put_escaped(sink, instance->pool + property->name);
    put(sink, "\" TYPE=\"");
    put(sink, lg_cim_type_name(property->type));
    put(sink, has_array ? "\"><VALUE.ARRAY>" : "\">");
    const char *item = instance->pool + property->value;
    for (uint32_t i = 0; i < property->item_count; i++) {
        put(sink, "<VALUE>");
        put_escaped(sink, item);
        put(sink, "</VALUE>");
        item += strlen(item) + 1;
    }
    put(sink, has_array ? "</VALUE.ARRAY>" : "");
    put(sink, property->is_array ? "</PROPERTY.ARRAY>" : "</PROPERTY>");
}

static bool is_whole(const struct lg_cim_instance *instance)
{
    for (uint32_t i = 0; i < instance->property_count; i++) {
        if (!lg_cim_type_is_writable(instance->properties[i].type)) {
            return false;
        }
    }
    return instance->class_name[0] != '\0';
}

size_t lg_cim_xml_write(const struct lg_cim_instance *instance, char *out, size_t capacity)
{
    struct sink sink = {.out = out, .capacity = capacity};
    if (is_whole(instance)) {
        put(&sink, "<INSTANCE CLASSNAME=\"");
        put_escaped(&sink, instance->class_name);
        put(&sink, "\">");
        for (uint32_t i = 0; i < instance->property_count; i++) {
            put_property(&sink, instance, &instance->properties[i]);
        }
        put(&sink, "</INSTANCE>");
    }
    if (capacity > 0) {
        out[sink.length < capacity ? sink.length : capacity - 1] = '\0';
    }
    return sink.length;
}
