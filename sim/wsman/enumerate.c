/* Enumerate: what a request asks for, and the instances that answer it. contexts.c keeps them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cim_xml.h"
#include "exchange.h"

/* Copies what a problem is about before its owner goes. */
static void hold(struct lg_exchange *exchange, struct lg_wsman_problem *problem)
{
    if (problem->about && problem->about != exchange->about)
        problem->about = lg_exchange_hold(exchange->about, sizeof exchange->about, problem->about);
    if (problem->query_class && problem->query_class != exchange->query_class)
        problem->query_class = lg_exchange_hold(exchange->query_class, sizeof exchange->query_class,
                                                problem->query_class);
}

/* ---- options ---- */

static bool read_form(const struct lg_xml_node *mode, enum lg_item_form *form)
{
    *form = LG_ITEM_OBJECT;
    if (!mode || strcmp(mode->token, "EnumerateObject") == 0)
        return true;
    *form = strcmp(mode->token, "EnumerateEPR") == 0 ? LG_ITEM_REFERENCE : LG_ITEM_BOTH;
    return *form == LG_ITEM_REFERENCE || strcmp(mode->token, "EnumerateObjectAndEPR") == 0;
}

/* *optimized: items wanted in the reply itself, 0 if none were asked for. */
static struct lg_wsman_problem read_options(const struct lg_exchange *exchange,
                                            struct lg_enumeration *enumeration,
                                            unsigned long *optimized)
{
    const struct lg_xml_node *body = exchange->request->body;
    const struct lg_xml_node *max = lg_xml_child(body, LG_NS_WSMAN, "MaxElements");
    *optimized = 1;
    if (!read_form(lg_xml_child(body, LG_NS_WSMAN, "EnumerationMode"), &enumeration->form))
        return lg_wsman_problem_of(LG_WSMAN_FAULT_ENUMERATION_MODE,
                                   lg_xml_child(body, LG_NS_WSMAN, "EnumerationMode")->token);
    if (max && !lg_node_number(max, LG_WSMAN_BATCH_ITEMS_MAX, optimized))
        return lg_wsman_problem_of(LG_WSMAN_FAULT_SCHEMA_VALIDATION, "MaxElements");
    if (!lg_xml_child(body, LG_NS_WSMAN, "OptimizeEnumeration"))
        *optimized = 0;
    return LG_NO_PROBLEM;
}

/* ---- narrowing ---- */

static void free_instance(struct lg_instance *instance)
{
    for (unsigned i = 0; i < instance->count; i++)
        json_decref(instance->properties[i].value);
}

/* Keeps the instances that a filter keeps, until it finds a problem. */
static struct lg_wsman_problem narrow(struct lg_instances *instances,
                                      bool (*keep)(const void *filter,
                                                   const struct lg_instance *instance,
                                                   struct lg_wsman_problem *problem),
                                      const void *filter)
{
    struct lg_wsman_problem problem = LG_NO_PROBLEM;
    size_t kept = 0;
    for (size_t i = 0; i < instances->count; i++) {
        struct lg_instance *instance = &instances->items[i];
        if (!problem.fault && !keep(filter, instance, &problem)) {
            free_instance(instance);
            continue;
        }
        if (kept != i)
            instances->items[kept] = *instance;
        kept++;
    }
    instances->count = kept;
    return problem;
}

/* ---- WQL ---- */

struct wql_filter {
    const struct lg_wql *wql;
    const char *machine;
};

static const json_t *row_value(const void *context, const char *name)
{
    const struct lg_property *property = lg_instance_property(context, name);
    return property ? property->value : NULL;
}

static bool keep_by_wql(const void *context, const struct lg_instance *instance,
                        struct lg_wsman_problem *problem)
{
    const struct wql_filter *filter = context;
    const struct lg_wql_row row = {instance, row_value, filter->machine, instance->class_name};
    const char *unknown = lg_wql_unknown(filter->wql, &row);
    if (unknown)
        *problem = lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_FILTER, unknown);
    return lg_wql_matches(filter->wql, &row);
}

static struct lg_wsman_problem select_instances(struct lg_exchange *exchange,
                                                struct lg_enumeration *enumeration)
{
    const char *space = exchange->request->resource.space;
    const char *class_name = lg_wql_class(enumeration->wql);
    const struct wql_filter filter = {enumeration->wql, exchange->host->machine};
    struct lg_wsman_problem problem;
    if (!lg_class_find(exchange->host, space, class_name)) {
        problem = lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_CLASS_QUERY, class_name);
        problem.query_class = class_name;
        return problem;
    }
    problem = lg_instances_of(exchange->host, exchange->caller, space, class_name,
                              &enumeration->instances);
    return problem.fault ? problem : narrow(&enumeration->instances, keep_by_wql, &filter);
}

static struct lg_wsman_problem associate(struct lg_exchange *exchange,
                                         struct lg_enumeration *enumeration,
                                         const struct lg_association *association)
{
    return lg_instances_associated(exchange->host, exchange->caller,
                                   exchange->request->resource.space, association,
                                   &enumeration->instances);
}

static struct lg_wsman_problem query_associations(struct lg_exchange *exchange,
                                                  struct lg_enumeration *enumeration)
{
    const struct lg_wql *wql = enumeration->wql;
    struct lg_resource *object = calloc(1, sizeof *object);
    size_t room_size = 2 * strlen(lg_wql_object(wql)) + LG_PATH_BYTES;
    char *room = malloc(room_size);
    const struct lg_association association = {.object = object,
                                               .association_class = lg_wql_assoc_class(wql),
                                               .result_class = lg_wql_result_class(wql),
                                               .role = lg_wql_role(wql),
                                               .result_role = lg_wql_result_role(wql),
                                               .references = lg_wql_kind(wql) == LG_WQL_REFERENCES};
    struct lg_wsman_problem problem = lg_wsman_problem_of(LG_WSMAN_FAULT_INTERNAL, NULL);
    if (object && room && !lg_path_read(lg_wql_object(wql), object, room, room_size))
        problem = lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_FILTER, "object path");
    else if (object && room)
        problem = associate(exchange, enumeration, &association);
    hold(exchange, &problem);
    free(room);
    free(object);
    return problem;
}

static struct lg_wsman_problem collect_by_wql(struct lg_exchange *exchange,
                                              struct lg_enumeration *enumeration,
                                              const struct lg_xml_node *filter)
{
    const struct lg_resource *resource = &exchange->request->resource;
    struct lg_wql_error error;
    if (strcmp(resource->class_name, "*") != 0)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_FILTER, resource->uri);
    if (resource->selector_count > 0)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_UNEXPECTED_SELECTORS,
                                   resource->selectors[0].name);
    enumeration->wql = lg_wql_parse(filter->token, strlen(filter->token), &error);
    if (!enumeration->wql) {
        char reason[LG_ABOUT_BYTES];
        snprintf(reason, sizeof reason, "%s, at %zu", error.reason, error.offset);
        return lg_wsman_problem_of(
            LG_WSMAN_FAULT_INVALID_FILTER,
            lg_exchange_hold(exchange->about, sizeof exchange->about, reason));
    }
    if (lg_wql_class_defs_only(enumeration->wql))
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_FILTER, "ClassDefsOnly");
    return lg_wql_kind(enumeration->wql) == LG_WQL_SELECT
               ? select_instances(exchange, enumeration)
               : query_associations(exchange, enumeration);
}

/* ---- associationFilter ---- */

/* What a filter narrows by; NULL where it does not. */
static const char *narrowed_by(const struct lg_xml_node *asked, const char *name)
{
    const struct lg_xml_node *node = lg_xml_child(asked, LG_NS_BINDING, name);
    return node && *node->token ? node->token : NULL;
}

static struct lg_wsman_problem collect_by_association(struct lg_exchange *exchange,
                                                      struct lg_enumeration *enumeration,
                                                      const struct lg_xml_node *filter)
{
    const struct lg_xml_node *asked = filter->first;
    struct lg_resource object;
    if (!lg_xml_is(asked, LG_NS_BINDING, "AssociatedInstances") &&
        !lg_xml_is(asked, LG_NS_BINDING, "AssociationInstances"))
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_FILTER, "association filter");
    const struct lg_xml_node *node = lg_xml_child(asked, LG_NS_BINDING, "Object");
    if (!node || !lg_reference_read(node, &object))
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_FILTER, "Object");
    const struct lg_association association = {
        .object = &object,
        .association_class = narrowed_by(asked, "AssociationClassName"),
        .result_class = narrowed_by(asked, "ResultClassName"),
        .role = narrowed_by(asked, "Role"),
        .result_role = narrowed_by(asked, "ResultRole"),
        .references = strcmp(asked->name, "AssociationInstances") == 0};
    struct lg_wsman_problem problem = associate(exchange, enumeration, &association);
    hold(exchange, &problem);
    return problem;
}

/* ---- a class, whole or by a selector filter ---- */

static bool is_value(const json_t *value, const char *text)
{
    char number[32];
    if (json_is_string(value))
        return lg_cim_name_is_equal(json_string_value(value), text);
    if (json_is_boolean(value))
        return lg_cim_name_is_equal(json_is_true(value) ? "true" : "false", text);
    if (!json_is_integer(value))
        return false;
    snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    return strcmp(number, text) == 0;
}

static bool keep_by_selectors(const void *context, const struct lg_instance *instance,
                              struct lg_wsman_problem *problem)
{
    const struct lg_resource *filter = context;
    bool kept = true;
    for (unsigned i = 0; i < filter->selector_count; i++) {
        const struct lg_selector *selector = &filter->selectors[i];
        const struct lg_property *property = lg_instance_property(instance, selector->name);
        if (!property || property->is_array || property->type == LG_VALUE_DATETIME ||
            property->type == LG_VALUE_INTERVAL || property->type == LG_VALUE_REFERENCE)
            *problem = lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_FILTER, selector->name);
        else
            kept = kept && is_value(property->value, selector->value);
    }
    return kept;
}

static struct lg_wsman_problem collect_class(struct lg_exchange *exchange,
                                             struct lg_enumeration *enumeration)
{
    const struct lg_resource *resource = &exchange->request->resource;
    if (resource->selector_count > 0)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_UNEXPECTED_SELECTORS,
                                   resource->selectors[0].name);
    if (!lg_class_find(exchange->host, resource->space, resource->class_name))
        return lg_wsman_problem_of(LG_WSMAN_FAULT_NOT_FOUND, resource->uri);
    return lg_instances_of(exchange->host, exchange->caller, resource->space, resource->class_name,
                           &enumeration->instances);
}

static struct lg_wsman_problem collect_by_selectors(struct lg_exchange *exchange,
                                                    struct lg_enumeration *enumeration,
                                                    const struct lg_xml_node *filter)
{
    struct lg_resource selected;
    lg_resource_read(filter, &selected);
    if (selected.selectors_overflow || selected.selectors_duplicate || selected.selector_count == 0)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_FILTER, "SelectorSet");
    for (unsigned i = 0; i < selected.selector_count; i++)
        if (selected.selectors[i].reference || strpbrk(selected.selectors[i].value, "\"'"))
            return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_FILTER, selected.selectors[i].name);
    struct lg_wsman_problem problem = collect_class(exchange, enumeration);
    return problem.fault ? problem : narrow(&enumeration->instances, keep_by_selectors, &selected);
}

/* ---- filters ---- */

struct dialect {
    const char *uri;
    struct lg_wsman_problem (*collect)(struct lg_exchange *exchange,
                                       struct lg_enumeration *enumeration,
                                       const struct lg_xml_node *filter);
};
static const struct dialect dialects[] = {
    {"http://schemas.microsoft.com/wbem/wsman/1/WQL", collect_by_wql},
    {"http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter", collect_by_association},
    {"http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter", collect_by_selectors}};

static struct lg_wsman_problem collect(struct lg_exchange *exchange,
                                       struct lg_enumeration *enumeration)
{
    const struct lg_xml_node *body = exchange->request->body;
    const struct lg_xml_node *filter = lg_xml_child(body, LG_NS_WSMAN, "Filter");
    const struct lg_xml_node *other = lg_xml_child(body, LG_NS_ENUMERATION, "Filter");
    if (filter && other)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_FILTER, "two filters");
    if (!filter)
        filter = other;
    if (!filter)
        return collect_class(exchange, enumeration);
    const char *uri = lg_xml_attribute(filter, "", "Dialect");
    for (unsigned i = 0; uri && i < sizeof dialects / sizeof dialects[0]; i++)
        if (lg_cim_name_is_equal(dialects[i].uri, uri))
            return dialects[i].collect(exchange, enumeration, filter);
    return lg_wsman_problem_of(LG_WSMAN_FAULT_FILTER_DIALECT, uri ? uri : "XPath");
}

struct lg_wsman_problem lg_exchange_enumerate(struct lg_exchange *exchange)
{
    struct lg_enumeration enumeration = {.family = exchange->request->resource.family};
    unsigned long optimized = 0;
    struct lg_wsman_problem problem = LG_NO_PROBLEM;
    if (!lg_xml_is(exchange->request->body, LG_NS_ENUMERATION, "Enumerate"))
        problem = lg_wsman_problem_of(LG_WSMAN_FAULT_SCHEMA_VALIDATION, "Enumerate");
    if (!problem.fault)
        problem = read_options(exchange, &enumeration, &optimized);
    if (!problem.fault)
        problem = collect(exchange, &enumeration);
    if (!problem.fault)
        return lg_exchange_begin_enumeration(exchange, &enumeration, optimized);
    hold(exchange, &problem);
    lg_enumeration_free(&enumeration);
    return problem;
}
