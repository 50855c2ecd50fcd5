/* Resources, references and object paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/wsman/addressing.h"

#define TEST(name) static void name(void **state __attribute__((unused)))
#define HEAD "<h xmlns:w='" LG_NS_WSMAN "' xmlns:a='" LG_NS_ADDRESSING "'>"
#define URI(uri) "<w:ResourceURI>" uri "</w:ResourceURI>"
#define SELECTORS(selectors) "<w:SelectorSet>" selectors "</w:SelectorSet>"
#define SELECTOR(name, value) "<w:Selector Name='" name "'>" value "</w:Selector>"
#define SERVICE LG_WMI_PREFIX "root/virtualization/v2/Msvm_SecurityService"

static struct lg_xml *tree; /* of the last resource */

static int free_tree(void **state)
{
    (void)state;
    lg_xml_free(tree);
    tree = NULL;
    return 0;
}

static const struct lg_xml_node *parse(const char *text, size_t length)
{
    enum lg_xml_problem problem;
    size_t offset;
    lg_xml_free(tree);
    tree = lg_xml_parse(text, length, 64 * 1024, &problem, &offset);
    assert_non_null(tree);
    return lg_xml_root(tree);
}

static struct lg_resource read_text(const char *text)
{
    struct lg_resource resource;
    lg_resource_read(parse(text, strlen(text)), &resource);
    return resource;
}

static void assert_resource(const char *text, enum lg_uri_family family, const char *space,
                            const char *class_name)
{
    const struct lg_resource resource = read_text(text);
    assert_int_equal(resource.family, family);
    assert_string_equal(resource.space, space);
    assert_string_equal(resource.class_name, class_name);
}

TEST(uris_of_both_families_are_read)
{
    assert_resource(HEAD URI(SERVICE) "</h>", LG_URI_WMI, "root/virtualization/v2",
                    "Msvm_SecurityService");
    assert_resource(HEAD URI("\n " LG_WMI_PREFIX "root/virtualization/v2/* ") "</h>", LG_URI_WMI,
                    "root/virtualization/v2", "*");
    assert_resource(HEAD URI("HTTP://SCHEMAS.microsoft.com/wbem/wsman/1/WMI/ROOT/Virtualization/V2/"
                             "MSVM_x") "</h>",
                    LG_URI_WMI, "root/virtualization/v2", "MSVM_x");
    assert_resource(HEAD URI(LG_DMTF_PREFIX "Msvm_SecurityService") "</h>", LG_URI_DMTF,
                    "root/hardware", "Msvm_SecurityService");
    assert_int_equal(read_text(HEAD "</h>").family, LG_URI_NONE);
    assert_string_equal(read_text(HEAD "</h>").uri, "");
    assert_int_equal(read_text(HEAD URI("") "</h>").family, LG_URI_NONE);
}

TEST(uris_that_name_no_class_are_others)
{
    static const char *const texts[] = {
        HEAD URI("http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd") "</h>",
        HEAD URI(LG_WMI_PREFIX) "</h>",
        HEAD URI(LG_WMI_PREFIX "Msvm_SecurityService") "</h>",
        HEAD URI(LG_WMI_PREFIX "root/virtualization/v2/") "</h>",
        HEAD URI(LG_DMTF_PREFIX) "</h>",
        HEAD URI(LG_DMTF_PREFIX "a/b") "</h>",
        HEAD URI("x") "</h>"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(read_text(texts[i]).family, LG_URI_OTHER);
    }
}

TEST(a_name_that_is_too_long_is_no_class)
{
    static const char *const fronts[] = {LG_WMI_PREFIX "root/", LG_DMTF_PREFIX, LG_WMI_PREFIX};
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++) {
        struct lg_text text = {0};
        lg_text_add(&text, HEAD "<w:ResourceURI>");
        lg_text_add(&text, fronts[i]);
        for (unsigned j = 0; j < LG_PATH_BYTES; j++) {
            lg_text_add(&text, "x");
        }
        lg_text_add(&text, i == 2 ? "/c" : "");
        lg_text_add(&text, "</w:ResourceURI></h>");
        assert_int_equal(read_text(text.bytes).family, LG_URI_OTHER);
        lg_text_free(&text);
    }
}

TEST(the_namespace_may_be_a_selector)
{
    struct lg_resource resource = read_text(HEAD URI(LG_DMTF_PREFIX "Msvm_x") SELECTORS(
        SELECTOR("__CimNamespace", "Root\\Virtualization\\v2") SELECTOR("Name", "n")) "</h>");
    assert_string_equal(resource.space, "root/virtualization/v2");
    assert_int_equal(resource.selector_count, 1);
    assert_false(resource.namespace_conflict);
    resource = read_text(
        HEAD URI(SERVICE) SELECTORS(SELECTOR("__cimnamespace", " ROOT/virtualization/v2 ")) "</h>");
    assert_false(resource.namespace_conflict);
    resource =
        read_text(HEAD URI(SERVICE) SELECTORS(SELECTOR("__cimnamespace", "root/cimv2")) "</h>");
    assert_true(resource.namespace_conflict);
    assert_string_equal(resource.space, "root/virtualization/v2");
}

TEST(selectors_are_found_whatever_their_case)
{
    const struct lg_resource resource = read_text(HEAD URI(SERVICE) SELECTORS(
        SELECTOR("Name", "vmms") SELECTOR("Empty", "") "<w:Selector>unnamed</w:Selector>") "</h>");
    assert_int_equal(resource.selector_count, 3);
    assert_string_equal(lg_resource_selector(&resource, "nAME")->value, "vmms");
    assert_string_equal(lg_resource_selector(&resource, "EMPTY")->value, "");
    assert_string_equal(lg_resource_selector(&resource, "")->value, "unnamed");
    assert_null(lg_resource_selector(&resource, "Nam"));
    assert_null(lg_resource_selector(&resource, "Names"));
    assert_false(resource.selectors_duplicate);
    assert_false(resource.selectors_overflow);
}

TEST(selectors_that_come_twice_are_told)
{
    assert_true(
        read_text(HEAD URI(SERVICE) SELECTORS(SELECTOR("Name", "a") SELECTOR("NAME", "b")) "</h>")
            .selectors_duplicate);
    assert_true(read_text(HEAD URI(SERVICE) SELECTORS(
                              SELECTOR("__cimnamespace", "root/virtualization/v2")
                                  SELECTOR("__cimnamespace", "root/virtualization/v2")) "</h>")
                    .selectors_duplicate);
}

TEST(ten_thousand_selectors_are_too_many)
{
    struct lg_text text = {0};
    lg_text_add(&text, HEAD URI(SERVICE) "<w:SelectorSet>");
    for (unsigned i = 0; i < 10000; i++) {
        lg_text_addf(&text, "<w:Selector Name='k%u'>v</w:Selector>", i);
    }
    lg_text_add(&text, "</w:SelectorSet></h>");
    const struct lg_resource resource = read_text(text.bytes);
    assert_int_equal(resource.selector_count, LG_SELECTORS_MAX);
    assert_true(resource.selectors_overflow);
    lg_text_free(&text);
}

TEST(a_selector_can_be_a_reference)
{
    const struct lg_resource resource = read_text(HEAD URI(SERVICE) SELECTORS(SELECTOR(
        "Antecedent", "<a:EndpointReference><a:Address>" LG_ANONYMOUS "</a:Address>"
                      "<a:ReferenceParameters>" URI(LG_WMI_PREFIX "root/virtualization/v2/Msvm_y")
                          SELECTORS(SELECTOR("Name", "y")) "</a:ReferenceParameters>"
                                                           "</a:EndpointReference>")) "</h>");
    const struct lg_selector *selector = lg_resource_selector(&resource, "Antecedent");
    assert_string_equal(selector->value, "");
    struct lg_resource inner;
    assert_true(lg_reference_read(selector->reference, &inner));
    assert_string_equal(inner.class_name, "Msvm_y");
    assert_string_equal(lg_resource_selector(&inner, "Name")->value, "y");
}

TEST(what_is_written_is_read_back)
{
    static const struct lg_key keys[] = {{"InstanceID", "a<b>&\"c\""}, {"Other", ""}};
    static const enum lg_uri_family families[] = {LG_URI_WMI, LG_URI_DMTF};
    for (size_t i = 0; i < 2; i++) {
        struct lg_text text = {0};
        lg_text_add(&text, HEAD);
        lg_reference_write(&text, families[i], "root/virtualization/v2", "Msvm_ConcreteJob", keys,
                           2);
        lg_text_add(&text, "</h>");
        struct lg_resource resource;
        assert_true(lg_reference_read(parse(text.bytes, text.length), &resource));
        assert_int_equal(resource.family, families[i]);
        assert_string_equal(resource.space, "root/virtualization/v2");
        assert_string_equal(resource.class_name, "Msvm_ConcreteJob");
        assert_int_equal(resource.selector_count, 2);
        assert_string_equal(lg_resource_selector(&resource, "InstanceID")->value, keys[0].value);
        lg_text_free(&text);
    }
}

TEST(a_reference_is_written_as_windows_does)
{
    struct lg_text text = {0};
    const struct lg_key key = {"InstanceID", "j"};
    lg_reference_write(&text, LG_URI_WMI, "root/virtualization/v2", "Msvm_ConcreteJob", &key, 1);
    assert_string_equal(text.bytes,
                        "<a:Address>" LG_ANONYMOUS "</a:Address><a:ReferenceParameters>"
                        "<w:ResourceURI>" LG_WMI_PREFIX "root/virtualization/v2/Msvm_ConcreteJob"
                        "</w:ResourceURI><w:SelectorSet><w:Selector Name=\"InstanceID\">j"
                        "</w:Selector></w:SelectorSet></a:ReferenceParameters>");
    lg_text_free(&text);
}

TEST(what_holds_no_reference_is_none)
{
    struct lg_resource resource;
    const char *texts[] = {HEAD "</h>", HEAD "<a:ReferenceParameters/></h>",
                           HEAD "<a:Address>x</a:Address></h>"};
    for (size_t i = 0; i < 3; i++) {
        assert_false(lg_reference_read(parse(texts[i], strlen(texts[i])), &resource));
    }
    assert_false(lg_reference_read(NULL, &resource));
}

static char room[256];

TEST(object_paths_are_read)
{
    struct lg_resource resource;
    assert_true(lg_path_read("\\\\HOST\\root\\Virtualization\\V2:Msvm_ComputerSystem."
                             "CreationClassName=\"Msvm_ComputerSystem\", Name='a\\\"b\\\\c'",
                             &resource, room, sizeof room));
    assert_int_equal(resource.family, LG_URI_WMI);
    assert_string_equal(resource.space, "root/virtualization/v2");
    assert_string_equal(resource.class_name, "Msvm_ComputerSystem");
    assert_int_equal(resource.selector_count, 2);
    assert_string_equal(lg_resource_selector(&resource, "name")->value, "a\"b\\c");
    assert_true(lg_path_read(" Msvm_x.InstanceID=\"a:b.c=d\" ", &resource, room, sizeof room));
    assert_string_equal(resource.space, "");
    assert_string_equal(lg_resource_selector(&resource, "InstanceID")->value, "a:b.c=d");
    assert_true(lg_path_read("root/cimv2:C=-12", &resource, room, sizeof room));
    assert_string_equal(resource.space, "root/cimv2");
    assert_string_equal(lg_resource_selector(&resource, "")->value, "-12");
    assert_true(lg_path_read("//h/root/v2:C=@", &resource, room, sizeof room));
    assert_string_equal(resource.space, "root/v2");
    assert_int_equal(resource.selector_count, 0);
    assert_true(lg_path_read("C", &resource, room, sizeof room));
}

TEST(paths_that_are_none_are_refused)
{
    static const char *const paths[] = {"",         " ",    ":",          "\\\\h",     "a b",
                                        "C.",       "C.x",  "C.x=",       "C.x=\"",    "C.x=\"\\",
                                        "C.x='a\"", "C.=1", "C.x=1,",     "C.x=1,x=2", "C.x=1 y",
                                        "C=@@",     "C=",   "C.x=1,,y=2", "C.x=%",     "\xFF",
                                        "\\\\h\\",  ".x=1", "C..x=1"};
    struct lg_resource resource;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_false(lg_path_read(paths[i], &resource, room, sizeof room));
    }
    for (size_t size = 0; size < 8; size++) {
        assert_false(lg_path_read("C.name=\"abc\"", &resource, room, size));
    }
    assert_true(lg_path_read("C.name=\"abc\"", &resource, room, 9));
}

TEST(long_paths_are_refused)
{
    static const char *const forms[][3] = {
        {"", "c", ""}, {"", "n/", ":C"}, {"C.", "x", "=1"}, {"C.x='", "v", "'"}};
    struct lg_resource resource;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct lg_text text = {0};
        lg_text_add(&text, forms[i][0]);
        for (unsigned j = 0; j < 10000; j++) {
            lg_text_add(&text, forms[i][1]);
        }
        lg_text_add(&text, forms[i][2]);
        assert_false(lg_path_read(text.bytes, &resource, room, sizeof room));
        lg_text_free(&text);
    }
    struct lg_text text = {0};
    lg_text_add(&text, "C.k=0");
    for (unsigned i = 0; i < LG_SELECTORS_MAX; i++) {
        lg_text_addf(&text, ",k%u=%u", i, i);
    }
    assert_false(lg_path_read(text.bytes, &resource, room, sizeof room));
    lg_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uris_of_both_families_are_read),
        cmocka_unit_test(uris_that_name_no_class_are_others),
        cmocka_unit_test(a_name_that_is_too_long_is_no_class),
        cmocka_unit_test(the_namespace_may_be_a_selector),
        cmocka_unit_test(selectors_are_found_whatever_their_case),
        cmocka_unit_test(selectors_that_come_twice_are_told),
        cmocka_unit_test(ten_thousand_selectors_are_too_many),
        cmocka_unit_test(a_selector_can_be_a_reference),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(a_reference_is_written_as_windows_does),
        cmocka_unit_test(what_holds_no_reference_is_none),
        cmocka_unit_test(object_paths_are_read),
        cmocka_unit_test(paths_that_are_none_are_refused),
        cmocka_unit_test(long_paths_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, free_tree);
}
