/* Planted faults that remember something of the calls before. Test-only.
 *
 * A fault is one function that carries out a call wrongly: it changes the call before it is carried
 * out, the cell or the outcome after it. Whatever it does not touch is right. */
#ifndef LG_PLANTED_H
#define LG_PLANTED_H

#include "faults.h"

enum { LG_PLANTED_KEPT = 8 }; /* more calls of one VM than the shortest sequence of any fault */

/* What the planted fault remembers of one VM; each fault says what it keeps where. */
struct lg_planted_memory {
    uint32_t serial; /* of the VM that it is about: another one in its place starts anew */
    uint32_t count;
    uint32_t looks; /* at the VM since its last job was started */
    uint16_t number;
    uint16_t symbol;
    uint16_t kept[LG_PLANTED_KEPT];
    uint8_t present;
    uint8_t values;
    bool flag;
};

/* One call at work. */
struct lg_planted_turn {
    struct lg_simulator *simulator;
    struct lg_call call; /* a copy */
    struct lg_outcome *outcome;
    struct lg_cell *cell;  /* of the VM, or the host's own */
    struct lg_cell before; /* the cell as it was */
    struct lg_planted_memory *memory;
    uint32_t done; /* the methods whose work took effect in this call, bit by method */
};

/* Carries out the call as it should be. A fault calls it once, or not at all. */
void lg_planted_carry_out(struct lg_planted_turn *turn);

/* Whether work of this method took effect in this call, at once or by a job. */
bool lg_planted_did(const struct lg_planted_turn *turn, enum lg_method method);

/* Answers a return value and nothing else. */
void lg_planted_answer(struct lg_planted_turn *turn, uint32_t return_value);

/* Whether the call was a method that answered an error. */
bool lg_planted_refused(const struct lg_planted_turn *turn);

/* Whether the call is this method, with a text that names a VM in the plain way. */
bool lg_planted_is_plain(const struct lg_planted_turn *turn, enum lg_method method);

/* What a fault remembers of a VM; of the host itself for LG_VM_HOST. */
struct lg_planted_memory *lg_planted_memory_of(const struct lg_simulator *simulator, uint16_t vm);

/* Takes one alternative of a choice site for good. */
void lg_planted_pin(struct lg_planted_turn *turn, enum lg_site site, unsigned alternative);

/* Work is done by jobs whatever --jobs-mode says; they have ended as soon as somebody looks. */
void lg_planted_use_jobs(struct lg_planted_turn *turn);

/* The same, but a job is still running the first two times that somebody looks. */
void lg_planted_use_slow_jobs(struct lg_planted_turn *turn);

/* Two functions for each row of the table: the fault, and the step that plants it. */
#define LG_PLANTED(name, clause, sentence)                                                         \
    void lg_planted_##name(struct lg_planted_turn *turn);                                          \
    lg_fault_step lg_planted_step_##name;
#include "planted.def"
#undef LG_PLANTED

#endif
