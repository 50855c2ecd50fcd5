/* Instances of the model's reads and of the tables of classes. */
#include "instances.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instance_reads.h"

/* ---- lists ---- */

struct lg_instance *lg_instances_add(struct lg_instances *instances, enum lg_shape shape)
{
    if (instances->count == instances->capacity) {
        size_t capacity = instances->capacity ? 2 * instances->capacity : 4;
        struct lg_instance *items = realloc(instances->items, capacity * sizeof *items);
        if (!items)
            return NULL;
        instances->items = items;
        instances->capacity = capacity;
    }
    struct lg_instance *instance = &instances->items[instances->count++];
    instance->class_name = lg_shapes[shape].class_name;
    instance->space = lg_wmi_spaces[lg_shapes[shape].space];
    instance->origin = (struct lg_origin){(uint16_t)shape, LG_VM_HOST, 0};
    instance->count = 0;
    return instance;
}

static void drop_last(struct lg_instances *instances)
{
    struct lg_instance *last = &instances->items[--instances->count];
    for (unsigned i = 0; i < last->count; i++)
        json_decref(last->properties[i].value);
}

void lg_instances_keep(struct lg_instances *instances,
                       bool (*good)(const void *context, const struct lg_instance *instance),
                       const void *context)
{
    size_t kept = 0;
    for (size_t i = 0; i < instances->count; i++) {
        if (!good(context, &instances->items[i]))
            continue;
        struct lg_instance better = instances->items[i];
        instances->items[i] = instances->items[kept];
        instances->items[kept++] = better;
    }
    while (instances->count > kept)
        drop_last(instances);
}

bool lg_instances_move(struct lg_instances *from, struct lg_instances *to)
{
    size_t moved = 0;
    while (moved < from->count) {
        struct lg_instance *place = lg_instances_add(to, from->items[moved].origin.shape);
        if (!place)
            break;
        *place = from->items[moved++];
    }
    from->count -= moved;
    if (from->count)
        memmove(from->items, from->items + moved, from->count * sizeof *from->items);
    return from->count == 0;
}

void lg_instances_free(struct lg_instances *instances)
{
    while (instances->count)
        drop_last(instances);
    free(instances->items);
    *instances = (struct lg_instances){0};
}

void lg_instance_put(struct lg_instance *instance, const struct lg_wmi_property_row *row,
                     json_t *value)
{
    lg_assert(instance->count < LG_PROPERTIES_MAX);
    instance->properties[instance->count++] =
        (struct lg_property){row->name, row->type, row->is_array, row->key != LG_WMI_KEY_NO,
                             value ? value : json_null()};
}

const struct lg_property *lg_instance_property(const struct lg_instance *instance, const char *name)
{
    for (unsigned i = 0; i < instance->count; i++)
        if (lg_same_text(instance->properties[i].name, name))
            return &instance->properties[i];
    return NULL;
}

/* ---- problems ---- */

struct lg_wsman_problem lg_reads_fine(void)
{
    return (struct lg_wsman_problem){.fault = LG_WSMAN_FAULT_NONE};
}

struct lg_wsman_problem lg_reads_problem(enum lg_wsman_fault fault, const char *about)
{
    return (struct lg_wsman_problem){.fault = fault, .about = about};
}

/* What was not found is no instance; it is no problem of the request. */
static struct lg_wsman_problem problem_of_read(uint8_t fault, const char *class_name)
{
    switch (fault) {
    case LG_FAULT_NONE:
    case LG_FAULT_NOT_FOUND: return lg_reads_fine();
    case LG_FAULT_ACCESS_DENIED:
        return lg_reads_problem(LG_WSMAN_FAULT_WMI_ACCESS_DENIED, class_name);
    case LG_FAULT_UNAVAILABLE: return lg_reads_problem(LG_WSMAN_FAULT_UNAVAILABLE, class_name);
    case LG_FAULT_INVALID_CLASS: return lg_reads_problem(LG_WSMAN_FAULT_NOT_FOUND, class_name);
    default: return lg_reads_problem(LG_WSMAN_FAULT_INTERNAL, class_name);
    }
}

/* ---- values ---- */

struct maker {
    const struct lg_reads *reads;
    const json_t *model; /* what the model's read shows, or NULL */
    uint16_t vm;
};

struct windows {
    const char *build;
    const char *version;
    const char *caption;
};
static const struct windows windows[LG_HOST_VERSION_COUNT] = {
    [LG_HOST_2016] = {"14393", "10.0.14393", "Microsoft Windows Server 2016 Datacenter"},
    [LG_HOST_2019] = {"17763", "10.0.17763", "Microsoft Windows Server 2019 Datacenter"},
    [LG_HOST_2022] = {"20348", "10.0.20348", "Microsoft Windows Server 2022 Datacenter"},
    [LG_HOST_2025] = {"26100", "10.0.26100", "Microsoft Windows Server 2025 Datacenter"},
    [LG_HOST_BELOW] = {"9600", "6.3.9600", "Microsoft Windows Server 2012 R2 Datacenter"},
};

static json_t *model_value(const struct maker *maker, const char *name)
{
    return json_incref(json_object_get(maker->model, name));
}

static json_t *literal_value(const char *literal)
{
    return literal ? json_loads(literal, JSON_DECODE_ANY, NULL) : NULL;
}

static json_t *vm_value(const struct maker *maker, const char *before, const char *behind)
{
    const struct lg_names *names = maker->reads->host->names;
    char name[LG_NAME_BYTES];
    char text[2 * LG_NAME_BYTES];
    names->write_vm(names->context, maker->vm, name);
    snprintf(text, sizeof text, "%s%s%s", before, name, behind);
    return json_string(text);
}

/* A host that was not told what a VM is called answers what the model has. */
static json_t *given_value(const struct maker *maker, bool notes)
{
    const struct lg_wsman_host *host = maker->reads->host;
    const char *(*given)(void *, unsigned) = notes ? host->vm_notes : host->vm_element_name;
    const char *text = given ? given(host->context, maker->vm) : NULL;
    if (!text)
        return model_value(maker, notes ? "Notes" : "ElementName");
    return notes ? json_pack("[s]", text) : json_string(text);
}

static json_t *is_generation2(const struct maker *maker)
{
    const char *text = json_string_value(json_object_get(maker->model, "VirtualSystemSubType"));
    return json_boolean(text && strcmp(text, "Microsoft:Hyper-V:SubType:2") == 0);
}

static json_t *value_of(const struct maker *maker, const struct lg_wmi_property_row *row)
{
    const struct windows *os = &windows[maker->reads->version % LG_HOST_VERSION_COUNT];
    switch (row->source) {
    case LG_WMI_SOURCE_MODEL:
    case LG_WMI_SOURCE_MODEL_OR_ABSENT: return model_value(maker, row->name);
    case LG_WMI_SOURCE_LITERAL: return literal_value(row->argument);
    case LG_WMI_SOURCE_MACHINE: return json_string(maker->reads->host->machine);
    case LG_WMI_SOURCE_VM_NAME: return vm_value(maker, "", "");
    case LG_WMI_SOURCE_VM_PART: return vm_value(maker, "Microsoft:", row->argument);
    case LG_WMI_SOURCE_ELEMENT_NAME: return given_value(maker, false);
    case LG_WMI_SOURCE_NOTES: return given_value(maker, true);
    case LG_WMI_SOURCE_GENERATION_2: return is_generation2(maker);
    case LG_WMI_SOURCE_OS_BUILD: return json_string(os->build);
    case LG_WMI_SOURCE_OS_VERSION: return json_string(os->version);
    case LG_WMI_SOURCE_OS_CAPTION: return json_string(os->caption);
    default: return NULL;
    }
}

static void fill(struct lg_instance *instance, const struct maker *maker)
{
    unsigned count;
    const struct lg_wmi_property_row *rows = lg_shape_properties(instance->origin.shape, &count);
    for (unsigned i = 0; i < count; i++) {
        if (!lg_versions_have(rows[i].versions, maker->reads->version))
            continue;
        json_t *value = value_of(maker, &rows[i]);
        if (value || rows[i].source != LG_WMI_SOURCE_MODEL_OR_ABSENT)
            lg_instance_put(instance, &rows[i], value);
    }
}

/* ---- reads ---- */

struct lg_reads lg_reads_of(const struct lg_wsman_host *host, const struct lg_wsman_caller *caller,
                            struct lg_instances *found)
{
    return (struct lg_reads){host, caller, found, host->version(host->context)};
}

static struct lg_wsman_problem call_model(const struct lg_reads *reads, struct lg_call *call,
                                          struct lg_outcome *outcome)
{
    const struct lg_wsman_host *host = reads->host;
    memset(outcome, 0, sizeof *outcome);
    if (!host->call(host->context, reads->caller, call, outcome))
        return lg_reads_problem(LG_WSMAN_FAULT_INTERNAL, NULL);
    return problem_of_read(outcome->fault, lg_methods[call->method].class_name);
}

struct lg_wsman_problem lg_read_list(const struct lg_reads *reads, unsigned list, uint16_t vm,
                                     struct lg_outcome *outcome)
{
    struct lg_call call = {.method = (uint8_t)list, .vm = vm};
    return call_model(reads, &call, outcome);
}

static struct lg_wsman_problem make(const struct lg_reads *reads, enum lg_shape shape,
                                    const struct maker *maker, uint16_t job)
{
    struct lg_instance *instance = lg_instances_add(reads->found, shape);
    if (!instance)
        return lg_reads_problem(LG_WSMAN_FAULT_INTERNAL, NULL);
    instance->origin.vm = maker->vm;
    instance->origin.job = job;
    fill(instance, maker);
    return lg_reads_fine();
}

/* A job tells which VM it is of. */
static uint16_t vm_of_read(const struct lg_call *call, const struct lg_outcome *outcome)
{
    bool told = call->method == LG_CALL_READ_JOB && outcome->shown >> LG_JOB_FIELD_AFFECTED & 1;
    return told ? (uint16_t)outcome->fields[LG_JOB_FIELD_AFFECTED].from : call->vm;
}

struct lg_wsman_problem lg_read_one(const struct lg_reads *reads, enum lg_shape shape, uint16_t vm,
                                    uint16_t job)
{
    struct lg_call call = {.method = (uint8_t)lg_shapes[shape].read, .vm = vm, .job = job};
    struct lg_outcome outcome;
    struct maker maker = {reads, NULL, vm};
    if (lg_shapes[shape].read == LG_CALL_NONE)
        return make(reads, shape, &maker, job);
    struct lg_wsman_problem problem = call_model(reads, &call, &outcome);
    if (problem.fault || outcome.fault)
        return problem;
    json_t *shown = lg_properties_to_json(&outcome, &call, reads->host->names);
    maker.model = shown;
    maker.vm = vm_of_read(&call, &outcome);
    problem = make(reads, shape, &maker, job);
    json_decref(shown);
    return problem;
}

static struct lg_wsman_problem read_jobs(const struct lg_reads *reads, uint16_t vm)
{
    struct lg_outcome list;
    struct lg_wsman_problem problem = lg_read_list(reads, LG_CALL_LIST_JOBS, vm, &list);
    for (unsigned i = 0; i < list.list_count && !problem.fault; i++)
        problem = lg_read_one(reads, LG_SHAPE_JOB, vm, list.list[i]);
    return problem;
}

/* The jobs of a VM that is gone are there until they are removed. */
static struct lg_wsman_problem read_of_vm(const struct lg_reads *reads, enum lg_shape shape,
                                          uint16_t vm)
{
    if (lg_shapes[shape].scope == LG_SCOPE_OF_JOB)
        return read_jobs(reads, vm);
    return lg_read_one(reads, shape, vm, 0);
}

struct lg_wsman_problem lg_read_all(const struct lg_reads *reads, enum lg_shape shape, uint16_t vm)
{
    struct lg_wsman_problem problem = lg_reads_fine();
    if (lg_shapes[shape].scope == LG_SCOPE_OF_HOST)
        return lg_read_one(reads, shape, LG_VM_HOST, 0);
    if (vm != LG_VM_HOST)
        return read_of_vm(reads, shape, vm);
    unsigned count = reads->host->vm_count(reads->host->context);
    for (unsigned i = 0; i < count && !problem.fault; i++)
        problem = read_of_vm(reads, shape, (uint16_t)i);
    return problem;
}

/* ---- classes ---- */

const char *lg_class_find(const struct lg_wsman_host *host, const char *space,
                          const char *class_name)
{
    const struct lg_class_row *row = lg_class_row(space, class_name);
    return row && lg_versions_have(row->versions, host->version(host->context)) ? row->name : NULL;
}

struct lg_wsman_problem lg_instances_of(const struct lg_wsman_host *host,
                                        const struct lg_wsman_caller *caller, const char *space,
                                        const char *class_name, struct lg_instances *instances)
{
    struct lg_reads reads = lg_reads_of(host, caller, instances);
    struct lg_wsman_problem problem = lg_reads_fine();
    const struct lg_class_row *row = lg_class_row(space, class_name);
    if (!row || !lg_versions_have(row->versions, reads.version))
        return lg_reads_problem(LG_WSMAN_FAULT_NOT_FOUND, class_name);
    for (enum lg_shape shape = 0; shape < LG_SHAPE_COUNT && !problem.fault; shape++) {
        bool derived = lg_shapes[shape].space == row->space &&
                       lg_class_is_a(row->space, lg_shapes[shape].class_name, row->name);
        if (!derived || !lg_shape_is_there(shape, reads.version))
            continue;
        if (lg_shapes[shape].scope == LG_SCOPE_OF_ASSOCIATION)
            problem = lg_read_association(&reads, shape);
        else
            problem = lg_read_all(&reads, shape, LG_VM_HOST);
    }
    return problem;
}
