/* What reading and writing JSON share: errors, words, the names of scripts. */
#include "trace_json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool lg_json_fail(struct lg_json_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->reason, sizeof error->reason, format, arguments);
    va_end(arguments);
    return false;
}

bool lg_json_only(const json_t *object, struct lg_json_error *error, ...)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        va_list arguments;
        const char *known;
        bool found = false;
        va_start(arguments, error);
        while (!found && (known = va_arg(arguments, const char *)))
            found = strcmp(known, key) == 0;
        va_end(arguments);
        if (!found)
            return lg_json_fail(error, "unknown member \"%.60s\"", key);
    }
    return true;
}

/* ---- names of scripts ---- */

static int number_after(const char *text, const char *prefix, long max)
{
    size_t length = strlen(prefix);
    char *end;
    if (strncmp(text, prefix, length) != 0 || text[length] < '0' || text[length] > '9')
        return -1;
    long number = strtol(text + length, &end, 10);
    return *end || number > max ? -1 : (int)number;
}

static int script_vm_of(void *context, const char *text)
{
    (void)context;
    return number_after(text, "$vm", LG_VMS_MAX - 1);
}

static int script_job_of(void *context, const char *text)
{
    (void)context;
    return number_after(text, "$job", 65535);
}

static void script_write_vm(void *context, uint16_t vm, char *text)
{
    (void)context;
    snprintf(text, LG_NAME_BYTES, "$vm%u", vm);
}

static void script_write_job(void *context, uint16_t job, char *text)
{
    (void)context;
    snprintf(text, LG_NAME_BYTES, "$job%u", job);
}

void lg_names_of_scripts(struct lg_names *names, struct lg_blobs *blobs)
{
    *names = (struct lg_names){.vm_of = script_vm_of,
                               .job_of = script_job_of,
                               .write_vm = script_write_vm,
                               .write_job = script_write_job,
                               .blobs = blobs};
}

const char *const lg_identity_words[LG_IDENTITY_COUNT] = {
    "exact", "other_case", "without_last_part", "missing", "unknown", "checkpoint", "definition"};
const char *const lg_role_words[LG_ROLE_COUNT] = {"administrator", "hyperv_administrator", "user"};
const char *const lg_version_words[LG_HOST_VERSION_COUNT] = {"2016", "2019", "2022", "2025",
                                                             "below"};

bool lg_call_makes_vm(uint8_t method)
{
    return method == LG_CALL_VM_CREATED || method == LG_CALL_VM_IMPORTED ||
           method == LG_CALL_DEFINE_SYSTEM;
}
