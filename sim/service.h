/* One simulated host behind two channels: WS-Management for clients, requests of the line protocol
 * for whoever controls it. */
#ifndef LG_SERVICE_H
#define LG_SERVICE_H

#include "lines.h"
#include "sim/wsman/wsman.h"

#define LG_MACHINE "LASTGOOD" /* the name that the model shows */

struct lg_service;

/* The simulator stays the caller's, and must outlive the service. NULL: no memory. */
struct lg_service *lg_service_new(struct lg_simulator *simulator,
                                  const struct lg_wsman_settings *settings);
void lg_service_free(struct lg_service *service);

/* The HTTP status, as lg_wsman_respond. request->caller is what this account is on the host. */
int lg_service_respond(struct lg_service *service, const struct lg_wsman_request *request,
                       struct lg_text *body, const char **content_type);

/* The answer to one request of the line protocol, to be released by the caller. Its caller is an
 * administrator, or who Caller.Become made it, whoever signed in on the other channel. */
json_t *lg_service_command(struct lg_service *service, const char *line, size_t length, bool *bye);

/* Writes out what is recorded so far. */
void lg_service_flush(struct lg_service *service);

#endif
