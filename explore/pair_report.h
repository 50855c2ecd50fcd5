/* What vectors of pairs came to. */
#ifndef LG_PAIR_REPORT_H
#define LG_PAIR_REPORT_H

#include "pair_vectors.h"

/* Figures, as Markdown. */
void lg_pair_report_tell(const struct lg_generation *generation,
                         const struct lg_pair_reasons *reasons, FILE *out);

/* The report. False: it cannot be written (errno). */
bool lg_pair_report_write(const struct lg_generation *generation,
                          const struct lg_pair_reasons *reasons, const char *path);

/* The pairs that no vector walks, one a line, each with its reason. */
void lg_pair_report_list(const struct lg_generation *generation,
                         const struct lg_pair_reasons *reasons, FILE *out);

#endif
