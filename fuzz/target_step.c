/* Any script under any tape: the cell stays valid, a second run gives the same bytes, what is
 * picked fits its pattern, and a decoded script encodes to itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { STEPS_MAX = 64, VMS = 4 };

/* One run: VMs and host; jobs that left their cells are forgotten, and so is whoever asks for them.
 */
struct world {
    struct lg_cell cells[VMS + 1];
    struct lg_readings readings;
    uint16_t jobs;
};

static struct lg_cell *cell_of(struct world *world, const struct lg_call *call)
{
    return call->vm < VMS ? &world->cells[call->vm + 1] : &world->cells[0];
}

static void step(struct world *world, struct lg_call *call, const struct lg_profile *profile,
                 const uint8_t *tape_bytes, uint32_t tape_length, uint32_t *used,
                 struct lg_outcome *outcome)
{
    bool everywhere = call->vm == LG_VM_HOST && lg_methods[call->method].kind == LG_KIND_EVENT;
    struct lg_outcome pattern;
    struct lg_job evicted;
    struct lg_tape tape;
    lg_tape_start(&tape, profile, &world->readings, tape_bytes + *used, tape_length - *used);
    call->new_job = (uint16_t)(world->jobs + 1);
    if (everywhere)
        for (unsigned i = 1; i <= VMS; i++)
            lg_step(&world->cells[i], call, NULL, &tape, outcome, &evicted);
    lg_step(cell_of(world, call), call, NULL, &tape, outcome, &evicted);
    pattern = *outcome;
    lg_outcome_pick(outcome, call, &tape);
    lg_assert(lg_outcome_matches(&pattern, outcome));
    lg_cell_learn(cell_of(world, call), call, &pattern, outcome);
    lg_readings_learn(&world->readings, &tape);
    world->jobs = (uint16_t)(world->jobs + (outcome->answer == LG_ANSWERS_JOB));
    *used += tape.next;
    lg_assert(lg_cell_is_valid(cell_of(world, call)));
}

static void run(struct world *world, const struct lg_call *calls, size_t count, const uint8_t *tape,
                size_t length)
{
    struct lg_profile profile;
    uint32_t used = 0;
    lg_profile_load(&profile, LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
    memset(world, 0, sizeof *world);
    for (size_t i = 0; i < count; i++) {
        struct lg_call call = calls[i];
        struct lg_outcome outcome;
        step(world, &call, &profile, tape, (uint32_t)length, &used, &outcome);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct lg_call calls[STEPS_MAX];
    struct world first, second;
    size_t tape;
    size_t count = lg_script_decode(bytes, length, calls, STEPS_MAX, &tape);
    for (size_t i = 0; i < count; i++)
        lg_assert(lg_script_canonical(&calls[i]));
    run(&first, calls, count, bytes + tape, length - tape);
    run(&second, calls, count, bytes + tape, length - tape);
    lg_assert(memcmp(&first, &second, sizeof first) == 0);
    return 0;
}
