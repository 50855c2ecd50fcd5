/* WQL: a row against WHERE. */
#include <string.h>

#include "wql_parts.h"

/* What an operand is for this row. */
struct value {
    enum lg_wql_operand_kind kind; /* STRING, NUMBER, BOOLEAN or NULL */
    const char *text;
    struct lg_wql_number number;
};

static struct lg_wql_number number_of(json_int_t integer)
{
    bool negative = integer < 0;
    uint64_t magnitude = (uint64_t)integer;
    return (struct lg_wql_number){.magnitude = negative ? 0 - magnitude : magnitude,
                                  .negative = negative};
}

static struct value value_of_json(const json_t *json)
{
    struct value value = {.kind = LG_WQL_NULL};
    if (json_is_string(json)) {
        value.kind = LG_WQL_STRING;
        value.text = json_string_value(json);
    } else if (json_is_integer(json)) {
        value.kind = LG_WQL_NUMBER;
        value.number = number_of(json_integer_value(json));
    } else if (json_is_boolean(json)) {
        value.kind = LG_WQL_BOOLEAN;
        value.number.magnitude = json_is_true(json);
    }
    return value;
}

static struct value value_of_text(const char *text)
{
    return (struct value){.kind = text ? LG_WQL_STRING : LG_WQL_NULL, .text = text};
}

static struct value value_of(const struct lg_wql_operand *operand, const struct lg_wql_row *row)
{
    switch (operand->kind) {
    case LG_WQL_PROPERTY: return value_of_json(row->value(row->context, operand->text));
    case LG_WQL_SERVER: return value_of_text(row->machine);
    case LG_WQL_CLASS: return value_of_text(row->class_name);
    default:
        return (struct value){
            .kind = operand->kind, .text = operand->text, .number = operand->number};
    }
}

/* Arrays and references are not Null, though they compare with nothing. */
static bool is_null(const struct lg_wql_operand *operand, const struct lg_wql_row *row)
{
    if (operand->kind == LG_WQL_PROPERTY) {
        const json_t *json = row->value(row->context, operand->text);
        return !json || json_is_null(json);
    }
    return value_of(operand, row).kind == LG_WQL_NULL;
}

static int compare_numbers(struct lg_wql_number left, struct lg_wql_number right)
{
    if (left.negative != right.negative)
        return left.negative ? -1 : 1;
    int order = (left.magnitude > right.magnitude) - (left.magnitude < right.magnitude);
    return left.negative ? -order : order;
}

/* A text that is compared with a number must be one: WMI gives uint64 as text. */
static bool to_number(const struct value *value, struct lg_wql_number *number)
{
    *number = value->number;
    return value->kind != LG_WQL_STRING ||
           lg_wql_number_read(value->text, strlen(value->text), number);
}

/* False: the two do not compare. */
static bool compare(const struct value *left, const struct value *right, int *order)
{
    struct lg_wql_number left_number, right_number;
    bool boolean = left->kind == LG_WQL_BOOLEAN || right->kind == LG_WQL_BOOLEAN;
    if (left->kind == LG_WQL_NULL || right->kind == LG_WQL_NULL)
        return false;
    if (left->kind == LG_WQL_STRING && right->kind == LG_WQL_STRING) {
        *order = lg_wql_compare_text(left->text, right->text);
        return true;
    }
    if (boolean && (left->kind == LG_WQL_STRING || right->kind == LG_WQL_STRING))
        return false;
    if (!to_number(left, &left_number) || !to_number(right, &right_number))
        return false;
    *order = compare_numbers(left_number, right_number);
    return true;
}

static bool order_fits(enum lg_wql_operator op, int order)
{
    switch (op) {
    case LG_WQL_EQUAL: return order == 0;
    case LG_WQL_NOT_EQUAL: return order != 0;
    case LG_WQL_LESS: return order < 0;
    case LG_WQL_GREATER: return order > 0;
    case LG_WQL_LESS_EQUAL: return order <= 0;
    case LG_WQL_GREATER_EQUAL: return order >= 0;
    default: return false;
    }
}

static bool is_order(enum lg_wql_operator op)
{
    return op != LG_WQL_EQUAL && op != LG_WQL_NOT_EQUAL;
}

static bool compare_term(const struct lg_wql_term *term, const struct lg_wql_row *row)
{
    struct value left = value_of(&term->left, row);
    struct value right = value_of(&term->right, row);
    int order;
    if (term->op == LG_WQL_LIKE)
        return left.kind == LG_WQL_STRING && lg_wql_like(left.text, right.text);
    if (is_order(term->op) && (left.kind == LG_WQL_BOOLEAN || right.kind == LG_WQL_BOOLEAN))
        return false;
    return compare(&left, &right, &order) && order_fits(term->op, order);
}

static bool holds(const struct lg_wql_term *term, const struct lg_wql_row *row)
{
    if (term->op == LG_WQL_IS_NULL || term->op == LG_WQL_IS_NOT_NULL)
        return is_null(&term->left, row) == (term->op == LG_WQL_IS_NULL);
    return compare_term(term, row);
}

bool lg_wql_matches(const struct lg_wql *wql, const struct lg_wql_row *row)
{
    bool results[LG_WQL_TERMS_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < wql->term_count; i++) {
        const struct lg_wql_term *term = &wql->terms[i];
        if (term->op == LG_WQL_NOT) {
            results[count - 1] = !results[count - 1];
        } else if (term->op == LG_WQL_AND || term->op == LG_WQL_OR) {
            bool right = results[--count];
            bool left = results[count - 1];
            results[count - 1] = term->op == LG_WQL_AND ? left && right : left || right;
        } else {
            results[count++] = holds(term, row);
        }
    }
    return count == 0 || results[0];
}

static bool is_known(const char *name, const struct lg_wql_row *row)
{
    return lg_wql_compare_text(name, "__SERVER") == 0 ||
           lg_wql_compare_text(name, "__CLASS") == 0 || row->value(row->context, name);
}

static bool operand_is_known(const struct lg_wql_operand *operand, const struct lg_wql_row *row)
{
    return operand->kind != LG_WQL_PROPERTY || is_known(operand->text, row);
}

const char *lg_wql_unknown(const struct lg_wql *wql, const struct lg_wql_row *row)
{
    for (unsigned i = 0; i < wql->column_count; i++)
        if (!is_known(wql->columns[i], row))
            return wql->columns[i];
    for (unsigned i = 0; i < wql->term_count; i++) {
        const struct lg_wql_term *term = &wql->terms[i];
        bool is_comparison = term->op < LG_WQL_OPEN;
        if (is_comparison && !operand_is_known(&term->left, row))
            return term->left.text;
        if (is_comparison && !operand_is_known(&term->right, row))
            return term->right.text;
    }
    return NULL;
}
