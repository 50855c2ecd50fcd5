/* The codec of embedded instances: what it takes, what it refuses and where, what it writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/wsman/cim_xml.h"

#define TEST(name) static void name(void **state __attribute__((unused)))
#define refuse(reason, text, where) assert_refused(LG_CIM_XML_##reason, text, where)
#define NAMED(name, type, value)                                                                   \
    "<PROPERTY NAME='" name "' TYPE='" type "'><VALUE>" value "</VALUE></PROPERTY>"
#define INSTANCE_OF(properties)                                                                    \
    "<INSTANCE CLASSNAME='Msvm_SecuritySettingData'>" properties "</INSTANCE>"
#define TPM_ON INSTANCE_OF(NAMED("TpmEnabled", "boolean", "TRUE"))
#define HEAD "<INSTANCE CLASSNAME='c'"

static const char whole[] =
    "<?xml version='1.0'?><!-- one --><CIM CIMVERSION='2.0' DTDVERSION='2.0'><DECLARATION>"
    "<DECLGROUP.WITHPATH><VALUE.OBJECTWITHPATH><INSTANCEPATH><NAMESPACEPATH><HOST>h</HOST>"
    "<LOCALNAMESPACEPATH><NAMESPACE NAME='root'/></LOCALNAMESPACEPATH></NAMESPACEPATH>"
    "<INSTANCENAME CLASSNAME='Msvm_SecuritySettingData'><KEYBINDING NAME='InstanceID'>"
    "<KEYVALUE>k</KEYVALUE></KEYBINDING></INSTANCENAME></INSTANCEPATH>"
    "<INSTANCE CLASSNAME='Msvm_SecuritySettingData'><QUALIFIER NAME='dynamic' TYPE='boolean'>"
    "<VALUE>TRUE</VALUE></QUALIFIER><PROPERTY NAME='__GENUS' CLASSORIGIN='___SYSTEM' "
    "TYPE='sint32'><VALUE>2</VALUE></PROPERTY><PROPERTY.ARRAY NAME='__DERIVATION' "
    "TYPE='string'><VALUE.ARRAY><VALUE>CIM_SettingData</VALUE><VALUE>CIM_ManagedElement</VALUE>"
    "</VALUE.ARRAY></PROPERTY.ARRAY><PROPERTY NAME='InstanceID' PROPAGATED='true' "
    "xml:lang='en' TYPE='string'><QUALIFIER NAME='key' TYPE='boolean'><VALUE>TRUE</VALUE>"
    "</QUALIFIER><VALUE><![CDATA[Microsoft:a\\b]]></VALUE></PROPERTY>"
    "<PROPERTY NAME='TpmEnabled' TYPE='boolean'><VALUE>false</VALUE></PROPERTY>"
    "<PROPERTY NAME='Caption' TYPE='string'/></INSTANCE></VALUE.OBJECTWITHPATH>"
    "</DECLGROUP.WITHPATH></DECLARATION></CIM>";

/* Control characters, stray and missing continuation bytes, overlong forms, surrogates, bytes and
 * code points beyond Unicode. */
static const char *const not_xml[][4] = {
    {"\x01", "\x80", "\xC3", "\xE2\x82"},
    {"\xC1\x81", "\xE0\x80\x80", "\xED\xA0\x80", "\xEF\xBF\xBE"},
    {"\xEF\xBF\xBF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFF"}};

static struct lg_cim_instance parsed, built;
static char written[16 * LG_CIM_POOL_MAX];

static enum lg_cim_xml_reason parse_bytes(const void *text, size_t length, size_t *offset)
{
    /* A copy of exact size lets the address sanitizer see a read past the end. */
    char *copy = malloc(length + (length == 0));
    assert_non_null(copy);
    memcpy(copy, text, length);
    struct lg_cim_xml_error error;
    const bool is_read = lg_cim_xml_parse(copy, length, LG_CIM_XML_TEXT_MAX, &parsed, &error);
    free(copy);
    assert_int_equal(is_read, error.reason == LG_CIM_XML_OK);
    assert_int_equal(is_read, parsed.class_name[0] != '\0');
    assert_true(error.offset <= length);
    if (offset != NULL) {
        *offset = error.offset;
    }
    return error.reason;
}

static void assert_refused(enum lg_cim_xml_reason reason, const char *text, const char *where)
{
    size_t offset;
    assert_string_equal(lg_cim_xml_reason(parse_bytes(text, strlen(text), &offset)),
                        lg_cim_xml_reason(reason));
    assert_int_equal(offset, where == NULL ? strlen(text) : (size_t)(strstr(text, where) - text));
    assert_int_equal(parsed.property_count, 0);
}

static void assert_read(const char *text)
{
    assert_int_equal(parse_bytes(text, strlen(text), NULL), LG_CIM_XML_OK);
}

/* Formats into a buffer that the next call uses again. */
__attribute__((format(printf, 1, 2))) static const char *text_of(const char *format, ...)
{
    static char text[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return text;
}

static const struct lg_cim_property *find(const char *name)
{
    const struct lg_cim_property *property = lg_cim_instance_find(&parsed, name);
    assert_non_null(property);
    return property;
}

static const char *value_of(const char *name)
{
    return lg_cim_property_item(&parsed, find(name), 0);
}

static void assert_tpm_on(const char *text)
{
    assert_read(text);
    assert_string_equal(parsed.class_name, "Msvm_SecuritySettingData");
    assert_string_equal(value_of("TpmEnabled"), "TRUE");
}

/* Pure ASCII text as UTF-16 with a byte order mark; the caller frees. */
static unsigned char *to_utf_16(const char *text, bool is_big_endian, size_t *length)
{
    *length = 2 + 2 * strlen(text);
    unsigned char *wide = calloc(*length, 1);
    assert_non_null(wide);
    memcpy(wide, is_big_endian ? "\xFE\xFF" : "\xFF\xFE", 2);
    for (size_t i = 0; text[i] != '\0'; i++) {
        wide[2 + 2 * i + is_big_endian] = (unsigned char)text[i];
    }
    return wide;
}

TEST(everything_wmi_puts_around_an_instance_is_tolerated)
{
    assert_read(whole);
    assert_string_equal(parsed.class_name, "Msvm_SecuritySettingData");
    assert_int_equal(parsed.property_count, 5);
    assert_string_equal(value_of("__GENUS"), "2");
    assert_string_equal(value_of("InstanceID"), "Microsoft:a\\b");
    assert_string_equal(value_of("TpmEnabled"), "false");
    assert_null(value_of("Caption"));
    assert_true(find("__derivation")->is_array);
    assert_string_equal(lg_cim_property_item(&parsed, find("__derivation"), 0), "CIM_SettingData");
    assert_string_equal(lg_cim_property_item(&parsed, find("__derivation"), 1),
                        "CIM_ManagedElement");
    assert_null(lg_cim_property_item(&parsed, find("__derivation"), 2));
}

TEST(other_wrappers_and_a_class_beside_are_tolerated)
{
    assert_tpm_on("<DECLGROUP><VALUE.OBJECT>" TPM_ON "</VALUE.OBJECT></DECLGROUP>");
    assert_tpm_on("<DECLGROUP.WITHNAME><VALUE.NAMEDOBJECT><INSTANCENAME CLASSNAME='x'/>" TPM_ON
                  "</VALUE.NAMEDOBJECT></DECLGROUP.WITHNAME>");
    assert_tpm_on("<VALUE.NAMEDINSTANCE>" TPM_ON "</VALUE.NAMEDINSTANCE>");
    assert_tpm_on("<DECLGROUP><VALUE.OBJECT><CLASS NAME='X'><PROPERTY NAME='TpmEnabled' "
                  "TYPE='boolean'/>text</CLASS></VALUE.OBJECT><VALUE.OBJECT>" TPM_ON
                  "</VALUE.OBJECT></DECLGROUP>");
}

TEST(white_space_comments_and_declarations_around_are_tolerated)
{
    assert_tpm_on(" \r\n\t" TPM_ON "\r\n ");
    assert_tpm_on("\n <?xml version='1.0' encoding='utf-8'?>\n" TPM_ON);
    assert_tpm_on("<!-- a --><?pi b?>" TPM_ON "<!-- c -->");
    assert_tpm_on(INSTANCE_OF(" <!-- a --> " NAMED("TpmEnabled", "boolean", "T<!-- b -->RUE")));
    assert_tpm_on("\xEF\xBB\xBF" TPM_ON);
    assert_tpm_on("\xEF\xBB\xBF \n<?xml version='1.0'?>" TPM_ON);
    assert_tpm_on("<?xml version='1.0' encoding='utf-16'?>" TPM_ON);
    assert_tpm_on("<?xml version='1.0' encoding='windows-1252'?>" TPM_ON);
}

TEST(utf_16_of_both_byte_orders_is_read)
{
    for (int is_big_endian = 0; is_big_endian < 2; is_big_endian++) {
        size_t length;
        unsigned char *wide = to_utf_16(" <?xml version='1.0' encoding='utf-8'?>" TPM_ON "\n",
                                        is_big_endian, &length);
        assert_int_equal(parse_bytes(wide, length, NULL), LG_CIM_XML_OK);
        assert_string_equal(value_of("TpmEnabled"), "TRUE");
        free(wide);
    }
}

TEST(cdata_and_escapes_are_the_same_text)
{
    assert_read(INSTANCE_OF(NAMED("a", "string", "x &lt;&amp;&#62;&#x20AC;")));
    assert_string_equal(value_of("a"), "x <&>\xE2\x82\xAC");
    assert_read(INSTANCE_OF(NAMED("a", "string", "x <![CDATA[<&>]]>\xE2\x82\xAC")));
    assert_string_equal(value_of("a"), "x <&>\xE2\x82\xAC");
}

TEST(null_is_not_empty)
{
    assert_read(INSTANCE_OF("<PROPERTY NAME='null' TYPE='string'> </PROPERTY>"
                            "<PROPERTY NAME='empty' TYPE='string'><VALUE/></PROPERTY>"
                            "<PROPERTY.ARRAY NAME='nulls' TYPE='uint8'/>"
                            "<PROPERTY.ARRAY NAME='none' TYPE='uint8'><VALUE.ARRAY/>"
                            "</PROPERTY.ARRAY>"));
    assert_true(find("null")->is_null);
    assert_null(value_of("null"));
    assert_false(find("empty")->is_null);
    assert_string_equal(value_of("empty"), "");
    assert_true(find("nulls")->is_null);
    assert_false(find("none")->is_null);
    assert_int_equal(find("none")->item_count, 0);
}

TEST(references_and_embedded_objects_are_known_but_not_kept)
{
    assert_read(INSTANCE_OF("<PROPERTY.REFERENCE NAME='r'><QUALIFIER NAME='q'/><VALUE.REFERENCE>"
                            "<INSTANCENAME>text</INSTANCENAME></VALUE.REFERENCE>"
                            "</PROPERTY.REFERENCE><PROPERTY.REFERENCE NAME='none'/>"
                            "<PROPERTY.OBJECT NAME='o'><VALUE.OBJECT>" TPM_ON
                            "</VALUE.OBJECT></PROPERTY.OBJECT>"));
    assert_int_equal(find("r")->type, LG_CIM_REFERENCE);
    assert_true(find("r")->is_opaque);
    assert_false(find("r")->is_null);
    assert_null(value_of("r"));
    assert_true(find("none")->is_null);
    assert_false(find("none")->is_opaque);
    assert_int_equal(find("o")->type, LG_CIM_UNKNOWN);
    assert_true(find("o")->is_opaque);
    assert_int_equal(lg_cim_xml_write(&parsed, NULL, 0), 0);
}

TEST(every_type_is_known_by_its_name)
{
    for (enum lg_cim_type type = LG_CIM_BOOLEAN; type <= LG_CIM_REFERENCE; type++) {
        assert_read(text_of(INSTANCE_OF(NAMED("p", "%s", "")), lg_cim_type_name(type)));
        assert_int_equal(parsed.properties[0].type, type);
    }
    assert_string_equal(lg_cim_type_name(LG_CIM_UINT16), "uint16");
    assert_string_equal(lg_cim_type_name((enum lg_cim_type)99), "");
    assert_read(INSTANCE_OF("<PROPERTY NAME='a' TYPE='Boolean'/><PROPERTY NAME='c' TYPE='i'/>"));
    assert_int_equal(parsed.properties[0].type, LG_CIM_BOOLEAN);
    assert_int_equal(parsed.properties[1].type, LG_CIM_UNKNOWN);
}

TEST(names_are_found_whatever_their_case)
{
    assert_tpm_on(TPM_ON);
    assert_non_null(lg_cim_instance_find(&parsed, "tPMeNABLED"));
    assert_null(lg_cim_instance_find(&parsed, "TpmEnable"));
    assert_null(lg_cim_instance_find(&parsed, "TpmEnabled2"));
    assert_true(lg_cim_name_is_equal(parsed.class_name, "MSVM_SECURITYSETTINGDATA"));
    assert_false(lg_cim_name_is_equal("[", "{"));
    assert_false(lg_cim_name_is_equal("\xC3\x84", "\xC3\xA4"));
}

static void assert_boolean(const char *type, const char *value, enum lg_cim_boolean expected,
                           bool is_typed_expected)
{
    bool is_typed;
    assert_read(text_of(INSTANCE_OF("<PROPERTY NAME='p' TYPE='%s'>%s</PROPERTY>"), type, value));
    assert_int_equal(lg_cim_property_boolean(&parsed, parsed.properties, &is_typed), expected);
    assert_int_equal(is_typed, is_typed_expected);
    assert_int_equal(lg_cim_property_boolean(&parsed, parsed.properties, NULL), expected);
}

TEST(only_true_and_false_are_booleans)
{
    assert_boolean("boolean", "<VALUE>TRUE</VALUE>", LG_CIM_TRUE, true);
    assert_boolean("boolean", "<VALUE>tRuE</VALUE>", LG_CIM_TRUE, true);
    assert_boolean("boolean", "<VALUE>False</VALUE>", LG_CIM_FALSE, true);
    assert_boolean("boolean", "", LG_CIM_NULL, true);
    assert_boolean("boolean", "<VALUE></VALUE>", LG_CIM_NOT_BOOLEAN, true);
    assert_boolean("boolean", "<VALUE>1</VALUE>", LG_CIM_NOT_BOOLEAN, true);
    assert_boolean("boolean", "<VALUE> TRUE</VALUE>", LG_CIM_NOT_BOOLEAN, true);
    assert_boolean("string", "<VALUE>TRUE</VALUE>", LG_CIM_TRUE, false);
    bool is_typed = true;
    assert_read(INSTANCE_OF("<PROPERTY.ARRAY NAME='p' TYPE='boolean'><VALUE.ARRAY>"
                            "<VALUE>TRUE</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>"));
    assert_int_equal(lg_cim_property_boolean(&parsed, parsed.properties, &is_typed),
                     LG_CIM_NOT_BOOLEAN);
    assert_false(is_typed);
}

TEST(a_doctype_that_only_names_a_dtd_is_tolerated)
{
    assert_tpm_on("<!DOCTYPE CIM SYSTEM 'file:///dev/zero'>" TPM_ON);
    assert_tpm_on("<!DOCTYPE CIM>" TPM_ON);
    assert_tpm_on("<!DOCTYPE CIM PUBLIC 'p' 'http://127.0.0.1:1/x.dtd'><CIM>" TPM_ON "</CIM>");
    assert_read("<!DOCTYPE CIM SYSTEM 'x'>" INSTANCE_OF(NAMED("a", "string", "&lt;b")));
    assert_string_equal(value_of("a"), "<b");
}

TEST(text_that_is_empty_or_not_xml_is_refused)
{
    struct lg_cim_xml_error error;
    assert_false(lg_cim_xml_parse(NULL, 0, LG_CIM_XML_TEXT_MAX, &parsed, &error));
    assert_int_equal(error.reason, LG_CIM_XML_EMPTY);
    refuse(EMPTY, "", NULL);
    refuse(EMPTY, " \r\n\t", NULL);
    refuse(EMPTY, "\xEF\xBB\xBF", NULL);
    refuse(EMPTY, "\xFE\xFF", NULL);
    refuse(NOT_XML, " instance of Msvm_SecuritySettingData {\n};", "inst");
    refuse(NOT_XML, "{\"a\": 1}", "{");
    refuse(NOT_XML, "\xFF\xFEi", "i");
    refuse(NOT_XML, "&lt;INSTANCE/>", "&");
}

TEST(characters_that_xml_does_not_allow_are_refused)
{
    for (size_t i = 0; i < 12; i++) {
        const char *value = not_xml[i / 4][i % 4];
        refuse(MALFORMED, text_of(INSTANCE_OF(NAMED("p", "string", "%s")), value), value);
    }
    refuse(MALFORMED, INSTANCE_OF(NAMED("p", "string", "&#x1F;")), "&#x1F;");
    refuse(MALFORMED, INSTANCE_OF(NAMED("p", "string", "&#xFFFE;")), "&#xFFFE;");
    refuse(MALFORMED, INSTANCE_OF(NAMED("p", "string", "&#xD800;")), "&#xD800;");
    static const char with_nul[] = "<INSTANCE CLASSNAME='c'>\0</INSTANCE>";
    assert_int_equal(parse_bytes(with_nul, sizeof with_nul - 1, NULL), LG_CIM_XML_MALFORMED);
}

TEST(what_is_not_cim_xml_is_refused_where_it_breaks)
{
    refuse(MALFORMED, "<INSTANCE CLASSNAME='c'></CIM>", "CIM>");
    refuse(MALFORMED, "<INSTANCE CLASSNAME=c></INSTANCE>", "c>");
    refuse(MALFORMED, TPM_ON "tail", "tail");
    refuse(MALFORMED, TPM_ON "<CIM/>", "<CIM");
    refuse(MALFORMED, INSTANCE_OF(NAMED("a", "string", "&bomb;")), "&bomb;");
    refuse(MALFORMED, "<a b='1' b='2'/>", "b='2");
    refuse(MALFORMED, "\xEF\xBB\xBF <INSTANCE/>", "<INST");
    refuse(MALFORMED, "<INSTANCE CLASSNAME=''/>", "<INST");
    refuse(MALFORMED, INSTANCE_OF("<PROPERTY TYPE='string'/>"), "<PROP");
    refuse(MALFORMED, INSTANCE_OF("<PROPERTY NAME=''/>"), "<PROP");
    refuse(MALFORMED, INSTANCE_OF(NAMED("a", "string", "T<b/>")), "<b/>");
    refuse(MALFORMED, INSTANCE_OF("<PROPERTY NAME='a'>TRUE</PROPERTY>"), "TRUE");
    refuse(MALFORMED, INSTANCE_OF("stray"), "stray");
    refuse(MALFORMED, "<CIM>stray</CIM>", "stray");
    refuse(MALFORMED, INSTANCE_OF("<PROPERTY NAME='a'><VALUE/><VALUE>2</VALUE></PROPERTY>"),
           "<VALUE>2");
    refuse(MALFORMED, INSTANCE_OF("<PROPERTY NAME='a'><VALUE.ARRAY/></PROPERTY>"), "<VALUE.A");
    refuse(MALFORMED, INSTANCE_OF("<PROPERTY.ARRAY NAME='a'><VALUE/></PROPERTY.ARRAY>"), "<VALUE");
    refuse(MALFORMED, HEAD "><PROPERTY.ARRAY NAME='a'><VALUE.ARRAY><VALUE.NULL/>", "<VALUE.NULL");
}

TEST(anything_but_one_instance_is_refused)
{
    refuse(NO_INSTANCE, "<CIM><DECLARATION/></CIM>", NULL);
    refuse(NO_INSTANCE, "<CLASS NAME='a'/>", NULL);
    refuse(NO_INSTANCE, "<instance CLASSNAME='a'/>", NULL);
    refuse(NO_INSTANCE, "<p:C xmlns:p='u'><p:TpmEnabled>true</p:TpmEnabled></p:C>", NULL);
    refuse(MANY_INSTANCES, "<CIM>" TPM_ON "<INSTANCE CLASSNAME='b'/></CIM>",
           "<INSTANCE CLASSNAME='b");
    refuse(MANY_INSTANCES, INSTANCE_OF("<INSTANCE CLASSNAME='b'/>"), "<INSTANCE CLASSNAME='b");
}

TEST(a_property_that_comes_twice_is_refused)
{
    static const char text[] = INSTANCE_OF("<PROPERTY NAME='aB'/> <PROPERTY.ARRAY NAME='Ab'/>");
    refuse(DUPLICATE_PROPERTY, text, "<PROPERTY.ARRAY");
}

TEST(a_dtd_cannot_smuggle_text_in)
{
    refuse(DOCTYPE, "<!DOCTYPE CIM [<!ENTITY a 'TRUE'>]>" INSTANCE_OF("&a;"), "[");
    refuse(DOCTYPE, "<!DOCTYPE CIM SYSTEM 'x' []>" TPM_ON, "[");
    refuse(MALFORMED, "<!DOCTYPE CIM SYSTEM 'x'>" INSTANCE_OF(NAMED("a", "string", "&b;")), "&b;");
    refuse(MALFORMED, "<!DOCTYPE CIM SYSTEM 'x'>" INSTANCE_OF("<PROPERTY NAME='a&b;'/>"), "<PROP");
}

TEST(a_text_or_a_class_name_over_its_length_is_refused)
{
    struct lg_cim_xml_error error;
    const size_t length = strlen(TPM_ON);
    assert_true(lg_cim_xml_parse(TPM_ON, length, length, &parsed, &error));
    assert_false(lg_cim_xml_parse(TPM_ON, length, length - 1, &parsed, &error));
    assert_int_equal(error.reason, LG_CIM_XML_TOO_LARGE);
    assert_int_equal(error.offset, length - 1);
    assert_read(text_of("<INSTANCE CLASSNAME='%0*d'/>", LG_CIM_CLASS_NAME_MAX, 0));
    assert_int_equal(strlen(parsed.class_name), LG_CIM_CLASS_NAME_MAX);
    refuse(TOO_LARGE, text_of("<INSTANCE CLASSNAME='%0*d'/>", LG_CIM_CLASS_NAME_MAX + 1, 0),
           "<INST");
}

TEST(every_reason_has_a_text_of_one_line)
{
    for (enum lg_cim_xml_reason reason = LG_CIM_XML_OK; reason <= LG_CIM_XML_NO_MEMORY; reason++) {
        const char *text = lg_cim_xml_reason(reason);
        assert_true(strlen(text) > 0);
        assert_null(strchr(text, '\n'));
        assert_string_not_equal(text, "unknown reason");
    }
    assert_string_equal(lg_cim_xml_reason((enum lg_cim_xml_reason)99), "unknown reason");
}

TEST(an_instance_is_written_as_cim_dtd_2_0)
{
    assert_true(lg_cim_instance_start(&built, "C"));
    assert_true(lg_cim_instance_add(&built, "a", LG_CIM_STRING, "<&\">\r"));
    assert_true(lg_cim_instance_add(&built, "b", LG_CIM_UINT8, NULL));
    static const char expected[] =
        "<INSTANCE CLASSNAME=\"C\"><PROPERTY NAME=\"a\" TYPE=\"string\"><VALUE>&lt;&amp;&quot;&gt;"
        "&#13;</VALUE></PROPERTY><PROPERTY NAME=\"b\" TYPE=\"uint8\"></PROPERTY></INSTANCE>";
    for (size_t capacity = 0; capacity <= sizeof expected; capacity++) {
        memset(written, '#', sizeof expected + 1);
        assert_int_equal(lg_cim_xml_write(&built, written, capacity), sizeof expected - 1);
        assert_int_equal(written[capacity], '#');
        assert_true(capacity == 0 || strlen(written) == capacity - 1);
        assert_memory_equal(written, expected, capacity == 0 ? 0 : capacity - 1);
    }
}

TEST(what_is_written_is_read_back)
{
    assert_true(lg_cim_instance_start(&built, "Msvm_SecuritySettingData"));
    assert_true(lg_cim_instance_add(&built, "InstanceID", LG_CIM_STRING, "Microsoft:A\\B"));
    assert_true(lg_cim_instance_add(&built, "Caption", LG_CIM_STRING, NULL));
    static const char value[] = " \t\r\n<>&\"']]>\xF0\x9F\x98\x80\xEF\xBF\xBD ";
    assert_true(lg_cim_instance_add(&built, "odd \" <&>\t\n", LG_CIM_DATETIME, value));
    const size_t length = lg_cim_xml_write(&built, written, sizeof written);
    assert_int_equal(parse_bytes(written, length, NULL), LG_CIM_XML_OK);
    assert_int_equal(parsed.property_count, 3);
    assert_string_equal(value_of("InstanceID"), "Microsoft:A\\B");
    assert_null(value_of("Caption"));
    assert_string_equal(value_of("odd \" <&>\t\n"), value);
    assert_int_equal(find("odd \" <&>\t\n")->type, LG_CIM_DATETIME);
}

TEST(what_is_read_is_written_back)
{
    static char again[sizeof whole];
    assert_read(whole);
    const size_t length = lg_cim_xml_write(&parsed, written, sizeof written);
    assert_int_equal(parse_bytes(written, length, NULL), LG_CIM_XML_OK);
    assert_int_equal(parsed.property_count, 5);
    assert_int_equal(lg_cim_xml_write(&parsed, again, sizeof again), length);
    assert_string_equal(again, written);
    assert_non_null(strstr(written, "<VALUE.ARRAY><VALUE>CIM_SettingData</VALUE><VALUE>CIM_Man"));
}

TEST(an_instance_that_was_not_kept_whole_is_not_written)
{
    refuse(TRUNCATED, "<INSTANCE \xE2\x82", NULL);
    assert_int_equal(lg_cim_xml_write(&parsed, written, sizeof written), 0);
    assert_string_equal(written, "");
    assert_read(INSTANCE_OF("<PROPERTY NAME='a' TYPE='int'/>"));
    assert_int_equal(lg_cim_xml_write(&parsed, written, sizeof written), 0);
}

TEST(building_refuses_what_could_not_be_read_back)
{
    static char large[LG_CIM_POOL_MAX + 1];
    memset(large, 'x', sizeof large - 1);
    assert_false(lg_cim_instance_start(&built, ""));
    assert_false(lg_cim_instance_add(&built, "a", LG_CIM_STRING, NULL));
    assert_false(lg_cim_instance_start(&built, large));
    assert_false(lg_cim_instance_start(&built, "\x01"));
    assert_true(lg_cim_instance_start(&built, "c"));
    assert_true(lg_cim_instance_add(&built, "TpmEnabled", LG_CIM_BOOLEAN, "TRUE"));
    assert_false(lg_cim_instance_add(&built, "tpmenabled", LG_CIM_BOOLEAN, "TRUE"));
    assert_false(lg_cim_instance_add(&built, "", LG_CIM_BOOLEAN, "TRUE"));
    assert_false(lg_cim_instance_add(&built, "a", LG_CIM_UNKNOWN, "TRUE"));
    assert_false(lg_cim_instance_add(&built, "a", LG_CIM_REFERENCE, NULL));
    assert_false(lg_cim_instance_add(&built, "a", LG_CIM_STRING, large));
    assert_false(lg_cim_instance_add(&built, large, LG_CIM_STRING, NULL));
    assert_false(lg_cim_instance_add(&built, "\xFF", LG_CIM_STRING, NULL));
    for (size_t i = 0; i < 12; i++) {
        assert_false(lg_cim_instance_add(&built, "a", LG_CIM_STRING, not_xml[i / 4][i % 4]));
    }
    assert_int_equal(built.property_count, 1);
    assert_int_equal(built.pool_length, sizeof "TpmEnabled" + sizeof "TRUE");
    for (int i = 1; i <= LG_CIM_PROPERTIES_MAX; i++) {
        assert_int_equal(lg_cim_instance_add(&built, text_of("p%d", i), LG_CIM_UINT8, "1"),
                         i < LG_CIM_PROPERTIES_MAX);
    }
}

/* Parses `count` copies of a piece, a %u in it being the number of the copy. */
static enum lg_cim_xml_reason parse_repeated(const char *head, const char *piece, unsigned count,
                                             const char *tail)
{
    const size_t size = strlen(head) + count * (strlen(piece) + 10) + strlen(tail) + 1;
    char *text = malloc(size);
    assert_non_null(text);
    const char *number = strstr(piece, "%u");
    const int plain = (int)(number == NULL ? strlen(piece) : (size_t)(number - piece));
    char *at = text + sprintf(text, "%s", head);
    for (unsigned i = 0; i < count; i++) {
        at += sprintf(at, "%.*s", plain, piece);
        at += number == NULL ? 0 : sprintf(at, "%u%s", i, number + 2);
    }
    (void)sprintf(at, "%s", tail);
    struct lg_cim_xml_error error;
    (void)lg_cim_xml_parse(text, strlen(text), SIZE_MAX, &parsed, &error);
    free(text);
    return error.reason;
}

#define VALUE_HEAD HEAD "><PROPERTY NAME='p' TYPE='string'><VALUE>"
#define VALUE_TAIL "</VALUE></PROPERTY></INSTANCE>"
#define NULL_PROPERTY "<PROPERTY NAME='p%u' TYPE='string'/>"

TEST(every_bound_holds_against_hostile_texts)
{
    static const struct {
        const char *head, *piece;
        unsigned count;
        const char *tail;
        enum lg_cim_xml_reason reason;
    } rows[] = {
        {"", "<CIM>", 15, HEAD ">", LG_CIM_XML_TRUNCATED},
        {"", "<CIM>", 16, HEAD ">", LG_CIM_XML_TOO_DEEP},
        {"", "<a>", 100000, "", LG_CIM_XML_TOO_DEEP},
        {HEAD ">", NULL_PROPERTY, 64, "</INSTANCE>", LG_CIM_XML_OK},
        {HEAD ">", NULL_PROPERTY, 65, "</INSTANCE>", LG_CIM_XML_MANY_PROPERTIES},
        {HEAD ">", NULL_PROPERTY, 10000, "</INSTANCE>", LG_CIM_XML_MANY_PROPERTIES},
        {HEAD, " a%u=''", 31, "/>", LG_CIM_XML_OK},
        {HEAD, " a%u=''", 32, "/>", LG_CIM_XML_TOO_LARGE},
        {HEAD, " a%u=''", 10000, "/>", LG_CIM_XML_TOO_LARGE},
        {VALUE_HEAD, "x", LG_CIM_POOL_MAX - 3, VALUE_TAIL, LG_CIM_XML_OK},
        {VALUE_HEAD, "x", LG_CIM_POOL_MAX - 2, VALUE_TAIL, LG_CIM_XML_TOO_LARGE},
        {HEAD "><PROPERTY NAME='", "x", LG_CIM_POOL_MAX, "'/></INSTANCE>", LG_CIM_XML_TOO_LARGE},
        {"<CIM>", " ", 1000 * 1000, TPM_ON "</CIM>", LG_CIM_XML_OK},
        {"<CIM>", " ", 10 * 1024 * 1024, TPM_ON "</CIM>", LG_CIM_XML_TOO_LARGE},
        {"<!DOCTYPE CIM [<!ENTITY e 'ha'>", "<!ENTITY f%u '&e;&e;&e;&e;&e;&e;&e;'>", 1000,
         "]>" INSTANCE_OF("&f999;"), LG_CIM_XML_DOCTYPE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(parse_repeated(rows[i].head, rows[i].piece, rows[i].count, rows[i].tail),
                         rows[i].reason);
    }
}

TEST(every_truncation_is_refused)
{
    assert_read(whole);
    for (size_t length = 1; length < strlen(whole); length++) {
        size_t offset;
        assert_int_equal(parse_bytes(whole, length, &offset), LG_CIM_XML_TRUNCATED);
        assert_int_equal(offset, length);
    }
    size_t length;
    unsigned char *wide = to_utf_16(whole, false, &length);
    for (size_t shorter = 4; shorter < length; shorter++) {
        assert_int_equal(parse_bytes(wide, shorter, NULL), LG_CIM_XML_TRUNCATED);
    }
    free(wide);
}

TEST(no_single_byte_corruption_does_harm)
{
    char text[sizeof whole];
    memcpy(text, whole, sizeof whole);
    for (size_t i = 0; i < strlen(whole); i++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            text[i] = (char)byte;
            if (lg_cim_xml_parse(text, strlen(whole), LG_CIM_XML_TEXT_MAX, &parsed, NULL)) {
                assert_true(lg_cim_xml_write(&parsed, written, sizeof written) < sizeof written);
            }
        }
        text[i] = whole[i];
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_wmi_puts_around_an_instance_is_tolerated),
        cmocka_unit_test(other_wrappers_and_a_class_beside_are_tolerated),
        cmocka_unit_test(white_space_comments_and_declarations_around_are_tolerated),
        cmocka_unit_test(utf_16_of_both_byte_orders_is_read),
        cmocka_unit_test(cdata_and_escapes_are_the_same_text),
        cmocka_unit_test(null_is_not_empty),
        cmocka_unit_test(references_and_embedded_objects_are_known_but_not_kept),
        cmocka_unit_test(every_type_is_known_by_its_name),
        cmocka_unit_test(names_are_found_whatever_their_case),
        cmocka_unit_test(only_true_and_false_are_booleans),
        cmocka_unit_test(a_doctype_that_only_names_a_dtd_is_tolerated),
        cmocka_unit_test(text_that_is_empty_or_not_xml_is_refused),
        cmocka_unit_test(characters_that_xml_does_not_allow_are_refused),
        cmocka_unit_test(what_is_not_cim_xml_is_refused_where_it_breaks),
        cmocka_unit_test(anything_but_one_instance_is_refused),
        cmocka_unit_test(a_property_that_comes_twice_is_refused),
        cmocka_unit_test(a_dtd_cannot_smuggle_text_in),
        cmocka_unit_test(a_text_or_a_class_name_over_its_length_is_refused),
        cmocka_unit_test(every_reason_has_a_text_of_one_line),
        cmocka_unit_test(an_instance_is_written_as_cim_dtd_2_0),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(what_is_read_is_written_back),
        cmocka_unit_test(an_instance_that_was_not_kept_whole_is_not_written),
        cmocka_unit_test(building_refuses_what_could_not_be_read_back),
        cmocka_unit_test(every_bound_holds_against_hostile_texts),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(no_single_byte_corruption_does_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
