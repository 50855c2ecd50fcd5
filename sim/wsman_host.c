/* The simulator as a host of WS-Management. */
#include "wsman_host.h"

#include <stdlib.h>
#include <string.h>

#include "sim/wsman/cim_xml.h"

/* Longer texts are not kept: a name has at most 100 characters in the host's own tools. */
enum { TEXT_BYTES_MAX = 4096 };

/* Another caller than the one before is an event of its own. */
static void become(struct lg_simulator *simulator, uint8_t role)
{
    struct lg_call event = {.method = LG_CALL_CALLER_CHANGES, .vm = LG_VM_HOST, .requested = role};
    struct lg_outcome outcome;
    if (simulator->host.self.host.role != role)
        lg_simulator_call(simulator, &event, &outcome);
}

static bool call(void *context, const struct lg_wsman_caller *caller, struct lg_call *made,
                 struct lg_outcome *outcome)
{
    struct lg_wsman_simulator *it = context;
    become(it->simulator, caller->role);
    return lg_simulator_call(it->simulator, made, outcome);
}

static unsigned vm_count(void *context)
{
    const struct lg_wsman_simulator *it = context;
    return it->simulator->host.vm_count;
}

static bool vm_exists(void *context, unsigned vm)
{
    const struct lg_wsman_simulator *it = context;
    const struct lg_host *host = &it->simulator->host;
    return vm < host->vm_count && host->cells[vm].vm.kind != LG_VM_NONE;
}

static uint8_t version(void *context)
{
    const struct lg_wsman_simulator *it = context;
    return it->simulator->host.self.host.version;
}

/* ---- what VMs are called ---- */

static struct lg_vm_texts *texts_of(struct lg_wsman_simulator *it, unsigned vm)
{
    struct lg_vm_texts *texts = vm < LG_VMS_MAX ? &it->texts[vm] : NULL;
    return texts && texts->serial == it->simulator->vm_serial[vm] ? texts : NULL;
}

static const char *vm_element_name(void *context, unsigned vm)
{
    const struct lg_vm_texts *texts = texts_of(context, vm);
    return texts && texts->element_name ? texts->element_name : "New Virtual Machine";
}

static const char *vm_notes(void *context, unsigned vm)
{
    const struct lg_vm_texts *texts = texts_of(context, vm);
    return texts && texts->notes ? texts->notes : "";
}

static char *copy_item(const struct lg_cim_instance *instance, const char *name)
{
    const struct lg_cim_property *property = lg_cim_instance_find(instance, name);
    const char *text = property && !property->is_null && !property->is_opaque
                           ? lg_cim_property_item(instance, property, 0)
                           : NULL;
    size_t size = text ? strlen(text) + 1 : 0;
    char *copy = size > 1 && size <= TEXT_BYTES_MAX ? malloc(size) : NULL;
    if (copy)
        memcpy(copy, text, size);
    return copy;
}

static void forget(struct lg_vm_texts *texts)
{
    free(texts->element_name);
    free(texts->notes);
    memset(texts, 0, sizeof *texts);
}

static void vm_defined(void *context, unsigned vm, const char *text, size_t length)
{
    struct lg_wsman_simulator *it = context;
    struct lg_cim_instance *instance = malloc(sizeof *instance);
    if (vm < LG_VMS_MAX && instance) {
        forget(&it->texts[vm]);
        if (lg_cim_xml_parse(text, length, LG_CIM_XML_TEXT_CEILING, instance, NULL))
            it->texts[vm] = (struct lg_vm_texts){it->simulator->vm_serial[vm],
                                                 copy_item(instance, "ElementName"),
                                                 copy_item(instance, "Notes")};
    }
    free(instance);
}

void lg_wsman_simulator_init(struct lg_wsman_simulator *it, struct lg_simulator *simulator,
                             const char *machine)
{
    memset(it, 0, sizeof *it);
    it->simulator = simulator;
    it->host = (struct lg_wsman_host){.context = it,
                                      .names = &simulator->names,
                                      .machine = machine,
                                      .call = call,
                                      .vm_count = vm_count,
                                      .vm_exists = vm_exists,
                                      .version = version,
                                      .vm_element_name = vm_element_name,
                                      .vm_notes = vm_notes,
                                      .vm_defined = vm_defined};
}

void lg_wsman_simulator_free(struct lg_wsman_simulator *it)
{
    for (unsigned i = 0; i < LG_VMS_MAX; i++)
        forget(&it->texts[i]);
}
