/* Bytes by symbol as new at each input: what one input brought, the next does not meet. */
#ifndef LG_FUZZ_RENEW_H
#define LG_FUZZ_RENEW_H

#include "model/trace_json.h"

/* Makes the table, or takes out again whatever is there beside the materials. */
void lg_blobs_renew(struct lg_blobs *blobs);

#endif
