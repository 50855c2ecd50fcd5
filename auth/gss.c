/* Signing in and sealing by GSSAPI. */
#include "gss.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gss_ntlm.h"
#include "gss_parts.h"

enum {
    CLIENT_FLAGS = GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG |
                   GSS_C_SEQUENCE_FLAG,
    KERBEROS_HEADER_BYTES_MIN = 32
};

void lg_gss_free(struct lg_gss *gss)
{
    OM_uint32 minor;
    if (!gss)
        return;
    gss_delete_sec_context(&minor, &gss->context, GSS_C_NO_BUFFER);
    gss_release_cred(&minor, &gss->credential);
    gss_release_name(&minor, &gss->target);
    lg_ntlm_stream_close(&gss->sent);
    lg_ntlm_stream_close(&gss->taken);
    free(gss);
}

const char *lg_gss_reason(const struct lg_gss *gss)
{
    return gss->reason;
}

const char *lg_gss_peer(const struct lg_gss *gss)
{
    return gss->peer;
}

bool lg_gss_is_kerberos(const struct lg_gss *gss)
{
    return gss->is_kerberos;
}

bool lg_gss_can_seal(const struct lg_gss *gss)
{
    const OM_uint32 needed = GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG;
    return gss->over && (gss->flags & needed) == needed;
}

/* ---- steps ---- */

static enum lg_gss_step fail(struct lg_gss *gss, const char *what, OM_uint32 major, OM_uint32 minor)
{
    OM_uint32 ignored;
    lg_gss_explain(gss->reason, what, major, minor, gss->mechanism);
    gss_delete_sec_context(&ignored, &gss->context, GSS_C_NO_BUFFER);
    gss->over = true;
    gss->flags = 0;
    return LG_GSS_FAILED;
}

static gss_channel_bindings_t bindings_of(struct lg_gss *gss, const char *token, size_t length)
{
    bool bound = gss->bindings.application_data.length > 0;
    bool unbound = gss->acceptor && lg_gss_is_unbound(token, length);
    return bound && !unbound ? &gss->bindings : GSS_C_NO_CHANNEL_BINDINGS;
}

static OM_uint32 initiate(struct lg_gss *gss, gss_buffer_t token, gss_buffer_t reply,
                          OM_uint32 *minor, gss_OID *mechanism)
{
    return gss_init_sec_context(minor, gss->credential, &gss->context, gss->target, gss->mechanism,
                                CLIENT_FLAGS, GSS_C_INDEFINITE, bindings_of(gss, NULL, 0), token,
                                mechanism, reply, &gss->flags, NULL);
}

static OM_uint32 take_in(struct lg_gss *gss, gss_buffer_t token, gss_buffer_t reply,
                         OM_uint32 *minor, gss_OID *mechanism, gss_name_t *peer)
{
    return gss_accept_sec_context(minor, &gss->context, gss->acceptor->credential, token,
                                  bindings_of(gss, token->value, token->length), peer, mechanism,
                                  reply, &gss->flags, NULL, NULL);
}

/* Only what the service offers under this name gets to the library. */
static bool is_welcome(const struct lg_gss *gss, const char *token, size_t length)
{
    const struct lg_gss_service *service = &gss->acceptor->service;
    const bool welcome[LG_OID_COUNT + 1] = {[LG_OID_NTLM] = service->ntlm && !gss->kerberos_only,
                                            [LG_OID_KERBEROS] = service->kerberos,
                                            [LG_OID_SPNEGO] = !gss->kerberos_only};
    return lg_gss_is_sound(token, length) && (gss->begun || welcome[lg_gss_kind(token, length)]);
}

static bool keep_peer(struct lg_gss *gss, gss_name_t peer)
{
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    bool known = gss_display_name(&minor, peer, &text, NULL) == GSS_S_COMPLETE;
    size_t length = known ? text.length : 0;
    const char *bytes = text.value;
    if (length > 0 && bytes[length - 1] == '\0')
        length--; /* the plug-in for NTLM counts it */
    bool good = length > 0 && length < sizeof gss->peer && !memchr(bytes, '\0', length);
    if (good) {
        memcpy(gss->peer, bytes, length);
        gss->peer[length] = '\0';
    }
    gss_release_buffer(&minor, &text);
    return good;
}

static enum lg_gss_step finish(struct lg_gss *gss, gss_OID mechanism, gss_name_t peer)
{
    gss->is_kerberos = lg_gss_is_oid(mechanism, LG_OID_KERBEROS);
    if (gss->acceptor && (gss->flags & GSS_C_ANON_FLAG))
        return fail(gss, "anonymous", 0, 0);
    if (!gss->is_kerberos && !lg_gss_is_oid(mechanism, LG_OID_NTLM))
        return fail(gss, "neither NTLM nor Kerberos", 0, 0);
    if (gss->acceptor && !keep_peer(gss, peer))
        return fail(gss, "a name that is none", 0, 0);
    gss->over = true;
    return LG_GSS_DONE;
}

/* SPNEGO names itself until it is over, and what it agreed on from then on. */
static gss_OID agreed_on(const struct lg_gss *gss, gss_OID mechanism)
{
    OM_uint32 minor;
    gss_OID inner = GSS_C_NO_OID;
    OM_uint32 major =
        gss_inquire_context(&minor, gss->context, NULL, NULL, NULL, &inner, NULL, NULL, NULL);
    return major == GSS_S_COMPLETE && inner ? inner : mechanism;
}

enum lg_gss_step lg_gss_step(struct lg_gss *gss, const char *token, size_t length,
                             struct lg_text *reply)
{
    gss_buffer_desc in = {length, (char *)token};
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    gss_OID mechanism = GSS_C_NO_OID;
    gss_name_t peer = GSS_C_NO_NAME;
    OM_uint32 minor = 0;
    OM_uint32 ignored;
    bool fits = length <= LG_GSS_TOKEN_BYTES && (length > 0 || (!gss->acceptor && !gss->begun));
    if (gss->over || !fits || (gss->acceptor && !is_welcome(gss, token, length)))
        return fail(gss, gss->over ? "it is over" : "a token of no known form", 0, 0);
    gss->begun = true;
    OM_uint32 major = gss->acceptor ? take_in(gss, &in, &out, &minor, &mechanism, &peer)
                                    : initiate(gss, &in, &out, &minor, &mechanism);
    bool good = major == GSS_S_COMPLETE || major == GSS_S_CONTINUE_NEEDED;
    enum lg_gss_step step = LG_GSS_CONTINUES;
    if (!good)
        step = fail(gss, "refused", major, minor);
    else if (major == GSS_S_COMPLETE)
        step = finish(gss, agreed_on(gss, mechanism), peer);
    if (step != LG_GSS_FAILED && out.length > 0)
        lg_text_add_bytes(reply, out.value, out.length);
    gss_release_buffer(&ignored, &out);
    gss_release_name(&ignored, &peer);
    return step;
}

/* ---- messages ---- */

static bool add_all(struct lg_gss *gss, const gss_iov_buffer_desc *parts, int count,
                    struct lg_text *token, size_t *header_bytes)
{
    *header_bytes = parts[0].buffer.length;
    for (int i = 0; i < count; i++)
        lg_text_add_bytes(token, parts[i].buffer.value, parts[i].buffer.length);
    if (token->failed)
        snprintf(gss->reason, sizeof gss->reason, "no memory");
    return !token->failed;
}

/* Kerberos: header, data and padding, with the trailer in the header as Windows wants it. */
static OM_uint32 seal_parts(struct lg_gss *gss, const char *plain, size_t length,
                            struct lg_text *token, size_t *header_bytes, OM_uint32 *minor)
{
    enum { HEADER, DATA, PADDING, COUNT };
    char *copy = malloc(length);
    int sealed = 0;
    OM_uint32 ignored;
    gss_iov_buffer_desc parts[COUNT] = {
        [HEADER] = {GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE, GSS_C_EMPTY_BUFFER},
        [DATA] = {GSS_IOV_BUFFER_TYPE_DATA, {length, copy}},
        [PADDING] = {GSS_IOV_BUFFER_TYPE_PADDING | GSS_IOV_BUFFER_FLAG_ALLOCATE,
                     GSS_C_EMPTY_BUFFER}};
    if (!copy)
        return GSS_S_FAILURE;
    memcpy(copy, plain, length);
    OM_uint32 major =
        gss_wrap_iov(minor, gss->context, 1, GSS_C_QOP_DEFAULT, &sealed, parts, COUNT);
    if (major == GSS_S_COMPLETE && (!sealed || !add_all(gss, parts, COUNT, token, header_bytes)))
        major = GSS_S_FAILURE;
    gss_release_iov_buffer(&ignored, parts, COUNT);
    free(copy);
    return major;
}

static OM_uint32 seal_whole(struct lg_gss *gss, const char *plain, size_t length,
                            struct lg_text *token, size_t *header_bytes, OM_uint32 *minor)
{
    gss_buffer_desc in = {length, (char *)plain};
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 ignored;
    OM_uint32 major = gss_wrap(minor, gss->context, 1, GSS_C_QOP_DEFAULT, &in, NULL, &out);
    if (major == GSS_S_COMPLETE && out.length <= length)
        major = GSS_S_FAILURE;
    if (major == GSS_S_COMPLETE) {
        *header_bytes = out.length - length;
        lg_text_add_bytes(token, out.value, out.length);
        if (!gss->is_kerberos && *header_bytes == LG_NTLM_HEADER_BYTES)
            lg_gss_ntlm_follow(gss, true, out.value, plain, length);
    }
    gss_release_buffer(&ignored, &out);
    return major;
}

static bool is_ready(struct lg_gss *gss)
{
    if (!lg_gss_can_seal(gss))
        snprintf(gss->reason, sizeof gss->reason, "sealing was not agreed on");
    return lg_gss_can_seal(gss);
}

bool lg_gss_seal(struct lg_gss *gss, const char *plain, size_t length, struct lg_text *token,
                 size_t *header_bytes)
{
    OM_uint32 minor = 0;
    OM_uint32 major = GSS_S_UNAVAILABLE;
    if (length == 0 || !is_ready(gss))
        return false;
    if (gss->is_kerberos) {
        major = seal_parts(gss, plain, length, token, header_bytes, &minor);
    } else if (gss->sent.cipher) {
        *header_bytes = LG_NTLM_HEADER_BYTES;
        major = lg_gss_ntlm_seal(gss, plain, length, token) ? GSS_S_COMPLETE : GSS_S_FAILURE;
    }
    if (major == GSS_S_UNAVAILABLE)
        major = seal_whole(gss, plain, length, token, header_bytes, &minor);
    if (major != GSS_S_COMPLETE)
        fail(gss, "not sealed", major, minor);
    return major == GSS_S_COMPLETE && !token->failed;
}

/* NTLM knows no messages that are signed only, and does not tell. */
static bool is_as_agreed(const struct lg_gss *gss, OM_uint32 major, int sealed)
{
    return major == GSS_S_COMPLETE && (sealed || !gss->is_kerberos);
}

static bool unseal_whole(struct lg_gss *gss, const char *token, size_t length, size_t header_bytes,
                         struct lg_text *plain)
{
    gss_buffer_desc in = {length, (char *)token};
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;
    OM_uint32 ignored;
    int sealed = 0;
    OM_uint32 major = gss_unwrap(&minor, gss->context, &in, &out, &sealed, NULL);
    bool good = is_as_agreed(gss, major, sealed) && out.length == length - header_bytes;
    if (good)
        lg_text_add_bytes(plain, out.value, out.length);
    else
        fail(gss, "not as it was sealed", major, minor);
    if (good && !gss->is_kerberos)
        lg_gss_ntlm_follow(gss, false, token, out.value, out.length);
    gss_release_buffer(&ignored, &out);
    return good && !plain->failed;
}

bool lg_gss_unseal(struct lg_gss *gss, const char *token, size_t length, size_t header_bytes,
                   struct lg_text *plain)
{
    if (!is_ready(gss))
        return false;
    bool fits = gss->is_kerberos ? header_bytes >= KERBEROS_HEADER_BYTES_MIN
                                 : header_bytes == LG_NTLM_HEADER_BYTES;
    if (!fits || length <= header_bytes) {
        fail(gss, "a header of another length", 0, 0);
        return false;
    }
    if (!gss->taken.cipher)
        return unseal_whole(gss, token, length, header_bytes, plain);
    bool good = lg_gss_ntlm_unseal(gss, token, length, plain);
    if (!good)
        fail(gss, "not as it was sealed", 0, 0);
    return good;
}
