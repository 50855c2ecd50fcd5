/* Get: one instance. */
#include "exchange.h"

struct lg_wsman_problem lg_exchange_get(struct lg_exchange *exchange)
{
    const struct lg_soap_request *request = exchange->request;
    struct lg_instances instances = {0};
    struct lg_wsman_problem problem =
        lg_instance_get(exchange->host, exchange->caller, &request->resource, &instances);
    if (!problem.fault && instances.count != 1)
        problem = lg_wsman_problem_of(LG_WSMAN_FAULT_NOT_FOUND, request->resource.uri);
    if (!problem.fault) {
        lg_soap_begin(exchange->body, LG_REPLY_TRANSFER, LG_NS_TRANSFER "/GetResponse", request,
                      exchange->message_id);
        lg_instance_write(exchange->body, &instances.items[0], request->resource.family,
                          !exchange->wsman->settings.repeated_bytes);
        lg_soap_end(exchange->body);
    }
    lg_instances_free(&instances);
    return problem;
}
