/* An example of fuzz/plugin.h: a small security service as somebody might write it, with a bug to
 * find. It keeps protectors of VMs; power, settings and jobs it does not have, and says so. */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin.h"

enum { VMS_MAX = 16, ANSWER_BYTES = 4 * 1024 * 1024 };

struct vm {
    bool exists;
    char *protector; /* base64; NULL: none was set */
    char *policy;
};

struct service {
    struct vm vms[VMS_MAX];
    char *answer;
};

static void forget(struct service *service)
{
    for (int i = 0; i < VMS_MAX; i++) {
        free(service->vms[i].protector);
        free(service->vms[i].policy);
    }
    memset(service->vms, 0, sizeof service->vms);
}

static json_t *refuse(const char *reason)
{
    return json_pack("{s:b, s:{s:s}}", "ok", 0, "error", "reason", reason);
}

static json_t *done(json_int_t code)
{
    return json_pack("{s:b, s:I, s:{}}", "ok", 1, "return", code, "out");
}

static json_t *hello(void)
{
    return json_pack("{s:b, s:i, s:[s, s, s]}", "ok", 1, "protocol", 1, "capabilities", "events",
                     "material", "clock");
}

/* The VM whose security settings this text is, as clients mostly write it; NULL for any other. */
static struct vm *find(struct service *service, const char *text)
{
    static const char before[] = "<INSTANCE CLASSNAME=\"Msvm_SecuritySettingData\"><PROPERTY "
                                 "NAME=\"InstanceID\" TYPE=\"string\"><VALUE>Microsoft:vm";
    static const char after[] = "</VALUE></PROPERTY></INSTANCE>";
    char *end = NULL;
    if (!text || strncmp(text, before, sizeof before - 1) != 0)
        return NULL;
    unsigned long number = strtoul(text + sizeof before - 1, &end, 10);
    bool plain = *end == '\\' && strcmp(end + strcspn(end, "<"), after) == 0;
    return plain && number < VMS_MAX && service->vms[number].exists ? &service->vms[number] : NULL;
}

static json_t *create(struct service *service)
{
    char name[16];
    for (int i = 0; i < VMS_MAX; i++)
        if (!service->vms[i].exists) {
            service->vms[i].exists = true;
            snprintf(name, sizeof name, "vm%d", i);
            return json_pack("{s:b, s:{s:s}}", "ok", 1, "out", "vm", name);
        }
    return refuse("no room for another VM");
}

/* The bug: the new protector is written over the policy's memory once a policy was set. */
static void store_protector(struct vm *vm, const char *text)
{
    char **place = vm->policy ? &vm->policy : &vm->protector;
    free(*place);
    *place = strdup(text);
}

static void store_policy(struct vm *vm, const char *text)
{
    free(vm->policy);
    vm->policy = strdup(text);
}

/* Bytes of four or more whose front tells their length: the rest is somebody else's problem. */
static const char *plain_bytes(const json_t *args, const char *name)
{
    const char *text = json_string_value(json_object_get(args, name));
    return text && strlen(text) >= 32 && strlen(text) < 1024 ? text : NULL;
}

static json_t *set(struct vm *vm, const json_t *args, const char *name,
                   void (*store)(struct vm *vm, const char *text))
{
    const char *text = plain_bytes(args, name);
    if (!text)
        return refuse("only plain bytes are taken");
    store(vm, text);
    return done(0);
}

static json_t *get(const struct vm *vm)
{
    if (!vm->protector)
        return refuse("no protector is set");
    return json_pack("{s:b, s:i, s:{s:s}}", "ok", 1, "return", 0, "out", "KeyProtector",
                     vm->protector);
}

static json_t *call(struct service *service, const json_t *request)
{
    const char *method = json_string_value(json_object_get(request, "method"));
    const json_t *args = json_object_get(request, "args");
    struct vm *vm = find(service, json_string_value(json_object_get(args, "SecuritySettingData")));
    if (!method || !vm)
        return refuse("not taken");
    if (strcmp(method, "Msvm_SecurityService.SetKeyProtector") == 0)
        return set(vm, args, "KeyProtector", store_protector);
    if (strcmp(method, "Msvm_SecurityService.SetSecurityPolicy") == 0)
        return set(vm, args, "SecurityPolicy", store_policy);
    if (strcmp(method, "Msvm_SecurityService.GetKeyProtector") == 0)
        return get(vm);
    return refuse("not taken");
}

static json_t *event(struct service *service, const json_t *request)
{
    const char *name = json_string_value(json_object_get(request, "event"));
    const json_t *args = json_object_get(request, "args");
    bool plain = !args || (json_object_size(args) == 1 &&
                           json_integer_value(json_object_get(args, "generation")) == 2);
    if (name && strcmp(name, "Vm.Create") == 0 && plain)
        return create(service);
    return refuse("not taken");
}

static json_t *carry_out(struct service *service, const json_t *request)
{
    const char *op = json_string_value(json_object_get(request, "op"));
    if (op && strcmp(op, "hello") == 0)
        return hello();
    if (op && strcmp(op, "call") == 0)
        return call(service, request);
    if (op && strcmp(op, "event") == 0)
        return event(service, request);
    if (!op || strcmp(op, "reset") != 0)
        return refuse("not taken");
    forget(service);
    return json_pack("{s:b}", "ok", 1);
}

static const char *answer(void *self, const char *request, size_t length)
{
    struct service *service = self;
    json_t *asked = json_loadb(request, length, JSON_REJECT_DUPLICATES, NULL);
    json_t *answered = asked ? carry_out(service, asked) : refuse("no JSON");
    json_object_set(answered, "id", asked ? json_object_get(asked, "id") : NULL);
    size_t size = json_dumpb(answered, service->answer, ANSWER_BYTES - 1, JSON_COMPACT);
    service->answer[size < ANSWER_BYTES ? size : 0] = '\0';
    json_decref(asked);
    json_decref(answered);
    return service->answer;
}

static void *open_service(void)
{
    struct service *service = calloc(1, sizeof *service);
    if (service)
        service->answer = malloc(ANSWER_BYTES);
    return service;
}

static void close_service(void *self)
{
    struct service *service = self;
    forget(service);
    free(service->answer);
    free(service);
}

const struct lastgood_plugin *lastgood_plugin(void)
{
    static const struct lastgood_plugin plugin = {LASTGOOD_PLUGIN_VERSION, open_service, answer,
                                                  close_service};
    return &plugin;
}
