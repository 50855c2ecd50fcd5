/* The tree of a message: what it keeps, what it refuses, and that hostile bytes do no harm. Texts
 * too, which are what trees are written as. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/wsman/text.h"
#include "sim/wsman/xml.h"

#define TEST(name) static void name(void **state __attribute__((unused)))

enum { NODES = 1000, REPEATS = 10000 };

static size_t where; /* the offset of the last problem */

static struct lg_xml *parse_bytes(const char *bytes, size_t length, size_t nodes,
                                  enum lg_xml_problem *problem)
{
    /* A copy of exact size lets the address sanitizer see a read past the end. */
    char *copy = malloc(length + (length == 0));
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    struct lg_xml *xml = lg_xml_parse(copy, length, nodes, problem, &where);
    free(copy);
    assert_int_equal(xml != NULL, *problem == LG_XML_FINE);
    assert_true(where <= length);
    return xml;
}

static struct lg_xml *parse(const char *text)
{
    enum lg_xml_problem problem;
    struct lg_xml *xml = parse_bytes(text, strlen(text), NODES, &problem);
    assert_int_equal(problem, LG_XML_FINE);
    return xml;
}

static enum lg_xml_problem problem_of(const char *bytes, size_t length)
{
    enum lg_xml_problem problem;
    lg_xml_free(parse_bytes(bytes, length, NODES, &problem));
    return problem;
}

#define refuse(expected, text) assert_int_equal(problem_of(text, strlen(text)), LG_XML_##expected)

/* `head`, then `part` so many times, then `tail`. */
static struct lg_text repeat(const char *head, const char *part, size_t times, const char *tail)
{
    struct lg_text text = {0};
    lg_text_add(&text, head);
    for (size_t i = 0; i < times; i++) {
        lg_text_add(&text, part);
    }
    lg_text_add(&text, tail);
    assert_false(text.failed);
    return text;
}

static void refuse_repeated(enum lg_xml_problem expected, const char *head, const char *part,
                            size_t times, const char *tail)
{
    struct lg_text text = repeat(head, part, times, tail);
    enum lg_xml_problem problem;
    lg_xml_free(parse_bytes(text.bytes, text.length, NODES, &problem));
    assert_int_equal(problem, expected);
    lg_text_free(&text);
}

TEST(names_are_resolved)
{
    struct lg_xml *xml = parse("<s:a xmlns:s='urn:s' xmlns='urn:d' s:x='1' y='2' xml:lang='en'>"
                               "<b/><c xmlns=''/><s:b xmlns:s='urn:t'/></s:a>");
    const struct lg_xml_node *root = lg_xml_root(xml);
    assert_true(lg_xml_is(root, "urn:s", "a"));
    assert_false(lg_xml_is(root, "urn:d", "a"));
    assert_string_equal(root->prefix, "s");
    assert_string_equal(lg_xml_attribute(root, "urn:s", "x"), "1");
    assert_string_equal(lg_xml_attribute(root, "", "y"), "2");
    assert_string_equal(lg_xml_attribute(root, NULL, "lang"), "en");
    assert_null(lg_xml_attribute(root, "", "x"));
    assert_null(lg_xml_attribute(root, "", "xmlns"));
    const struct lg_xml_node *b = lg_xml_child(root, NULL, "b");
    assert_string_equal(b->space, "urn:d");
    assert_string_equal(b->prefix, "");
    assert_string_equal(b->next->space, "");
    assert_string_equal(lg_xml_next(b, NULL, "b")->space, "urn:t");
    assert_ptr_equal(lg_xml_child(root, "urn:t", "b")->parent, root);
    assert_null(lg_xml_child(NULL, NULL, "b"));
    assert_null(lg_xml_next(NULL, NULL, "b"));
    assert_null(lg_xml_attribute(NULL, NULL, "b"));
    lg_xml_free(xml);
}

TEST(text_is_all_that_lies_directly_in_an_element)
{
    struct lg_xml *xml = parse("<a> \n1&lt;&#x41;<b>in</b><![CDATA[<&>]]><c/>\xC3\xA4 <!-- no -->"
                               "2\t</a>");
    const struct lg_xml_node *root = lg_xml_root(xml);
    assert_string_equal(root->text, " \n1<A<&>\xC3\xA4 2\t");
    assert_int_equal(root->text_length, strlen(root->text));
    assert_string_equal(root->token, "1<A<&>\xC3\xA4 2");
    assert_string_equal(root->first->text, "in");
    assert_ptr_equal(root->first->token, root->first->text);
    assert_string_equal(root->first->next->text, "");
    const char *start;
    assert_int_equal(lg_xml_trimmed(root, &start), strlen(root->token));
    assert_memory_equal(start, root->token, strlen(root->token));
    lg_xml_free(xml);
}

TEST(text_in_many_pieces_comes_together)
{
    struct lg_text text = repeat("<a>", "&amp;<b/>x", REPEATS, "</a>");
    enum lg_xml_problem problem;
    struct lg_xml *xml = parse_bytes(text.bytes, text.length, REPEATS + 1, &problem);
    assert_int_equal(problem, LG_XML_FINE);
    assert_int_equal(lg_xml_root(xml)->text_length, 2 * REPEATS);
    assert_int_equal(strlen(lg_xml_root(xml)->text), 2 * REPEATS);
    assert_memory_equal(lg_xml_root(xml)->text, "&x&x", 4);
    lg_xml_free(xml);
    lg_text_free(&text);
}

TEST(both_encodings_are_read_with_and_without_a_mark)
{
    static const char utf8[] = "\xEF\xBB\xBF<a>\xF0\x9F\x98\x80</a>";
    static const char little[] = "<\0a\0>\0\x3D\xD8\x00\xDE<\0/\0a\0>";
    static const char big[] = "\xFE\xFF\0<\0a\0/\0>";
    static const char marked[] = "\xFF\xFE<\0a\0/\0>";
    enum lg_xml_problem problem;
    struct lg_xml *xml = parse_bytes(utf8, sizeof utf8 - 1, NODES, &problem);
    struct lg_xml *wide = parse_bytes(little, sizeof little, NODES, &problem);
    assert_string_equal(lg_xml_root(xml)->text, "\xF0\x9F\x98\x80");
    assert_string_equal(lg_xml_root(wide)->text, "\xF0\x9F\x98\x80");
    lg_xml_free(xml);
    lg_xml_free(wide);
    assert_int_equal(problem_of(big, sizeof big - 1), LG_XML_FINE);
    assert_int_equal(problem_of(marked, sizeof marked), LG_XML_FINE);
    assert_true(lg_xml_is_utf16(little, sizeof little));
    assert_true(lg_xml_is_utf16(big, sizeof big - 1));
    assert_false(lg_xml_is_utf16(utf8, sizeof utf8 - 1));
    assert_false(lg_xml_is_utf16("", 0));
}

TEST(bytes_of_no_encoding_are_undecodable)
{
    static const char lone_high[] = "<\0a\0>\0\x3D\xD8<\0/\0a\0>";
    static const char lone_low[] = "<\0a\0>\0\x00\xDE<\0/\0a\0>";
    static const char at_the_end[] = "<\0\x3D\xD8";
    static const char odd[] = "<\0a\0/\0>\0<";
    assert_int_equal(problem_of(lone_high, sizeof lone_high), LG_XML_UNDECODABLE);
    assert_int_equal(problem_of(lone_low, sizeof lone_low), LG_XML_UNDECODABLE);
    assert_int_equal(problem_of(at_the_end, sizeof at_the_end - 1), LG_XML_UNDECODABLE);
    assert_int_equal(problem_of(odd, sizeof odd - 1), LG_XML_UNDECODABLE);
    refuse(UNDECODABLE, "<a>\xFF</a>");
    refuse(UNDECODABLE, "<a>\xE2\x82</a>");
    refuse(UNDECODABLE, "<a>\x80</a>");
    refuse(UNDECODABLE, "<a>\xF0\x9F");
}

TEST(a_declaration_may_name_no_other_encoding)
{
    refuse(FINE, "<?xml version='1.0'?><a/>");
    refuse(FINE, "<?xml version='1.0' encoding='utf-8'?><a/>");
    refuse(FINE, "<?xml version='1.0' encoding='UTF-16'?><a/>");
    refuse(CHARACTER_SET, "<?xml version='1.0' encoding='ISO-8859-1'?><a/>");
    refuse(CHARACTER_SET, "<?xml version='1.0' encoding='UTF-7'?><a/>");
    refuse(CHARACTER_SET, "<?xml version='1.0' encoding='UTF-80'?><a/>");
}

TEST(what_is_not_well_formed_is_refused)
{
    static const char *const texts[] = {"",
                                        " ",
                                        "a",
                                        "<a>",
                                        "<a></b>",
                                        "<a/><a/>",
                                        "<a/>x",
                                        "<p:a/>",
                                        "<a b=1/>",
                                        "<a b='' b=''/>",
                                        "<a>&none;</a>",
                                        "<a>&#0;</a>",
                                        "<a>\1",
                                        "<a>]]>",
                                        "<a><![CDA",
                                        "<a>\xEF\xBF\xBF</a>",
                                        "<a xmlns:p=''/>",
                                        "<a b='<'/>"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        refuse(NOT_WELL_FORMED, texts[i]);
    }
    refuse(NOT_WELL_FORMED, "<a>\n</b>");
    assert_in_range(where, 4, 8);
    enum lg_xml_problem problem;
    assert_null(lg_xml_parse(NULL, 0, NODES, &problem, &where));
    assert_int_equal(problem, LG_XML_NOT_WELL_FORMED);
    assert_int_equal(problem_of("<a>\0</a>", 8), LG_XML_NOT_WELL_FORMED);
}

TEST(a_document_type_is_forbidden)
{
    refuse(FORBIDDEN, "<!DOCTYPE a><a/>");
    refuse(FORBIDDEN, "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>");
    refuse(FORBIDDEN, "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>");
    refuse(FORBIDDEN, "<!DOCTYPE a [<!ENTITY x 'xxxxxxxxxx'><!ENTITY y '&x;&x;&x;&x;&x;&x;'>"
                      "<!ENTITY z '&y;&y;&y;&y;&y;&y;'>]><a>&z;</a>");
    refuse(FORBIDDEN, "<!DOCTYPE a [<!ENTITY % p 'x'>%p;]><a/>");
}

TEST(depth_is_bounded)
{
    refuse_repeated(LG_XML_TOO_LARGE, "", "<a>", LG_XML_DEPTH_MAX + 1, "");
    refuse_repeated(LG_XML_TOO_LARGE, "", "<a>", 10 * REPEATS, "");
    refuse_repeated(LG_XML_NOT_WELL_FORMED, "", "<a>", LG_XML_DEPTH_MAX, "");
    refuse_repeated(LG_XML_FINE, "<b>", "<a></a>", NODES - 1, "</b>");
}

TEST(counts_are_bounded)
{
    refuse_repeated(LG_XML_TOO_LARGE, "<b>", "<a/>", NODES, "</b>");
    refuse_repeated(LG_XML_TOO_LARGE, "<b>", "<a x='1'/>", NODES / 2, "</b>");
    refuse_repeated(LG_XML_FINE, "<b>", "<a x='1'/>", NODES / 2 - 1, "</b>");
}

static void numbered_attributes(struct lg_text *text, const char *form, unsigned count)
{
    lg_text_add(text, "<a");
    for (unsigned i = 0; i < count; i++) {
        lg_text_add(text, form);
        lg_text_addf(text, "%u='urn:%u'", i, i);
    }
    lg_text_add(text, "/>");
}

TEST(attributes_are_bounded)
{
    static const struct {
        unsigned count;
        enum lg_xml_problem problem;
    } cases[] = {{LG_XML_ATTRIBUTES_MAX, LG_XML_FINE},
                 {LG_XML_ATTRIBUTES_MAX + 1, LG_XML_TOO_LARGE},
                 {REPEATS, LG_XML_TOO_LARGE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lg_text text = {0};
        numbered_attributes(&text, " x", cases[i].count);
        assert_int_equal(problem_of(text.bytes, text.length), cases[i].problem);
        lg_text_free(&text);
    }
    struct lg_text text = {0};
    numbered_attributes(&text, " xmlns:p", REPEATS); /* declarations are no attributes */
    assert_int_equal(problem_of(text.bytes, text.length), LG_XML_FINE);
    lg_text_free(&text);
}

TEST(names_and_namespaces_are_bounded)
{
    refuse_repeated(LG_XML_FINE, "<", "a", LG_XML_NAME_BYTES_MAX, "/>");
    refuse_repeated(LG_XML_TOO_LARGE, "<", "a", LG_XML_NAME_BYTES_MAX + 1, "/>");
    refuse_repeated(LG_XML_TOO_LARGE, "<a ", "b", LG_XML_NAME_BYTES_MAX + 1, "=''/>");
    refuse_repeated(LG_XML_TOO_LARGE, "<a xmlns='", "b", LG_XML_NAME_BYTES_MAX + 1, "'/>");
    refuse_repeated(LG_XML_FINE, "<a b='", "b", REPEATS, "'/>");
}

/* More long namespaces in turn than are remembered: each would be copied again and again. */
TEST(namespaces_cannot_multiply_a_message)
{
    struct lg_text text = {0};
    lg_text_add(&text, "<a");
    for (unsigned i = 0; i < 20; i++) {
        lg_text_addf(&text, " xmlns:n%u='urn:%u:%0900u'", i, i, i);
    }
    lg_text_add(&text, ">");
    for (unsigned i = 0; i < NODES / 2; i++) {
        lg_text_addf(&text, "<n%u:b/>", i % 20);
    }
    lg_text_add(&text, "</a>");
    assert_int_equal(problem_of(text.bytes, text.length), LG_XML_TOO_LARGE);
    lg_text_free(&text);
}

TEST(a_long_text_is_kept_whole)
{
    struct lg_text text = repeat("<a>", "0123456789", 10 * REPEATS, "</a>");
    enum lg_xml_problem problem;
    struct lg_xml *xml = parse_bytes(text.bytes, text.length, NODES, &problem);
    assert_int_equal(lg_xml_root(xml)->text_length, 100 * REPEATS);
    assert_memory_equal(lg_xml_root(xml)->text, text.bytes + 3, 100 * REPEATS);
    lg_xml_free(xml);
    assert_true(lg_text_to_utf16(&text));
    xml = parse_bytes(text.bytes, text.length, NODES, &problem);
    assert_int_equal(lg_xml_root(xml)->text_length, 100 * REPEATS);
    lg_xml_free(xml);
    lg_text_free(&text);
}

static const char sample[] =
    "<?xml version='1.0' encoding='utf-8'?><s:a xmlns:s='urn:s' b='&lt;'>\xC3\xA4<!-- c -->"
    "<s:c x='1'>text</s:c><![CDATA[d]]>&#x20AC;</s:a>";

TEST(every_truncation_is_refused)
{
    for (size_t length = 0; length < sizeof sample - 1; length++) {
        assert_int_not_equal(problem_of(sample, length), LG_XML_FINE);
    }
    struct lg_text wide = {0};
    lg_text_add(&wide, sample);
    assert_true(lg_text_to_utf16(&wide));
    assert_int_equal(problem_of(wide.bytes, wide.length), LG_XML_FINE);
    for (size_t length = 0; length < wide.length; length++) {
        assert_int_not_equal(problem_of(wide.bytes, length), LG_XML_FINE);
    }
    lg_text_free(&wide);
}

TEST(no_single_byte_corruption_does_harm)
{
    static const unsigned char bytes[] = {0, '<', '&', '>', 0x80, 0xD8, 0xFF};
    char corrupt[sizeof sample];
    for (size_t i = 0; i < (sizeof sample - 1) * sizeof bytes; i++) {
        memcpy(corrupt, sample, sizeof sample);
        corrupt[i / sizeof bytes] = (char)bytes[i % sizeof bytes];
        (void)problem_of(corrupt, sizeof sample - 1);
    }
}

TEST(texts_are_escaped)
{
    struct lg_text text = {0};
    lg_text_escape(&text, "<a b=\"1\">&\t\n\r\1\x1F\x7F\xEF\xBF\xBE\xEF\xBF\xBD</a>");
    assert_string_equal(text.bytes, "&lt;a b=&quot;1&quot;&gt;&amp;\t\n&#13;??\x7F?\xEF\xBF\xBD"
                                    "&lt;/a&gt;");
    lg_text_clear(&text);
    assert_string_equal(text.bytes, "");
    lg_text_escape_bytes(&text, "a\0b<c", 4);
    assert_string_equal(text.bytes, "a?b&lt;");
    lg_text_addf(&text, "%d%s", 7, "!");
    assert_string_equal(text.bytes, "a?b&lt;7!");
    assert_int_equal(text.length, strlen(text.bytes));
    lg_text_free(&text);
    assert_null(text.bytes);
}

TEST(texts_become_utf_16)
{
    struct lg_text text = {0};
    assert_true(lg_text_to_utf16(&text));
    assert_int_equal(text.length, 2);
    lg_text_clear(&text);
    lg_text_add(&text, "a\xE2\x82\xAC\xF0\x9F\x98\x80");
    assert_int_equal(lg_text_utf16_bytes(text.bytes, text.length), 8);
    assert_true(lg_text_to_utf16(&text));
    assert_int_equal(text.length, 10);
    assert_memory_equal(text.bytes,
                        "\xFF\xFE"
                        "a\0\xAC\x20\x3D\xD8\x00\xDE",
                        10);
    lg_text_free(&text);
}

TEST(texts_that_are_not_utf_8_stay_as_they_are)
{
    static const char *const texts[] = {
        "\x80",  "\xC3",    "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x80\x80\x80",
        "\xC3(", "\xC0\x80"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct lg_text text = {0};
        lg_text_add(&text, texts[i]);
        assert_false(lg_text_to_utf16(&text));
        assert_string_equal(text.bytes, texts[i]);
        lg_text_free(&text);
    }
}

TEST(a_text_that_failed_takes_nothing_more)
{
    struct lg_text text = {0};
    lg_text_add(&text, "a");
    lg_text_add_bytes(&text, "b", SIZE_MAX / 2);
    assert_true(text.failed);
    lg_text_add(&text, "c");
    assert_string_equal(text.bytes, "a");
    lg_text_clear(&text);
    assert_false(text.failed);
    lg_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_resolved),
        cmocka_unit_test(text_is_all_that_lies_directly_in_an_element),
        cmocka_unit_test(text_in_many_pieces_comes_together),
        cmocka_unit_test(both_encodings_are_read_with_and_without_a_mark),
        cmocka_unit_test(bytes_of_no_encoding_are_undecodable),
        cmocka_unit_test(a_declaration_may_name_no_other_encoding),
        cmocka_unit_test(what_is_not_well_formed_is_refused),
        cmocka_unit_test(a_document_type_is_forbidden),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(counts_are_bounded),
        cmocka_unit_test(attributes_are_bounded),
        cmocka_unit_test(names_and_namespaces_are_bounded),
        cmocka_unit_test(namespaces_cannot_multiply_a_message),
        cmocka_unit_test(a_long_text_is_kept_whole),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(no_single_byte_corruption_does_harm),
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(texts_become_utf_16),
        cmocka_unit_test(texts_that_are_not_utf_8_stay_as_they_are),
        cmocka_unit_test(a_text_that_failed_takes_nothing_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
