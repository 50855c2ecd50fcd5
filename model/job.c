/* Jobs: their life in a cell, and when they are removed. */
#include <string.h>

#include "step.h"

bool lg_job_is_live(const struct lg_job *job)
{
    return job->state >= LG_JOB_NEW && job->state <= LG_JOB_SHUTTING_DOWN;
}

bool lg_job_has_ended(const struct lg_job *job)
{
    return job->state >= LG_JOB_COMPLETED;
}

static const uint16_t state_numbers[LG_JOB_STATE_COUNT] = {
    [LG_JOB_NEW] = 2,        [LG_JOB_STARTING] = 3,
    [LG_JOB_RUNNING] = 4,    [LG_JOB_SUSPENDED] = 5,
    [LG_JOB_SERVICE] = 11,   [LG_JOB_SHUTTING_DOWN] = 6,
    [LG_JOB_COMPLETED] = 7,  [LG_JOB_COMPLETED_WITH_WARNINGS] = 32768,
    [LG_JOB_TERMINATED] = 8, [LG_JOB_KILLED] = 9,
    [LG_JOB_EXCEPTION] = 10,
};

uint32_t lg_job_state_number(enum lg_job_state state)
{
    return state_numbers[state];
}

enum lg_job_state lg_job_state_of_number(uint32_t number)
{
    for (unsigned i = LG_JOB_NEW; i < LG_JOB_STATE_COUNT; i++)
        if (state_numbers[i] == number)
            return (enum lg_job_state)i;
    return LG_JOB_FREE;
}

struct lg_job *lg_cell_job(struct lg_cell *cell, uint16_t name)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (cell->jobs[i].state != LG_JOB_FREE && cell->jobs[i].name == name)
            return &cell->jobs[i];
    return NULL;
}

void lg_job_remove(struct lg_cell *cell, unsigned slot)
{
    for (; slot + 1 < LG_JOB_SLOTS; slot++)
        cell->jobs[slot] = cell->jobs[slot + 1];
    memset(&cell->jobs[LG_JOB_SLOTS - 1], 0, sizeof cell->jobs[0]);
}

static int ended_slot(const struct lg_cell *cell)
{
    for (int i = 0; i < LG_JOB_SLOTS; i++)
        if (lg_job_has_ended(&cell->jobs[i]))
            return i;
    return -1;
}

bool lg_cell_has_room(const struct lg_cell *cell)
{
    return cell->jobs[LG_JOB_SLOTS - 1].state == LG_JOB_FREE || ended_slot(cell) >= 0;
}

/* Adds a job; the oldest ended one leaves for the caller's records if all slots are taken. */
struct lg_job *lg_job_add(struct lg_turn *turn, const struct lg_job *work)
{
    struct lg_cell *cell = turn->cell;
    unsigned slot = 0;
    if (cell->jobs[LG_JOB_SLOTS - 1].state != LG_JOB_FREE) {
        int oldest = ended_slot(cell);
        lg_assert(oldest >= 0);
        *turn->evicted = cell->jobs[oldest];
        lg_job_remove(cell, (unsigned)oldest);
    }
    while (cell->jobs[slot].state != LG_JOB_FREE)
        slot++;
    struct lg_job *job = &cell->jobs[slot];
    *job = *work;
    job->name = turn->call->new_job;
    job->state = LG_JOB_NEW;
    job->ended_from = cell->host.now_from;
    job->ended_to = LG_TIME_MAX_MS;
    return job;
}

static struct lg_codes codes_of_cancelled(struct lg_turn *turn, enum lg_method method)
{
    const struct lg_return_row *failed = lg_return_by_meaning(method, LG_MEANING_FAILED);
    switch (lg_choose(turn->tape, LG_SITE_cancelled_error, 0)) {
    case LG_ALT_cancelled_error_none: return (struct lg_codes){0, 0};
    case LG_ALT_cancelled_error_of_table:
        return failed ? (struct lg_codes){failed->low, failed->high} : (struct lg_codes){0, 0};
    default: return (struct lg_codes){32768, 65535};
    }
}

void lg_job_end(struct lg_turn *turn, struct lg_job *job, enum lg_job_state state)
{
    job->state = (uint8_t)state;
    job->ended_to = turn->cell->host.now_to;
    job->flags &= LG_JOB_ERROR_OPEN | LG_JOB_END_SEEN | LG_JOB_STRAY;
    job->flags |= LG_JOB_MOVED;
    job->argument = LG_SYMBOL_NONE;
    job->present = 0;
    job->values = 0;
    if (state != LG_JOB_TERMINATED && state != LG_JOB_KILLED)
        return;
    job->flags &= (uint8_t)~LG_JOB_ERROR_OPEN;
    struct lg_codes codes = codes_of_cancelled(turn, (enum lg_method)job->method);
    job->error = codes.from;
    job->error_to = codes.to;
}

/* Why a job fails. An armed cause may be gone when somebody looks: its code is fixed now. */
void lg_job_set_error(struct lg_turn *turn, struct lg_job *job, enum lg_cause cause)
{
    struct lg_codes codes = {cause, cause};
    if (cause == LG_CAUSE_ENVIRONMENT)
        codes = lg_codes_of_cause(turn, (enum lg_method)job->method, cause);
    else
        job->flags |= LG_JOB_ERROR_OPEN;
    job->error = codes.from;
    job->error_to = codes.to;
}

/* What ErrorCode shows: a code that was left open is found now. */
struct lg_codes lg_job_error(struct lg_turn *turn, const struct lg_job *job)
{
    if (job->flags & LG_JOB_ERROR_OPEN)
        return lg_codes_of_cause(turn, (enum lg_method)job->method, (enum lg_cause)job->error);
    return (struct lg_codes){job->error, job->error_to};
}

bool lg_job_is_cancellable(struct lg_turn *turn, const struct lg_job *job)
{
    return !(job->flags & LG_JOB_TOOK_EFFECT) &&
           lg_choose(turn->tape, LG_SITE_job_cancellable, job->method) ==
               LG_ALT_job_cancellable_until_effect;
}

static void fail(struct lg_turn *turn, struct lg_job *job, enum lg_cause cause)
{
    lg_job_set_error(turn, job, cause);
    lg_job_end(turn, job, LG_JOB_EXCEPTION);
}

/* Whether a cause that appeared while the job ran makes it fail. */
static bool meets_cause(struct lg_turn *turn, const struct lg_job *job)
{
    if (job->flags & LG_JOB_TOOK_EFFECT)
        return false;
    if (!lg_is_armed(turn, (enum lg_method)job->method))
        return false;
    return lg_choose(turn->tape, LG_SITE_cause_met, 0) == LG_ALT_cause_met_yes;
}

/* A job's work is over: it fails as was found before, or by a cause that appeared, or finds that it
 * cannot, or is done. */
static void end(struct lg_turn *turn, struct lg_job *job)
{
    struct lg_job work = *job;
    if (job->flags & LG_JOB_WILL_FAIL)
        lg_job_end(turn, job, LG_JOB_EXCEPTION);
    else if (meets_cause(turn, job))
        fail(turn, job, LG_CAUSE_ENVIRONMENT);
    else if (!(job->flags & LG_JOB_TOOK_EFFECT) && !lg_effect(turn, &work))
        fail(turn, job, LG_CAUSE_START_FAILS);
    else
        lg_job_end(turn, job, LG_JOB_COMPLETED);
}

/* What cannot be done now is found out at the end. */
static void take_effect(struct lg_turn *turn, struct lg_job *job)
{
    struct lg_job work = *job;
    if (work.method == LG_CALL_VM_REQUEST_STATE_CHANGE && lg_power_would_fail(turn, work.requested))
        return;
    if (lg_effect(turn, &work))
        job->flags |= LG_JOB_TOOK_EFFECT;
}

/* How many of job_progress's alternatives there are. */
enum { ENDS_OR_GOES_ON = 2, ALL_WAYS = 3 };

/* A job that took effect only ends or goes on, one that will fail too, unless it was told to end.
 */
static unsigned ways_to_progress(const struct lg_job *job)
{
    if (job->flags & LG_JOB_TOOK_EFFECT)
        return ENDS_OR_GOES_ON;
    if (job->flags & LG_JOB_WILL_TERMINATE)
        return ALL_WAYS;
    return job->flags & LG_JOB_WILL_FAIL ? ENDS_OR_GOES_ON : ALL_WAYS;
}

/* A look at a job tells whether it has ended. */
static unsigned viable_progress(const struct lg_turn *turn, const struct lg_job *job)
{
    enum {
        ENDED = 1 << LG_ALT_job_progress_ended,
        RUNS = 1 << LG_ALT_job_progress_runs,
        TOOK_EFFECT = 1 << LG_ALT_job_progress_took_effect
    };
    const struct lg_outcome *seen = turn->tape->seen;
    if (turn->tape->jobs_go_on)
        return RUNS;
    if (!seen || turn->call->method != LG_CALL_READ_JOB || turn->call->job != job->name ||
        seen->fault || !(seen->shown >> LG_JOB_FIELD_STATE & 1))
        return ~0u;
    bool ended = seen->fields[LG_JOB_FIELD_STATE].from >> LG_JOB_COMPLETED;
    bool told = job->flags & LG_JOB_WILL_TERMINATE;
    if (!ended)
        return RUNS | TOOK_EFFECT;
    return told ? ENDED | TOOK_EFFECT : ENDED;
}

static void end_as_told(struct lg_turn *turn, struct lg_job *job)
{
    lg_job_end(turn, job, job->flags & LG_JOB_WILL_BE_KILLED ? LG_JOB_KILLED : LG_JOB_TERMINATED);
}

/* A job that was told to end: it ends so, goes on, or was quicker, and may have ended since. */
static void progress_cancelled(struct lg_turn *turn, struct lg_job *job, unsigned way)
{
    enum { TOLD = LG_JOB_WILL_TERMINATE | LG_JOB_WILL_BE_KILLED };
    if (way == LG_ALT_job_progress_ended)
        end_as_told(turn, job);
    if (way != LG_ALT_job_progress_took_effect)
        return;
    job->flags &= (uint8_t)~TOLD;
    unsigned then = lg_choose_among(turn->tape, LG_SITE_job_progress, ENDS_OR_GOES_ON,
                                    viable_progress(turn, job));
    if (turn->tape->dead)
        return;
    if (then == LG_ALT_job_progress_ended)
        end(turn, job);
    else if (!(job->flags & LG_JOB_WILL_FAIL))
        take_effect(turn, job);
}

static void progress(struct lg_turn *turn, struct lg_job *job)
{
    unsigned way = lg_choose_among(turn->tape, LG_SITE_job_progress, ways_to_progress(job),
                                   viable_progress(turn, job));
    if (turn->tape->dead)
        return;
    if (job->flags & LG_JOB_WILL_TERMINATE)
        progress_cancelled(turn, job, way);
    else if (way == LG_ALT_job_progress_ended)
        end(turn, job);
    else if (way == LG_ALT_job_progress_took_effect)
        take_effect(turn, job);
}

static bool rests(const struct lg_job *job)
{
    return job->state == LG_JOB_SUSPENDED || job->state == LG_JOB_SERVICE;
}

/* A job behind another does no work, but may end without: as it was told to, for what was found at
 * the call, or because of a cause that appeared. */
static bool may_end_behind(const struct lg_turn *turn, const struct lg_job *job)
{
    return !rests(job) && ((job->flags & (LG_JOB_WILL_TERMINATE | LG_JOB_WILL_FAIL)) ||
                           lg_is_armed(turn, (enum lg_method)job->method));
}

/* Whether it matters to a call that such a job has ended. To other methods it does not: the job
 * before it is in their way in any case. */
static bool asks_for(const struct lg_call *call, const struct lg_job *job)
{
    const struct lg_method_row *method = &lg_methods[call->method];
    return method->target == LG_TARGET_JOB ? call->job == job->name
                                           : method->kind != LG_KIND_METHOD;
}

static void progress_behind(struct lg_turn *turn, struct lg_job *job)
{
    unsigned way = lg_choose_among(turn->tape, LG_SITE_job_progress, ENDS_OR_GOES_ON,
                                   viable_progress(turn, job));
    if (turn->tape->dead || way == LG_ALT_job_progress_runs)
        return;
    if (job->flags & LG_JOB_WILL_TERMINATE)
        end_as_told(turn, job);
    else if (job->flags & LG_JOB_WILL_FAIL)
        lg_job_end(turn, job, LG_JOB_EXCEPTION);
    else
        fail(turn, job, LG_CAUSE_ENVIRONMENT);
}

/* The work of one VM's jobs is done one after the other: the first live one moves, the next when it
 * ended. One that names no VM goes on beside them. None that waits or goes on has ended before now;
 * what may have ended behind another, and nobody asks for, may have since. */
void lg_jobs_progress(struct lg_turn *turn)
{
    bool waits = false;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++) {
        struct lg_job *job = &turn->cell->jobs[i];
        bool stray = job->flags & LG_JOB_STRAY;
        bool behind = waits && !stray;
        bool may_end = behind && may_end_behind(turn, job);
        if (!lg_job_is_live(job) || (may_end && !asks_for(turn->call, job)))
            continue;
        if (may_end)
            progress_behind(turn, job);
        else if (!behind && !rests(job))
            progress(turn, job);
        if (!lg_job_is_live(job))
            continue;
        job->ended_from = turn->cell->host.now_from;
        waits |= !stray;
    }
}

/* The provider stops. */
void lg_jobs_lose(struct lg_turn *turn)
{
    bool records_stay = lg_choose(turn->tape, LG_SITE_job_after_restart, 0) ==
                        LG_ALT_job_after_restart_records_stay;
    for (unsigned i = LG_JOB_SLOTS; i-- > 0;) {
        struct lg_job *job = &turn->cell->jobs[i];
        if (job->state != LG_JOB_FREE && !(records_stay && lg_job_has_ended(job)))
            lg_job_remove(turn->cell, i);
    }
}

bool lg_job_is_removed(struct lg_turn *turn, const struct lg_job *job)
{
    const struct lg_host_word *host = &turn->cell->host;
    if (!lg_job_has_ended(job))
        return false;
    uint64_t youngest = host->now_from > job->ended_to ? host->now_from - job->ended_to : 0;
    uint64_t oldest = host->now_to > job->ended_from ? host->now_to - job->ended_from : 0;
    if (oldest < LG_RETENTION_MS)
        return false;
    if (youngest >= LG_RETENTION_MS &&
        lg_choose(turn->tape, LG_SITE_retention_over, 0) == LG_ALT_retention_over_at_once)
        return true;
    return lg_choose(turn->tape, LG_SITE_retention_boundary, 0) == LG_ALT_retention_boundary_gone;
}

/* The job that a call names, in its slot or the caller's record; NULL if it does not exist or was
 * removed. */
const struct lg_job *lg_job_of_call(struct lg_turn *turn)
{
    struct lg_job *job = lg_cell_job(turn->cell, turn->call->job);
    if (!job)
        return turn->record && !lg_job_is_removed(turn, turn->record) ? turn->record : NULL;
    if (!lg_job_is_removed(turn, job))
        return job;
    lg_job_remove(turn->cell, (unsigned)(job - turn->cell->jobs));
    return NULL;
}
