/* CIM datetimes and intervals (DSP0004, 5.2.4): what is one, what it says, what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "json_text.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

struct time {
    const char *text;
    uint64_t ms;
};

/* Since 1601-01-01; 1700, 1800 and 1900 are no leap years, 2000 is one. */
static const struct time datetimes[] = {
    {"16010101000000.000000+000", 0},
    {"16010101000001.250000+000", SECOND + 250},
    {"16010301000000.000000+000", 59 * (uint64_t)DAY},
    {"16040301000000.000000+000", (3 * 365 + 60) * (uint64_t)DAY},
    {"17010101000000.000000+000", 36524 * (uint64_t)DAY},
    {"20010101000000.000000+000", 146097 * (uint64_t)DAY},
    {"20000229235959.999000+000", 145790 * (uint64_t)DAY + DAY - 1},
    {"16010101010000.000000+060", 0},
    {"16010101000000.000000-060", HOUR},
    {"16010101000000.000000+060", 0}, /* before the first moment there is none */
};

static const char *const no_datetimes[] = {
    "",
    "16010101000000.000000+0000",
    "16010101000000.000000:000",
    "16010101000000.000000+00x",
    "160x0101000000.000000+000",
    "16010x01000000.000000+000",
    "160101/1000000.000000+000",
    "16000101000000.000000+000",
    "16010001000000.000000+000",
    "16011301000000.000000+000",
    "16010100000000.000000+000",
    "16010132000000.000000+000",
    "16010229000000.000000+000",
    "19000229000000.000000+000",
    "16010101x00000.000000+000",
    "1601010100x000.000000+000",
    "160101010000x0.000000+000",
    "16010101000000,000000+000",
    "16010101000000.00000x+000",
    "16010101240000.000000+000",
    "16010101006000.000000+000",
    "16010101000060.000000+000",
};

static const struct time intervals[] = {
    {"00000000000000.000000:000", 0},
    {"00000000000010.000000:000", 10 * SECOND},
    {"00000001020304.005000:000", DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND + 5},
};

static const char *const no_intervals[] = {
    "-1",
    "00000000000000.000000+000",
    "0000000x000000.000000:000",
    "00000000250000.000000:000",
};

#define COUNT(rows) (sizeof rows / sizeof rows[0])

static void datetimes_are_read(void **state)
{
    uint64_t ms;
    (void)state;
    for (unsigned i = 0; i < COUNT(datetimes); i++) {
        assert_true(lg_datetime_read(datetimes[i].text, &ms));
        assert_int_equal(ms, datetimes[i].ms);
    }
    for (unsigned i = 0; i < COUNT(no_datetimes); i++)
        if (lg_datetime_read(no_datetimes[i], &ms))
            fail_msg("%s is taken", no_datetimes[i]);
}

static void intervals_are_read(void **state)
{
    uint64_t ms;
    (void)state;
    for (unsigned i = 0; i < COUNT(intervals); i++) {
        assert_true(lg_interval_read(intervals[i].text, &ms));
        assert_int_equal(ms, intervals[i].ms);
    }
    for (unsigned i = 0; i < COUNT(no_intervals); i++)
        if (lg_interval_read(no_intervals[i], &ms))
            fail_msg("%s is taken", no_intervals[i]);
}

static void times_are_written_as_they_are_read(void **state)
{
    char text[32];
    uint64_t ms;
    (void)state;
    for (uint64_t day = 0; day < 146098; day++) {
        lg_datetime_write(day * DAY + day, text);
        assert_true(lg_datetime_read(text, &ms));
        assert_int_equal(ms, day * DAY + day);
    }
    for (unsigned i = 0; i < COUNT(intervals); i++) {
        lg_interval_write(intervals[i].ms, text);
        assert_string_equal(text, intervals[i].text);
    }
    lg_datetime_write(UINT64_MAX, text); /* behind the last year that can be written */
    assert_int_equal(strlen(text), 25);
    assert_memory_equal(text, "9999", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datetimes_are_read),
        cmocka_unit_test(intervals_are_read),
        cmocka_unit_test(times_are_written_as_they_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
