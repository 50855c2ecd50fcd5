/* Makes nodes and their edges. */
#include "draft.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/edges.h"

enum { NO_NUMBER = UINT32_MAX, STEPS_MAX = 200000 };

static void clear_edges(struct lg_node *node)
{
    for (unsigned i = 0; i < node->edge_count; i++)
        json_decref(node->edges[i].properties);
    memset(node->edges, 0, sizeof node->edges);
    node->edge_count = 0;
}

void lg_draft_free(struct lg_draft *draft)
{
    for (unsigned i = 0; i < draft->vector.node_count; i++)
        clear_edges(&draft->vector.nodes[i]);
    memset(&draft->vector, 0, sizeof draft->vector);
    lg_agree_end(draft->session);
    draft->session = NULL;
}

/* ---- what a node asks for ---- */

static enum lg_edge_kind kind_of(const struct lg_call *call)
{
    const struct lg_method_row *row = &lg_methods[call->method];
    if (call->method == LG_CALL_GET_KEY_PROTECTOR)
        return LG_EDGE_BYTES;
    if (call->method == LG_CALL_JOB_GET_ERROR || call->method == LG_CALL_JOB_GET_ERROR_EX)
        return LG_EDGE_ERROR;
    if (row->kind == LG_KIND_LIST)
        return LG_EDGE_INSTANCES;
    if (row->kind == LG_KIND_READ)
        return LG_EDGE_PROPERTIES;
    bool by_itself = row->target == LG_TARGET_JOB || row->target == LG_TARGET_HOST || call->new_job;
    return by_itself ? LG_EDGE_RETURN : LG_EDGE_RESULT;
}

/* Only what tells states apart is asked of reads. */
static bool is_telling(uint8_t method, const char *property)
{
    static const struct {
        uint8_t method;
        const char *property;
    } telling[] = {{LG_CALL_READ_VM, "EnabledState"},
                   {LG_CALL_READ_JOB, "JobState"},
                   {LG_CALL_READ_SECURITY_SETTING, "TpmEnabled"},
                   {LG_CALL_READ_SECURITY_SETTING, "ShieldingRequested"},
                   {LG_CALL_READ_SECURITY_ELEMENT, "Shielded"},
                   {LG_CALL_READ_TPM_SETTING, "EnabledState"}};
    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++)
        if (telling[i].method == method && strcmp(telling[i].property, property) == 0)
            return true;
    return false;
}

static json_t *telling_properties(const struct lg_outcome *outcome, const struct lg_call *call,
                                  const struct lg_names *names)
{
    json_t *all = lg_properties_to_json(outcome, call, names);
    json_t *telling = json_object();
    const char *name;
    json_t *value;
    json_object_foreach(all, name, value)
    {
        if (is_telling(call->method, name))
            json_object_set(telling, name, value);
    }
    json_decref(all);
    return telling;
}

static struct lg_edge edge_of(const struct lg_node *node, const struct lg_outcome *outcome,
                              uint32_t result, const struct lg_names *names)
{
    struct lg_edge edge = {.kind = kind_of(&node->call), .then = LG_NODES_MAX};
    if (outcome->fault) {
        edge.kind = LG_EDGE_FAULT;
        edge.number = outcome->fault;
        return edge;
    }
    switch (edge.kind) {
    case LG_EDGE_RESULT: edge.number = result; return edge;
    case LG_EDGE_INSTANCES: edge.number = outcome->list_count; return edge;
    case LG_EDGE_PROPERTIES:
        edge.properties = telling_properties(outcome, &node->call, names);
        return edge;
    case LG_EDGE_BYTES:
        if (outcome->answer == LG_ANSWERS_BYTES) {
            edge.symbol = outcome->form == LG_BYTES_GIVEN ? outcome->symbol : LG_SYMBOL_NONE;
            return edge;
        }
        break;
    case LG_EDGE_ERROR:
        if (outcome->answer == LG_ANSWERS_ERROR) {
            edge.number = outcome->form;
            return edge;
        }
        break;
    default: break;
    }
    edge.kind = LG_EDGE_RETURN;
    edge.number = outcome->return_value;
    return edge;
}

/* An edge that nothing takes, so that the walk treats the node as what it will be. */
static struct lg_edge edge_of_nothing(enum lg_edge_kind kind)
{
    struct lg_edge edge = {.kind = kind, .number = NO_NUMBER, .then = LG_NODES_MAX};
    edge.symbol = LG_SYMBOL_MAX;
    if (kind == LG_EDGE_PROPERTIES)
        edge.properties = json_pack("{s:b}", "Nothing", 1);
    return edge;
}

/* ---- adding a node ---- */

struct finder {
    struct lg_draft *draft;
    unsigned node;
    struct lg_edge edges[LG_EDGES_MAX];
    unsigned count;
    bool unseen; /* bytes that nobody has seen may come: no edge can name them */
    bool reached[LG_NODES_MAX][LG_EDGES_MAX];
};

static bool same_edge(const struct lg_edge *a, const struct lg_edge *b)
{
    if (a->kind != b->kind || a->number != b->number || a->symbol != b->symbol)
        return false;
    return a->kind != LG_EDGE_PROPERTIES || json_equal(a->properties, b->properties);
}

static void find_edge(void *context, unsigned node, const struct lg_outcome *outcome,
                      uint32_t result, int at)
{
    struct finder *finder = context;
    struct lg_draft *draft = finder->draft;
    if (at >= 0)
        finder->reached[node][at] = true;
    if (node != finder->node)
        return;
    struct lg_edge edge = edge_of(&draft->vector.nodes[node], outcome, result, &draft->names);
    bool unseen = edge.kind == LG_EDGE_BYTES && edge.symbol >= LG_SYMBOL_UNSEEN;
    for (unsigned i = 0; i < finder->count; i++)
        if (same_edge(&finder->edges[i], &edge)) {
            json_decref(edge.properties);
            return;
        }
    finder->unseen |= unseen;
    if (unseen || finder->count == LG_EDGES_MAX) {
        draft->full |= !unseen;
        json_decref(edge.properties);
        return;
    }
    finder->edges[finder->count++] = edge;
}

static void watch_step(void *context, unsigned node, const struct lg_call *call,
                       const struct lg_cell *before, const struct lg_outcome *outcome,
                       const struct lg_cell *after)
{
    const struct lg_agree_watch *watch = ((struct finder *)context)->draft->watch;
    if (watch)
        watch->step(watch->context, node, call, before, outcome, after);
}

static void give_edges(struct lg_draft *draft, struct finder *finder)
{
    struct lg_node *node = &draft->vector.nodes[finder->node];
    clear_edges(node);
    for (unsigned i = 0; i < finder->count; i++) {
        node->edges[i] = finder->edges[i];
        node->edges[i].then = (int)finder->node + 1;
    }
    node->edge_count = finder->count;
    if (finder->unseen)
        clear_edges(node);
}

static void find_in_session(void *context, unsigned node, const struct lg_outcome *outcome,
                            uint32_t result, int at)
{
    struct lg_draft *draft = context;
    if (draft->finder)
        find_edge(draft->finder, node, outcome, result, at);
}

/* Histories of a node that are very many are too many to be checked again and again. */
static void weigh(struct lg_draft *draft)
{
    if (draft->steps > draft->heaviest)
        draft->heaviest = draft->steps;
    draft->full |= draft->steps > STEPS_MAX;
    draft->steps = 0;
}

static void watch_draft(void *context, unsigned node, const struct lg_call *call,
                        const struct lg_cell *before, const struct lg_outcome *outcome,
                        const struct lg_cell *after)
{
    struct lg_draft *draft = context;
    (void)node;
    draft->steps++;
    if (!draft->aim || draft->aim_met)
        return;
    struct lg_class_key key = lg_class_of(call, before, outcome, after);
    draft->aim_met = memcmp(&key, draft->aim, sizeof key) == 0;
}

bool lg_draft_init(struct lg_draft *draft, const struct lg_names *names, bool jobs_asked)
{
    memset(draft, 0, sizeof *draft);
    draft->names = *names;
    draft->vector.tier = LG_TIER_FULL;
    draft->own_watch = (struct lg_agree_watch){draft, watch_draft, find_in_session};
    draft->session = lg_agree_start(&draft->vector, LG_PROFILE_documented, &draft->names,
                                    jobs_asked, &draft->own_watch);
    return draft->session != NULL;
}

void lg_draft_go_on(struct lg_draft *draft, unsigned node)
{
    draft->full = draft->full || !lg_agree_node(draft->session, node, true);
    weigh(draft);
}

int lg_draft_add(struct lg_draft *draft, const struct lg_call *call, bool by_job)
{
    struct lg_vector *vector = &draft->vector;
    struct finder finder = {.draft = draft, .node = vector->node_count};
    if (vector->node_count == LG_NODES_MAX) {
        draft->full = true;
        return -1;
    }
    struct lg_node *node = &vector->nodes[vector->node_count++];
    memset(node, 0, sizeof *node);
    node->call = *call;
    if (!by_job)
        node->call.new_job = 0;
    if (lg_methods[call->method].kind == LG_KIND_EVENT || call->method == LG_CALL_LIST_JOBS) {
        draft->aim_met = true;   /* as far as can be told before it goes on */
        return (int)finder.node; /* jobs that were followed are listed too */
    }
    node->edges[0] = edge_of_nothing(kind_of(&node->call));
    node->edge_count = 1;
    draft->finder = &finder;
    draft->full = draft->full || !lg_agree_node(draft->session, finder.node, false);
    weigh(draft);
    draft->finder = NULL;
    give_edges(draft, &finder);
    bool answered = finder.count > 0 || finder.unseen;
    return draft->full || !answered ? -1 : (int)finder.node;
}

bool lg_draft_begin(struct lg_draft *draft, const struct lg_call *first)
{
    static const struct lg_call gone[] = {{.method = LG_CALL_VM_CREATED, .requested = 2},
                                          {.method = LG_CALL_VM_REMOVED}};
    if (first->method == LG_CALL_VM_CREATED)
        return true;
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++) {
        int node = lg_draft_add(draft, &gone[i], false);
        if (node < 0)
            return false;
        lg_draft_go_on(draft, (unsigned)node);
    }
    return true;
}

void lg_draft_drop(struct lg_draft *draft)
{
    clear_edges(&draft->vector.nodes[--draft->vector.node_count]);
}

int lg_draft_edge(const struct lg_draft *draft, unsigned at, const struct lg_outcome *seen)
{
    const struct lg_node *node = &draft->vector.nodes[at];
    uint32_t result = lg_result_of_return((enum lg_method)node->call.method, seen->return_value);
    return lg_node_edge(node, seen, result, &draft->names);
}

void lg_draft_keep_only(struct lg_draft *draft, unsigned at, unsigned edge)
{
    struct lg_node *node = &draft->vector.nodes[at];
    for (unsigned i = 0; i < node->edge_count; i++)
        node->edges[i].then = i == edge ? (int)at + 1 : LG_NODES_MAX;
}

bool lg_draft_is_success(const struct lg_draft *draft, unsigned at, unsigned which)
{
    const struct lg_edge *edge = &draft->vector.nodes[at].edges[which];
    if (edge->kind == LG_EDGE_RESULT)
        return edge->number == LG_MEANING_COMPLETED;
    if (edge->kind == LG_EDGE_RETURN)
        return edge->number == 0 || edge->number == 4096;
    return edge->kind != LG_EDGE_FAULT;
}

static void remove_edge(struct lg_node *node, unsigned at)
{
    json_decref(node->edges[at].properties);
    for (unsigned i = at; i + 1 < node->edge_count; i++)
        node->edges[i] = node->edges[i + 1];
    memset(&node->edges[--node->edge_count], 0, sizeof node->edges[0]);
}

bool lg_draft_finish(struct lg_draft *draft)
{
    struct finder finder = {.draft = draft, .node = LG_NODES_MAX};
    struct lg_agree_watch watch = {&finder, watch_step, find_edge};
    struct lg_agreement agreement;
    if (draft->full ||
        !lg_agree_watched(&draft->vector, LG_PROFILE_documented, &draft->names, &watch,
                          &agreement) ||
        agreement.bound_hit || agreement.missing)
        return false;
    for (unsigned at = 0; at < draft->vector.node_count; at++) {
        struct lg_node *node = &draft->vector.nodes[at];
        for (unsigned i = node->edge_count; i-- > 0;)
            if (!finder.reached[at][i])
                remove_edge(node, i);
    }
    return true;
}
