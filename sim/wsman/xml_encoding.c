#include "sim/wsman/xml_encoding.h"

#include <string.h>

#include "sim/wsman/xml.h"

/* The first entry that the bytes begin with; the last fits all. What of it is a mark is skipped. */
static const struct lg_xml_encoding encodings[] = {
    {"UTF-8", "\xEF\xBB\xBF", 3, 3, 1, 0}, {"UTF-16LE", "\xFF\xFE", 2, 2, 2, 1},
    {"UTF-16BE", "\xFE\xFF", 2, 2, 2, 0},  {"UTF-16LE", "<\0", 2, 0, 2, 1},
    {"UTF-16BE", "\0<", 2, 0, 2, 0},       {"UTF-8", "", 0, 0, 1, 0}};

const struct lg_xml_encoding *lg_xml_encoding_of(const char *bytes, size_t length)
{
    const struct lg_xml_encoding *encoding = encodings;
    while (length < encoding->begin_length ||
           (encoding->begin_length > 0 &&
            memcmp(bytes, encoding->begin, encoding->begin_length) != 0)) {
        encoding++;
    }
    return encoding;
}

bool lg_xml_is_utf16(const char *bytes, size_t length)
{
    return lg_xml_encoding_of(bytes, length)->unit == 2;
}

size_t lg_xml_utf16_whole(const char *bytes, size_t length, size_t high)
{
    bool is_open = false;
    size_t at = 0;
    for (; at + 1 < length; at += 2) {
        const unsigned kind = (unsigned char)bytes[at + high] & 0xFC;
        if ((kind == 0xDC) != is_open) {
            break;
        }
        is_open = kind == 0xD8;
    }
    return is_open ? at - 2 : at;
}

/* The lengths of sequences are all that is looked at: Expat has looked at the rest. */
static bool is_utf8(const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes;
    for (size_t i = 0; i < length; i++) {
        const size_t more = at[i] < 0xC2 ? 0 : at[i] < 0xE0 ? 1 : at[i] < 0xF0 ? 2 : 3;
        if ((at[i] >= 0x80 && at[i] < 0xC2) || at[i] > 0xF4 || more >= length - i) {
            return false;
        }
        for (size_t j = 0; j < more; j++) {
            if ((at[++i] & 0xC0) != 0x80) {
                return false;
            }
        }
    }
    return true;
}

bool lg_xml_encoding_fits(const struct lg_xml_encoding *encoding, const char *bytes, size_t length)
{
    if (encoding->unit == 1) {
        return is_utf8(bytes, length);
    }
    return lg_xml_utf16_whole(bytes, length, encoding->high) == length;
}

/* ASCII, without case. */
static bool is_named(const char *name, const char *upper)
{
    while (*name != '\0' && (*name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name) == *upper) {
        name++;
        upper++;
    }
    return *name == *upper;
}

bool lg_xml_encoding_is_known(const char *name)
{
    static const char *const known[] = {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "US-ASCII"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (is_named(name, known[i])) {
            return true;
        }
    }
    return false;
}
