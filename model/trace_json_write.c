/* Calls as JSON. */
#include "trace_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *argument_bytes(const struct lg_names *names, const struct lg_call *call)
{
    if (call->blob == LG_BLOB_NULL)
        return json_null();
    if (call->blob == LG_BLOB_WRONG_TYPE)
        return json_integer(1);
    return lg_symbol_to_json(call->symbol, names);
}

static json_t *setting_to_json(const struct lg_names *names, const struct lg_call *call)
{
    if (names->write_text) {
        char *text = names->write_text(names->context, call);
        json_t *json = text ? json_string(text) : json_null();
        free(text);
        return json;
    }
    json_t *object = json_object();
    if (call->text != LG_TEXT_IS_instance)
        json_object_set_new(object, "text", json_string(lg_texts[call->text].name));
    if (call->method == LG_CALL_DEFINE_SYSTEM) {
        json_object_set_new(object, "generation", json_integer(call->requested == 1 ? 1 : 2));
        return object;
    }
    if (call->identity != LG_ID_EXACT)
        json_object_set_new(object, "identity", json_string(lg_identity_words[call->identity]));
    if (call->setting_flags != lg_texts[call->text].flags)
        json_object_set_new(object, "flags", json_integer(call->setting_flags));
    json_t *set = json_object();
    for (unsigned i = 0; i < LG_SETTING_COUNT; i++)
        if (call->present >> i & 1)
            json_object_set_new(set, lg_setting_names[i], json_boolean(call->values >> i & 1));
    if (json_object_size(set))
        json_object_set_new(object, "set", set);
    else
        json_decref(set);
    return object;
}

static json_t *timeout_to_json(uint8_t timeout)
{
    static const char *const texts[LG_TIMEOUT_SHAPE_COUNT] = {NULL, "00000000000010.000000:000",
                                                              "-1"};
    return texts[timeout] ? json_string(texts[timeout]) : json_null();
}

static void write_flag(json_t *args, const char *key, bool on)
{
    if (on)
        json_object_set_new(args, key, json_true());
}

static void write_event_args(json_t *args, const struct lg_call *call, const struct lg_names *names)
{
    char name[LG_NAME_BYTES];
    switch (call->method) {
    case LG_CALL_TIME_PASSES:
        json_object_set_new(args, "ms", json_integer((json_int_t)call->amount));
        return;
    case LG_CALL_CALLER_CHANGES:
        json_object_set_new(args, "role",
                            json_string(lg_role_words[call->requested % LG_ROLE_COUNT]));
        return;
    case LG_CALL_HOST_CHANGES:
        json_object_set_new(args, "version",
                            json_string(lg_version_words[call->requested % LG_HOST_VERSION_COUNT]));
        write_flag(args, "no_tpm", call->flags & LG_HOST_NO_TPM);
        write_flag(args, "guarded", call->flags & LG_HOST_GUARDED);
        return;
    case LG_CALL_CAUSE_APPEARS:
    case LG_CALL_CAUSE_ENDS:
        json_object_set_new(args, "cause",
                            json_string(lg_meanings[call->requested % LG_MEANING_COUNT].name));
        return;
    case LG_CALL_VM_CREATED:
        json_object_set_new(args, "generation", json_integer(call->requested == 1 ? 1 : 2));
        write_flag(args, "planned", call->other == LG_VM_PLANNED);
        write_flag(args, "old_version", call->flags & LG_VM_OLD_VERSION);
        return;
    case LG_CALL_VM_IMPORTED:
        names->write_vm(names->context, call->other, name);
        json_object_set_new(args, "from", json_string(name));
        return;
    case LG_CALL_PROTECTOR_UNUSABLE:
    case LG_CALL_PROTECTOR_USABLE:
        json_object_set_new(args, "protector", lg_symbol_to_json(call->symbol, names));
        return;
    case LG_CALL_PROTECTORS_SHARE_OWNER:
        json_object_set_new(args, "protector", lg_symbol_to_json(call->symbol, names));
        json_object_set_new(args, "with", lg_symbol_to_json(call->other, names));
        return;
    default: return;
    }
}

static void write_method_args(json_t *args, const struct lg_call *call,
                              const struct lg_names *names)
{
    uint8_t method = call->method;
    if (lg_methods[method].target == LG_TARGET_SERVICE && lg_methods[method].kind == LG_KIND_METHOD)
        json_object_set_new(args, "SecuritySettingData", setting_to_json(names, call));
    if (method == LG_CALL_DEFINE_SYSTEM)
        json_object_set_new(args, "SystemSettings", setting_to_json(names, call));
    if (method == LG_CALL_SET_KEY_PROTECTOR)
        json_object_set_new(args, "KeyProtector", argument_bytes(names, call));
    if (method == LG_CALL_SET_SECURITY_POLICY)
        json_object_set_new(args, "SecurityPolicy", argument_bytes(names, call));
    if (method == LG_CALL_VM_REQUEST_STATE_CHANGE ||
        method == LG_CALL_SERVICE_REQUEST_STATE_CHANGE ||
        method == LG_CALL_JOB_REQUEST_STATE_CHANGE)
        json_object_set_new(args, "RequestedState", json_integer(call->requested));
    if (call->timeout && (method == LG_CALL_SERVICE_REQUEST_STATE_CHANGE ||
                          method == LG_CALL_JOB_REQUEST_STATE_CHANGE))
        json_object_set_new(args, "TimeoutPeriod", timeout_to_json(call->timeout));
}

static void write_target(json_t *json, const struct lg_call *call, const struct lg_names *names)
{
    const struct lg_method_row *row = &lg_methods[call->method];
    char name[LG_NAME_BYTES];
    bool raw_made =
        names->raw && (row->target == LG_TARGET_SERVICE || lg_call_makes_vm(call->method));
    bool no_vm = row->target == LG_TARGET_SERVICE && call->vm == LG_VM_HOST;
    if (row->target == LG_TARGET_HOST || raw_made || no_vm)
        return;
    if (row->target == LG_TARGET_JOB) {
        names->write_job(names->context, call->job, name);
        json_object_set_new(json, "target", json_string(name));
        if (names->raw || call->vm == 0)
            return;
        names->write_vm(names->context, call->vm, name);
        json_object_set_new(json, "vm", json_string(name));
        return;
    }
    names->write_vm(names->context, call->vm, name);
    json_object_set_new(json, "target", json_string(name));
}

json_t *lg_call_to_json(const struct lg_call *call, const struct lg_names *names)
{
    const struct lg_method_row *row = &lg_methods[call->method];
    bool event = row->kind == LG_KIND_EVENT;
    json_t *json = json_object();
    json_t *args = json_object();
    char name[LG_NAME_BYTES];
    snprintf(name, sizeof name, "%s.%s", row->class_name, row->name);
    json_object_set_new(json, event ? "event" : names->raw ? "method" : "call", json_string(name));
    write_target(json, call, names);
    if (event)
        write_event_args(args, call, names);
    else
        write_method_args(args, call, names);
    if (json_object_size(args))
        json_object_set_new(json, "args", args);
    else
        json_decref(args);
    return json;
}
