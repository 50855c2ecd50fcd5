/* Signing in with tokens, and sealed messages. */
#include "wsman_auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/wsman/sealing.h"

enum { LEGS_MAX = 8, SIGN_INS_MAX = 2, OFFERED_BYTES = 120 };

void lg_auth_forget(struct lg_auth *auth)
{
    lg_gss_free(auth->gss);
    auth->gss = NULL;
}

void lg_auth_free(struct lg_auth *auth)
{
    lg_auth_forget(auth);
    lg_text_free(&auth->token);
    lg_text_free(&auth->body);
}

/* ---- what to do about it ---- */

struct remedy {
    const char *said; /* by the mechanism */
    const char *remedy;
};

static const struct remedy remedies[] = {
    {"lock skew", "set the clocks of both machines"},
    {"Cannot find KDC", "name the realm's KDC in krb5.conf"},
    {"Cannot contact any KDC", "look whether the realm's KDC runs"},
    {"Client '", "no such account there"},
    {"Server ", "name the host in the URL as the realm does (HTTP/NAME)"},
    {"Preauthentication failed", "wrong password"},
    {"Decrypt integrity check failed", "wrong password"},
    {"Password incorrect", "wrong password"},
    {"Password has expired", "change it"},
    {"revoked", "the account is locked or disabled"},
    {"icket expired", "run kinit"},
    {"redentials have expired", "run kinit"},
    {"No Kerberos", "run kinit, or give --user USER@REALM and a password"},
    {"in cache collection", "run kinit, or give a password"},
    {"redentials cache", "run kinit, or give --user USER@REALM and a password"},
    {"SPNEGO cannot find", "run kinit, or give --user and a password"},
    {"unsupported mechanism", "is the package gss-ntlmssp installed?"},
    {"default realm", "say --user USER@REALM"},
};

/* The part that tells something. */
static const char *core_of(const char *said)
{
    static const char *const idle[] = {
        "cannot sign in: ", "unavailable or inaccessible: ", "may provide more information: "};
    for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++) {
        const char *at = strstr(said, idle[i]);
        said = at ? at + strlen(idle[i]) : said;
    }
    return said;
}

static void explain(const char *said, struct lg_json_error *reason)
{
    said = core_of(said);
    for (size_t i = 0; i < sizeof remedies / sizeof remedies[0]; i++)
        if (strstr(said, remedies[i].said)) {
            lg_json_fail(reason, "cannot sign in: %.110s: %s", said, remedies[i].remedy);
            return;
        }
    lg_json_fail(reason, "cannot sign in: %.180s", said);
}

static enum lg_posted refuse(const struct lg_auth *auth, struct lg_json_error *reason)
{
    if (auth->password)
        lg_json_fail(reason, "the host does not accept this account and password (401)");
    else
        lg_json_fail(reason, "the host does not accept this account (401)");
    return LG_POSTED_REFUSED;
}

/* ---- offers of the host ---- */

static bool is_scheme(const char *line, const char *scheme)
{
    size_t length = strlen(scheme);
    return strncasecmp(line, scheme, length) == 0 && strchr(" \n", line[length]);
}

/* The offer of this scheme, up to its line's end; NULL: there is none. */
static const char *find_offer(const struct lg_http *http, const char *scheme)
{
    const char *line = http->offers.bytes;
    while (line && *line && !is_scheme(line, scheme)) {
        line = strchr(line, '\n');
        line += line != NULL;
    }
    return line && *line ? line : NULL;
}

/* The token that came with an offer; its bytes are released by the caller. NULL: none. */
static char *read_token(const struct lg_http *http, const char *scheme, size_t *length)
{
    const char *offer = find_offer(http, scheme);
    const char *text = offer ? offer + strlen(scheme) : NULL;
    while (text && *text == ' ')
        text++;
    size_t size = text ? strcspn(text, "\n") : 0;
    if (size == 0 || size > 2 * LG_GSS_TOKEN_BYTES)
        return NULL;
    char *bytes = malloc(lg_base64_room(size) + 1);
    if (bytes && lg_base64_read(text, size, (uint8_t *)bytes, length) && *length > 0)
        return bytes;
    free(bytes);
    return NULL;
}

static void list_offers(const struct lg_http *http, char text[OFFERED_BYTES])
{
    size_t used = 0;
    text[0] = '\0';
    for (const char *line = http->offers.bytes; line && *line; line++) {
        int length = (int)strcspn(line, " \n");
        int wrote =
            snprintf(text + used, OFFERED_BYTES - used, "%s%.*s", used ? ", " : "", length, line);
        used += (size_t)wrote;
        line = strchr(line, '\n');
        if (!line || used >= OFFERED_BYTES)
            return;
    }
}

/* Asks with nothing: over TLS this shows the certificate that the tokens are bound to. */
static enum lg_posted look_at_offers(struct lg_http *http, const char *scheme,
                                     struct lg_text *reply, struct lg_json_error *reason)
{
    const struct lg_http_request request = {.content_type = "application/soap+xml;charset=UTF-8"};
    char offered[OFFERED_BYTES];
    if (lg_http_post(http, &request, reply, reason) != LG_HTTP_ANSWERED)
        return LG_POSTED_UNREACHABLE;
    if (http->status == 401 && find_offer(http, scheme))
        return LG_POSTED;
    list_offers(http, offered);
    if (http->status != 401)
        lg_json_fail(reason, "the host does not ask who calls: status %ld where 401 is due",
                     http->status);
    else
        lg_json_fail(
            reason,
            "the host does not offer %s, but %s: choose another --auth, or turn it on there",
            scheme, offered[0] ? offered : "nothing");
    return LG_POSTED_UNREACHABLE;
}

/* ---- legs ---- */

static bool send_leg(struct lg_http *http, const char *scheme, const struct lg_text *token,
                     struct lg_text *reply, struct lg_json_error *reason)
{
    struct lg_text line = {0};
    char *text = lg_base64_write((const uint8_t *)token->bytes, token->length);
    lg_text_addf(&line, "Authorization: %s %s", scheme, text ? text : "");
    const struct lg_http_request request = {.content_type = "application/soap+xml;charset=UTF-8",
                                            .authorization = line.bytes};
    bool sent = text && !line.failed;
    if (!sent)
        lg_json_fail(reason, "no memory");
    else
        sent = lg_http_post(http, &request, reply, reason) == LG_HTTP_ANSWERED;
    free(text);
    lg_text_free(&line);
    return sent;
}

struct exchange {
    struct lg_auth *auth;
    struct lg_http *http;
    const char *scheme;
    enum lg_gss_step step;
};

/* The token that came is taken, and the one that follows from it is written. */
static bool take_leg(struct exchange *exchange, struct lg_json_error *reason)
{
    struct lg_auth *auth = exchange->auth;
    size_t length = 0;
    char *token = read_token(exchange->http, exchange->scheme, &length);
    lg_text_clear(&auth->token);
    exchange->step = lg_gss_step(auth->gss, token, length, &auth->token);
    free(token);
    if (exchange->step == LG_GSS_FAILED)
        explain(lg_gss_reason(auth->gss), reason);
    return exchange->step != LG_GSS_FAILED;
}

static enum lg_posted give_up(struct exchange *exchange, struct lg_json_error *reason)
{
    if (exchange->http->status == 401)
        return refuse(exchange->auth, reason);
    lg_json_fail(reason, "the host broke the sign-in off with status %ld", exchange->http->status);
    return LG_POSTED_UNREACHABLE;
}

/* What a host answers to an empty message once it knows who calls: 200 as Windows does, or what it
 * thinks of such a message. */
static bool is_known(long status)
{
    return status == 200 || status == 400 || status == 411 || status == 500;
}

static enum lg_posted exchange_legs(struct exchange *exchange, struct lg_text *reply,
                                    struct lg_json_error *reason)
{
    struct lg_http *http = exchange->http;
    for (unsigned leg = 0; leg < LEGS_MAX && exchange->auth->token.length > 0; leg++) {
        if (!send_leg(http, exchange->scheme, &exchange->auth->token, reply, reason))
            return LG_POSTED_UNREACHABLE;
        http->bound = true;
        const char *offer = find_offer(http, exchange->scheme);
        bool more = offer && offer[strlen(exchange->scheme)] == ' ';
        if (exchange->step == LG_GSS_DONE && is_known(http->status))
            return LG_POSTED;
        if (exchange->step == LG_GSS_DONE || !more)
            return give_up(exchange, reason);
        if (!take_leg(exchange, reason))
            return http->status == 401 ? LG_POSTED_REFUSED : LG_POSTED_UNREACHABLE;
    }
    return exchange->step == LG_GSS_DONE && is_known(http->status) ? LG_POSTED
                                                                   : give_up(exchange, reason);
}

/* ---- forms of tokens ---- */

static bool begin(struct exchange *exchange, enum lg_gss_form form, struct lg_json_error *reason)
{
    char why[LG_GSS_REASON_BYTES];
    char host[LG_URL_BYTES];
    struct lg_auth *auth = exchange->auth;
    const struct lg_client_tls *tls = &exchange->http->tls;
    lg_http_host(exchange->http, host);
    const struct lg_gss_login login = {
        .form = form,
        .host = host,
        .user = auth->user,
        .password = auth->password,
        .bindings = {tls->binding, lg_http_is_tls(exchange->http) ? tls->binding_length : 0}};
    lg_auth_forget(auth);
    auth->form = form;
    auth->gss = lg_gss_new_client(&login, why);
    lg_text_clear(&auth->token);
    if (!auth->gss) {
        explain(why, reason);
        return false;
    }
    exchange->step = lg_gss_step(auth->gss, NULL, 0, &auth->token);
    if (exchange->step == LG_GSS_FAILED)
        explain(lg_gss_reason(auth->gss), reason);
    return exchange->step != LG_GSS_FAILED && auth->token.length > 0;
}

/* Negotiate tries Kerberos for USER@REALM and for whoever has tickets, else NTLM. */
static bool begin_any(struct exchange *exchange, struct lg_json_error *reason)
{
    const struct lg_auth *auth = exchange->auth;
    switch (auth->kind) {
    case LG_AUTH_NTLM: return begin(exchange, LG_GSS_NTLM, reason);
    case LG_AUTH_KERBEROS: return begin(exchange, LG_GSS_KERBEROS, reason);
    default: break;
    }
    bool by_kerberos = !auth->password || (auth->user && strchr(auth->user, '@'));
    if (by_kerberos && begin(exchange, LG_GSS_SPNEGO_KERBEROS, reason))
        return true;
    return auth->password && begin(exchange, LG_GSS_SPNEGO_NTLM, reason);
}

static enum lg_posted sign_in(struct lg_auth *auth, struct lg_http *http, struct lg_text *reply,
                              struct lg_json_error *reason)
{
    struct exchange exchange = {
        .auth = auth,
        .http = http,
        .scheme = lg_gss_schemes[auth->kind == LG_AUTH_KERBEROS ? LG_GSS_KERBEROS : LG_GSS_NTLM]};
    lg_auth_forget(auth);
    if (!lg_http_drop(http)) {
        lg_json_fail(reason, "no memory");
        return LG_POSTED_UNREACHABLE;
    }
    enum lg_posted posted = look_at_offers(http, exchange.scheme, reply, reason);
    if (posted == LG_POSTED)
        posted = begin_any(&exchange, reason) ? exchange_legs(&exchange, reply, reason)
                                              : LG_POSTED_UNREACHABLE;
    if (posted == LG_POSTED && !lg_http_is_tls(http) && !lg_gss_can_seal(auth->gss)) {
        lg_json_fail(reason, "the host does not seal messages: https:// is needed");
        posted = LG_POSTED_UNREACHABLE;
    }
    if (posted != LG_POSTED)
        lg_auth_forget(auth);
    return posted;
}

/* ---- messages ---- */

/* One message on its way. */
struct post {
    struct lg_auth *auth;
    struct lg_http *http;
    const struct lg_http_request *message;
    struct lg_text *reply;
    enum lg_http_sent sent;
};

static enum lg_sealing_protocol protocol_of(const struct lg_auth *auth)
{
    return auth->form == LG_GSS_KERBEROS ? LG_SEALING_KERBEROS : LG_SEALING_SPNEGO;
}

static bool seal(struct lg_auth *auth, const struct lg_http_request *message)
{
    struct lg_sealed sealed = {.protocol = protocol_of(auth), .plain_bytes = message->length};
    lg_text_clear(&auth->token);
    lg_text_clear(&auth->body);
    if (strlen(message->content_type) >= sizeof sealed.type ||
        !lg_gss_seal(auth->gss, message->bytes, message->length, &auth->token,
                     &sealed.header_bytes) ||
        auth->token.failed)
        return false;
    strcpy(sealed.type, message->content_type);
    sealed.token = auth->token.bytes;
    sealed.token_bytes = auth->token.length;
    lg_sealing_write(&auth->body, &sealed);
    return !auth->body.failed;
}

static bool unseal(struct lg_auth *auth, const struct lg_http *http, struct lg_text *reply,
                   struct lg_json_error *reason)
{
    struct lg_sealed sealed;
    if (reply->length == 0)
        return true;
    if (!lg_sealing_is(http->content_type))
        return lg_json_fail(reason, "the host answers in clear what must be sealed");
    if (!lg_sealing_read(http->content_type, reply->bytes, reply->length, &sealed))
        return lg_json_fail(reason, "the sealed answer has not the form that it must have");
    lg_text_clear(&auth->body);
    if (!lg_gss_unseal(auth->gss, sealed.token, sealed.token_bytes, sealed.header_bytes,
                       &auth->body))
        return lg_json_fail(reason, "the sealed answer was changed on its way: %.120s",
                            lg_gss_reason(auth->gss));
    if (auth->body.length != sealed.plain_bytes)
        return lg_json_fail(reason, "the sealed answer has another length than it says");
    lg_text_clear(reply);
    lg_text_add_bytes(reply, auth->body.bytes, auth->body.length);
    return !reply->failed || lg_json_fail(reason, "no memory");
}

static enum lg_posted send(struct post *post, const struct lg_http_request *request,
                           struct lg_json_error *reason)
{
    post->sent = lg_http_post(post->http, request, post->reply, reason);
    return post->sent == LG_HTTP_ANSWERED ? LG_POSTED
           : post->sent == LG_HTTP_LOST   ? LG_POSTED_LOST
                                          : LG_POSTED_UNREACHABLE;
}

static enum lg_posted send_sealed(struct post *post, struct lg_json_error *reason)
{
    struct lg_auth *auth = post->auth;
    post->sent = LG_HTTP_UNREACHABLE;
    if (!seal(auth, post->message)) {
        lg_json_fail(reason, "the message cannot be sealed: %.120s", lg_gss_reason(auth->gss));
        return LG_POSTED_UNREACHABLE;
    }
    const struct lg_http_request request = {.content_type =
                                                lg_sealing_content_type(protocol_of(auth)),
                                            .bytes = auth->body.bytes,
                                            .length = auth->body.length};
    enum lg_posted posted = send(post, &request, reason);
    bool content = post->http->status == 200 || post->http->status == 500;
    if (posted == LG_POSTED && content && !unseal(auth, post->http, post->reply, reason))
        posted = LG_POSTED_UNREACHABLE;
    return posted;
}

/* Signs in again where the connection has ended since, or the host has forgotten who calls: it has
 * not taken the message then. */
enum lg_posted lg_auth_post(struct lg_auth *auth, struct lg_http *http,
                            const struct lg_http_request *message, struct lg_text *reply,
                            struct lg_json_error *reason)
{
    struct post post = {.auth = auth, .http = http, .message = message, .reply = reply};
    enum lg_posted posted = LG_POSTED_UNREACHABLE;
    bool again = true;
    for (unsigned i = 0; again && i < SIGN_INS_MAX; i++) {
        bool kept = auth->gss != NULL;
        if (!kept && (posted = sign_in(auth, http, reply, reason)) != LG_POSTED)
            return posted;
        posted = lg_http_is_tls(http) ? send(&post, message, reason) : send_sealed(&post, reason);
        bool unknown = post.sent == LG_HTTP_ANSWERED && http->status == 401;
        if (posted != LG_POSTED || unknown)
            lg_auth_forget(auth);
        again = kept && (post.sent == LG_HTTP_CLOSED || unknown);
    }
    return posted;
}
