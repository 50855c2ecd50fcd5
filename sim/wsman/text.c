#include "sim/wsman/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_MIN = 512 };

void lg_text_free(struct lg_text *text)
{
    free(text->bytes);
    *text = (struct lg_text){0};
}

void lg_text_clear(struct lg_text *text)
{
    text->length = 0;
    text->failed = false;
    if (text->bytes != NULL) {
        text->bytes[0] = '\0';
    }
}

/* Makes room for so many bytes more and a 0. */
static bool reserve(struct lg_text *text, size_t more)
{
    if (text->failed || more >= SIZE_MAX / 4 - text->length) {
        text->failed = true;
        return false;
    }
    const size_t needed = text->length + more + 1;
    if (needed <= text->capacity) {
        return true;
    }
    size_t capacity = text->capacity < CAPACITY_MIN ? CAPACITY_MIN : 2 * text->capacity;
    capacity = capacity < needed ? needed : capacity;
    char *bytes = realloc(text->bytes, capacity);
    if (bytes == NULL) {
        text->failed = true;
        return false;
    }
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

void lg_text_add_bytes(struct lg_text *text, const char *bytes, size_t length)
{
    if (!reserve(text, length)) {
        return;
    }
    if (length > 0) {
        memcpy(text->bytes + text->length, bytes, length);
    }
    text->length += length;
    text->bytes[text->length] = '\0';
}

void lg_text_add(struct lg_text *text, const char *literal)
{
    lg_text_add_bytes(text, literal, strlen(literal));
}

void lg_text_addf(struct lg_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0) {
        text->failed = true;
    } else if (reserve(text, (size_t)length)) {
        (void)vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}

/* What a byte is written as, NULL for itself. A carriage return would be read back as a line feed.
 */
static const char *escape_of(unsigned char byte)
{
    switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\r': return "&#13;";
    case '\t':
    case '\n': return NULL;
    default: return byte < ' ' ? "?" : NULL;
    }
}

/* U+FFFE and U+FFFF are the only ones beyond the control characters that XML has no place for. */
static bool is_noncharacter(const char *at, size_t left)
{
    return left >= 3 && (unsigned char)at[0] == 0xEF && (unsigned char)at[1] == 0xBF &&
           ((unsigned char)at[2] & 0xFE) == 0xBE;
}

void lg_text_escape_bytes(struct lg_text *text, const char *content, size_t length)
{
    size_t plain = 0; /* where the bytes begin that are still to be written as they are */
    for (size_t i = 0; i < length; i++) {
        const unsigned char byte = (unsigned char)content[i];
        const bool is_odd = byte == 0xEF && is_noncharacter(content + i, length - i);
        const char *escape = is_odd ? "?" : escape_of(byte);
        if (escape != NULL) {
            lg_text_add_bytes(text, content + plain, i - plain);
            lg_text_add(text, escape);
            i += is_odd ? 2 : 0;
            plain = i + 1;
        }
    }
    lg_text_add_bytes(text, content + plain, length - plain);
}

void lg_text_escape(struct lg_text *text, const char *content)
{
    lg_text_escape_bytes(text, content, strlen(content));
}

/* Reads a character of UTF-8; 0 for what is none. Length is at least 1. */
static size_t read_character(const unsigned char *at, size_t left, uint32_t *character)
{
    static const struct {
        uint32_t lead, least, most;
    } forms[] = {
        {0, 0, 0x7F}, {0xC0, 0x80, 0x7FF}, {0xE0, 0x800, 0xFFFF}, {0xF0, 0x10000, 0x10FFFF}};
    const size_t more = at[0] < 0xC0 ? 0 : at[0] < 0xE0 ? 1 : at[0] < 0xF0 ? 2 : 3;
    if (left <= more) {
        return 0;
    }
    uint32_t c = at[0] - forms[more].lead;
    for (size_t i = 1; i <= more; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
        c = c << 6 | (at[i] & 0x3Fu);
    }
    *character = c;
    const bool is_surrogate = c >= 0xD800 && c < 0xE000;
    return c < forms[more].least || c > forms[more].most || is_surrogate ? 0 : more + 1;
}

static void add_unit(struct lg_text *text, uint32_t unit)
{
    const char bytes[2] = {(char)(unit & 0xFF), (char)(unit >> 8)};
    lg_text_add_bytes(text, bytes, sizeof bytes);
}

bool lg_text_to_utf16(struct lg_text *text)
{
    struct lg_text wide = {0};
    const unsigned char *at = (const unsigned char *)text->bytes;
    add_unit(&wide, 0xFEFF);
    for (size_t done = 0, size; done < text->length && !wide.failed; done += size) {
        uint32_t c = 0;
        size = read_character(at + done, text->length - done, &c);
        if (size == 0) {
            lg_text_free(&wide);
            return false;
        }
        if (c >= 0x10000) {
            add_unit(&wide, 0xD800 + ((c - 0x10000) >> 10));
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        add_unit(&wide, c);
    }
    wide.failed = wide.failed || text->failed;
    lg_text_free(text);
    *text = wide;
    return true;
}

size_t lg_text_utf16_bytes(const char *utf8, size_t length)
{
    size_t units = 0;
    for (size_t i = 0; i < length; i++) {
        const unsigned char byte = (unsigned char)utf8[i];
        units += (byte & 0xC0) != 0x80 ? 1 : 0;
        units += byte >= 0xF0 ? 1 : 0; /* a pair of surrogates */
    }
    return 2 * units;
}
