/* Keeps key protectors of VMs, behind the line protocol; knows the model no more than any other
 * program. Each of its defects is one that C makes easy.
 *
 * usage: defective none|stale-tail|short-length|shared-slot|prefix-name */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VMS = 8, NAME = 40, ROOM = 4 * 1024 * 1024, INVALID = 32773 };

enum defect {
    NONE,
    STALE_TAIL,   /* a shorter protector leaves the end of the longer one before it */
    SHORT_LENGTH, /* lengths are kept in 16 bits */
    SHARED_SLOT,  /* two VMs share a place */
    PREFIX_NAME   /* names are compared in their first characters only */
};

static const char *const defect_names[] = {"none", "stale-tail", "short-length", "shared-slot",
                                           "prefix-name"};

struct vm {
    char name[NAME];
    char text[ROOM]; /* base64 */
    size_t length;
};

struct service {
    enum defect defect;
    unsigned count;
    unsigned made;
    struct vm *vms;
};

static json_t *answer(int code, const char *protector)
{
    json_t *out = json_object();
    if (protector)
        json_object_set_new(out, "KeyProtector", json_string(protector));
    return json_pack("{s:b, s:i, s:o}", "ok", 1, "return", code, "out", out);
}

static json_t *refuse(const char *reason)
{
    return json_pack("{s:b, s:{s:i, s:s}}", "ok", 0, "error", "offset", 0, "reason", reason);
}

/* The VM that the setting data names; NULL for what this program does not take. */
static struct vm *find(struct service *service, const json_t *args)
{
    static const char lead[] = ">Microsoft:";
    const char *text = json_string_value(json_object_get(args, "SecuritySettingData"));
    const char *instance = text && *text == '<' ? strstr(text, "<INSTANCE ") : NULL;
    bool whole = instance && !strstr(instance + 1, "<INSTANCE ") && strstr(text, "</INSTANCE>") &&
                 strstr(text, "\"Msvm_SecuritySettingData\"");
    const char *at = whole ? strstr(text, lead) : NULL;
    size_t length = service->defect == PREFIX_NAME ? 24 : 36;
    for (unsigned i = 0; at && i < service->count; i++)
        if (strncmp(at + sizeof lead - 1, service->vms[i].name, length) == 0)
            return &service->vms[service->defect == SHARED_SLOT ? i / 2 : i];
    return NULL;
}

/* Bytes that base64 of this length holds. */
static size_t bytes_of(const char *text)
{
    size_t length = strlen(text);
    size_t padding = length && text[length - 1] == '=' ? 1 : 0;
    padding += length > 1 && text[length - 2] == '=' ? 1 : 0;
    return length / 4 * 3 - padding;
}

static unsigned digit_of(char digit)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = strchr(digits, digit);
    return at ? (unsigned)(at - digits) : 0;
}

/* Whether the first four bytes tell the length, and something is behind them. */
static bool is_protector(const char *text)
{
    size_t told = 0;
    if (strlen(text) < 8 || strlen(text) >= ROOM)
        return false;
    for (unsigned i = 0; i < 6; i++)
        told = told << 6 | digit_of(text[i]);
    return told >> 4 == bytes_of(text) && bytes_of(text) > 4;
}

static json_t *set_protector(struct service *service, const json_t *args)
{
    struct vm *vm = find(service, args);
    const char *given = json_string_value(json_object_get(args, "KeyProtector"));
    if (!vm || !given || !is_protector(given))
        return answer(INVALID, NULL);
    size_t length = strlen(given);
    if (service->defect == SHORT_LENGTH)
        length = (uint16_t)bytes_of(given) / 3 * 4;
    if (service->defect == STALE_TAIL && length < vm->length)
        length -= 4;
    else
        vm->length = length;
    memcpy(vm->text, given, length);
    vm->text[vm->length] = 0;
    return answer(0, NULL);
}

static json_t *get_protector(struct service *service, const json_t *args)
{
    const struct vm *vm = find(service, args);
    if (!vm)
        return answer(INVALID, NULL);
    return answer(0, vm->length ? vm->text : "AAAABA==");
}

static json_t *create(struct service *service, const json_t *args)
{
    if (service->count == VMS || json_integer_value(json_object_get(args, "generation")) != 2 ||
        json_object_size(args) != 1)
        return refuse("eight plain VMs of generation 2 at most");
    struct vm *vm = &service->vms[service->count++];
    vm->length = 0;
    snprintf(vm->name, sizeof vm->name, "0F0F0F0F-0000-4000-8000-%012u", ++service->made);
    return json_pack("{s:b, s:{s:s}}", "ok", 1, "out", "vm", vm->name);
}

static json_t *carry_out(struct service *service, const json_t *request)
{
    const json_t *args = json_object_get(request, "args");
    const char *op = json_string_value(json_object_get(request, "op"));
    const char *name = json_string_value(json_object_get(request, "method"));
    if (!name)
        name = json_string_value(json_object_get(request, "event"));
    if (op && strcmp(op, "hello") == 0)
        return json_pack("{s:b, s:s, s:s, s:i, s:[s, s]}", "ok", 1, "program", "defective",
                         "version", "1", "protocol", 1, "capabilities", "events", "material");
    if (op && (strcmp(op, "reset") == 0 || strcmp(op, "bye") == 0)) {
        service->count = 0;
        return json_pack("{s:b}", "ok", 1);
    }
    if (name && strcmp(name, "Vm.Create") == 0)
        return create(service, args);
    if (name && strcmp(name, "Msvm_SecurityService.SetKeyProtector") == 0)
        return set_protector(service, args);
    if (name && strcmp(name, "Msvm_SecurityService.GetKeyProtector") == 0)
        return get_protector(service, args);
    return refuse("not known here");
}

static void serve(struct service *service)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        json_t *request = json_loads(line, 0, NULL);
        json_t *said = carry_out(service, request);
        json_object_set(said, "id", json_object_get(request, "id"));
        json_dumpf(said, stdout, JSON_COMPACT);
        putchar('\n');
        fflush(stdout);
        json_decref(said);
        json_decref(request);
    }
    free(line);
}

int main(int argc, char **argv)
{
    struct service service = {NONE, 0, 0, calloc(VMS, sizeof *service.vms)};
    unsigned defect = 0;
    while (defect < 5 && (argc != 2 || strcmp(argv[1], defect_names[defect]) != 0))
        defect++;
    if (defect == 5 || !service.vms) {
        fprintf(stderr, "usage: defective none|stale-tail|short-length|shared-slot|prefix-name\n");
        free(service.vms);
        return 64;
    }
    service.defect = (enum defect)defect;
    serve(&service);
    free(service.vms);
    return 0;
}
