/* Requests on one connection with any Authorization, and sealed bodies: only who knows a password
 * is signed in, as nobody but its account, and only what that client sealed is unsealed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "find.h"
#include "model/trace_json.h"
#include "sim/security.h"

/* An input is pieces: what is done, the length of what follows (two bytes, the low one first), and
 * that. */
enum piece_kind {
    FIELD,     /* a request with this Authorization */
    NEGOTIATE, /* with this token */
    KERBEROS,
    NO_FIELD,
    CLIENT, /* an account, a form, and changes: a client signs in, and its tokens are changed on the
               way */
    MESSAGE, /* changes: the client seals a message, which is changed on the way */
    BODY,    /* a request with this sealed body */
    HOST,    /* a client gets this for a token of the host */
    PIECE_KINDS
};
enum { HEAD_BYTES = 3, PIECES_MAX = 24, LEGS_MAX = 4, CHANGE_BYTES = 4 };

struct piece {
    enum piece_kind kind;
    const uint8_t *bytes;
    size_t length;
};

static const char accounts[] = "alice:wonder:administrator\nbob:builder:user\n";
static const char *const logins[][2] = {{"alice", "wonder"}, {"bob", "builder"}};
static struct lg_security security;

struct connection {
    void *session;
    struct lg_gss *client;          /* the last one that signed in by tokens */
    const struct lg_account *owner; /* the first one that signed in at all */
    const struct lg_account *who;   /* signed in by tokens now */
    bool is_intact;                 /* every token and message came as it was sent */
};

static void load(void)
{
    const char *path = lg_as_file((const uint8_t *)accounts, sizeof accounts - 1);
    const struct lg_sim_options options = {.program = "sign_in", .accounts = path};
    lg_holds(lg_security_load(&security, &options) < 0);
}

/* What the plug-in for NTLM keeps of each context (gss-ntlmssp 1.2.0) is no leak of ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:gssntlmssp.so\nleak:libcrypto.so\n";
}

/* ---- what is said ---- */

/* One line of a log, which tells no password. */
static void check_words(const char *words)
{
    for (const char *at = words ? words : ""; *at; at++)
        lg_holds(*at >= ' ' && *at <= '~');
    for (int i = 0; words && i < 2; i++)
        lg_holds(!strstr(words, logins[i][1]));
}

/* One header's value: a scheme and a token. */
static void check_token(const char *value)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    const char *blank = value ? strchr(value, ' ') : NULL;
    if (!value)
        return;
    lg_holds(blank &&
             (strncmp(value, "Negotiate ", 10) == 0 || strncmp(value, "Kerberos ", 9) == 0));
    lg_holds(blank[1] && strspn(blank + 1, letters) == strlen(blank + 1));
}

/* ---- requests ---- */

static enum lg_admission ask(struct connection *at, const char *field,
                             const struct lg_account **who)
{
    const struct lg_http_request request = {
        .method = "POST", .path = "/wsman", .authorization = field, .session = &at->session};
    const char *why;
    enum lg_admission admission = lg_guest_admit(&security.sign_in, &request, true, who, &why);
    lg_holds((admission == LG_ADMITTED) == (*who != NULL));
    lg_holds(admission != LG_ADMITTED || !at->owner || at->owner == *who);
    check_words(why);
    check_token(lg_guest_token(at->session));
    lg_saw(&admission, sizeof admission);
    if (admission == LG_ADMITTED)
        at->owner = *who;
    return admission;
}

/* Basic is the one scheme in which a field alone can prove a password. */
static void check_basic(const char *field, const struct lg_account *who)
{
    const char *words = field + 5 + strspn(field + 5, " ");
    uint8_t *plain = malloc(lg_base64_room(strlen(words)) + 1);
    size_t length;
    lg_holds(plain && strncasecmp(field, "Basic", 5) == 0);
    lg_holds(lg_base64_read(words, strlen(words), plain, &length));
    plain[length] = '\0';
    char *colon = strchr((char *)plain, ':');
    lg_holds(colon && strcmp(colon + 1, who->password) == 0);
    *colon = '\0';
    size_t name = strlen(who->name);
    size_t said = (size_t)(colon - (char *)plain);
    lg_holds(said >= name && strcasecmp(colon - name, who->name) == 0);
    free(plain);
}

/* Whoever begins to sign in by tokens is nobody before that is over. */
static void ask_with_field(struct connection *at, const struct piece *piece)
{
    const struct lg_account *who;
    char *field = malloc(piece->length + 1);
    lg_holds(field != NULL);
    if (piece->length)
        memcpy(field, piece->bytes, piece->length);
    field[piece->length] = '\0';
    if (ask(at, field, &who) == LG_ADMITTED)
        check_basic(field, who);
    else if (strncasecmp(field, "Negotiate", 9) == 0 || strncasecmp(field, "Kerberos", 8) == 0)
        at->is_intact = false;
    free(field);
}

static enum lg_admission ask_with_token(struct connection *at, const char *scheme,
                                        const void *bytes, size_t length,
                                        const struct lg_account **who)
{
    struct lg_text field = {0};
    char *text = lg_base64_write(bytes, length);
    lg_text_addf(&field, "%s %s", scheme, text ? text : "");
    free(text);
    lg_holds(!field.failed);
    enum lg_admission admission = ask(at, field.bytes, who);
    lg_text_free(&field);
    return admission;
}

static void ask_with_any_token(struct connection *at, const struct piece *piece)
{
    const struct lg_account *who;
    const char *scheme = piece->kind == KERBEROS ? "Kerberos" : "Negotiate";
    lg_holds(ask_with_token(at, scheme, piece->bytes, piece->length, &who) != LG_ADMITTED);
    at->is_intact = false;
}

static void ask_without(struct connection *at)
{
    const struct lg_account *who;
    ask(at, NULL, &who);
    lg_holds(!who || who == at->who);
    lg_holds(who || !at->is_intact);
}

/* ---- a client ---- */

/* Changes are a leg, a place (two bytes) and what its byte is changed by. Whether there was one. */
static bool change(struct lg_text *text, unsigned leg, const uint8_t *changes, size_t length)
{
    bool changed = false;
    for (size_t i = 0; i + CHANGE_BYTES <= length && text->length; i += CHANGE_BYTES) {
        size_t place = (changes[i + 1] | (size_t)changes[i + 2] << 8) % text->length;
        if (changes[i] % LEGS_MAX != leg)
            continue;
        text->bytes[place] = (char)((uint8_t)text->bytes[place] ^ changes[i + 3]);
        changed |= changes[i + 3] != 0;
    }
    return changed;
}

/* The token of the host's last reply. */
static void hear(const struct connection *at, struct lg_text *token)
{
    const char *value = lg_guest_token(at->session);
    const char *words = value ? strchr(value, ' ') + 1 : "";
    size_t length = 0;
    uint8_t *bytes = malloc(lg_base64_room(strlen(words)) + 1);
    lg_holds(bytes && (!*words || lg_base64_read(words, strlen(words), bytes, &length)));
    lg_text_clear(token);
    if (length)
        lg_text_add_bytes(token, (const char *)bytes, length);
    free(bytes);
}

static struct lg_gss *new_client(unsigned account, unsigned form)
{
    static const enum lg_gss_form forms[] = {LG_GSS_SPNEGO_NTLM, LG_GSS_NTLM};
    const struct lg_gss_login login = {
        forms[form % 2], "localhost", logins[account % 2][0], logins[account % 2][1], {NULL, 0}};
    char reason[LG_GSS_REASON_BYTES];
    return security.sign_in.negotiate ? lg_gss_new_client(&login, reason) : NULL;
}

/* The legs of signing in. The last admission; *intact: nothing was changed. */
static enum lg_admission talk(struct connection *at, const uint8_t *changes, size_t length,
                              const struct lg_account **who, bool *intact)
{
    enum lg_admission admission = LG_GOES_ON;
    struct lg_text from_host = {0}, from_client = {0};
    *intact = true;
    for (unsigned leg = 0; leg < LEGS_MAX && admission == LG_GOES_ON; leg++) {
        lg_text_clear(&from_client);
        enum lg_gss_step step =
            lg_gss_step(at->client, from_host.bytes, from_host.length, &from_client);
        if (step == LG_GSS_FAILED || from_client.length == 0)
            break;
        *intact &= !change(&from_client, leg, changes, length);
        admission = ask_with_token(at, "Negotiate", from_client.bytes, from_client.length, who);
        hear(at, &from_host);
        if (admission == LG_ADMITTED && from_host.length && step == LG_GSS_CONTINUES)
            lg_gss_step(at->client, from_host.bytes, from_host.length, &from_client);
    }
    lg_text_free(&from_host);
    lg_text_free(&from_client);
    return admission;
}

static void sign_in(struct connection *at, const struct piece *piece)
{
    const struct lg_account *who = NULL;
    unsigned account = piece->length ? piece->bytes[0] : 0;
    unsigned form = piece->length > 1 ? piece->bytes[1] : 0;
    size_t before = piece->length < 2 ? piece->length : 2;
    const struct lg_account *me = lg_accounts_named(&security.accounts, logins[account % 2][0]);
    bool may = !at->owner || at->owner == me;
    lg_gss_free(at->client);
    at->client = new_client(account, form);
    if (!at->client)
        return;
    /* One that is under way is not begun anew by a first token: it would be its second. */
    if (!at->is_intact) {
        const struct piece none = {.kind = NEGOTIATE, .length = 0};
        ask_with_any_token(at, &none);
    }
    enum lg_admission admission =
        talk(at, piece->bytes + before, piece->length - before, &who, &at->is_intact);
    lg_holds(admission != LG_ADMITTED || (who == me && may));
    lg_holds(admission == LG_ADMITTED || !at->is_intact || !may);
    at->who = admission == LG_ADMITTED ? who : NULL;
    at->is_intact &= admission == LG_ADMITTED;
}

static void hear_any(const struct piece *piece)
{
    struct lg_gss *client = new_client(0, piece->length ? piece->bytes[0] : 0);
    struct lg_text token = {0};
    if (!client || lg_gss_step(client, NULL, 0, &token) != LG_GSS_CONTINUES || !piece->length) {
        lg_gss_free(client);
        lg_text_free(&token);
        return;
    }
    lg_text_clear(&token);
    enum lg_gss_step step =
        lg_gss_step(client, (const char *)piece->bytes + 1, piece->length - 1, &token);
    if (step == LG_GSS_FAILED)
        check_words(lg_gss_reason(client));
    lg_saw(&step, sizeof step);
    lg_gss_free(client);
    lg_text_free(&token);
}

/* ---- sealed messages ---- */

static bool unseal(struct connection *at, const struct lg_text *body, struct lg_sealed *sealed,
                   struct lg_text *plain)
{
    const struct lg_http_request request = {.content_type =
                                                lg_sealing_content_type(LG_SEALING_SPNEGO),
                                            .body = body->bytes ? body->bytes : "",
                                            .length = body->length,
                                            .session = &at->session};
    const char *why;
    bool unsealed = lg_guest_unseal(at->session, &request, sealed, plain, &why);
    lg_holds(unsealed == (why == NULL));
    check_words(why);
    lg_holds(unsealed || plain->length == 0);
    if (!unsealed) {
        at->who = NULL;
        at->is_intact = false;
    }
    lg_saw(&unsealed, sizeof unsealed);
    return unsealed;
}

static void send_any_body(struct connection *at, const struct piece *piece)
{
    struct lg_text body = {0}, plain = {0};
    struct lg_sealed sealed;
    if (piece->length)
        lg_text_add_bytes(&body, (const char *)piece->bytes, piece->length);
    lg_holds(!unseal(at, &body, &sealed, &plain));
    lg_text_free(&body);
    lg_text_free(&plain);
}

/* What the host seals in reply is what the client reads. */
static void check_reply(struct connection *at, const struct lg_sealed *of_request)
{
    static const char said[] = "<reply/>";
    struct lg_text body = {0}, plain = {0};
    struct lg_sealed sealed;
    lg_text_add(&body, said);
    lg_guest_seal(at->session, of_request, of_request->type, &body);
    lg_holds(!body.failed && lg_sealing_read(lg_sealing_content_type(of_request->protocol),
                                             body.bytes, body.length, &sealed));
    lg_holds(!at->is_intact || lg_gss_unseal(at->client, sealed.token, sealed.token_bytes,
                                             sealed.header_bytes, &plain));
    lg_holds(!at->is_intact || strcmp(plain.bytes, said) == 0);
    lg_text_free(&body);
    lg_text_free(&plain);
}

static void send_message(struct connection *at, const struct piece *piece)
{
    static const char said[] = "<request/>";
    struct lg_text token = {0}, body = {0}, plain = {0};
    struct lg_sealed sealed = {.protocol = LG_SEALING_SPNEGO,
                               .type = "application/soap+xml;charset=UTF-8",
                               .plain_bytes = sizeof said - 1};
    bool was_intact = at->is_intact;
    if (at->client &&
        lg_gss_seal(at->client, said, sizeof said - 1, &token, &sealed.header_bytes)) {
        sealed.token = token.bytes;
        sealed.token_bytes = token.length;
        lg_sealing_write(&body, &sealed);
        bool changed = change(&body, 0, piece->bytes, piece->length);
        if (changed)
            at->is_intact = false;
        if (unseal(at, &body, &sealed, &plain)) {
            lg_holds(at->who && strcmp(plain.bytes, said) == 0);
            check_reply(at, &sealed);
        } else {
            lg_holds(changed || !was_intact);
        }
    }
    lg_text_free(&token);
    lg_text_free(&body);
    lg_text_free(&plain);
}

/* ---- inputs ---- */

static bool next_piece(const uint8_t **at, const uint8_t *end, struct piece *piece)
{
    const uint8_t *head = *at;
    if ((size_t)(end - head) < HEAD_BYTES)
        return false;
    size_t left = (size_t)(end - head) - HEAD_BYTES;
    size_t said = head[1] | (size_t)head[2] << 8;
    piece->kind = head[0] % PIECE_KINDS;
    piece->bytes = head + HEAD_BYTES;
    piece->length = said < left ? said : left;
    *at = piece->bytes + piece->length;
    return true;
}

static void play(struct connection *at, const struct piece *piece)
{
    switch (piece->kind) {
    case FIELD: ask_with_field(at, piece); break;
    case NEGOTIATE:
    case KERBEROS: ask_with_any_token(at, piece); break;
    case NO_FIELD: ask_without(at); break;
    case CLIENT: sign_in(at, piece); break;
    case MESSAGE: send_message(at, piece); break;
    case BODY: send_any_body(at, piece); break;
    default: hear_any(piece); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct connection connection = {0};
    const uint8_t *at = bytes;
    struct piece piece;
    if (!security.accounts.count)
        load();
    for (int i = 0; i < PIECES_MAX && next_piece(&at, bytes + length, &piece); i++)
        play(&connection, &piece);
    lg_guest_free(connection.session);
    lg_gss_free(connection.client);
    return 0;
}
