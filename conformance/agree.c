/* All histories of a vector. */
#include "agree.h"

#include <stdlib.h>
#include <string.h>

#include "edges.h"
#include "model/hash.h"

enum {
    VMS = 4,                /* VMs of one vector */
    JOBS = 16,              /* jobs of one vector */
    HISTORIES_MAX = 100000, /* at one step: memory of some 250 MB */
    OUTCOMES_MAX = 64       /* different outcomes of one step that are told apart */
};

/* One history: the host's cell, the VMs', what was bound, which job is which. */
struct history {
    struct lg_cell cells[VMS + 1];
    struct lg_readings readings;
    uint16_t jobs[JOBS]; /* the run's number by the script's */
    uint16_t job_count;
};

struct histories {
    struct history *items;
    uint32_t *index; /* open addressing, twice the room */
    uint32_t count;
    uint32_t capacity;
};

struct walk {
    const struct lg_vector *vector;
    const struct lg_names *names;
    struct lg_profile profile;
    struct histories at[LG_NODES_MAX];
    struct histories ended; /* scratch of one followed job */
    char outcomes[OUTCOMES_MAX][LG_WORDS_BYTES];
    unsigned outcome_count;
    bool reached[LG_EDGES_MAX];
    FILE *out;
    const struct lg_agree_watch *watch;
    unsigned node; /* that is walked */
    bool stays;    /* the histories of a node stay where they are */
    bool probing;  /* nothing goes on */
    struct lg_agreement *agreement;
    bool no_memory;
};

static bool grow(struct histories *set)
{
    uint32_t capacity = set->capacity ? set->capacity * 2 : 64;
    struct history *items = realloc(set->items, capacity * sizeof *items);
    uint32_t *index = calloc(2 * (size_t)capacity, sizeof *index);
    if (items)
        set->items = items;
    if (!items || !index) {
        free(index);
        return false;
    }
    free(set->index);
    set->index = index;
    set->capacity = capacity;
    for (uint32_t i = 0; i < set->count; i++) {
        uint32_t at =
            (uint32_t)lg_hash_bytes(&set->items[i], sizeof set->items[i]) & (2 * capacity - 1);
        while (index[at])
            at = (at + 1) & (2 * capacity - 1);
        index[at] = i + 1;
    }
    return true;
}

static void add(struct walk *walk, struct histories *set, const struct history *history)
{
    if (set->count == HISTORIES_MAX) {
        walk->agreement->bound_hit = true;
        return;
    }
    if (set->count == set->capacity && !grow(set)) {
        walk->no_memory = true;
        return;
    }
    uint32_t at = (uint32_t)lg_hash_bytes(history, sizeof *history) & (2 * set->capacity - 1);
    for (; set->index[at]; at = (at + 1) & (2 * set->capacity - 1))
        if (memcmp(&set->items[set->index[at] - 1], history, sizeof *history) == 0)
            return;
    set->items[set->count++] = *history;
    set->index[at] = set->count;
}

static void clear(struct histories *set)
{
    free(set->items);
    free(set->index);
    memset(set, 0, sizeof *set);
}

/* ---- one call on one history ---- */

static unsigned cell_of(const struct lg_call *call)
{
    return call->vm < VMS ? call->vm + 1u : 0;
}

static bool is_host_event(const struct lg_call *call)
{
    return lg_methods[call->method].kind == LG_KIND_EVENT &&
           lg_methods[call->method].target == LG_TARGET_HOST;
}

static void step_cells(const struct walk *walk, struct history *history, const struct lg_call *call,
                       struct lg_tape *tape, struct lg_outcome *outcome)
{
    struct lg_job evicted;
    if (!is_host_event(call)) {
        struct lg_cell *cell = &history->cells[cell_of(call)];
        const struct lg_cell before = *cell;
        lg_step(cell, call, NULL, tape, outcome, &evicted);
        if (walk->watch && walk->watch->step)
            walk->watch->step(walk->watch->context, walk->node, call, &before, outcome, cell);
        return;
    }
    const struct lg_cell before = history->cells[1];
    for (unsigned i = 0; i <= VMS; i++)
        lg_step(&history->cells[i], call, NULL, tape, outcome, &evicted);
    if (walk->watch && walk->watch->step)
        walk->watch->step(walk->watch->context, walk->node, call, &before, outcome,
                          &history->cells[1]);
}

static void follow_service(const struct walk *walk, struct history *history,
                           const struct lg_call *call, const struct lg_outcome *outcome,
                           struct lg_tape *tape)
{
    struct lg_call event = {.vm = LG_VM_HOST};
    struct lg_outcome ignored;
    bool stops = call->method == LG_CALL_STOP_SERVICE;
    if (!(stops || call->method == LG_CALL_START_SERVICE) || outcome->fault ||
        outcome->return_value)
        return;
    event.method = stops ? LG_CALL_SERVICE_STOPPED : LG_CALL_SERVICE_STARTED;
    step_cells(walk, history, &event, tape, &ignored);
}

/* The call as this history makes it: its jobs by their numbers, an image from the exported VM. */
static bool bind_call(const struct history *history, const struct lg_node *node,
                      struct lg_call *call)
{
    *call = node->call;
    call->new_job = (uint16_t)(history->job_count + 1);
    if (call->method == LG_CALL_VM_IMPORTED && call->other < VMS)
        lg_call_import(call, &history->cells[call->other + 1].vm);
    if (lg_methods[call->method].target != LG_TARGET_JOB)
        return true;
    if (call->job >= JOBS || !history->jobs[call->job])
        return false;
    call->job = history->jobs[call->job];
    return true;
}

/* ---- what an outcome leads to ---- */

static void tell(struct walk *walk, const char *words, bool fits)
{
    char line[LG_WORDS_BYTES + 8];
    snprintf(line, sizeof line, "%s%s", fits ? "" : "MISSING ", words);
    for (unsigned i = 0; i < walk->outcome_count; i++)
        if (strncmp(walk->outcomes[i], line, LG_WORDS_BYTES - 1) == 0)
            return;
    if (walk->outcome_count == OUTCOMES_MAX)
        return;
    snprintf(walk->outcomes[walk->outcome_count++], LG_WORDS_BYTES, "%.*s", LG_WORDS_BYTES - 1,
             line);
    walk->agreement->missing += !fits;
    if (walk->out)
        fprintf(walk->out, "      %s\n", line);
}

static void go_on(struct walk *walk, unsigned at, const struct history *history,
                  const struct lg_call *call, const struct lg_outcome *outcome, uint32_t result)
{
    const struct lg_node *node = &walk->vector->nodes[at];
    char words[LG_WORDS_BYTES];
    int edge = lg_node_edge(node, outcome, result, walk->names);
    if (walk->watch && walk->watch->answer && node->edge_count > 0)
        walk->watch->answer(walk->watch->context, at, outcome, result, edge);
    unsigned next = edge < 0 ? LG_NODES_MAX : (unsigned)node->edges[edge].then;
    if (node->edge_count == 0)
        next = at + 1;
    else if (lg_node_follows(node) && !outcome->fault)
        snprintf(words, sizeof words, "result %s", lg_result_word(result));
    else
        lg_words_of_pattern(outcome, call, walk->names, words);
    if (node->edge_count > 0)
        tell(walk, words, edge >= 0);
    if (edge >= 0)
        walk->reached[edge] = true;
    if (next < (walk->stays ? LG_NODES_MAX : walk->vector->node_count) && !walk->probing)
        add(walk, &walk->at[next], history);
}

/* A range of codes is a vendor's own, or reserved: one stands for all. */
static uint32_t result_of_codes(uint8_t method, uint32_t from, uint32_t to)
{
    if (to > from && from >= 32768)
        return LG_MEANING_VENDOR;
    return lg_result_of_return((enum lg_method)method, from);
}

static uint32_t result_of_end(uint8_t method, const struct lg_job *job,
                              const struct lg_outcome *shown)
{
    const struct lg_field *error = &shown->fields[LG_JOB_FIELD_ERROR_CODE];
    if (job->state == LG_JOB_EXCEPTION)
        return result_of_codes(method, (uint32_t)error->from, (uint32_t)error->to);
    return lg_result_of_job((enum lg_method)method, (enum lg_job_state)job->state, 0);
}

/* A job that the script does not name is never asked for again once its end was seen. */
static void forget_job(struct walk *walk, unsigned at, struct history *history,
                       const struct lg_call *started, uint16_t job)
{
    struct lg_cell *cell = &history->cells[cell_of(started)];
    if (walk->vector->nodes[at].call.new_job)
        return;
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++)
        if (cell->jobs[i].state != LG_JOB_FREE && cell->jobs[i].name == job) {
            memmove(&cell->jobs[i], &cell->jobs[i + 1],
                    (LG_JOB_SLOTS - 1 - i) * sizeof cell->jobs[0]);
            memset(&cell->jobs[LG_JOB_SLOTS - 1], 0, sizeof cell->jobs[0]);
            history->job_count--;
            return;
        }
}

static void end_followed(struct walk *walk, unsigned at, struct history *to,
                         const struct lg_call *started, const struct lg_job *job,
                         const struct lg_outcome *shown)
{
    uint32_t result = result_of_end(started->method, job, shown);
    forget_job(walk, at, to, started, job->name);
    go_on(walk, at, to, started, &(struct lg_outcome){0}, result);
}

/* Looks at a job until it has ended, in every way; each end goes on. */
static void follow(struct walk *walk, unsigned at, const struct history *from,
                   const struct lg_call *started, uint16_t job)
{
    struct lg_call look = {.method = LG_CALL_READ_JOB, .vm = started->vm, .job = job};
    clear(&walk->ended);
    add(walk, &walk->ended, from);
    for (uint32_t i = 0; i < walk->ended.count; i++) {
        struct lg_tape tape;
        struct history base = walk->ended.items[i];
        lg_tape_start(&tape, &walk->profile, &base.readings, NULL, 0);
        do {
            struct history to = base;
            struct lg_outcome outcome;
            step_cells(walk, &to, &look, &tape, &outcome);
            lg_readings_learn(&to.readings, &tape);
            const struct lg_job *there = lg_cell_job(&to.cells[cell_of(&look)], job);
            if (outcome.fault)
                go_on(walk, at, &to, started, &(struct lg_outcome){0}, LG_RESULT_GONE);
            else if (there && lg_job_has_ended(there))
                end_followed(walk, at, &to, started, there, &outcome);
            else
                add(walk, &walk->ended, &to);
        } while (lg_tape_advance(&tape));
    }
}

static void note_job(struct history *history, const struct lg_node *node,
                     const struct lg_outcome *outcome)
{
    if (outcome->answer != LG_ANSWERS_JOB)
        return;
    history->job_count++;
    if (node->call.new_job && node->call.new_job < JOBS)
        history->jobs[node->call.new_job] = history->job_count;
}

/* A state that is a set of states is each of them in turn. */
static void split_masks(struct walk *walk, unsigned at, const struct history *from,
                        const struct lg_call *call, const struct lg_outcome *pattern)
{
    bool job = call->method == LG_CALL_READ_JOB;
    unsigned field = job ? (unsigned)LG_JOB_FIELD_STATE : (unsigned)LG_VM_FIELD_ENABLED_STATE;
    for (uint64_t rest = pattern->fields[field].from; rest; rest &= rest - 1) {
        struct history to = *from;
        struct lg_outcome seen = *pattern;
        struct lg_tape none;
        seen.fields[field].from = rest & ~(rest - 1);
        lg_tape_start(&none, &walk->profile, NULL, NULL, 0);
        lg_outcome_pick(&seen, call, &none);
        lg_cell_learn(&to.cells[cell_of(call)], call, pattern, &seen);
        go_on(walk, at, &to, call, &seen, LG_RESULT_OTHER);
    }
}

static void take_outcome(struct walk *walk, unsigned at, struct history *to,
                         const struct lg_call *call, const struct lg_outcome *outcome)
{
    const struct lg_node *node = &walk->vector->nodes[at];
    note_job(to, node, outcome);
    if (lg_node_asks_again(node) && !outcome->fault && outcome->return_value == 4096)
        return;
    if (lg_node_follows(node) && !outcome->fault && outcome->answer == LG_ANSWERS_JOB)
        follow(walk, at, to, call, outcome->job);
    else if (outcome->masks && !outcome->fault)
        split_masks(walk, at, to, call, outcome);
    else
        go_on(walk, at, to, call, outcome,
              result_of_codes(call->method, outcome->return_value, outcome->return_to));
}

static void walk_history(struct walk *walk, unsigned at, const struct history *from)
{
    struct lg_call call;
    struct lg_tape tape;
    if (!bind_call(from, &walk->vector->nodes[at], &call))
        return;
    lg_tape_start(&tape, &walk->profile, &from->readings, NULL, 0);
    do {
        struct history to = *from;
        struct lg_outcome outcome;
        step_cells(walk, &to, &call, &tape, &outcome);
        follow_service(walk, &to, &call, &outcome, &tape);
        lg_readings_learn(&to.readings, &tape);
        take_outcome(walk, at, &to, &call, &outcome);
    } while (lg_tape_advance(&tape) && !walk->agreement->bound_hit && !walk->no_memory);
}

static void report_spurious(struct walk *walk, unsigned at)
{
    for (unsigned i = 0; i < walk->vector->nodes[at].edge_count; i++) {
        if (walk->reached[i])
            continue;
        walk->agreement->spurious++;
        if (walk->out)
            fprintf(walk->out, "      SPURIOUS edge %u: no history reaches it\n", i + 1);
    }
}

static void walk_node(struct walk *walk, unsigned at)
{
    struct histories here = walk->at[at];
    char words[LG_WORDS_BYTES];
    walk->node = at;
    memset(&walk->at[at], 0, sizeof walk->at[at]);
    walk->outcome_count = 0;
    memset(walk->reached, 0, sizeof walk->reached);
    if (here.count > walk->agreement->histories)
        walk->agreement->histories = here.count;
    if (walk->out) {
        lg_words_of_call(&walk->vector->nodes[at].call, walk->names, words);
        fprintf(walk->out, "  %u. %s  [%u histories]\n", at + 1, words, here.count);
    }
    for (uint32_t i = 0; i < here.count && !walk->agreement->bound_hit; i++)
        walk_history(walk, at, &here.items[i]);
    clear(&here);
    if (!walk->agreement->bound_hit)
        report_spurious(walk, at);
}

/* Readings that only a job itself can show make no difference to a vector that asks for none by
 * name. */
static void pin_sites_of_jobs(struct walk *walk)
{
    static const uint8_t sites[] = {LG_SITE_job_cancellable, LG_SITE_job_type,
                                    LG_SITE_job_failure_status, LG_SITE_cancelled_error,
                                    LG_SITE_job_success};
    for (unsigned i = 0; i < sizeof sites; i++)
        lg_profile_pin(&walk->profile, (enum lg_site)sites[i], 0);
}

static void pin_what_jobs_show(struct walk *walk)
{
    for (unsigned i = 0; i < walk->vector->node_count; i++) {
        const struct lg_call *call = &walk->vector->nodes[i].call;
        if (lg_methods[call->method].target == LG_TARGET_JOB || call->method == LG_CALL_LIST_JOBS)
            return;
    }
    pin_sites_of_jobs(walk);
}

static bool agree(const struct lg_vector *vector, enum lg_profile_id profile,
                  const struct lg_names *names, FILE *out, const struct lg_agree_watch *watch,
                  struct lg_agreement *agreement)
{
    struct walk *walk = calloc(1, sizeof *walk);
    struct history *first = calloc(1, sizeof *first);
    memset(agreement, 0, sizeof *agreement);
    for (unsigned i = 0; i < vector->node_count; i++)
        agreement->unchecked |= vector->nodes[i].lose_reply;
    bool ready = walk && first;
    if (ready && !agreement->unchecked) {
        walk->vector = vector;
        walk->names = names;
        walk->out = out;
        walk->watch = watch;
        walk->agreement = agreement;
        lg_profile_load(&walk->profile, profile, LG_TAG_CONFORMS);
        pin_what_jobs_show(walk);
        add(walk, &walk->at[0], first);
        for (unsigned at = 0; at < vector->node_count; at++)
            walk_node(walk, at);
        clear(&walk->ended);
        ready = !walk->no_memory;
    }
    free(first);
    free(walk);
    return ready;
}

bool lg_agree(const struct lg_vector *vector, enum lg_profile_id profile,
              const struct lg_names *names, FILE *out, struct lg_agreement *agreement)
{
    return agree(vector, profile, names, out, NULL, agreement);
}

bool lg_agree_watched(const struct lg_vector *vector, enum lg_profile_id profile,
                      const struct lg_names *names, const struct lg_agree_watch *watch,
                      struct lg_agreement *agreement)
{
    return agree(vector, profile, names, NULL, watch, agreement);
}

/* ---- node by node ---- */

struct lg_agree_session {
    struct walk walk;
    struct lg_agreement agreement;
};

struct lg_agree_session *lg_agree_start(const struct lg_vector *vector, enum lg_profile_id profile,
                                        const struct lg_names *names, bool jobs_asked,
                                        const struct lg_agree_watch *watch)
{
    struct lg_agree_session *session = calloc(1, sizeof *session);
    struct history *first = calloc(1, sizeof *first);
    if (session && first) {
        session->walk.vector = vector;
        session->walk.names = names;
        session->walk.watch = watch;
        session->walk.agreement = &session->agreement;
        session->walk.stays = true;
        lg_profile_load(&session->walk.profile, profile, LG_TAG_CONFORMS);
        if (!jobs_asked)
            pin_sites_of_jobs(&session->walk);
        add(&session->walk, &session->walk.at[0], first);
    }
    free(first);
    return session;
}

void lg_agree_end(struct lg_agree_session *session)
{
    for (unsigned i = 0; session && i < LG_NODES_MAX; i++)
        clear(&session->walk.at[i]);
    if (session)
        clear(&session->walk.ended);
    free(session);
}

bool lg_agree_node(struct lg_agree_session *session, unsigned node, bool on)
{
    struct walk *walk = &session->walk;
    walk->node = node;
    walk->outcome_count = 0;
    walk->probing = !on;
    for (uint32_t i = 0; i < walk->at[node].count && !session->agreement.bound_hit; i++) {
        struct history from = walk->at[node].items[i];
        walk_history(walk, node, &from);
    }
    return !session->agreement.bound_hit && !walk->no_memory;
}
