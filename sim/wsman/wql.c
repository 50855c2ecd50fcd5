/* WQL: statements, and what a parsed one tells. */
#include <stdio.h>
#include <stdlib.h>

#include "wql_parts.h"

static const char *parse_name(struct lg_wql_lexer *lexer, const char *due)
{
    const char *name = lexer->token.text;
    if (lexer->token.kind != LG_WQL_TOKEN_NAME) {
        lg_wql_fail_here(lexer, due);
        return NULL;
    }
    lg_wql_next(lexer);
    return lexer->failed ? NULL : name;
}

static bool parse_column(struct lg_wql_lexer *lexer, struct lg_wql *wql)
{
    if (wql->column_count == LG_WQL_COLUMNS_MAX)
        return lg_wql_fail_here(lexer, "too many columns");
    if (lg_wql_at_word(lexer, "FROM"))
        return lg_wql_fail_here(lexer, "a column or * is due here");
    const char *name = parse_name(lexer, "a column or * is due here");
    wql->columns[wql->column_count++] = name;
    return name != NULL;
}

static bool parse_columns(struct lg_wql_lexer *lexer, struct lg_wql *wql)
{
    if (lg_wql_at_sign(lexer, '*')) {
        lg_wql_next(lexer);
        return !lexer->failed;
    }
    bool more = true;
    while (more) {
        if (!parse_column(lexer, wql))
            return false;
        more = lg_wql_at_sign(lexer, ',');
        if (more)
            lg_wql_next(lexer);
    }
    return true;
}

static bool refuse_rest(struct lg_wql_lexer *lexer)
{
    static const char *const words[] = {"WITHIN", "GROUP", "HAVING"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lg_wql_at_word(lexer, words[i]))
            return lg_wql_fail_here(lexer, "queries of events are not supported");
    return lg_wql_fail_here(lexer, "WHERE or the end is due here");
}

static bool parse_select(struct lg_wql_lexer *lexer, struct lg_wql *wql)
{
    wql->kind = LG_WQL_SELECT;
    if (!parse_columns(lexer, wql))
        return false;
    if (!lg_wql_take_word(lexer, "FROM"))
        return lg_wql_fail_here(lexer, "FROM is due here");
    wql->class_name = parse_name(lexer, "the name of a class is due here");
    if (!wql->class_name)
        return false;
    if (lg_wql_take_word(lexer, "WHERE"))
        return lg_wql_parse_where(lexer, wql);
    if (lexer->token.kind != LG_WQL_TOKEN_END)
        return refuse_rest(lexer);
    return !lexer->failed;
}

/* After the word of a filter: its equals sign and its name. */
static bool parse_filter(struct lg_wql_lexer *lexer, const char **value)
{
    if (*value)
        return lg_wql_fail_here(lexer, "this filter was given before");
    if (lexer->token.kind != LG_WQL_TOKEN_COMPARISON || lexer->token.comparison != LG_WQL_EQUAL)
        return lg_wql_fail_here(lexer, "= is due here");
    lg_wql_next(lexer);
    *value = parse_name(lexer, "a name is due here");
    return *value != NULL;
}

static bool refuse_filter(struct lg_wql_lexer *lexer)
{
    static const char *const known[] = {"RequiredQualifier", "RequiredAssocQualifier",
                                        "SchemaOnly"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (lg_wql_at_word(lexer, known[i]))
            return lg_wql_fail_here(lexer, "this filter is not supported");
    return lg_wql_fail_here(lexer,
                            "a filter is due here; filters stand beside each other without AND");
}

static bool parse_one_filter(struct lg_wql_lexer *lexer, struct lg_wql *wql)
{
    static const char *const words[LG_WQL_FILTER_COUNT] = {"AssocClass", "ResultClass", "Role",
                                                           "ResultRole"};
    size_t start = lexer->token.start;
    if (lg_wql_take_word(lexer, "ClassDefsOnly")) {
        wql->class_defs_only = true;
        return !lexer->failed;
    }
    if (lg_wql_take_word(lexer, "KeysOnly")) /* a hint: more than the keys is allowed */
        return !lexer->failed;
    for (unsigned i = 0; i < LG_WQL_FILTER_COUNT; i++) {
        if (!lg_wql_take_word(lexer, words[i]))
            continue;
        bool far_end = i == LG_WQL_ASSOC_CLASS || i == LG_WQL_RESULT_ROLE;
        if (far_end && wql->kind == LG_WQL_REFERENCES)
            return lg_wql_fail(lexer, start, "REFERENCES OF has no such filter");
        return parse_filter(lexer, &wql->filters[i]);
    }
    return refuse_filter(lexer);
}

static bool parse_association(struct lg_wql_lexer *lexer, struct lg_wql *wql)
{
    if (!lg_wql_take_word(lexer, "OF"))
        return lg_wql_fail_here(lexer, "OF is due here");
    if (!lg_wql_at_sign(lexer, '{'))
        return lg_wql_fail_here(lexer, "{ is due here");
    wql->object = lg_wql_braced(lexer);
    if (!wql->object || lexer->failed)
        return false;
    if (lexer->token.kind == LG_WQL_TOKEN_END)
        return true;
    if (!lg_wql_take_word(lexer, "WHERE"))
        return lg_wql_fail_here(lexer, "WHERE or the end is due here");
    bool fine = parse_one_filter(lexer, wql);
    while (fine && lexer->token.kind != LG_WQL_TOKEN_END)
        fine = parse_one_filter(lexer, wql);
    return fine && !lexer->failed;
}

static bool parse_statement(struct lg_wql_lexer *lexer, struct lg_wql *wql)
{
    if (lexer->length > LG_WQL_BYTES_MAX)
        return lg_wql_fail(lexer, LG_WQL_BYTES_MAX, "the query is too long");
    lg_wql_next(lexer);
    if (lg_wql_take_word(lexer, "SELECT"))
        return parse_select(lexer, wql);
    wql->kind = lg_wql_at_word(lexer, "ASSOCIATORS") ? LG_WQL_ASSOCIATORS : LG_WQL_REFERENCES;
    if (lg_wql_take_word(lexer, "ASSOCIATORS") || lg_wql_take_word(lexer, "REFERENCES"))
        return parse_association(lexer, wql);
    return lg_wql_fail_here(lexer, "SELECT, ASSOCIATORS OF or REFERENCES OF is due here");
}

struct lg_wql *lg_wql_parse(const char *text, size_t length, struct lg_wql_error *error)
{
    struct lg_wql *wql = calloc(1, sizeof *wql);
    size_t room = length > LG_WQL_BYTES_MAX ? 1 : 2 * length + 1;
    struct lg_wql_lexer lexer = {.text = length ? text : "", .length = length, .error = error};
    if (wql)
        wql->pool = lexer.pool = malloc(room);
    if (!lexer.pool)
        lg_wql_fail(&lexer, 0, "no memory");
    else if (parse_statement(&lexer, wql))
        return wql;
    lg_wql_free(wql);
    return NULL;
}

void lg_wql_free(struct lg_wql *wql)
{
    if (wql)
        free(wql->pool);
    free(wql);
}

enum lg_wql_kind lg_wql_kind(const struct lg_wql *wql)
{
    return wql->kind;
}

const char *lg_wql_class(const struct lg_wql *wql)
{
    return wql->class_name;
}

unsigned lg_wql_columns(const struct lg_wql *wql, const char *const **columns)
{
    *columns = wql->columns;
    return wql->column_count;
}

const char *lg_wql_object(const struct lg_wql *wql)
{
    return wql->object;
}

const char *lg_wql_assoc_class(const struct lg_wql *wql)
{
    return wql->filters[LG_WQL_ASSOC_CLASS];
}

const char *lg_wql_result_class(const struct lg_wql *wql)
{
    return wql->filters[LG_WQL_RESULT_CLASS];
}

const char *lg_wql_role(const struct lg_wql *wql)
{
    return wql->filters[LG_WQL_ROLE];
}

const char *lg_wql_result_role(const struct lg_wql *wql)
{
    return wql->filters[LG_WQL_RESULT_ROLE];
}

bool lg_wql_class_defs_only(const struct lg_wql *wql)
{
    return wql->class_defs_only;
}
