/* RequestStateChange, GetError, GetErrorEx and KillJob of a job. */
#include "step.h"

enum request {
    REQUEST_START = 2,
    REQUEST_SUSPEND,
    REQUEST_TERMINATE,
    REQUEST_KILL,
    REQUEST_SERVICE
};

static void answer(struct lg_turn *turn, enum lg_meaning meaning, enum lg_clause clause)
{
    lg_answer_meaning(turn, meaning, clause);
}

/* What is wrong, in the order of the plain reading. */
enum fault {
    RIGHTS = 1,
    ENVIRONMENT = 2,
    RANGE = 4,
    TIMEOUT_MALFORMED = 8,
    TIMEOUT_REFUSED = 16,
    STATE = 32
};

/* A cause in force answers for the whole method. */
static void answer_environment(struct lg_turn *turn)
{
    enum lg_meaning meaning = lg_armed_meaning(turn, (enum lg_method)turn->call->method);
    answer(turn, meaning, LG_CLAUSE_environment_cause);
    turn->outcome->cause = LG_CAUSE_ENVIRONMENT + 1;
}

/* The job, or NULL after answering that there is none. */
static const struct lg_job *find_job(struct lg_turn *turn)
{
    const struct lg_job *job = lg_job_of_call(turn);
    if (!job)
        lg_answer_missing(turn);
    return job;
}

static unsigned faults_of_any_call(struct lg_turn *turn)
{
    unsigned faults = lg_check_rights(turn) ? RIGHTS : 0;
    return faults | (lg_is_armed(turn, (enum lg_method)turn->call->method) ? ENVIRONMENT : 0);
}

/* One of them; STATE where nothing is wrong. */
static enum fault fault_told(struct lg_turn *turn, unsigned faults)
{
    return faults ? (enum fault)(1u << lg_choose_reported(turn, faults)) : STATE;
}

static unsigned request_key(const struct lg_turn *turn)
{
    return (unsigned)turn->call->requested - REQUEST_START;
}

static void answer_unsupported(struct lg_turn *turn)
{
    static const uint8_t meanings[] = {LG_MEANING_NOT_SUPPORTED, LG_MEANING_INVALID_STATE,
                                       LG_MEANING_FAILED};
    unsigned way = lg_choose(turn->tape, LG_SITE_job_request_unsupported, request_key(turn));
    answer(turn, (enum lg_meaning)meanings[way], LG_CLAUSE_jrsc_codes);
}

static void request_of_ended(struct lg_turn *turn, struct lg_job *job)
{
    static const uint8_t meanings[] = {LG_MEANING_INVALID_STATE, LG_MEANING_NOT_SUPPORTED,
                                       LG_MEANING_FAILED};
    unsigned way = lg_choose(turn->tape, LG_SITE_job_ended_request, request_key(turn));
    if (way != LG_ALT_job_ended_request_revived) {
        answer(turn, (enum lg_meaning)meanings[way], LG_CLAUSE_job_end_is_final);
        return;
    }
    if (job) {
        job->state = LG_JOB_RUNNING;
        job->flags = LG_JOB_TOOK_EFFECT | LG_JOB_MOVED;
    }
    lg_answer_done(turn, LG_CLAUSE_job_end_is_final);
}

static void move(struct lg_job *job, enum lg_job_state state)
{
    job->state = (uint8_t)state;
    job->flags |= LG_JOB_MOVED;
}

static void resume(struct lg_turn *turn, struct lg_job *job)
{
    move(job, LG_JOB_STARTING);
    if (lg_choose(turn->tape, LG_SITE_resume_result, 0) == LG_ALT_resume_result_at_once)
        lg_answer_done(turn, LG_CLAUSE_jrsc_completed);
    else
        answer(turn, LG_MEANING_JOB_STARTED, LG_CLAUSE_jrsc_started);
}

static void request_start(struct lg_turn *turn, struct lg_job *job)
{
    static const uint8_t meanings[] = {LG_MEANING_INVALID_STATE, LG_MEANING_COMPLETED,
                                       LG_MEANING_NOT_SUPPORTED};
    if (job->state == LG_JOB_SUSPENDED || job->state == LG_JOB_SERVICE) {
        resume(turn, job);
        return;
    }
    unsigned way = lg_choose(turn->tape, LG_SITE_job_start_request, 0);
    answer(turn, (enum lg_meaning)meanings[way], LG_CLAUSE_jrsc_codes);
}

static void request_rest(struct lg_turn *turn, struct lg_job *job, enum lg_site site,
                         enum lg_job_state state)
{
    if (lg_choose(turn->tape, site, 0) == 0) {
        answer_unsupported(turn);
        return;
    }
    if (job->state == state || job->state == LG_JOB_SHUTTING_DOWN) {
        answer(turn, LG_MEANING_INVALID_STATE, LG_CLAUSE_jrsc_codes);
        return;
    }
    move(job, state);
    lg_answer_done(turn, LG_CLAUSE_jrsc_completed);
}

static void start_cancelling(struct lg_turn *turn, struct lg_job *job, bool kill)
{
    job->flags |= LG_JOB_WILL_TERMINATE;
    if (kill)
        job->flags |= LG_JOB_WILL_BE_KILLED;
    if (job->state == LG_JOB_SUSPENDED || job->state == LG_JOB_SERVICE)
        move(job, LG_JOB_SHUTTING_DOWN);
    answer(turn, LG_MEANING_JOB_STARTED, LG_CLAUSE_jrsc_started);
}

static void cancel(struct lg_turn *turn, struct lg_job *job, bool kill)
{
    switch (lg_choose(turn->tape, LG_SITE_cancel_result, 0)) {
    case LG_ALT_cancel_result_at_once:
        lg_job_end(turn, job, kill ? LG_JOB_KILLED : LG_JOB_TERMINATED);
        lg_answer_done(turn, kill ? LG_CLAUSE_job_kill : LG_CLAUSE_job_terminate_is_clean);
        return;
    case LG_ALT_cancel_result_started: start_cancelling(turn, job, kill); return;
    default: answer(turn, LG_MEANING_FAILED, LG_CLAUSE_job_is_cancellable); return;
    }
}

/* A job that is about to end by itself is shutting down, and nobody may have seen it yet. */
static bool ends_by_itself(struct lg_turn *turn, const struct lg_job *job)
{
    if (job->state == LG_JOB_SUSPENDED || job->state == LG_JOB_SERVICE)
        return false;
    return lg_choose(turn->tape, LG_SITE_job_ends_by_itself, 0) == LG_ALT_job_ends_by_itself_yes;
}

static void request_end(struct lg_turn *turn, struct lg_job *job, bool kill)
{
    static const uint8_t meanings[] = {LG_MEANING_BUSY, LG_MEANING_JOB_STARTED,
                                       LG_MEANING_INVALID_STATE};
    bool told = job->flags & LG_JOB_WILL_TERMINATE;
    if (!kill && told) {
        unsigned way = lg_choose(turn->tape, LG_SITE_job_shutting_down_request, 0);
        answer(turn, (enum lg_meaning)meanings[way], LG_CLAUSE_jrsc_lost_requests);
    } else if (!kill && ends_by_itself(turn, job)) {
        move(job, LG_JOB_SHUTTING_DOWN);
        answer(turn, LG_MEANING_BUSY, LG_CLAUSE_jrsc_codes);
    } else if (lg_job_is_cancellable(turn, job))
        cancel(turn, job, kill);
    else
        answer_unsupported(turn);
}

static void request_of_live(struct lg_turn *turn, struct lg_job *job)
{
    switch (turn->call->requested) {
    case REQUEST_START: request_start(turn, job); return;
    case REQUEST_SUSPEND: request_rest(turn, job, LG_SITE_job_suspend, LG_JOB_SUSPENDED); return;
    case REQUEST_TERMINATE: request_end(turn, job, false); return;
    case REQUEST_KILL: request_end(turn, job, true); return;
    default: request_rest(turn, job, LG_SITE_job_service, LG_JOB_SERVICE); return;
    }
}

static void answer_bad_range(struct lg_turn *turn)
{
    bool invalid = lg_choose(turn->tape, LG_SITE_job_request_range, 0) ==
                   LG_ALT_job_request_range_invalid_parameter;
    answer(turn, invalid ? LG_MEANING_INVALID_PARAMETER : LG_MEANING_NOT_SUPPORTED,
           LG_CLAUSE_jrsc_range);
}

static bool timeout_is_refused(struct lg_turn *turn)
{
    return turn->call->timeout == LG_TIMEOUT_GIVEN &&
           lg_choose(turn->tape, LG_SITE_job_timeout_parameter, 0) ==
               LG_ALT_job_timeout_parameter_no;
}

static bool is_in_range(const struct lg_call *call)
{
    return call->requested >= REQUEST_START && call->requested <= REQUEST_SERVICE;
}

static unsigned faults_of_request(struct lg_turn *turn)
{
    unsigned faults = is_in_range(turn->call) ? 0 : RANGE;
    if (turn->call->timeout == LG_TIMEOUT_MALFORMED)
        faults |= TIMEOUT_MALFORMED;
    if (timeout_is_refused(turn))
        faults |= TIMEOUT_REFUSED;
    return faults;
}

static void request_of(struct lg_turn *turn, const struct lg_job *job)
{
    struct lg_job *own = lg_cell_job(turn->cell, turn->call->job);
    if (lg_job_has_ended(job))
        request_of_ended(turn, own);
    else if (own)
        request_of_live(turn, own);
}

/* Whether the job's state is a reason to refuse; if so, it was answered. */
static bool is_refused_by_state(struct lg_turn *turn, const struct lg_job *job)
{
    const struct lg_cell cell = *turn->cell;
    const struct lg_outcome outcome = *turn->outcome;
    request_of(turn, job);
    if (turn->outcome->return_value != 0 && turn->outcome->return_value != 4096)
        return true;
    *turn->cell = cell;
    *turn->outcome = outcome;
    return false;
}

static void answer_fault(struct lg_turn *turn, enum fault fault)
{
    switch (fault) {
    case RIGHTS: lg_refuse(turn, LG_CAUSE_BIT(CALLER_WITHOUT_RIGHTS)); return;
    case ENVIRONMENT: answer_environment(turn); return;
    case RANGE: answer_bad_range(turn); return;
    case TIMEOUT_MALFORMED:
        answer(turn, LG_MEANING_INVALID_PARAMETER, LG_CLAUSE_jrsc_timeout);
        return;
    default: answer(turn, LG_MEANING_TIMEOUT_UNSUPPORTED, LG_CLAUSE_jrsc_timeout); return;
    }
}

void lg_job_request_state_change(struct lg_turn *turn)
{
    const struct lg_job *job = find_job(turn);
    if (!job)
        return;
    unsigned faults = faults_of_any_call(turn) | faults_of_request(turn);
    unsigned state = is_in_range(turn->call) ? STATE : 0;
    enum fault told = fault_told(turn, faults ? faults | state : 0);
    if (!faults)
        request_of(turn, job);
    else if (told != STATE)
        answer_fault(turn, told);
    else if (!is_refused_by_state(turn, job))
        answer_fault(turn, fault_told(turn, faults));
}

static void answer_error_text(struct lg_turn *turn, bool text)
{
    lg_answer_done(turn, turn->call->method == LG_CALL_JOB_GET_ERROR ? LG_CLAUSE_job_get_error
                                                                     : LG_CLAUSE_job_get_error_ex);
    turn->outcome->answer = LG_ANSWERS_ERROR;
    turn->outcome->form = text;
}

void lg_job_get_error(struct lg_turn *turn)
{
    const struct lg_job *job = find_job(turn);
    if (!job)
        return;
    unsigned faults = faults_of_any_call(turn);
    bool runs = lg_job_is_live(job) && lg_choose(turn->tape, LG_SITE_job_error_running, 0) ==
                                           LG_ALT_job_error_running_invalid_state;
    enum fault told = fault_told(turn, faults | (runs ? STATE : 0));
    if (told != STATE) {
        answer_fault(turn, told);
        return;
    }
    if (runs) {
        answer(turn, LG_MEANING_INVALID_STATE, LG_CLAUSE_job_get_error);
        return;
    }
    bool failed = lg_job_has_ended(job) && job->state >= LG_JOB_TERMINATED;
    answer_error_text(turn, failed && lg_choose(turn->tape, LG_SITE_job_error_text, 0) ==
                                          LG_ALT_job_error_text_given);
}

void lg_job_kill(struct lg_turn *turn)
{
    if (!find_job(turn))
        return;
    enum fault told = fault_told(turn, faults_of_any_call(turn) | STATE);
    if (told == STATE)
        answer(turn, LG_MEANING_NOT_SUPPORTED, LG_CLAUSE_kill_unsupported);
    else
        answer_fault(turn, told);
}
