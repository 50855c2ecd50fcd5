/* Counting by method and answer. */
#include "figures.h"

#include <stdlib.h>

static bool is_row_of(const struct lg_figure *row, const struct lg_move *move)
{
    return row->method == move->call->method && row->fault == move->pattern->fault &&
           row->from == move->pattern->return_value && row->to == move->pattern->return_to;
}

static struct lg_figure *find(struct lg_figures *figures, const struct lg_move *move)
{
    if (figures->count && is_row_of(&figures->rows[figures->last], move))
        return &figures->rows[figures->last];
    for (unsigned i = 0; i < figures->count; i++)
        if (is_row_of(&figures->rows[i], move)) {
            figures->last = i;
            return &figures->rows[i];
        }
    return NULL;
}

void lg_figures_add(struct lg_figures *figures, const struct lg_move *move)
{
    struct lg_figure *row = find(figures, move);
    if (!row) {
        lg_assert(figures->count < LG_FIGURES_MAX);
        row = &figures->rows[figures->count++];
        *row = (struct lg_figure){move->call->method, move->pattern->fault,
                                  move->pattern->return_value, move->pattern->return_to, 0};
    }
    row->transitions++;
}

static int compare(const void *a, const void *b)
{
    const struct lg_figure *left = a;
    const struct lg_figure *right = b;
    if (left->method != right->method)
        return left->method - right->method;
    if (left->fault != right->fault)
        return left->fault - right->fault;
    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    return left->to < right->to ? -1 : left->to > right->to;
}

static void print_answer(const struct lg_figure *row, FILE *out)
{
    if (row->fault)
        fprintf(out, "fault %s", lg_faults[row->fault].name);
    else if (row->to > row->from)
        fprintf(out, "%u..%u", row->from, row->to);
    else
        fprintf(out, "%u", row->from);
}

void lg_figures_print(struct lg_figures *figures, FILE *out)
{
    qsort(figures->rows, figures->count, sizeof figures->rows[0], compare);
    figures->last = 0;
    for (unsigned i = 0; i < figures->count; i++) {
        const struct lg_figure *row = &figures->rows[i];
        const struct lg_method_row *method = &lg_methods[row->method];
        fprintf(out, "  %12llu  %s.%s ", (unsigned long long)row->transitions, method->class_name,
                method->name);
        print_answer(row, out);
        fprintf(out, "\n");
    }
}
