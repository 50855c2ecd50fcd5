/* Any bytes as a vector file: it is refused with a reason, or every node and edge of it is within
 * its bounds and leads on; the walk over what the documents allow ends, twice the same. */
#include <string.h>

#include "conformance/agree.h"
#include "find.h"
#include "renew.h"

enum { WALKED_MAX = 6 };

static void check_text(const char *text, size_t size)
{
    lg_holds(memchr(text, '\0', size) != NULL);
}

static void check_node(const struct lg_vector *vector, unsigned at)
{
    const struct lg_node *node = &vector->nodes[at];
    check_text(node->id, sizeof node->id);
    lg_holds(node->call.method < LG_METHOD_COUNT);
    lg_holds(node->edge_count <= LG_EDGES_MAX);
    lg_holds(node->clause_count <= LG_VECTOR_CLAUSES_MAX);
    for (unsigned i = 0; i < node->edge_count; i++)
        lg_holds(node->edges[i].then == LG_NODES_MAX ||
                 (node->edges[i].then > (int)at && node->edges[i].then < (int)vector->node_count));
}

static void check_walk(const struct lg_vector *vector, const struct lg_names *names)
{
    struct lg_agreement first, second;
    if (vector->node_count > WALKED_MAX)
        return;
    lg_holds(lg_agree(vector, LG_PROFILE_documented, names, NULL, &first));
    lg_holds(lg_agree(vector, LG_PROFILE_documented, names, NULL, &second));
    lg_holds(memcmp(&first, &second, sizeof first) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct lg_vector vector;
    static struct lg_blobs blobs;
    static struct lg_names names;
    struct lg_json_error error = {.reason = ""};
    lg_blobs_renew(&blobs);
    lg_names_of_scripts(&names, &blobs);
    if (lg_vector_load(&vector, lg_as_file(bytes, length), &blobs, &error)) {
        lg_holds(vector.node_count <= LG_NODES_MAX);
        check_text(vector.title, sizeof vector.title);
        for (unsigned i = 0; i < vector.node_count; i++)
            check_node(&vector, i);
        lg_saw(&vector.node_count, sizeof vector.node_count);
        check_walk(&vector, &names);
    } else
        lg_holds(error.reason[0] != '\0');
    lg_saw(vector.title, strlen(vector.title));
    lg_vector_free(&vector);
    return 0;
}
