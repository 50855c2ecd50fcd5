/* Instances as WinRM writes them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "class_table.h"

/* How an instance is written: names with a prefix and a namespace, or without (fragments). */
struct style {
    const char *prefix;        /* of properties: "p:" or "" */
    const char *cim;           /* of cim:Datetime: "cim:" or "" */
    bool typed;                /* xsi:type at each value, as in replies to a DMTF URI */
    bool base64;               /* uint8 arrays as one element */
    enum lg_uri_family family; /* of references */
    const char *space;
};

static const char *const types[] = {
    [LG_VALUE_BOOLEAN] = "cimBoolean",     [LG_VALUE_UINT8] = "cimUnsignedByte",
    [LG_VALUE_SINT8] = "cimByte",          [LG_VALUE_UINT16] = "cimUnsignedShort",
    [LG_VALUE_SINT16] = "cimShort",        [LG_VALUE_UINT32] = "cimUnsignedInt",
    [LG_VALUE_UINT64] = "cimUnsignedLong", [LG_VALUE_SINT64] = "cimLong",
    [LG_VALUE_STRING] = "cimString",       [LG_VALUE_DATETIME] = "cimDateTime",
    [LG_VALUE_INTERVAL] = "cimDateTime",   [LG_VALUE_REFERENCE] = "cimReference",
};

/* ---- values ---- */

/* The microseconds of a CIM time, as a fraction without the zeros at its end; "" for none. */
static void fraction_of(const char *text, char fraction[8])
{
    snprintf(fraction, 8, ".%.6s", text + 15);
    size_t length = strlen(fraction);
    while (length && (fraction[length - 1] == '0' || fraction[length - 1] == '.'))
        fraction[--length] = 0;
}

/* A time with an offset is told in UTC. */
static void write_datetime(struct lg_text *text, const char *prefix, const char *value)
{
    char utc[32];
    char fraction[8];
    uint64_t ms;
    if (!lg_datetime_read(value, &ms)) {
        lg_text_escape(text, value);
        return;
    }
    lg_datetime_write(ms, utc);
    fraction_of(value, fraction);
    lg_text_addf(text, "<%sDatetime>%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%sZ</%sDatetime>", prefix, utc,
                 utc + 4, utc + 6, utc + 8, utc + 10, utc + 12, fraction, prefix);
}

static void write_interval(struct lg_text *text, const char *prefix, const char *value)
{
    char fraction[8];
    uint64_t ms;
    if (!lg_interval_read(value, &ms)) {
        lg_text_escape(text, value);
        return;
    }
    uint64_t seconds = ms / 1000;
    fraction_of(value, fraction);
    lg_text_addf(text, "<%sInterval>P%uDT%uH%uM%u%sS</%sInterval>", prefix,
                 (unsigned)(seconds / 86400), (unsigned)(seconds / 3600 % 24),
                 (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60), fraction, prefix);
}

static void write_reference(struct lg_text *text, const struct style *style, const json_t *value)
{
    struct lg_key keys[LG_SELECTORS_MAX];
    const json_t *pairs = json_object_get(value, "keys");
    const char *class_name = json_string_value(json_object_get(value, "class"));
    unsigned count = 0;
    for (size_t i = 0; i < json_array_size(pairs) && count < LG_SELECTORS_MAX; i++) {
        const char *name = json_string_value(json_array_get(json_array_get(pairs, i), 0));
        const char *key = json_string_value(json_array_get(json_array_get(pairs, i), 1));
        if (name && key)
            keys[count++] = (struct lg_key){name, key};
    }
    lg_reference_write(text, style->family, style->space, class_name ? class_name : "", keys,
                       count);
}

static void write_scalar(struct lg_text *text, const struct style *style, enum lg_value_type type,
                         const json_t *value)
{
    if (type == LG_VALUE_REFERENCE)
        write_reference(text, style, value);
    else if (json_is_boolean(value))
        lg_text_add(text, json_is_true(value) ? "true" : "false");
    else if (json_is_integer(value))
        lg_text_addf(text, "%lld", (long long)json_integer_value(value));
    else if (type == LG_VALUE_DATETIME && json_is_string(value))
        write_datetime(text, style->cim, json_string_value(value));
    else if (type == LG_VALUE_INTERVAL && json_is_string(value))
        write_interval(text, style->cim, json_string_value(value));
    else if (json_is_string(value))
        lg_text_escape_bytes(text, json_string_value(value), json_string_length(value));
}

/* ---- properties ---- */

static void open_element(struct lg_text *text, const struct style *style, const char *name,
                         const char *type)
{
    lg_text_addf(text, "<%s%s", style->prefix, name);
    if (strcmp(type, types[LG_VALUE_REFERENCE]) == 0)
        lg_text_add(text, " xmlns:a=\"" LG_NS_ADDRESSING "\" xmlns:w=\"" LG_NS_WSMAN "\"");
    if (style->typed)
        lg_text_addf(text, " xsi:type=\"cim:%s\"", type);
    lg_text_add(text, ">");
}

static void close_element(struct lg_text *text, const struct style *style, const char *name)
{
    lg_text_addf(text, "</%s%s>", style->prefix, name);
}

static void write_element(struct lg_text *text, const struct style *style,
                          const struct lg_property *property, const json_t *value)
{
    open_element(text, style, property->name, types[property->type]);
    write_scalar(text, style, property->type, value);
    close_element(text, style, property->name);
}

static void write_repeated_bytes(struct lg_text *text, const struct style *style,
                                 const struct lg_property *property, const char *base64)
{
    size_t length = lg_base64_room(strlen(base64));
    uint8_t *bytes = malloc(length ? length : 1);
    if (!bytes || !lg_base64_read(base64, strlen(base64), bytes, &length)) {
        text->failed = text->failed || !bytes;
        length = 0;
    }
    for (size_t i = 0; i < length; i++) {
        open_element(text, style, property->name, types[LG_VALUE_UINT8]);
        lg_text_addf(text, "%u", bytes[i]);
        close_element(text, style, property->name);
    }
    free(bytes);
}

/* No bytes: no element, in either form, as for any empty array. */
static void write_bytes(struct lg_text *text, const struct style *style,
                        const struct lg_property *property)
{
    const char *base64 = json_string_value(property->value);
    if (!style->base64) {
        write_repeated_bytes(text, style, property, base64);
    } else if (base64[0]) {
        open_element(text, style, property->name, "cimBase64Binary");
        lg_text_add(text, base64);
        close_element(text, style, property->name);
    }
}

static void write_property(struct lg_text *text, const struct style *style,
                           const struct lg_property *property)
{
    if (json_is_null(property->value))
        lg_text_addf(text, "<%s%s xsi:nil=\"true\"/>", style->prefix, property->name);
    else if (property->type == LG_VALUE_UINT8 && json_is_string(property->value))
        write_bytes(text, style, property);
    else if (!property->is_array)
        write_element(text, style, property, property->value);
    for (size_t i = 0; property->is_array && i < json_array_size(property->value); i++)
        write_element(text, style, property, json_array_get(property->value, i));
}

/* ---- instances ---- */

static void add_uri(struct lg_text *text, const struct lg_instance *instance,
                    enum lg_uri_family family)
{
    if (family == LG_URI_DMTF)
        lg_text_addf(text, LG_DMTF_PREFIX "%s", instance->class_name);
    else
        lg_text_addf(text, LG_WMI_PREFIX "%s/%s", instance->space, instance->class_name);
}

void lg_instance_write(struct lg_text *text, const struct lg_instance *instance,
                       enum lg_uri_family family, bool base64)
{
    bool typed = family == LG_URI_DMTF;
    struct style style = {"p:", "cim:", typed, base64, family, instance->space};
    lg_text_addf(text, "<p:%s xmlns:xsi=\"" LG_NS_XSI "\" xmlns:p=\"", instance->class_name);
    add_uri(text, instance, family);
    lg_text_addf(text, "\" xmlns:cim=\"" LG_NS_CIM "\" xsi:type=\"p:%s_Type\">",
                 instance->class_name);
    for (unsigned i = 0; i < instance->count; i++)
        write_property(text, &style, &instance->properties[i]);
    lg_text_addf(text, "</p:%s>", instance->class_name);
}

static bool is_column(const char *name, const char *const *columns, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (lg_same_text(columns[i], name))
            return true;
    return false;
}

void lg_instance_write_columns(struct lg_text *text, const struct lg_instance *instance,
                               const char *const *columns, unsigned count, bool base64)
{
    struct style style = {"", "", false, base64, LG_URI_WMI, instance->space};
    lg_text_add(text, "<w:XmlFragment xmlns:xsi=\"" LG_NS_XSI "\" xmlns:w=\"" LG_NS_WSMAN "\">");
    for (unsigned i = 0; i < instance->count; i++)
        if (is_column(instance->properties[i].name, columns, count))
            write_property(text, &style, &instance->properties[i]);
    lg_text_add(text, "</w:XmlFragment>");
}

/* ---- references ---- */

/* An association's keys are references themselves: each is an endpoint in its selector. */
static void write_reference_keys(struct lg_text *text, const struct lg_instance *instance,
                                 enum lg_uri_family family)
{
    struct style style = {"", "", false, false, family, instance->space};
    lg_text_add(text,
                "<a:Address>" LG_ANONYMOUS "</a:Address><a:ReferenceParameters><w:ResourceURI>");
    add_uri(text, instance, family);
    lg_text_add(text, "</w:ResourceURI><w:SelectorSet>");
    if (family == LG_URI_DMTF)
        lg_text_addf(text, "<w:Selector Name=\"__cimnamespace\">%s</w:Selector>", instance->space);
    for (unsigned i = 0; i < instance->count; i++) {
        const struct lg_property *property = &instance->properties[i];
        if (!property->is_key)
            continue;
        lg_text_addf(text, "<w:Selector Name=\"%s\"><a:EndpointReference>", property->name);
        write_reference(text, &style, property->value);
        lg_text_add(text, "</a:EndpointReference></w:Selector>");
    }
    lg_text_add(text, "</w:SelectorSet></a:ReferenceParameters>");
}

void lg_instance_write_reference(struct lg_text *text, const struct lg_instance *instance,
                                 enum lg_uri_family family)
{
    struct lg_key keys[LG_SELECTORS_MAX];
    unsigned count = 0;
    bool association = false;
    for (unsigned i = 0; i < instance->count && count < LG_SELECTORS_MAX; i++) {
        const struct lg_property *property = &instance->properties[i];
        if (property->is_key && json_is_string(property->value))
            keys[count++] = (struct lg_key){property->name, json_string_value(property->value)};
        association = association || (property->is_key && property->type == LG_VALUE_REFERENCE);
    }
    lg_text_add(text, "<a:EndpointReference>");
    if (association)
        write_reference_keys(text, instance, family);
    else
        lg_reference_write(text, family, instance->space, instance->class_name, keys, count);
    lg_text_add(text, "</a:EndpointReference>");
}
