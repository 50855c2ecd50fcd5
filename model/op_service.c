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

static bool refuse_request(struct lg_turn *turn)
{
    if (turn->call->method != LG_CALL_SERVICE_REQUEST_STATE_CHANGE)
        return false;
    if (!request_is_in_range(turn->call->requested) ||
        turn->call->timeout == LG_TIMEOUT_MALFORMED) {
        lg_answer_meaning(turn, LG_MEANING_INVALID_PARAMETER, LG_CLAUSE_svc_request);
        return true;
    }
    if (turn->call->timeout == LG_TIMEOUT_GIVEN) {
        lg_answer_meaning(turn, LG_MEANING_TIMEOUT_UNSUPPORTED, LG_CLAUSE_svc_request);
        return true;
    }
    return false;
}

void lg_service_control(struct lg_turn *turn)
{
    unsigned key = (unsigned)turn->call->method - LG_CALL_START_SERVICE;
    if (lg_check_rights(turn) &&
        lg_site_refuses(turn, LG_SITE_rights_to_control, 0, LG_ALT_rights_to_control_refused)) {
        lg_refuse(turn, LG_CAUSE_BIT(CALLER_WITHOUT_RIGHTS));
        return;
    }
    if (lg_is_armed(turn, (enum lg_method)turn->call->method)) {
        answer_armed(turn);
        return;
    }
    if (lg_choose(turn->tape, LG_SITE_service_control, key) ==
        LG_ALT_service_control_not_supported) {
        lg_answer_meaning(turn, LG_MEANING_NOT_SUPPORTED, LG_CLAUSE_svc_control_codes);
        return;
    }
    if (!refuse_request(turn))
        lg_answer_done(turn, LG_CLAUSE_svc_control);
}
