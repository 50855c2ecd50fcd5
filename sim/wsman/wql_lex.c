/* WQL: bytes to tokens. */
#include <stdio.h>
#include <string.h>

#include "wql_parts.h"

static char lower(char byte)
{
    return (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_name_start(char byte)
{
    return (lower(byte) >= 'a' && lower(byte) <= 'z') || byte == '_';
}

static bool is_name_part(char byte)
{
    return is_name_start(byte) || is_digit(byte);
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

int lg_wql_compare_text(const char *left, const char *right)
{
    while (*left && lower(*left) == lower(*right)) {
        left++;
        right++;
    }
    return (unsigned char)lower(*left) - (unsigned char)lower(*right);
}

/* The value of a digit, or 16 for a byte that is none. */
static unsigned digit_value(char byte)
{
    const char *const digits = "0123456789abcdef";
    const char *found = byte ? strchr(digits, lower(byte)) : NULL;
    return found ? (unsigned)(found - digits) : 16;
}

static bool read_digits(const char *text, size_t length, unsigned base, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned digit = digit_value(text[i]);
        if (digit >= base || *value > (UINT64_MAX - digit) / base)
            return false;
        *value = *value * base + digit;
    }
    return length > 0;
}

bool lg_wql_number_read(const char *text, size_t length, struct lg_wql_number *number)
{
    bool negative = length > 0 && text[0] == '-';
    text += negative;
    length -= negative;
    bool hexadecimal = length > 2 && text[0] == '0' && lower(text[1]) == 'x';
    size_t skipped = hexadecimal ? 2 : 0;
    if (!read_digits(text + skipped, length - skipped, hexadecimal ? 16 : 10, &number->magnitude))
        return false;
    number->negative = negative && number->magnitude > 0;
    return !number->negative || number->magnitude <= (uint64_t)INT64_MAX + 1;
}

bool lg_wql_fail(struct lg_wql_lexer *lexer, size_t offset, const char *reason)
{
    if (!lexer->failed) {
        lexer->error->offset = offset;
        snprintf(lexer->error->reason, sizeof lexer->error->reason, "%s", reason);
    }
    lexer->failed = true;
    lexer->token.kind = LG_WQL_TOKEN_END;
    return false;
}

bool lg_wql_fail_here(struct lg_wql_lexer *lexer, const char *reason)
{
    return lg_wql_fail(lexer, lexer->token.start, reason);
}

bool lg_wql_at_word(const struct lg_wql_lexer *lexer, const char *word)
{
    return lexer->token.kind == LG_WQL_TOKEN_NAME &&
           lg_wql_compare_text(lexer->token.text, word) == 0;
}

bool lg_wql_at_sign(const struct lg_wql_lexer *lexer, char sign)
{
    return lexer->token.kind == LG_WQL_TOKEN_SIGN && lexer->token.sign == sign;
}

bool lg_wql_take_word(struct lg_wql_lexer *lexer, const char *word)
{
    bool is = lg_wql_at_word(lexer, word);
    if (is)
        lg_wql_next(lexer);
    return is;
}

/* The byte that many places on, 0 past the end. */
static char peek(const struct lg_wql_lexer *lexer, size_t ahead)
{
    return ahead < lexer->length - lexer->at ? lexer->text[lexer->at + ahead] : '\0';
}

static void keep(struct lg_wql_lexer *lexer, char byte)
{
    lexer->pool[lexer->pool_used++] = byte;
}

static const char *keep_text(struct lg_wql_lexer *lexer, const char *text, size_t length)
{
    char *kept = lexer->pool + lexer->pool_used;
    memcpy(kept, text, length);
    lexer->pool_used += length;
    keep(lexer, '\0');
    return kept;
}

static void read_name(struct lg_wql_lexer *lexer)
{
    size_t length = 0;
    while (is_name_part(peek(lexer, length)))
        length++;
    lexer->token.kind = LG_WQL_TOKEN_NAME;
    lexer->token.text = keep_text(lexer, lexer->text + lexer->at, length);
    lexer->at += length;
}

static void read_number(struct lg_wql_lexer *lexer)
{
    const char *text = lexer->text + lexer->at;
    size_t length = 1;
    while (is_name_part(peek(lexer, length)))
        length++;
    lexer->at += length;
    lexer->token.kind = LG_WQL_TOKEN_NUMBER;
    if (peek(lexer, 0) == '.')
        lg_wql_fail_here(lexer, "only whole numbers are supported");
    else if (!lg_wql_number_read(text, length, &lexer->token.number))
        lg_wql_fail_here(lexer, "this is no number of 64 bits");
}

/* One byte of a string, escapes resolved. False: there is no such byte. */
static bool read_string_byte(struct lg_wql_lexer *lexer, char *byte)
{
    if (lexer->at == lexer->length)
        return lg_wql_fail_here(lexer, "the string has no end");
    *byte = lexer->text[lexer->at];
    if (*byte == '\0')
        return lg_wql_fail(lexer, lexer->at, "a string may not hold a zero byte");
    if (*byte == '\\') {
        *byte = peek(lexer, 1);
        if (*byte != '\\' && *byte != '\'' && *byte != '"')
            return lg_wql_fail(lexer, lexer->at, "a backslash must come before \\, ' or \"");
        lexer->at++;
    }
    lexer->at++;
    return true;
}

static void read_string(struct lg_wql_lexer *lexer)
{
    char quote = lexer->text[lexer->at++];
    char byte;
    lexer->token.kind = LG_WQL_TOKEN_STRING;
    lexer->token.text = lexer->pool + lexer->pool_used;
    while (peek(lexer, 0) != quote) {
        if (!read_string_byte(lexer, &byte))
            return;
        keep(lexer, byte);
    }
    lexer->at++;
    keep(lexer, '\0');
}

static void read_comparison(struct lg_wql_lexer *lexer)
{
    /* Longer ones first. */
    static const struct {
        const char *text;
        enum lg_wql_operator comparison;
    } comparisons[] = {{"!=", LG_WQL_NOT_EQUAL},  {"<>", LG_WQL_NOT_EQUAL},
                       {"<=", LG_WQL_LESS_EQUAL}, {">=", LG_WQL_GREATER_EQUAL},
                       {"=", LG_WQL_EQUAL},       {"<", LG_WQL_LESS},
                       {">", LG_WQL_GREATER}};
    size_t left = lexer->length - lexer->at;
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++) {
        size_t length = strlen(comparisons[i].text);
        if (length <= left && !memcmp(lexer->text + lexer->at, comparisons[i].text, length)) {
            lexer->token.kind = LG_WQL_TOKEN_COMPARISON;
            lexer->token.comparison = comparisons[i].comparison;
            lexer->at += length;
            return;
        }
    }
    lg_wql_fail_here(lexer, "this character has no place here");
}

static bool is_sign(char byte)
{
    return byte && strchr("*,(){", byte);
}

static void read_sign(struct lg_wql_lexer *lexer)
{
    lexer->token.kind = LG_WQL_TOKEN_SIGN;
    lexer->token.sign = lexer->text[lexer->at++];
}

void lg_wql_next(struct lg_wql_lexer *lexer)
{
    if (lexer->failed)
        return;
    while (is_space(peek(lexer, 0)))
        lexer->at++;
    lexer->token = (struct lg_wql_token){.kind = LG_WQL_TOKEN_END, .start = lexer->at};
    char first = peek(lexer, 0);
    if (lexer->at == lexer->length)
        return;
    if (is_name_start(first))
        read_name(lexer);
    else if (is_digit(first) || (first == '-' && is_digit(peek(lexer, 1))))
        read_number(lexer);
    else if (first == '\'' || first == '"')
        read_string(lexer);
    else if (is_sign(first))
        read_sign(lexer);
    else
        read_comparison(lexer);
}

/* Where the brace closes that was just opened: one in quotes does not count. */
static size_t find_brace(const struct lg_wql_lexer *lexer)
{
    char quote = '\0';
    size_t at = lexer->at;
    for (; at < lexer->length && (quote || lexer->text[at] != '}'); at++) {
        char byte = lexer->text[at];
        if (quote && byte == '\\')
            at++;
        else if (quote)
            quote = byte == quote ? '\0' : quote;
        else if (byte == '\'' || byte == '"')
            quote = byte;
    }
    return at < lexer->length ? at : lexer->length;
}

const char *lg_wql_braced(struct lg_wql_lexer *lexer)
{
    size_t end = find_brace(lexer);
    size_t start = lexer->at, stop = end;
    while (start < stop && is_space(lexer->text[start]))
        start++;
    while (stop > start && is_space(lexer->text[stop - 1]))
        stop--;
    if (end == lexer->length)
        lg_wql_fail_here(lexer, "the brace is not closed");
    else if (start == stop)
        lg_wql_fail(lexer, end, "the object path is empty");
    else if (memchr(lexer->text + start, '\0', stop - start))
        lg_wql_fail(lexer, start, "an object path may not hold a zero byte");
    if (lexer->failed)
        return NULL;
    const char *kept = keep_text(lexer, lexer->text + start, stop - start);
    lexer->at = end + 1;
    lg_wql_next(lexer);
    return kept;
}
