/* The data channel: WS-Management over HTTP. */
#ifndef LG_DATA_H
#define LG_DATA_H

#include "accounts.h"
#include "http.h"
#include "service.h"

struct lg_data {
    struct lg_service *service;
    const struct lg_accounts *accounts;
    bool allow_unencrypted; /* Basic authentication, which nothing encrypts */
};

/* What an HTTP server is told; `data` must outlive it. */
struct lg_http_service lg_data_service(struct lg_data *data, size_t envelope_bytes,
                                       unsigned timeout_s);

#endif
