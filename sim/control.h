/* The control channel: requests of the line protocol, one a POST, for whoever has the token. */
#ifndef LG_CONTROL_H
#define LG_CONTROL_H

#include "http.h"
#include "service.h"

enum { LG_TOKEN_BYTES = 260, LG_TOKEN_MIN = 16, LG_TOKEN_MAX = 256, LG_TOKEN_MADE = 64 };

struct lg_control {
    struct lg_service *service;
    const char *trace; /* the file that a recording goes to, or NULL */
    char token[LG_TOKEN_BYTES];
    bool bye; /* somebody said it */
};

/* A token nobody can guess. False: the system has no randomness to give. */
bool lg_token_make(char token[LG_TOKEN_BYTES]);

/* The first line of a file: 16 to 256 printable characters. NULL, or what is wrong. */
const char *lg_token_read(const char *path, char token[LG_TOKEN_BYTES]);

/* What an HTTP server is told; `control` must outlive it. */
struct lg_http_service lg_control_service(struct lg_control *control, unsigned timeout_s);

#endif
