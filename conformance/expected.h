/* Expected deviations: a list of what a target is known to do otherwise than documented.
 *
 * {"format": "lastgood-expected/1", "target": "...", "deviations": [{"id": "...", what it is:
 * "clause", "vector", "explained", "outcome", "side"; why it is known: "reason", "link", "owner",
 * "expires"}]}. A row stands for a deviation when everything that the row says of it is so:
 *   clause     one of the clauses that the verdict rests on, by id
 *   vector     the vector; a * at the end stands for any rest
 *   explained  "site=alternative", as reports have it
 *   outcome    a text of what was seen; each * stands for any text
 */
#ifndef LG_EXPECTED_H
#define LG_EXPECTED_H

#include <time.h>

#include "judge.h"
#include "results.h"

#define LG_EXPECTED_FORMAT "lastgood-expected/1"

enum { LG_EXPECTED_ROWS_MAX = 1000, LG_EXPECTED_ENOUGH_SCRIPTS = 1000 };

/* One deviation that was found. */
struct lg_deviation {
    const char *vector;      /* NULL: of a comparison */
    const char *explained;   /* "site=alternative", NULL where nothing explains it */
    const char *outcome;     /* what was seen */
    const uint16_t *clauses; /* citations, as in results */
    unsigned clause_count;
};

struct lg_expected {
    json_t *document; /* NULL: no file was given, and nothing is expected */
    const char *path;
    char today[16];                          /* YYYY-MM-DD */
    unsigned happened[LG_EXPECTED_ROWS_MAX]; /* by row */
    json_t *news;                            /* rows for what was not expected, for --update */
};

/* Reads a file; path NULL reads nothing. `writing`: a file that is not there is an empty one.
 * False, with a line that says what is wrong and where. */
bool lg_expected_load(struct lg_expected *expected, const char *path, bool writing,
                      struct lg_json_error *error);
void lg_expected_free(struct lg_expected *expected);

/* Whether a row that has not expired stands for the deviation: its id, else NULL. What is not
 * expected is remembered for lg_expected_update. */
const char *lg_expected_find(struct lg_expected *expected, const struct lg_deviation *deviation);

/* Lets the oracle take what rows name by nothing but "explained": it goes on behind it then. */
void lg_expected_admit(const struct lg_expected *expected, struct lg_judge *judge);

/* Prints rows that expired and, where `whole`, rows that nothing happened for. How many those are.
 */
unsigned lg_expected_complain(const struct lg_expected *expected, bool whole);

/* Writes the file anew: rows that happened and have not expired stay, what was not expected is
 * added, with a reason that says that nobody has given one. Rows that did not happen leave where
 * `whole`. False: errno. */
bool lg_expected_update(struct lg_expected *expected, const char *target, bool whole);

/* Marks the rows of a run that are expected, and says which. */
void lg_expected_mark(struct lg_expected *expected, struct lg_results *results,
                      bool undocumented_too);

#endif
