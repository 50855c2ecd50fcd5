/* Vectors: small acyclic graphs of calls and what may follow each.
 *
 * A document holds "steps"; each is a node. A node's "allow" lists its edges: a pattern of what may
 * come back, and "then", the "id" of the node to go on with ("end" ends; without it the next node
 * in the file). */
#ifndef LG_VECTOR_H
#define LG_VECTOR_H

#include "model/trace_json.h"

#define LG_VECTOR_FORMAT "lastgood-vector/1"

enum {
    LG_NODES_MAX = 64,
    LG_EDGES_MAX = 16,
    LG_VECTOR_CLAUSES_MAX = 8,
    LG_ID_BYTES = 80,
    LG_TITLE_BYTES = 200
};

enum lg_tier { LG_TIER_SMOKE, LG_TIER_HAND, LG_TIER_FULL, LG_TIER_WIRE, LG_TIER_COUNT };
bool lg_tier_read(const char *word, enum lg_tier *tier);

/* What an edge asks of an answer. */
enum lg_edge_kind {
    LG_EDGE_RETURN, /* this number, this very answer */
    LG_EDGE_RESULT, /* followed to the job's end: a meaning, or one of enum lg_result */
    LG_EDGE_FAULT,
    LG_EDGE_BYTES,      /* GetKeyProtector: these bytes; a 4096 is asked again */
    LG_EDGE_PROPERTIES, /* each named property has one of the values given, or is there */
    LG_EDGE_INSTANCES,  /* so many instances */
    LG_EDGE_ERROR       /* GetError: a text, or Null */
};

/* Results beside the meanings of meanings.def. */
enum lg_result {
    LG_RESULT_TERMINATED = LG_MEANING_COUNT,
    LG_RESULT_KILLED,
    LG_RESULT_GONE,             /* the job was removed before its end was seen */
    LG_RESULT_STILL_RUNNING,    /* the budget is used up */
    LG_RESULT_OBJECT_NOT_FOUND, /* 32789, which no page lists */
    LG_RESULT_OTHER,
    LG_RESULT_COUNT
};

struct lg_edge {
    enum lg_edge_kind kind;
    uint32_t number;    /* return value, result, fault, count of instances, 1 for an error text */
    uint16_t symbol;    /* BYTES; LG_SYMBOL_NONE: none is set */
    json_t *properties; /* PROPERTIES: by name; owned by the vector's document, as is the next */
    json_t *shown;      /* PROPERTIES: a list of those that are there, whatever their value */
    int then;           /* index of the next node, LG_NODES_MAX for the end */
};

struct lg_node {
    char id[32];
    struct lg_call call;
    bool lose_reply; /* the answer is thrown away: the oracle must cope */
    bool barrier;    /* what was lost takes no effect any more */
    struct lg_edge edges[LG_EDGES_MAX];
    unsigned edge_count;                     /* 0: nothing is asked but what the oracle allows */
    uint16_t clauses[LG_VECTOR_CLAUSES_MAX]; /* those this node is about, beside the vector's */
    unsigned clause_count;
};

struct lg_vector {
    char id[LG_ID_BYTES]; /* the file's name without .json */
    char path[512];
    char title[LG_TITLE_BYTES];
    enum lg_tier tier;
    unsigned needs; /* capabilities, enum lg_capability */
    uint16_t clauses[LG_VECTOR_CLAUSES_MAX];
    unsigned clause_count;
    struct lg_node nodes[LG_NODES_MAX];
    unsigned node_count;
    json_t *document;
};

/* Reads a vector from a file. False, with a line that says what is wrong and where. */
bool lg_vector_load(struct lg_vector *vector, const char *path, struct lg_blobs *blobs,
                    struct lg_json_error *error);
void lg_vector_free(struct lg_vector *vector);

/* The word of a result, and back; -1 if there is none. */
const char *lg_result_word(uint32_t result);
int lg_result_find(const char *word);

/* The result that a return value of a method stands for; a job's end: its state and its ErrorCode.
 */
uint32_t lg_result_of_return(enum lg_method method, uint32_t return_value);
uint32_t lg_result_of_job(enum lg_method method, enum lg_job_state state, uint32_t error);

#endif
