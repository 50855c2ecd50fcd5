/* The form of an HTTP head (RFC 9112, 2 to 5), and of the one number in it. */
#include "http_raw.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { LENGTH_DIGITS_MAX = 18 };

static const char version[] = "HTTP/1.";
static const char length_name[] = "Content-Length";
static const char host_name[] = "Host";

static bool is_token_character(char c)
{
    return c != '\0' && strchr("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                               c) != NULL;
}

static size_t token_length(const char *bytes, size_t length)
{
    size_t token = 0;
    while (token < length && is_token_character(bytes[token]))
        token++;
    return token;
}

/* From here to a character that is no part of a line: NUL, bare CR, a control character. */
static size_t text_length(const char *bytes, size_t length)
{
    size_t text = 0;
    while (text < length && ((unsigned char)bytes[text] >= ' ' || bytes[text] == '\t') &&
           bytes[text] != 0x7F)
        text++;
    return text;
}

static size_t target_length(const char *bytes, size_t length)
{
    size_t target = 0;
    while (target < length && (unsigned char)bytes[target] > ' ' && bytes[target] != 0x7F)
        target++;
    return target;
}

static enum lg_raw_verdict check_first_line(const char *line, size_t length, bool *needs_no_host)
{
    size_t method = token_length(line, length);
    if (method == 0 || method == length || line[method] != ' ')
        return LG_RAW_BAD;
    line += method + 1;
    length -= method + 1;
    size_t target = target_length(line, length);
    if (target == 0 || target == length || line[target] != ' ')
        return LG_RAW_BAD;
    line += target + 1;
    length -= target + 1;
    bool known = length == sizeof version && strncmp(line, version, sizeof version - 1) == 0 &&
                 (line[length - 1] == '0' || line[length - 1] == '1');
    *needs_no_host = known && line[length - 1] == '0';
    return known ? LG_RAW_FINE : LG_RAW_BAD;
}

static enum lg_raw_verdict check_length(const char *value, size_t length)
{
    while (length > 0 && (*value == ' ' || *value == '\t')) {
        value++;
        length--;
    }
    while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t'))
        length--;
    for (size_t i = 0; i < length; i++)
        if (value[i] < '0' || value[i] > '9')
            return LG_RAW_BAD;
    if (length == 0)
        return LG_RAW_BAD;
    return length <= LENGTH_DIGITS_MAX ? LG_RAW_FINE : LG_RAW_TOO_LARGE;
}

static bool is_named(const char *line, size_t length, const char *name)
{
    return strlen(name) == length && strncasecmp(line, name, length) == 0;
}

static enum lg_raw_verdict check_field(const char *line, size_t length, bool *has_host)
{
    size_t name = token_length(line, length);
    if (name == 0 || name == length || line[name] != ':' || text_length(line, length) != length)
        return LG_RAW_BAD;
    if (is_named(line, name, host_name))
        *has_host = true;
    if (is_named(line, name, length_name))
        return check_length(line + name + 1, length - name - 1);
    return LG_RAW_FINE;
}

/* What there is of a first line that has no end yet, as soon as its method is none. */
static enum lg_raw_verdict check_start(const char *bytes, size_t length)
{
    size_t method = token_length(bytes, length);
    bool possible = method == length || (method > 0 && bytes[method] == ' ') ||
                    (bytes[method] == '\r' && method + 1 == length);
    return possible ? LG_RAW_MORE : LG_RAW_BAD;
}

enum lg_raw_verdict lg_http_raw_check(const char *bytes, size_t length)
{
    bool first = true;
    bool has_host = false;
    const char *end;
    while (length > 0 && (end = memchr(bytes, '\n', length))) {
        size_t line = (size_t)(end - bytes);
        if (line == 0 || bytes[line - 1] != '\r')
            return LG_RAW_BAD;
        if (line == 1 && !first)
            return has_host ? LG_RAW_FINE : LG_RAW_BAD;
        if (line > 1) {
            enum lg_raw_verdict verdict = first ? check_first_line(bytes, line - 1, &has_host)
                                                : check_field(bytes, line - 1, &has_host);
            if (verdict != LG_RAW_FINE)
                return verdict;
            first = false;
        }
        length -= line + 1;
        bytes = end + 1;
    }
    return first ? check_start(bytes, length) : LG_RAW_MORE;
}
