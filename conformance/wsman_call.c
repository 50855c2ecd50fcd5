/* Calls over WS-Management. */
#include "wsman_call.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    WQL_BYTES = 1024,
    ENVELOPE_ROOM = 4096,                      /* headers and what is around the parameters */
    CHARACTERS_MAX = LG_ENVELOPE_KB * 1024 / 2 /* the budget is counted as UTF-16 */
};

/* ---- faults ---- */

/* What the model knows as a failure of WMI itself, by the row of faults.def. */
static enum lg_fault fault_of_row(enum lg_wsman_fault row)
{
    switch (row) {
    case LG_WSMAN_FAULT_ACCESS_DENIED:
    case LG_WSMAN_FAULT_WMI_ACCESS_DENIED: return LG_FAULT_ACCESS_DENIED;
    case LG_WSMAN_FAULT_SCHEMA_VALIDATION:
    case LG_WSMAN_FAULT_PARAMETER_TYPE: return LG_FAULT_TYPE_MISMATCH;
    case LG_WSMAN_FAULT_PARAMETER_NAME:
    case LG_WSMAN_FAULT_WMI_INVALID_PARAMETER:
    case LG_WSMAN_FAULT_INVALID_METHOD_PARAMETERS: return LG_FAULT_INVALID_PARAMETERS;
    case LG_WSMAN_FAULT_INVALID_FILTER: /* the filters sent are fine: it is the class */
    case LG_WSMAN_FAULT_INVALID_CLASS_QUERY: return LG_FAULT_INVALID_CLASS;
    case LG_WSMAN_FAULT_NOT_FOUND: return LG_FAULT_NOT_FOUND;
    case LG_WSMAN_FAULT_UNAVAILABLE:
    case LG_WSMAN_FAULT_TIMED_OUT: return LG_FAULT_UNAVAILABLE;
    default: return LG_FAULT_NONE;
    }
}

static enum lg_fault fault_of_hresult(uint32_t hresult)
{
    for (int i = 1; hresult && i < LG_FAULT_COUNT; i++)
        if (lg_faults[i].hresult == hresult)
            return (enum lg_fault)i;
    return LG_FAULT_NONE;
}

/* A Get and a method say the same of a missing class and of a missing instance: a query tells. */
static enum lg_fault fault_of(struct lg_session *session, const struct lg_told_fault *told,
                              const char *class_name)
{
    enum lg_fault fault = fault_of_hresult(told->hresult);
    if (fault == LG_FAULT_NONE)
        fault = fault_of_row(told->fault);
    if (fault == LG_FAULT_NOT_FOUND && class_name && !lg_find_class(session, class_name))
        return LG_FAULT_INVALID_CLASS;
    return fault;
}

static enum lg_target_reply answer_fault(struct lg_session *session,
                                         const struct lg_told_fault *told, const char *class_name,
                                         json_t **answer, struct lg_json_error *reason)
{
    enum lg_fault fault = fault_of(session, told, class_name);
    if (fault == LG_FAULT_NONE) {
        lg_json_fail(reason, "a fault that no page speaks of: %lu, %s", told->code, told->text);
        return LG_TARGET_REFUSED;
    }
    *answer = json_pack("{s:s}", "fault", lg_faults[fault].name);
    return LG_TARGET_ANSWERED;
}

static enum lg_target_reply reply_of(enum lg_exchanged exchanged, struct lg_json_error *reason)
{
    switch (exchanged) {
    case LG_EXCHANGED: return LG_TARGET_ANSWERED;
    case LG_EXCHANGED_LOST: return LG_TARGET_LOST;
    case LG_EXCHANGED_LARGE:
        lg_json_fail(reason, "over the host's envelope limit");
        return LG_TARGET_UNABLE;
    default: return LG_TARGET_GONE;
    }
}

/* ---- methods: parameters ---- */

static const struct lg_blob *blob_of(const struct lg_session *session, const struct lg_call *call)
{
    return call->blob == LG_BLOB_NULL || call->blob == LG_BLOB_WRONG_TYPE
               ? NULL
               : lg_blobs_get(session->bound.names.blobs, call->symbol);
}

static bool has_bytes(const struct lg_call *call)
{
    return call->method == LG_CALL_SET_KEY_PROTECTOR || call->method == LG_CALL_SET_SECURITY_POLICY;
}

static bool has_setting(const struct lg_call *call)
{
    return lg_methods[call->method].kind == LG_KIND_METHOD &&
           lg_methods[call->method].target == LG_TARGET_SERVICE;
}

bool lg_remote_fits(const struct lg_session *session, const struct lg_call *call,
                    struct lg_json_error *reason)
{
    const struct lg_blob *blob = has_bytes(call) ? blob_of(session, call) : NULL;
    size_t room = ENVELOPE_ROOM;
    if (blob)
        room += lg_bytes_room(blob->length, session->wire);
    if (has_setting(call) && call->text == LG_TEXT_IS_ten_megabytes)
        room += 10 * 1024 * 1024;
    if (room <= CHARACTERS_MAX)
        return true;
    return lg_json_fail(reason, "over the envelope limit of %d KB", LG_ENVELOPE_KB);
}

/* What is unknown is sent in the form that generic clients send, where that fits. */
static enum lg_bytes_wire wire_for(const struct lg_session *session, const struct lg_blob *blob)
{
    if (session->wire != LG_BYTES_UNKNOWN)
        return session->wire;
    return lg_bytes_room(blob->length, LG_BYTES_REPEATED) + ENVELOPE_ROOM <= CHARACTERS_MAX
               ? LG_BYTES_REPEATED
               : LG_BYTES_BASE64;
}

static void write_nil(struct lg_text *text, const char *name)
{
    lg_text_addf(text, "<p:%s xmlns:xsi=\"" LG_NS_XSI "\" xsi:nil=\"true\"/>", name);
}

static void write_bytes(struct lg_text *text, const struct lg_session *session, const char *name,
                        const struct lg_call *call)
{
    const struct lg_blob *blob = blob_of(session, call);
    if (blob)
        lg_bytes_write(text, name, blob, wire_for(session, blob));
    else if (call->blob == LG_BLOB_WRONG_TYPE)
        lg_text_addf(text, "<p:%s>no bytes</p:%s>", name, name);
    else
        write_nil(text, name);
}

static char swapped(char letter)
{
    return (char)(isupper((unsigned char)letter) ? tolower((unsigned char)letter)
                                                 : toupper((unsigned char)letter));
}

/* The simulator's last part of an InstanceID in a text becomes the host's own. */
static char *put_setting_part(const struct lg_session *session, char *text)
{
    static const char own[] = LG_SETTING_PART;
    size_t own_length = sizeof own - 1;
    size_t length = strlen(session->setting_part);
    char *at = text;
    while (*at && strncasecmp(at, own, own_length) != 0)
        at++;
    if (!*at || !length || strcasecmp(session->setting_part, own) == 0)
        return text;
    bool swap = strncmp(at, own, own_length) != 0;
    char *whole = malloc(strlen(text) + length + 1);
    if (!whole)
        return text;
    memcpy(whole, text, (size_t)(at - text));
    char *to = whole + (at - text);
    for (size_t i = 0; i < length; i++)
        *to++ = swap ? swapped(session->setting_part[i]) : session->setting_part[i];
    strcpy(to, at + own_length);
    free(text);
    return whole;
}

static void write_embedded(struct lg_text *text, struct lg_session *session, const char *name,
                           const struct lg_call *call)
{
    const struct lg_names *names = &session->bound.names;
    char *instance = names->write_text(names->context, call);
    if (!instance) {
        write_nil(text, name);
        return;
    }
    instance = put_setting_part(session, instance);
    lg_text_addf(text, "<p:%s>", name);
    lg_text_escape(text, instance);
    lg_text_addf(text, "</p:%s>", name);
    free(instance);
}

static void write_affected_system(struct lg_text *text, const char *vm)
{
    const struct lg_key keys[] = {{"CreationClassName", "Msvm_ComputerSystem"}, {"Name", vm}};
    lg_text_add(text,
                "<p:AffectedSystem xmlns:a=\"" LG_NS_ADDRESSING "\" xmlns:w=\"" LG_NS_WSMAN "\">");
    lg_reference_write(text, LG_URI_WMI, LG_VIRTUALIZATION, "Msvm_ComputerSystem", keys, 2);
    lg_text_add(text, "</p:AffectedSystem>");
}

static void write_timeout(struct lg_text *text, const struct lg_call *call)
{
    if (call->timeout == LG_TIMEOUT_NONE)
        return;
    lg_text_add(text, "<p:TimeoutPeriod xmlns:cim=\"" LG_NS_CIM "\"><cim:Interval>");
    lg_duration_write(text, call->timeout == LG_TIMEOUT_GIVEN ? "00000000000010.000000:000" : "-1");
    lg_text_add(text, "</cim:Interval></p:TimeoutPeriod>");
}

static void write_parameters(struct lg_text *text, struct lg_session *session,
                             const struct lg_call *call)
{
    char vm[LG_NAME_BYTES];
    session->bound.names.write_vm(&session->bound, call->vm, vm);
    if (has_setting(call))
        write_embedded(text, session, "SecuritySettingData", call);
    switch (call->method) {
    case LG_CALL_DEFINE_SYSTEM: write_embedded(text, session, "SystemSettings", call); return;
    case LG_CALL_DESTROY_SYSTEM: write_affected_system(text, vm); return;
    case LG_CALL_SET_KEY_PROTECTOR: write_bytes(text, session, "KeyProtector", call); return;
    case LG_CALL_SET_SECURITY_POLICY: write_bytes(text, session, "SecurityPolicy", call); return;
    case LG_CALL_VM_REQUEST_STATE_CHANGE:
    case LG_CALL_SERVICE_REQUEST_STATE_CHANGE:
    case LG_CALL_JOB_REQUEST_STATE_CHANGE:
        lg_text_addf(text, "<p:RequestedState>%u</p:RequestedState>", call->requested);
        write_timeout(text, call);
        return;
    default: return;
    }
}

/* ---- what a call is about ---- */

/* Room for the strings that an lg_about points to. */
struct about {
    struct lg_about about;
    char name[LG_NAME_BYTES + 16];
};

static void add_key(struct lg_about *about, const char *name, const char *value)
{
    about->keys[about->key_count++] = (struct lg_key){name, value};
}

/* All keys, or the one that is enough where the service has not been seen. */
static void set_service(struct lg_about *about, const struct lg_found_service *service)
{
    if (service->found) {
        add_key(about, "SystemCreationClassName", "Msvm_ComputerSystem");
        add_key(about, "SystemName", service->system);
    }
    add_key(about, "CreationClassName", about->class_name);
    if (service->found)
        add_key(about, "Name", service->name);
}

static void set_system(struct lg_about *about, const char *name)
{
    add_key(about, "CreationClassName", "Msvm_ComputerSystem");
    add_key(about, "Name", name);
}

static void set_about(struct about *room, const struct lg_session *session,
                      const struct lg_call *call, const char *action)
{
    const struct lg_method_row *row = &lg_methods[call->method];
    struct lg_about *about = &room->about;
    const struct lg_bound_names *bound = &session->bound;
    char name[LG_NAME_BYTES];
    *room = (struct about){.about = {.action = action, .class_name = row->class_name}};
    if (row->target == LG_TARGET_JOB) {
        bound->names.write_job(bound->names.context, call->job, room->name);
        add_key(about, "InstanceID", room->name);
        return;
    }
    if (call->method == LG_CALL_DEFINE_SYSTEM || call->method == LG_CALL_DESTROY_SYSTEM) {
        set_service(about, &session->management);
        return;
    }
    if (call->method == LG_CALL_READ_HOST) {
        set_system(about, session->management.system);
        return;
    }
    if (row->target != LG_TARGET_VM) {
        set_service(about, &session->security);
        return;
    }
    bound->names.write_vm(bound->names.context, call->vm, name);
    if (call->method == LG_CALL_READ_SYSTEM_SETTING) {
        snprintf(room->name, sizeof room->name, "Microsoft:%s", name);
        add_key(about, "InstanceID", room->name);
        return;
    }
    snprintf(room->name, sizeof room->name, "%s", name);
    set_system(about, room->name);
}

/* ---- methods: answers ---- */

static json_t *text_of(const struct lg_xml_node *node)
{
    return lg_is_nil(node) ? json_null() : json_string(node->text);
}

/* The key of a reference, or null. */
static json_t *key_of(const struct lg_xml_node *node, const char *key)
{
    struct lg_resource *resource = malloc(sizeof *resource);
    const struct lg_selector *selector = NULL;
    if (resource && !lg_is_nil(node) && lg_reference_read(node, resource))
        selector = lg_resource_selector(resource, key);
    json_t *json = selector ? json_string(selector->value) : json_null();
    free(resource);
    return json;
}

static json_t *texts_of(const struct lg_xml_node *node, const char *name)
{
    if (lg_is_nil(node))
        return json_null();
    json_t *array = json_array();
    for (; node; node = lg_xml_next(node, NULL, name))
        json_array_append_new(array, text_of(node));
    return array;
}

static json_t *read_output(struct lg_session *session, const struct lg_call *call,
                           const struct lg_xml_node *output)
{
    const struct lg_xml_node *number = lg_xml_child(output, NULL, "ReturnValue");
    const struct lg_xml_node *job = lg_xml_child(output, NULL, "Job");
    const struct lg_xml_node *system = lg_xml_child(output, NULL, "ResultingSystem");
    const struct lg_xml_node *error = lg_xml_child(output, NULL, "Error");
    const struct lg_xml_node *errors = lg_xml_child(output, NULL, "Errors");
    long long value = number ? strtoll(number->text, NULL, 10) : -1;
    json_t *out = json_object();
    if (job)
        json_object_set_new(out, "Job", key_of(job, "InstanceID"));
    if (system)
        json_object_set_new(out, "ResultingSystem", key_of(system, "Name"));
    if (error)
        json_object_set_new(out, "Error", text_of(error));
    if (errors)
        json_object_set_new(out, "Errors", texts_of(errors, "Errors"));
    if (call->method == LG_CALL_GET_KEY_PROTECTOR &&
        (value == 0 || lg_xml_child(output, NULL, "KeyProtector")))
        json_object_set_new(out, "KeyProtector",
                            lg_bytes_to_json(output, "KeyProtector", &session->wire));
    return json_pack("{s:I, s:o}", "return", (json_int_t)value, "out", out);
}

static enum lg_target_reply invoke(struct lg_session *session, const struct lg_call *call,
                                   json_t **answer, struct lg_json_error *reason)
{
    const struct lg_method_row *row = &lg_methods[call->method];
    struct lg_exchange exchange;
    struct lg_text text = {0};
    struct about room;
    enum lg_target_reply reply;
    set_about(&room, session, call, row->name);
    lg_message_begin(&text, session->client, &room.about);
    lg_text_addf(&text, "<p:%s_INPUT xmlns:p=\"" LG_WMI_PREFIX LG_VIRTUALIZATION "/%s\">",
                 row->name, row->class_name);
    write_parameters(&text, session, call);
    lg_text_addf(&text, "</p:%s_INPUT>", row->name);
    lg_message_end(&text);
    enum lg_exchanged exchanged = lg_exchange_run(session->client, &text, &exchange, reason);
    if (exchanged == LG_EXCHANGED_FAULT)
        reply = answer_fault(session, &exchange.fault, row->class_name, answer, reason);
    else
        reply = reply_of(exchanged, reason);
    if (exchanged == LG_EXCHANGED)
        *answer = read_output(session, call, exchange.body);
    lg_exchange_end(&exchange);
    lg_text_free(&text);
    return reply;
}

/* ---- reads ---- */

/* Everything that one key names is got by it. */
static enum lg_target_reply get(struct lg_session *session, const struct lg_call *call,
                                json_t **answer, struct lg_json_error *reason)
{
    struct lg_exchange exchange;
    struct lg_text text = {0};
    struct about room;
    enum lg_target_reply reply;
    set_about(&room, session, call, LG_ACTION_GET);
    lg_message_begin(&text, session->client, &room.about);
    lg_message_end(&text);
    enum lg_exchanged exchanged = lg_exchange_run(session->client, &text, &exchange, reason);
    if (exchanged == LG_EXCHANGED_FAULT)
        reply = answer_fault(session, &exchange.fault, lg_methods[call->method].class_name, answer,
                             reason);
    else
        reply = reply_of(exchanged, reason);
    if (exchanged == LG_EXCHANGED)
        *answer = json_pack(
            "{s:o}", "properties",
            lg_instance_to_json(exchange.body, (enum lg_method)call->method, &session->wire));
    lg_exchange_end(&exchange);
    lg_text_free(&text);
    return reply;
}

/* What has keys that only the host knows is looked for by the VM. */
static enum lg_target_reply find(struct lg_session *session, const struct lg_call *call,
                                 json_t **answer, struct lg_json_error *reason)
{
    struct lg_told_fault fault;
    enum lg_exchanged exchanged;
    char vm[LG_NAME_BYTES];
    session->bound.names.write_vm(&session->bound, call->vm, vm);
    json_t *properties =
        lg_find_instance(session, (enum lg_method)call->method, vm, &exchanged, &fault, reason);
    if (exchanged == LG_EXCHANGED_FAULT)
        return answer_fault(session, &fault, NULL, answer, reason);
    if (exchanged == LG_EXCHANGED)
        *answer = properties ? json_pack("{s:o}", "properties", properties)
                             : json_pack("{s:s}", "fault", lg_faults[LG_FAULT_NOT_FOUND].name);
    return reply_of(exchanged, reason);
}

/* How the instances that belong to a VM are found. */
struct association {
    enum lg_method list;
    const char *object; /* a path with the VM's name in it */
    const char *result;
    const char *key; /* of the instances */
};
static const struct association associations[] = {
    {LG_CALL_LIST_JOBS, "Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='%s'",
     "Msvm_ConcreteJob", "InstanceID"},
    {LG_CALL_LIST_SERVICES, "Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='%s'",
     "Msvm_SecurityService", "Name"},
    {LG_CALL_LIST_SECURITY_SETTINGS, "Msvm_VirtualSystemSettingData.InstanceID='Microsoft:%s'",
     "Msvm_SecuritySettingData", "InstanceID"},
    {LG_CALL_LIST_SYSTEM_SETTINGS,
     "Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='%s'",
     "Msvm_VirtualSystemSettingData", "InstanceID"},
    {LG_CALL_LIST_SECURITY_ELEMENTS,
     "Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='%s'",
     "Msvm_SecurityElement", "SystemName"}};

struct list {
    const struct association *association;
    json_t *names;
};

static void take_name(void *context, const struct lg_xml_node *instance)
{
    struct list *list = context;
    char *name = lg_instance_text(instance, list->association->key);
    if (strcasecmp(instance->name, list->association->result) == 0 ||
        list->association->list == LG_CALL_LIST_JOBS)
        json_array_append_new(list->names, json_string(name ? name : ""));
    free(name);
}

/* Nothing is associated with an object that is not there. */
static enum lg_target_reply answer_list(struct lg_session *session, const struct list *list,
                                        json_t **answer)
{
    if (json_array_size(list->names) || lg_find_class(session, list->association->result))
        *answer = json_pack("{s:O}", "instances", list->names);
    else
        *answer = json_pack("{s:s}", "fault", lg_faults[LG_FAULT_INVALID_CLASS].name);
    return LG_TARGET_ANSWERED;
}

/* The object is read before those that it is associated with: what is told of it leaves open
 * whether their class is there. */
static bool is_about_object(struct lg_session *session, const struct lg_told_fault *told,
                            const char *class_name)
{
    enum lg_fault fault = fault_of(session, told, NULL);
    return fault == LG_FAULT_NOT_FOUND ||
           (fault == LG_FAULT_UNAVAILABLE && !lg_find_class(session, class_name));
}

static enum lg_target_reply list_instances(struct lg_session *session, const struct lg_call *call,
                                           json_t **answer, struct lg_json_error *reason)
{
    struct list list = {associations, json_array()};
    struct lg_told_fault fault;
    enum lg_target_reply reply;
    char object[WQL_BYTES / 2];
    char wql[WQL_BYTES];
    char vm[LG_NAME_BYTES];
    while (list.association->list != call->method)
        list.association++;
    session->bound.names.write_vm(&session->bound, call->vm, vm);
    snprintf(object, sizeof object, list.association->object, vm);
    snprintf(wql, sizeof wql, "ASSOCIATORS OF {%s} WHERE AssocClass = %s ResultClass = %s", object,
             lg_methods[call->method].class_name, list.association->result);
    enum lg_exchanged exchanged =
        lg_message_query(session->client, wql, take_name, &list, &fault, reason);
    if (exchanged == LG_EXCHANGED || (exchanged == LG_EXCHANGED_FAULT &&
                                      is_about_object(session, &fault, list.association->result)))
        reply = answer_list(session, &list, answer);
    else if (exchanged == LG_EXCHANGED_FAULT)
        reply = answer_fault(session, &fault, NULL, answer, reason);
    else
        reply = reply_of(exchanged, reason);
    json_decref(list.names);
    return reply;
}

/* Which VM a job affects is an association of its own; asked while the VM has no name yet. */
static void add_affected(struct lg_session *session, const struct lg_call *call, json_t *answer)
{
    json_t *properties = json_object_get(answer, "properties");
    char job[LG_NAME_BYTES];
    char vm[LG_NAME_BYTES];
    if (!properties || call->vm >= LG_VMS_MAX || session->bound.vms[call->vm][0])
        return;
    session->bound.names.write_job(&session->bound, call->job, job);
    lg_find_vm_of_job(session, job, vm);
    if (vm[0])
        json_object_set_new(properties, "AffectedElement", json_string(vm));
}

enum lg_target_reply lg_remote_call(struct lg_session *session, const struct lg_call *call,
                                    json_t **answer, struct lg_json_error *reason)
{
    enum lg_target_reply reply;
    *answer = NULL;
    if (!lg_remote_fits(session, call, reason))
        return LG_TARGET_UNABLE;
    if (has_setting(call) && call->vm < LG_VMS_MAX && session->bound.vms[call->vm][0])
        lg_find_setting_part(session, session->bound.vms[call->vm]);
    switch (lg_methods[call->method].kind) {
    case LG_KIND_METHOD: return invoke(session, call, answer, reason);
    case LG_KIND_LIST: return list_instances(session, call, answer, reason);
    default: break;
    }
    if (call->method == LG_CALL_READ_SECURITY_SETTING ||
        call->method == LG_CALL_READ_SECURITY_ELEMENT || call->method == LG_CALL_READ_TPM_SETTING)
        return find(session, call, answer, reason);
    reply = get(session, call, answer, reason);
    if (reply == LG_TARGET_ANSWERED && call->method == LG_CALL_READ_JOB)
        add_affected(session, call, *answer);
    return reply;
}
