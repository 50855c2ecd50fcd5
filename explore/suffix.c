/* Ends of scripts. */
#include "suffix.h"

bool lg_suffix_looks(struct lg_draft *draft)
{
    static const uint8_t looks[] = {LG_CALL_READ_SYSTEM_SETTING, LG_CALL_READ_SECURITY_ELEMENT,
                                    LG_CALL_GET_KEY_PROTECTOR, LG_CALL_READ_SECURITY_SETTING,
                                    LG_CALL_READ_VM};
    for (size_t i = LG_MORE_LOOKS - draft->more_looks; i < sizeof looks; i++) {
        struct lg_call call = {.method = looks[i]};
        int node = lg_draft_add(draft, &call, false);
        if (node < 0)
            return false;
        lg_draft_go_on(draft, (unsigned)node);
    }
    return true;
}

/* Edges of one kind of a node lead to another node than the next. */
static void send(struct lg_draft *draft, unsigned node, bool success, int then)
{
    struct lg_node *at = &draft->vector.nodes[node];
    for (unsigned i = 0; i < at->edge_count; i++)
        if (lg_draft_is_success(draft, node, i) == success)
            at->edges[i].then = then;
}

static bool has(const struct lg_draft *draft, unsigned node, bool success)
{
    for (unsigned i = 0; i < draft->vector.nodes[node].edge_count; i++)
        if (lg_draft_is_success(draft, node, i) == success)
            return true;
    return false;
}

/* The end of a branch: what follows is another branch. */
static void stop_here(struct lg_draft *draft)
{
    struct lg_node *last = &draft->vector.nodes[draft->vector.node_count - 1];
    for (unsigned i = 0; i < last->edge_count; i++)
        last->edges[i].then = LG_NODES_MAX;
}

bool lg_suffix_add(struct lg_draft *draft, unsigned node, lg_suffix *add)
{
    bool both = has(draft, node, true) && has(draft, node, false);
    if (both)
        send(draft, node, false, LG_NODES_MAX);
    lg_draft_go_on(draft, node);
    if (!both)
        return add(draft);
    if (!add(draft))
        return false;
    stop_here(draft);
    send(draft, node, true, LG_NODES_MAX);
    send(draft, node, false, (int)draft->vector.node_count);
    lg_draft_go_on(draft, node);
    int successes = (int)node + 1;
    if (!add(draft))
        return false;
    send(draft, node, true, successes);
    return true;
}

/* A node that ends a branch needs edges: bytes that nobody has seen are not asked for there. */
static bool add_last_look(struct lg_draft *draft)
{
    struct lg_call get = {.method = LG_CALL_GET_KEY_PROTECTOR};
    struct lg_call read = {.method = LG_CALL_READ_SECURITY_SETTING};
    int node = lg_draft_add(draft, &get, false);
    if (node < 0 || draft->vector.nodes[node].edge_count > 0)
        return node >= 0;
    draft->vector.node_count--;
    return lg_draft_add(draft, &read, false) >= 0;
}

bool lg_suffix_whole(struct lg_draft *draft)
{
    struct lg_call restore = {.method = LG_CALL_RESTORE_LAST_KNOWN_GOOD};
    if (!lg_suffix_looks(draft))
        return false;
    int node = lg_draft_add(draft, &restore, false);
    return node >= 0 && lg_suffix_add(draft, (unsigned)node, add_last_look);
}

bool lg_suffix_lighter(struct lg_draft *draft)
{
    struct lg_call restore = {.method = LG_CALL_RESTORE_LAST_KNOWN_GOOD};
    if (!lg_suffix_looks(draft))
        return false;
    int node = lg_draft_add(draft, &restore, false);
    if (node < 0)
        return false;
    send(draft, (unsigned)node, false, LG_NODES_MAX);
    if (!has(draft, (unsigned)node, true))
        return true;
    lg_draft_go_on(draft, (unsigned)node);
    return add_last_look(draft);
}
