/* Any text as an object path, as selectors and as a filter of associations: reading ends within its
 * bounds and says the same twice; only instances that the service has answer it, each under a path
 * that finds it again. */
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "sim/wsman/instances.h"
#include "sim/wsman/wql.h"
#include "sim/wsman_host.h"
#include "simulators.h"

enum { ROOM = 2048, SELECTORS_MAX = 4 };

static struct lg_wsman_simulator host;
static const struct lg_wsman_caller caller = {"fuzzer", LG_ROLE_ADMINISTRATOR};

static void make_host(void)
{
    static struct lg_simulator simulator;
    static bool made;
    struct lg_outcome outcome;
    if (made)
        return;
    made = true;
    lg_simulator_renew(&simulator);
    for (int i = 0; i < 2; i++) {
        struct lg_call make = {.method = LG_CALL_VM_CREATED, .vm = LG_VM_HOST, .requested = 2};
        lg_simulator_call(&simulator, &make, &outcome);
    }
    lg_wsman_simulator_init(&host, &simulator, "HOST");
}

static void check_resource(const struct lg_resource *resource)
{
    lg_holds(resource->selector_count <= LG_SELECTORS_MAX);
    lg_holds(memchr(resource->space, '\0', sizeof resource->space) != NULL);
    lg_holds(memchr(resource->class_name, '\0', sizeof resource->class_name) != NULL);
    for (unsigned i = 0; i < resource->selector_count; i++)
        lg_holds(lg_resource_selector(resource, resource->selectors[i].name) != NULL);
}

/* Instances that were found are found again under their whole keys. */
static void check_found(const struct lg_instances *found)
{
    for (size_t i = 0; i < found->count && i < 4; i++) {
        const struct lg_instance *instance = &found->items[i];
        lg_holds(instance->count <= LG_PROPERTIES_MAX);
        lg_holds(lg_class_find(&host.host, instance->space, instance->class_name) != NULL);
    }
}

static bool get(const struct lg_resource *resource)
{
    struct lg_instances found = {0};
    const struct lg_wsman_problem problem = lg_instance_get(&host.host, &caller, resource, &found);
    bool one = problem.fault == LG_WSMAN_FAULT_NONE;
    lg_holds(!one || found.count == 1);
    check_found(&found);
    lg_saw(&problem.fault, sizeof problem.fault);
    lg_instances_free(&found);
    return one;
}

static void check_path(const char *text)
{
    struct lg_resource first, second;
    char room[ROOM], again[ROOM];
    bool read = lg_path_read(text, &first, room, sizeof room);
    lg_holds(read == lg_path_read(text, &second, again, sizeof again));
    if (!read)
        return;
    check_resource(&first);
    lg_holds(strcmp(first.class_name, second.class_name) == 0);
    if (!first.space[0])
        strcpy(first.space, "root/virtualization/v2");
    lg_holds(get(&first) == get(&first));
}

/* CLASS NAME VALUE NAME VALUE..., one a line. */
static void check_selectors(char *text)
{
    struct lg_resource resource = {
        .family = LG_URI_WMI, .uri = "", .space = "root/virtualization/v2"};
    char *words[1 + 2 * SELECTORS_MAX] = {text};
    unsigned count = 0;
    for (char *at = text; at && count < 1 + 2 * SELECTORS_MAX;) {
        char *end = strchr(at, '\n');
        words[count++] = at;
        if (end)
            *end = '\0';
        at = end ? end + 1 : NULL;
    }
    if (strlen(words[0]) >= LG_PATH_BYTES)
        return;
    strcpy(resource.class_name, words[0]);
    for (unsigned i = 1; i + 1 < count; i += 2)
        resource.selectors[resource.selector_count++] =
            (struct lg_selector){words[i], words[i + 1], NULL};
    (void)get(&resource);
}

static void check_association(const char *text, size_t length)
{
    struct lg_wql_error error = {.offset = SIZE_MAX};
    struct lg_wql *wql = lg_wql_parse(text, length, &error);
    struct lg_instances found = {0};
    struct lg_resource object;
    char room[ROOM];
    lg_holds(wql || error.offset <= length);
    if (wql && lg_wql_object(wql) && lg_path_read(lg_wql_object(wql), &object, room, sizeof room)) {
        const struct lg_association association = {.object = &object,
                                                   .association_class = lg_wql_assoc_class(wql),
                                                   .result_class = lg_wql_result_class(wql),
                                                   .role = lg_wql_role(wql),
                                                   .result_role = lg_wql_result_role(wql),
                                                   .references =
                                                       lg_wql_kind(wql) == LG_WQL_REFERENCES};
        (void)lg_instances_associated(&host.host, &caller, "root/virtualization/v2", &association,
                                      &found);
        check_found(&found);
    }
    lg_instances_free(&found);
    lg_wql_free(wql);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1);
    lg_holds(text != NULL);
    if (length)
        memcpy(text, bytes, length);
    text[length] = '\0';
    make_host();
    check_path(text);
    check_association(text, length);
    check_selectors(text);
    free(text);
    return 0;
}
