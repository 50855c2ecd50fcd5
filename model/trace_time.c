/* CIM datetimes (yyyymmddHHMMSS.mmmmmmsutc) and intervals (ddddddddHHMMSS.mmmmmm:000). */
#include "trace_json.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_LENGTH = 25, MS_OF_DAY = 86400000, EPOCH_YEAR = 1601 };

static bool digits(const char *text, unsigned count, unsigned *value)
{
    *value = 0;
    for (unsigned i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *value = *value * 10 + (unsigned)(text[i] - '0');
    }
    return true;
}

/* HHMMSS.mmmmmm, behind eight digits of whatever kind. */
static bool time_of_day(const char *text, uint64_t *ms)
{
    unsigned hours, minutes, seconds, micros;
    if (!digits(text + 8, 2, &hours) || !digits(text + 10, 2, &minutes) ||
        !digits(text + 12, 2, &seconds) || text[14] != '.' || !digits(text + 15, 6, &micros))
        return false;
    if (hours > 23 || minutes > 59 || seconds > 59)
        return false;
    *ms = ((uint64_t)hours * 60 + minutes) * 60000 + seconds * 1000u + micros / 1000;
    return true;
}

bool lg_interval_read(const char *text, uint64_t *ms)
{
    unsigned days;
    if (strlen(text) != TEXT_LENGTH || strcmp(text + 21, ":000") != 0)
        return false;
    if (!digits(text, 8, &days) || !time_of_day(text, ms))
        return false;
    *ms += (uint64_t)days * MS_OF_DAY;
    return true;
}

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_of_month(unsigned year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static uint64_t days_before_year(unsigned year)
{
    unsigned years = year - EPOCH_YEAR;
    return (uint64_t)years * 365 + years / 4 - years / 100 + years / 400;
}

bool lg_datetime_read(const char *text, uint64_t *ms)
{
    unsigned year, month, day, offset;
    if (strlen(text) != TEXT_LENGTH || (text[21] != '+' && text[21] != '-') ||
        !digits(text + 22, 3, &offset))
        return false;
    if (!digits(text, 4, &year) || !digits(text + 4, 2, &month) || !digits(text + 6, 2, &day))
        return false;
    if (year < EPOCH_YEAR || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
        return false;
    if (!time_of_day(text, ms))
        return false;
    uint64_t days = days_before_year(year) + day - 1;
    for (unsigned i = 1; i < month; i++)
        days += days_of_month(year, i);
    *ms += days * MS_OF_DAY;
    uint64_t shift = (uint64_t)offset * 60000;
    *ms = text[21] == '-' ? *ms + shift : (*ms > shift ? *ms - shift : 0);
    return true;
}

void lg_interval_write(uint64_t ms, char text[32])
{
    uint64_t seconds = ms / 1000;
    snprintf(text, 32, "%08u%02u%02u%02u.%03u000:000", (unsigned)(seconds / 86400 % 100000000),
             (unsigned)(seconds / 3600 % 24), (unsigned)(seconds / 60 % 60),
             (unsigned)(seconds % 60), (unsigned)(ms % 1000));
}

void lg_datetime_write(uint64_t ms, char text[32])
{
    uint64_t days = ms / MS_OF_DAY;
    uint64_t seconds = ms / 1000;
    unsigned year = EPOCH_YEAR;
    unsigned month = 1;
    while (year < 9999 && days >= (is_leap(year) ? 366u : 365u))
        days -= is_leap(year++) ? 366 : 365;
    while (month < 12 && days >= days_of_month(year, month))
        days -= days_of_month(year, month++);
    snprintf(text, 32, "%04u%02u%02u%02u%02u%02u.%03u000+000", year % 10000, month % 100,
             (unsigned)(days % 31) + 1, (unsigned)(seconds / 3600 % 24),
             (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60), (unsigned)(ms % 1000));
}
