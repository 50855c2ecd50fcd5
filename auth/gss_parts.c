/* Mechanisms, messages of errors, and a look at tokens. */
#include "gss_parts.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static char ntlm[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";
static char kerberos[] = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";
static char spnego[] = "\x2b\x06\x01\x05\x05\x02";

gss_OID_desc lg_gss_oids[LG_OID_COUNT] = {[LG_OID_NTLM] = {sizeof ntlm - 1, ntlm},
                                          [LG_OID_KERBEROS] = {sizeof kerberos - 1, kerberos},
                                          [LG_OID_SPNEGO] = {sizeof spnego - 1, spnego}};

const char *const lg_gss_schemes[LG_GSS_FORM_COUNT] = {[LG_GSS_SPNEGO_NTLM] = "Negotiate",
                                                       [LG_GSS_SPNEGO_KERBEROS] = "Negotiate",
                                                       [LG_GSS_NTLM] = "Negotiate",
                                                       [LG_GSS_KERBEROS] = "Kerberos"};

bool lg_gss_is_oid(gss_const_OID oid, enum lg_gss_oid which)
{
    return oid && oid->length == lg_gss_oids[which].length &&
           memcmp(oid->elements, lg_gss_oids[which].elements, oid->length) == 0;
}

/* ---- errors ---- */

static size_t add_printable(char *reason, size_t used, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length && used + 1 < LG_GSS_REASON_BYTES; i++) {
        bool printable = bytes[i] >= ' ' && bytes[i] <= '~';
        reason[used++] = printable ? bytes[i] : '?';
    }
    reason[used] = '\0';
    return used;
}

static size_t add_status(char *reason, size_t used, OM_uint32 status, int kind, gss_OID mechanism)
{
    OM_uint32 minor;
    OM_uint32 more = 0;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    if (status == 0 || gss_display_status(&minor, status, kind, mechanism, &more, &text) != 0)
        return used;
    used = add_printable(reason, used, ": ", 2);
    used = add_printable(reason, used, text.value, text.length);
    gss_release_buffer(&minor, &text);
    return used;
}

void lg_gss_explain(char reason[LG_GSS_REASON_BYTES], const char *what, OM_uint32 major,
                    OM_uint32 minor, gss_OID mechanism)
{
    size_t used = add_printable(reason, 0, what, strlen(what));
    if (minor == 0 || GSS_ROUTINE_ERROR(major) != GSS_S_FAILURE) /* which says: see the other */
        used = add_status(reason, used, major, GSS_C_GSS_CODE, GSS_C_NO_OID);
    add_status(reason, used, minor, GSS_C_MECH_CODE, mechanism);
}

/* ---- tokens ---- */

/* The object identifier in the frame of RFC 2743, 3.1. */
static bool frames(const unsigned char *token, size_t length, enum lg_gss_oid which)
{
    const gss_OID_desc *oid = &lg_gss_oids[which];
    size_t at = length > 1 && token[1] > 0x80 ? 2 + (token[1] & 0x7Fu) : 2;
    return token[0] == 0x60 && at <= 6 && length > at + 2 + oid->length && token[at] == 0x06 &&
           token[at + 1] == oid->length && memcmp(token + at + 2, oid->elements, oid->length) == 0;
}

static const char ntlm_mark[8] = "NTLMSSP"; /* with its zero */

enum lg_gss_oid lg_gss_kind(const char *token, size_t length)
{
    enum { AP_REQ = 0x6E };
    const unsigned char *bytes = (const unsigned char *)token;
    if (length >= sizeof ntlm_mark && memcmp(token, ntlm_mark, sizeof ntlm_mark) == 0)
        return LG_OID_NTLM;
    if (length > 0 && (bytes[0] == AP_REQ || frames(bytes, length, LG_OID_KERBEROS)))
        return LG_OID_KERBEROS;
    return length > 0 && frames(bytes, length, LG_OID_SPNEGO) ? LG_OID_SPNEGO : LG_OID_COUNT;
}

static uint32_t number(const unsigned char *bytes, unsigned count)
{
    uint32_t value = 0;
    while (count-- > 0)
        value = value << 8 | bytes[count];
    return value;
}

/* The pairs of an NTLMv2 answer (MS-NLMP 2.2.2.7): a hash of zeros is none, too. */
static bool has_bindings(const unsigned char *pairs, size_t length)
{
    enum { END = 0, BINDINGS = 10, HASH_BYTES = 16 };
    static const unsigned char none[HASH_BYTES];
    while (length >= 4) {
        uint32_t id = number(pairs, 2);
        uint32_t size = number(pairs + 2, 2);
        if (id == END || size > length - 4)
            return false;
        if (id == BINDINGS)
            return size == HASH_BYTES && memcmp(pairs + 4, none, HASH_BYTES) != 0;
        pairs += 4 + size;
        length -= 4 + size;
    }
    return false;
}

static const unsigned char *find_authenticate(const char *token, size_t length, size_t *left)
{
    static const char start[12] = "NTLMSSP\0\3\0\0"; /* and a zero */
    for (size_t i = 0; i + sizeof start <= length; i++) {
        if (memcmp(token + i, start, sizeof start) != 0)
            continue;
        *left = length - i;
        return (const unsigned char *)token + i;
    }
    return NULL;
}

bool lg_gss_is_sound(const char *token, size_t length)
{
    enum { HEAD = 64, KEY_BYTES = 16, ANSWER_BYTES = 24 }; /* MS-NLMP 2.2.1.3 */
    static const struct {
        unsigned at;
        uint32_t least;
        uint32_t most;
    } fields[] = {{12, 0, UINT16_MAX}, {20, ANSWER_BYTES, UINT16_MAX},
                  {28, 0, UINT16_MAX}, {36, 1, UINT16_MAX},
                  {44, 0, UINT16_MAX}, {52, 0, KEY_BYTES}};
    size_t left;
    const unsigned char *message = find_authenticate(token, length, &left);
    bool sound = !message || left >= HEAD;
    for (size_t i = 0; message && sound && i < sizeof fields / sizeof fields[0]; i++) {
        uint32_t size = number(message + fields[i].at, 2);
        uint32_t at = number(message + fields[i].at + 4, 4);
        sound = size >= fields[i].least && size <= fields[i].most && at <= left &&
                size <= left - at && (fields[i].most != KEY_BYTES || size % KEY_BYTES == 0);
    }
    return sound;
}

bool lg_gss_is_unbound(const char *token, size_t length)
{
    enum { ANSWER = 20, HEAD = 28, PAIRS = 44 }; /* MS-NLMP 2.2.1.3 and 2.2.2.8 */
    size_t left;
    const unsigned char *message = find_authenticate(token, length, &left);
    if (!message)
        return false;
    uint32_t size = left >= HEAD ? number(message + ANSWER, 2) : 0;
    uint32_t at = left >= HEAD ? number(message + ANSWER + 4, 4) : 0;
    return size < PAIRS || at > left || size > left - at ||
           !has_bindings(message + at + PAIRS, size - PAIRS);
}
