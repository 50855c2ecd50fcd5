/* WS-Management over HTTP: paths, methods, who asks, and what is sealed. */
#include "data.h"

#include <string.h>
#include <strings.h>

static const char server_name[] = "Microsoft-HTTPAPI/2.0";

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

/* ---- who asks ---- */

static bool takes_clear(const struct lg_data *data, const struct lg_http_request *request)
{
    return request->secure || data->allow_unencrypted;
}

static bool takes_basic(const struct lg_data *data, const struct lg_http_request *request)
{
    return data->sign_in.basic && takes_clear(data, request);
}

/* One is offered at any rate: a reply of 401 must. */
static void offer(const struct lg_data *data, const struct lg_http_request *request,
                  struct lg_http_reply *reply)
{
    bool basic = takes_basic(data, request);
    bool kerberos = data->sign_in.kerberos;
    int count = 0;
    if (data->sign_in.negotiate || (!basic && !kerberos))
        reply->offers[count++] = "Negotiate";
    if (kerberos)
        reply->offers[count++] = "Kerberos";
    if (basic)
        reply->offers[count++] = "Basic realm=\"WSMAN\"";
}

static void refuse(struct lg_data *data, const struct lg_http_request *request,
                   struct lg_http_reply *reply, int status, const char *why)
{
    reply->status = status;
    if (why)
        lg_refusals_say(&data->refusals, request->socket, why);
    if (status == 401)
        offer(data, request, reply);
}

static void sign_in(struct lg_data *data, struct lg_http_request *request,
                    struct lg_http_reply *reply)
{
    const struct lg_account *who;
    const char *why;
    enum lg_admission admission =
        lg_guest_admit(&data->sign_in, request, takes_basic(data, request), &who, &why);
    request->who = who;
    if (admission == LG_TURNED_AWAY && !why && lg_sealing_is(request->content_type))
        why = lg_guest_without_key;
    if (admission == LG_TURNED_AWAY)
        refuse(data, request, reply, 401, why);
    if (admission != LG_GOES_ON)
        return;
    reply->status = 401;
    reply->offers[0] = lg_guest_token(*request->session);
}

static bool admit(void *context, struct lg_http_request *request, struct lg_http_reply *reply)
{
    struct lg_data *data = context;
    if (!is_served(request->path))
        reply->status = 404;
    else if (strcmp(request->method, "POST") != 0) {
        reply->status = 405;
        reply->allow = "POST";
    } else if (!is_anonymous(request)) {
        sign_in(data, request, reply);
    }
    return reply->status == 0;
}

/* ---- replies ---- */

static struct lg_wsman_caller caller_of(const struct lg_account *account)
{
    return (struct lg_wsman_caller){account ? account->name : "",
                                    account ? account->role : LG_ROLE_USER};
}

static void respond(const struct lg_data *data, const struct lg_http_request *request,
                    const struct lg_text *message, const char *type, struct lg_http_reply *reply)
{
    bool anonymous = is_anonymous(request);
    const struct lg_wsman_request asked = {.bytes = message->length ? message->bytes : "",
                                           .length = message->length,
                                           .content_type = type,
                                           .anonymous_identify = anonymous,
                                           .caller = caller_of(anonymous ? NULL : request->who)};
    reply->status = lg_service_respond(data->service, &asked, &reply->body, &reply->content_type);
    if (reply->status == 401)
        offer(data, request, reply);
    if (reply->body.length == 0)
        reply->content_type = NULL;
}

static void respond_sealed(struct lg_data *data, const struct lg_http_request *request,
                           struct lg_http_reply *reply)
{
    struct lg_guest *guest = is_anonymous(request) ? NULL : *request->session;
    struct lg_sealed sealed;
    struct lg_text plain = {0};
    const char *why;
    if (!lg_guest_unseal(guest, request, &sealed, &plain, &why)) {
        refuse(data, request, reply, 400, why);
    } else {
        respond(data, request, &plain, sealed.type, reply);
        if (reply->body.length > 0) {
            lg_guest_seal(guest, &sealed, reply->content_type, &reply->body);
            reply->content_type = lg_sealing_content_type(sealed.protocol);
        }
    }
    lg_text_free(&plain);
}

/* A message of the largest size may be sealed. */
static size_t room_of_seal(const struct lg_http_request *request)
{
    return lg_sealing_is(request->content_type) ? LG_SEALING_FRAME_BYTES + LG_SEALING_HEADER_BYTES
                                                : 0;
}

static bool is_multipart(const char *content_type)
{
    return content_type && strncasecmp(content_type, "multipart/", 10) == 0;
}

static void answer(void *context, const struct lg_http_request *request,
                   struct lg_http_reply *reply)
{
    struct lg_data *data = context;
    const struct lg_guest *guest = is_anonymous(request) ? NULL : *request->session;
    const struct lg_text clear = {.bytes = (char *)request->body, .length = request->length};
    if (request->length == 0 && lg_guest_is_leg(guest))
        reply->status = 200;
    else if (lg_sealing_is(request->content_type))
        respond_sealed(data, request, reply);
    else if (is_multipart(request->content_type))
        refuse(data, request, reply, 400, "a message of several parts that are not sealed");
    else if (request->who && request->length > 0 && !takes_clear(data, request))
        refuse(data, request, reply, 401, "a message in clear");
    else
        respond(data, request, &clear, request->content_type, reply);
    if (reply->status != 401 && lg_guest_token(guest))
        reply->offers[0] = lg_guest_token(guest);
}

static void leave(void *context, void *session)
{
    (void)context;
    lg_guest_free(session);
}

struct lg_http_service lg_data_service(struct lg_data *data, size_t envelope_bytes,
                                       unsigned timeout_s)
{
    return (struct lg_http_service){.context = data,
                                    .name = server_name,
                                    .body_max = envelope_bytes,
                                    .body_extra = room_of_seal,
                                    .timeout_s = timeout_s,
                                    .admit = admit,
                                    .answer = answer,
                                    .leave = leave};
}
