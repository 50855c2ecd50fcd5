/* A client of the control channel. */
#ifndef LG_CTL_CLIENT_H
#define LG_CTL_CLIENT_H

#include <stdbool.h>

#include "sim/wsman/text.h"

enum { LG_CTL_URL_BYTES = 256, LG_CTL_TOKEN_BYTES = 300, LG_CTL_REASON_BYTES = 320 };

struct lg_ctl_place {
    char url[LG_CTL_URL_BYTES]; /* http://ADDRESS:PORT/ or unix:PATH */
    char token[LG_CTL_TOKEN_BYTES];
};

/* Sends a request, or asks for `path` if body is NULL; what comes back is added to `answer`. False:
 * it cannot be reached or refused the request; the reason is one line. */
bool lg_ctl_send(const struct lg_ctl_place *place, const char *path, const char *body,
                 struct lg_text *answer, char reason[LG_CTL_REASON_BYTES]);

#endif
