/* CIM instances: what Get, Enumerate, WQL and associations are about. Instances are made of the
 * model's reads (model/classes.def) and of tables of classes (class_table.h). */
#ifndef LG_INSTANCES_H
#define LG_INSTANCES_H

#include "addressing.h"
#include "faults.h"
#include "model/trace_json.h"

/* Whose host it is: what the mapping asks, so that a server and a test can both answer. */
struct lg_wsman_caller {
    const char *account; /* "" where nobody signed in */
    uint8_t role;        /* enum lg_role */
};
struct lg_wsman_host {
    void *context;
    const struct lg_names *names; /* of the target: raw */
    const char *machine;          /* the host's name */
    /* Carries out a call as this caller; false: no room for another VM. */
    bool (*call)(void *context, const struct lg_wsman_caller *caller, struct lg_call *call,
                 struct lg_outcome *outcome);
    unsigned (*vm_count)(void *context); /* VMs have the indexes below it; some may be gone */
    bool (*vm_exists)(void *context, unsigned vm);
    uint8_t (*version)(void *context); /* enum lg_host_version */
    /* Who the VM is beside what the model knows; as DefineSystem was given them, owned by the host.
     */
    const char *(*vm_element_name)(void *context, unsigned vm);
    const char *(*vm_notes)(void *context, unsigned vm);
    /* The SystemSettings of a DefineSystem that answered 0 or 4096: what the model's call leaves
     * out. NULL where nobody keeps it. */
    void (*vm_defined)(void *context, unsigned vm, const char *text, size_t length);
};

enum lg_value_type {
    LG_VALUE_BOOLEAN,
    LG_VALUE_UINT8,
    LG_VALUE_SINT8,
    LG_VALUE_UINT16,
    LG_VALUE_SINT16,
    LG_VALUE_UINT32,
    LG_VALUE_UINT64,
    LG_VALUE_SINT64,
    LG_VALUE_STRING,
    LG_VALUE_DATETIME,
    LG_VALUE_INTERVAL,
    LG_VALUE_REFERENCE
};

/* One property. value: JSON as lg_properties_to_json makes it (null, boolean, integer, string,
 * array; datetimes and intervals as CIM text; uint8 arrays as base64); a reference is the object
 * {"class": ..., "keys": [[name, value], ...]}. */
struct lg_property {
    const char *name;
    enum lg_value_type type;
    bool is_array;
    bool is_key;
    json_t *value;
};
enum { LG_PROPERTIES_MAX = 96 };

/* Where an instance came from: indexes of class_table.h and of the host. */
struct lg_origin {
    uint16_t shape;
    uint16_t vm;  /* LG_VM_HOST where it is of no VM */
    uint16_t job; /* 0 where it is of no job */
};

struct lg_instance {
    struct lg_origin origin;
    const char *class_name;
    const char *space;                                /* "root/virtualization/v2" */
    struct lg_property properties[LG_PROPERTIES_MAX]; /* alphabetical, without case */
    unsigned count;
};

/* Instances, each owned by the list. */
struct lg_instances {
    struct lg_instance *items;
    size_t count;
    size_t capacity;
};
void lg_instances_free(struct lg_instances *instances);

/* The class as this service spells it, or NULL if there is none in this namespace on this host.
 * Compared without case. */
const char *lg_class_find(const struct lg_wsman_host *host, const char *space,
                          const char *class_name);

/* All instances of a class and of those derived from it (deep, each under its own name). Returns a
 * problem where the model refuses the read (access denied, provider down). */
struct lg_wsman_problem lg_instances_of(const struct lg_wsman_host *host,
                                        const struct lg_wsman_caller *caller, const char *space,
                                        const char *class_name, struct lg_instances *instances);

/* The one instance that the selectors pick: a partial key is enough when it picks one; values
 * compare without case. */
struct lg_wsman_problem lg_instance_get(const struct lg_wsman_host *host,
                                        const struct lg_wsman_caller *caller,
                                        const struct lg_resource *resource,
                                        struct lg_instances *instances);

/* Instances associated with one (ASSOCIATORS OF), or the associations themselves (REFERENCES OF).
 * NULL filters are not applied. */
struct lg_association {
    const struct lg_resource *object;
    const char *association_class;
    const char *result_class;
    const char *role;
    const char *result_role;
    bool references; /* the associations themselves */
};
struct lg_wsman_problem lg_instances_associated(const struct lg_wsman_host *host,
                                                const struct lg_wsman_caller *caller,
                                                const char *space,
                                                const struct lg_association *association,
                                                struct lg_instances *instances);

const struct lg_property *lg_instance_property(const struct lg_instance *instance,
                                               const char *name);

/* Writes an instance as WinRM does (wire-facts 6). base64: uint8 arrays as one element. */
void lg_instance_write(struct lg_text *text, const struct lg_instance *instance,
                       enum lg_uri_family family, bool base64);
/* Writes a:EndpointReference of an instance. */
void lg_instance_write_reference(struct lg_text *text, const struct lg_instance *instance,
                                 enum lg_uri_family family);
/* Writes w:XmlFragment with the named columns (WQL projection). */
void lg_instance_write_columns(struct lg_text *text, const struct lg_instance *instance,
                               const char *const *columns, unsigned count, bool base64);

#endif
