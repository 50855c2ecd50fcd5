/* Reports of a run: JSON, JUnit XML, TAP. */
#include "reports.h"

#include <jansson.h>
#include <string.h>

#include "clause_names.h"

/* ---- JSON ---- */

static json_t *clauses_to_json(const struct lg_result_row *row)
{
    json_t *list = json_array();
    char text[LG_CITATION_BYTES];
    for (unsigned i = 0; i < row->clause_count; i++) {
        lg_citation_write(row->clauses[i], text);
        json_array_append_new(list, json_string(text));
    }
    return list;
}

static json_t *row_to_json(const struct lg_result_row *row)
{
    json_t *lines = json_array();
    for (unsigned i = 0; i < row->line_count; i++)
        json_array_append_new(lines, json_string(row->lines[i]));
    return json_pack("{s:s, s:s, s:s, s:f, s:i, s:o, s:o}", "id", row->id, "title", row->title,
                     "verdict", lg_verdict_words[row->verdict], "seconds", row->seconds, "step",
                     row->step, "clauses", clauses_to_json(row), "lines", lines);
}

bool lg_report_json(const struct lg_results *results, FILE *file)
{
    json_t *summary = json_pack("{s:I}", "vectors", (json_int_t)results->count);
    json_t *vectors = json_array();
    for (int i = 0; i < LG_VECTOR_VERDICT_COUNT; i++)
        json_object_set_new(
            summary, lg_verdict_words[i],
            json_integer((json_int_t)lg_results_count(results, (enum lg_vector_verdict)i)));
    for (size_t i = 0; i < results->count; i++)
        json_array_append_new(vectors, row_to_json(&results->rows[i]));
    json_t *json = json_pack("{s:s, s:s, s:s, s:f, s:o, s:o}", "format", LG_REPORT_FORMAT, "target",
                             results->target, "profile", results->profile, "seconds",
                             results->seconds, "summary", summary, "vectors", vectors);
    bool written = json && json_dumpf(json, file, JSON_INDENT(2)) == 0 && fputc('\n', file) != EOF;
    json_decref(json);
    return written;
}

/* ---- JUnit ---- */

/* XML text: what may not stand in a document at all becomes a question mark. */
static void put_xml(const char *text, FILE *file)
{
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '&')
            fputs("&amp;", file);
        else if (byte == '<')
            fputs("&lt;", file);
        else if (byte == '>')
            fputs("&gt;", file);
        else if (byte == '"')
            fputs("&quot;", file);
        else
            fputc(byte < ' ' && byte != '\n' && byte != '\t' ? '?' : byte, file);
    }
}

static void put_lines(const struct lg_result_row *row, FILE *file)
{
    for (unsigned i = 0; i < row->line_count; i++) {
        put_xml(row->lines[i], file);
        fputc('\n', file);
    }
}

static const char *junit_element(enum lg_vector_verdict verdict)
{
    switch (verdict) {
    case LG_VECTOR_VIOLATES:
    case LG_VECTOR_UNACHIEVED: return "failure";
    case LG_VECTOR_INCONSISTENT:
    case LG_VECTOR_UNDETERMINED: return "error";
    case LG_VECTOR_SKIPPED: return "skipped";
    case LG_VECTOR_UNDOCUMENTED: return "system-out";
    default: return NULL;
    }
}

static void put_case(const struct lg_result_row *row, FILE *file)
{
    const char *element = junit_element(row->verdict);
    fprintf(file, "  <testcase classname=\"lastgood\" name=\"");
    put_xml(row->id, file);
    fprintf(file, "\" time=\"%.6f\"", row->seconds);
    if (!element) {
        fputs("/>\n", file);
        return;
    }
    fprintf(file, ">\n    <%s", element);
    if (strcmp(element, "system-out") != 0) {
        fprintf(file, " message=\"%s: ", lg_verdict_words[row->verdict]);
        put_xml(row->title, file);
        fputc('"', file);
    }
    fputc('>', file);
    put_lines(row, file);
    fprintf(file, "</%s>\n  </testcase>\n", element);
}

bool lg_report_junit(const struct lg_results *results, FILE *file)
{
    size_t failures = lg_results_count(results, LG_VECTOR_VIOLATES) +
                      lg_results_count(results, LG_VECTOR_UNACHIEVED);
    size_t errors = lg_results_count(results, LG_VECTOR_INCONSISTENT) +
                    lg_results_count(results, LG_VECTOR_UNDETERMINED);
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"lastgood ", file);
    put_xml(results->target, file);
    fprintf(file,
            "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.6f\">\n",
            results->count, failures, errors, lg_results_count(results, LG_VECTOR_SKIPPED),
            results->seconds);
    for (size_t i = 0; i < results->count; i++)
        put_case(&results->rows[i], file);
    fputs("</testsuite>\n", file);
    return !ferror(file);
}

/* ---- TAP ---- */

static bool is_ok(enum lg_vector_verdict verdict)
{
    return verdict == LG_VECTOR_CONFORMS || verdict == LG_VECTOR_UNDOCUMENTED ||
           verdict == LG_VECTOR_SKIPPED;
}

/* A description ends the line, and "#" begins a directive. */
static void put_tap(const char *text, FILE *file)
{
    for (; *text; text++)
        fputc(*text == '#' || *text == '\n' || *text == '\\' ? ' ' : *text, file);
}

bool lg_report_tap(const struct lg_results *results, FILE *file)
{
    fprintf(file, "TAP version 14\n1..%zu\n", results->count);
    for (size_t i = 0; i < results->count; i++) {
        const struct lg_result_row *row = &results->rows[i];
        fprintf(file, "%s %zu - %s", is_ok(row->verdict) ? "ok" : "not ok", i + 1, row->id);
        if (row->verdict == LG_VECTOR_SKIPPED) {
            fputs(" # SKIP ", file);
            put_tap(row->line_count ? row->lines[0] : "not run", file);
        }
        fputc('\n', file);
        for (unsigned k = 0; row->verdict != LG_VECTOR_CONFORMS && k < row->line_count; k++) {
            fputs("# ", file);
            put_tap(row->lines[k], file);
            fputc('\n', file);
        }
    }
    return !ferror(file);
}
