/* The nearest of some words, by edit distance. */
#include "suggest.h"

#include <string.h>

enum { WORD_MAX = 64 };

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;
    return ab < c ? ab : c;
}

static unsigned distance(const char *a, const char *b)
{
    unsigned row[WORD_MAX + 1];
    size_t width = strlen(b);
    if (width > WORD_MAX)
        return WORD_MAX;
    for (unsigned j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        unsigned before = row[0]++;
        for (size_t j = 0; j < width; j++) {
            unsigned replaced = before + (a[i] != b[j]);
            before = row[j + 1];
            row[j + 1] = least(row[j] + 1, row[j + 1] + 1, replaced);
        }
    }
    return row[width];
}

const char *lg_suggest(const char *word, const char *const *candidates, size_t count)
{
    const char *best = NULL;
    unsigned nearest = (unsigned)strlen(word) / 3 + 1;
    for (size_t i = 0; i < count; i++) {
        unsigned apart = distance(word, candidates[i]);
        if (apart <= nearest) {
            nearest = apart - (apart > 0);
            best = candidates[i];
            if (apart == 0)
                break;
        }
    }
    return best;
}
