/* Messages of NTLM without the plug-in. */
#include "gss_ntlm.h"

#include <stdlib.h>
#include <string.h>

static bool find_key(const struct lg_gss *gss, uint8_t key[LG_NTLM_KEY_BYTES])
{
    gss_buffer_set_t found = GSS_C_NO_BUFFER_SET;
    OM_uint32 minor;
    OM_uint32 major =
        gss_inquire_sec_context_by_oid(&minor, gss->context, GSS_C_INQ_SSPI_SESSION_KEY, &found);
    bool good = major == GSS_S_COMPLETE && found && found->count > 0 &&
                found->elements[0].length == LG_NTLM_KEY_BYTES;
    if (good)
        memcpy(key, found->elements[0].value, LG_NTLM_KEY_BYTES);
    gss_release_buffer_set(&minor, &found);
    return good;
}

/* Whether this message, which is `copy`, comes out here as it did there. */
static bool agrees(struct lg_ntlm_stream *stream, bool sent, const char *token, const char *plain,
                   size_t length, char *copy)
{
    uint8_t header[LG_NTLM_HEADER_BYTES];
    const char *sealed = token + LG_NTLM_HEADER_BYTES;
    stream->number = lg_ntlm_stream_number(token);
    memcpy(copy, sent ? plain : sealed, length);
    if (!sent)
        return lg_ntlm_stream_unseal(stream, token, copy, length) &&
               memcmp(copy, plain, length) == 0;
    return lg_ntlm_stream_seal(stream, header, copy, length) &&
           memcmp(header, token, sizeof header) == 0 && memcmp(copy, sealed, length) == 0;
}

void lg_gss_ntlm_follow(struct lg_gss *gss, bool sent, const char *token, const char *plain,
                        size_t length)
{
    struct lg_ntlm_stream *stream = sent ? &gss->sent : &gss->taken;
    bool *tried = sent ? &gss->tried_sent : &gss->tried_taken;
    uint8_t key[LG_NTLM_KEY_BYTES];
    if (*tried)
        return;
    *tried = true;
    char *copy = malloc(length);
    bool by_client = sent == !gss->acceptor;
    if (copy && find_key(gss, key) && lg_ntlm_stream_open(stream, key, by_client) &&
        !agrees(stream, sent, token, plain, length, copy))
        lg_ntlm_stream_close(stream);
    memset(key, 0, sizeof key);
    free(copy);
}

bool lg_gss_ntlm_seal(struct lg_gss *gss, const char *plain, size_t length, struct lg_text *token)
{
    uint8_t header[LG_NTLM_HEADER_BYTES] = {0};
    size_t before = token->length;
    lg_text_add_bytes(token, (const char *)header, sizeof header);
    lg_text_add_bytes(token, plain, length);
    char *sealed = token->failed ? NULL : token->bytes + before + sizeof header;
    if (!sealed || !lg_ntlm_stream_seal(&gss->sent, header, sealed, length)) {
        token->length = before;
        return false;
    }
    memcpy(sealed - sizeof header, header, sizeof header);
    return true;
}

bool lg_gss_ntlm_unseal(struct lg_gss *gss, const char *token, size_t length, struct lg_text *plain)
{
    size_t before = plain->length;
    lg_text_add_bytes(plain, token + LG_NTLM_HEADER_BYTES, length - LG_NTLM_HEADER_BYTES);
    if (!plain->failed && lg_ntlm_stream_unseal(&gss->taken, token, plain->bytes + before,
                                                length - LG_NTLM_HEADER_BYTES))
        return true;
    if (!plain->failed) {
        memset(plain->bytes + before, 0, plain->length - before);
        plain->length = before;
    }
    return false;
}
