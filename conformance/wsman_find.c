/* What a client finds on a host. */
#include "wsman_find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WQL_BYTES = 1024 };

static void copy_property(char *to, size_t size, const struct lg_xml_node *instance,
                          const char *name)
{
    char *text = lg_instance_text(instance, name);
    snprintf(to, size, "%s", text ? text : "");
    free(text);
}

/* ---- the host ---- */

static void take_service(void *context, const struct lg_xml_node *instance)
{
    struct lg_found_service *service = context;
    copy_property(service->name, sizeof service->name, instance, "Name");
    copy_property(service->system, sizeof service->system, instance, "SystemName");
    service->found = true;
}

static void take_nothing(void *context, const struct lg_xml_node *instance)
{
    (void)context, (void)instance;
}

static enum lg_exchanged find_service(struct lg_session *session, const char *class_name,
                                      struct lg_found_service *service, struct lg_told_fault *fault,
                                      struct lg_json_error *reason)
{
    char wql[WQL_BYTES];
    snprintf(wql, sizeof wql, "SELECT * FROM %s", class_name);
    memset(service, 0, sizeof *service);
    return lg_message_query(session->client, wql, take_service, service, fault, reason);
}

/* Only what says that the class is not there counts: rights and failures say nothing of it. */
static bool is_about_class(const struct lg_told_fault *fault)
{
    return fault->fault == LG_WSMAN_FAULT_INVALID_CLASS_QUERY ||
           fault->fault == LG_WSMAN_FAULT_INVALID_FILTER ||
           fault->fault == LG_WSMAN_FAULT_NOT_FOUND ||
           fault->hresult == lg_faults[LG_FAULT_INVALID_CLASS].hresult;
}

bool lg_find_class(struct lg_session *session, const char *class_name)
{
    struct lg_told_fault fault;
    struct lg_json_error reason;
    char wql[WQL_BYTES];
    snprintf(wql, sizeof wql, "SELECT * FROM %.200s", class_name);
    return lg_message_query(session->client, wql, take_nothing, NULL, &fault, &reason) !=
               LG_EXCHANGED_FAULT ||
           !is_about_class(&fault);
}

/* The build in "OS: 10.0.20348 SP: 0.0 Stack: 3.0"; Windows numbers grow. */
static enum lg_host_version version_of(const char *product)
{
    static const struct {
        unsigned build;
        enum lg_host_version version;
    } builds[] = {
        {26100, LG_HOST_2025}, {20348, LG_HOST_2022}, {17763, LG_HOST_2019}, {14393, LG_HOST_2016}};
    unsigned build = 0;
    const char *at = strstr(product, "OS: 10.0.");
    if (!at || sscanf(at, "OS: 10.0.%u", &build) != 1)
        return LG_HOST_BELOW;
    for (unsigned i = 0; i < sizeof builds / sizeof builds[0]; i++)
        if (build >= builds[i].build)
            return builds[i].version;
    return LG_HOST_BELOW;
}

static enum lg_exchanged identify(struct lg_session *session, struct lg_json_error *reason)
{
    struct lg_text message = {0};
    struct lg_exchange exchange;
    lg_text_add(&message, "<s:Envelope xmlns:s=\"" LG_NS_SOAP "\" xmlns:i=\"" LG_NS_IDENTITY
                          "\"><s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>");
    enum lg_exchanged exchanged = lg_exchange_run(session->client, &message, &exchange, reason);
    if (exchanged == LG_EXCHANGED)
        copy_property(session->product, sizeof session->product, exchange.body, "ProductVersion");
    else if (exchanged == LG_EXCHANGED_FAULT)
        lg_json_fail(reason, "the host does not identify itself: %s", exchange.fault.text);
    lg_exchange_end(&exchange);
    lg_text_free(&message);
    return exchanged;
}

bool lg_find_host(struct lg_session *session, struct lg_json_error *reason)
{
    struct lg_told_fault fault;
    enum lg_exchanged exchanged = identify(session, reason);
    if (exchanged == LG_EXCHANGED_LOST)
        return lg_json_fail(reason, "the host did not answer Identify");
    if (exchanged != LG_EXCHANGED)
        return false;
    session->version = version_of(session->product);
    exchanged = find_service(session, "Msvm_VirtualSystemManagementService", &session->management,
                             &fault, reason);
    if (exchanged == LG_EXCHANGED_FAULT)
        return lg_json_fail(reason, "the host has no " LG_VIRTUALIZATION " for this account: %s",
                            fault.text);
    if (exchanged != LG_EXCHANGED)
        return false;
    if (!session->management.found)
        return lg_json_fail(reason, "no Msvm_VirtualSystemManagementService is there for this "
                                    "account");
    exchanged = find_service(session, "Msvm_SecurityService", &session->security, &fault, reason);
    return exchanged == LG_EXCHANGED || exchanged == LG_EXCHANGED_FAULT;
}

/* ---- VMs ---- */

struct vm_list {
    const char *name;
    const char *system; /* the host's own name: the one Msvm_ComputerSystem that is no VM */
    struct lg_found_vm *vms;
    int count;
    int max;
};

static void take_vm(void *context, const struct lg_xml_node *instance)
{
    struct vm_list *list = context;
    struct lg_found_vm vm = {.disposable = false};
    copy_property(vm.name, sizeof vm.name, instance, "Name");
    copy_property(vm.element_name, sizeof vm.element_name, instance, "ElementName");
    if (!vm.name[0] || strcasecmp(vm.name, list->system) == 0)
        return;
    if (list->name && strcasecmp(vm.name, list->name) != 0 &&
        strcasecmp(vm.element_name, list->name) != 0)
        return;
    if (list->count < list->max)
        list->vms[list->count] = vm;
    list->count++;
}

static void take_mark(void *context, const struct lg_xml_node *instance)
{
    struct lg_found_vm *vm = context;
    const struct lg_xml_node *notes = lg_xml_child(instance, NULL, "Notes");
    for (; notes; notes = lg_xml_next(notes, NULL, "Notes"))
        vm->disposable |= strstr(notes->text, LG_DISPOSABLE) != NULL;
}

static enum lg_exchanged find_mark(struct lg_session *session, struct lg_found_vm *vm,
                                   struct lg_json_error *reason)
{
    struct lg_told_fault fault;
    char wql[WQL_BYTES];
    snprintf(wql, sizeof wql,
             "SELECT * FROM Msvm_VirtualSystemSettingData WHERE InstanceID = 'Microsoft:%s'",
             vm->name);
    return lg_message_query(session->client, wql, take_mark, vm, &fault, reason);
}

int lg_find_vms(struct lg_session *session, const char *name, struct lg_found_vm *vms, int max,
                struct lg_json_error *reason)
{
    struct vm_list list = {name, session->management.system, vms, 0, max};
    struct lg_told_fault fault;
    enum lg_exchanged exchanged = lg_message_query(
        session->client, "SELECT * FROM Msvm_ComputerSystem", take_vm, &list, &fault, reason);
    for (int i = 0; exchanged == LG_EXCHANGED && i < list.count && i < max; i++)
        exchanged = find_mark(session, &vms[i], reason);
    if (exchanged == LG_EXCHANGED_FAULT)
        lg_json_fail(reason, "the VMs cannot be listed: %s", fault.text);
    return exchanged == LG_EXCHANGED ? list.count : -1;
}

/* ---- instances of a VM ---- */

struct read {
    struct lg_session *session;
    enum lg_method method;
    json_t *json; /* of the first */
    char id[LG_VALUE_BYTES];
};

static void take_read(void *context, const struct lg_xml_node *instance)
{
    struct read *read = context;
    if (read->json)
        return;
    read->json = lg_instance_to_json(instance, read->method, &read->session->wire);
    copy_property(read->id, sizeof read->id, instance, "InstanceID");
}

static void write_query(char wql[WQL_BYTES], enum lg_method read, const char *vm)
{
    const char *class_name = lg_methods[read].class_name;
    if (read == LG_CALL_READ_SECURITY_ELEMENT)
        snprintf(wql, WQL_BYTES, "SELECT * FROM %s WHERE SystemName = '%s'", class_name, vm);
    else
        snprintf(wql, WQL_BYTES, "SELECT * FROM %s WHERE InstanceID LIKE 'Microsoft:%s%%'",
                 class_name, vm);
}

static void keep_setting_part(struct lg_session *session, const char *vm, const char *id)
{
    const char *part = strchr(id, '\\');
    if (!part)
        return;
    snprintf(session->setting_part, sizeof session->setting_part, "%s", part + 1);
    snprintf(session->setting_vm, sizeof session->setting_vm, "%s", vm);
}

json_t *lg_find_instance(struct lg_session *session, enum lg_method method, const char *vm,
                         enum lg_exchanged *exchanged, struct lg_told_fault *fault,
                         struct lg_json_error *reason)
{
    struct read read = {.session = session, .method = method};
    char wql[WQL_BYTES];
    write_query(wql, method, vm);
    *exchanged = lg_message_query(session->client, wql, take_read, &read, fault, reason);
    if (method == LG_CALL_READ_SECURITY_SETTING && read.json)
        keep_setting_part(session, vm, read.id);
    if (*exchanged == LG_EXCHANGED)
        return read.json;
    json_decref(read.json);
    return NULL;
}

void lg_find_setting_part(struct lg_session *session, const char *vm)
{
    struct lg_told_fault fault;
    struct lg_json_error reason;
    enum lg_exchanged exchanged;
    if (strcasecmp(session->setting_vm, vm) != 0)
        json_decref(lg_find_instance(session, LG_CALL_READ_SECURITY_SETTING, vm, &exchanged, &fault,
                                     &reason));
}

static void take_vm_name(void *context, const struct lg_xml_node *instance)
{
    char *vm = context;
    if (strcmp(instance->name, "Msvm_ComputerSystem") == 0 ||
        strcmp(instance->name, "Msvm_PlannedComputerSystem") == 0)
        copy_property(vm, LG_NAME_BYTES, instance, "Name");
}

void lg_find_vm_of_job(struct lg_session *session, const char *job, char vm[LG_NAME_BYTES])
{
    struct lg_told_fault fault;
    struct lg_json_error reason;
    char wql[WQL_BYTES];
    vm[0] = '\0';
    snprintf(wql, sizeof wql,
             "ASSOCIATORS OF {Msvm_ConcreteJob.InstanceID='%s'} "
             "WHERE AssocClass = Msvm_AffectedJobElement",
             job);
    lg_message_query(session->client, wql, take_vm_name, vm, &fault, &reason);
}
