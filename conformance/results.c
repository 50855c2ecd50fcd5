/* What a run found, in numbers, and reports by their kind. */
#include "results.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "reports.h"

const char *const lg_verdict_words[LG_VECTOR_VERDICT_COUNT] = {
    [LG_VECTOR_CONFORMS] = "conform",
    [LG_VECTOR_VIOLATES] = "violate",
    [LG_VECTOR_UNACHIEVED] = "unachieved",
    [LG_VECTOR_INCONSISTENT] = "inconsistent",
    [LG_VECTOR_UNDOCUMENTED] = "undocumented",
    [LG_VECTOR_UNDETERMINED] = "undetermined",
    [LG_VECTOR_SKIPPED] = "skipped"};

size_t lg_results_count(const struct lg_results *results, enum lg_vector_verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < results->count; i++)
        count += results->rows[i].verdict == verdict;
    return count;
}

size_t lg_results_count_open(const struct lg_results *results, enum lg_vector_verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < results->count; i++)
        count += results->rows[i].verdict == verdict && !results->rows[i].expected;
    return count;
}

void lg_results_summary(const struct lg_results *results, char *text, size_t size)
{
    size_t length = (size_t)snprintf(text, size, "%zu vectors:", results->count);
    for (int i = 0; i < LG_VECTOR_VERDICT_COUNT && length < size; i++)
        length += (size_t)snprintf(text + length, size - length, "%s %zu %s", i ? "," : "",
                                   lg_results_count(results, (enum lg_vector_verdict)i),
                                   lg_verdict_words[i]);
}

static bool write_kind(const struct lg_results *results, const char *kind, FILE *file)
{
    if (strcmp(kind, "json") == 0)
        return lg_report_json(results, file);
    if (strcmp(kind, "junit") == 0)
        return lg_report_junit(results, file);
    return strcmp(kind, "tap") == 0 && lg_report_tap(results, file);
}

/* Beside its place first: a report is there whole or not at all. */
bool lg_report_write(const struct lg_results *results, const char *kind, const char *path)
{
    char part[4096];
    int length = snprintf(part, sizeof part, "%s.part", path);
    FILE *file = length < (int)sizeof part ? fopen(part, "w") : NULL;
    if (!file)
        return false;
    bool written = write_kind(results, kind, file);
    written = fclose(file) == 0 && written;
    if (written && rename(part, path) == 0)
        return true;
    int why = errno;
    remove(part);
    errno = why;
    return false;
}
