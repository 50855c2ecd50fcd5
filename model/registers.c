/* The registers as data. */
#include "registers.h"

/* A row without a site names none. */
enum { LG_SITE_none = LG_NO_SITE };

const struct lg_contradiction_row lg_contradictions[] = {
#define LG_CONTRADICTION(id, text, page, what, readings, taken, site)                              \
    {text, page, what, readings, taken, LG_SITE_##site},
#include "contradictions.def"
#undef LG_CONTRADICTION
};
const size_t lg_contradiction_count = sizeof lg_contradictions / sizeof lg_contradictions[0];

const struct lg_interpretation_row lg_interpretations[] = {
#define LG_INTERPRETATION(id, question, settled) {id, question, settled},
#include "interpretations.def"
#undef LG_INTERPRETATION
};
const size_t lg_interpretation_count = sizeof lg_interpretations / sizeof lg_interpretations[0];

const struct lg_deviation_row lg_deviations[] = {
#define LG_DEVIATION(id, documented, observed, held) {id, documented, observed, held},
#include "deviations.def"
#undef LG_DEVIATION
};
const size_t lg_deviation_count = sizeof lg_deviations / sizeof lg_deviations[0];
