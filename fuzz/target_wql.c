/* Any text as a query, and as a WHERE: parsing ends and tells a place inside the text, matching is
 * total and says the same twice, NOT turns it round and twice NOT changes nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "model/lastgood.h"
#include "sim/wsman/wql.h"

enum { VALUES = 10, ROWS = 3 };

struct world {
    json_t *values[VALUES];
    unsigned turn; /* which value a name has */
};

/* A name has one value for as long as the row is the same. */
static const json_t *value(const void *context, const char *name)
{
    const struct world *world = context;
    unsigned sum = world->turn;
    for (; *name; name++)
        sum = sum * 31 + (unsigned char)(*name | 0x20);
    return sum % (VALUES + 1) < VALUES ? world->values[sum % (VALUES + 1)] : NULL;
}

static struct world world_new(void)
{
    struct world world = {{json_null(), json_true(), json_false(), json_integer(2),
                           json_integer(INT64_MIN), json_string("18446744073709551615"),
                           json_string("Web_1"), json_string(""), json_array(), json_real(0.5)},
                          0};
    for (unsigned i = 0; i < VALUES; i++)
        lg_assert(world.values[i] != NULL);
    return world;
}

static void world_free(struct world *world)
{
    for (unsigned i = 0; i < VALUES; i++)
        json_decref(world->values[i]);
}

/* The query that these three make, from a buffer of exact size. */
static struct lg_wql *parse(const char *start, const uint8_t *bytes, size_t length, const char *end)
{
    struct lg_wql_error error = {.offset = SIZE_MAX};
    size_t before = strlen(start), after = strlen(end);
    size_t total = before + length + after;
    char *text = malloc(total + (total == 0));
    lg_assert(text != NULL);
    memcpy(text, start, before);
    if (length)
        memcpy(text + before, bytes, length);
    memcpy(text + before + length, end, after);
    struct lg_wql *wql = lg_wql_parse(text, total, &error);
    free(text);
    lg_saw(wql ? "" : error.reason, wql ? 0 : strlen(error.reason));
    lg_assert(wql || (error.offset <= total && error.reason[0]));
    lg_assert(!wql || total <= LG_WQL_BYTES_MAX);
    return wql;
}

static bool matches(const struct lg_wql *wql, const struct lg_wql_row *row)
{
    bool first = lg_wql_matches(wql, row);
    lg_assert(first == lg_wql_matches(wql, row));
    return first;
}

/* Where a bound lets a longer query be none, there is nothing to compare. */
static void agree(const struct lg_wql *one, const struct lg_wql *other, bool turned,
                  struct world *world)
{
    struct lg_wql_row row = {
        .context = world, .value = value, .machine = "HV01", .class_name = "C"};
    for (world->turn = 0; one && other && world->turn < ROWS; world->turn++) {
        lg_assert((matches(one, &row) != matches(other, &row)) == turned);
        const char *left = lg_wql_unknown(one, &row), *right = lg_wql_unknown(other, &row);
        lg_assert(left ? right && !strcmp(left, right) : !right);
    }
}

static void check_whole(const uint8_t *bytes, size_t length, struct world *world)
{
    struct lg_wql *wql = parse("", bytes, length, "");
    if (wql) {
        const char *const *columns;
        unsigned count = lg_wql_columns(wql, &columns);
        bool selects = lg_wql_kind(wql) == LG_WQL_SELECT;
        lg_assert(count <= LG_WQL_COLUMNS_MAX && (selects || count == 0));
        lg_assert(selects == (lg_wql_class(wql) != NULL));
        lg_assert(selects == (lg_wql_object(wql) == NULL));
    }
    agree(wql, wql, false, world);
    lg_wql_free(wql);
}

static void check_where(const uint8_t *bytes, size_t length, struct world *world)
{
    struct lg_wql *plain = parse("SELECT * FROM C WHERE ", bytes, length, "");
    struct lg_wql *turned = parse("SELECT * FROM C WHERE NOT(", bytes, length, ")");
    struct lg_wql *twice = parse("SELECT * FROM C WHERE NOT(NOT(", bytes, length, "))");
    agree(plain, turned, true, world);
    agree(plain, twice, false, world);
    lg_wql_free(plain);
    lg_wql_free(turned);
    lg_wql_free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct world world = world_new();
    check_whole(bytes, length, &world);
    check_where(bytes, length, &world);
    world_free(&world);
    return 0;
}
