/* Vectors from JSON documents. */
#include "vector.h"

#include <stdio.h>
#include <string.h>

#include "clause_names.h"
#include "target.h"

static const char *const result_words[LG_RESULT_COUNT] = {
    [LG_RESULT_TERMINATED] = "terminated",
    [LG_RESULT_KILLED] = "killed",
    [LG_RESULT_GONE] = "gone",
    [LG_RESULT_STILL_RUNNING] = "still_running",
    [LG_RESULT_OBJECT_NOT_FOUND] = "object_not_found",
    [LG_RESULT_OTHER] = "other"};

const char *lg_result_word(uint32_t result)
{
    if (result < LG_MEANING_COUNT)
        return lg_meanings[result].name;
    return result < LG_RESULT_COUNT ? result_words[result] : "other";
}

int lg_result_find(const char *word)
{
    for (int i = LG_MEANING_COUNT; i < LG_RESULT_COUNT; i++)
        if (strcmp(result_words[i], word) == 0)
            return i;
    return lg_meaning_find(word);
}

/* A vendor code that is a sibling's number means what it means there. */
uint32_t lg_result_of_return(enum lg_method method, uint32_t return_value)
{
    enum { OBJECT_NOT_FOUND = 32789 };
    const struct lg_return_row *row = lg_return_by_code(method, return_value);
    if (row && row->meaning == LG_MEANING_VENDOR) {
        const struct lg_return_row *sibling =
            lg_return_by_code(LG_CALL_SET_KEY_PROTECTOR, return_value);
        row = sibling ? sibling : row;
    }
    if (return_value == OBJECT_NOT_FOUND)
        return LG_RESULT_OBJECT_NOT_FOUND;
    return row ? (uint32_t)row->meaning : (uint32_t)LG_RESULT_OTHER;
}

uint32_t lg_result_of_job(enum lg_method method, enum lg_job_state state, uint32_t error)
{
    switch (state) {
    case LG_JOB_COMPLETED:
    case LG_JOB_COMPLETED_WITH_WARNINGS: return LG_MEANING_COMPLETED;
    case LG_JOB_TERMINATED: return LG_RESULT_TERMINATED;
    case LG_JOB_KILLED: return LG_RESULT_KILLED;
    default: return lg_result_of_return(method, error);
    }
}

/* ---- loading ---- */

struct loader {
    struct lg_vector *vector;
    struct lg_names names;
    struct lg_json_error *error;
    const json_t *then[LG_NODES_MAX][LG_EDGES_MAX]; /* names of nodes, resolved at the end */
};

static bool fail(struct loader *loader, unsigned node, const char *what)
{
    return lg_json_fail(loader->error, "%s: step %u: %s", loader->vector->id, node + 1, what);
}

static bool read_clauses(struct loader *loader, const json_t *list, uint16_t *clauses,
                         unsigned *count)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_array_get(list, i));
        int clause = id ? lg_citation_find(id) : -1;
        if (clause < 0)
            return lg_json_fail(loader->error, "%s: no such clause: %.60s", loader->vector->id,
                                id ? id : "(no string)");
        if (*count == LG_VECTOR_CLAUSES_MAX)
            return lg_json_fail(loader->error, "%s: more than %d clauses", loader->vector->id,
                                LG_VECTOR_CLAUSES_MAX);
        clauses[(*count)++] = (uint16_t)clause;
    }
    return true;
}

static int find_fault(const char *name)
{
    for (int i = 1; name && i < LG_FAULT_COUNT; i++)
        if (strcmp(lg_faults[i].name, name) == 0)
            return i;
    return -1;
}

static bool read_bytes(struct loader *loader, unsigned node, const json_t *value,
                       struct lg_edge *edge)
{
    const char *name = json_string_value(value);
    edge->kind = LG_EDGE_BYTES;
    if (name && strcmp(name, "none") == 0)
        return true;
    edge->symbol = lg_symbol_from_json(value, &loader->names);
    return edge->symbol ? true : fail(loader, node, "\"bytes\" names no material");
}

static bool read_number(struct loader *loader, unsigned node, enum lg_edge_kind kind,
                        json_int_t number, struct lg_edge *edge)
{
    edge->kind = kind;
    edge->number = (uint32_t)number;
    return number >= 0 && number <= UINT32_MAX
               ? true
               : fail(loader, node, "an edge's number or word is unknown");
}

static bool is_property_of(enum lg_method method, const char *name)
{
    for (unsigned i = 0; name && i < lg_property_count; i++)
        if (lg_properties[i].read == method && strcmp(lg_properties[i].name, name) == 0)
            return true;
    return false;
}

static bool read_properties(struct loader *loader, unsigned node, const json_t *json,
                            struct lg_edge *edge)
{
    enum lg_method method = (enum lg_method)loader->vector->nodes[node].call.method;
    edge->kind = LG_EDGE_PROPERTIES;
    edge->properties = json_object_get(json, "properties");
    edge->shown = json_object_get(json, "shown");
    for (size_t i = 0; i < json_array_size(edge->shown); i++)
        if (!is_property_of(method, json_string_value(json_array_get(edge->shown, i))))
            return fail(loader, node, "\"shown\" names no property of the class");
    return json_is_object(edge->properties) || json_array_size(edge->shown)
               ? true
               : fail(loader, node, "an edge asks for nothing known");
}

static bool read_edge(struct loader *loader, unsigned node, const json_t *json,
                      struct lg_edge *edge)
{
    const json_t *value;
    edge->then = -1;
    if ((value = json_object_get(json, "return")))
        return read_number(loader, node, LG_EDGE_RETURN,
                           json_is_integer(value) ? json_integer_value(value) : -1, edge);
    if ((value = json_object_get(json, "result")))
        return read_number(loader, node, LG_EDGE_RESULT,
                           json_is_string(value) ? lg_result_find(json_string_value(value)) : -1,
                           edge);
    if ((value = json_object_get(json, "fault")))
        return read_number(loader, node, LG_EDGE_FAULT, find_fault(json_string_value(value)), edge);
    if ((value = json_object_get(json, "bytes")))
        return read_bytes(loader, node, value, edge);
    if ((value = json_object_get(json, "instances")))
        return read_number(loader, node, LG_EDGE_INSTANCES,
                           json_is_integer(value) ? json_integer_value(value) : -1, edge);
    if ((value = json_object_get(json, "error"))) {
        const char *word = json_string_value(value);
        bool text = word && strcmp(word, "text") == 0;
        return read_number(loader, node, LG_EDGE_ERROR,
                           text                                ? 1
                           : word && strcmp(word, "null") == 0 ? 0
                                                               : -1,
                           edge);
    }
    return read_properties(loader, node, json, edge);
}

static bool read_edges(struct loader *loader, unsigned at, const json_t *allow)
{
    struct lg_node *node = &loader->vector->nodes[at];
    if (json_array_size(allow) > LG_EDGES_MAX)
        return fail(loader, at, "more than 16 edges");
    for (size_t i = 0; i < json_array_size(allow); i++) {
        const json_t *json = json_array_get(allow, i);
        if (!read_edge(loader, at, json, &node->edges[i]))
            return false;
        loader->then[at][i] = json_object_get(json, "then");
        node->edge_count++;
    }
    return true;
}

static bool read_node(struct loader *loader, unsigned at, const json_t *json)
{
    struct lg_node *node = &loader->vector->nodes[at];
    const char *id = json_string_value(json_object_get(json, "id"));
    const char *job = json_string_value(json_object_get(json, "job"));
    struct lg_json_error inner;
    snprintf(node->id, sizeof node->id, "%s", id ? id : "");
    if (!lg_json_only(json, &inner, "id", "call", "event", "target", "vm", "args", "job",
                      "lose_reply", "barrier", "clauses", "allow", "comment", NULL) ||
        !lg_call_from_json(json, &loader->names, &node->call, &inner))
        return fail(loader, at, inner.reason);
    int number = job ? loader->names.job_of(NULL, job) : 0;
    if (number < 0)
        return fail(loader, at, "\"job\" must be $job and a number");
    node->call.new_job = (uint16_t)number;
    node->lose_reply = json_is_true(json_object_get(json, "lose_reply"));
    node->barrier = json_is_true(json_object_get(json, "barrier"));
    return read_clauses(loader, json_object_get(json, "clauses"), node->clauses,
                        &node->clause_count) &&
           read_edges(loader, at, json_object_get(json, "allow"));
}

static int find_node(const struct lg_vector *vector, const char *id)
{
    if (strcmp(id, "end") == 0)
        return LG_NODES_MAX;
    for (unsigned i = 0; i < vector->node_count; i++)
        if (strcmp(vector->nodes[i].id, id) == 0)
            return (int)i;
    return -1;
}

/* Edges go forward only: that is what keeps the graph without cycles. */
static bool resolve(struct loader *loader)
{
    struct lg_vector *vector = loader->vector;
    for (unsigned at = 0; at < vector->node_count; at++)
        for (unsigned i = 0; i < vector->nodes[at].edge_count; i++) {
            const char *name = json_string_value(loader->then[at][i]);
            int next = name ? find_node(vector, name) : (int)at + 1;
            if (next <= (int)at)
                return fail(loader, at, "\"then\" names no later step");
            vector->nodes[at].edges[i].then = next < (int)vector->node_count ? next : LG_NODES_MAX;
        }
    return true;
}

bool lg_tier_read(const char *word, enum lg_tier *tier)
{
    static const char *const words[LG_TIER_COUNT] = {"smoke", "hand", "full", "wire"};
    for (int i = 0; i < LG_TIER_COUNT; i++)
        if (strcmp(words[i], word) == 0) {
            *tier = (enum lg_tier)i;
            return true;
        }
    return false;
}

static bool read_tier(struct loader *loader, const json_t *json)
{
    const char *word = json_string_value(json);
    loader->vector->tier = LG_TIER_HAND;
    return !word || lg_tier_read(word, &loader->vector->tier) ||
           lg_json_fail(loader->error, "%s: no such tier: %.40s", loader->vector->id, word);
}

static bool read_needs(struct loader *loader, const json_t *list)
{
    static const char *const words[] = {"events", "inspect", "snapshot", "material", "clock"};
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        unsigned bit = 0;
        for (unsigned k = 0; word && k < 5; k++)
            if (strcmp(words[k], word) == 0)
                bit = 1u << k;
        if (!bit)
            return lg_json_fail(loader->error, "%s: no such capability: %.40s", loader->vector->id,
                                word ? word : "(no string)");
        loader->vector->needs |= bit;
    }
    return true;
}

static bool read_steps(struct loader *loader, const json_t *steps)
{
    if (!json_is_array(steps) || json_array_size(steps) > LG_NODES_MAX)
        return lg_json_fail(loader->error, "%s: \"steps\" must be a list of at most %d",
                            loader->vector->id, LG_NODES_MAX);
    for (unsigned i = 0; i < json_array_size(steps); i++) {
        loader->vector->node_count++;
        if (!read_node(loader, i, json_array_get(steps, i)))
            return false;
    }
    return resolve(loader);
}

static bool read_document(struct loader *loader)
{
    struct lg_vector *vector = loader->vector;
    const json_t *json = vector->document;
    const char *format = json_string_value(json_object_get(json, "format"));
    const char *title = json_string_value(json_object_get(json, "title"));
    struct lg_json_error inner;
    if (!format || strcmp(format, LG_VECTOR_FORMAT) != 0)
        return lg_json_fail(loader->error, "%s: \"format\" must be \"" LG_VECTOR_FORMAT "\"",
                            vector->id);
    if (!lg_json_only(json, &inner, "format", "title", "clauses", "tier", "needs", "comment",
                      "steps", NULL))
        return lg_json_fail(loader->error, "%s: %.120s", vector->id, inner.reason);
    snprintf(vector->title, sizeof vector->title, "%s", title ? title : "");
    return read_clauses(loader, json_object_get(json, "clauses"), vector->clauses,
                        &vector->clause_count) &&
           read_tier(loader, json_object_get(json, "tier")) &&
           read_needs(loader, json_object_get(json, "needs")) &&
           read_steps(loader, json_object_get(json, "steps"));
}

static void set_id(struct lg_vector *vector, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t length = strlen(name);
    if (length > 5 && strcmp(name + length - 5, ".json") == 0)
        length -= 5;
    snprintf(vector->id, sizeof vector->id, "%.*s",
             (int)(length < LG_ID_BYTES - 1 ? length : LG_ID_BYTES - 1), name);
    snprintf(vector->path, sizeof vector->path, "%s", path);
}

bool lg_vector_load(struct lg_vector *vector, const char *path, struct lg_blobs *blobs,
                    struct lg_json_error *error)
{
    struct loader loader = {.vector = vector, .error = error};
    json_error_t json_error;
    memset(vector, 0, sizeof *vector);
    set_id(vector, path);
    lg_names_of_scripts(&loader.names, blobs);
    vector->document = json_load_file(path, JSON_REJECT_DUPLICATES, &json_error);
    if (!vector->document)
        return lg_json_fail(error, "%s: line %d: %s", path, json_error.line, json_error.text);
    return read_document(&loader);
}

void lg_vector_free(struct lg_vector *vector)
{
    json_decref(vector->document);
    vector->document = NULL;
}
