/* Embedded instances <-> calls. */
#include "embedded.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cim_xml.h"

static const char setting_class[] = "Msvm_SecuritySettingData";
static const char system_class[] = "Msvm_VirtualSystemSettingData";
static const char sub_type[] = "Microsoft:Hyper-V:SubType:";

/* ---- reading ---- */

static bool is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isspace((unsigned char)text[i]))
            return false;
    return true;
}

static int find_setting(const char *name)
{
    for (int i = 0; i < LG_SETTING_COUNT; i++)
        if (lg_cim_name_is_equal(name, lg_setting_names[i]))
            return i;
    return -1;
}

static bool is_inherited(const char *name)
{
    static const char *const names[] = {"InstanceID", "ElementName", "Caption", "Description"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (lg_cim_name_is_equal(name, names[i]))
            return true;
    return false;
}

/* Names of CIM system properties begin with two underscores and may stay in a text. */
static bool is_system(const char *name)
{
    return name[0] == '_' && name[1] == '_';
}

static void read_setting_property(const struct lg_cim_instance *instance,
                                  const struct lg_cim_property *property, struct lg_call *call)
{
    const char *name = lg_cim_property_name(instance, property);
    int setting = find_setting(name);
    bool typed = true;
    if (setting < 0) {
        if (!is_inherited(name) && !is_system(name))
            call->setting_flags |= LG_TEXT_UNKNOWN_PROPERTY;
        return;
    }
    enum lg_cim_boolean value = lg_cim_property_boolean(instance, property, &typed);
    if (value == LG_CIM_NULL)
        return;
    if (value == LG_CIM_NOT_BOOLEAN || !typed) {
        call->setting_flags |= LG_TEXT_WRONG_TYPE;
        return;
    }
    call->present |= (uint8_t)(1u << setting);
    call->values |= (uint8_t)((value == LG_CIM_TRUE) << setting);
}

/* The part of an InstanceID between the colon and the backslash, or the end; false if it does not
 * fit. */
static bool name_part(const char *id, char *name, bool *has_last_part)
{
    static const char prefix[] = "Microsoft:";
    size_t length = sizeof prefix - 1;
    for (size_t i = 0; i < length; i++)
        if (tolower((unsigned char)id[i]) != tolower((unsigned char)prefix[i]))
            return false;
    const char *end = strchr(id + length, '\\');
    size_t part = end ? (size_t)(end - (id + length)) : strlen(id + length);
    *has_last_part = end != NULL;
    if (part == 0 || part >= LG_NAME_BYTES)
        return false;
    memcpy(name, id + length, part);
    name[part] = '\0';
    return true;
}

static bool is_as_written(const struct lg_names *names, uint16_t vm, const char *id)
{
    char name[LG_NAME_BYTES];
    char own[2 * LG_NAME_BYTES];
    names->write_vm(names->context, vm, name);
    snprintf(own, sizeof own, "Microsoft:%s\\" LG_SETTING_PART, name);
    return strcmp(own, id) == 0;
}

static uint8_t identity_of_vm(const struct lg_names *names, uint16_t vm, const char *id,
                              bool has_last_part)
{
    if (!has_last_part)
        return LG_ID_WITHOUT_LAST_PART;
    return is_as_written(names, vm, id) ? LG_ID_EXACT : LG_ID_OTHER_CASE;
}

static void read_identity(const struct lg_names *names, const char *id, struct lg_call *call)
{
    char name[LG_NAME_BYTES];
    bool has_last_part;
    call->identity = LG_ID_UNKNOWN;
    if (!name_part(id, name, &has_last_part))
        return;
    if (lg_cim_name_is_equal(name, "Definition")) {
        call->identity = LG_ID_DEFINITION;
        return;
    }
    int vm = names->vm_of(names->context, name);
    int checkpoint = names->checkpoint_of ? names->checkpoint_of(names->context, name) : -1;
    if (vm >= 0) {
        call->vm = (uint16_t)vm;
        call->identity = identity_of_vm(names, call->vm, id, has_last_part);
    } else if (checkpoint >= 0) {
        call->vm = (uint16_t)checkpoint;
        call->identity = LG_ID_CHECKPOINT;
    }
}

static void read_setting_instance(const struct lg_names *names,
                                  const struct lg_cim_instance *instance, struct lg_call *call)
{
    const struct lg_cim_property *id = lg_cim_instance_find(instance, "InstanceID");
    for (unsigned i = 0; i < instance->property_count; i++)
        read_setting_property(instance, &instance->properties[i], call);
    call->identity = LG_ID_MISSING;
    if (id && !id->is_null && !id->is_array)
        read_identity(names, lg_cim_property_item(instance, id, 0), call);
}

static void read_system_instance(const struct lg_cim_instance *instance, struct lg_call *call)
{
    const struct lg_cim_property *type = lg_cim_instance_find(instance, "VirtualSystemSubType");
    const char *text =
        type && !type->is_null && !type->is_array ? lg_cim_property_item(instance, type, 0) : "";
    call->requested = strcmp(text, "Microsoft:Hyper-V:SubType:2") == 0 || !*text ? 2 : 1;
}

/* What stops the parser stops everybody: nothing is known of the instance. */
static void read_refused(enum lg_cim_xml_reason reason, struct lg_call *call)
{
    if (reason == LG_CIM_XML_EMPTY)
        lg_call_set_text(call, LG_TEXT_IS_empty);
    else if (reason == LG_CIM_XML_TOO_LARGE)
        lg_call_set_text(call, LG_TEXT_IS_ten_megabytes);
    else
        lg_call_set_text(call, LG_TEXT_IS_not_xml);
}

bool lg_embedded_read(const struct lg_names *names, const char *text, size_t length,
                      struct lg_call *call)
{
    bool system = call->method == LG_CALL_DEFINE_SYSTEM;
    struct lg_cim_xml_error error;
    struct lg_cim_instance *instance;
    if (is_blank(text, length)) {
        lg_call_set_text(call, LG_TEXT_IS_empty);
        return true;
    }
    instance = malloc(sizeof *instance);
    if (!instance)
        return false;
    lg_call_set_text(call, LG_TEXT_IS_instance);
    if (!lg_cim_xml_parse(text, length, LG_CIM_XML_TEXT_CEILING, instance, &error))
        read_refused(error.reason, call);
    else if (!lg_cim_name_is_equal(instance->class_name, system ? system_class : setting_class))
        lg_call_set_text(call, LG_TEXT_IS_other_class);
    else if (system)
        read_system_instance(instance, call);
    else {
        if (length > LG_CIM_XML_TEXT_MAX)
            call->setting_flags |= LG_TEXT_TOO_LONG;
        read_setting_instance(names, instance, call);
    }
    free(instance);
    return true;
}

/* ---- writing ---- */

/* A text that grows; empty after a failure. */
struct buffer {
    char *text;
    size_t length;
};

static void append(struct buffer *buffer, const char *text, size_t length)
{
    char *grown = realloc(buffer->text, buffer->length + length + 1);
    if (!grown)
        return;
    memcpy(grown + buffer->length, text, length);
    buffer->text = grown;
    buffer->length += length;
    grown[buffer->length] = '\0';
}

static void append_text(struct buffer *buffer, const char *text)
{
    append(buffer, text, strlen(text));
}

static void append_property(struct buffer *buffer, const char *name, const char *type,
                            const char *value)
{
    append_text(buffer, "<PROPERTY NAME=\"");
    append_text(buffer, name);
    append_text(buffer, "\" TYPE=\"");
    append_text(buffer, type);
    append_text(buffer, "\"><VALUE>");
    append_text(buffer, value);
    append_text(buffer, "</VALUE></PROPERTY>");
}

static void instance_id(const struct lg_names *names, const struct lg_call *call,
                        char id[2 * LG_NAME_BYTES])
{
    char name[LG_NAME_BYTES] = "00000000-0000-0000-0000-00000000DEAD";
    const char *form = "Microsoft:%s\\" LG_SETTING_PART;
    if (call->identity == LG_ID_CHECKPOINT && names->write_checkpoint)
        names->write_checkpoint(names->context, call->vm, name);
    else if (call->identity == LG_ID_DEFINITION)
        form = "Microsoft:Definition\\%s\\Default";
    else if (call->identity != LG_ID_UNKNOWN)
        names->write_vm(names->context, call->vm, name);
    if (call->identity == LG_ID_WITHOUT_LAST_PART)
        form = "Microsoft:%s";
    snprintf(id, 2 * LG_NAME_BYTES, form, name);
    for (char *at = id; call->identity == LG_ID_OTHER_CASE && *at; at++)
        *at = (char)(isupper((unsigned char)*at) ? tolower((unsigned char)*at)
                                                 : toupper((unsigned char)*at));
}

static void append_values(struct buffer *buffer, const struct lg_call *call)
{
    bool lower = call->text == LG_TEXT_IS_lower_case;
    for (unsigned i = 0; i < LG_SETTING_COUNT; i++) {
        bool on = call->values >> i & 1;
        const char *word = lower ? (on ? "true" : "false") : (on ? "TRUE" : "FALSE");
        if (call->present >> i & 1)
            append_property(buffer, lg_setting_names[i], "boolean", word);
    }
}

static void append_filling(struct buffer *buffer, size_t length)
{
    char *filling = malloc(length);
    if (!filling)
        return;
    memset(filling, ' ', length);
    append(buffer, filling, length);
    free(filling);
}

/* What makes a text odd, between its properties. */
static void append_oddity(struct buffer *buffer, const struct lg_call *call)
{
    switch (call->text) {
    case LG_TEXT_IS_too_long: append_filling(buffer, 100 * 1024); return;
    case LG_TEXT_IS_ten_megabytes: append_filling(buffer, 10 * 1024 * 1024); return;
    case LG_TEXT_IS_duplicate:
        append_property(buffer, "ElementName", "string", "one");
        append_property(buffer, "ElementName", "string", "two");
        return;
    case LG_TEXT_IS_wrong_type: append_property(buffer, "BindToHostTpm", "string", "yes"); return;
    case LG_TEXT_IS_unknown_property:
        append_property(buffer, "NoSuchProperty", "boolean", "TRUE");
        return;
    case LG_TEXT_IS_qualifiers:
        append_text(
            buffer,
            "<QUALIFIER NAME=\"dynamic\" TYPE=\"boolean\"><VALUE>TRUE</VALUE></QUALIFIER>"
            "<PROPERTY NAME=\"__PATH\" CLASSORIGIN=\"___SYSTEM\" TYPE=\"string\"></PROPERTY>");
        return;
    default: return;
    }
}

static void append_instance(struct buffer *buffer, const struct lg_names *names,
                            const struct lg_call *call)
{
    char id[2 * LG_NAME_BYTES];
    const char *class_name = call->method == LG_CALL_DEFINE_SYSTEM ? system_class : setting_class;
    if (call->text == LG_TEXT_IS_other_class)
        class_name = "Msvm_ProcessorSettingData";
    if (call->text == LG_TEXT_IS_base_class)
        class_name = "CIM_SettingData";
    append_text(buffer, "<INSTANCE CLASSNAME=\"");
    append_text(buffer, class_name);
    append_text(buffer, "\">");
    if (call->method == LG_CALL_DEFINE_SYSTEM) {
        snprintf(id, sizeof id, "%s%u", sub_type, call->requested == 1 ? 1u : 2u);
        append_property(buffer, "VirtualSystemSubType", "string", id);
        append_text(buffer, "<PROPERTY.ARRAY NAME=\"Notes\" TYPE=\"string\"><VALUE.ARRAY><VALUE>"
                            "lastgood:disposable</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>");
    } else if (call->identity != LG_ID_MISSING) {
        instance_id(names, call, id);
        append_property(buffer, "InstanceID", "string", id);
    }
    append_oddity(buffer, call);
    append_values(buffer, call);
    append_text(buffer, "</INSTANCE>");
}

static void append_whole(struct buffer *buffer, const struct lg_names *names,
                         const struct lg_call *call)
{
    if (call->text == LG_TEXT_IS_wmi_dtd)
        append_text(
            buffer,
            "<?xml version=\"1.0\"?><CIM CIMVERSION=\"2.0\" DTDVERSION=\"2.0\"><DECLARATION>"
            "<DECLGROUP><VALUE.OBJECT>");
    append_instance(buffer, names, call);
    if (call->text == LG_TEXT_IS_wmi_dtd)
        append_text(buffer, "</VALUE.OBJECT></DECLGROUP></DECLARATION></CIM>");
}

static void append_broken(struct buffer *buffer, const struct lg_names *names,
                          const struct lg_call *call)
{
    switch (call->text) {
    case LG_TEXT_IS_blank: append_text(buffer, "  \r\n\t"); return;
    case LG_TEXT_IS_mof:
        append_text(buffer, "instance of Msvm_SecuritySettingData { InstanceID = \"Microsoft:1\"; "
                            "TpmEnabled = TRUE; };");
        return;
    case LG_TEXT_IS_not_xml: append_text(buffer, "TpmEnabled=1"); return;
    case LG_TEXT_IS_no_instance:
        append_text(buffer, "<CIM CIMVERSION=\"2.0\" DTDVERSION=\"2.0\"></CIM>");
        return;
    case LG_TEXT_IS_entities:
        append_text(buffer, "<!DOCTYPE CIM [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
                            "<INSTANCE CLASSNAME=\"Msvm_SecuritySettingData\">&b;</INSTANCE>");
        return;
    case LG_TEXT_IS_two_instances:
        append_instance(buffer, names, call);
        append_instance(buffer, names, call);
        return;
    case LG_TEXT_IS_truncated:
        append_instance(buffer, names, call);
        if (buffer->text) {
            buffer->length /= 2;
            buffer->text[buffer->length] = '\0';
        }
        return;
    default: append_text(buffer, ""); return;
    }
}

char *lg_embedded_write(const struct lg_names *names, const struct lg_call *call)
{
    struct buffer buffer = {NULL, 0};
    uint8_t shape = lg_texts[call->text].shape;
    if (call->text == LG_TEXT_IS_null)
        return NULL;
    if (shape == LG_TEXT_MISSING || shape == LG_TEXT_MALFORMED)
        append_broken(&buffer, names, call);
    else
        append_whole(&buffer, names, call);
    return buffer.text;
}
