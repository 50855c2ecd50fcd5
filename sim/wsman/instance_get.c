/* The instance that selectors pick. */
#include <string.h>

#include "instance_reads.h"

enum { PATH_ROOM = 1024 };

/* One selector; a reference is read once, whatever number of instances it is compared with. */
struct wanted {
    const char *name; /* of the key */
    const struct lg_selector *selector;
    bool is_reference;
    struct lg_resource reference;
    char room[PATH_ROOM];
};

struct pick {
    const struct lg_resource *resource;
    const struct lg_class_row *row;
    const struct lg_reads *reads; /* what it finds is looked at, and kept if it fits */
    struct lg_instances *kept;
    struct wanted wanted[LG_SELECTORS_MAX];
};

/* ---- comparing ---- */

static bool same_key(const struct lg_resource *reference, const json_t *key)
{
    const char *name = json_string_value(json_array_get(key, 0));
    const char *value = json_string_value(json_array_get(key, 1));
    const struct lg_selector *selector = name ? lg_resource_selector(reference, name) : NULL;
    return selector && value && lg_same_text(selector->value, value);
}

static bool same_reference(const struct lg_resource *reference, const json_t *value)
{
    const char *class_name = json_string_value(json_object_get(value, "class"));
    const json_t *keys = json_object_get(value, "keys");
    if (!class_name || !lg_same_text(class_name, reference->class_name))
        return false;
    for (size_t i = 0; i < json_array_size(keys); i++)
        if (!same_key(reference, json_array_get(keys, i)))
            return false;
    return json_array_size(keys) == reference->selector_count;
}

static bool fits_one(const struct wanted *wanted, const struct lg_instance *instance)
{
    const struct lg_property *property = lg_instance_property(instance, wanted->name);
    if (!property)
        return false;
    if (wanted->is_reference)
        return same_reference(&wanted->reference, property->value);
    const char *text = json_string_value(property->value);
    return text && lg_same_text(text, wanted->selector->value);
}

static bool fits(const void *context, const struct lg_instance *instance)
{
    const struct pick *pick = context;
    for (unsigned i = 0; i < pick->resource->selector_count; i++)
        if (!fits_one(&pick->wanted[i], instance))
            return false;
    return true;
}

/* Keeps what fits of what was just read. */
static struct lg_wsman_problem sift(const struct pick *pick, struct lg_wsman_problem problem)
{
    if (problem.fault)
        return problem;
    lg_instances_keep(pick->reads->found, fits, pick);
    if (!lg_instances_move(pick->reads->found, pick->kept))
        return lg_reads_problem(LG_WSMAN_FAULT_INTERNAL, NULL);
    return problem;
}

/* ---- what is looked at ---- */

/* The number in a key that names a VM or a job: GUID, Microsoft:GUID, Microsoft:GUID\more; or -1.
 */
static int number_in(const struct lg_names *names, enum lg_shape_scope scope, const char *value)
{
    static const char prefix[] = "microsoft:";
    char text[LG_NAME_BYTES];
    size_t length = strlen(value);
    if (length >= sizeof prefix - 1) {
        memcpy(text, value, sizeof prefix - 1);
        text[sizeof prefix - 1] = 0;
        if (lg_same_text(text, prefix))
            value += sizeof prefix - 1;
    }
    length = strcspn(value, "\\");
    if (length >= sizeof text)
        return -1;
    memcpy(text, value, length);
    text[length] = 0;
    return scope == LG_SCOPE_OF_JOB ? names->job_of(names->context, text)
                                    : names->vm_of(names->context, text);
}

static const struct lg_selector *self_selector(const struct pick *pick, enum lg_shape shape)
{
    for (unsigned i = 0; i < pick->resource->selector_count; i++) {
        const struct lg_wmi_property_row *key =
            lg_shape_property(shape, pick->reads->version, pick->wanted[i].name);
        if (key && key->key == LG_WMI_KEY_SELF)
            return pick->wanted[i].selector;
    }
    return NULL;
}

static struct lg_wsman_problem look_at_named(const struct pick *pick, enum lg_shape shape,
                                             const struct lg_selector *self)
{
    const struct lg_wsman_host *host = pick->reads->host;
    enum lg_shape_scope scope = lg_shapes[shape].scope;
    int number = number_in(host->names, scope, self->value);
    if (number < 0)
        return lg_reads_fine();
    if (scope == LG_SCOPE_OF_JOB)
        return sift(pick, lg_read_one(pick->reads, shape, LG_VM_HOST, (uint16_t)number));
    return sift(pick, lg_read_all(pick->reads, shape, (uint16_t)number));
}

/* VM by VM, until two are found: then more make no difference. */
static struct lg_wsman_problem look_at_vms(const struct pick *pick, enum lg_shape shape)
{
    const struct lg_wsman_host *host = pick->reads->host;
    struct lg_wsman_problem problem = lg_reads_fine();
    unsigned count = host->vm_count(host->context);
    for (unsigned vm = 0; vm < count && pick->kept->count < 2 && !problem.fault; vm++)
        problem = sift(pick, lg_read_all(pick->reads, shape, (uint16_t)vm));
    return problem;
}

static struct lg_wsman_problem look_at(const struct pick *pick, enum lg_shape shape)
{
    const struct lg_selector *self = self_selector(pick, shape);
    switch (lg_shapes[shape].scope) {
    case LG_SCOPE_OF_HOST: return sift(pick, lg_read_all(pick->reads, shape, LG_VM_HOST));
    case LG_SCOPE_OF_ASSOCIATION: return sift(pick, lg_read_association(pick->reads, shape));
    default: return self ? look_at_named(pick, shape, self) : look_at_vms(pick, shape);
    }
}

static bool is_of_class(const struct pick *pick, enum lg_shape shape)
{
    return lg_shapes[shape].space == pick->row->space &&
           lg_class_is_a(pick->row->space, lg_shapes[shape].class_name, pick->row->name) &&
           lg_shape_is_there(shape, pick->reads->version);
}

/* ---- what is wrong with selectors ---- */

static const struct lg_wmi_property_row *key_of(const struct pick *pick, enum lg_shape shape,
                                                const char *name)
{
    const struct lg_wmi_property_row *row = lg_shape_property(shape, pick->reads->version, name);
    return row && row->key != LG_WMI_KEY_NO ? row : NULL;
}

static unsigned count_keys(enum lg_shape shape, const char **first)
{
    unsigned count;
    unsigned keys = 0;
    const struct lg_wmi_property_row *rows = lg_shape_properties(shape, &count);
    *first = "";
    for (unsigned i = 0; i < count; i++)
        if (rows[i].key != LG_WMI_KEY_NO && keys++ == 0)
            *first = rows[i].name;
    return keys;
}

static bool has_keys(enum lg_shape shape)
{
    const char *first;
    return count_keys(shape, &first) > 0;
}

static bool has_all_keys(const struct pick *pick, enum lg_shape shape)
{
    for (unsigned i = 0; i < pick->resource->selector_count; i++)
        if (!key_of(pick, shape, pick->wanted[i].name))
            return false;
    return pick->resource->selector_count || !has_keys(shape);
}

/* A path as Class="value" leaves its only key without a name. */
static const char *only_key(const struct pick *pick)
{
    const char *name = "";
    for (enum lg_shape shape = 0; shape < LG_SHAPE_COUNT; shape++)
        if (is_of_class(pick, shape) && count_keys(shape, &name) == 1)
            return name;
    return "";
}

/* The key of that name of the first class that has one. */
static const struct lg_wmi_property_row *any_key(const struct pick *pick, const char *name)
{
    const struct lg_wmi_property_row *key = NULL;
    for (enum lg_shape shape = 0; shape < LG_SHAPE_COUNT && !key; shape++)
        if (is_of_class(pick, shape))
            key = key_of(pick, shape, name);
    return key;
}

/* A reference may be written as an object path too. */
static bool read_wanted(struct wanted *wanted)
{
    const struct lg_selector *selector = wanted->selector;
    if (selector->reference)
        return lg_reference_read(selector->reference, &wanted->reference);
    return lg_path_read(selector->value, &wanted->reference, wanted->room, sizeof wanted->room);
}

static struct lg_wsman_problem check_selector(struct pick *pick, unsigned at)
{
    struct wanted *wanted = &pick->wanted[at];
    wanted->selector = &pick->resource->selectors[at];
    wanted->name = wanted->selector->name[0] ? wanted->selector->name : only_key(pick);
    const char *name = wanted->name;
    const struct lg_wmi_property_row *key = any_key(pick, name);
    if (!key)
        return lg_reads_problem(LG_WSMAN_FAULT_INVALID_SELECTORS, name);
    wanted->is_reference = key->type == LG_VALUE_REFERENCE;
    if (!wanted->is_reference && wanted->selector->reference)
        return lg_reads_problem(LG_WSMAN_FAULT_SELECTOR_TYPE, name);
    if (wanted->is_reference && !read_wanted(wanted))
        return lg_reads_problem(LG_WSMAN_FAULT_SELECTOR_TYPE, name);
    return lg_reads_fine();
}

static struct lg_wsman_problem check_set(const struct lg_resource *resource)
{
    if (resource->namespace_conflict)
        return lg_reads_problem(LG_WSMAN_FAULT_NAMESPACE_CONFLICT, resource->space);
    if (resource->selectors_duplicate)
        return lg_reads_problem(LG_WSMAN_FAULT_DUPLICATE_SELECTORS, resource->class_name);
    if (resource->selectors_overflow)
        return lg_reads_problem(LG_WSMAN_FAULT_SELECTOR_LIMIT, resource->class_name);
    return lg_reads_fine();
}

/* Without any selector only a class without keys has its one instance. */
static struct lg_wsman_problem check_selectors(struct pick *pick)
{
    struct lg_wsman_problem problem = check_set(pick->resource);
    bool keys = false;
    for (unsigned i = 0; i < pick->resource->selector_count && !problem.fault; i++)
        problem = check_selector(pick, i);
    for (enum lg_shape shape = 0; shape < LG_SHAPE_COUNT && !keys; shape++)
        keys = is_of_class(pick, shape) && has_keys(shape);
    if (!problem.fault && keys && !pick->resource->selector_count)
        return lg_reads_problem(LG_WSMAN_FAULT_INSUFFICIENT_SELECTORS, pick->resource->class_name);
    return problem;
}

/* ---- all together ---- */

static struct lg_wsman_problem pick_one(struct pick *pick)
{
    struct lg_wsman_problem problem = check_selectors(pick);
    for (enum lg_shape shape = 0; shape < LG_SHAPE_COUNT && !problem.fault; shape++)
        if (is_of_class(pick, shape) && has_all_keys(pick, shape) && pick->kept->count < 2)
            problem = look_at(pick, shape);
    if (!problem.fault && pick->kept->count == 0)
        problem = lg_reads_problem(LG_WSMAN_FAULT_NOT_FOUND, pick->resource->class_name);
    if (!problem.fault && pick->kept->count > 1)
        problem = lg_reads_problem(LG_WSMAN_FAULT_AMBIGUOUS_SELECTORS, pick->resource->class_name);
    return problem;
}

struct lg_wsman_problem lg_instance_pick(const struct lg_reads *reads, const char *space,
                                         const struct lg_resource *resource)
{
    struct lg_instances read = {0};
    struct lg_instances kept = {0};
    struct lg_reads trial = *reads;
    struct pick pick = {.resource = resource, .reads = &trial, .kept = &kept};
    trial.found = &read;
    pick.row = lg_class_row(space, resource->class_name);
    if (!pick.row || !lg_versions_have(pick.row->versions, reads->version))
        return lg_reads_problem(LG_WSMAN_FAULT_NOT_FOUND, resource->class_name);
    struct lg_wsman_problem problem = pick_one(&pick);
    if (!problem.fault && !lg_instances_move(&kept, reads->found))
        problem = lg_reads_problem(LG_WSMAN_FAULT_INTERNAL, NULL);
    lg_instances_free(&read);
    lg_instances_free(&kept);
    return problem;
}

struct lg_wsman_problem lg_instance_get(const struct lg_wsman_host *host,
                                        const struct lg_wsman_caller *caller,
                                        const struct lg_resource *resource,
                                        struct lg_instances *instances)
{
    struct lg_reads reads = lg_reads_of(host, caller, instances);
    return lg_instance_pick(&reads, resource->space, resource);
}
