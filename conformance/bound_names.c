/* A target's own names. */
#include "bound_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/wsman/embedded.h"

enum { JOBS_MAX = 65535 };

static int vm_of(void *context, const char *text)
{
    struct lg_bound_names *bound = context;
    for (int i = 0; i < (int)LG_VMS_MAX; i++)
        if (bound->vms[i][0] && strcasecmp(bound->vms[i], text) == 0)
            return i;
    return -1;
}

static int job_of(void *context, const char *text)
{
    struct lg_bound_names *bound = context;
    for (unsigned i = bound->job_count; i > 0; i--)
        if (strcmp(bound->jobs[i], text) == 0)
            return (int)i;
    if (bound->job_count == JOBS_MAX || strlen(text) >= LG_NAME_BYTES)
        return -1;
    strcpy(bound->jobs[++bound->job_count], text);
    return (int)bound->job_count;
}

static void write_name(char (*names)[LG_NAME_BYTES], unsigned number, const char *unknown,
                       char *text)
{
    snprintf(text, LG_NAME_BYTES, "%s", names[number][0] ? names[number] : unknown);
}

static void write_vm(void *context, uint16_t vm, char *text)
{
    struct lg_bound_names *bound = context;
    write_name(bound->vms, vm % LG_VMS_MAX, "00000000-0000-0000-0000-000000000000", text);
}

static void write_checkpoint(void *context, uint16_t vm, char *text)
{
    struct lg_bound_names *bound = context;
    write_name(bound->checkpoints, vm % LG_VMS_MAX, "00000000-0000-0000-0000-00000000C4EC", text);
}

static void write_job(void *context, uint16_t job, char *text)
{
    struct lg_bound_names *bound = context;
    write_name(bound->jobs, job, "00000000-0000-0000-0000-0000000000B0", text);
}

static char *write_text(void *context, const struct lg_call *call)
{
    const struct lg_bound_names *bound = context;
    return lg_embedded_write(&bound->names, call);
}

bool lg_bound_names_init(struct lg_bound_names *bound, struct lg_blobs *blobs)
{
    memset(bound, 0, sizeof *bound);
    bound->vms = calloc(LG_VMS_MAX, sizeof *bound->vms);
    bound->checkpoints = calloc(LG_VMS_MAX, sizeof *bound->checkpoints);
    bound->jobs = calloc(JOBS_MAX + 1, sizeof *bound->jobs);
    bound->names = (struct lg_names){.context = bound,
                                     .vm_of = vm_of,
                                     .job_of = job_of,
                                     .write_vm = write_vm,
                                     .write_job = write_job,
                                     .write_text = write_text,
                                     .write_checkpoint = write_checkpoint,
                                     .blobs = blobs,
                                     .raw = true};
    return bound->vms && bound->checkpoints && bound->jobs;
}

void lg_bound_names_free(struct lg_bound_names *bound)
{
    free(bound->vms);
    free(bound->checkpoints);
    free(bound->jobs);
}

void lg_bound_names_reset(struct lg_bound_names *bound)
{
    memset(bound->vms, 0, LG_VMS_MAX * sizeof *bound->vms);
    memset(bound->checkpoints, 0, LG_VMS_MAX * sizeof *bound->checkpoints);
    bound->job_count = 0;
}

void lg_bound_names_copy(struct lg_bound_names *to, const struct lg_bound_names *from)
{
    memcpy(to->vms, from->vms, LG_BOUND_COPIED * sizeof *to->vms);
    memcpy(to->checkpoints, from->checkpoints, LG_BOUND_COPIED * sizeof *to->checkpoints);
    memcpy(to->jobs, from->jobs, (from->job_count + 1) * sizeof *to->jobs);
    to->job_count = from->job_count;
}

void lg_bound_names_learn(struct lg_bound_names *bound, const struct lg_call *call,
                          const json_t *answer)
{
    const json_t *out = json_object_get(answer, "out");
    const char *vm = json_string_value(json_object_get(out, "vm"));
    const char *system = json_string_value(json_object_get(out, "ResultingSystem"));
    const char *checkpoint = json_string_value(json_object_get(out, "checkpoint"));
    const json_t *properties = json_object_get(answer, "properties");
    const char *affected = json_string_value(json_object_get(properties, "AffectedElement"));
    if (call->vm >= LG_VMS_MAX)
        return;
    if (affected && !bound->vms[call->vm][0]) /* the job makes the VM: nothing named it before */
        vm = affected;
    if (vm || system)
        snprintf(bound->vms[call->vm], LG_NAME_BYTES, "%s", vm ? vm : system);
    if (checkpoint)
        snprintf(bound->checkpoints[call->vm], LG_NAME_BYTES, "%s", checkpoint);
}
