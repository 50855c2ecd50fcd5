/* Edges of vectors, and outcomes in words. */
#include "edges.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Faults may stand before the edges that tell what a node asks for. */
static bool has_edge(const struct lg_node *node, enum lg_edge_kind kind)
{
    for (unsigned i = 0; i < node->edge_count; i++)
        if (node->edges[i].kind == kind)
            return true;
    return false;
}

bool lg_node_follows(const struct lg_node *node)
{
    return has_edge(node, LG_EDGE_RESULT);
}

bool lg_node_asks_again(const struct lg_node *node)
{
    return has_edge(node, LG_EDGE_BYTES);
}

static bool value_fits(const json_t *asked, const json_t *shown)
{
    if (!json_is_array(asked) || json_is_array(shown))
        return shown && json_equal((json_t *)asked, (json_t *)shown);
    for (size_t i = 0; i < json_array_size(asked); i++)
        if (shown && json_equal(json_array_get(asked, i), (json_t *)shown))
            return true;
    return false;
}

/* With a value, or Null. */
static bool is_there(const struct lg_outcome *seen, const struct lg_call *call, const char *name)
{
    for (unsigned i = 0, place = 0; i < lg_property_count; i++) {
        const struct lg_property_row *row = &lg_properties[i];
        if (row->read != call->method)
            continue;
        if (strcmp(row->name, name) == 0)
            return row->source == LG_SOURCE_FIELD ? (seen->shown | seen->nulls) >> row->number & 1
                                                  : !(seen->lacking >> place & 1);
        place++;
    }
    return false;
}

/* Whoever leaves out what is the same of every instance is not asked for it, but by "shown". */
static bool properties_fit(const struct lg_edge *edge, const struct lg_call *call,
                           const struct lg_outcome *seen, const struct lg_names *names)
{
    const char *key;
    json_t *asked;
    struct lg_outcome whole = *seen;
    whole.lacking = 0;
    bool fits = seen->answer == LG_ANSWERS_INSTANCE && !seen->fault;
    json_t *shown = fits ? lg_properties_to_json(&whole, call, names) : NULL;
    json_object_foreach(edge->properties, key, asked)
    {
        fits = fits && value_fits(asked, json_object_get(shown, key));
    }
    json_decref(shown);
    for (size_t i = 0; i < json_array_size(edge->shown); i++)
        fits = fits && is_there(seen, call, json_string_value(json_array_get(edge->shown, i)));
    return fits;
}

static bool bytes_fit(const struct lg_edge *edge, const struct lg_outcome *seen)
{
    if (seen->fault || seen->answer != LG_ANSWERS_BYTES)
        return false;
    if (edge->symbol == LG_SYMBOL_NONE)
        return seen->form != LG_BYTES_GIVEN;
    return seen->symbol == edge->symbol;
}

/* The first code of a range of the method's table stands for what no other edge names of it. */
static bool is_of_range(const struct lg_edge *edge, const struct lg_call *call,
                        const struct lg_outcome *seen)
{
    enum lg_method method = (enum lg_method)call->method;
    const struct lg_return_row *row = lg_return_by_code(method, edge->number);
    return edge->kind == LG_EDGE_RETURN && !seen->fault && row && row->low == edge->number &&
           lg_return_by_code(method, seen->return_value) == row;
}

static bool edge_fits(const struct lg_edge *edge, const struct lg_call *call,
                      const struct lg_outcome *seen, uint32_t result, const struct lg_names *names)
{
    switch (edge->kind) {
    case LG_EDGE_RETURN: return !seen->fault && seen->return_value == edge->number;
    case LG_EDGE_RESULT: return !seen->fault && result == edge->number;
    case LG_EDGE_FAULT: return seen->fault == edge->number;
    case LG_EDGE_BYTES: return bytes_fit(edge, seen);
    case LG_EDGE_INSTANCES:
        return !seen->fault && seen->answer == LG_ANSWERS_LIST && seen->list_count == edge->number;
    case LG_EDGE_ERROR:
        return !seen->fault && seen->answer == LG_ANSWERS_ERROR && seen->form == edge->number;
    default: return properties_fit(edge, call, seen, names);
    }
}

int lg_node_edge(const struct lg_node *node, const struct lg_outcome *seen, uint32_t result,
                 const struct lg_names *names)
{
    for (unsigned i = 0; i < node->edge_count; i++)
        if (edge_fits(&node->edges[i], &node->call, seen, result, names))
            return (int)i;
    for (unsigned i = 0; i < node->edge_count; i++)
        if (is_of_range(&node->edges[i], &node->call, seen))
            return (int)i;
    return -1;
}

/* ---- words ---- */

static void cut(char *words, json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    size_t length = text ? strlen(text) : 0;
    if (length < LG_WORDS_BYTES)
        snprintf(words, LG_WORDS_BYTES, "%s", text ? text : "");
    else
        snprintf(words, LG_WORDS_BYTES, "%.*s...", LG_WORDS_BYTES - 5, text);
    free(text);
    json_decref(json);
}

void lg_words_of_call(const struct lg_call *call, const struct lg_names *names, char *words)
{
    const struct lg_method_row *row = &lg_methods[call->method];
    json_t *json = lg_call_to_json(call, names);
    const char *target = json_string_value(json_object_get(json, "target"));
    char args[LG_WORDS_BYTES];
    cut(args, json_incref(json_object_get(json, "args")));
    snprintf(words, LG_WORDS_BYTES, "%.40s.%.40s(%.20s%s%.80s)", row->class_name, row->name,
             target ? target : "", target && args[0] ? ", " : "", args);
    json_decref(json);
}

void lg_words_of_seen(const struct lg_outcome *seen, const struct lg_call *call,
                      const struct lg_names *names, char *words)
{
    if (seen->deviant) {
        snprintf(words, LG_WORDS_BYTES, "the property %s.%s does not show what its page says",
                 lg_methods[call->method].class_name, lg_properties[seen->deviant - 1].name);
        return;
    }
    cut(words, lg_outcome_to_json(seen, call, names));
}

static void append(char *words, const char *format, ...)
{
    size_t length = strlen(words);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words + length, LG_WORDS_BYTES - length, format, arguments);
    va_end(arguments);
}

static void append_mask(char *words, const struct lg_property_row *row, uint64_t mask)
{
    append(words, "%s in {", row->name);
    for (unsigned bit = 0; bit < 64; bit++)
        if (mask >> bit & 1)
            append(words, " %u",
                   row->type == LG_TYPE_JOB_STATE ? lg_job_state_number((enum lg_job_state)bit)
                                                  : bit);
    append(words, " } ");
}

static void append_fields(char *words, const struct lg_outcome *pattern, const struct lg_call *call)
{
    for (unsigned i = 0; i < lg_property_count; i++) {
        const struct lg_property_row *row = &lg_properties[i];
        if (row->read != call->method || row->source != LG_SOURCE_FIELD ||
            !(pattern->shown >> row->number & 1))
            continue;
        const struct lg_field *field = &pattern->fields[row->number];
        if (pattern->masks >> row->number & 1)
            append_mask(words, row, field->from);
        else if (field->from == field->to)
            append(words, "%s %llu ", row->name, (unsigned long long)field->from);
        else if (field->to <= 65535)
            append(words, "%s %llu..%llu ", row->name, (unsigned long long)field->from,
                   (unsigned long long)field->to);
    }
}

static const char *bytes_words(const struct lg_outcome *pattern, const struct lg_names *names,
                               char *room)
{
    static const char *const forms[] = {"", "Null", "no bytes", "00 00 00 04"};
    if (pattern->form != LG_BYTES_GIVEN)
        return forms[pattern->form];
    if (pattern->symbol && pattern->symbol <= LG_MATERIAL_COUNT)
        return lg_materials[pattern->symbol - 1].name;
    snprintf(room, 32, "bytes number %u", pattern->symbol);
    (void)names;
    return room;
}

void lg_words_of_pattern(const struct lg_outcome *pattern, const struct lg_call *call,
                         const struct lg_names *names, char *words)
{
    char room[32];
    words[0] = '\0';
    if (pattern->fault) {
        append(words, "fault %s", lg_faults[pattern->fault].name);
        return;
    }
    if (lg_methods[call->method].kind == LG_KIND_METHOD) {
        append(words, "return %u", pattern->return_value);
        if (pattern->return_to > pattern->return_value)
            append(words, "..%u", pattern->return_to);
    }
    switch (pattern->answer) {
    case LG_ANSWERS_BYTES:
        append(words, ", KeyProtector %s", bytes_words(pattern, names, room));
        return;
    case LG_ANSWERS_JOB: append(words, " and a job"); return;
    case LG_ANSWERS_INSTANCE: append_fields(words, pattern, call); return;
    case LG_ANSWERS_LIST: append(words, "%u instances", pattern->list_count); return;
    case LG_ANSWERS_ERROR: append(words, pattern->form ? ", an error text" : ", Null"); return;
    default: return;
    }
}
