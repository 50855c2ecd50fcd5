/* Bytes by symbol: their number is bounded, a material may have other bytes; base64; the word that
 * was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdlib.h>

#include "json_text.h"
#include "model/suggest.h"

static void symbols_are_bounded(void **state)
{
    struct lg_blobs blobs;
    unsigned made = LG_MATERIAL_COUNT;
    (void)state;
    assert_true(lg_blobs_init(&blobs));
    while (made < LG_SYMBOL_MAX) {
        uint16_t symbol = lg_blobs_make(&blobs, "test", made);
        assert_int_equal(symbol, made + 1);
        made++;
    }
    assert_int_equal(lg_blobs_make(&blobs, "test", made), LG_SYMBOL_NONE);
    assert_int_equal(lg_blobs_make(&blobs, "test", LG_MATERIAL_COUNT), LG_MATERIAL_COUNT + 1);
    assert_null(lg_blobs_get(&blobs, LG_SYMBOL_NONE));
    assert_null(lg_blobs_get(&blobs, LG_SYMBOL_MAX + 1));
    lg_blobs_free(&blobs);
}

static void a_material_may_have_other_bytes(void **state)
{
    static const uint8_t own[] = {0, 0, 0, 6, 1, 2};
    struct lg_blobs blobs;
    (void)state;
    assert_true(lg_blobs_init(&blobs));
    assert_true(lg_blobs_replace(&blobs, LG_MATERIAL_P1 + 1, own, sizeof own));
    assert_int_equal(lg_blobs_intern(&blobs, own, sizeof own), LG_MATERIAL_P1 + 1);
    assert_int_equal(lg_blobs_get(&blobs, LG_MATERIAL_P1 + 1)->length, sizeof own);
    lg_blobs_free(&blobs);
}

static void a_material_is_found_by_its_whole_name(void **state)
{
    (void)state;
    assert_int_equal(lg_material_find("P1", 2), LG_MATERIAL_P1);
    assert_int_equal(lg_material_find("P", 1), -1);
    assert_int_equal(lg_material_find("P1x", 3), -1);
    assert_int_equal(lg_material_find("P1\0x", 4), -1);
    assert_int_equal(lg_material_find("", 0), -1);
}

/* Two that share a hash: the one that is met first is not the other. */
static void check_apart(const uint8_t *bytes, size_t length)
{
    static const uint8_t first[] = {1, 2, 3};
    struct lg_blobs blobs;
    assert_true(lg_blobs_init(&blobs));
    uint16_t one = lg_blobs_intern(&blobs, first, sizeof first);
    uint16_t two = lg_blobs_intern(&blobs, bytes, length);
    for (uint32_t i = 0; i < blobs.index_size; i++)
        if (blobs.index[i] == two)
            blobs.index[i] = one;
    blobs.items[one].hash = blobs.items[two].hash;
    uint16_t again = lg_blobs_intern(&blobs, bytes, length);
    assert_int_not_equal(again, one);
    assert_int_equal(lg_blobs_get(&blobs, again)->length, length);
    lg_blobs_free(&blobs);
}

static void bytes_are_told_apart_where_their_hashes_are_not(void **state)
{
    static const uint8_t other[] = {1, 2, 4, 5};
    (void)state;
    check_apart(other, 3);
    check_apart(other, 4);
}

/* ---- memory ---- */

/* How many allocations succeed from here on; the linker puts these in the place of malloc. */
static unsigned left = UINT_MAX;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *block, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *block, size_t bytes);

static bool has_memory(void)
{
    left -= left && left != UINT_MAX;
    return left != 0;
}

void *__wrap_malloc(size_t bytes)
{
    return has_memory() ? __real_malloc(bytes) : NULL;
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return has_memory() ? __real_calloc(count, bytes) : NULL;
}

void *__wrap_realloc(void *block, size_t bytes)
{
    return has_memory() ? __real_realloc(block, bytes) : NULL;
}

/* Whatever allocation fails, what was there before is there still. */
static void without_memory_a_table_is_not_made(void **state)
{
    struct lg_blobs blobs;
    (void)state;
    for (unsigned fails = 1; fails < LG_MATERIAL_COUNT; fails++) {
        left = fails;
        bool made = lg_blobs_init(&blobs);
        left = UINT_MAX;
        assert_false(made);
        lg_blobs_free(&blobs);
    }
}

static void without_memory_nothing_is_added(void **state)
{
    static const uint8_t own[] = {0, 0, 0, 6, 1, 2};
    struct lg_blobs blobs;
    (void)state;
    assert_true(lg_blobs_init(&blobs));
    for (unsigned i = LG_MATERIAL_COUNT; i < 400; i++) {
        uint32_t count = blobs.count;
        left = 1;
        assert_int_equal(lg_blobs_make(&blobs, "test", i), LG_SYMBOL_NONE);
        left = 2;
        lg_blobs_make(&blobs, "test", i);
        left = UINT_MAX;
        assert_true(blobs.count - count <= 1);
        assert_int_equal(lg_blobs_make(&blobs, "test", i), i + 1);
    }
    left = 1;
    assert_false(lg_blobs_replace(&blobs, LG_MATERIAL_P1 + 1, own, sizeof own));
    left = UINT_MAX;
    assert_int_equal(lg_blobs_get(&blobs, LG_MATERIAL_P1 + 1)->length, 96);
    lg_blobs_free(&blobs);
}

static void without_memory_bytes_are_no_text(void **state)
{
    struct lg_json_error error;
    struct lg_blobs blobs;
    struct lg_names names;
    struct lg_call call;
    (void)state;
    assert_true(lg_blobs_init(&blobs));
    lg_names_of_scripts(&names, &blobs);
    json_t *set = json_of("{'call': 'Msvm_SecurityService.SetKeyProtector', 'target': '$vm0', "
                          "'args': {'KeyProtector': {'base64': 'AAEC'}}}");
    json_t *bytes = json_of("{'base64': 'AAEC'}");
    left = 1;
    assert_false(lg_call_from_json(set, &names, &call, &error));
    left = 1;
    assert_int_equal(lg_symbol_from_json(bytes, &names), LG_SYMBOL_NONE);
    left = 2; /* the text is read, and cannot be kept */
    assert_false(lg_call_from_json(set, &names, &call, &error));
    left = UINT_MAX;
    assert_non_null(strstr(error.reason, "too many different protectors"));
    uint16_t symbol = lg_symbol_from_json(bytes, &names);
    left = 1;
    json_t *text = lg_symbol_to_json(symbol, &names);
    left = UINT_MAX;
    assert_string_equal(json_string_value(json_object_get(text, "base64")), "");
    json_decref(set);
    json_decref(bytes);
    json_decref(text);
    lg_blobs_free(&blobs);
}

struct base64 {
    const char *text;
    const char *bytes; /* NULL: no base64 */
};

/* RFC 4648, 10, and what its 3.3 and 3.5 let a reader refuse. */
static const struct base64 texts[] = {
    {"", ""},           {"Zg==", "f"},        {"Zm8=", "fo"},
    {"Zm9v", "foo"},    {"Zm9vYg==", "foob"}, {"Zm9vYmFy", "foobar"},
    {"Z", NULL},        {"Zm9vY", NULL},      {"Z===", NULL},
    {"====", NULL},     {"=m9v", NULL},       {"Z=9v", NULL},
    {"Zm=v", NULL},     {"Zm9*", NULL},       {"Zg==Zm9v", NULL},
    {"Zm*vZm9v", NULL}, {"Zh==", NULL},       {"Zm9=", NULL},
};

static void base64_is_read_in_one_way(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint8_t bytes[64];
        size_t length = strlen(texts[i].text), read;
        assert_true(lg_base64_room(length) <= sizeof bytes);
        bool taken = lg_base64_read(texts[i].text, length, bytes, &read);
        if (taken != (texts[i].bytes != NULL))
            fail_msg("%s", texts[i].text);
        if (!taken)
            continue;
        assert_int_equal(read, strlen(texts[i].bytes));
        assert_memory_equal(bytes, texts[i].bytes, read);
        char *written = lg_base64_write(bytes, read);
        assert_string_equal(written, texts[i].text);
        free(written);
    }
}

static void the_nearest_word_is_suggested(void **state)
{
    static const char *const words[] = {
        "explain", "explore", "run",
        "a-word-of-more-than-sixty-four-letters-is-never-what-somebody-meant-to-say"};
    (void)state;
    assert_string_equal(lg_suggest("exlpore", words, 4), "explore");
    assert_string_equal(lg_suggest("rum", words, 4), "run");
    assert_string_equal(lg_suggest("explain", words, 4), "explain");
    assert_null(lg_suggest("frobnicate", words, 4));
    assert_null(lg_suggest(words[3], words + 3, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_are_bounded),
        cmocka_unit_test(a_material_may_have_other_bytes),
        cmocka_unit_test(a_material_is_found_by_its_whole_name),
        cmocka_unit_test(bytes_are_told_apart_where_their_hashes_are_not),
        cmocka_unit_test(without_memory_a_table_is_not_made),
        cmocka_unit_test(without_memory_nothing_is_added),
        cmocka_unit_test(without_memory_bytes_are_no_text),
        cmocka_unit_test(base64_is_read_in_one_way),
        cmocka_unit_test(the_nearest_word_is_suggested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
