/* What the files of WQL share: tokens, the parsed query, its terms. For sim/wsman/wql*.c only. */
#ifndef LG_WQL_PARTS_H
#define LG_WQL_PARTS_H

#include "wql.h"

/* A whole number of up to 64 bits with its sign; zero is never negative. */
struct lg_wql_number {
    uint64_t magnitude;
    bool negative;
};

enum lg_wql_operand_kind {
    LG_WQL_PROPERTY,
    LG_WQL_SERVER, /* __SERVER */
    LG_WQL_CLASS,  /* __CLASS */
    LG_WQL_STRING,
    LG_WQL_NUMBER,
    LG_WQL_BOOLEAN, /* number: 0 or 1 */
    LG_WQL_NULL
};
struct lg_wql_operand {
    enum lg_wql_operand_kind kind;
    const char *text; /* PROPERTY: its name; STRING: without quotes and escapes */
    struct lg_wql_number number;
};

enum lg_wql_operator {
    LG_WQL_EQUAL,
    LG_WQL_NOT_EQUAL,
    LG_WQL_LESS,
    LG_WQL_GREATER,
    LG_WQL_LESS_EQUAL,
    LG_WQL_GREATER_EQUAL,
    LG_WQL_LIKE,
    LG_WQL_IS_NULL,
    LG_WQL_IS_NOT_NULL,
    LG_WQL_OPEN, /* on the parser's stack only; from here on the order is the precedence */
    LG_WQL_OR,
    LG_WQL_AND,
    LG_WQL_NOT
};

/* WHERE is held in postfix order: operands are part of the comparison they belong to. */
struct lg_wql_term {
    enum lg_wql_operator op;
    struct lg_wql_operand left;
    struct lg_wql_operand right;
};

enum lg_wql_filter {
    LG_WQL_ASSOC_CLASS,
    LG_WQL_RESULT_CLASS,
    LG_WQL_ROLE,
    LG_WQL_RESULT_ROLE,
    LG_WQL_FILTER_COUNT
};

/* All strings lie in the pool. */
struct lg_wql {
    enum lg_wql_kind kind;
    char *pool;
    const char *class_name;
    const char *columns[LG_WQL_COLUMNS_MAX];
    unsigned column_count;
    struct lg_wql_term terms[LG_WQL_TERMS_MAX];
    unsigned term_count;
    const char *object;
    const char *filters[LG_WQL_FILTER_COUNT];
    bool class_defs_only;
};

enum lg_wql_token_kind {
    LG_WQL_TOKEN_END, /* of the text, and whatever follows an error */
    LG_WQL_TOKEN_NAME,
    LG_WQL_TOKEN_STRING,
    LG_WQL_TOKEN_NUMBER,
    LG_WQL_TOKEN_COMPARISON,
    LG_WQL_TOKEN_SIGN, /* one of * , ( ) { */
    LG_WQL_TOKEN_COUNT
};
struct lg_wql_token {
    enum lg_wql_token_kind kind;
    size_t start; /* bytes from the start of the text */
    const char *text;
    struct lg_wql_number number;
    enum lg_wql_operator comparison;
    char sign;
};

/* Reads one token ahead. The pool has room for two bytes a byte of text and one more. */
struct lg_wql_lexer {
    const char *text;
    size_t length;
    size_t at;
    char *pool;
    size_t pool_used;
    struct lg_wql_token token;
    struct lg_wql_error *error;
    bool failed;
};

void lg_wql_next(struct lg_wql_lexer *lexer);
/* Whether the token is this word, in any case. */
bool lg_wql_at_word(const struct lg_wql_lexer *lexer, const char *word);
bool lg_wql_at_sign(const struct lg_wql_lexer *lexer, char sign);
/* Goes on to the next token if the token is this word. */
bool lg_wql_take_word(struct lg_wql_lexer *lexer, const char *word);
/* Keeps the first error only. Always false. */
bool lg_wql_fail(struct lg_wql_lexer *lexer, size_t offset, const char *reason);
bool lg_wql_fail_here(struct lg_wql_lexer *lexer, const char *reason);
/* At the sign "{": what stands up to its "}", without white space around it. */
const char *lg_wql_braced(struct lg_wql_lexer *lexer);

/* The expression after WHERE, up to the end of the text. */
bool lg_wql_parse_where(struct lg_wql_lexer *lexer, struct lg_wql *wql);

/* A decimal or 0x number that takes all of the text and fits into 64 bits. */
bool lg_wql_number_read(const char *text, size_t length, struct lg_wql_number *number);
/* ASCII letters without case, other bytes by value: below, at or above 0. */
int lg_wql_compare_text(const char *left, const char *right);
/* The text against a pattern of LIKE, without case. */
bool lg_wql_like(const char *text, const char *pattern);

#endif
