/* Edges of vectors against what was seen, and outcomes in words. */
#ifndef LG_EDGES_H
#define LG_EDGES_H

#include "vector.h"

enum { LG_WORDS_BYTES = 200 };

/* Whether the node's edges ask for a call followed to its job's end, or to be asked again on a 4096
 * without a job. */
bool lg_node_follows(const struct lg_node *node);
bool lg_node_asks_again(const struct lg_node *node);

/* The first edge that fits; -1 if none does. result: of a call that was followed, else any value.
 */
int lg_node_edge(const struct lg_node *node, const struct lg_outcome *seen, uint32_t result,
                 const struct lg_names *names);

/* A call, an observation, what a pattern allows: each in one line of LG_WORDS_BYTES. */
void lg_words_of_call(const struct lg_call *call, const struct lg_names *names, char *words);
void lg_words_of_seen(const struct lg_outcome *seen, const struct lg_call *call,
                      const struct lg_names *names, char *words);
void lg_words_of_pattern(const struct lg_outcome *pattern, const struct lg_call *call,
                         const struct lg_names *names, char *words);

#endif
