/* StartService, StopService and RequestStateChange of the service. */
#include "step.h"

static void answer_armed(struct lg_turn *turn)
{
    enum lg_method method = (enum lg_method)turn->call->method;
    lg_answer_meaning(turn, lg_armed_meaning(turn, method), LG_CLAUSE_environment_cause);
    turn->outcome->cause = LG_CAUSE_ENVIRONMENT + 1;
}

static bool request_is_in_range(uint16_t requested)
{
    return requested >= 2 && requested <= 11 && requested != 5;
}

/* What is wrong, in the order of the plain reading. */
enum fault { RIGHTS = 1, ARMED = 2, UNSUPPORTED = 4, PARAMETER = 8, TIMEOUT = 16 };

static unsigned faults_of_request(const struct lg_call *call)
{
    unsigned faults = 0;
    if (call->method != LG_CALL_SERVICE_REQUEST_STATE_CHANGE)
        return 0;
    if (!request_is_in_range(call->requested) || call->timeout == LG_TIMEOUT_MALFORMED)
        faults |= PARAMETER;
    if (call->timeout == LG_TIMEOUT_GIVEN)
        faults |= TIMEOUT;
    return faults;
}

static unsigned faults_of(struct lg_turn *turn)
{
    enum lg_method method = (enum lg_method)turn->call->method;
    unsigned key = (unsigned)method - LG_CALL_START_SERVICE;
    unsigned faults = faults_of_request(turn->call);
    if (lg_check_rights(turn) &&
        lg_site_refuses(turn, LG_SITE_rights_to_control, 0, LG_ALT_rights_to_control_refused))
        faults |= RIGHTS;
    if (lg_is_armed(turn, method))
        faults |= ARMED;
    if (lg_choose(turn->tape, LG_SITE_service_control, key) == LG_ALT_service_control_not_supported)
        faults |= UNSUPPORTED;
    return faults;
}

void lg_service_control(struct lg_turn *turn)
{
    unsigned faults = faults_of(turn);
    switch (faults ? 1u << lg_choose_reported(turn, faults) : 0) {
    case RIGHTS: lg_refuse(turn, LG_CAUSE_BIT(CALLER_WITHOUT_RIGHTS)); return;
    case ARMED: answer_armed(turn); return;
    case UNSUPPORTED:
        lg_answer_meaning(turn, LG_MEANING_NOT_SUPPORTED, LG_CLAUSE_svc_control_codes);
        return;
    case PARAMETER:
        lg_answer_meaning(turn, LG_MEANING_INVALID_PARAMETER, LG_CLAUSE_svc_request);
        return;
    case TIMEOUT:
        lg_answer_meaning(turn, LG_MEANING_TIMEOUT_UNSUPPORTED, LG_CLAUSE_svc_request);
        return;
    default: lg_answer_done(turn, LG_CLAUSE_svc_control); return;
    }
}
