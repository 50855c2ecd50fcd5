/* Text that grows: what replies and requests are written into. */
#ifndef LG_TEXT_H
#define LG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero is an empty text. Owned by whoever made it; lg_text_free releases the bytes. After memory
 * ran short `failed` is set and nothing more is added: the writer checks it once, at the end. The
 * bytes end in a 0 that length does not count. */
struct lg_text {
    char *bytes;
    size_t length;
    size_t capacity;
    bool failed;
};

void lg_text_free(struct lg_text *text);
void lg_text_clear(struct lg_text *text);
void lg_text_add(struct lg_text *text, const char *literal);
void lg_text_add_bytes(struct lg_text *text, const char *bytes, size_t length);
void lg_text_addf(struct lg_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Escapes & < > and the quote, as XML content or an attribute's value. Control characters that XML
 * has no place for become "?", as WinRM sends them (MS-WSMV 3.1.4.1.25). */
void lg_text_escape(struct lg_text *text, const char *content);
void lg_text_escape_bytes(struct lg_text *text, const char *content, size_t length);

/* UTF-8 to UTF-16LE with a byte order mark, in place. False: the text is not UTF-8. */
bool lg_text_to_utf16(struct lg_text *text);

/* Bytes that the text takes as UTF-16 without a mark: the envelope budget counts these. */
size_t lg_text_utf16_bytes(const char *utf8, size_t length);

#endif
