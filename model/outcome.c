/* Patterns and observations: picking what to answer, comparing, and learning from what was seen. */
#include "bits.h"
#include "step.h"

static bool is_shown(const struct lg_outcome *outcome, unsigned field)
{
    return outcome->shown >> field & 1;
}

static bool is_mask(const struct lg_outcome *outcome, unsigned field)
{
    return outcome->masks >> field & 1;
}

/* Low 32 bits of randomness; 0 from an empty tape. */
static uint64_t spread(struct lg_tape *tape, uint64_t from, uint64_t to)
{
    uint64_t draw = (uint64_t)lg_tape_byte(tape) << 8 | lg_tape_byte(tape);
    return to - from >= UINT32_MAX ? from : from + draw % (to - from + 1);
}

static uint64_t pick_bit(struct lg_tape *tape, uint64_t mask)
{
    unsigned count = lg_bits_count(mask);
    return lg_bits_lowest(lg_bits_after(mask, count ? lg_tape_byte(tape) % count : 0));
}

/* A job that was not looked at is shown running rather than new: clients take New for a job that
 * never ran. */
static uint64_t pick_state(struct lg_tape *tape, uint64_t states)
{
    uint64_t running = (uint64_t)1 << LG_JOB_RUNNING;
    if (tape->next >= tape->length && (states & running))
        return running;
    return pick_bit(tape, states);
}

/* A code of a vendor's own is none that the sibling methods give a meaning. */
enum { SIBLINGS_FROM = 32768, OWN_FROM = 33000 };

static uint32_t pick_code(struct lg_tape *tape, uint32_t from, uint32_t to)
{
    return (uint32_t)spread(tape, from == SIBLINGS_FROM ? OWN_FROM : from, to);
}

/* An ErrorCode of a vendor's own, or Failed. */
static uint64_t pick_error(struct lg_tape *tape, uint64_t from, uint64_t to)
{
    uint64_t code = spread(tape, from, to);
    return from == SIBLINGS_FROM && code < OWN_FROM ? from : code;
}

static bool is_error(const struct lg_call *call, unsigned field)
{
    return call->method == LG_CALL_READ_JOB && field == LG_JOB_FIELD_ERROR_CODE;
}

void lg_outcome_pick(struct lg_outcome *outcome, const struct lg_call *call, struct lg_tape *tape)
{
    if (outcome->return_to > outcome->return_value)
        outcome->return_value = pick_code(tape, outcome->return_value, outcome->return_to);
    outcome->return_to = outcome->return_value;
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++) {
        struct lg_field *field = &outcome->fields[i];
        if (!is_shown(outcome, i))
            continue;
        if (is_mask(outcome, i) && call->method == LG_CALL_READ_JOB)
            field->from = pick_state(tape, field->from);
        else if (is_mask(outcome, i))
            field->from = pick_bit(tape, field->from);
        else if (field->to > field->from)
            field->from = is_error(call, i) ? pick_error(tape, field->from, field->to)
                                            : spread(tape, field->from, field->to);
        field->to = field->from;
    }
}

static bool is_unseen_field(const struct lg_outcome *outcome, unsigned i)
{
    return outcome->unseen >> i & 1;
}

bool lg_field_matches(const struct lg_outcome *pattern, const struct lg_outcome *seen, unsigned i)
{
    if (!is_shown(seen, i) || !is_shown(pattern, i))
        return true;
    if (is_unseen_field(pattern, i))
        return seen->fields[i].from != LG_SYMBOL_NONE;
    if (is_mask(pattern, i))
        return (pattern->fields[i].from & seen->fields[i].from) != 0;
    return seen->fields[i].from >= pattern->fields[i].from &&
           seen->fields[i].from <= pattern->fields[i].to;
}

/* A job whose state is the one last seen has not changed: its last change stays where it was. */
static bool change_matches(const struct lg_outcome *pattern, const struct lg_outcome *seen)
{
    if (!pattern->form || !is_shown(seen, LG_JOB_FIELD_CHANGE) ||
        !is_shown(seen, LG_JOB_FIELD_STATE))
        return true;
    if (seen->fields[LG_JOB_FIELD_STATE].from != (uint64_t)1 << pattern->symbol)
        return true;
    return seen->fields[LG_JOB_FIELD_CHANGE].from == pattern->fields[LG_JOB_FIELD_CHANGE].from;
}

static bool is_unseen(uint16_t symbol)
{
    return symbol >= LG_SYMBOL_UNSEEN;
}

static bool bytes_match(const struct lg_outcome *pattern, const struct lg_outcome *seen)
{
    if (pattern->form != LG_BYTES_GIVEN)
        return seen->form == pattern->form;
    return seen->symbol == pattern->symbol ||
           (is_unseen(pattern->symbol) && seen->symbol != LG_SYMBOL_NONE);
}

static bool lists(const struct lg_outcome *outcome, uint16_t name)
{
    for (unsigned i = 0; i < outcome->list_count; i++)
        if (outcome->list[i] == name)
            return true;
    return false;
}

/* Every named instance must be there; more may be only if the pattern has some without a name. */
static bool list_matches(const struct lg_outcome *pattern, const struct lg_outcome *seen)
{
    unsigned nameless = pattern->list_open ? LG_LIST_MAX : 0;
    for (unsigned i = 0; i < pattern->list_count; i++) {
        if (pattern->list[i] == 0)
            nameless++;
        else if (!lists(seen, pattern->list[i]))
            return false;
    }
    for (unsigned i = 0; i < seen->list_count; i++)
        if (!lists(pattern, seen->list[i]) && nameless-- == 0)
            return false;
    return true;
}

/* Bytes that nobody has seen may be any, but the same ones are the same everywhere. */
static bool same_unseen_matches(const struct lg_outcome *pattern, const struct lg_outcome *seen,
                                unsigned i)
{
    if (!is_unseen_field(pattern, i) || !is_shown(seen, i))
        return true;
    for (unsigned k = 0; k < i; k++)
        if (is_unseen_field(pattern, k) && is_shown(seen, k) &&
            pattern->fields[k].from == pattern->fields[i].from &&
            seen->fields[k].from != seen->fields[i].from)
            return false;
    return true;
}

static bool instance_matches(const struct lg_outcome *pattern, const struct lg_outcome *seen)
{
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++)
        if (!lg_field_matches(pattern, seen, i) || !same_unseen_matches(pattern, seen, i))
            return false;
    return change_matches(pattern, seen);
}

bool lg_outcome_matches(const struct lg_outcome *pattern, const struct lg_outcome *seen)
{
    if (pattern->fault || seen->fault)
        return pattern->fault == seen->fault;
    if (seen->deviant || seen->answer != pattern->answer)
        return false;
    if (seen->return_value < pattern->return_value || seen->return_value > pattern->return_to)
        return false;
    switch (pattern->answer) {
    case LG_ANSWERS_BYTES: return bytes_match(pattern, seen);
    case LG_ANSWERS_JOB: return seen->job != 0;
    case LG_ANSWERS_INSTANCE: return instance_matches(pattern, seen);
    case LG_ANSWERS_LIST: return list_matches(pattern, seen);
    case LG_ANSWERS_ERROR: return seen->form == pattern->form;
    default: return true;
    }
}

static void learn_job(struct lg_job *job, const struct lg_outcome *seen)
{
    if (is_shown(seen, LG_JOB_FIELD_STATE)) {
        uint64_t state = seen->fields[LG_JOB_FIELD_STATE].from;
        job->state = (uint8_t)__builtin_ctzll(state);
        if (lg_job_has_ended(job))
            job->flags |= LG_JOB_END_SEEN;
    }
    if (is_shown(seen, LG_JOB_FIELD_PERCENT))
        job->percent = (uint8_t)seen->fields[LG_JOB_FIELD_PERCENT].from;
    if (is_shown(seen, LG_JOB_FIELD_ERROR_CODE) && lg_job_has_ended(job)) {
        job->error = job->error_to = (uint32_t)seen->fields[LG_JOB_FIELD_ERROR_CODE].from;
        job->flags &= (uint8_t)~LG_JOB_ERROR_OPEN;
    }
    if (is_shown(seen, LG_JOB_FIELD_SUBMITTED))
        job->seen_submitted = seen->fields[LG_JOB_FIELD_SUBMITTED].from + 1;
    if (is_shown(seen, LG_JOB_FIELD_ELAPSED))
        job->seen_elapsed = seen->fields[LG_JOB_FIELD_ELAPSED].from;
    if (is_shown(seen, LG_JOB_FIELD_CHANGE)) {
        job->seen_change = seen->fields[LG_JOB_FIELD_CHANGE].from + 1;
        job->flags &= (uint8_t)~LG_JOB_MOVED;
    }
}

/* A job without a name is one whose start nobody saw answered: a list names it. */
static void learn_names(struct lg_cell *cell, const struct lg_outcome *pattern,
                        const struct lg_outcome *seen)
{
    for (unsigned i = 0; i < seen->list_count; i++) {
        struct lg_job *nameless = lg_cell_job(cell, 0);
        if (nameless && !lists(pattern, seen->list[i]))
            nameless->name = seen->list[i];
    }
}

static void learn_protectors(struct lg_cell *cell, const struct lg_outcome *pattern,
                             const struct lg_outcome *seen)
{
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++)
        if (is_unseen_field(pattern, i) && is_shown(seen, i))
            lg_cell_bind_symbol(cell, (uint16_t)pattern->fields[i].from,
                                (uint16_t)seen->fields[i].from);
}

static void learn_bytes(struct lg_cell *cell, const struct lg_outcome *pattern,
                        const struct lg_outcome *seen)
{
    if (pattern->form == LG_BYTES_GIVEN && is_unseen(pattern->symbol))
        lg_cell_bind_symbol(cell, pattern->symbol, seen->symbol);
}

void lg_cell_learn(struct lg_cell *cell, const struct lg_call *call,
                   const struct lg_outcome *pattern, const struct lg_outcome *seen)
{
    struct lg_job *job =
        lg_cell_job(cell, call->method == LG_CALL_READ_JOB ? call->job : call->new_job);
    if (seen->fault)
        return;
    switch (seen->answer) {
    case LG_ANSWERS_INSTANCE:
        if (call->method == LG_CALL_READ_JOB && job)
            learn_job(job, seen);
        learn_protectors(cell, pattern, seen);
        return;
    case LG_ANSWERS_LIST:
        if (call->method == LG_CALL_LIST_JOBS)
            learn_names(cell, pattern, seen);
        return;
    case LG_ANSWERS_BYTES: learn_bytes(cell, pattern, seen); return;
    default: return;
    }
}
