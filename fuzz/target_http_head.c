/* Any bytes as the head of a request: what was seen of a head decides nothing that more of it takes
 * back, and what follows the empty line does not matter. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/lastgood.h"
#include "sim/http_raw.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { PREFIXES_MAX = 600 };

static enum lg_raw_verdict check(const uint8_t *bytes, size_t length)
{
    char *copy = malloc(length + 1); /* of its own, so that reading past its end shows */
    char *end = copy ? realloc(copy, length ? length : 1) : NULL;
    lg_assert(end != NULL);
    memcpy(end, bytes, length);
    enum lg_raw_verdict verdict = lg_http_raw_check(end, length);
    free(end);
    return verdict;
}

/* Nothing that a server could take for another request, or for another end of this one. */
static void check_fine(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        lg_assert(bytes[i] != '\0' && bytes[i] != 0x7F);
        lg_assert(bytes[i] != '\n' || (i > 0 && bytes[i - 1] == '\r'));
        lg_assert(bytes[i] != '\r' || (i + 1 < length && bytes[i + 1] == '\n'));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    enum lg_raw_verdict whole = check(bytes, length);
    size_t prefixes = length < PREFIXES_MAX ? length : PREFIXES_MAX;
    for (size_t i = 0; i < prefixes; i++) {
        enum lg_raw_verdict verdict = check(bytes, i);
        if (verdict == LG_RAW_MORE)
            continue;
        lg_assert(verdict == whole);
        if (verdict == LG_RAW_FINE)
            check_fine(bytes, i);
        break;
    }
    return 0;
}
