/* WS-Management over HTTP: paths, methods, and who asks. */
#include "data.h"

#include <string.h>
#include <strings.h>

static const char server_name[] = "Microsoft-HTTPAPI/2.0";
static const char basic[] = "Basic ";
static const char basic_offer[] = "Basic realm=\"WSMAN\"";
static const char sealed_offer[] = "Negotiate";

enum { CREDENTIALS_BYTES = 1024 };

static const char *offer_of(const struct lg_data *data)
{
    return data->allow_unencrypted ? basic_offer : sealed_offer;
}

/* Where no account signs in, because only Identify is answered. */
static bool is_anonymous(const struct lg_http_request *request)
{
    return strcasecmp(request->path, "/wsman-anon/identify") == 0 ||
           (request->identify && strcasecmp(request->identify, "unauthenticated") == 0);
}

static bool is_served(const char *path)
{
    return strcasecmp(path, "/wsman") == 0 || strcasecmp(path, "/wsman/") == 0 ||
           strcasecmp(path, "/wsman-anon/identify") == 0;
}

static const struct lg_account *check_basic(const struct lg_data *data, const char *field)
{
    char words[CREDENTIALS_BYTES];
    size_t length;
    if (!field || strncasecmp(field, basic, sizeof basic - 1) != 0)
        return NULL;
    field += sizeof basic - 1;
    field += strspn(field, " ");
    if (lg_base64_room(strlen(field)) >= sizeof words ||
        !lg_base64_read(field, strlen(field), (uint8_t *)words, &length))
        return NULL;
    words[length] = '\0';
    char *colon = strchr(words, ':');
    if (!colon || strlen(words) != length)
        return NULL;
    *colon = '\0';
    return lg_accounts_find(data->accounts, LG_MACHINE, words, colon + 1);
}

static bool admit(void *context, struct lg_http_request *request, struct lg_http_reply *reply)
{
    const struct lg_data *data = context;
    request->who = data->allow_unencrypted ? check_basic(data, request->authorization) : NULL;
    if (!is_served(request->path))
        reply->status = 404;
    else if (strcmp(request->method, "POST") != 0) {
        reply->status = 405;
        reply->allow = "POST";
    } else if (!request->who && !is_anonymous(request)) {
        reply->status = 401;
        reply->offer = offer_of(data);
    }
    return reply->status == 0;
}

static bool is_sealed(const char *content_type)
{
    return content_type && strncasecmp(content_type, "multipart/", 10) == 0;
}

static struct lg_wsman_caller caller_of(const struct lg_account *account)
{
    return (struct lg_wsman_caller){account ? account->name : "",
                                    account ? account->role : LG_ROLE_USER};
}

static void answer(void *context, const struct lg_http_request *request,
                   struct lg_http_reply *reply)
{
    const struct lg_data *data = context;
    bool anonymous = is_anonymous(request);
    struct lg_wsman_request asked = {.bytes = request->body,
                                     .length = request->length,
                                     .content_type = request->content_type,
                                     .anonymous_identify = anonymous,
                                     .caller = caller_of(anonymous ? NULL : request->who)};
    reply->status = 400; /* what is sealed, by nobody who agreed on a key */
    if (!is_sealed(request->content_type))
        reply->status =
            lg_service_respond(data->service, &asked, &reply->body, &reply->content_type);
    if (reply->status == 401)
        reply->offer = offer_of(data);
    if (reply->body.length == 0)
        reply->content_type = NULL;
}

struct lg_http_service lg_data_service(struct lg_data *data, size_t envelope_bytes,
                                       unsigned timeout_s)
{
    return (struct lg_http_service){.context = data,
                                    .name = server_name,
                                    .body_max = envelope_bytes,
                                    .timeout_s = timeout_s,
                                    .admit = admit,
                                    .answer = answer};
}
