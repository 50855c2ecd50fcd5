/* Covering arrays cover. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "explore/combine.h"

enum { ROWS_MAX = 512 };

static bool stands(const struct lg_row *rows, unsigned count, const uint8_t *factors,
                   const uint8_t *levels)
{
    for (unsigned i = 0; i < count; i++)
        if (rows[i].level[factors[0]] == levels[0] && rows[i].level[factors[1]] == levels[1] &&
            rows[i].level[factors[2]] == levels[2])
            return true;
    return false;
}

static void check_factors(const uint8_t *sizes, const struct lg_row *rows, unsigned count,
                          const uint8_t *factors)
{
    for (uint8_t a = 0; a < sizes[factors[0]]; a++)
        for (uint8_t b = 0; b < sizes[factors[1]]; b++)
            for (uint8_t c = 0; c < sizes[factors[2]]; c++)
                assert_true(stands(rows, count, factors, (uint8_t[]){a, b, c}));
}

static void every_three_levels_stand_together(void **state)
{
    static const uint8_t sizes[] = {4, 2, 5, 3, 2};
    static struct lg_row rows[ROWS_MAX];
    unsigned count = lg_cover_three(sizes, 5, rows, ROWS_MAX);
    (void)state;
    for (uint8_t a = 0; a < 5; a++)
        for (uint8_t b = (uint8_t)(a + 1); b < 5; b++)
            for (uint8_t c = (uint8_t)(b + 1); c < 5; c++)
                check_factors(sizes, rows, count, (uint8_t[]){a, b, c});
    assert_in_range(count, 4 * 5 * 3, 4 * 2 * 5 * 3 * 2 - 1);
}

static void rows_end_where_the_room_does(void **state)
{
    static const uint8_t sizes[] = {4, 4, 4};
    static struct lg_row rows[ROWS_MAX];
    (void)state;
    assert_int_equal(lg_cover_three(sizes, 3, rows, ROWS_MAX), 64);
    assert_int_equal(lg_cover_three(sizes, 3, rows, 7), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_three_levels_stand_together),
                                       cmocka_unit_test(rows_end_where_the_room_does)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
