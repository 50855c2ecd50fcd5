/* WQL: the expression of WHERE, put into postfix order without recursion. */
#include "wql_parts.h"

/* Operators that wait for their right side; `starts` says where a parenthesis opened. */
struct waiting {
    enum lg_wql_operator operators[LG_WQL_TERMS_MAX + LG_WQL_DEPTH_MAX];
    size_t starts[LG_WQL_TERMS_MAX + LG_WQL_DEPTH_MAX];
    unsigned count;
    unsigned depth;
};

static bool emit(struct lg_wql_lexer *lexer, struct lg_wql *wql, const struct lg_wql_term *term)
{
    if (wql->term_count == LG_WQL_TERMS_MAX)
        return lg_wql_fail_here(lexer, "too many comparisons and operators");
    wql->terms[wql->term_count++] = *term;
    return true;
}

static bool is_reserved(const struct lg_wql_lexer *lexer)
{
    static const char *const words[] = {"AND",  "OR",    "NOT",    "IS",     "ISA",   "LIKE",
                                        "FROM", "WHERE", "SELECT", "WITHIN", "GROUP", "HAVING"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lg_wql_at_word(lexer, words[i]))
            return true;
    return false;
}

/* Words that are no property. */
static const struct {
    const char *word;
    struct lg_wql_operand operand;
} constants[] = {{"TRUE", {.kind = LG_WQL_BOOLEAN, .number = {.magnitude = 1}}},
                 {"FALSE", {.kind = LG_WQL_BOOLEAN}},
                 {"NULL", {.kind = LG_WQL_NULL}},
                 {"__SERVER", {.kind = LG_WQL_SERVER}},
                 {"__CLASS", {.kind = LG_WQL_CLASS}}};

static struct lg_wql_operand operand_of_name(const struct lg_wql_lexer *lexer)
{
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (lg_wql_at_word(lexer, constants[i].word))
            return constants[i].operand;
    return (struct lg_wql_operand){.kind = LG_WQL_PROPERTY, .text = lexer->token.text};
}

static bool parse_operand(struct lg_wql_lexer *lexer, struct lg_wql_operand *operand)
{
    const struct lg_wql_token *token = &lexer->token;
    *operand = (struct lg_wql_operand){.kind = LG_WQL_NULL};
    if (token->kind == LG_WQL_TOKEN_STRING)
        *operand = (struct lg_wql_operand){.kind = LG_WQL_STRING, .text = token->text};
    else if (token->kind == LG_WQL_TOKEN_NUMBER)
        *operand = (struct lg_wql_operand){.kind = LG_WQL_NUMBER, .number = token->number};
    else if (token->kind == LG_WQL_TOKEN_NAME && !is_reserved(lexer))
        *operand = operand_of_name(lexer);
    else
        return lg_wql_fail_here(lexer, "a property or a value is due here");
    lg_wql_next(lexer);
    return !lexer->failed;
}

static bool is_property(const struct lg_wql_operand *operand)
{
    return operand->kind <= LG_WQL_CLASS;
}

/* After IS: NULL or NOT NULL. */
static bool parse_is(struct lg_wql_lexer *lexer, struct lg_wql_term *term)
{
    bool negated = lg_wql_take_word(lexer, "NOT");
    term->op = negated ? LG_WQL_IS_NOT_NULL : LG_WQL_IS_NULL;
    if (!is_property(&term->left))
        return lg_wql_fail_here(lexer, "only a property can be IS NULL");
    return lg_wql_take_word(lexer, "NULL") || lg_wql_fail_here(lexer, "IS takes NULL only");
}

static bool parse_like(struct lg_wql_lexer *lexer, struct lg_wql_term *term)
{
    size_t start = lexer->token.start;
    term->op = LG_WQL_LIKE;
    if (!parse_operand(lexer, &term->right))
        return false;
    if (!is_property(&term->left) || term->right.kind != LG_WQL_STRING)
        return lg_wql_fail(lexer, start, "LIKE takes a property and then a string");
    return true;
}

static bool is_order(enum lg_wql_operator op)
{
    return op != LG_WQL_EQUAL && op != LG_WQL_NOT_EQUAL;
}

static bool parse_order(struct lg_wql_lexer *lexer, struct lg_wql_term *term)
{
    size_t sign = lexer->token.start;
    term->op = lexer->token.comparison;
    lg_wql_next(lexer);
    size_t start = lexer->token.start;
    if (!parse_operand(lexer, &term->right))
        return false;
    if (!is_property(&term->left) && !is_property(&term->right))
        return lg_wql_fail(lexer, start, "one side of a comparison must be a property");
    bool unordered = term->left.kind >= LG_WQL_BOOLEAN || term->right.kind >= LG_WQL_BOOLEAN;
    if (unordered && is_order(term->op))
        return lg_wql_fail(lexer, sign, "TRUE, FALSE and NULL have no order");
    return true;
}

/* After a left side: what is no comparison of data queries, or none at all. */
static bool refuse_operator(struct lg_wql_lexer *lexer)
{
    if (lg_wql_at_word(lexer, "ISA"))
        return lg_wql_fail_here(lexer, "ISA is for queries of events and classes");
    if (lg_wql_at_word(lexer, "NOT"))
        return lg_wql_fail_here(lexer, "NOT stands before a comparison, not inside it");
    return lg_wql_fail_here(lexer, "a comparison is due here");
}

static bool parse_comparison(struct lg_wql_lexer *lexer, struct lg_wql *wql)
{
    struct lg_wql_term term = {.right = {.kind = LG_WQL_NULL}};
    bool fine;
    if (!parse_operand(lexer, &term.left))
        return false;
    if (lexer->token.kind == LG_WQL_TOKEN_COMPARISON)
        fine = parse_order(lexer, &term);
    else if (lg_wql_take_word(lexer, "LIKE"))
        fine = parse_like(lexer, &term);
    else if (lg_wql_take_word(lexer, "IS"))
        fine = parse_is(lexer, &term);
    else
        fine = refuse_operator(lexer);
    return fine && !lexer->failed && emit(lexer, wql, &term);
}

static bool push(struct lg_wql_lexer *lexer, struct waiting *waiting, enum lg_wql_operator op)
{
    bool opens = op == LG_WQL_OPEN;
    if (opens && waiting->depth == LG_WQL_DEPTH_MAX)
        return lg_wql_fail_here(lexer, "too many parentheses inside each other");
    if (!opens && waiting->count - waiting->depth == LG_WQL_TERMS_MAX)
        return lg_wql_fail_here(lexer, "too many comparisons and operators");
    waiting->depth += opens;
    waiting->starts[waiting->count] = lexer->token.start;
    waiting->operators[waiting->count++] = op;
    lg_wql_next(lexer);
    return !lexer->failed;
}

/* Emits what waits and binds at least as tightly, up to an open parenthesis. */
static bool pop(struct lg_wql_lexer *lexer, struct lg_wql *wql, struct waiting *waiting,
                enum lg_wql_operator least)
{
    while (waiting->count > 0 && waiting->operators[waiting->count - 1] >= least) {
        struct lg_wql_term term = {.op = waiting->operators[--waiting->count]};
        if (!emit(lexer, wql, &term))
            return false;
    }
    return true;
}

static bool close_parenthesis(struct lg_wql_lexer *lexer, struct lg_wql *wql,
                              struct waiting *waiting)
{
    if (!pop(lexer, wql, waiting, LG_WQL_OR))
        return false;
    if (waiting->count == 0)
        return lg_wql_fail_here(lexer, "no parenthesis is open");
    waiting->count--;
    waiting->depth--;
    lg_wql_next(lexer);
    return !lexer->failed;
}

/* NOT and parentheses before a comparison, and the comparison. */
static bool parse_left(struct lg_wql_lexer *lexer, struct lg_wql *wql, struct waiting *waiting)
{
    for (;;) {
        bool opens = lg_wql_at_sign(lexer, '(');
        if (!opens && !lg_wql_at_word(lexer, "NOT"))
            return parse_comparison(lexer, wql);
        if (!push(lexer, waiting, opens ? LG_WQL_OPEN : LG_WQL_NOT))
            return false;
    }
}

/* Closing parentheses after a comparison, and AND or OR. *ends: the text ends instead. */
static bool parse_right(struct lg_wql_lexer *lexer, struct lg_wql *wql, struct waiting *waiting,
                        bool *ends)
{
    while (lg_wql_at_sign(lexer, ')'))
        if (!close_parenthesis(lexer, wql, waiting))
            return false;
    bool both = lg_wql_at_word(lexer, "AND");
    *ends = lexer->token.kind == LG_WQL_TOKEN_END;
    if (*ends)
        return !lexer->failed;
    if (!both && !lg_wql_at_word(lexer, "OR"))
        return lg_wql_fail_here(lexer, "AND, OR or the end is due here");
    enum lg_wql_operator op = both ? LG_WQL_AND : LG_WQL_OR;
    return pop(lexer, wql, waiting, op) && push(lexer, waiting, op);
}

bool lg_wql_parse_where(struct lg_wql_lexer *lexer, struct lg_wql *wql)
{
    struct waiting waiting = {.count = 0};
    bool ends = false;
    while (!ends)
        if (!parse_left(lexer, wql, &waiting) || !parse_right(lexer, wql, &waiting, &ends))
            return false;
    if (!pop(lexer, wql, &waiting, LG_WQL_OR))
        return false;
    if (waiting.count > 0)
        return lg_wql_fail(lexer, waiting.starts[waiting.count - 1],
                           "the parenthesis is not closed");
    return true;
}
