/* Any script under any tape: every cell stays valid, only the cells that a call is about change,
 * and a second run, and one that goes on from a copy made in the middle, give the same bytes. */
#include <string.h>

#include "find.h"
#include "script.h"

/* One run: the host's own cell and VMs; jobs that left their cells are forgotten, and so is whoever
 * asks for them. */
struct world {
    struct lg_cell cells[LG_SCRIPT_VMS + 1];
    struct lg_readings readings;
    uint32_t used; /* of the tape */
    uint16_t jobs;
    uint16_t unused;
};

static struct lg_profile profile;

static void step_one(struct world *world, unsigned cell, const struct lg_call *call,
                     struct lg_tape *tape, struct lg_outcome *outcome)
{
    struct lg_job evicted;
    struct lg_outcome pattern;
    lg_step(&world->cells[cell], call, NULL, tape, outcome, &evicted);
    pattern = *outcome;
    lg_outcome_pick(outcome, call, tape);
    lg_holds(lg_outcome_matches(&pattern, outcome));
    lg_cell_learn(&world->cells[cell], call, &pattern, outcome);
    lg_holds(lg_cell_is_valid(&world->cells[cell]));
}

static void step(struct world *world, const struct lg_call *given, const struct lg_script *script)
{
    bool everywhere = given->vm == LG_VM_HOST && lg_methods[given->method].kind == LG_KIND_EVENT;
    unsigned cell = given->vm < LG_SCRIPT_VMS ? given->vm + 1u : 0;
    struct lg_call call = *given;
    struct lg_outcome outcome;
    struct lg_tape tape;
    lg_tape_start(&tape, &profile, &world->readings, script->tape + world->used,
                  script->tape_length - world->used);
    call.new_job = (uint16_t)(world->jobs + 1);
    for (unsigned i = 1; everywhere && i <= LG_SCRIPT_VMS; i++)
        step_one(world, i, &call, &tape, &outcome);
    step_one(world, cell, &call, &tape, &outcome);
    lg_readings_learn(&world->readings, &tape);
    world->jobs = (uint16_t)(world->jobs + (outcome.answer == LG_ANSWERS_JOB));
    world->used += tape.next;
}

/* A call of one VM or of the host itself leaves the cells of others alone. */
static void check_others(const struct world *before, const struct world *after,
                         const struct lg_call *call)
{
    unsigned cell = call->vm < LG_SCRIPT_VMS ? call->vm + 1u : 0;
    if (call->vm == LG_VM_HOST && lg_methods[call->method].kind == LG_KIND_EVENT)
        return;
    for (unsigned i = 0; i <= LG_SCRIPT_VMS; i++)
        lg_holds(i == cell ||
                 memcmp(&before->cells[i], &after->cells[i], sizeof before->cells[i]) == 0);
}

static void play(struct world *world, const struct lg_script *script, size_t from)
{
    for (size_t i = from; i < script->count; i++)
        step(world, &script->calls[i], script);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct lg_script script;
    static struct world first, second, copy, before;
    if (!profile.allowed[0])
        lg_profile_load(&profile, LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
    lg_script_read(&script, bytes, length);
    memset(&first, 0, sizeof first);
    memset(&second, 0, sizeof second);
    memset(&copy, 0, sizeof copy);
    for (size_t i = 0; i < script.count; i++) {
        lg_holds(lg_script_canonical(&script.calls[i]));
        if (i == script.count / 2)
            memcpy(&copy, &first, sizeof copy);
        before = first;
        step(&first, &script.calls[i], &script);
        check_others(&before, &first, &script.calls[i]);
    }
    play(&second, &script, 0);
    play(&copy, &script, script.count / 2);
    lg_holds(memcmp(&first, &second, sizeof first) == 0);
    lg_holds(memcmp(&first, &copy, sizeof first) == 0);
    lg_saw(&first, sizeof first);
    return 0;
}
