/* Asks the oracle about every step. */
#include "certificate.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/crew.h"
#include "conformance/progress.h"
#include "model/oracle.h"

enum { SET_MAX = 2048, RECORDS_MAX = 16384, PROGRESS_EVERY = 1024 };

/* A move that is kept until its call was walked. */
struct record {
    struct lg_outcome seen;
    struct lg_cell to;
    uint8_t draw_count;
    struct lg_draw draws[LG_DRAWS_MAX];
    bool judged;
};

struct records {
    struct record items[RECORDS_MAX];
    unsigned count;
};

struct judge {
    struct lg_certificate *certificate;
    const struct lg_exploration *exploration;
    struct lg_profile profile; /* the oracle's: it knows what no page speaks of, too */
    struct lg_oracle oracle;
    void *memory;
    struct lg_moves *moves;
    struct lg_moves *next_moves;
    struct records *records;
    struct lg_cell cell;
    uint32_t state;
};

static bool keep(void *context, const struct lg_move *move)
{
    struct records *records = context;
    struct record *record = &records->items[records->count];
    lg_assert(records->count < RECORDS_MAX);
    record->seen = move->seen;
    record->to = move->to;
    record->draw_count = move->tape->count;
    memcpy(record->draws, move->tape->draws, move->tape->count * sizeof move->tape->draws[0]);
    record->judged = false;
    records->count++;
    return true;
}

/* The oracle knows this cell, and nothing of readings. */
static void believe(struct judge *judge, const struct lg_cell *cell)
{
    struct lg_oracle *oracle = &judge->oracle;
    lg_oracle_reset(oracle, &cell->host);
    oracle->approximations = 0;
    memset(&oracle->readings[0], 0, sizeof oracle->readings[0]);
    struct lg_set *set = lg_oracle_set(oracle, 0);
    set->elements[0].cell = *cell;
    set->elements[0].hash = lg_cell_hash(cell);
}

static void raise_alarm(struct judge *judge, const struct lg_call *call,
                        const struct lg_outcome *seen)
{
    struct lg_certificate *certificate = judge->certificate;
    if (certificate->false_alarms++ > 0)
        return;
    certificate->alarm_state = judge->state;
    certificate->alarm_call = *call;
    certificate->alarm_seen = *seen;
}

static bool accepts(struct judge *judge, const struct lg_call *call, const struct lg_outcome *seen)
{
    struct lg_verdict verdict;
    lg_oracle_step(&judge->oracle, call, seen, &verdict);
    return verdict.kind == LG_VERDICT_CONFORMS;
}

/* What the oracle then believes is a part of what may be so, and it knows that. */
static bool is_short_of_room(const struct judge *judge)
{
    return judge->oracle.bound_hit || judge->oracle.approximations;
}

static bool rules_out(const struct lg_readings *readings, const struct record *record)
{
    for (unsigned i = 0; i < record->draw_count; i++) {
        const struct lg_draw *draw = &record->draws[i];
        if (lg_sites[draw->site].scope == LG_SCOPE_READING &&
            (readings->out[draw->slot] >> draw->alternative & 1))
            return true;
    }
    return false;
}

static bool contains(struct judge *judge, const struct record *record)
{
    const struct lg_set *set = lg_oracle_set(&judge->oracle, 0);
    for (uint32_t i = 0; i < set->count; i++)
        if (lg_cell_equal(&set->elements[i].cell, &record->to) &&
            !rules_out(&judge->oracle.readings[set->elements[i].readings], record))
            return true;
    return false;
}

/* ---- one more step, from what stands for the truth ---- */

struct follow {
    struct judge *judge;
    const struct lg_call *call;
    const struct record *record;
};

static bool judge_next(void *context, const struct lg_move *move)
{
    struct follow *follow = context;
    struct judge *judge = follow->judge;
    judge->certificate->followed++;
    believe(judge, &judge->cell);
    if (!accepts(judge, follow->call, &follow->record->seen) ||
        !accepts(judge, move->call, &move->seen))
        raise_alarm(judge, move->call, &move->seen);
    return true;
}

/* Readings that the first step drew hold for the second. */
static void follow_on(struct judge *judge, const struct lg_call *call, const struct record *record)
{
    const struct lg_world *world = &judge->exploration->world;
    struct follow follow = {judge, call, record};
    struct lg_profile profile = judge->exploration->profile;
    for (unsigned i = 0; i < record->draw_count; i++)
        if (lg_sites[record->draws[i].site].scope == LG_SCOPE_READING)
            profile.allowed[record->draws[i].slot] = (uint16_t)(1u << record->draws[i].alternative);
    for (unsigned i = 0; i < world->call_count; i++) {
        struct lg_call next = world->calls[i];
        if (!lg_world_admits(world, &record->to, &next))
            continue;
        next.new_job = (uint16_t)(call->new_job + 1);
        if (record->to.jobs[LG_JOB_SLOTS - 1].state == LG_JOB_FREE)
            lg_moves_walk(judge->next_moves, &profile, &record->to, &next, LG_TIMES_HIDDEN,
                          judge_next, &follow);
    }
}

/* ---- one step ---- */

/* Answers that are the same are judged once; where each leads to is looked for. */
static void judge_answer(struct judge *judge, const struct lg_call *call, unsigned first)
{
    struct lg_certificate *certificate = judge->certificate;
    struct records *records = judge->records;
    const struct lg_outcome *seen = &records->items[first].seen;
    certificate->answers++;
    believe(judge, &judge->cell);
    if (!accepts(judge, call, seen))
        raise_alarm(judge, call, seen);
    bool short_of_room = is_short_of_room(judge);
    certificate->short_of_room += short_of_room;
    for (unsigned i = first; i < records->count; i++) {
        struct record *record = &records->items[i];
        if (record->judged || memcmp(&record->seen, seen, sizeof *seen) != 0)
            continue;
        record->judged = true;
        if (short_of_room)
            continue;
        if (contains(judge, record)) {
            certificate->contained++;
            continue;
        }
        certificate->stood_for++;
        if (judge->state % certificate->followed_every != 0)
            continue;
        follow_on(judge, call, record);
        believe(judge, &judge->cell);
        accepts(judge, call, seen);
    }
}

static void judge_call(struct judge *judge, const struct lg_call *call)
{
    struct records *records = judge->records;
    records->count = 0;
    lg_moves_walk(judge->moves, &judge->exploration->profile, &judge->cell, call, LG_TIMES_SHOWN,
                  keep, records);
    judge->certificate->transitions += records->count;
    for (unsigned i = 0; i < records->count; i++)
        if (!records->items[i].judged)
            judge_answer(judge, call, i);
}

static void judge_cell(struct judge *judge)
{
    const struct lg_world *world = &judge->exploration->world;
    judge->certificate->cells++;
    for (unsigned i = 0; i < world->call_count; i++) {
        struct lg_call call = world->calls[i];
        lg_states_get(&judge->exploration->states, judge->state, &judge->cell);
        if (!lg_world_admits(world, &judge->cell, &call))
            continue;
        lg_world_forget(world, &call, &judge->cell);
        call.new_job = (uint16_t)(world->job_slots + 1);
        judge_call(judge, &call);
    }
}

static bool open_judge(struct judge *judge)
{
    struct lg_host_word host = {.role = 0};
    judge->memory = malloc(lg_oracle_bytes(2, SET_MAX));
    judge->moves = lg_moves_new();
    judge->next_moves = lg_moves_new();
    judge->records = malloc(sizeof *judge->records);
    if (!judge->memory || !judge->moves || !judge->next_moves || !judge->records)
        return false;
    lg_profile_load(&judge->profile, LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
    lg_oracle_init(&judge->oracle, judge->memory, 2, SET_MAX, &judge->profile, &host);
    return true;
}

static void close_judge(struct judge *judge)
{
    free(judge->memory);
    free(judge->records);
    lg_moves_free(judge->moves);
    lg_moves_free(judge->next_moves);
    free(judge);
}

/* ---- the cells, shared out ---- */

struct share {
    const struct lg_exploration *exploration;
    struct lg_certificate parts[LG_CREW_MAX];
    unsigned jobs;
    _Atomic uint64_t next; /* the next cell */
    FILE *progress;        /* NULL: none */
};

static void tell(const struct judge *judge, FILE *progress)
{
    lg_progress_show(progress, "certify: %u of %u cells", judge->state,
                     judge->exploration->states.count);
}

static void judge_cells(struct judge *judge, struct share *share)
{
    uint32_t every = judge->certificate->every;
    uint64_t state;
    while ((state = atomic_fetch_add(&share->next, every)) < judge->exploration->states.count) {
        judge->state = (uint32_t)state;
        judge_cell(judge);
        if (judge->state % PROGRESS_EVERY < every)
            tell(judge, share->progress);
    }
}

static bool judge_share(void *context, unsigned number)
{
    struct share *share = context;
    struct judge *judge = calloc(1, sizeof *judge);
    bool ready = false;
    if (!judge)
        return false;
    judge->certificate = &share->parts[number];
    judge->exploration = share->exploration;
    if (open_judge(judge)) {
        judge_cells(judge, share);
        ready = true;
    }
    close_judge(judge);
    return ready;
}

static void add_part(struct lg_certificate *certificate, const struct lg_certificate *part)
{
    if (part->false_alarms && !certificate->false_alarms) {
        certificate->alarm_state = part->alarm_state;
        certificate->alarm_call = part->alarm_call;
        certificate->alarm_seen = part->alarm_seen;
    }
    certificate->cells += part->cells;
    certificate->transitions += part->transitions;
    certificate->answers += part->answers;
    certificate->contained += part->contained;
    certificate->stood_for += part->stood_for;
    certificate->followed += part->followed;
    certificate->short_of_room += part->short_of_room;
    certificate->false_alarms += part->false_alarms;
}

/* One more step of every call costs as much as all else from hundreds of cells. */
static uint32_t followed_every(const struct lg_exploration *exploration, uint32_t every)
{
    enum { FOLLOWED_ABOUT = 200 };
    uint32_t cells = exploration->states.count / every;
    return every * (cells > FOLLOWED_ABOUT ? cells / FOLLOWED_ABOUT : 1);
}

static bool judge_all(struct share *share, struct lg_certificate *certificate)
{
    certificate->followed_every = followed_every(share->exploration, certificate->every);
    for (unsigned i = 0; i < share->jobs; i++)
        share->parts[i] = (struct lg_certificate){.every = certificate->every,
                                                  .followed_every = certificate->followed_every};
    bool good = lg_crew(share->jobs, judge_share, share);
    for (unsigned i = 0; i < share->jobs; i++)
        add_part(certificate, &share->parts[i]);
    return good;
}

bool lg_certify_no_false_alarm(struct lg_certificate *certificate,
                               struct lg_exploration *exploration, unsigned jobs, FILE *progress)
{
    struct share *share = lg_shared_new(sizeof *share);
    certificate->no_memory = true;
    if (share && lg_explore(exploration, NULL, NULL, progress)) {
        share->exploration = exploration;
        share->jobs = jobs;
        share->progress = progress;
        certificate->no_memory = !judge_all(share, certificate);
    }
    lg_shared_free(share, sizeof *share);
    return !certificate->no_memory && certificate->false_alarms == 0;
}
