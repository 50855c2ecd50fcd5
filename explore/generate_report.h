/* What generation came to, as Markdown. */
#ifndef LG_GENERATE_REPORT_H
#define LG_GENERATE_REPORT_H

#include "generate.h"

/* Figures of a finished generation. */
void lg_generation_tell(const struct lg_generation *generation, FILE *out);

/* The report. False: it cannot be written (errno). */
bool lg_generation_report(const struct lg_generation *generation, const char *path);

#endif
