/* The target "model:": the model itself, in this process, with the plain reading of a profile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/host.h"
#include "target.h"

struct model {
    struct lg_host host;
    struct lg_profile profile;
    struct lg_readings readings;
    struct lg_blobs *blobs;
    void *memory;
    uint16_t vms[LG_VMS_MAX];    /* index in the host + 1, by the script's number */
    uint16_t jobs[LG_JOB_NAMES]; /* the host's name, by the script's number */
    uint16_t job_count;
    unsigned unseen;
};

static enum lg_target_reply reset(struct lg_target *target, struct lg_json_error *reason)
{
    struct model *model = target->self;
    struct lg_host_word word = {0};
    (void)reason;
    lg_host_init(&model->host, model->memory, &word);
    memset(model->vms, 0, sizeof model->vms);
    model->job_count = 0;
    return LG_TARGET_ANSWERED;
}

static uint16_t make_protector(void *context)
{
    struct model *model = context;
    return lg_blobs_make(model->blobs, "model", ++model->unseen);
}

/* From the script's numbers to the host's. */
static void to_host(struct model *model, struct lg_call *call)
{
    if (lg_methods[call->method].target == LG_TARGET_JOB) {
        call->job = model->jobs[call->job];
        call->vm = lg_host_job_vm(&model->host, call->job);
    } else if (lg_call_makes_vm(call->method)) {
        int vm = lg_host_new_vm(&model->host);
        if (call->method == LG_CALL_VM_IMPORTED && call->other < LG_VMS_MAX &&
            model->vms[call->other])
            lg_call_import(call, &model->host.cells[model->vms[call->other] - 1].vm);
        model->vms[call->vm] = (uint16_t)(vm + 1);
        call->vm = (uint16_t)vm;
    } else if (call->vm != LG_VM_HOST)
        call->vm = model->vms[call->vm] ? (uint16_t)(model->vms[call->vm] - 1) : LG_VM_HOST;
}

static uint16_t script_job(struct model *model, uint16_t name)
{
    for (uint16_t i = 1; i <= model->job_count; i++)
        if (model->jobs[i] == name)
            return i;
    model->jobs[++model->job_count] = name;
    return model->job_count;
}

static void to_script(struct model *model, const struct lg_call *call, struct lg_outcome *seen)
{
    if (seen->answer == LG_ANSWERS_JOB)
        seen->job = script_job(model, seen->job);
    for (unsigned i = 0; call->method == LG_CALL_LIST_JOBS && i < seen->list_count; i++)
        seen->list[i] = script_job(model, seen->list[i]);
    if (call->method == LG_CALL_READ_JOB && seen->answer == LG_ANSWERS_INSTANCE)
        seen->fields[LG_JOB_FIELD_AFFECTED].from = seen->fields[LG_JOB_FIELD_AFFECTED].to =
            call->vm;
    seen->clause = seen->cause = 0;
}

/* What GetKeyProtector shows, as the bytes that a client would get. */
static void show_bytes(const struct model *model, struct lg_outcome *seen)
{
    const struct lg_blob *blob = lg_blobs_get(model->blobs, seen->symbol);
    if (seen->answer != LG_ANSWERS_BYTES || !blob)
        return;
    if (blob->shape == LG_BLOB_EMPTY)
        seen->form = LG_BYTES_NONE;
    if (blob->shape == LG_BLOB_UNSET)
        seen->form = LG_BYTES_UNSET;
}

static enum lg_target_reply call(struct lg_target *target, const struct lg_call *given,
                                 struct lg_outcome *seen, struct lg_json_error *reason)
{
    struct model *model = target->self;
    struct lg_call made = *given;
    struct lg_maker maker = {make_protector, model};
    struct lg_tape tape;
    (void)reason;
    to_host(model, &made);
    lg_tape_start(&tape, &model->profile, &model->readings, NULL, 0);
    lg_host_step(&model->host, &made, &tape, seen, &maker);
    lg_readings_learn(&model->readings, &tape);
    show_bytes(model, seen);
    to_script(model, given, seen);
    return LG_TARGET_ANSWERED;
}

static void close_model(struct lg_target *target)
{
    struct model *model = target->self;
    free(model->memory);
    free(model);
}

void lg_target_model_read_as(struct lg_target *target, const struct lg_profile *profile)
{
    struct model *model = target->self;
    model->profile = *profile;
    memset(&model->readings, 0, sizeof model->readings);
    model->unseen = 0;
}

bool lg_target_model_open_as(struct lg_target *target, const struct lg_profile *profile,
                             struct lg_json_error *reason)
{
    struct model *model = calloc(1, sizeof *model);
    if (model)
        model->memory = malloc(lg_host_bytes());
    if (!model || !model->memory) {
        free(model);
        return lg_json_fail(reason, "no memory");
    }
    model->profile = *profile;
    model->blobs = target->blobs;
    target->self = model;
    target->capabilities = LG_CAN_EVENTS | LG_CAN_INSPECT | LG_CAN_MATERIAL | LG_CAN_CLOCK;
    target->reset = reset;
    target->call = call;
    target->close = close_model;
    return true;
}

bool lg_target_model_open(struct lg_target *target, enum lg_profile_id profile,
                          struct lg_json_error *reason)
{
    struct lg_profile loaded;
    lg_profile_load(&loaded, profile, LG_TAG_CONFORMS);
    return lg_target_model_open_as(target, &loaded, reason);
}
