/* The model plays a script. */
#include "play.h"

#include <string.h>

#include "model/host.h"

void lg_play_start(struct lg_play *play, const struct lg_script *script, enum lg_profile_id profile,
                   enum lg_tag also)
{
    memset(play, 0, sizeof *play);
    play->script = script;
    lg_profile_load(&play->profile, profile, also);
}

struct lg_cell *lg_play_cell(struct lg_play *play, const struct lg_call *call)
{
    return call->vm < LG_SCRIPT_VMS ? &play->cells[call->vm] : &play->cells[LG_SCRIPT_VMS];
}

static const struct lg_job *record_of(const struct lg_play *play, uint16_t name)
{
    for (unsigned i = 0; name && i < play->record_count; i++)
        if (play->records[i].name == name)
            return &play->records[i];
    return NULL;
}

static void keep_record(struct lg_play *play, const struct lg_job *evicted)
{
    if (evicted->state != LG_JOB_FREE && play->record_count < LG_PLAY_RECORDS)
        play->records[play->record_count++] = *evicted;
}

/* A service that said it stopped has stopped for every VM. */
static void follow_service(struct lg_play *play, const struct lg_call *call,
                           const struct lg_outcome *seen)
{
    struct lg_call event = {.vm = LG_VM_HOST};
    struct lg_outcome ignored;
    struct lg_job evicted;
    bool stops = call->method == LG_CALL_STOP_SERVICE;
    if (!(stops || call->method == LG_CALL_START_SERVICE) || seen->fault || seen->return_value)
        return;
    event.method = stops ? LG_CALL_SERVICE_STOPPED : LG_CALL_SERVICE_STARTED;
    for (unsigned i = 0; i <= LG_SCRIPT_VMS; i++)
        lg_step(&play->cells[i], &event, NULL, &play->tape, &ignored, &evicted);
}

/* Bytes that the host made up are bytes like any other, no two alike. */
static uint16_t make_protector(void *context)
{
    struct lg_play *play = context;
    return (uint16_t)(LG_MATERIAL_COUNT + ++play->unseen_made);
}

static void carry_out(struct lg_play *play, struct lg_call *call, struct lg_outcome *seen)
{
    struct lg_cell *cell = lg_play_cell(play, call);
    bool everywhere = call->vm == LG_VM_HOST && lg_methods[call->method].kind == LG_KIND_EVENT;
    struct lg_maker maker = {make_protector, play};
    struct lg_outcome pattern;
    struct lg_job evicted;
    if (call->method == LG_CALL_VM_IMPORTED)
        lg_call_import(call, &play->cells[call->other % LG_SCRIPT_VMS].vm);
    call->new_job = (uint16_t)(play->names.job_count + 1);
    for (unsigned i = 0; everywhere && i < LG_SCRIPT_VMS; i++)
        lg_step(&play->cells[i], call, NULL, &play->tape, seen, &evicted);
    play->before = *cell;
    lg_step(cell, call, record_of(play, call->job), &play->tape, seen, &evicted);
    keep_record(play, &evicted);
    lg_cell_make_bytes(cell, call, &maker, seen);
    pattern = *seen;
    lg_outcome_pick(seen, call, &play->tape);
    lg_assert(lg_outcome_matches(&pattern, seen));
    lg_cell_learn(cell, call, &pattern, seen);
    follow_service(play, call, seen);
    call->new_job = seen->job;
}

static bool next_call(struct lg_play *play, struct lg_call *call)
{
    struct lg_call make;
    bool makes;
    if (play->waits) {
        *call = play->waiting;
        play->waits = false;
        return true;
    }
    while (play->next < play->script->count) {
        *call = play->script->calls[play->next++];
        if (!lg_script_aim(&play->names, call, &make, &makes))
            continue;
        play->waits = makes;
        play->waiting = *call;
        *call = makes ? make : *call;
        return true;
    }
    return false;
}

bool lg_play_step(struct lg_play *play, struct lg_call *call, struct lg_outcome *seen)
{
    const struct lg_script *script = play->script;
    if (play->names.job_count + 2 >= LG_FUZZ_JOBS_MAX || !next_call(play, call))
        return false;
    lg_tape_start(&play->tape, &play->profile, &play->readings, script->tape + play->used,
                  script->tape_length - play->used);
    carry_out(play, call, seen);
    lg_readings_learn(&play->readings, &play->tape);
    play->used += play->tape.next;
    lg_script_learn(&play->names, call, seen);
    lg_assert(lg_cell_is_valid(lg_play_cell(play, call)));
    return true;
}
