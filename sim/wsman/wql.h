/* WQL, as far as clients of the service speak it: SELECT, ASSOCIATORS OF, REFERENCES OF. */
#ifndef LG_WQL_H
#define LG_WQL_H

#include "model/trace_json.h"
#include <stdbool.h>
#include <stddef.h>

enum {
    LG_WQL_BYTES_MAX = 16 * 1024,
    LG_WQL_COLUMNS_MAX = 64,
    LG_WQL_TERMS_MAX = 128, /* comparisons and operators of one WHERE */
    LG_WQL_DEPTH_MAX = 32   /* parentheses */
};

enum lg_wql_kind { LG_WQL_SELECT, LG_WQL_ASSOCIATORS, LG_WQL_REFERENCES };

struct lg_wql_error {
    size_t offset;
    char reason[120];
};

struct lg_wql; /* parsed; owns copies of everything */

/* NULL with the error filled: what is wrong and where. */
struct lg_wql *lg_wql_parse(const char *text, size_t length, struct lg_wql_error *error);
void lg_wql_free(struct lg_wql *wql);

enum lg_wql_kind lg_wql_kind(const struct lg_wql *wql);
/* SELECT: the class. ASSOCIATORS, REFERENCES: NULL. */
const char *lg_wql_class(const struct lg_wql *wql);
/* SELECT: its columns, 0 for "*". */
unsigned lg_wql_columns(const struct lg_wql *wql, const char *const **columns);
/* ASSOCIATORS, REFERENCES: the object path between the braces, and the filters, NULL if absent. */
const char *lg_wql_object(const struct lg_wql *wql);
const char *lg_wql_assoc_class(const struct lg_wql *wql);
const char *lg_wql_result_class(const struct lg_wql *wql);
const char *lg_wql_role(const struct lg_wql *wql);
const char *lg_wql_result_role(const struct lg_wql *wql);
bool lg_wql_class_defs_only(const struct lg_wql *wql);

/* How a WHERE looks at an instance: a borrowed JSON value (null for Null), or NULL where the class
 * has no such property. `name` compares without case. */
struct lg_wql_row {
    const void *context;
    const json_t *(*value)(const void *context, const char *name);
    const char *machine;    /* what __SERVER is */
    const char *class_name; /* what __CLASS is */
};

/* Every property that the query names; lg_wql_unknown returns the first that the row lacks, or
 * NULL. */
const char *lg_wql_unknown(const struct lg_wql *wql, const struct lg_wql_row *row);

/* Whether the row satisfies WHERE (true without one). Strings compare without case; NULL compares
 * with nothing but IS [NOT] NULL. */
bool lg_wql_matches(const struct lg_wql *wql, const struct lg_wql_row *row);

#endif
