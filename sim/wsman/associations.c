/* Associations: which instances belong together, and the associations as instances themselves. */
#include "instance_reads.h"

/* Seen from one end of a link. */
struct walk {
    const struct lg_reads *reads; /* found: the other ends */
    const struct lg_link_row *link;
    const struct lg_instance *near;
    unsigned side; /* of the near end */
};

/* ---- the other ends ---- */

/* Whether the model says that a VM has what the link is about. */
static struct lg_wsman_problem ask_list(const struct walk *walk, uint16_t vm, bool *listed)
{
    struct lg_outcome outcome;
    *listed = true;
    if (walk->link->list == LG_CALL_NONE || vm == LG_VM_HOST)
        return lg_reads_fine();
    struct lg_wsman_problem problem = lg_read_list(walk->reads, walk->link->list, vm, &outcome);
    *listed = !problem.fault && outcome.list_count > 0;
    return problem;
}

static struct lg_wsman_problem read_far_of_vm(const struct walk *walk, enum lg_shape far,
                                              uint16_t vm)
{
    bool listed;
    struct lg_wsman_problem problem = ask_list(walk, vm, &listed);
    if (problem.fault || !listed)
        return problem;
    return lg_read_all(walk->reads, far, vm);
}

/* From the host's end to those of all VMs. */
static struct lg_wsman_problem read_far_of_all(const struct walk *walk, enum lg_shape far)
{
    const struct lg_wsman_host *host = walk->reads->host;
    struct lg_wsman_problem problem = lg_reads_fine();
    unsigned count = host->vm_count(host->context);
    for (unsigned vm = 0; vm < count && !problem.fault; vm++)
        if (lg_shapes[far].scope == LG_SCOPE_OF_JOB || host->vm_exists(host->context, vm))
            problem = read_far_of_vm(walk, far, (uint16_t)vm);
    return problem;
}

/* Only a security method's job has a type that the model knows. */
static bool is_security_job(const struct lg_instance *job)
{
    const struct lg_property *type = lg_instance_property(job, "JobType");
    return type && !json_is_null(type->value);
}

static bool has_owner(const void *context, const struct lg_instance *far)
{
    const struct walk *walk = context;
    bool near_is_job = walk->near->origin.shape == LG_SHAPE_JOB;
    const struct lg_instance *job = near_is_job ? walk->near : far;
    const struct lg_instance *owner = near_is_job ? far : walk->near;
    return is_security_job(job) == (owner->origin.shape == LG_SHAPE_SECURITY_SERVICE);
}

static struct lg_wsman_problem read_far(const struct walk *walk)
{
    enum lg_shape far = walk->link->ends[1 - walk->side];
    uint16_t vm = walk->near->origin.vm;
    struct lg_wsman_problem problem;
    if (!lg_shape_is_there(far, walk->reads->version))
        return lg_reads_fine();
    if (vm == LG_VM_HOST && lg_shapes[far].scope != LG_SCOPE_OF_HOST)
        problem = read_far_of_all(walk, far);
    else
        problem = read_far_of_vm(walk, far, vm);
    if (walk->link->association == LG_SHAPE_OWNING_JOB_ELEMENT)
        lg_instances_keep(walk->reads->found, has_owner, walk);
    return problem;
}

/* ---- associations as instances ---- */

static json_t *reference_to(const struct lg_instance *instance)
{
    json_t *keys = json_array();
    for (unsigned i = 0; i < instance->count; i++) {
        const struct lg_property *property = &instance->properties[i];
        if (property->is_key)
            json_array_append_new(keys, json_pack("[sO]", property->name, property->value));
    }
    return json_pack("{ssso}", "class", instance->class_name, "keys", keys);
}

static json_t *end_value(const struct walk *walk, const struct lg_instance *far, const char *role)
{
    bool near = lg_same_text(walk->link->roles[walk->side], role);
    return reference_to(near ? walk->near : far);
}

static bool add_association(const struct walk *walk, const struct lg_instance *far,
                            struct lg_instances *found)
{
    unsigned count;
    enum lg_shape shape = walk->link->association;
    const struct lg_wmi_property_row *rows = lg_shape_properties(shape, &count);
    struct lg_instance *instance = lg_instances_add(found, shape);
    for (unsigned i = 0; instance && i < count; i++) {
        const struct lg_wmi_property_row *row = &rows[i];
        if (row->source == LG_WMI_SOURCE_END)
            lg_instance_put(instance, row, end_value(walk, far, row->name));
        else if (row->argument)
            lg_instance_put(instance, row, json_loads(row->argument, JSON_DECODE_ANY, NULL));
        else
            lg_instance_put(instance, row, NULL);
    }
    return instance != NULL;
}

/* Adds the other ends of a link to what was found, or the associations with them. */
static struct lg_wsman_problem follow(const struct lg_reads *reads, const struct lg_link_row *link,
                                      const struct lg_instance *near, unsigned side,
                                      bool references)
{
    struct lg_instances far = {0};
    struct lg_reads far_reads = *reads;
    struct walk walk = {&far_reads, link, near, side};
    far_reads.found = &far;
    struct lg_wsman_problem problem = read_far(&walk);
    bool room = true;
    if (!problem.fault && !references)
        room = lg_instances_move(&far, reads->found);
    for (size_t i = 0; !problem.fault && references && room && i < far.count; i++)
        room = add_association(&walk, &far.items[i], reads->found);
    lg_instances_free(&far);
    return room ? problem : lg_reads_problem(LG_WSMAN_FAULT_INTERNAL, NULL);
}

static struct lg_wsman_problem read_link(const struct lg_reads *reads,
                                         const struct lg_link_row *link)
{
    struct lg_instances near = {0};
    struct lg_reads near_reads = *reads;
    near_reads.found = &near;
    struct lg_wsman_problem problem = lg_read_all(&near_reads, link->ends[0], LG_VM_HOST);
    for (size_t i = 0; i < near.count && !problem.fault; i++)
        problem = follow(reads, link, &near.items[i], 0, true);
    lg_instances_free(&near);
    return problem;
}

struct lg_wsman_problem lg_read_association(const struct lg_reads *reads, enum lg_shape association)
{
    struct lg_wsman_problem problem = lg_reads_fine();
    for (unsigned i = 0; i < lg_link_count && !problem.fault; i++)
        if (lg_links[i].association == association &&
            lg_shape_is_there(lg_links[i].ends[0], reads->version))
            problem = read_link(reads, &lg_links[i]);
    return problem;
}

/* ---- from one object ---- */

static bool class_passes(enum lg_shape shape, const char *filter)
{
    return !filter || lg_class_is_a(lg_shapes[shape].space, lg_shapes[shape].class_name, filter);
}

static bool role_passes(const char *role, const char *filter)
{
    return !filter || lg_same_text(role, filter);
}

static bool link_passes(const struct lg_link_row *link, unsigned side,
                        const struct lg_association *filter)
{
    enum lg_shape result = filter->references ? link->association : link->ends[1 - side];
    return class_passes(link->association, filter->association_class) &&
           class_passes(result, filter->result_class) &&
           role_passes(link->roles[side], filter->role) &&
           role_passes(link->roles[1 - side], filter->result_role);
}

static struct lg_wsman_problem follow_all(const struct lg_reads *reads,
                                          const struct lg_instance *near,
                                          const struct lg_association *filter)
{
    struct lg_wsman_problem problem = lg_reads_fine();
    for (unsigned i = 0; i < 2 * lg_link_count && !problem.fault; i++) {
        const struct lg_link_row *link = &lg_links[i / 2];
        unsigned side = i % 2;
        if (link->ends[side] == near->origin.shape && link_passes(link, side, filter))
            problem = follow(reads, link, near, side, filter->references);
    }
    return problem;
}

struct lg_wsman_problem lg_instances_associated(const struct lg_wsman_host *host,
                                                const struct lg_wsman_caller *caller,
                                                const char *space,
                                                const struct lg_association *association,
                                                struct lg_instances *instances)
{
    struct lg_reads reads = lg_reads_of(host, caller, instances);
    struct lg_instances near = {0};
    struct lg_reads near_reads = lg_reads_of(host, caller, &near);
    const struct lg_resource *object = association->object;
    struct lg_wsman_problem problem =
        lg_instance_pick(&near_reads, object->space[0] ? object->space : space, object);
    if (!problem.fault)
        problem = follow_all(&reads, &near.items[0], association);
    lg_instances_free(&near);
    return problem;
}
