/* The data channel: WS-Management over HTTP. */
#ifndef LG_DATA_H
#define LG_DATA_H

#include "accounts.h"
#include "http.h"
#include "refusals.h"
#include "service.h"
#include "guest.h"

struct lg_data {
    struct lg_service *service;
    struct lg_sign_in sign_in;
    struct lg_refusals refusals;
    bool allow_unencrypted; /* bodies in clear, and Basic authentication, without TLS */
};

/* What an HTTP server is told; `data` must outlive it. */
struct lg_http_service lg_data_service(struct lg_data *data, size_t envelope_bytes,
                                       unsigned timeout_s);

#endif
