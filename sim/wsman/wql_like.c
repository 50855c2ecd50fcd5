/* WQL: patterns of LIKE. % any text, _ one character, [a-f] or [abc] one of these, [^...] none. */
#include <string.h>

#include "wql_parts.h"

/* One UTF-8 character, ASCII letters in lower case; a byte that begins none stands for itself. */
static uint32_t take(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    unsigned more = at[0] >= 0xF0 ? 3 : at[0] >= 0xE0 ? 2 : at[0] >= 0xC0 ? 1 : 0;
    uint32_t value = at[0];
    for (unsigned i = 1; i <= more; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            *text += 1;
            return at[0];
        }
        value = value << 8 | at[i];
    }
    *text += more + 1;
    return value >= 'A' && value <= 'Z' ? value - 'A' + 'a' : value;
}

/* The bracket that closes a set, or NULL. One that comes first is a member. last: of the pattern.
 */
static const char *set_end(const char *open, const char *last)
{
    const char *first = open + 1 + (open[1] == '^');
    return first < last ? strchr(first + 1, ']') : NULL;
}

/* From after "[" up to `end`. WMI's pages write a range with "=", people write it with "-". */
static bool in_set(uint32_t character, const char *at, const char *end)
{
    bool negated = *at == '^';
    bool found = false;
    at += negated;
    while (at < end) {
        uint32_t low = take(&at);
        uint32_t high = low;
        if (at + 1 < end && (*at == '-' || *at == '=')) {
            at++;
            high = take(&at);
        }
        found = found || (character >= low && character <= high);
    }
    return found != negated;
}

/* Takes one character of the text against one member of the pattern that is not "%". */
static bool take_one(const char **text, const char **pattern, const char *last)
{
    const char *end = **pattern == '[' ? set_end(*pattern, last) : NULL;
    bool any = **pattern == '_';
    uint32_t character = take(text);
    if (!end)
        return take(pattern) == character || any;
    bool is_member = in_set(character, *pattern + 1, end);
    *pattern = end + 1;
    return is_member;
}

/* At a difference only the last "%" need be tried again with one more character. */
bool lg_wql_like(const char *text, const char *pattern)
{
    const char *retry_text = NULL, *retry_pattern = NULL;
    const char *closing = strrchr(pattern, ']');
    const char *last = closing ? closing : pattern;
    while (*text || *pattern) {
        if (*pattern == '%') {
            retry_pattern = ++pattern;
            retry_text = text;
            continue;
        }
        if (*text && *pattern && take_one(&text, &pattern, last))
            continue;
        if (!retry_text || !*retry_text)
            return false;
        take(&retry_text);
        text = retry_text;
        pattern = retry_pattern;
    }
    return true;
}
