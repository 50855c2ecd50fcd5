/* Expected deviations. */
#include "expected.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clause_names.h"

enum { DAYS_OF_A_NEW_ROW = 90 };

/* ---- reading ---- */

static bool is_date(const char *text)
{
    unsigned year, month, day;
    char end;
    return strlen(text) == 10 && sscanf(text, "%4u-%2u-%2u%c", &year, &month, &day, &end) == 3 &&
           text[4] == '-' && text[7] == '-' && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool check_row(const json_t *row, unsigned number, struct lg_json_error *error)
{
    static const char *const what[] = {"clause", "vector", "explained", "outcome"};
    struct lg_json_error inner;
    const char *key, *expires = json_string_value(json_object_get(row, "expires"));
    const char *clause = json_string_value(json_object_get(row, "clause"));
    json_t *value;
    unsigned said = 0;
    if (!json_is_object(row) ||
        !lg_json_only(row, &inner, "id", "clause", "vector", "explained", "outcome", "reason",
                      "link", "owner", "expires", NULL))
        return lg_json_fail(error, "deviation %u: %.120s", number,
                            json_is_object(row) ? inner.reason : "must be an object");
    json_object_foreach((json_t *)row, key, value)
    {
        if (!json_is_string(value))
            return lg_json_fail(error, "deviation %u: \"%.20s\" must be a text", number, key);
    }
    for (unsigned i = 0; i < 4; i++)
        said += json_object_get(row, what[i]) != NULL;
    if (!said)
        return lg_json_fail(error,
                            "deviation %u: one of clause, vector, explained, outcome must "
                            "say what it is",
                            number);
    if (clause && lg_citation_find(clause) < 0)
        return lg_json_fail(error, "deviation %u: no such clause: %.60s", number, clause);
    if (!json_object_get(row, "reason") || !*json_string_value(json_object_get(row, "reason")))
        return lg_json_fail(error, "deviation %u: the \"reason\" is missing", number);
    if (expires && !is_date(expires))
        return lg_json_fail(error, "deviation %u: \"expires\" must be YYYY-MM-DD", number);
    return true;
}

static bool check_document(const json_t *document, struct lg_json_error *error)
{
    const char *format = json_string_value(json_object_get(document, "format"));
    const json_t *rows = json_object_get(document, "deviations");
    struct lg_json_error inner;
    if (!format || strcmp(format, LG_EXPECTED_FORMAT) != 0)
        return lg_json_fail(error, "\"format\" must be \"" LG_EXPECTED_FORMAT "\"");
    if (!lg_json_only(document, &inner, "format", "target", "comment", "deviations", NULL))
        return lg_json_fail(error, "%.150s", inner.reason);
    if (!json_is_array(rows) || json_array_size(rows) > LG_EXPECTED_ROWS_MAX)
        return lg_json_fail(error, "\"deviations\" must be a list of at most %d",
                            LG_EXPECTED_ROWS_MAX);
    for (unsigned i = 0; i < json_array_size(rows); i++)
        if (!check_row(json_array_get(rows, i), i + 1, error))
            return false;
    return true;
}

static void write_day(time_t at, char day[16])
{
    struct tm parts;
    gmtime_r(&at, &parts);
    strftime(day, 16, "%Y-%m-%d", &parts);
}

bool lg_expected_load(struct lg_expected *expected, const char *path, bool writing,
                      struct lg_json_error *error)
{
    json_error_t json_error;
    struct lg_json_error inner;
    memset(expected, 0, sizeof *expected);
    if (!path)
        return true;
    expected->path = path;
    expected->news = json_array();
    write_day(time(NULL), expected->today);
    if (writing && access(path, F_OK) != 0) {
        expected->document = json_pack("{s:s, s:[]}", "format", LG_EXPECTED_FORMAT, "deviations");
        return true;
    }
    expected->document = json_load_file(path, JSON_REJECT_DUPLICATES, &json_error);
    if (!expected->document)
        return lg_json_fail(error, "%.100s: line %d: %.80s", path, json_error.line,
                            json_error.text);
    return check_document(expected->document, &inner)
               ? true
               : lg_json_fail(error, "%.60s: %.130s", path, inner.reason);
}

void lg_expected_free(struct lg_expected *expected)
{
    json_decref(expected->document);
    json_decref(expected->news);
}

/* ---- finding ---- */

/* A pattern with * for any text. */
static bool fits(const char *pattern, const char *text)
{
    const char *star = NULL, *rest = text;
    while (*text)
        if (*pattern == '*') {
            star = pattern++;
            rest = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++rest;
        } else
            return false;
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

static const char *member(const json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

static bool text_fits(const json_t *row, const char *key, const char *text)
{
    const char *pattern = member(row, key);
    return !pattern || (text && fits(pattern, text));
}

static bool clause_fits(const json_t *row, const struct lg_deviation *deviation)
{
    const char *clause = member(row, "clause");
    for (unsigned i = 0; clause && i < deviation->clause_count; i++)
        if (lg_citation_find(clause) == deviation->clauses[i])
            return true;
    return !clause;
}

/* A comparison has no vectors: a row about one stands for what the rest of it says. */
static bool row_fits(const json_t *row, const struct lg_deviation *deviation)
{
    bool about_more = member(row, "clause") || member(row, "explained") || member(row, "outcome");
    if (!deviation->vector ? !about_more : !text_fits(row, "vector", deviation->vector))
        return false;
    return text_fits(row, "explained", deviation->explained) &&
           text_fits(row, "outcome", deviation->outcome) && clause_fits(row, deviation);
}

static bool has_expired(const struct lg_expected *expected, const json_t *row)
{
    const char *expires = member(row, "expires");
    return expires && strcmp(expires, expected->today) < 0;
}

static const char *name_of(const json_t *row)
{
    static const char *const keys[] = {"id", "explained", "vector", "clause"};
    for (unsigned i = 0; i < 4; i++)
        if (member(row, keys[i]))
            return member(row, keys[i]);
    return "a row without a name";
}

static void set_text(json_t *row, const char *key, const char *text)
{
    if (text)
        json_object_set_new(row, key, json_string(text));
}

static void remember(struct lg_expected *expected, const struct lg_deviation *deviation)
{
    json_t *row = json_object();
    char clause[LG_CITATION_BYTES], day[16];
    for (size_t i = 0; i < json_array_size(expected->news); i++)
        if (row_fits(json_array_get(expected->news, i), deviation)) {
            json_decref(row);
            return;
        }
    if (deviation->clause_count) {
        lg_citation_write(deviation->clauses[0], clause);
        set_text(row, "clause", clause);
    }
    set_text(row, "vector", deviation->vector);
    set_text(row, "explained", deviation->explained);
    if (!deviation->explained && !deviation->vector)
        set_text(row, "outcome", deviation->outcome);
    write_day(time(NULL) + (time_t)DAYS_OF_A_NEW_ROW * 86400, day);
    set_text(row, "reason", "not yet explained");
    set_text(row, "expires", day);
    json_array_append_new(expected->news, row);
}

const char *lg_expected_find(struct lg_expected *expected, const struct lg_deviation *deviation)
{
    const json_t *rows = json_object_get(expected->document, "deviations");
    const char *found = NULL;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (!row_fits(row, deviation))
            continue;
        expected->happened[i]++;
        if (!found && !has_expired(expected, row))
            found = name_of(row);
    }
    if (!found && expected->document)
        remember(expected, deviation);
    return found;
}

/* The alternative of "site=alternative"; -1 if there is none. */
static int find_alternative(const char *text, enum lg_site *site)
{
    for (unsigned i = 0; i < LG_ALTERNATIVE_COUNT; i++) {
        const struct lg_alternative_row *row = &lg_alternatives[i];
        char word[LG_LINE_BYTES];
        snprintf(word, sizeof word, "%s=%s", lg_sites[row->site].id, row->name);
        *site = row->site;
        if (strcmp(word, text) == 0)
            return (int)(i - lg_sites[row->site].alternative);
    }
    return -1;
}

void lg_expected_admit(const struct lg_expected *expected, struct lg_judge *judge)
{
    const json_t *rows = json_object_get(expected->document, "deviations");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *explained = member(row, "explained");
        enum lg_site site;
        int alternative = explained ? find_alternative(explained, &site) : -1;
        bool more = member(row, "vector") || member(row, "outcome");
        if (alternative >= 0 && !more && !has_expired(expected, row))
            lg_judge_admit(judge, site, (unsigned)alternative);
    }
}

/* ---- the end ---- */

unsigned lg_expected_complain(const struct lg_expected *expected, bool whole)
{
    const json_t *rows = json_object_get(expected->document, "deviations");
    unsigned count = 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        bool expired = has_expired(expected, row);
        if (!expired && (expected->happened[i] || !whole))
            continue;
        count++;
        if (expired)
            printf("expected deviation %s: expired on %s\n", name_of(row), member(row, "expires"));
        else
            printf("expected deviation %s: no longer happens\n", name_of(row));
    }
    return count;
}

bool lg_expected_update(struct lg_expected *expected, const char *target, bool whole)
{
    json_t *rows = json_object_get(expected->document, "deviations");
    json_t *kept = json_array();
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        if (!has_expired(expected, row) && (expected->happened[i] || !whole))
            json_array_append(kept, row);
    }
    json_array_extend(kept, expected->news);
    json_object_set_new(expected->document, "deviations", kept);
    if (!json_object_get(expected->document, "target"))
        set_text(expected->document, "target", target);
    return json_dump_file(expected->document, expected->path, JSON_INDENT(2)) == 0;
}

/* ---- runs ---- */

static const char *line_with(const struct lg_result_row *row, const char *front)
{
    for (unsigned i = 0; i < row->line_count; i++)
        if (strncmp(row->lines[i], front, strlen(front)) == 0)
            return row->lines[i] + strlen(front);
    return NULL;
}

static bool is_deviation(const struct lg_result_row *row, bool undocumented_too)
{
    return row->verdict == LG_VECTOR_VIOLATES || row->verdict == LG_VECTOR_UNACHIEVED ||
           row->verdict == LG_VECTOR_INCONSISTENT ||
           (undocumented_too && row->verdict == LG_VECTOR_UNDOCUMENTED);
}

void lg_expected_mark(struct lg_expected *expected, struct lg_results *results,
                      bool undocumented_too)
{
    for (size_t i = 0; i < results->count; i++) {
        struct lg_result_row *row = &results->rows[i];
        const char *explained = line_with(row, "explained by: ");
        char word[LG_LINE_BYTES];
        snprintf(word, sizeof word, "%.*s", explained ? (int)strcspn(explained, ",") : 0,
                 explained ? explained : "");
        const struct lg_deviation deviation = {.vector = row->id,
                                               .explained = explained ? word : NULL,
                                               .outcome = line_with(row, "seen: "),
                                               .clauses = row->clauses,
                                               .clause_count = row->clause_count};
        const char *id =
            is_deviation(row, undocumented_too) ? lg_expected_find(expected, &deviation) : NULL;
        row->expected = id != NULL;
        if (id)
            printf("expected: %s: %s\n", row->id, id);
    }
}
