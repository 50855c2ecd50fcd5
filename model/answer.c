/* How a call ends: refused at once, refused through a job, done, or handed to a job. */
#include <string.h>

#include "step.h"

enum { OBJECT_NOT_FOUND_CODE = 32789, VENDOR_FROM = 32768, VENDOR_TO = 65535 };

static struct lg_codes one_code(uint32_t code)
{
    return (struct lg_codes){code, code};
}

/* The number that the 327xx tables give a meaning; those they lack become Invalid parameter. */
static uint32_t sibling_code(enum lg_meaning meaning)
{
    const struct lg_return_row *row = lg_return_by_meaning(LG_CALL_SET_KEY_PROTECTOR, meaning);
    if (!row)
        row = lg_return_by_meaning(LG_CALL_SET_KEY_PROTECTOR, LG_MEANING_INVALID_PARAMETER);
    return row->low;
}

static struct lg_codes dmtf_codes(struct lg_turn *turn, enum lg_method method,
                                  enum lg_meaning meaning)
{
    const struct lg_return_row *row = lg_return_by_meaning(method, meaning);
    bool only_here = meaning == LG_MEANING_DMTF_RESERVED || meaning == LG_MEANING_METHOD_RESERVED ||
                     meaning == LG_MEANING_VENDOR || meaning == LG_MEANING_COMPLETED;
    if (row && only_here)
        return (struct lg_codes){row->low, row->high};
    switch (lg_choose(turn->tape, LG_SITE_dmtf_numbering, method)) {
    case LG_ALT_dmtf_numbering_siblings: return one_code(sibling_code(meaning));
    case LG_ALT_dmtf_numbering_vendor: return (struct lg_codes){VENDOR_FROM, VENDOR_TO};
    default: return one_code(row ? row->low : sibling_code(meaning));
    }
}

/* The numbers by which a method may say a meaning. A table without it says Failed, or Not
 * Supported. */
struct lg_codes lg_codes_of(struct lg_turn *turn, enum lg_method method, enum lg_meaning meaning)
{
    const struct lg_return_row *row = lg_return_by_meaning(method, meaning);
    if (lg_methods[method].scheme == LG_SCHEME_DMTF)
        return dmtf_codes(turn, method, meaning);
    if (!row)
        row = lg_return_by_meaning(method, LG_MEANING_FAILED);
    if (!row)
        row = lg_return_by_meaning(method, LG_MEANING_NOT_SUPPORTED);
    return row ? (struct lg_codes){row->low, row->high} : one_code(0);
}

static unsigned key_of_cause(enum lg_method method, enum lg_cause cause)
{
    unsigned group = (unsigned)method < LG_KEYED_METHODS ? (unsigned)method : LG_KEYED_METHODS;
    return group * LG_CAUSE_COUNT + cause;
}

static uint8_t answer_of_cause(struct lg_turn *turn, enum lg_method method, enum lg_cause cause)
{
    unsigned key = key_of_cause(method, cause);
    return lg_causes[cause].answers[lg_choose(turn->tape, LG_SITE_failure_meaning, key)];
}

static bool is_fault(uint8_t answer)
{
    return answer >= LG_ANSWER_FAULT && answer < LG_ANSWER_OBJECT_NOT_FOUND;
}

static struct lg_codes codes_of_answer(struct lg_turn *turn, enum lg_method method, uint8_t answer)
{
    if (answer == LG_ANSWER_OBJECT_NOT_FOUND)
        return one_code(OBJECT_NOT_FOUND_CODE);
    if (answer == LG_ANSWER_ARMED)
        return lg_codes_of(turn, method, lg_armed_meaning(turn, method));
    return lg_codes_of(turn, method,
                       (enum lg_meaning)(is_fault(answer) ? LG_MEANING_FAILED : answer));
}

/* The answers of a cause that can be what was seen. Those of the DMTF's numbering have readings of
 * their own: they are not looked into. */
static unsigned viable_answers(struct lg_turn *turn, enum lg_method method, enum lg_cause cause)
{
    const struct lg_outcome *seen = turn->tape->seen;
    unsigned count = lg_slot_alternatives(
        (uint16_t)(lg_sites[LG_SITE_failure_meaning].slot + key_of_cause(method, cause)));
    unsigned viable = 0;
    if (turn->ending != LG_ENDING_REFUSED || lg_methods[method].scheme == LG_SCHEME_DMTF)
        return ~0u;
    for (unsigned i = 0; i < count; i++) {
        uint8_t answer = lg_causes[cause].answers[i];
        struct lg_codes codes = {0, 0};
        if (is_fault(answer) || seen->fault) {
            viable |= (unsigned)(is_fault(answer) && answer - LG_ANSWER_FAULT == seen->fault) << i;
            continue;
        }
        codes = codes_of_answer(turn, method, answer);
        viable |= (unsigned)(codes.from <= seen->return_value && seen->return_value <= codes.to)
                  << i;
    }
    return viable;
}

/* The answer to the caller, where that is known one that it can have been. */
static uint8_t answer_seen(struct lg_turn *turn, enum lg_method method, enum lg_cause cause)
{
    return lg_causes[cause]
        .answers[lg_choose_viable(turn->tape, LG_SITE_failure_meaning, key_of_cause(method, cause),
                                  viable_answers(turn, method, cause))];
}

/* What a job shows as its error for a cause. */
struct lg_codes lg_codes_of_cause(struct lg_turn *turn, enum lg_method method, enum lg_cause cause)
{
    return codes_of_answer(turn, method, answer_of_cause(turn, method, cause));
}

uint32_t lg_code_of(enum lg_method method, enum lg_meaning meaning)
{
    const struct lg_return_row *row = lg_return_by_meaning(method, meaning);
    return row ? row->low : 0;
}

void lg_answer_fault(struct lg_turn *turn, enum lg_fault fault, enum lg_clause clause)
{
    turn->outcome->fault = (uint8_t)fault;
    turn->outcome->answer = LG_ANSWERS_NOTHING;
    turn->outcome->clause = (uint16_t)clause;
}

static void answer_codes(struct lg_turn *turn, struct lg_codes codes, enum lg_clause clause)
{
    turn->outcome->return_value = codes.from;
    turn->outcome->return_to = codes.to;
    turn->outcome->clause = (uint16_t)clause;
}

void lg_answer_meaning(struct lg_turn *turn, enum lg_meaning meaning, enum lg_clause clause)
{
    answer_codes(turn, lg_codes_of(turn, (enum lg_method)turn->call->method, meaning), clause);
}

void lg_answer_done(struct lg_turn *turn, enum lg_clause clause)
{
    answer_codes(turn, one_code(0), clause);
}

static void answer_job(struct lg_turn *turn, const struct lg_job *job, enum lg_clause clause)
{
    answer_codes(turn, one_code(4096), clause);
    turn->outcome->answer = LG_ANSWERS_JOB;
    turn->outcome->job = job->name;
}

static bool can_start_job(const struct lg_turn *turn)
{
    uint8_t method = turn->call->method;
    return method < LG_KEYED_METHODS && method != LG_CALL_GET_KEY_PROTECTOR &&
           turn->call->vm != LG_VM_HOST && lg_cell_has_room(turn->cell);
}

/* The alternatives at_call and in_job of either site, as far as the end of the call leaves them. */
static unsigned viable_places(const struct lg_turn *turn)
{
    enum { AT_CALL = 1 << LG_ALT_place_of_state_errors_at_call };
    if (turn->ending == LG_ENDING_ANY)
        return ~0u;
    return turn->ending == LG_ENDING_JOB ? ~(unsigned)AT_CALL : AT_CALL;
}

static bool fails_in_job(struct lg_turn *turn, enum lg_place place)
{
    enum lg_site site = place == LG_PLACE_PARAMETER ? LG_SITE_place_of_parameter_errors
                                                    : LG_SITE_place_of_state_errors;
    if (place == LG_PLACE_CALL || !can_start_job(turn))
        return false;
    return lg_choose_viable(turn->tape, site, turn->call->method, viable_places(turn)) ==
           LG_ALT_place_of_state_errors_in_job;
}

/* A start that cannot succeed is found out by the job itself, when it gets that far. Other jobs
 * know why they will fail; which code says so is left open until somebody looks, but for causes
 * that may be gone by then. */
static struct lg_job failing_work(struct lg_turn *turn, enum lg_cause cause)
{
    struct lg_job work;
    memset(&work, 0, sizeof work);
    work.method = turn->call->method;
    work.requested = turn->call->requested;
    if (cause == LG_CAUSE_START_FAILS)
        return work;
    work.flags = LG_JOB_WILL_FAIL | (lg_call_names_vm(turn->call) ? 0 : LG_JOB_STRAY);
    lg_job_set_error(turn, &work, cause);
    return work;
}

/* Drawn in this order: which of several causes, its place, its code. */
void lg_refuse(struct lg_turn *turn, uint32_t causes)
{
    enum lg_method method = (enum lg_method)turn->call->method;
    if (turn->ending == LG_ENDING_DONE) {
        lg_dead_end(turn);
        return;
    }
    enum lg_cause cause = (enum lg_cause)lg_choose_reported(turn, causes);
    const struct lg_cause_row *row = &lg_causes[cause];

    turn->outcome->cause = (uint16_t)(cause + 1);
    if (fails_in_job(turn, row->place)) {
        struct lg_job work = failing_work(turn, cause);
        answer_job(turn, lg_job_add(turn, &work), row->clause);
        return;
    }
    if (turn->ending == LG_ENDING_JOB) {
        lg_dead_end(turn);
        return;
    }
    uint8_t answer = answer_seen(turn, method, cause);
    if (is_fault(answer))
        lg_answer_fault(turn, (enum lg_fault)(answer - LG_ANSWER_FAULT), row->clause);
    else
        answer_codes(turn, codes_of_answer(turn, method, answer), row->clause);
}

/* The object of a method is not there; a caller without rights may be told that first. */
void lg_answer_missing(struct lg_turn *turn)
{
    enum { BOTH = 2 };
    uint32_t rights = lg_check_rights(turn);
    if (rights &&
        lg_choose_among(turn->tape, LG_SITE_check_order, BOTH, ~0u) == LG_ALT_check_order_second)
        lg_refuse(turn, rights);
    else
        lg_answer_fault(turn, LG_FAULT_NOT_FOUND, LG_CLAUSE_job_unknown);
}

static bool goes_to_job(struct lg_turn *turn, const struct lg_job *work, bool at_once)
{
    enum { NOW = 1 << LG_ALT_execution_now, BY_JOB = 1 << LG_ALT_execution_by_job };
    static const unsigned viable[] = {[LG_ENDING_ANY] = NOW | BY_JOB,
                                      [LG_ENDING_DONE] = NOW,
                                      [LG_ENDING_JOB] = BY_JOB,
                                      [LG_ENDING_REFUSED] = 0};
    unsigned way = LG_ALT_execution_now;
    if (!at_once && lg_cell_has_room(turn->cell))
        way = lg_must_queue(turn) ? LG_ALT_execution_by_job
                                  : lg_choose_viable(turn->tape, LG_SITE_execution, work->method,
                                                     viable[turn->ending]);
    if (!(viable[turn->ending] >> way & 1))
        lg_dead_end(turn);
    return way == LG_ALT_execution_by_job;
}

/* Accepted: done before the method returns, or by a job. at_once: without a job, whatever the
 * target's habit. */
void lg_carry_out(struct lg_turn *turn, const struct lg_job *work, bool at_once,
                  enum lg_clause clause)
{
    bool by_job = goes_to_job(turn, work, at_once);
    if (turn->tape->dead)
        return;
    if (by_job) {
        answer_job(turn, lg_job_add(turn, work), clause);
        return;
    }
    lg_effect(turn, work);
    lg_answer_done(turn, clause);
}
