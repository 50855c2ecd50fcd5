/* Surrogates of UTF-16 come in pairs, whatever release of Expat reads the text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/wsman/cim_xml.h"
#include "sim/wsman/xml_encoding.h"

enum { HIGH = 0xD83D, LOW = 0xDE00, UNITS_MAX = 256 };

static struct lg_cim_instance parsed;

struct text {
    bool is_big_endian;
    size_t length;
    size_t value; /* where the two units of the value begin */
    unsigned char bytes[2 * UNITS_MAX];
};

static void put_unit(struct text *text, unsigned unit)
{
    text->bytes[text->length + text->is_big_endian] = (unsigned char)(unit & 0xFF);
    text->bytes[text->length + !text->is_big_endian] = (unsigned char)(unit >> 8);
    text->length += 2;
}

static void put_ascii(struct text *text, const char *characters)
{
    for (; *characters != '\0'; characters++) {
        put_unit(text, (unsigned char)*characters);
    }
}

static struct text with_value(bool is_big_endian, unsigned first, unsigned second)
{
    struct text text = {.is_big_endian = is_big_endian};
    put_unit(&text, 0xFEFF);
    put_ascii(&text, "<INSTANCE CLASSNAME='c'><PROPERTY NAME='a' TYPE='string'><VALUE>");
    text.value = text.length;
    put_unit(&text, first);
    put_unit(&text, second);
    put_ascii(&text, "</VALUE></PROPERTY></INSTANCE>");
    return text;
}

static struct lg_cim_xml_error parse(const struct text *text, size_t length)
{
    struct lg_cim_xml_error error;
    lg_cim_xml_parse(text->bytes, length, LG_CIM_XML_TEXT_MAX, &parsed, &error);
    return error;
}

static void a_pair_is_one_character(void **state)
{
    (void)state;
    for (int is_big_endian = 0; is_big_endian < 2; is_big_endian++) {
        const struct text text = with_value(is_big_endian, HIGH, LOW);
        assert_int_equal(parse(&text, text.length).reason, LG_CIM_XML_OK);
        const struct lg_cim_property *value = lg_cim_instance_find(&parsed, "a");
        assert_non_null(value);
        assert_string_equal(lg_cim_property_item(&parsed, value, 0), "\xF0\x9F\x98\x80");
    }
}

static void half_a_pair_is_malformed_where_it_stands(void **state)
{
    (void)state;
    static const struct {
        unsigned first, second;
        size_t lone;
    } broken[] = {{HIGH, 'y', 0}, {HIGH, HIGH, 0}, {'x', HIGH, 2},
                  {LOW, 'y', 0},  {LOW, HIGH, 0},  {'x', LOW, 2}};
    for (size_t i = 0; i < 2 * sizeof broken / sizeof broken[0]; i++) {
        const size_t at = i / 2;
        const struct text text = with_value(i % 2, broken[at].first, broken[at].second);
        const struct lg_cim_xml_error error = parse(&text, text.length);
        assert_int_equal(error.reason, LG_CIM_XML_MALFORMED);
        assert_int_equal(error.offset, text.value + broken[at].lone);
    }
}

static void what_is_wrong_before_it_is_told_first(void **state)
{
    (void)state;
    struct text text = with_value(false, 'x', HIGH);
    text.bytes[text.value - 10] = '<'; /* for the A of <VALUE> */
    assert_int_equal(parse(&text, text.length).reason, LG_CIM_XML_MALFORMED);
    assert_true(parse(&text, text.length).offset < text.value);
}

static void a_text_that_ends_within_a_pair_is_cut_short(void **state)
{
    (void)state;
    const struct text text = with_value(true, HIGH, LOW);
    for (size_t cut = 0; cut <= 4; cut++) {
        const struct lg_cim_xml_error error = parse(&text, text.value + cut);
        assert_int_equal(error.reason, LG_CIM_XML_TRUNCATED);
        assert_int_equal(error.offset, text.value + cut);
    }
}

static void complete_characters_are_counted_up_to_the_first_that_is_not(void **state)
{
    (void)state;
    const char text[] = "x\0\x3D\xD8\x00\xDEy\0\x3D\xD8z";
    assert_int_equal(lg_xml_utf16_whole(text, 8, 1), 8);
    assert_int_equal(lg_xml_utf16_whole(text, 5, 1), 2);
    assert_int_equal(lg_xml_utf16_whole(text, 7, 1), 6);
    assert_int_equal(lg_xml_utf16_whole(text, 10, 1), 8);
    assert_int_equal(lg_xml_utf16_whole(text, 0, 1), 0);
    assert_int_equal(lg_xml_utf16_whole(text + 4, 4, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_is_one_character),
        cmocka_unit_test(half_a_pair_is_malformed_where_it_stands),
        cmocka_unit_test(what_is_wrong_before_it_is_told_first),
        cmocka_unit_test(a_text_that_ends_within_a_pair_is_cut_short),
        cmocka_unit_test(complete_characters_are_counted_up_to_the_first_that_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
