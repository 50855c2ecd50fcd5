/* The register of contradictions as data. */
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
