/* Sealed messages: multipart/encrypted, one message a body. */
#include "sealing.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#define BOUNDARY "Encrypted Boundary"

enum { BOUNDARY_MAX = 70, LINE_MAX_BYTES = 512, LENGTH_BYTES = 4 };

static const char media[] = "multipart/encrypted";
static const char octets[] = "application/octet-stream";
static const char *const protocols[LG_SEALING_PROTOCOL_COUNT] = {
    [LG_SEALING_SPNEGO] = "application/HTTP-SPNEGO-session-encrypted",
    [LG_SEALING_KERBEROS] = "application/HTTP-Kerberos-session-encrypted"};
static const char *const content_types[LG_SEALING_PROTOCOL_COUNT] = {
    [LG_SEALING_SPNEGO] = "multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-"
                          "encrypted\";boundary=\"" BOUNDARY "\"",
    [LG_SEALING_KERBEROS] = "multipart/encrypted;protocol=\"application/HTTP-Kerberos-session-"
                            "encrypted\";boundary=\"" BOUNDARY "\""};

/* Some bytes of another text. */
struct slice {
    const char *at;
    size_t length;
};

/* ---- words ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct slice trim(struct slice text)
{
    while (text.length && is_blank(text.at[0])) {
        text.at++;
        text.length--;
    }
    while (text.length && is_blank(text.at[text.length - 1]))
        text.length--;
    return text;
}

static bool is_word(struct slice text, const char *word)
{
    if (text.length != strlen(word))
        return false;
    for (size_t i = 0; i < text.length; i++)
        if (tolower((unsigned char)text.at[i]) != tolower((unsigned char)word[i]))
            return false;
    return true;
}

/* What stands before the first `mark` that is in no quotes, or all; the rest stays behind it. */
static struct slice cut(struct slice *rest, char mark)
{
    struct slice part = {rest->at, 0};
    bool quoted = false;
    while (part.length < rest->length && (quoted || rest->at[part.length] != mark))
        quoted ^= rest->at[part.length++] == '"';
    size_t taken = part.length < rest->length ? part.length + 1 : part.length;
    rest->at += taken;
    rest->length -= taken;
    return trim(part);
}

static struct slice unquote(struct slice text)
{
    bool quoted = text.length >= 2 && text.at[0] == '"' && text.at[text.length - 1] == '"';
    return quoted ? (struct slice){text.at + 1, text.length - 2} : text;
}

static bool find_protocol(struct slice name, enum lg_sealing_protocol *protocol)
{
    for (int i = 0; i < LG_SEALING_PROTOCOL_COUNT; i++) {
        if (!is_word(name, protocols[i]))
            continue;
        *protocol = (enum lg_sealing_protocol)i;
        return true;
    }
    return false;
}

static bool read_number(struct slice text, size_t *number)
{
    *number = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || *number > SIZE_MAX / 10 - 1)
            return false;
        *number = *number * 10 + (size_t)(text.at[i] - '0');
    }
    return text.length > 0;
}

/* ---- the content type ---- */

/* What is known so far, and what is left of the body. */
struct reading {
    struct slice boundary;
    struct slice body;
    struct lg_sealed *sealed;
};

static struct slice whole(const char *text)
{
    return (struct slice){text, text ? strlen(text) : 0};
}

bool lg_sealing_is(const char *content_type)
{
    struct slice rest = whole(content_type);
    return content_type && is_word(cut(&rest, ';'), media);
}

static bool read_content_type(struct reading *reading, const char *content_type)
{
    struct slice rest = whole(content_type);
    bool has_protocol = false;
    if (!content_type || !is_word(cut(&rest, ';'), media))
        return false;
    while (rest.length) {
        struct slice value = cut(&rest, ';');
        struct slice name = cut(&value, '=');
        value = unquote(trim(value));
        if (is_word(name, "boundary") && !reading->boundary.length)
            reading->boundary = value;
        else if (is_word(name, "protocol") && !has_protocol)
            has_protocol = find_protocol(value, &reading->sealed->protocol);
        else
            return false;
    }
    return has_protocol && reading->boundary.length > 0 && reading->boundary.length <= BOUNDARY_MAX;
}

/* ---- the parts ---- */

static bool take_line(struct reading *reading, struct slice *line)
{
    struct slice *body = &reading->body;
    size_t most = body->length < LINE_MAX_BYTES ? body->length : LINE_MAX_BYTES;
    const char *end = most ? memchr(body->at, '\r', most) : NULL;
    size_t length = end ? (size_t)(end - body->at) : 0;
    if (!end || length + 1 >= body->length || end[1] != '\n')
        return false;
    *line = (struct slice){body->at, length};
    body->at += length + 2;
    body->length -= length + 2;
    return true;
}

static bool take_boundary(struct reading *reading)
{
    struct slice line;
    if (!take_line(reading, &line) || line.length < 2 || memcmp(line.at, "--", 2) != 0)
        return false;
    line = trim((struct slice){line.at + 2, line.length - 2});
    return line.length == reading->boundary.length &&
           memcmp(line.at, reading->boundary.at, line.length) == 0;
}

/* "type=A;charset=B;Length=N": what is no length stays together as the type. */
static bool read_original(struct lg_sealed *sealed, struct slice value)
{
    struct slice type = cut(&value, ';');
    struct slice name = cut(&type, '=');
    size_t used = 0;
    bool has_length = false;
    if (!is_word(name, "type"))
        return false;
    for (struct slice part = trim(type); part.length; part = cut(&value, ';')) {
        struct slice rest = part;
        if (is_word(cut(&rest, '='), "length")) {
            if (has_length || !read_number(trim(rest), &sealed->plain_bytes))
                return false;
            has_length = true;
            continue;
        }
        if (used + part.length + 2 > sizeof sealed->type)
            return false;
        if (used)
            sealed->type[used++] = ';';
        memcpy(sealed->type + used, part.at, part.length);
        used += part.length;
    }
    sealed->type[used] = '\0';
    return has_length && used > 0 && !value.length && strlen(sealed->type) == used;
}

static bool read_first_part(struct reading *reading)
{
    enum lg_sealing_protocol protocol;
    bool has_type = false;
    bool has_original = false;
    for (int i = 0; i < 2; i++) {
        struct slice value;
        if (!take_line(reading, &value))
            return false;
        struct slice name = cut(&value, ':');
        value = trim(value);
        if (is_word(name, "Content-Type") && !has_type)
            has_type = find_protocol(value, &protocol) && protocol == reading->sealed->protocol;
        else if (is_word(name, "OriginalContent") && !has_original)
            has_original = read_original(reading->sealed, value);
        else
            return false;
    }
    return has_type && has_original;
}

/* Takes the last boundary off the end: what is sealed may hold bytes that look like one. */
static bool drop_last_boundary(struct reading *reading)
{
    struct slice *body = &reading->body;
    const struct slice *boundary = &reading->boundary;
    if (body->length >= 2 && memcmp(body->at + body->length - 2, "\r\n", 2) == 0)
        body->length -= 2;
    if (body->length < boundary->length + 4 || memcmp(body->at + body->length - 2, "--", 2) != 0)
        return false;
    body->length -= boundary->length + 2;
    if (memcmp(body->at + body->length, boundary->at, boundary->length) != 0)
        return false;
    if (body->length >= 3 && body->at[body->length - 1] == ' ')
        body->length--;
    body->length -= 2;
    return memcmp(body->at + body->length, "--", 2) == 0;
}

static bool read_token(struct reading *reading)
{
    struct lg_sealed *sealed = reading->sealed;
    struct slice *body = &reading->body;
    if (!drop_last_boundary(reading) || body->length <= LENGTH_BYTES)
        return false;
    size_t header = 0;
    for (int i = LENGTH_BYTES - 1; i >= 0; i--)
        header = header << 8 | (unsigned char)body->at[i];
    sealed->header_bytes = header;
    sealed->token = body->at + LENGTH_BYTES;
    sealed->token_bytes = body->length - LENGTH_BYTES;
    return header > 0 && header <= LG_SEALING_HEADER_BYTES && header < sealed->token_bytes &&
           sealed->plain_bytes > 0 && sealed->plain_bytes <= sealed->token_bytes - header;
}

static bool read_second_part(struct reading *reading)
{
    struct slice value;
    if (!take_line(reading, &value) || !is_word(cut(&value, ':'), "Content-Type"))
        return false;
    return is_word(trim(value), octets) && read_token(reading);
}

bool lg_sealing_read(const char *content_type, const char *body, size_t length,
                     struct lg_sealed *sealed)
{
    struct reading reading = {.body = {body, length}, .sealed = sealed};
    memset(sealed, 0, sizeof *sealed);
    return read_content_type(&reading, content_type) && take_boundary(&reading) &&
           read_first_part(&reading) && take_boundary(&reading) && read_second_part(&reading);
}

/* ---- writing ---- */

void lg_sealing_write(struct lg_text *body, const struct lg_sealed *sealed)
{
    char header[LENGTH_BYTES];
    for (int i = 0; i < LENGTH_BYTES; i++)
        header[i] = (char)(sealed->header_bytes >> (8 * i) & 0xFF);
    lg_text_addf(body,
                 "--" BOUNDARY "\r\n\tContent-Type: %s\r\n\tOriginalContent: type=%s;Length=%zu\r\n"
                 "--" BOUNDARY "\r\n\tContent-Type: %s\r\n",
                 protocols[sealed->protocol], sealed->type, sealed->plain_bytes, octets);
    lg_text_add_bytes(body, header, sizeof header);
    lg_text_add_bytes(body, sealed->token, sealed->token_bytes);
    lg_text_add(body, "--" BOUNDARY "--\r\n");
}

const char *lg_sealing_content_type(enum lg_sealing_protocol protocol)
{
    return content_types[protocol];
}
