/* The host of "model:", with its choices scripted. */
#include <stdlib.h>
#include <string.h>

#include "model/host.h"
#include "scripted.h"
#include "world.h"

enum { NAMES_KEPT = 64, CELLS_KEPT = 2, RECORDS_KEPT = 64, MADE_FROM = 1024 };

struct model {
    struct lg_host host;
    struct lg_profile profile;
    uint16_t made;             /* protectors that the host made */
    uint16_t jobs[NAMES_KEPT]; /* the host's names by the script's */
    struct {
        struct lg_host host;
        struct lg_cell cells[CELLS_KEPT];
        struct lg_host_record records[RECORDS_KEPT];
        struct lg_job_name names[NAMES_KEPT];
        uint16_t made;
        uint16_t jobs[NAMES_KEPT];
    } kept;
    uint64_t memory[];
};

/* The world has one VM at a time, and one cell: that of the host's first. */
static void reset_model(void *self)
{
    struct model *model = self;
    const struct lg_host_word word = {0};
    lg_host_init(&model->host, model->memory, &word);
    lg_host_new_vm(&model->host);
    model->made = 0;
    memset(model->jobs, 0, sizeof model->jobs);
}

static uint16_t make_protector(void *context)
{
    struct model *model = context;
    return (uint16_t)(MADE_FROM + model->made++);
}

static uint16_t script_name(const struct model *model, uint16_t job)
{
    for (uint16_t i = 1; i < NAMES_KEPT; i++)
        if (model->jobs[i] == job)
            return i;
    return NAMES_KEPT;
}

static void to_script(struct model *model, const struct lg_call *given, struct lg_outcome *seen)
{
    if (seen->answer == LG_ANSWERS_JOB) {
        model->jobs[given->new_job % NAMES_KEPT] = seen->job;
        seen->job = given->new_job;
    }
    for (unsigned i = 0; given->method == LG_CALL_LIST_JOBS && i < seen->list_count; i++)
        seen->list[i] = script_name(model, seen->list[i]);
}

static void call_model(void *self, const struct lg_call *given, const uint8_t *choices,
                       unsigned count, struct lg_outcome *seen)
{
    struct model *model = self;
    struct lg_call made = *given;
    struct lg_maker maker = {make_protector, model};
    struct lg_tape tape;
    if (lg_methods[made.method].target == LG_TARGET_JOB) {
        made.job = model->jobs[given->job % NAMES_KEPT];
        made.vm = lg_host_job_vm(&model->host, made.job);
    }
    lg_tape_start(&tape, &model->profile, NULL, choices, count);
    lg_host_step(&model->host, &made, &tape, seen, &maker);
    to_script(model, given, seen);
}

static void keep(void *self)
{
    struct model *model = self;
    lg_assert(model->host.vm_count <= CELLS_KEPT && model->host.record_count <= RECORDS_KEPT &&
              model->host.next_name < NAMES_KEPT);
    model->kept.host = model->host;
    model->kept.made = model->made;
    memcpy(model->kept.jobs, model->jobs, sizeof model->kept.jobs);
    memcpy(model->kept.cells, model->host.cells, sizeof model->kept.cells);
    memcpy(model->kept.records, model->host.records, sizeof model->kept.records);
    memcpy(model->kept.names, model->host.names, sizeof model->kept.names);
}

static void back(void *self)
{
    struct model *model = self;
    model->host = model->kept.host;
    model->made = model->kept.made;
    memcpy(model->jobs, model->kept.jobs, sizeof model->kept.jobs);
    memcpy(model->host.cells, model->kept.cells, sizeof model->kept.cells);
    memcpy(model->host.records, model->kept.records, sizeof model->kept.records);
    memcpy(model->host.names, model->kept.names, sizeof model->kept.names);
}

bool lg_scripted_model_open(struct lg_scripted *target)
{
    struct model *model = calloc(1, sizeof *model + lg_host_bytes());
    if (!model)
        return false;
    lg_profile_load(&model->profile, LG_PROFILE_documented, LG_TAG_CONFORMS);
    reset_model(model);
    *target = (struct lg_scripted){model, reset_model, call_model, keep, back, free, NULL, true};
    return true;
}
