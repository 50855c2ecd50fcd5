/* Between the files that make instances: reads of one shape, and the pairs of an association. */
#ifndef LG_INSTANCE_READS_H
#define LG_INSTANCE_READS_H

#include "class_table.h"

/* Who reads, and where what was found goes. */
struct lg_reads {
    const struct lg_wsman_host *host;
    const struct lg_wsman_caller *caller;
    struct lg_instances *found;
    uint8_t version;
};
struct lg_reads lg_reads_of(const struct lg_wsman_host *host, const struct lg_wsman_caller *caller,
                            struct lg_instances *found);

struct lg_wsman_problem lg_reads_fine(void);
struct lg_wsman_problem lg_reads_problem(enum lg_wsman_fault fault, const char *about);

/* The instance of a shape that belongs to this VM or job (LG_VM_HOST and 0 where there is none);
 * adds nothing, without a problem, where the model knows no such instance. */
struct lg_wsman_problem lg_read_one(const struct lg_reads *reads, enum lg_shape shape, uint16_t vm,
                                    uint16_t job);

/* All instances of a shape, or those of one VM. LG_VM_HOST: of all. Not of an association. */
struct lg_wsman_problem lg_read_all(const struct lg_reads *reads, enum lg_shape shape, uint16_t vm);

/* Carries out a call of the model that lists what belongs to a VM. An outcome without a list: none.
 */
struct lg_wsman_problem lg_read_list(const struct lg_reads *reads, unsigned list, uint16_t vm,
                                     struct lg_outcome *outcome);

/* The one instance that the selectors pick (instance_get.c); space: that of the class. */
struct lg_wsman_problem lg_instance_pick(const struct lg_reads *reads, const char *space,
                                         const struct lg_resource *resource);

/* All instances of an association (associations.c). */
struct lg_wsman_problem lg_read_association(const struct lg_reads *reads,
                                            enum lg_shape association);

/* A new, empty instance at the end of the list; NULL: no memory. */
struct lg_instance *lg_instances_add(struct lg_instances *instances, enum lg_shape shape);
/* Drops those that are not good; the others keep their order. */
void lg_instances_keep(struct lg_instances *instances,
                       bool (*good)(const void *context, const struct lg_instance *instance),
                       const void *context);
/* Moves all behind those of another list; false: no memory, and some are still where they were. */
bool lg_instances_move(struct lg_instances *from, struct lg_instances *to);

/* Adds a property; takes the value, which may be NULL for Null. */
void lg_instance_put(struct lg_instance *instance, const struct lg_wmi_property_row *row,
                     json_t *value);

#endif
