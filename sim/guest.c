/* Signing in: Basic, certificates, and the legs of Negotiate and Kerberos. */
#include "guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model/trace_json.h"
#include "service.h"

enum { CREDENTIALS_BYTES = 1024 };

struct lg_guest {
    struct lg_gss *gss;
    bool by_kerberos; /* the scheme that `gss` was begun under */
    bool is_leg;
    const struct lg_account *owner; /* the first who signed in */
    const struct lg_account *who;   /* signed in by `gss`; NULL: nobody */
    struct lg_text token;
    char why[LG_GSS_REASON_BYTES];
};

/* One request. */
struct asking {
    const struct lg_sign_in *sign_in;
    const struct lg_http_request *request;
    struct lg_guest *guest;
    const char *words; /* after the scheme */
    const struct lg_account *who;
    const char *why;
};

static enum lg_admission turn_away(struct asking *asking, const char *why)
{
    asking->why = why;
    return LG_TURNED_AWAY;
}

static enum lg_admission let_in(struct asking *asking, const struct lg_account *account)
{
    struct lg_guest *guest = asking->guest;
    if (guest->owner && guest->owner != account)
        return turn_away(asking, "somebody else signed in on this connection before");
    guest->owner = account;
    asking->who = account;
    return LG_ADMITTED;
}

/* ---- Basic ---- */

static enum lg_admission take_basic(struct asking *asking)
{
    char words[CREDENTIALS_BYTES];
    size_t length;
    size_t room = lg_base64_room(strlen(asking->words));
    bool readable = room < sizeof words &&
                    lg_base64_read(asking->words, strlen(asking->words), (uint8_t *)words, &length);
    words[readable ? length : 0] = '\0';
    char *colon = strchr(words, ':');
    if (!readable || !colon || strlen(words) != length)
        return turn_away(asking, "Basic: no name and password");
    *colon = '\0';
    const struct lg_account *account =
        lg_accounts_find(asking->sign_in->accounts, LG_MACHINE, words, colon + 1);
    return account ? let_in(asking, account)
                   : turn_away(asking, "Basic: no such name and password");
}

/* ---- certificates ---- */

static enum lg_admission take_certificate(struct asking *asking)
{
    const struct lg_tls_peer *peer = asking->request->peer;
    if (!peer)
        return turn_away(asking, "certificate: there is none that is trusted");
    const struct lg_account *account =
        lg_certificates_find(asking->sign_in->certificates, peer->sha256);
    account = account ? account : lg_subjects_find(asking->sign_in->subjects, peer);
    return account ? let_in(asking, account) : turn_away(asking, "certificate: it is nobody's");
}

/* ---- Negotiate and Kerberos ---- */

static void sign_out(struct lg_guest *guest)
{
    lg_gss_free(guest->gss);
    guest->gss = NULL;
    guest->who = NULL;
}

static bool begin_exchange(struct asking *asking, bool by_kerberos)
{
    struct lg_guest *guest = asking->guest;
    if (guest->gss && !guest->who && guest->by_kerberos == by_kerberos)
        return true;
    sign_out(guest);
    const struct lg_gss_bindings none = {NULL, 0};
    guest->by_kerberos = by_kerberos;
    guest->gss = lg_gss_new_server(asking->sign_in->acceptor, by_kerberos,
                                   asking->request->secure ? &asking->sign_in->bindings : &none);
    return guest->gss != NULL;
}

static void keep_token(struct lg_guest *guest, const struct lg_text *token)
{
    char *text = lg_base64_write((const uint8_t *)token->bytes, token->length);
    const char *scheme = guest->by_kerberos ? "Kerberos" : "Negotiate";
    if (text)
        lg_text_addf(&guest->token, "%s %s", scheme, text);
    free(text);
}

static enum lg_admission fail_exchange(struct asking *asking, const char *what)
{
    struct lg_guest *guest = asking->guest;
    snprintf(guest->why, sizeof guest->why, "%s: %.200s",
             guest->by_kerberos ? "Kerberos" : "Negotiate", what);
    sign_out(guest);
    return turn_away(asking, guest->why);
}

static enum lg_admission finish_exchange(struct asking *asking)
{
    struct lg_guest *guest = asking->guest;
    const struct lg_account *account = lg_accounts_of_principal(
        asking->sign_in->accounts, lg_gss_peer(guest->gss), lg_gss_is_kerberos(guest->gss));
    if (!account)
        return fail_exchange(asking, "who signed in has no account");
    enum lg_admission admission = let_in(asking, account);
    if (admission == LG_ADMITTED)
        guest->who = account;
    else
        sign_out(guest);
    return admission;
}

static enum lg_admission step(struct asking *asking, const char *token, size_t length)
{
    struct lg_guest *guest = asking->guest;
    struct lg_text reply = {0};
    enum lg_gss_step taken = lg_gss_step(guest->gss, token, length, &reply);
    enum lg_admission admission = LG_GOES_ON;
    if (taken == LG_GSS_FAILED)
        admission = fail_exchange(asking, lg_gss_reason(guest->gss));
    else if (taken == LG_GSS_DONE)
        admission = finish_exchange(asking);
    if (admission != LG_TURNED_AWAY && reply.length > 0)
        keep_token(guest, &reply);
    guest->is_leg = admission != LG_TURNED_AWAY;
    lg_text_free(&reply);
    return admission;
}

static enum lg_admission take_token(struct asking *asking, bool by_kerberos)
{
    size_t text_length = strlen(asking->words);
    uint8_t *token = malloc(lg_base64_room(text_length) + 1);
    size_t length = 0;
    bool readable = token && lg_base64_read(asking->words, text_length, token, &length);
    enum lg_admission admission = LG_TURNED_AWAY;
    if (!begin_exchange(asking, by_kerberos))
        admission = turn_away(asking, "no memory");
    else if (!readable || length == 0)
        admission = fail_exchange(asking, "no token");
    else
        admission = step(asking, (const char *)token, length);
    free(token);
    return admission;
}

static enum lg_admission take_negotiate(struct asking *asking)
{
    return take_token(asking, false);
}

static enum lg_admission take_kerberos(struct asking *asking)
{
    return take_token(asking, true);
}

/* ---- the schemes ---- */

#define MUTUAL "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

static const char *words_after(const char *field, const char *scheme)
{
    size_t length = strlen(scheme);
    if (strncasecmp(field, scheme, length) != 0 || (field[length] != ' ' && field[length]))
        return NULL;
    return field + length + strspn(field + length, " ");
}

static enum lg_admission take_field(struct asking *asking, bool takes_basic)
{
    const struct lg_sign_in *sign_in = asking->sign_in;
    const struct {
        const char *scheme;
        bool offered;
        enum lg_admission (*take)(struct asking *asking);
    } schemes[] = {{"Negotiate", sign_in->negotiate, take_negotiate},
                   {"Kerberos", sign_in->kerberos, take_kerberos},
                   {"Basic", takes_basic, take_basic},
                   {MUTUAL, asking->request->secure, take_certificate}};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        asking->words = words_after(asking->request->authorization, schemes[i].scheme);
        if (asking->words && schemes[i].offered)
            return schemes[i].take(asking);
    }
    return turn_away(asking, "a way to sign in that is not offered");
}

enum lg_admission lg_guest_admit(const struct lg_sign_in *sign_in,
                                 const struct lg_http_request *request, bool takes_basic,
                                 const struct lg_account **who, const char **why)
{
    struct lg_guest *guest = *request->session;
    struct asking asking = {.sign_in = sign_in, .request = request, .guest = guest};
    *who = NULL;
    *why = NULL;
    if (!request->authorization && !guest)
        return LG_TURNED_AWAY;
    if (!guest)
        guest = calloc(1, sizeof *guest);
    if (!guest) {
        *why = "no memory";
        return LG_TURNED_AWAY;
    }
    *request->session = asking.guest = guest;
    lg_text_clear(&guest->token);
    guest->is_leg = false;
    if (!request->authorization) {
        *who = guest->who;
        return guest->who ? LG_ADMITTED : LG_TURNED_AWAY;
    }
    enum lg_admission admission = take_field(&asking, takes_basic);
    *who = asking.who;
    *why = asking.why;
    return admission;
}

void lg_guest_free(struct lg_guest *guest)
{
    if (!guest)
        return;
    lg_gss_free(guest->gss);
    lg_text_free(&guest->token);
    free(guest);
}

const char *lg_guest_token(const struct lg_guest *guest)
{
    bool there = guest && guest->token.length > 0 && !guest->token.failed;
    return there ? guest->token.bytes : NULL;
}

bool lg_guest_is_leg(const struct lg_guest *guest)
{
    return guest && guest->is_leg;
}

/* ---- messages ---- */

const char lg_guest_without_key[] = "a sealed message of somebody who agreed on no key";

bool lg_guest_unseal(struct lg_guest *guest, const struct lg_http_request *request,
                     struct lg_sealed *sealed, struct lg_text *plain, const char **why)
{
    *why = NULL;
    if (!guest || !guest->who)
        *why = lg_guest_without_key;
    else if (!lg_sealing_read(request->content_type, request->body, request->length, sealed))
        *why = "a sealed message of another form";
    else if (!lg_gss_unseal(guest->gss, sealed->token, sealed->token_bytes, sealed->header_bytes,
                            plain))
        *why = "a sealed message that is not as it was sealed";
    else if (plain->length != sealed->plain_bytes)
        *why = "a sealed message of another length than it says";
    if (!*why)
        return true;
    lg_text_clear(plain);
    if (guest)
        sign_out(guest);
    return false;
}

void lg_guest_seal(struct lg_guest *guest, const struct lg_sealed *sealed, const char *type,
                   struct lg_text *body)
{
    struct lg_text token = {0};
    struct lg_text whole = {0};
    struct lg_sealed reply = {.protocol = sealed->protocol, .plain_bytes = body->length};
    snprintf(reply.type, sizeof reply.type, "%s", type);
    if (lg_gss_seal(guest->gss, body->bytes, body->length, &token, &reply.header_bytes)) {
        reply.token = token.bytes;
        reply.token_bytes = token.length;
        lg_sealing_write(&whole, &reply);
    } else {
        whole.failed = true;
    }
    lg_text_free(&token);
    lg_text_free(body);
    *body = whole;
}
