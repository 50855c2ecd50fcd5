/* What the time of a simulated host is. */
#ifndef LG_CLOCK_H
#define LG_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct lg_simulator;

enum lg_clock_mode {
    LG_CLOCK_AUTO,    /* virtual; each look at a job moves it, so that nobody has to wait */
    LG_CLOCK_VIRTUAL, /* moves by the event Time.Pass only */
    LG_CLOCK_REAL,
    LG_CLOCK_MODE_COUNT
};
extern const char *const lg_clock_words[LG_CLOCK_MODE_COUNT];

enum { LG_CLOCK_LOOK_MS = 100 }; /* as often as real clients look at a job */

/* Where a virtual clock begins, in milliseconds since 1601: 2026-01-01. */
#define LG_CLOCK_START_MS 13411699200000u

struct lg_clock {
    enum lg_clock_mode mode;
};

/* Gives a simulator that has served nothing yet this clock, and empties its host. The clock must
 * outlive the simulator; a simulator without one begins at 0 and moves by Time.Pass. */
void lg_clock_start(const struct lg_clock *clock, struct lg_simulator *simulator);

/* Time that passes before a call of this method, as the event Time.Pass. */
void lg_clock_tick(const struct lg_clock *clock, struct lg_simulator *simulator, uint8_t method);

#endif
