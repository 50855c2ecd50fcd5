/* What enumerations keep between messages: Pull, Release, and the first items of an Enumerate. */
#include <stdlib.h>
#include <string.h>

#include "cim_xml.h"
#include "exchange.h"

enum {
    KEPT_INSTANCES_MAX = 20000, /* of all contexts; an instance takes some four kilobytes */
    WRAPPER_BYTES = 1024        /* UTF-16 bytes of a reply around its items, headers aside */
};

void lg_enumeration_free(struct lg_enumeration *enumeration)
{
    lg_instances_free(&enumeration->instances);
    lg_wql_free(enumeration->wql);
    free(enumeration->account);
    memset(enumeration, 0, sizeof *enumeration);
}

/* ---- contexts ---- */

static void end_context(struct lg_context *context)
{
    lg_enumeration_free(&context->enumeration);
    memset(context, 0, sizeof *context);
}

/* A free context; the one that was asked for longest ago ends where there is none, as a host ends
 * those that nobody asks for. */
static struct lg_context *take_context(struct lg_wsman *wsman)
{
    struct lg_context *oldest = &wsman->contexts[0];
    for (unsigned i = 1; i < LG_WSMAN_CONTEXTS_MAX; i++)
        if (wsman->contexts[i].number < oldest->number)
            oldest = &wsman->contexts[i];
    end_context(oldest);
    return oldest;
}

/* Ends the oldest contexts until few enough instances are kept, but not the youngest. */
static void bound_instances(struct lg_wsman *wsman)
{
    size_t kept = 0;
    for (unsigned i = 0; i < LG_WSMAN_CONTEXTS_MAX; i++)
        kept += wsman->contexts[i].enumeration.instances.count;
    while (kept > KEPT_INSTANCES_MAX) {
        struct lg_context *oldest = NULL;
        for (unsigned i = 0; i < LG_WSMAN_CONTEXTS_MAX; i++) {
            struct lg_context *context = &wsman->contexts[i];
            if (context->number && (!oldest || context->number < oldest->number))
                oldest = context;
        }
        if (!oldest || oldest->enumeration.instances.count == kept)
            return;
        kept -= oldest->enumeration.instances.count;
        end_context(oldest);
    }
}

/* A context lives for the account that opened it. */
static struct lg_context *find_context(struct lg_exchange *exchange)
{
    const struct lg_xml_node *node =
        lg_xml_child(exchange->request->body, LG_NS_ENUMERATION, "EnumerationContext");
    const char *name = node && strncmp(node->token, "uuid:", 5) == 0 ? node->token + 5 : "";
    for (unsigned i = 0; i < LG_WSMAN_CONTEXTS_MAX; i++) {
        struct lg_context *context = &exchange->wsman->contexts[i];
        if (context->number && strcmp(context->name, name) == 0 &&
            strcmp(context->enumeration.account, exchange->caller->account) == 0)
            return context;
    }
    return NULL;
}

/* ---- items ---- */

static void write_item(const struct lg_exchange *exchange, const struct lg_enumeration *enumeration,
                       const struct lg_instance *instance, struct lg_text *items)
{
    bool base64 = !exchange->wsman->settings.repeated_bytes;
    const char *const *columns = NULL;
    unsigned count = enumeration->wql && lg_wql_kind(enumeration->wql) == LG_WQL_SELECT
                         ? lg_wql_columns(enumeration->wql, &columns)
                         : 0;
    if (enumeration->form == LG_ITEM_BOTH)
        lg_text_add(items, "<w:Item>");
    if (enumeration->form != LG_ITEM_REFERENCE && count > 0)
        lg_instance_write_columns(items, instance, columns, count, base64);
    else if (enumeration->form != LG_ITEM_REFERENCE)
        lg_instance_write(items, instance, enumeration->family, base64);
    if (enumeration->form != LG_ITEM_OBJECT)
        lg_instance_write_reference(items, instance, enumeration->family);
    if (enumeration->form == LG_ITEM_BOTH)
        lg_text_add(items, "</w:Item>");
}

static size_t rest_of(const struct lg_enumeration *enumeration)
{
    return enumeration->instances.count - enumeration->next;
}

/* Writes at most `max` items, as many as fit into `budget` UTF-16 bytes; how many. */
static size_t write_items(const struct lg_exchange *exchange,
                          const struct lg_enumeration *enumeration, size_t max, size_t budget,
                          struct lg_text *items)
{
    size_t rest = rest_of(enumeration);
    size_t count = 0;
    size_t used = 0;
    lg_text_clear(items);
    while (count < max && count < rest && !items->failed) {
        size_t before = items->length;
        write_item(exchange, enumeration, &enumeration->instances.items[enumeration->next + count],
                   items);
        used += lg_text_utf16_bytes(items->bytes + before, items->length - before);
        if (used > budget) {
            items->length = before;
            items->bytes[before] = '\0';
            break;
        }
        count++;
    }
    return count;
}

/* What the items of a reply may take once its headers are written. */
static size_t item_budget(const struct lg_exchange *exchange)
{
    size_t used =
        lg_text_utf16_bytes(exchange->body->bytes, exchange->body->length) + WRAPPER_BYTES;
    size_t max = exchange->request->max_envelope_bytes;
    return max > used ? max - used : 0;
}

static void write_context(const struct lg_exchange *exchange, const char *name)
{
    lg_text_add(exchange->body, "<n:EnumerationContext>");
    if (name)
        lg_text_addf(exchange->body, "uuid:%s", name);
    lg_text_add(exchange->body, "</n:EnumerationContext>");
}

static void write_batch(const struct lg_exchange *exchange, char prefix,
                        const struct lg_text *items)
{
    lg_text_addf(exchange->body, "<%c:Items>", prefix);
    if (items->length > 0)
        lg_text_add_bytes(exchange->body, items->bytes, items->length);
    lg_text_addf(exchange->body, "</%c:Items>", prefix);
}

static void begin(const struct lg_exchange *exchange, const char *action)
{
    lg_soap_begin(exchange->body, LG_REPLY_ENUMERATION, action, exchange->request,
                  exchange->message_id);
}

/* ---- Enumerate ---- */

static bool keep(struct lg_exchange *exchange, struct lg_enumeration *enumeration,
                 struct lg_context **context)
{
    size_t size = strlen(exchange->caller->account) + 1;
    enumeration->account = malloc(size);
    if (!enumeration->account)
        return false;
    memcpy(enumeration->account, exchange->caller->account, size);
    *context = take_context(exchange->wsman);
    (*context)->number = lg_exchange_uuid(exchange->wsman, (*context)->name);
    (*context)->enumeration = *enumeration;
    memset(enumeration, 0, sizeof *enumeration);
    bound_instances(exchange->wsman);
    return true;
}

/* Everything, if it fits; else one item, as hosts do. How many. */
static size_t optimize(const struct lg_exchange *exchange, const struct lg_enumeration *enumeration,
                       unsigned long max, struct lg_text *items)
{
    size_t rest = rest_of(enumeration);
    size_t budget = item_budget(exchange);
    size_t count = 0;
    if (rest <= max)
        count = write_items(exchange, enumeration, rest, budget, items);
    return count < rest ? write_items(exchange, enumeration, 1, budget, items) : count;
}

struct lg_wsman_problem lg_exchange_begin_enumeration(struct lg_exchange *exchange,
                                                      struct lg_enumeration *enumeration,
                                                      unsigned long optimized)
{
    struct lg_context *context = NULL;
    struct lg_text items = {0};
    begin(exchange, LG_NS_ENUMERATION "/EnumerateResponse");
    if (optimized > 0)
        enumeration->next = optimize(exchange, enumeration, optimized, &items);
    bool complete = optimized > 0 && rest_of(enumeration) == 0;
    bool kept = complete || keep(exchange, enumeration, &context);
    lg_text_add(exchange->body, "<n:EnumerateResponse>");
    write_context(exchange, context ? context->name : NULL);
    if (optimized > 0)
        write_batch(exchange, 'w', &items);
    if (complete)
        lg_text_add(exchange->body, "<w:EndOfSequence/>");
    lg_text_add(exchange->body, "</n:EnumerateResponse>");
    lg_soap_end(exchange->body);
    kept = kept && !items.failed;
    lg_text_free(&items);
    lg_enumeration_free(enumeration);
    return lg_wsman_problem_of(kept ? LG_WSMAN_FAULT_NONE : LG_WSMAN_FAULT_INTERNAL, NULL);
}

/* ---- Pull, Release ---- */

/* Items, and what becomes of the context: it ends, or goes on under another name. */
static void answer_pull(struct lg_exchange *exchange, struct lg_context *context, size_t count,
                        const struct lg_text *items)
{
    context->enumeration.next += count;
    bool more = rest_of(&context->enumeration) > 0;
    lg_text_add(exchange->body, "<n:PullResponse>");
    if (more) {
        context->number = lg_exchange_uuid(exchange->wsman, context->name);
        write_context(exchange, context->name);
    }
    write_batch(exchange, 'n', items);
    if (!more) {
        lg_text_add(exchange->body, "<n:EndOfSequence/>");
        end_context(context);
    }
    lg_text_add(exchange->body, "</n:PullResponse>");
    lg_soap_end(exchange->body);
}

struct lg_wsman_problem lg_exchange_pull(struct lg_exchange *exchange)
{
    const struct lg_xml_node *body = exchange->request->body;
    const struct lg_xml_node *max_node = lg_xml_child(body, LG_NS_ENUMERATION, "MaxElements");
    struct lg_wsman_problem problem = LG_NO_PROBLEM;
    struct lg_text items = {0};
    unsigned long max = 1;
    if (!lg_xml_is(body, LG_NS_ENUMERATION, "Pull"))
        return lg_wsman_problem_of(LG_WSMAN_FAULT_SCHEMA_VALIDATION, "Pull");
    if (max_node && !lg_node_number(max_node, LG_WSMAN_BATCH_ITEMS_MAX, &max))
        return lg_wsman_problem_of(LG_WSMAN_FAULT_SCHEMA_VALIDATION, "MaxElements");
    struct lg_context *context = find_context(exchange);
    if (!context)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_CONTEXT, NULL);
    begin(exchange, LG_NS_ENUMERATION "/PullResponse");
    size_t count = write_items(exchange, &context->enumeration, max, item_budget(exchange), &items);
    if (items.failed)
        problem = lg_wsman_problem_of(LG_WSMAN_FAULT_INTERNAL, NULL);
    else if (count == 0 && rest_of(&context->enumeration) > 0)
        problem = lg_wsman_problem_of(LG_WSMAN_FAULT_TOO_LARGE_REPLY, NULL);
    else
        answer_pull(exchange, context, count, &items);
    lg_text_free(&items);
    return problem;
}

struct lg_wsman_problem lg_exchange_release(struct lg_exchange *exchange)
{
    if (!lg_xml_is(exchange->request->body, LG_NS_ENUMERATION, "Release"))
        return lg_wsman_problem_of(LG_WSMAN_FAULT_SCHEMA_VALIDATION, "Release");
    struct lg_context *context = find_context(exchange);
    if (!context)
        return lg_wsman_problem_of(LG_WSMAN_FAULT_INVALID_CONTEXT, NULL);
    end_context(context);
    begin(exchange, LG_NS_ENUMERATION "/ReleaseResponse");
    lg_soap_end(exchange->body);
    return LG_NO_PROBLEM;
}
