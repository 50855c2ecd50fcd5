/* Bytes in, bytes out: which operation answers, and what the reply is written in. */
#include "wsman.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cim_xml.h"
#include "exchange.h"

static const char type_utf8[] = "application/soap+xml;charset=UTF-8";
static const char type_utf16[] = "application/soap+xml;charset=UTF-16";

struct lg_wsman *lg_wsman_new(const struct lg_wsman_host *host,
                              const struct lg_wsman_settings *settings)
{
    struct lg_wsman *wsman = calloc(1, sizeof *wsman);
    if (!wsman)
        return NULL;
    wsman->host = host;
    wsman->settings = *settings;
    if (!wsman->settings.max_envelope_kb)
        wsman->settings.max_envelope_kb = LG_WSMAN_ENVELOPE_KB_DEFAULT;
    return wsman;
}

void lg_wsman_free(struct lg_wsman *wsman)
{
    for (unsigned i = 0; wsman && i < LG_WSMAN_CONTEXTS_MAX; i++)
        lg_enumeration_free(&wsman->contexts[i].enumeration);
    free(wsman);
}

/* ---- what operations share ---- */

uint64_t lg_exchange_uuid(struct lg_wsman *wsman, char uuid[LG_UUID_BYTES])
{
    uint64_t number = ++wsman->numbers;
    snprintf(uuid, LG_UUID_BYTES, "%08" PRIX32 "-4C47-4D53-8000-%012" PRIX64,
             (uint32_t)number * 2654435761u, number & 0xFFFFFFFFFFFFu);
    return number;
}

const char *lg_exchange_hold(char *room, size_t size, const char *text)
{
    snprintf(room, size, "%s", text);
    json_t *valid = json_string(room);
    for (char *at = room; !valid && *at; at++)
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    json_decref(valid);
    return room;
}

bool lg_node_number(const struct lg_xml_node *node, unsigned long max, unsigned long *number)
{
    *number = 0;
    for (const char *at = node->token; *at; at++) {
        if (*at < '0' || *at > '9')
            return false;
        unsigned long digit = (unsigned long)(*at - '0');
        *number = *number > (max - digit) / 10 ? max : *number * 10 + digit;
    }
    return *number > 0;
}

/* ---- encodings ---- */

/* What follows "charset=" is UTF-8 or UTF-16, with or without quotes; a type without one is fine.
 */
static bool is_charset_known(const char *content_type)
{
    static const char key[] = "charset=";
    char name[16];
    size_t length = 0;
    const char *at = content_type ? content_type : "";
    while (*at) {
        size_t same = 0;
        while (key[same] && lg_cim_lower(at[same]) == key[same])
            same++;
        if (!key[same])
            break;
        at++;
    }
    if (!*at)
        return true;
    at += sizeof key - 1;
    at += *at == '"' || *at == '\'';
    while (length < sizeof name - 1 && *at && !strchr("\"'; \t", *at))
        name[length++] = *at++;
    name[length] = '\0';
    return lg_cim_name_is_equal(name, "utf-8") || lg_cim_name_is_equal(name, "utf-16") ||
           lg_cim_name_is_equal(name, "utf8") || lg_cim_name_is_equal(name, "utf-16le");
}

/* ---- one message ---- */

static struct lg_wsman_problem carry_out(struct lg_exchange *exchange)
{
    switch (exchange->request->operation) {
    case LG_OPERATION_IDENTIFY: return lg_exchange_identify(exchange);
    case LG_OPERATION_GET: return lg_exchange_get(exchange);
    case LG_OPERATION_ENUMERATE: return lg_exchange_enumerate(exchange);
    case LG_OPERATION_PULL: return lg_exchange_pull(exchange);
    case LG_OPERATION_RELEASE: return lg_exchange_release(exchange);
    case LG_OPERATION_INVOKE: return lg_exchange_invoke(exchange);
    default:
        return lg_wsman_problem_of(LG_WSMAN_FAULT_ACTION_NOT_SUPPORTED, exchange->request->action);
    }
}

static bool fits(const struct lg_exchange *exchange)
{
    const struct lg_text *body = exchange->body;
    unsigned long max = exchange->request->max_envelope_bytes;
    return body->length <= max / 2 || lg_text_utf16_bytes(body->bytes, body->length) <= max;
}

/* Writes the reply or the fault; the status. */
static int write_reply(struct lg_exchange *exchange, struct lg_wsman_problem problem)
{
    if (!problem.fault)
        problem = carry_out(exchange);
    if (!problem.fault && exchange->body->failed)
        problem = lg_wsman_problem_of(LG_WSMAN_FAULT_INTERNAL, NULL);
    if (!problem.fault && exchange->request->operation != LG_OPERATION_IDENTIFY && !fits(exchange))
        problem = lg_wsman_problem_of(LG_WSMAN_FAULT_TOO_LARGE_REPLY, NULL);
    if (!problem.fault)
        return 200;
    lg_text_clear(exchange->body);
    lg_wsman_fault_write(exchange->body, &problem, exchange->host->machine,
                         exchange->request->message_id, exchange->message_id);
    return 500;
}

static int respond(struct lg_exchange *exchange, const struct lg_wsman_request *request)
{
    struct lg_soap_request soap;
    bool undecodable = false;
    unsigned long max = exchange->wsman->settings.max_envelope_kb * 1024ul;
    int status;
    struct lg_wsman_problem problem =
        lg_soap_read(request->bytes, request->length, max, &soap, &undecodable);
    exchange->request = &soap;
    if (!is_charset_known(request->content_type))
        problem = lg_wsman_problem_of(LG_WSMAN_FAULT_CHARACTER_SET, request->content_type);
    if (undecodable)
        status = 400;
    else if (exchange->anonymous && (problem.fault || soap.operation != LG_OPERATION_IDENTIFY))
        status = 401;
    else
        status = write_reply(exchange, problem);
    lg_soap_free(&soap);
    return status;
}

int lg_wsman_respond(struct lg_wsman *wsman, const struct lg_wsman_request *request,
                     struct lg_text *body, const char **content_type)
{
    struct lg_exchange exchange = {.wsman = wsman,
                                   .host = wsman->host,
                                   .caller = &request->caller,
                                   .body = body,
                                   .anonymous = request->anonymous_identify};
    bool utf16 = lg_xml_is_utf16(request->bytes, request->length);
    *content_type = utf16 ? type_utf16 : type_utf8;
    lg_text_clear(body);
    if (request->length > wsman->settings.max_envelope_kb * (size_t)1024)
        return 413;
    lg_exchange_uuid(wsman, exchange.message_id);
    int status = respond(&exchange, request);
    if (utf16 && body->length > 0 && !lg_text_to_utf16(body))
        body->failed = true;
    if (!body->failed)
        return status;
    lg_text_clear(body);
    return 500;
}
