/* What a run found. Reports are made of this, and nothing else. */
#ifndef LG_RESULTS_H
#define LG_RESULTS_H

#include "vector.h"

enum lg_vector_verdict {
    LG_VECTOR_CONFORMS,
    LG_VECTOR_VIOLATES,
    LG_VECTOR_UNACHIEVED,
    LG_VECTOR_INCONSISTENT,
    LG_VECTOR_UNDOCUMENTED,
    LG_VECTOR_UNDETERMINED,
    LG_VECTOR_SKIPPED,
    LG_VECTOR_VERDICT_COUNT
};

/* The words of the last line of a run and of reports, by verdict. */
extern const char *const lg_verdict_words[LG_VECTOR_VERDICT_COUNT];

enum { LG_LINES_MAX = 16, LG_LINE_BYTES = 240 };

struct lg_result_row {
    char id[LG_ID_BYTES];
    char title[LG_TITLE_BYTES];
    enum lg_vector_verdict verdict;
    double seconds;
    bool expected;                           /* a list of expected deviations has it */
    int step;                                /* the node that decided, from 1; 0 if none did */
    uint16_t clauses[LG_VECTOR_CLAUSES_MAX]; /* what the verdict rests on */
    unsigned clause_count;
    char lines[LG_LINES_MAX][LG_LINE_BYTES]; /* what was called, seen, allowed: for people */
    unsigned line_count;
};

struct lg_results {
    const char *target;
    const char *profile;
    struct lg_result_row *rows;
    size_t count;
    size_t capacity;
    double seconds;
};

/* How many rows have a verdict. */
size_t lg_results_count(const struct lg_results *results, enum lg_vector_verdict verdict);

/* The same without those that are expected. */
size_t lg_results_count_open(const struct lg_results *results, enum lg_vector_verdict verdict);

/* "N vectors: A conform, B violate, C unachieved, D inconsistent, E undocumented, F undetermined, G
 * skipped" */
void lg_results_summary(const struct lg_results *results, char *text, size_t size);

/* Writes a report: kind is "json", "junit" or "tap". False: no such kind, or the file cannot be
 * written (errno). */
bool lg_report_write(const struct lg_results *results, const char *kind, const char *path);

#endif
