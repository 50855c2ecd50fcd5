/* Registers: where the modelled pages contradict each other or slipped, where they are silent, and
 * where hosts were seen to do something else. */
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

/* The choice sites of a row are those that name it as their register. */
struct lg_interpretation_row {
    const char *id;
    const char *question;
    const char *settled; /* whatever the target's readings; NULL: the sites hold every answer */
};
extern const struct lg_interpretation_row lg_interpretations[];
extern const size_t lg_interpretation_count;

struct lg_deviation_row {
    const char *id;
    const char *documented;
    const char *observed;
    const char *held; /* where the product has it */
};
extern const struct lg_deviation_row lg_deviations[];
extern const size_t lg_deviation_count;

#endif
