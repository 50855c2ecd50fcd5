/* Invoke: which method of which instance, the call, and the fault or the reply. */
#include "invoke.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cim_xml.h"
#include "model/blob.h"

/* ---- the method ---- */

static struct lg_wsman_problem find_method(struct lg_invocation *invocation)
{
    const struct lg_soap_request *request = invocation->exchange->request;
    const struct lg_resource *resource = &request->resource;
    invocation->class_name =
        lg_class_find(invocation->exchange->host, resource->space, resource->class_name);
    if (!request->method)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_ACTION_NOT_SUPPORTED, request->action);
    if (!invocation->class_name)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_NOT_FOUND, resource->uri);
    for (int i = 0; i < LG_METHOD_COUNT; i++)
        if (lg_methods[i].kind == LG_KIND_METHOD &&
            lg_cim_name_is_equal(lg_methods[i].name, request->method) &&
            strcmp(lg_methods[i].class_name, invocation->class_name) == 0) {
            invocation->method = (enum lg_method)i;
            return LG_NO_PROBLEM;
        }
    return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_METHOD, request->method);
}

/* ---- the instance ---- */

enum key_form { KEY_LITERAL, KEY_HOST, KEY_ANY };
struct key_row {
    const char *class_name;
    const char *name;
    enum key_form form;
    const char *value;
};
static const struct key_row key_rows[] = {
#define LG_KEY(class_name, name, form, value) {class_name, name, KEY_##form, value},
#include "invoke.def"
#undef LG_KEY
};

static const struct key_row *find_key(const char *class_name, const char *name)
{
    for (unsigned i = 0; i < sizeof key_rows / sizeof key_rows[0]; i++)
        if (strcmp(key_rows[i].class_name, class_name) == 0 &&
            lg_cim_name_is_equal(key_rows[i].name, name))
            return &key_rows[i];
    return NULL;
}

static bool has_free_key(const char *class_name)
{
    for (unsigned i = 0; i < sizeof key_rows / sizeof key_rows[0]; i++)
        if (key_rows[i].form == KEY_ANY && strcmp(key_rows[i].class_name, class_name) == 0)
            return true;
    return false;
}

struct lg_wsman_problem lg_invocation_aim(struct lg_invocation *invocation, const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length >= sizeof invocation->target)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_NOT_FOUND, name);
    memcpy(invocation->target, name, length + 1);
    return LG_NO_PROBLEM;
}

static struct lg_wsman_problem read_selector(struct lg_invocation *invocation,
                                             const struct lg_selector *selector)
{
    const struct key_row *row = find_key(invocation->class_name, selector->name);
    if (!row)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_SELECTORS, selector->name);
    if (selector->reference)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_SELECTOR_TYPE, selector->name);
    if (row->form == KEY_ANY)
        return lg_invocation_aim(invocation, selector->value);
    const char *value = row->form == KEY_HOST ? invocation->exchange->host->machine : row->value;
    return lg_cim_name_is_equal(value, selector->value)
               ? LG_NO_PROBLEM
               : lg_wsman_problem_of(LG_WSMAN_FAULT_NOT_FOUND, selector->value);
}

/* Selectors may be any that pick one instance. */
static struct lg_wsman_problem find_instance(struct lg_invocation *invocation)
{
    const struct lg_resource *resource = &invocation->exchange->request->resource;
    struct lg_wsman_problem problem = LG_NO_PROBLEM;
    if (resource->selector_count == 0)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_METHOD_PARAMETERS,
                                   invocation->class_name);
    for (unsigned i = 0; !problem.fault && i < resource->selector_count; i++)
        problem = read_selector(invocation, &resource->selectors[i]);
    if (!problem.fault && has_free_key(invocation->class_name) && !invocation->target[0])
        problem = lg_wsman_problem_of(LG_WSMAN_FAULT_AMBIGUOUS_SELECTORS, invocation->class_name);
    return problem;
}

/* Whether the target's name is one, before the call says that it names nothing. */
static bool is_target_known(const struct lg_invocation *invocation)
{
    const struct lg_names *names = invocation->exchange->host->names;
    if (!invocation->target[0])
        return true;
    if (lg_methods[invocation->method].target == LG_TARGET_JOB)
        return names->job_of(names->context, invocation->target) > 0;
    return names->vm_of(names->context, invocation->target) >= 0;
}

/* ---- the call ---- */

static json_t *request_to_json(struct lg_invocation *invocation)
{
    const struct lg_method_row *row = &lg_methods[invocation->method];
    char name[LG_NAME_BYTES];
    snprintf(name, sizeof name, "%s.%s", row->class_name, row->name);
    json_t *json = json_pack("{s:s, s:O}", "call", name, "args", invocation->args);
    if (json && invocation->target[0])
        json_object_set_new(json, "target", json_string(invocation->target));
    return json;
}

static struct lg_wsman_problem take_bytes(struct lg_invocation *invocation)
{
    struct lg_call *call = &invocation->call;
    if (invocation->given != LG_GIVEN_WHOLE && invocation->given != LG_GIVEN_ITEMS)
        return LG_NO_PROBLEM;
    call->blob = (uint8_t)lg_blob_classify(invocation->bytes, invocation->length);
    call->symbol = lg_blobs_intern(invocation->exchange->host->names->blobs, invocation->bytes,
                                   invocation->length);
    return lg_wsman_problem_of(call->symbol ? LG_WSMAN_FAULT_NONE : LG_WSMAN_FAULT_QUOTA, NULL);
}

static struct lg_wsman_problem make_call(struct lg_invocation *invocation)
{
    struct lg_exchange *exchange = invocation->exchange;
    struct lg_json_error error;
    if (!is_target_known(invocation))
        return lg_wsman_problem_of(LG_WSMAN_FAULT_NOT_FOUND, invocation->target);
    json_t *json = request_to_json(invocation);
    bool read = json && lg_call_from_json(json, exchange->host->names, &invocation->call, &error);
    bool no_memory = !json;
    json_decref(json);
    if (no_memory)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INTERNAL, NULL);
    if (read)
        return take_bytes(invocation);
    return lg_wsman_problem_of(
        LG_WSMAN_FAULT_INVALID_METHOD_PARAMETERS,
        lg_exchange_hold(exchange->about, sizeof exchange->about, error.reason));
}

/* What WMI itself refuses, as the client sees it. */
static const enum lg_wsman_fault faults[LG_FAULT_COUNT] = {
    [LG_FAULT_NOT_FOUND] = LG_WSMAN_FAULT_NOT_FOUND,
    [LG_FAULT_ACCESS_DENIED] = LG_WSMAN_FAULT_WMI_ACCESS_DENIED,
    [LG_FAULT_TYPE_MISMATCH] = LG_WSMAN_FAULT_PARAMETER_TYPE,
    [LG_FAULT_INVALID_NAMESPACE] = LG_WSMAN_FAULT_NOT_FOUND,
    [LG_FAULT_INVALID_CLASS] = LG_WSMAN_FAULT_NOT_FOUND,
    [LG_FAULT_INVALID_PARAMETERS] = LG_WSMAN_FAULT_INVALID_METHOD_PARAMETERS,
    [LG_FAULT_UNAVAILABLE] = LG_WSMAN_FAULT_UNAVAILABLE};

static void tell_defined(const struct lg_invocation *invocation)
{
    const struct lg_wsman_host *host = invocation->exchange->host;
    const struct lg_xml_node *text = invocation->defined_from;
    uint32_t value = invocation->outcome.return_value;
    bool made = invocation->method == LG_CALL_DEFINE_SYSTEM && (value == 0 || value == 4096);
    if (made && text && host->vm_defined)
        host->vm_defined(host->context, invocation->call.vm, text->text, text->text_length);
}

static struct lg_wsman_problem carry_out(struct lg_invocation *invocation)
{
    const struct lg_wsman_host *host = invocation->exchange->host;
    if (!host->call(host->context, invocation->exchange->caller, &invocation->call,
                    &invocation->outcome))
        return lg_wsman_problem_of(LG_WSMAN_FAULT_QUOTA, NULL);
    if (invocation->outcome.fault)
        return lg_wsman_problem_of(faults[invocation->outcome.fault % LG_FAULT_COUNT],
                                   invocation->class_name);
    tell_defined(invocation);
    lg_invocation_write(invocation);
    return LG_NO_PROBLEM;
}

struct lg_wsman_problem lg_exchange_invoke(struct lg_exchange *exchange)
{
    struct lg_invocation invocation = {.exchange = exchange, .args = json_object()};
    struct lg_wsman_problem problem = find_method(&invocation);
    if (!problem.fault && !invocation.args)
        problem = lg_wsman_problem_of(LG_WSMAN_FAULT_INTERNAL, NULL);
    if (!problem.fault)
        problem = find_instance(&invocation);
    if (!problem.fault)
        problem = lg_invocation_read(&invocation);
    if (!problem.fault)
        problem = make_call(&invocation);
    if (!problem.fault)
        problem = carry_out(&invocation);
    if (problem.about == invocation.target)
        problem.about =
            lg_exchange_hold(exchange->about, sizeof exchange->about, invocation.target);
    json_decref(invocation.args);
    free(invocation.bytes);
    return problem;
}
