/* Scripts with what the model answers to them in each mode, so that only scripts in which a mutant
 * answers otherwise need the oracle. */
#ifndef LG_SUITE_H
#define LG_SUITE_H

#include "conformance/runner.h"
#include "modes.h"

struct lg_suite_call {
    struct lg_call call;
    struct lg_outcome seen;
};

/* One script in one mode. */
struct lg_suite_trace {
    uint32_t first; /* into calls */
    uint32_t count;
    enum lg_vector_verdict verdict; /* of the model itself */
};

struct lg_suite {
    struct lg_blobs blobs;
    struct lg_names names;
    struct lg_vector **vectors;
    unsigned count;
    unsigned *order; /* the smoke tier, then the others in an order of no meaning */
    struct lg_mode *modes;
    unsigned mode_count;
    struct lg_suite_trace *traces; /* by mode, then by vector */
    struct lg_suite_call *calls;
    uint32_t call_count;
    uint32_t capacity;
    struct lg_target inner;
    struct lg_target target;
    struct lg_judge judge;
    bool recording;
    const struct lg_mutants *mutants;
};

/* Loads vectors and runs the model over them in every mode. False after saying what is wrong. */
bool lg_suite_load(struct lg_suite *suite, const struct lg_mutants *mutants,
                   const char *const *words, size_t count);
bool lg_suite_record(struct lg_suite *suite);

/* Whether the mutant at work answers a script in a mode as the model does. */
bool lg_suite_is_same(struct lg_suite *suite, unsigned mode, unsigned vector);

/* The verdict of the oracle on the mutant at work; worse than the model's own: it is found. */
enum lg_vector_verdict lg_suite_judge(struct lg_suite *suite, unsigned mode, unsigned vector);
bool lg_suite_finds(const struct lg_suite *suite, unsigned mode, unsigned vector,
                    enum lg_vector_verdict verdict);

#endif
