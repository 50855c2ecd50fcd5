/* Covering arrays, greedily. */
#include <stdlib.h>
#include <string.h>

#include "combine.h"

enum { TRIPLES = 10, CUBE = LG_LEVELS_MAX * LG_LEVELS_MAX * LG_LEVELS_MAX };

struct cover {
    const uint8_t *levels;
    unsigned factors;
    uint8_t members[TRIPLES][3]; /* factors of each triple */
    unsigned triples;
    bool done[TRIPLES][CUBE];
};

static unsigned place(unsigned a, unsigned b, unsigned c)
{
    return (a * LG_LEVELS_MAX + b) * LG_LEVELS_MAX + c;
}

static void list_triples(struct cover *cover)
{
    for (uint8_t a = 0; a < cover->factors; a++)
        for (uint8_t b = (uint8_t)(a + 1); b < cover->factors; b++)
            for (uint8_t c = (uint8_t)(b + 1); c < cover->factors; c++) {
                uint8_t *members = cover->members[cover->triples++];
                members[0] = a;
                members[1] = b;
                members[2] = c;
            }
}

/* How many new triples the factors that are set (bit by factor) make; marks them, too. */
static unsigned gain(struct cover *cover, const struct lg_row *row, unsigned set, bool mark)
{
    unsigned count = 0;
    for (unsigned i = 0; i < cover->triples; i++) {
        const uint8_t *of = cover->members[i];
        if (!(set >> of[0] & set >> of[1] & set >> of[2] & 1))
            continue;
        bool *done =
            &cover->done[i][place(row->level[of[0]], row->level[of[1]], row->level[of[2]])];
        count += !*done;
        *done |= mark;
    }
    return count;
}

static void fill_factor(struct cover *cover, struct lg_row *row, unsigned *set, unsigned factor)
{
    uint8_t best = 0;
    unsigned most = 0;
    *set |= 1u << factor;
    for (uint8_t level = 0; level < cover->levels[factor]; level++) {
        row->level[factor] = level;
        unsigned made = gain(cover, row, *set, false);
        if (made > most) {
            most = made;
            best = level;
        }
    }
    row->level[factor] = best;
}

/* Starts a row with the first triple that is not covered yet. */
static bool start_row(const struct cover *cover, struct lg_row *row, unsigned *set)
{
    for (unsigned i = 0; i < cover->triples; i++) {
        const uint8_t *of = cover->members[i];
        for (uint8_t a = 0; a < cover->levels[of[0]]; a++)
            for (uint8_t b = 0; b < cover->levels[of[1]]; b++)
                for (uint8_t c = 0; c < cover->levels[of[2]]; c++) {
                    if (cover->done[i][place(a, b, c)])
                        continue;
                    row->level[of[0]] = a;
                    row->level[of[1]] = b;
                    row->level[of[2]] = c;
                    *set = 1u << of[0] | 1u << of[1] | 1u << of[2];
                    return true;
                }
    }
    return false;
}

unsigned lg_cover_three(const uint8_t *levels, unsigned factors, struct lg_row *rows, unsigned room)
{
    struct cover *cover = calloc(1, sizeof *cover);
    unsigned count = 0, set;
    if (!cover)
        return 0;
    cover->levels = levels;
    cover->factors = factors;
    list_triples(cover);
    while (count < room && start_row(cover, &rows[count], &set)) {
        for (unsigned factor = 0; factor < factors; factor++)
            if (!(set >> factor & 1))
                fill_factor(cover, &rows[count], &set, factor);
        gain(cover, &rows[count++], set, true);
    }
    free(cover);
    return count;
}
