/* Clocks of a host. */
#include "clock.h"

#include <time.h>

#include "simulator.h"

const char *const lg_clock_words[LG_CLOCK_MODE_COUNT] = {"auto", "virtual", "real"};

#define MS_FROM_1601_TO_1970 11644473600000u

static uint64_t real_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return MS_FROM_1601_TO_1970 + (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void lg_clock_start(const struct lg_clock *clock, struct lg_simulator *simulator)
{
    uint64_t start = clock->mode == LG_CLOCK_REAL ? real_now() : LG_CLOCK_START_MS;
    simulator->clock = clock;
    simulator->word.now_from = start;
    simulator->word.now_to = start;
    lg_simulator_reset(simulator);
}

static bool looks_at_a_job(uint8_t method)
{
    return method == LG_CALL_READ_JOB || method == LG_CALL_LIST_JOBS;
}

static uint64_t due(const struct lg_clock *clock, const struct lg_simulator *simulator,
                    uint8_t method)
{
    uint64_t shown = simulator->host.self.host.now_to;
    uint64_t now = clock->mode == LG_CLOCK_REAL ? real_now() : 0;
    if (clock->mode == LG_CLOCK_AUTO)
        return looks_at_a_job(method) ? LG_CLOCK_LOOK_MS : 0;
    return now > shown ? now - shown : 0;
}

void lg_clock_tick(const struct lg_clock *clock, struct lg_simulator *simulator, uint8_t method)
{
    struct lg_call passes = {.method = LG_CALL_TIME_PASSES, .vm = LG_VM_HOST};
    struct lg_outcome outcome;
    if (method == LG_CALL_TIME_PASSES)
        return;
    passes.amount = due(clock, simulator, method);
    if (passes.amount > 0)
        lg_simulator_call(simulator, &passes, &outcome);
}
