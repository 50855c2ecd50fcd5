/* WS-Management messages as a client writes and reads them. */
#include "wsman_message.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NODES_MAX = 400000, /* of one reply: a protector of a mebibyte comes as base64 */
    PULLS_MAX = 1000,
    ITEMS = 50 /* of one Pull */
};

/* ---- requests ---- */

static unsigned char seed[8]; /* of this process's message ids */

static void read_seed(void)
{
    FILE *file = fopen("/dev/urandom", "rb");
    if (!file || fread(seed, 1, sizeof seed, file) != sizeof seed)
        seed[0] = 1;
    if (file)
        fclose(file);
}

/* No two of a process are the same, whatever its threads do. */
static void write_message_id(struct lg_text *text)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static atomic_ulong count;
    pthread_once(&once, read_seed);
    lg_text_addf(text, "uuid:%02X%02X%02X%02X-%02X%02X-4%03lX-8000-%012lX", seed[0], seed[1],
                 seed[2], seed[3], seed[4], seed[5], ((unsigned long)seed[6] << 4) & 0xFFF,
                 atomic_fetch_add(&count, 1) + 1);
}

static void write_resource(struct lg_text *text, const struct lg_about *about)
{
    lg_text_add(text, LG_WMI_PREFIX LG_VIRTUALIZATION "/");
    lg_text_escape(text, about->class_name);
}

static void write_selectors(struct lg_text *text, const struct lg_about *about)
{
    if (about->key_count == 0)
        return;
    lg_text_add(text, "<w:SelectorSet>");
    for (unsigned i = 0; i < about->key_count; i++) {
        lg_text_addf(text, "<w:Selector Name=\"%s\">", about->keys[i].name);
        lg_text_escape(text, about->keys[i].value);
        lg_text_add(text, "</w:Selector>");
    }
    lg_text_add(text, "</w:SelectorSet>");
}

static void write_action(struct lg_text *text, const struct lg_about *about)
{
    lg_text_add(text, "<a:Action s:mustUnderstand=\"true\">");
    if (!strstr(about->action, "://")) {
        write_resource(text, about);
        lg_text_add(text, "/");
    }
    lg_text_add(text, about->action);
    lg_text_add(text, "</a:Action>");
}

void lg_message_begin(struct lg_text *text, const struct lg_client *client,
                      const struct lg_about *about)
{
    lg_text_add(text, "<s:Envelope xmlns:s=\"" LG_NS_SOAP "\" xmlns:a=\"" LG_NS_ADDRESSING
                      "\" xmlns:w=\"" LG_NS_WSMAN "\" xmlns:n=\"" LG_NS_ENUMERATION
                      "\"><s:Header><a:To>");
    lg_text_escape(text, lg_client_url(client));
    lg_text_add(text, "</a:To><w:ResourceURI s:mustUnderstand=\"true\">");
    write_resource(text, about);
    lg_text_add(text, "</w:ResourceURI>");
    write_action(text, about);
    lg_text_add(text, "<a:ReplyTo><a:Address s:mustUnderstand=\"true\">" LG_ANONYMOUS
                      "</a:Address></a:ReplyTo><a:MessageID>");
    write_message_id(text);
    lg_text_addf(text,
                 "</a:MessageID><w:MaxEnvelopeSize s:mustUnderstand=\"true\">%d"
                 "</w:MaxEnvelopeSize><w:OperationTimeout>PT60S</w:OperationTimeout>",
                 LG_ENVELOPE_KB * 1024);
    write_selectors(text, about);
    lg_text_add(text, "</s:Header><s:Body>");
}

void lg_message_end(struct lg_text *text)
{
    lg_text_add(text, "</s:Body></s:Envelope>");
}

/* ---- replies ---- */

static void copy_text(char *to, size_t size, const struct lg_xml_node *from)
{
    const char *start = "";
    size_t length = from ? lg_xml_trimmed(from, &start) : 0;
    snprintf(to, size, "%.*s", (int)(length < size ? length : size - 1), start);
}

/* The innermost f:WSManFault: a provider's own stands within f:ProviderFault. */
static const struct lg_xml_node *find_wsman_fault(const struct lg_xml_node *detail)
{
    const struct lg_xml_node *fault = lg_xml_child(detail, LG_NS_FAULT, "WSManFault");
    const struct lg_xml_node *message = lg_xml_child(fault, LG_NS_FAULT, "Message");
    const struct lg_xml_node *provider = lg_xml_child(message, LG_NS_FAULT, "ProviderFault");
    const struct lg_xml_node *inner = lg_xml_child(provider, LG_NS_FAULT, "WSManFault");
    return inner ? inner : fault;
}

static unsigned long code_of(const struct lg_xml_node *fault)
{
    const char *code = lg_xml_attribute(fault, "", "Code");
    return code ? strtoul(code, NULL, 10) : 0;
}

static uint32_t hresult_in(const char *text)
{
    const char *at = strstr(text, "HRESULT 0x");
    return at ? (uint32_t)strtoul(at + strlen("HRESULT "), NULL, 16) : 0;
}

static void read_fault(const struct lg_xml_node *node, struct lg_told_fault *told)
{
    const struct lg_xml_node *code = lg_xml_child(node, LG_NS_SOAP, "Code");
    const struct lg_xml_node *subcode =
        lg_xml_child(lg_xml_child(code, LG_NS_SOAP, "Subcode"), LG_NS_SOAP, "Value");
    const struct lg_xml_node *reason =
        lg_xml_child(lg_xml_child(node, LG_NS_SOAP, "Reason"), LG_NS_SOAP, "Text");
    const struct lg_xml_node *detail = lg_xml_child(node, LG_NS_SOAP, "Detail");
    const struct lg_xml_node *outer = lg_xml_child(detail, LG_NS_FAULT, "WSManFault");
    const struct lg_xml_node *fault = find_wsman_fault(detail);
    const struct lg_xml_node *message = lg_xml_child(fault, LG_NS_FAULT, "Message");
    char name[64];
    char said[1024];
    memset(told, 0, sizeof *told);
    copy_text(name, sizeof name, subcode);
    told->code = code_of(outer);
    told->fault = lg_wsman_fault_find(told->code, name);
    copy_text(said, sizeof said, message ? message : reason);
    told->hresult = hresult_in(said);
    if (!told->hresult && code_of(fault) >> 16 == 0x8004)
        told->hresult = (uint32_t)code_of(fault);
    if (!told->fault && fault != outer)
        told->fault = lg_wsman_fault_find(code_of(fault), name);
    copy_text(told->text, sizeof told->text, reason ? reason : message);
}

static enum lg_exchanged read_reply(const struct lg_text *reply, struct lg_exchange *exchange,
                                    struct lg_json_error *reason)
{
    enum lg_xml_problem problem;
    size_t offset;
    exchange->xml = lg_xml_parse(reply->bytes, reply->length, NODES_MAX, &problem, &offset);
    const struct lg_xml_node *root = exchange->xml ? lg_xml_root(exchange->xml) : NULL;
    const struct lg_xml_node *body = lg_xml_child(root, LG_NS_SOAP, "Body");
    if (!lg_xml_is(root, LG_NS_SOAP, "Envelope") || !body) {
        lg_json_fail(reason, "the answer is no SOAP (%zu bytes)", reply->length);
        return LG_EXCHANGED_NOTHING;
    }
    exchange->body = body->first;
    if (!lg_xml_is(body->first, LG_NS_SOAP, "Fault"))
        return LG_EXCHANGED;
    read_fault(body->first, &exchange->fault);
    return LG_EXCHANGED_FAULT;
}

enum lg_exchanged lg_exchange_run(struct lg_client *client, const struct lg_text *message,
                                  struct lg_exchange *exchange, struct lg_json_error *reason)
{
    static const uint8_t exchanged[] = {[LG_POSTED_REFUSED] = LG_EXCHANGED_REFUSED,
                                        [LG_POSTED_TOO_LARGE] = LG_EXCHANGED_LARGE,
                                        [LG_POSTED_LOST] = LG_EXCHANGED_LOST,
                                        [LG_POSTED_UNREACHABLE] = LG_EXCHANGED_NOTHING};
    struct lg_text reply = {0};
    enum lg_exchanged read = LG_EXCHANGED_NOTHING;
    memset(exchange, 0, sizeof *exchange);
    if (message->failed) {
        lg_json_fail(reason, "no memory");
        return LG_EXCHANGED_NOTHING;
    }
    enum lg_posted posted = lg_client_post(client, "application/soap+xml;charset=UTF-8",
                                           message->bytes, message->length, &reply, reason);
    if (posted != LG_POSTED)
        read = (enum lg_exchanged)exchanged[posted];
    else if (reply.length == 0)
        lg_json_fail(reason, "the answer is empty");
    else
        read = read_reply(&reply, exchange, reason);
    lg_text_free(&reply);
    return read;
}

void lg_exchange_end(struct lg_exchange *exchange)
{
    if (exchange->xml)
        lg_xml_free(exchange->xml);
    memset(exchange, 0, sizeof *exchange);
}

/* ---- queries ---- */

struct query {
    struct lg_client *client;
    void (*take)(void *context, const struct lg_xml_node *instance);
    void *context;
    char next[256]; /* the enumeration's context; "" at its end */
};

static void write_enumerate(struct lg_text *text, const struct query *query, const char *wql)
{
    const struct lg_about about = {.action = LG_ACTION_ENUMERATE, .class_name = "*"};
    lg_message_begin(text, query->client, &about);
    lg_text_addf(text,
                 "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>%d</w:MaxElements>"
                 "<w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">",
                 ITEMS);
    lg_text_escape(text, wql);
    lg_text_add(text, "</w:Filter></n:Enumerate>");
    lg_message_end(text);
}

static void write_pull(struct lg_text *text, const struct query *query)
{
    const struct lg_about about = {.action = LG_ACTION_PULL, .class_name = "*"};
    lg_message_begin(text, query->client, &about);
    lg_text_add(text, "<n:Pull><n:EnumerationContext>");
    lg_text_escape(text, query->next);
    lg_text_addf(text, "</n:EnumerationContext><n:MaxElements>%d</n:MaxElements></n:Pull>", ITEMS);
    lg_message_end(text);
}

static void take_items(struct query *query, const struct lg_xml_node *body)
{
    const struct lg_xml_node *items = lg_xml_child(body, NULL, "Items");
    for (const struct lg_xml_node *item = items ? items->first : NULL; item; item = item->next)
        query->take(query->context, item);
    copy_text(query->next, sizeof query->next,
              lg_xml_child(body, LG_NS_ENUMERATION, "EnumerationContext"));
    if (lg_xml_child(body, NULL, "EndOfSequence"))
        query->next[0] = '\0';
}

static enum lg_exchanged run_query(struct query *query, struct lg_text *message,
                                   struct lg_told_fault *fault, struct lg_json_error *reason)
{
    struct lg_exchange exchange;
    enum lg_exchanged exchanged = lg_exchange_run(query->client, message, &exchange, reason);
    *fault = exchange.fault;
    query->next[0] = '\0';
    if (exchanged == LG_EXCHANGED)
        take_items(query, exchange.body);
    lg_exchange_end(&exchange);
    lg_text_clear(message);
    return exchanged;
}

enum lg_exchanged lg_message_query(struct lg_client *client, const char *wql,
                                   void (*take)(void *context, const struct lg_xml_node *instance),
                                   void *context, struct lg_told_fault *fault,
                                   struct lg_json_error *reason)
{
    struct query query = {.client = client, .take = take, .context = context};
    struct lg_text message = {0};
    write_enumerate(&message, &query, wql);
    enum lg_exchanged exchanged = run_query(&query, &message, fault, reason);
    for (int i = 0; exchanged == LG_EXCHANGED && query.next[0] && i < PULLS_MAX; i++) {
        write_pull(&message, &query);
        exchanged = run_query(&query, &message, fault, reason);
    }
    lg_text_free(&message);
    return exchanged;
}
