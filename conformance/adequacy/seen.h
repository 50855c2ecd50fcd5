/* Answers as a message tells them. */
#ifndef LG_SEEN_H
#define LG_SEEN_H

#include "model/lastgood.h"

/* Leaves what a message would tell: of a fault nothing else; of a state that may be one of several
 * numbers one; of an instance the properties of its class, and not whether anybody has seen the
 * bytes of a protector; one that is not given as Null, no bytes or 00 00 00 04. */
void lg_seen_as_written(struct lg_outcome *seen, const struct lg_call *call);

#endif
