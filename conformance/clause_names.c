/* Citations: clauses and rows of return tables. */
#include "clause_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *lg_clause_kind_word(enum lg_clause_kind kind)
{
    static const char *const words[] = {[LG_CLAUSE_KIND_MUST] = "must",
                                        [LG_CLAUSE_KIND_MAY] = "may",
                                        [LG_CLAUSE_KIND_DEFINES] = "defines",
                                        [LG_CLAUSE_KIND_SILENT] = "silent",
                                        [LG_CLAUSE_KIND_CONTRADICTED] = "contradicted",
                                        [LG_CLAUSE_KIND_OBSERVED] = "observed"};
    return words[kind];
}

static int find_return(const char *id, const char *equals)
{
    char *end;
    unsigned long code = strtoul(equals + 1, &end, 10);
    const char *dot = memchr(id, '.', (size_t)(equals - id));
    if (*end || end == equals + 1 || !dot)
        return -1;
    int method = lg_method_find(id, (size_t)(dot - id), dot + 1, (size_t)(equals - dot - 1));
    const struct lg_return_row *row =
        method < 0 ? NULL : lg_return_by_code((enum lg_method)method, (uint32_t)code);
    return row && row->low == code ? LG_CLAUSE_COUNT + (int)(row - lg_returns) : -1;
}

int lg_citation_find(const char *id)
{
    const char *equals = strchr(id, '=');
    return equals ? find_return(id, equals) : lg_clause_find(id);
}

void lg_citation_write(unsigned citation, char *text)
{
    if (citation < LG_CLAUSE_COUNT) {
        snprintf(text, LG_CITATION_BYTES, "%s", lg_clauses[citation].id);
        return;
    }
    const struct lg_return_row *row = &lg_returns[citation - LG_CLAUSE_COUNT];
    snprintf(text, LG_CITATION_BYTES, "%s.%s=%u", lg_methods[row->method].class_name,
             lg_methods[row->method].name, row->low);
}

const char *lg_citation_page(unsigned citation)
{
    if (citation < LG_CLAUSE_COUNT)
        return lg_clauses[citation].page;
    return lg_methods[lg_returns[citation - LG_CLAUSE_COUNT].method].page;
}
