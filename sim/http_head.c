/* Checks of an HTTP head that libmicrohttpd 0.9.75 does not make, not even when it is strict: of
 * all these it takes the first field, or the last, or goes on reading. */
#include "http_head.h"

#include <string.h>
#include <strings.h>

enum field { LENGTH, CODING, HOST, AUTHORIZATION, CONTENT_TYPE, IDENTIFY, FIELD_COUNT };

static const char *const names[FIELD_COUNT] = {"Content-Length", "Transfer-Encoding",
                                               "Host",           "Authorization",
                                               "Content-Type",   "WSMANIDENTIFY"};

struct fields {
    const char *values[FIELD_COUNT];
    const char *last; /* the value that was read last */
    bool wrong;
};

enum { BLANKS_MAX = 256 };

static bool is_token(const char *name, size_t length)
{
    static const char plain[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return length > 0 && strspn(name, plain) == length;
}

static bool is_text(const char *value)
{
    for (; *value; value++)
        if (((unsigned char)*value < ' ' && *value != '\t') || *value == 0x7F)
            return false;
    return true;
}

/* The library parses in place, and puts zeros over the colon and over the end of the line: two for
 * CR LF, one for a bare LF. Behind a line there is always another, the empty one at the last. */
static bool ends_in_crlf(const char *text)
{
    const char *end = text + strlen(text);
    return end[0] == '\0' && end[1] == '\0';
}

/* A folded line is joined elsewhere: its name does not stand before its value any more. */
static bool stands_before(const char *name, size_t length, const char *value)
{
    const char *at = name + length;
    if (value <= at || value - at > BLANKS_MAX)
        return false;
    for (at++; at < value; at++)
        if (*at != ' ' && *at != '\t')
            return false;
    return true;
}

static enum MHD_Result read_field(void *context, enum MHD_ValueKind kind, const char *name,
                                  size_t name_length, const char *value, size_t value_length)
{
    struct fields *fields = context;
    (void)kind;
    if (!value || strlen(value) != value_length || !is_token(name, name_length) ||
        !is_text(value) || !stands_before(name, name_length, value) || !ends_in_crlf(value)) {
        fields->wrong = true;
        return MHD_NO;
    }
    fields->last = value;
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        if (strcasecmp(name, names[i]) != 0)
            continue;
        fields->wrong |= fields->values[i] != NULL;
        fields->values[i] = value;
    }
    return fields->wrong ? MHD_NO : MHD_YES;
}

/* What is behind the head may not be there yet, so the library must say how long the empty line is.
 */
static bool ends_in_empty_line(struct MHD_Connection *connection, const char *method,
                               const char *last)
{
    static const char crlf[] = "\r\n";
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info && method + info->header_size == last + strlen(last) + 2 * strlen(crlf);
}

static bool read_length(const char *text, uint64_t *length)
{
    *length = 0;
    if (!text)
        return true;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18 || text[digits])
        return false;
    for (size_t i = 0; i < digits; i++)
        *length = *length * 10 + (uint64_t)(text[i] - '0');
    return true;
}

bool lg_http_head_read(struct MHD_Connection *connection, const char *method, const char *version,
                       struct lg_http_head *head)
{
    struct fields fields = {.wrong = !ends_in_crlf(version)};
    bool old = strcmp(version, "HTTP/1.0") == 0;
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, read_field, &fields);
    const char *coding = fields.values[CODING];
    const char *length = fields.values[LENGTH];
    if (fields.wrong || (!old && strcmp(version, "HTTP/1.1") != 0) ||
        (!old && !fields.values[HOST]))
        return false;
    if (!ends_in_empty_line(connection, method, fields.last ? fields.last : version))
        return false;
    if (coding && (length || old || strcasecmp(coding, "chunked") != 0))
        return false;
    *head = (struct lg_http_head){.authorization = fields.values[AUTHORIZATION],
                                  .content_type = fields.values[CONTENT_TYPE],
                                  .identify = fields.values[IDENTIFY],
                                  .chunked = coding != NULL};
    return read_length(length, &head->length);
}

const char *lg_http_path(const char *target)
{
    size_t scheme = strncasecmp(target, "http://", 7) == 0    ? 7
                    : strncasecmp(target, "https://", 8) == 0 ? 8
                                                              : 0;
    const char *path = scheme ? strchr(target + scheme, '/') : target;
    return path ? path : "/";
}
