/* What must hold at every move of every world, named after the clauses that say so. */
#ifndef LG_INVARIANTS_H
#define LG_INVARIANTS_H

#include "moves.h"

enum lg_holding { LG_SILENT, LG_HOLDS, LG_BROKEN }; /* silent: it says nothing of such a move */

struct lg_invariant {
    const char *text;
    enum lg_clause clause; /* LG_CLAUSE_none: of the model itself */
    enum lg_holding (*check)(const struct lg_move *move);
};

extern const struct lg_invariant lg_invariants[];
extern const unsigned lg_invariant_count;

#endif
