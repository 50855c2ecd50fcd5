/* Values on the wire <-> JSON. */
#include "wsman_values.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/wsman/addressing.h"

bool lg_is_nil(const struct lg_xml_node *node)
{
    const char *nil = lg_xml_attribute(node, LG_NS_XSI, "nil");
    return nil && (strcmp(nil, "true") == 0 || strcmp(nil, "1") == 0);
}

static char *trimmed(const struct lg_xml_node *node)
{
    const char *start;
    size_t length = lg_xml_trimmed(node, &start);
    char *text = malloc(length + 1);
    if (!text)
        return NULL;
    memcpy(text, start, length);
    text[length] = '\0';
    return text;
}

char *lg_instance_text(const struct lg_xml_node *instance, const char *name)
{
    const struct lg_xml_node *node = lg_xml_child(instance, NULL, name);
    return node && !lg_is_nil(node) ? trimmed(node) : NULL;
}

/* ---- times ---- */

/* Digits behind a point, as microseconds. */
static unsigned micros_of(const char *text)
{
    unsigned micros = 0;
    if (*text != '.')
        return 0;
    for (int i = 0; i < 6; i++)
        micros = micros * 10 + (isdigit((unsigned char)text[1]) ? (unsigned)(*++text - '0') : 0u);
    return micros;
}

/* 2026-07-29T14:11:00.026037Z -> 20260729141100.026037+000; false: it is another form. */
static bool datetime_to_cim(const char *text, char cim[32])
{
    unsigned year, month, day, hour, minute, second;
    int length = 0;
    if (sscanf(text, "%4u-%2u-%2uT%2u:%2u:%2u%n", &year, &month, &day, &hour, &minute, &second,
               &length) != 6 ||
        !length)
        return false;
    snprintf(cim, 32, "%04u%02u%02u%02u%02u%02u.%06u+000", year % 10000, month % 100, day % 100,
             hour % 100, minute % 100, second % 100, micros_of(text + length));
    return true;
}

/* P1DT2H3M4.5S, any part absent -> 00000001020304.500000:000. */
static bool duration_to_cim(const char *text, char cim[32])
{
    static const char units[] = "DHMS";
    unsigned parts[4] = {0};
    unsigned micros = 0;
    if (*text++ != 'P')
        return false;
    while (*text) {
        char *end;
        if (*text == 'T' && text++)
            continue;
        unsigned long number = strtoul(text, &end, 10);
        if (end == text || number > 99999999)
            return false;
        if (*end == '.') {
            micros = micros_of(end);
            end += 1 + strspn(end + 1, "0123456789");
        }
        const char *unit = *end ? strchr(units, *end) : NULL;
        if (!unit)
            return false;
        parts[unit - units] = (unsigned)number;
        text = end + 1;
    }
    snprintf(cim, 32, "%08u%02u%02u%02u.%06u:000", parts[0] % 100000000, parts[1] % 100,
             parts[2] % 100, parts[3] % 100, micros);
    return true;
}

void lg_duration_write(struct lg_text *text, const char *interval)
{
    uint64_t ms;
    if (!lg_interval_read(interval, &ms)) {
        lg_text_escape(text, interval);
        return;
    }
    unsigned long seconds = (unsigned long)(ms / 1000);
    lg_text_addf(text, "P%luDT%luH%luM%luS", seconds / 86400, seconds / 3600 % 24,
                 seconds / 60 % 60, seconds % 60);
}

/* cim:Datetime and cim:Interval are children of their property. */
static json_t *time_to_json(const struct lg_xml_node *node)
{
    char *text = trimmed(node->first ? node->first : node);
    char cim[32];
    json_t *json;
    if (text && (datetime_to_cim(text, cim) || duration_to_cim(text, cim)))
        json = json_string(cim);
    else
        json = json_string(text ? text : "");
    free(text);
    return json;
}

/* ---- bytes ---- */

static bool is_base64_text(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("+/=", text[i]))
            return false;
    return length % 4 == 0;
}

static json_t *base64_to_json(uint8_t *bytes, size_t length)
{
    char *text = lg_base64_write(bytes, length);
    json_t *json = json_string(text ? text : "");
    free(text);
    return json;
}

/* Repeated decimal elements; a text that is no byte leaves the name of what is wrong. */
static json_t *repeated_to_json(const struct lg_xml_node *node, const char *name)
{
    size_t count = 0, capacity = 0;
    uint8_t *bytes = NULL;
    for (; node; node = lg_xml_next(node, NULL, name)) {
        char *text = trimmed(node);
        char *end = NULL;
        unsigned long value = text ? strtoul(text, &end, 10) : 256;
        bool byte = text && end != text && *end == '\0' && value < 256;
        free(text);
        if (count == capacity) {
            capacity = capacity ? capacity * 2 : 256;
            uint8_t *grown = realloc(bytes, capacity);
            byte = byte && grown;
            bytes = grown ? grown : bytes;
        }
        if (!byte) {
            free(bytes);
            return json_integer(-1);
        }
        bytes[count++] = (uint8_t)value;
    }
    json_t *json = base64_to_json(bytes, count);
    free(bytes);
    return json;
}

json_t *lg_bytes_to_json(const struct lg_xml_node *parent, const char *name,
                         enum lg_bytes_wire *wire)
{
    const struct lg_xml_node *node = lg_xml_child(parent, NULL, name);
    const char *start;
    if (!node)
        return json_string(""); /* an array without members */
    if (lg_is_nil(node))
        return json_null();
    size_t length = lg_xml_trimmed(node, &start);
    if (lg_xml_next(node, NULL, name) || !is_base64_text(start, length)) {
        *wire = LG_BYTES_REPEATED;
        return repeated_to_json(node, name);
    }
    if (length)
        *wire = LG_BYTES_BASE64;
    return json_stringn(start, length);
}

enum { REPEATED_ROOM = 40 }; /* <p:SecurityPolicy>255</p:SecurityPolicy> */

size_t lg_bytes_room(size_t length, enum lg_bytes_wire wire)
{
    return wire == LG_BYTES_REPEATED ? length * REPEATED_ROOM : (length + 2) / 3 * 4 + 64;
}

void lg_bytes_write(struct lg_text *text, const char *name, const struct lg_blob *blob,
                    enum lg_bytes_wire wire)
{
    if (wire == LG_BYTES_REPEATED && blob->length) {
        for (size_t i = 0; i < blob->length; i++)
            lg_text_addf(text, "<p:%s>%u</p:%s>", name, blob->bytes[i], name);
        return;
    }
    char *base64 = lg_base64_write(blob->bytes, blob->length);
    lg_text_addf(text, "<p:%s>", name);
    lg_text_add(text, base64 ? base64 : "");
    lg_text_addf(text, "</p:%s>", name);
    text->failed |= !base64;
    free(base64);
}

/* ---- instances ---- */

static json_t *number_to_json(const char *text)
{
    char *end;
    long long number = strtoll(text, &end, 10);
    return end != text && *end == '\0' ? json_integer(number) : json_string(text);
}

static json_t *boolean_to_json(const char *text)
{
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return json_boolean(text[0] == 't');
    return json_string(text);
}

static json_t *text_to_json(enum lg_property_type type, const char *text)
{
    switch (type) {
    case LG_TYPE_BOOLEAN:
    case LG_TYPE_BOOLEAN_OR_NULL: return boolean_to_json(text);
    case LG_TYPE_STRING:
    case LG_TYPE_STRING_ARRAY:
    case LG_TYPE_SYSTEM_TYPE:
    case LG_TYPE_SUB_TYPE:
    case LG_TYPE_VERSION:
    case LG_TYPE_TEXT_OR_NULL:
    case LG_TYPE_AFFECTED: return json_string(text);
    default: return number_to_json(text);
    }
}

static json_t *scalar_to_json(enum lg_property_type type, const struct lg_xml_node *node)
{
    if (lg_is_nil(node))
        return json_null();
    if (type == LG_TYPE_DATETIME || type == LG_TYPE_LAST_CHANGE || type == LG_TYPE_INTERVAL)
        return time_to_json(node);
    char *text = trimmed(node);
    json_t *json = text_to_json(type, text ? text : "");
    free(text);
    return json;
}

static bool is_array(enum lg_property_type type)
{
    return type == LG_TYPE_UINT16_ARRAY || type == LG_TYPE_STRING_ARRAY ||
           type == LG_TYPE_STATUS_ARRAY;
}

static json_t *array_to_json(enum lg_property_type type, const struct lg_xml_node *node,
                             const char *name)
{
    if (node && lg_is_nil(node))
        return json_null();
    json_t *array = json_array();
    for (; node; node = lg_xml_next(node, NULL, name))
        json_array_append_new(array, scalar_to_json(type, node));
    return array;
}

/* A property that hosts may lack is shown as null by those whose class has it all the same. */
static bool is_lacking(const struct lg_property_row *row, const struct lg_xml_node *node)
{
    return row->read == LG_CALL_READ_JOB && row->number == LG_JOB_FIELD_TYPE &&
           row->source == LG_SOURCE_FIELD && lg_is_nil(node);
}

json_t *lg_instance_to_json(const struct lg_xml_node *instance, enum lg_method read,
                            enum lg_bytes_wire *wire)
{
    json_t *json = json_object();
    for (unsigned i = 0; i < lg_property_count; i++) {
        const struct lg_property_row *row = &lg_properties[i];
        const struct lg_xml_node *node = lg_xml_child(instance, NULL, row->name);
        if (row->read != read || (!node && !is_array(row->type)))
            continue;
        if (node && is_lacking(row, node))
            continue;
        json_object_set_new(json, row->name,
                            row->type == LG_TYPE_PROTECTOR
                                ? lg_bytes_to_json(instance, row->name, wire)
                            : is_array(row->type) ? array_to_json(row->type, node, row->name)
                                                  : scalar_to_json(row->type, node));
    }
    return json;
}
