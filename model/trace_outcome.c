/* Outcomes as JSON. */
#include "trace_json.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

struct reader {
    const json_t *out;
    const struct lg_names *names;
    const struct lg_call *call;
    struct lg_outcome *outcome;
    struct lg_json_error *error;
};

static bool read_fault(const json_t *json, struct lg_outcome *outcome, struct lg_json_error *error)
{
    const char *name = json_string_value(json);
    for (uint8_t i = 1; name && i < LG_FAULT_COUNT; i++)
        if (strcmp(lg_faults[i].name, name) == 0) {
            outcome->fault = i;
            return true;
        }
    return lg_json_fail(error, "no such fault: %.60s", name ? name : "(no string)");
}

static bool read_return(const json_t *json, struct lg_outcome *outcome, struct lg_json_error *error)
{
    if (!json_is_integer(json) || json_integer_value(json) < 0 ||
        json_integer_value(json) > UINT32_MAX)
        return lg_json_fail(error, "\"return\" must be an integer from 0 to 4294967295");
    outcome->return_value = (uint32_t)json_integer_value(json);
    outcome->return_to = outcome->return_value;
    return true;
}

static uint16_t intern_base64(const struct lg_names *names, const json_t *text)
{
    size_t length;
    uint8_t *bytes = malloc(lg_base64_room(json_string_length(text)));
    uint16_t symbol = LG_SYMBOL_NONE;
    if (bytes && lg_base64_read(json_string_value(text), json_string_length(text), bytes, &length))
        symbol = lg_blobs_intern(names->blobs, bytes, length);
    free(bytes);
    return symbol;
}

uint16_t lg_symbol_from_json(const json_t *json, const struct lg_names *names)
{
    const json_t *base64 = json_is_object(json) ? json_object_get(json, "base64") : NULL;
    const char *digest = json_string_value(json_object_get(json, "digest"));
    if (json_is_string(base64))
        return intern_base64(names, base64);
    if (digest)
        return lg_blobs_intern_digest(names->blobs, digest);
    if (!json_is_string(json))
        return LG_SYMBOL_NONE;
    if (names->raw)
        return intern_base64(names, json);
    return (uint16_t)(lg_material_find(json_string_value(json), json_string_length(json)) + 1);
}

static bool read_protector(struct reader *reader, const json_t *value)
{
    struct lg_outcome *outcome = reader->outcome;
    if (json_is_null(value)) {
        if (outcome->return_value == 0) {
            outcome->answer = LG_ANSWERS_BYTES;
            outcome->form = LG_BYTES_NULL;
        }
        return true;
    }
    outcome->answer = LG_ANSWERS_BYTES;
    outcome->symbol = lg_symbol_from_json(value, reader->names);
    const struct lg_blob *blob = lg_blobs_get(reader->names->blobs, outcome->symbol);
    if (!blob)
        return lg_json_fail(reader->error, "\"KeyProtector\" must be bytes or null");
    if (blob->shape == LG_BLOB_EMPTY)
        outcome->form = LG_BYTES_NONE;
    else if (blob->shape == LG_BLOB_UNSET)
        outcome->form = LG_BYTES_UNSET;
    return true;
}

static bool read_job(struct reader *reader, const json_t *value)
{
    int job;
    if (json_is_null(value))
        return true;
    job = json_is_string(value)
              ? reader->names->job_of(reader->names->context, json_string_value(value))
              : -1;
    if (job <= 0)
        return lg_json_fail(reader->error, "\"Job\" must be the name of a job or null");
    reader->outcome->answer = LG_ANSWERS_JOB;
    reader->outcome->job = (uint16_t)job;
    return true;
}

static bool read_system(struct reader *reader, const json_t *value)
{
    if (json_is_null(value))
        return true;
    if (!json_is_string(value) ||
        reader->names->vm_of(reader->names->context, json_string_value(value)) < 0)
        return lg_json_fail(reader->error, "\"ResultingSystem\" must be the name of a VM or null");
    reader->outcome->answer = LG_ANSWERS_VM;
    return true;
}

/* GetError gives a text or Null, GetErrorEx a list of texts or Null. */
static bool read_error_text(struct reader *reader, const json_t *value)
{
    if (reader->outcome->return_value != 0)
        return true;
    reader->outcome->answer = LG_ANSWERS_ERROR;
    reader->outcome->form =
        json_is_string(value) || (json_is_array(value) && json_array_size(value) > 0);
    return true;
}

static bool read_out(struct reader *reader)
{
    const char *key;
    json_t *value;
    bool read = true;
    json_object_foreach((json_t *)reader->out, key, value)
    {
        if (strcmp(key, "KeyProtector") == 0)
            read = read && read_protector(reader, value);
        else if (strcmp(key, "Job") == 0)
            read = read && read_job(reader, value);
        else if (strcmp(key, "ResultingSystem") == 0)
            read = read && read_system(reader, value);
        else if (strcmp(key, "Error") == 0 || strcmp(key, "Errors") == 0)
            read = read && read_error_text(reader, value);
    }
    return read;
}

static int list_name(struct reader *reader, const char *text)
{
    if (reader->call->method != LG_CALL_LIST_JOBS)
        return 1;
    return text ? reader->names->job_of(reader->names->context, text) : -1;
}

static bool read_list(struct reader *reader, const json_t *list)
{
    struct lg_outcome *outcome = reader->outcome;
    outcome->answer = LG_ANSWERS_LIST;
    if (!json_is_array(list))
        return lg_json_fail(reader->error, "\"instances\" must be a list of names");
    for (size_t i = 0; i < json_array_size(list) && outcome->list_count < LG_LIST_MAX; i++) {
        int name = list_name(reader, json_string_value(json_array_get(list, i)));
        if (name < 0)
            return lg_json_fail(reader->error, "instance %zu has no name", i);
        outcome->list[outcome->list_count++] = (uint16_t)name;
    }
    return true;
}

bool lg_outcome_from_json(const json_t *json, const struct lg_call *call,
                          const struct lg_names *names, struct lg_outcome *outcome,
                          struct lg_json_error *error)
{
    const json_t *out = json_object_get(json, "out");
    const json_t *properties = json_object_get(json, "properties");
    const json_t *instances = json_object_get(json, "instances");
    const json_t *fault = json_object_get(json, "fault");
    struct reader reader = {out, names, call, outcome, error};
    memset(outcome, 0, sizeof *outcome);
    if (fault)
        return read_fault(fault, outcome, error);
    if (properties)
        return lg_properties_from_json(properties, call, names, outcome, error);
    if (instances)
        return read_list(&reader, instances);
    if (lg_methods[call->method].kind == LG_KIND_EVENT)
        return true;
    return read_return(json_object_get(json, "return"), outcome, error) &&
           (!out || read_out(&reader));
}

/* ---- writing ---- */

json_t *lg_symbol_to_json(uint16_t symbol, const struct lg_names *names)
{
    const struct lg_blob *blob = lg_blobs_get(names->blobs, symbol);
    if (!blob)
        return json_null();
    if (!names->raw && symbol <= LG_MATERIAL_COUNT)
        return json_string(lg_materials[symbol - 1].name);
    if (names->digests)
        return json_pack("{s:o}", "digest", lg_digest_to_json(symbol, names->blobs));
    char *text = lg_base64_write(blob->bytes, blob->length);
    json_t *json = json_string(text ? text : "");
    free(text);
    return names->raw ? json : json_pack("{s:o}", "base64", json);
}

static json_t *material(enum lg_material which, const struct lg_names *names)
{
    return lg_symbol_to_json((uint16_t)(which + 1), names);
}

static json_t *protector(const struct lg_outcome *outcome, const struct lg_names *names)
{
    switch (outcome->form) {
    case LG_BYTES_NULL: return json_null();
    case LG_BYTES_NONE: return material(LG_MATERIAL_empty, names);
    case LG_BYTES_UNSET: return material(LG_MATERIAL_unset, names);
    default: return lg_symbol_to_json(outcome->symbol, names);
    }
}

static json_t *job_name(uint16_t job, const struct lg_names *names)
{
    char text[LG_NAME_BYTES];
    names->write_job(names->context, job, text);
    return json_string(text);
}

static json_t *vm_name(uint16_t vm, const struct lg_names *names)
{
    char text[LG_NAME_BYTES];
    names->write_vm(names->context, vm, text);
    return json_string(text);
}

/* A CIM-XML text of Msvm_Error is the wire's to write; here it only has to be one. */
static const char error_text[] =
    "<INSTANCE CLASSNAME=\"Msvm_Error\"><PROPERTY NAME=\"CIMStatusCode\" "
    "TYPE=\"uint32\"><VALUE>1</VALUE></PROPERTY></INSTANCE>";

static json_t *error_out(const struct lg_outcome *outcome, const struct lg_call *call)
{
    bool list = call->method == LG_CALL_JOB_GET_ERROR_EX;
    json_t *text = outcome->form ? json_string(error_text) : json_null();
    if (list && outcome->form)
        text = json_pack("[o]", text);
    return json_pack("{s:o}", list ? "Errors" : "Error", text);
}

static json_t *out_to_json(const struct lg_outcome *outcome, const struct lg_call *call,
                           const struct lg_names *names)
{
    switch (outcome->answer) {
    case LG_ANSWERS_BYTES: return json_pack("{s:o}", "KeyProtector", protector(outcome, names));
    case LG_ANSWERS_JOB: return json_pack("{s:o}", "Job", job_name(outcome->job, names));
    case LG_ANSWERS_VM: return json_pack("{s:o}", "ResultingSystem", vm_name(call->vm, names));
    case LG_ANSWERS_ERROR: return error_out(outcome, call);
    default: return json_object();
    }
}

static json_t *list_to_json(const struct lg_outcome *outcome, const struct lg_call *call,
                            const struct lg_names *names)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < outcome->list_count; i++)
        json_array_append_new(list, call->method == LG_CALL_LIST_JOBS
                                        ? job_name(outcome->list[i], names)
                                        : vm_name(call->vm, names));
    return list;
}

json_t *lg_outcome_to_json(const struct lg_outcome *outcome, const struct lg_call *call,
                           const struct lg_names *names)
{
    json_t *json = json_object();
    if (outcome->fault)
        json_object_set_new(json, "fault", json_string(lg_faults[outcome->fault].name));
    else if (outcome->answer == LG_ANSWERS_INSTANCE)
        json_object_set_new(json, "properties", lg_properties_to_json(outcome, call, names));
    else if (outcome->answer == LG_ANSWERS_LIST)
        json_object_set_new(json, "instances", list_to_json(outcome, call, names));
    else if (lg_methods[call->method].kind == LG_KIND_EVENT)
        json_object_set_new(json, "out",
                            lg_call_makes_vm(call->method)
                                ? json_pack("{s:o}", "vm", vm_name(call->vm, names))
                                : json_object());
    else {
        json_object_set_new(json, "return", json_integer(outcome->return_value));
        json_object_set_new(json, "out", out_to_json(outcome, call, names));
    }
    return json;
}
