/* How often each method answered what, over an exploration. */
#ifndef LG_FIGURES_H
#define LG_FIGURES_H

#include <stdio.h>

#include "explore.h"

enum { LG_FIGURES_MAX = 512 };

struct lg_figure {
    uint8_t method;
    uint8_t fault;
    uint32_t from;
    uint32_t to;
    uint64_t transitions;
};

struct lg_figures {
    struct lg_figure rows[LG_FIGURES_MAX];
    unsigned count;
    unsigned last; /* where the last one was found */
};

void lg_figures_add(struct lg_figures *figures, const struct lg_move *move);

/* One line for each method and answer, in the order of the tables. */
void lg_figures_print(struct lg_figures *figures, FILE *out);

#endif
