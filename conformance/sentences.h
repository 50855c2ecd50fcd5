/* The register of sentences: each sentence and each row of a table of the modelled pages, in our
 * words, with what it belongs to. The tables are model/sentences/ *.def; the rows of return tables
 * come from model/return_codes.def. */
#ifndef LG_SENTENCES_H
#define LG_SENTENCES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "model/tables.h"

enum { LG_SENTENCE_TEXT_BYTES = 160 };

struct lg_sentence {
    const char *page; /* file name */
    const char *section;
    unsigned ordinal; /* in its section, from 1 */
    enum lg_clause_kind kind;
    const char *text;
    const char *targets; /* ids with blanks between: clauses, return codes, properties, choice
                            sites, rows of the registers; empty where there is nothing to test */
    const char *reason;  /* why there is nothing to test; empty where there are targets */
};

/* A walk over all of them, in the order of the pages. Begins zeroed; the sentence it yields lives
 * until the next step. */
struct lg_sentence_walk {
    struct lg_sentence sentence;
    size_t row;
    unsigned return_row;
    char text[LG_SENTENCE_TEXT_BYTES];
    char target[LG_SENTENCE_TEXT_BYTES];
};

/* The next sentence, NULL after the last one. */
const struct lg_sentence *lg_sentence_next(struct lg_sentence_walk *walk);

/* Is this id among its targets? */
bool lg_sentence_is_of(const struct lg_sentence *sentence, const char *id);

/* Its id, "page:section.ordinal". LG_SENTENCE_TEXT_BYTES. */
void lg_sentence_id(const struct lg_sentence *sentence, char *id);

/* As an object; the caller owns it. */
json_t *lg_sentence_json(const struct lg_sentence *sentence);

/* The pages, with how they were read and how many sentences each should have; the caller owns it.
 */
json_t *lg_sentence_pages(void);

/* What would settle a contradiction: of a choice site, or of a row of the register that names none;
 * NULL where nothing is said. */
const char *lg_evidence_of(const char *id);

#endif
