/* The reply to an Invoke: out parameters and ReturnValue, by the tables of invoke.def. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "invoke.h"

#define XMLNS_XSI " xmlns:xsi=\"" LG_NS_XSI "\""
#define XMLNS_CIM " xmlns:cim=\"" LG_NS_CIM "\""
#define XMLNS_REF " xmlns:a=\"" LG_NS_ADDRESSING "\" xmlns:w=\"" LG_NS_WSMAN "\""

enum out_kind { OUT_JOB, OUT_VM, OUT_BYTES, OUT_ERROR };
struct out_row {
    enum lg_method method;
    const char *name;
    enum out_kind kind;
};
static const struct out_row out_rows[] = {
#define LG_OUT(method, name, kind) {LG_CALL_##method, name, OUT_##kind},
#include "invoke.def"
#undef LG_OUT
};
enum { OUT_ROWS = sizeof out_rows / sizeof out_rows[0] };

static void write_nil(struct lg_text *text, const char *name)
{
    lg_text_addf(text, "<p:%s xsi:nil=\"true\"/>", name);
}

/* ---- references ---- */

static void write_reference(struct lg_invocation *invocation, const char *name,
                            const char *class_name, const struct lg_key *keys, unsigned count)
{
    const struct lg_resource *resource = &invocation->exchange->request->resource;
    struct lg_text *text = invocation->exchange->body;
    lg_text_addf(text, "<p:%s" XMLNS_REF ">", name);
    lg_reference_write(text, resource->family, resource->space, class_name, keys, count);
    lg_text_addf(text, "</p:%s>", name);
}

static void write_job(struct lg_invocation *invocation, const char *name)
{
    const struct lg_names *names = invocation->exchange->host->names;
    char id[LG_NAME_BYTES];
    if (invocation->outcome.answer != LG_ANSWERS_JOB) {
        write_nil(invocation->exchange->body, name);
        return;
    }
    names->write_job(names->context, invocation->outcome.job, id);
    const struct lg_key keys[] = {{"InstanceID", id}};
    write_reference(invocation, name, "Msvm_ConcreteJob", keys, 1);
}

static void write_vm(struct lg_invocation *invocation, const char *name)
{
    const struct lg_names *names = invocation->exchange->host->names;
    char id[LG_NAME_BYTES];
    if (invocation->outcome.answer != LG_ANSWERS_VM) {
        write_nil(invocation->exchange->body, name);
        return;
    }
    names->write_vm(names->context, invocation->call.vm, id);
    const struct lg_key keys[] = {{"CreationClassName", "Msvm_ComputerSystem"}, {"Name", id}};
    write_reference(invocation, name, "Msvm_ComputerSystem", keys, 2);
}

/* ---- bytes ---- */

static const struct lg_blob *blob_of(const struct lg_invocation *invocation)
{
    const struct lg_outcome *outcome = &invocation->outcome;
    const struct lg_blobs *blobs = invocation->exchange->host->names->blobs;
    if (outcome->answer != LG_ANSWERS_BYTES || outcome->form == LG_BYTES_NULL)
        return NULL;
    if (outcome->form == LG_BYTES_NONE)
        return lg_blobs_get(blobs, LG_MATERIAL_empty + 1);
    if (outcome->form == LG_BYTES_UNSET)
        return lg_blobs_get(blobs, LG_MATERIAL_unset + 1);
    return lg_blobs_get(blobs, outcome->symbol);
}

static void write_base64(struct lg_text *text, const char *name, const struct lg_blob *blob)
{
    char *base64 = lg_base64_write(blob->bytes, blob->length);
    lg_text_addf(text, "<p:%s>", name);
    if (base64)
        lg_text_add_bytes(text, base64, strlen(base64));
    else
        text->failed = true;
    lg_text_addf(text, "</p:%s>", name);
    free(base64);
}

/* One element a byte, each made of the same three pieces. */
static void write_items(struct lg_text *text, const char *name, const struct lg_blob *blob)
{
    char item[3 * LG_NAME_BYTES] = "<p:";
    size_t length = strlen(name);
    memcpy(item + 3, name, length);
    item[3 + length] = '>';
    for (size_t i = 0; i < blob->length; i++) {
        uint8_t byte = blob->bytes[i];
        char *at = item + 4 + length;
        if (byte >= 100)
            *at++ = (char)('0' + byte / 100);
        if (byte >= 10)
            *at++ = (char)('0' + byte / 10 % 10);
        *at++ = (char)('0' + byte % 10);
        memcpy(at, "</p:", 4);
        memcpy(at + 4, name, length);
        at[4 + length] = '>';
        lg_text_add_bytes(text, item, (size_t)(at + 5 + length - item));
    }
}

/* An empty array is no element at all. */
static void write_bytes(struct lg_invocation *invocation, const char *name)
{
    struct lg_text *text = invocation->exchange->body;
    const struct lg_blob *blob = blob_of(invocation);
    if (!blob)
        write_nil(text, name);
    else if (invocation->exchange->wsman->settings.repeated_bytes)
        write_items(text, name, blob);
    else if (blob->length > 0)
        write_base64(text, name, blob);
}

/* ---- errors: an Msvm_Error as text, alphabetical, in element form escaped ---- */

enum error_form { ERROR_VALUE, ERROR_NULL, ERROR_NULL_ARRAY };
struct error_row {
    const char *name;
    const char *type;
    enum error_form form;
    const char *value;
};
static const struct error_row error_rows[] = {
    {"CIMStatusCode", "uint32", ERROR_VALUE, "1"},
    {"CIMStatusCodeDescription", "string", ERROR_VALUE, "CIM_ERR_FAILED"},
    {"ErrorSource", "string", ERROR_VALUE, "Msvm_SecurityService"},
    {"ErrorSourceFormat", "uint16", ERROR_VALUE, "0"},
    {"ErrorType", "uint16", ERROR_VALUE, "4"},
    {"Message", "string", ERROR_VALUE, "The operation did not complete."},
    {"MessageArguments", "string", ERROR_NULL_ARRAY, NULL},
    {"MessageID", "string", ERROR_NULL, NULL},
    {"OtherErrorSourceFormat", "string", ERROR_NULL, NULL},
    {"OtherErrorType", "string", ERROR_NULL, NULL},
    {"OwningEntity", "string", ERROR_NULL, NULL},
    {"PerceivedSeverity", "uint16", ERROR_VALUE, "6"},
    {"ProbableCause", "uint16", ERROR_VALUE, "0"},
    {"ProbableCauseDescription", "string", ERROR_NULL, NULL},
    {"RecommendedActions", "string", ERROR_NULL_ARRAY, NULL}};

/* GetErrorEx gives a list, which has one. */
static void write_error(struct lg_invocation *invocation, const char *name)
{
    static const char *const elements[] = {"PROPERTY", "PROPERTY", "PROPERTY.ARRAY"};
    struct lg_text *text = invocation->exchange->body;
    if (invocation->outcome.answer != LG_ANSWERS_ERROR || !invocation->outcome.form) {
        write_nil(text, name);
        return;
    }
    lg_text_addf(text, "<p:%s>&lt;INSTANCE CLASSNAME=&quot;Msvm_Error&quot;&gt;", name);
    for (unsigned i = 0; i < sizeof error_rows / sizeof error_rows[0]; i++) {
        const struct error_row *row = &error_rows[i];
        const char *element = elements[row->form];
        lg_text_addf(text, "&lt;%s NAME=&quot;%s&quot; TYPE=&quot;%s&quot;&gt;", element, row->name,
                     row->type);
        if (row->form == ERROR_VALUE)
            lg_text_addf(text, "&lt;VALUE&gt;%s&lt;/VALUE&gt;", row->value);
        lg_text_addf(text, "&lt;/%s&gt;", element);
    }
    lg_text_addf(text, "&lt;/INSTANCE&gt;</p:%s>", name);
}

/* ---- the body ---- */

static void write_out(struct lg_invocation *invocation, const struct out_row *row)
{
    switch (row->kind) {
    case OUT_JOB: write_job(invocation, row->name); return;
    case OUT_VM: write_vm(invocation, row->name); return;
    case OUT_BYTES: write_bytes(invocation, row->name); return;
    default: write_error(invocation, row->name); return;
    }
}

/* A job that the method has no parameter for is shown nevertheless: nobody could follow it else. */
static void write_outs(struct lg_invocation *invocation)
{
    bool shown = invocation->outcome.answer != LG_ANSWERS_JOB;
    for (unsigned i = 0; i < OUT_ROWS; i++)
        shown = shown || (out_rows[i].method == invocation->method && out_rows[i].kind == OUT_JOB);
    if (!shown)
        write_job(invocation, "Job");
    for (unsigned i = 0; i < OUT_ROWS; i++)
        if (out_rows[i].method == invocation->method)
            write_out(invocation, &out_rows[i]);
}

static void write_space(struct lg_text *text, const struct lg_resource *resource,
                        const char *class_name)
{
    if (resource->family == LG_URI_DMTF)
        lg_text_add(text, LG_DMTF_PREFIX);
    else
        lg_text_addf(text, LG_WMI_PREFIX "%s/", resource->space);
    lg_text_add(text, class_name);
}

void lg_invocation_write(struct lg_invocation *invocation)
{
    const struct lg_soap_request *request = invocation->exchange->request;
    const char *method = lg_methods[invocation->method].name;
    struct lg_text *text = invocation->exchange->body;
    struct lg_text action = {0};
    lg_text_addf(&action, "%sResponse", request->action);
    if (action.failed)
        text->failed = true;
    else
        lg_soap_begin(text, LG_REPLY_TRANSFER, action.bytes, request,
                      invocation->exchange->message_id);
    lg_text_free(&action);
    lg_text_addf(text, "<p:%s_OUTPUT" XMLNS_XSI " xmlns:p=\"", method);
    write_space(text, &request->resource, invocation->class_name);
    lg_text_add(text, "\"" XMLNS_CIM ">");
    write_outs(invocation);
    lg_text_addf(text, "<p:ReturnValue>%" PRIu32 "</p:ReturnValue></p:%s_OUTPUT>",
                 invocation->outcome.return_value, method);
    lg_soap_end(text);
}
