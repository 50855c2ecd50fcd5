/* Vectors as files: one step a line, as people write them. */
#include "draft.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/clause_names.h"

static json_t *edge_to_json(const struct lg_edge *edge, const struct lg_names *names)
{
    switch (edge->kind) {
    case LG_EDGE_RETURN: return json_pack("{s:I}", "return", (json_int_t)edge->number);
    case LG_EDGE_RESULT: return json_pack("{s:s}", "result", lg_result_word(edge->number));
    case LG_EDGE_FAULT: return json_pack("{s:s}", "fault", lg_faults[edge->number].name);
    case LG_EDGE_INSTANCES: return json_pack("{s:I}", "instances", (json_int_t)edge->number);
    case LG_EDGE_ERROR: return json_pack("{s:s}", "error", edge->number ? "text" : "null");
    case LG_EDGE_BYTES:
        return json_pack("{s:o}", "bytes",
                         edge->symbol ? lg_symbol_to_json(edge->symbol, names)
                                      : json_string("none"));
    default: return json_pack("{s:O}", "properties", edge->properties);
    }
}

static void name_node(unsigned node, char *name)
{
    snprintf(name, 16, "s%u", node + 1);
}

static json_t *edges_to_json(const struct lg_draft *draft, unsigned at)
{
    const struct lg_node *node = &draft->vector.nodes[at];
    json_t *allow = json_array();
    char name[16];
    for (unsigned i = 0; i < node->edge_count; i++) {
        json_t *edge = edge_to_json(&node->edges[i], &draft->names);
        int then = node->edges[i].then;
        name_node((unsigned)then, name);
        bool last = at + 1 == draft->vector.node_count;
        if (then == LG_NODES_MAX && !last)
            json_object_set_new(edge, "then", json_string("end"));
        else if (then != (int)at + 1 && !last)
            json_object_set_new(edge, "then", json_string(name));
        json_array_append_new(allow, edge);
    }
    return allow;
}

static bool is_aimed_at(const struct lg_vector *vector, unsigned node)
{
    for (unsigned at = 0; at + 1 < node; at++)
        for (unsigned i = 0; i < vector->nodes[at].edge_count; i++)
            if (vector->nodes[at].edges[i].then == (int)node)
                return true;
    return false;
}

static json_t *node_to_json(const struct lg_draft *draft, unsigned at)
{
    const struct lg_node *node = &draft->vector.nodes[at];
    json_t *step = json_object();
    json_t *call = lg_call_to_json(&node->call, &draft->names);
    char name[16];
    name_node(at, name);
    if (is_aimed_at(&draft->vector, at))
        json_object_set_new(step, "id", json_string(name));
    json_object_update(step, call);
    json_decref(call);
    if (node->call.new_job)
        json_object_set_new(step, "job", json_sprintf("$job%u", node->call.new_job));
    if (node->edge_count)
        json_object_set_new(step, "allow", edges_to_json(draft, at));
    return step;
}

static json_t *clauses_to_json(const struct lg_vector *vector)
{
    json_t *list = json_array();
    char text[LG_CITATION_BYTES];
    for (unsigned i = 0; i < vector->clause_count; i++) {
        lg_citation_write(vector->clauses[i], text);
        json_array_append_new(list, json_string(text));
    }
    return list;
}

static void write_json(FILE *file, json_t *json)
{
    char *text = json_dumps(json, JSON_ENCODE_ANY);
    fputs(text ? text : "", file);
    free(text);
    json_decref(json);
}

bool lg_draft_write(const struct lg_draft *draft, FILE *file)
{
    const struct lg_vector *vector = &draft->vector;
    fputs("{\n  \"format\": \"" LG_VECTOR_FORMAT "\",\n  \"title\": ", file);
    write_json(file, json_string(vector->title));
    fputs(",\n  \"clauses\": ", file);
    write_json(file, clauses_to_json(vector));
    fputs(",\n  \"tier\": \"full\",\n  \"needs\": [\"events\", \"material\"],\n  \"steps\": [\n",
          file);
    for (unsigned at = 0; at < vector->node_count; at++) {
        fputs("    ", file);
        write_json(file, node_to_json(draft, at));
        fputs(at + 1 < vector->node_count ? ",\n" : "\n", file);
    }
    fputs("  ]\n}\n", file);
    return !ferror(file);
}
