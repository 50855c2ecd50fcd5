/* Protectors of a real host are secrets: a run works on stand-ins, so that none can be printed. */
#ifndef LG_WSMAN_MASK_H
#define LG_WSMAN_MASK_H

#include "model/trace_json.h"

/* Puts stand-ins in place of the bytes in an answer of the line protocol, but for those of
 * materials and those that are too short to be a secret. Equal bytes get equal stand-ins of their
 * length. */
void lg_mask_answer(json_t *answer, const struct lg_blobs *blobs);

#endif
