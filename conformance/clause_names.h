/* Numbers for everything that can be cited as a clause: the rows of clauses.def, then the rows of
 * the return tables. */
#ifndef LG_CLAUSE_NAMES_H
#define LG_CLAUSE_NAMES_H

#include "model/tables.h"

enum { LG_CITATION_COUNT = (int)LG_CLAUSE_COUNT + (int)LG_RETURN_COUNT, LG_CITATION_BYTES = 96 };

/* The number of a clause id, or of "Class.Method=code"; -1 if there is none. */
int lg_citation_find(const char *id);

/* Its text: LG_CITATION_BYTES. */
void lg_citation_write(unsigned citation, char *text);

/* The word for a kind of clause, in small letters. */
const char *lg_clause_kind_word(enum lg_clause_kind kind);

/* The page that it is on. */
const char *lg_citation_page(unsigned citation);

#endif
