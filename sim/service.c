/* A simulator as WS-Management and the control channel see it. */
#include "service.h"

#include <stdio.h>
#include <stdlib.h>

#include "wsman_host.h"

struct lg_service {
    struct lg_simulator *simulator;
    struct lg_session *session;
    struct lg_wsman *wsman;
    struct lg_wsman_simulator host;
    uint8_t control_role;
};

struct lg_service *lg_service_new(struct lg_simulator *simulator,
                                  const struct lg_wsman_settings *settings)
{
    struct lg_service *service = calloc(1, sizeof *service);
    if (!service)
        return NULL;
    service->simulator = simulator;
    service->control_role = simulator->host.self.host.role;
    lg_wsman_simulator_init(&service->host, simulator, LG_MACHINE);
    service->session = lg_session_new(simulator);
    service->wsman = lg_wsman_new(&service->host.host, settings);
    if (service->session && service->wsman)
        return service;
    lg_service_free(service);
    return NULL;
}

void lg_service_free(struct lg_service *service)
{
    if (!service)
        return;
    if (service->wsman)
        lg_wsman_free(service->wsman);
    lg_session_free(service->session);
    lg_wsman_simulator_free(&service->host);
    free(service);
}

int lg_service_respond(struct lg_service *service, const struct lg_wsman_request *request,
                       struct lg_text *body, const char **content_type)
{
    return lg_wsman_respond(service->wsman, request, body, content_type);
}

/* The caller of before, as an event, so that a recording tells it, too. */
static void become(struct lg_simulator *simulator, uint8_t role)
{
    struct lg_call call = {.method = LG_CALL_CALLER_CHANGES, .vm = LG_VM_HOST, .requested = role};
    struct lg_outcome outcome;
    if (simulator->host.self.host.role != role)
        lg_simulator_call(simulator, &call, &outcome);
}

json_t *lg_service_command(struct lg_service *service, const char *line, size_t length, bool *bye)
{
    become(service->simulator, service->control_role);
    json_t *answered = lg_session_answer(service->session, line, length, bye);
    service->control_role = service->simulator->host.self.host.role;
    return answered;
}

void lg_service_flush(struct lg_service *service)
{
    if (service->simulator->recorder)
        fflush(service->simulator->recorder->file);
}
