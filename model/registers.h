/* The register of contradictions: where the modelled pages contradict each other, are ambiguous, or
 * slipped. */
#ifndef LG_REGISTERS_H
#define LG_REGISTERS_H

#include "tables.h"

enum { LG_NO_SITE = 255 };

struct lg_contradiction_row {
    const char *id;
    const char *page;
    const char *what;
    const char *readings;
    const char *taken;
    uint8_t site; /* enum lg_site, LG_NO_SITE where no choice holds the readings */
};
extern const struct lg_contradiction_row lg_contradictions[];
extern const size_t lg_contradiction_count;

#endif
