/* Calls from JSON. */
#include "trace_json.h"

#include <stdlib.h>
#include <string.h>

/* What the reading of one call needs. */
struct reader {
    const json_t *args;
    const struct lg_names *names;
    struct lg_call *call;
    struct lg_json_error *error;
};

static bool read_number(struct reader *reader, const char *key, json_int_t max, json_int_t *number)
{
    const json_t *value = json_object_get(reader->args, key);
    if (!json_is_integer(value))
        return lg_json_fail(reader->error, "\"%s\" must be an integer from 0 to %lld", key,
                            (long long)max);
    *number = json_integer_value(value);
    if (*number < 0 || *number > max)
        return lg_json_fail(reader->error, "\"%s\" is %lld, must be from 0 to %lld", key,
                            (long long)*number, (long long)max);
    return true;
}

static bool read_requested(struct reader *reader)
{
    json_int_t number = 0;
    bool read = read_number(reader, "RequestedState", 65535, &number);
    reader->call->requested = (uint16_t)number;
    return read;
}

static bool read_timeout(struct reader *reader)
{
    const json_t *value = json_object_get(reader->args, "TimeoutPeriod");
    uint64_t ms;
    if (!value || json_is_null(value))
        return true;
    if (!json_is_string(value))
        return lg_json_fail(reader->error, "\"TimeoutPeriod\" must be a CIM interval or null");
    if (!lg_interval_read(json_string_value(value), &ms))
        reader->call->timeout = LG_TIMEOUT_MALFORMED;
    else if (ms > 0)
        reader->call->timeout = LG_TIMEOUT_GIVEN;
    return true;
}

static bool read_base64(struct reader *reader, const char *key, const json_t *value)
{
    size_t text_length = json_string_length(value);
    size_t length;
    uint8_t *bytes = malloc(lg_base64_room(text_length));
    bool read = bytes && lg_base64_read(json_string_value(value), text_length, bytes, &length);
    if (read) {
        reader->call->symbol = lg_blobs_intern(reader->names->blobs, bytes, length);
        reader->call->blob = (uint8_t)lg_blob_classify(bytes, length);
    }
    free(bytes);
    if (!read)
        return lg_json_fail(reader->error, "\"%s\" is no base64", key);
    return reader->call->symbol ? true
                                : lg_json_fail(reader->error, "too many different protectors");
}

static bool read_material(struct reader *reader, const char *key, const json_t *value,
                          uint16_t *symbol)
{
    const char *name = json_string_value(value);
    int material = name ? lg_material_find(name, strlen(name)) : -1;
    if (material < 0)
        return lg_json_fail(reader->error, "\"%s\" names no material: %.60s", key,
                            name ? name : "(no string)");
    *symbol = (uint16_t)(material + 1);
    return true;
}

/* Null, bytes by name or as base64; any other JSON value is an argument of a wrong type. */
static bool read_bytes(struct reader *reader, const char *key)
{
    const json_t *value = json_object_get(reader->args, key);
    const json_t *base64 = json_is_object(value) ? json_object_get(value, "base64") : NULL;
    if (!value || json_is_null(value)) {
        reader->call->blob = LG_BLOB_NULL;
        return true;
    }
    if (json_is_string(base64))
        return read_base64(reader, key, base64);
    if (!json_is_string(value)) {
        reader->call->blob = LG_BLOB_WRONG_TYPE;
        return true;
    }
    if (reader->names->raw)
        return read_base64(reader, key, value);
    if (!read_material(reader, key, value, &reader->call->symbol))
        return false;
    const struct lg_blob *blob = lg_blobs_get(reader->names->blobs, reader->call->symbol);
    reader->call->blob = blob->shape;
    return true;
}

static int find_text(const char *name)
{
    for (int i = 0; i < LG_TEXT_COUNT; i++)
        if (name && strcmp(lg_texts[i].name, name) == 0)
            return i;
    return -1;
}

static bool read_values(struct reader *reader, const json_t *set)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)set, key, value)
    {
        unsigned i = 0;
        while (i < LG_SETTING_COUNT && strcmp(lg_setting_names[i], key) != 0)
            i++;
        if (i == LG_SETTING_COUNT || !json_is_boolean(value))
            return lg_json_fail(reader->error, "\"%.60s\" is no boolean setting", key);
        reader->call->present |= (uint8_t)(1u << i);
        reader->call->values |= (uint8_t)(json_is_true(value) << i);
    }
    return true;
}

static bool read_identity(struct reader *reader, const char *name)
{
    for (uint8_t i = 0; name && i < LG_IDENTITY_COUNT; i++)
        if (strcmp(lg_identity_words[i], name) == 0) {
            reader->call->identity = i;
            return true;
        }
    return name ? lg_json_fail(reader->error, "no such identity: %.60s", name) : true;
}

static bool read_generation(struct reader *reader, const json_t *object)
{
    const json_t *value = json_object_get(object, "generation");
    reader->call->requested = 2;
    if (!value)
        return true;
    if (!json_is_integer(value) || json_integer_value(value) < 1 || json_integer_value(value) > 2)
        return lg_json_fail(reader->error, "\"generation\" must be 1 or 2");
    reader->call->requested = (uint16_t)json_integer_value(value);
    return true;
}

/* The flags of a text that was given as one on a wire and is none of texts.def. */
static bool read_text_flags(struct reader *reader, const json_t *flags)
{
    if (!flags)
        return true;
    if (!json_is_integer(flags) || json_integer_value(flags) < 0 || json_integer_value(flags) > 31)
        return lg_json_fail(reader->error, "\"flags\" must be from 0 to 31");
    reader->call->setting_flags = (uint8_t)json_integer_value(flags);
    return true;
}

static bool read_setting_object(struct reader *reader, const json_t *object)
{
    const json_t *text = json_object_get(object, "text");
    const json_t *set = json_object_get(object, "set");
    if (!lg_json_only(object, reader->error, "text", "identity", "set", "generation", "flags",
                      NULL))
        return false;
    if (text) {
        int found = find_text(json_string_value(text));
        if (found < 0)
            return lg_json_fail(reader->error, "no such text: %.60s",
                                json_is_string(text) ? json_string_value(text) : "(no string)");
        lg_call_set_text(reader->call, (enum lg_text_id)found);
    }
    if (set && !json_is_object(set))
        return lg_json_fail(reader->error, "\"set\" must be an object");
    if (reader->call->method == LG_CALL_DEFINE_SYSTEM)
        return read_generation(reader, object);
    const json_t *identity = json_object_get(object, "identity");
    if (identity && !json_is_string(identity))
        return lg_json_fail(reader->error, "\"identity\" must be a word");
    return read_identity(reader, json_string_value(identity)) && read_values(reader, set) &&
           read_text_flags(reader, json_object_get(object, "flags"));
}

static bool read_setting(struct reader *reader, const char *key)
{
    const json_t *value = json_object_get(reader->args, key);
    bool plain = !value && !reader->names->read_text;
    if (reader->call->method == LG_CALL_DEFINE_SYSTEM)
        reader->call->requested = 2;
    if (plain)
        return true;
    if (!value || json_is_null(value)) {
        lg_call_set_text(reader->call, LG_TEXT_IS_null);
        return true;
    }
    if (json_is_object(value))
        return read_setting_object(reader, value);
    if (!json_is_string(value))
        return lg_json_fail(reader->error, "\"%s\" must be a text, an object or null", key);
    if (!reader->names->read_text)
        return lg_json_fail(reader->error, "\"%s\": a text can be read on a wire only", key);
    if (reader->names->read_text(reader->names->context, json_string_value(value),
                                 json_string_length(value), reader->call))
        return true;
    return lg_json_fail(reader->error, "\"%s\": the text cannot be read", key);
}

static bool read_choice(struct reader *reader, const char *key, const char *const *words,
                        unsigned count)
{
    const char *text = json_string_value(json_object_get(reader->args, key));
    for (uint16_t i = 0; text && i < count; i++)
        if (strcmp(words[i], text) == 0) {
            reader->call->requested = i;
            return true;
        }
    return lg_json_fail(reader->error, "\"%s\" must be one of %s, ..., %s", key, words[0],
                        words[count - 1]);
}

static bool read_boolean(struct reader *reader, const char *key, bool *value)
{
    const json_t *json = json_object_get(reader->args, key);
    *value = json_is_true(json);
    if (json && !json_is_boolean(json))
        return lg_json_fail(reader->error, "\"%s\" must be true or false", key);
    return true;
}

static bool read_flag(struct reader *reader, const char *key, uint8_t flag)
{
    bool set;
    if (!read_boolean(reader, key, &set))
        return false;
    if (set)
        reader->call->flags |= flag;
    return true;
}

static bool read_cause(struct reader *reader)
{
    const char *text = json_string_value(json_object_get(reader->args, "cause"));
    int meaning = text ? lg_meaning_find(text) : -1;
    if (meaning <= LG_MEANING_JOB_STARTED)
        return lg_json_fail(reader->error, "\"cause\" must be one of the failures of meanings.def");
    reader->call->requested = (uint16_t)meaning;
    return true;
}

static bool read_time(struct reader *reader)
{
    json_int_t ms = 0;
    bool read = read_number(reader, "ms", LG_TIME_MAX_MS, &ms);
    reader->call->amount = (uint64_t)ms;
    return read;
}

static bool read_new_vm(struct reader *reader)
{
    bool planned;
    if (!read_boolean(reader, "planned", &planned) ||
        !read_flag(reader, "old_version", LG_VM_OLD_VERSION))
        return false;
    reader->call->other = planned ? LG_VM_PLANNED : 0;
    return read_generation(reader, reader->args);
}

static bool read_import(struct reader *reader)
{
    const char *text = json_string_value(json_object_get(reader->args, "from"));
    int vm = text ? reader->names->vm_of(reader->names->context, text) : -1;
    if (vm < 0)
        return lg_json_fail(reader->error, "\"from\" names no VM");
    reader->call->other = (uint16_t)vm;
    return true;
}

/* A material by its name, or bytes; on a wire always bytes. */
static bool read_event_protector(struct reader *reader, const char *key, uint16_t *symbol)
{
    const json_t *value = json_object_get(reader->args, key);
    const json_t *base64 = json_is_object(value) ? json_object_get(value, "base64") : NULL;
    struct lg_call scratch = {0};
    struct reader inner = {reader->args, reader->names, &scratch, reader->error};
    if (reader->names->raw && json_is_string(value))
        base64 = value;
    if (!json_is_string(base64))
        return read_material(reader, key, value, symbol);
    bool read = read_base64(&inner, key, base64);
    *symbol = scratch.symbol;
    return read;
}

/* The arguments that some method or event has. What a method does not have is refused by its own
 * reading. */
static bool has_only_known_args(struct reader *reader)
{
    return !reader->args ||
           lg_json_only(reader->args, reader->error, "SecuritySettingData", "KeyProtector",
                        "SecurityPolicy", "SystemSettings", "RequestedState", "TimeoutPeriod", "ms",
                        "role", "version", "no_tpm", "guarded", "cause", "generation", "planned",
                        "old_version", "from", "protector", "with", NULL);
}

static bool read_event_args(struct reader *reader)
{
    switch (reader->call->method) {
    case LG_CALL_TIME_PASSES: return read_time(reader);
    case LG_CALL_CALLER_CHANGES: return read_choice(reader, "role", lg_role_words, LG_ROLE_COUNT);
    case LG_CALL_HOST_CHANGES:
        return read_flag(reader, "no_tpm", LG_HOST_NO_TPM) &&
               read_flag(reader, "guarded", LG_HOST_GUARDED) &&
               read_choice(reader, "version", lg_version_words, LG_HOST_VERSION_COUNT);
    case LG_CALL_CAUSE_APPEARS:
    case LG_CALL_CAUSE_ENDS: return read_cause(reader);
    case LG_CALL_VM_CREATED: return read_new_vm(reader);
    case LG_CALL_VM_IMPORTED: reader->call->requested = 2; return read_import(reader);
    case LG_CALL_PROTECTOR_UNUSABLE:
    case LG_CALL_PROTECTOR_USABLE:
        return read_event_protector(reader, "protector", &reader->call->symbol);
    case LG_CALL_PROTECTORS_SHARE_OWNER:
        return read_event_protector(reader, "protector", &reader->call->symbol) &&
               read_event_protector(reader, "with", &reader->call->other);
    default: return true;
    }
}

static bool read_method_args(struct reader *reader)
{
    switch (reader->call->method) {
    case LG_CALL_GET_KEY_PROTECTOR:
    case LG_CALL_RESTORE_LAST_KNOWN_GOOD:
    case LG_CALL_MODIFY_SECURITY_SETTINGS: return read_setting(reader, "SecuritySettingData");
    case LG_CALL_SET_KEY_PROTECTOR:
        return read_setting(reader, "SecuritySettingData") && read_bytes(reader, "KeyProtector");
    case LG_CALL_SET_SECURITY_POLICY:
        return read_setting(reader, "SecuritySettingData") && read_bytes(reader, "SecurityPolicy");
    case LG_CALL_DEFINE_SYSTEM: return read_setting(reader, "SystemSettings");
    case LG_CALL_VM_REQUEST_STATE_CHANGE: return read_requested(reader);
    case LG_CALL_SERVICE_REQUEST_STATE_CHANGE:
    case LG_CALL_JOB_REQUEST_STATE_CHANGE: return read_requested(reader) && read_timeout(reader);
    default: return true;
    }
}

static bool read_target(struct reader *reader, const char *target)
{
    const struct lg_method_row *row = &lg_methods[reader->call->method];
    void *context = reader->names->context;
    bool optional = row->target == LG_TARGET_HOST || row->target == LG_TARGET_SERVICE ||
                    (reader->names->raw && lg_call_makes_vm(reader->call->method));
    reader->call->vm = LG_VM_HOST;
    if (!target)
        return optional ? true : lg_json_fail(reader->error, "\"target\" is missing");
    if (row->target == LG_TARGET_HOST)
        return true;
    int number = row->target == LG_TARGET_JOB ? reader->names->job_of(context, target)
                                              : reader->names->vm_of(context, target);
    if (number < 0)
        return lg_json_fail(reader->error, "\"target\" names nothing known: %.60s", target);
    if (row->target == LG_TARGET_JOB)
        reader->call->job = (uint16_t)number;
    else
        reader->call->vm = (uint16_t)number;
    return true;
}

static int find_method(const json_t *json, const char **text)
{
    const char *name = json_string_value(json_object_get(json, "call"));
    if (!name)
        name = json_string_value(json_object_get(json, "method"));
    if (!name)
        name = json_string_value(json_object_get(json, "event"));
    const char *dot = name ? strrchr(name, '.') : NULL;
    *text = name ? name : "(none)";
    return dot ? lg_method_find(name, (size_t)(dot - name), dot + 1, strlen(dot + 1)) : -1;
}

/* The VM of a job is the caller's to add: a script gives it as "vm", a host knows it. */
static bool read_job_vm(struct reader *reader, const json_t *json)
{
    const char *text = json_string_value(json_object_get(json, "vm"));
    if (lg_methods[reader->call->method].target != LG_TARGET_JOB)
        return true;
    int vm = text ? reader->names->vm_of(reader->names->context, text) : 0;
    if (vm < 0)
        return lg_json_fail(reader->error, "\"vm\" names no VM: %.60s", text);
    reader->call->vm = (uint16_t)vm;
    return true;
}

bool lg_call_from_json(const json_t *json, const struct lg_names *names, struct lg_call *call,
                       struct lg_json_error *error)
{
    const char *name;
    const json_t *args = json_object_get(json, "args");
    struct reader reader = {args, names, call, error};
    memset(call, 0, sizeof *call);
    if (!json_is_object(json))
        return lg_json_fail(error, "a call must be an object");
    int method = find_method(json, &name);
    if (method < 0)
        return lg_json_fail(error, "no such method: %.80s", name);
    if (args && !json_is_object(args))
        return lg_json_fail(error, "\"args\" must be an object");
    call->method = (uint8_t)method;
    if (!read_target(&reader, json_string_value(json_object_get(json, "target"))) ||
        !read_job_vm(&reader, json) || !has_only_known_args(&reader))
        return false;
    return lg_methods[method].kind == LG_KIND_EVENT ? read_event_args(&reader)
                                                    : read_method_args(&reader);
}
