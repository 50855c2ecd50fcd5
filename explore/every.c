/* The words for a share. */
#include "every.h"

#include <stdio.h>

struct lg_every lg_every(unsigned every, const char *noun)
{
    struct lg_every words;
    if (every > 1)
        snprintf(words.text, sizeof words.text, "one %s in %u", noun, every);
    else
        snprintf(words.text, sizeof words.text, "every %s", noun);
    return words;
}
