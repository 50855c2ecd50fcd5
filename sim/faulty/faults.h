/* Planted faults: each carries out a call in the wrong way. Test-only. */
#ifndef LG_FAULTS_H
#define LG_FAULTS_H

#include "sim/simulator.h"

typedef void lg_fault_step(struct lg_simulator *simulator, const struct lg_call *call,
                           struct lg_outcome *outcome);

#define LG_FAULT(name, clause, jobs, sentence) lg_fault_step lg_fault_##name;
#include "faults.def"
#undef LG_FAULT

/* What the planted fault counts; zero again after a reset of the host. */
struct lg_fault_counts {
    uint32_t
        host; /* which host it is about: the serial of its first VM, 0 as long as it has none */
    unsigned calls;
    unsigned looks[LG_JOB_NAMES];    /* by job: how often it was looked at */
    uint16_t argument[LG_JOB_NAMES]; /* by job: what it is to set */
};

struct lg_fault_counts *lg_fault_counts_of(const struct lg_simulator *simulator);

/* The cell of the VM that a call is about; NULL if it is about none. */
struct lg_cell *lg_fault_cell(struct lg_simulator *simulator, const struct lg_call *call);

/* Whether a call of this method was made and answered 0. */
bool lg_fault_did(const struct lg_call *call, uint8_t method, const struct lg_outcome *outcome);

#endif
