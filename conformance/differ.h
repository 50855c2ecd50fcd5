/* Compares what two sides did with one script, modulo what the documents leave open: work done at
 * once or by a job, times, percentages, names and bytes that a target makes up. */
#ifndef LG_DIFFER_H
#define LG_DIFFER_H

#include "side.h"

enum lg_difference_kind {
    LG_DIFFERENCE_NONE,
    LG_DIFFERENCE_ALLOWED,      /* the documents allow both */
    LG_DIFFERENCE_UNDETERMINED, /* a bound was hit, or only another reading explains one of them */
    LG_DIFFERENCE_FORBIDDEN     /* the documents forbid what the guilty side did */
};

enum { LG_GUILTY_A = 1, LG_GUILTY_B = 2, LG_WHAT_BYTES = 120 };

struct lg_difference {
    enum lg_difference_kind kind;
    unsigned guilty; /* LG_GUILTY_A, LG_GUILTY_B or both; of FORBIDDEN and UNDETERMINED */
    unsigned step;   /* of the script */
    uint8_t method;
    uint16_t vm;              /* of the call that shows it */
    char what[LG_WHAT_BYTES]; /* what differs, the same text for the same difference */
    char key[LG_WHAT_BYTES];  /* of an offence: what explains it, else the clause, whichever call
                                 shows it; of answers: what */
};

/* The difference that weighs most. Two sides that offend alike do not differ: *alike then. */
struct lg_difference lg_differ(const struct lg_script *script, const struct lg_side *a,
                               const struct lg_side *b, bool *alike);

/* The difference of one side alone: its offence. `side`: LG_GUILTY_A or LG_GUILTY_B. */
struct lg_difference lg_offence_difference(const struct lg_side *side, unsigned letter);

/* What an offence is, whatever the script: the method and what explains it, else the clause. */
void lg_offence_write(const struct lg_offence *offence, char text[LG_WHAT_BYTES]);

/* The settled answer of a step in words. */
void lg_side_step_words(const struct lg_side *side, const struct lg_script *script, unsigned step,
                        char *words);

#endif
