/* How the bytes of a message are written. */
#ifndef LG_XML_ENCODING_H
#define LG_XML_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

struct lg_xml_encoding {
    const char *name;  /* as Expat knows it */
    const char *begin; /* how a text in it begins */
    size_t begin_length;
    size_t mark_length; /* what of that is a mark, and no text */
    size_t unit;        /* bytes */
    size_t high;        /* index of the high byte in a unit */
};

/* Never NULL: what does not look like UTF-16 is UTF-8. */
const struct lg_xml_encoding *lg_xml_encoding_of(const char *bytes, size_t length);

/* Whether bytes behind the mark are complete sequences of the encoding. Characters that XML has no
 * place for, surrogates in UTF-8 among them, are Expat's to find. */
bool lg_xml_encoding_fits(const struct lg_xml_encoding *encoding, const char *bytes, size_t length);

/* How many bytes of UTF-16 are complete characters: the rest begins with a surrogate without its
 * other half, or is half a unit. `high` is the index of the high byte in a unit. Some releases of
 * Expat take any two bytes behind a high surrogate for a low one. */
size_t lg_xml_utf16_whole(const char *bytes, size_t length, size_t high);

/* Whether a declaration may name it, whatever it is that the bytes are written in. */
bool lg_xml_encoding_is_known(const char *name);

#endif
