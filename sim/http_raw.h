/* A look at the bytes of an HTTP head before anything else reads them. */
#ifndef LG_HTTP_RAW_H
#define LG_HTTP_RAW_H

#include <stddef.h>

enum lg_raw_verdict {
    LG_RAW_MORE, /* nothing is wrong so far, and the empty line is not there yet */
    LG_RAW_FINE,
    LG_RAW_BAD,      /* 400 */
    LG_RAW_TOO_LARGE /* 413: a length that no number holds */
};

/* Lines of printable characters that end in CR LF: METHOD TARGET HTTP/1.x, then NAME: VALUE. */
enum lg_raw_verdict lg_http_raw_check(const char *bytes, size_t length);

#endif
