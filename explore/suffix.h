/* How scripts end: in calls that tell apart what may be so by then. */
#ifndef LG_SUFFIX_H
#define LG_SUFFIX_H

#include "draft.h"

enum { LG_MORE_LOOKS = 2 };

/* Adds the last calls. False: there is no room for them, or there are too many histories. */
typedef bool lg_suffix(struct lg_draft *draft);

/* What tells states apart: reads, then a restore and what it brings back. */
bool lg_suffix_whole(struct lg_draft *draft);

/* The same where those are too many histories: a refused restore is the end. */
bool lg_suffix_lighter(struct lg_draft *draft);

/* Reads alone. */
bool lg_suffix_looks(struct lg_draft *draft);

/* What follows a node, once for its successes and once for its refusals: no flat unions. */
bool lg_suffix_add(struct lg_draft *draft, unsigned node, lg_suffix *add);

#endif
