/* The control channel of a simulator: requests of the line protocol over HTTP. */
#ifndef LG_WSMAN_CONTROL_H
#define LG_WSMAN_CONTROL_H

#include "target.h"
#include "wsman_client.h"

struct lg_control {
    struct lg_client *client; /* NULL: there is none */
    json_int_t id;
};

/* url: http://..., or unix: and a path. */
bool lg_control_open(struct lg_control *control, const char *url, const char *token,
                     struct lg_json_error *reason, bool *usage);
void lg_control_close(struct lg_control *control);

/* Posts a request, which is released. ANSWERED: *answer says ok, and is the caller's. REFUSED: it
 * says no; the reason. */
enum lg_target_reply lg_control_ask(struct lg_control *control, json_t *request, json_t **answer,
                                    struct lg_json_error *reason);

#endif
