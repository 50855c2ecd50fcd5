/* The form that a sealed message has over plain HTTP (MS-WSMV 2.2.9.1). Sealing itself is done
 * elsewhere. */
#ifndef LG_SEALING_H
#define LG_SEALING_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

enum lg_sealing_protocol { LG_SEALING_SPNEGO, LG_SEALING_KERBEROS, LG_SEALING_PROTOCOL_COUNT };

enum {
    LG_SEALING_TYPE_BYTES = 80,    /* of the content type of the message, with its end */
    LG_SEALING_HEADER_BYTES = 256, /* the longest header that is taken */
    LG_SEALING_FRAME_BYTES = 1024  /* the form around the token takes less than this */
};

/* One message. The token is the header and then the sealed bytes, as gss_unwrap takes them. */
struct lg_sealed {
    enum lg_sealing_protocol protocol;
    char type[LG_SEALING_TYPE_BYTES]; /* as "application/soap+xml;charset=UTF-8" */
    size_t plain_bytes;               /* the message must have this length when it is unsealed */
    size_t header_bytes;              /* at least 1, less than token_bytes */
    const char *token;
    size_t token_bytes; /* at least header_bytes + plain_bytes */
};

/* Whether this content type is that of any kind of multipart/encrypted. NULL is none. */
bool lg_sealing_is(const char *content_type);

/* Takes a body apart. The token points into it. Accepts names in any case, blanks around them,
 * parameters in any order, "-- " before a boundary, and no line end after the last one. False: the
 * content type or the body is not of this form, or a length in it cannot be true. */
bool lg_sealing_read(const char *content_type, const char *body, size_t length,
                     struct lg_sealed *sealed);

/* Adds the form to a text, which then is a whole body; and the content type to send it with. */
void lg_sealing_write(struct lg_text *body, const struct lg_sealed *sealed);
const char *lg_sealing_content_type(enum lg_sealing_protocol protocol);

#endif
