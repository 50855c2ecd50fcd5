/* What programs say to a word that they do not know. */
#ifndef LG_SUGGEST_H
#define LG_SUGGEST_H

#include <stddef.h>

/* The candidate nearest to a word, NULL if none is near: at most a third of the word would have to
 * change. */
const char *lg_suggest(const char *word, const char *const *candidates, size_t count);

#endif
