/* Any bytes as a request: what is read of them stays within its bounds, twice the same, and its
 * reply or fault is well-formed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "sim/wsman/soap.h"

enum { SERVER_BYTES = 512000, NODES_MAX = 64 * 1024, ROOM = 512 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_well_formed(struct lg_text *text)
{
    enum lg_xml_problem problem;
    size_t offset;
    check(!text->failed && text->length == strlen(text->bytes));
    lg_xml_free(lg_xml_parse(text->bytes, text->length, NODES_MAX, &problem, &offset));
    check(problem == LG_XML_FINE || problem == LG_XML_TOO_LARGE);
    check(lg_text_to_utf16(text));
}

/* Every node, without recursion: texts end where they say, children know their parents. */
static void check_tree(const struct lg_xml_node *root)
{
    const struct lg_xml_node *node = root;
    while (node) {
        check(strlen(node->text) == node->text_length);
        check(strlen(node->token) <= node->text_length);
        check(!node->first || node->first->parent == node);
        const struct lg_xml_node *next = node->first;
        while (!next && node != root) {
            next = node->next;
            node = next ? node : node->parent;
        }
        node = next;
    }
}

static void check_resource(const struct lg_resource *resource)
{
    check(resource->selector_count <= LG_SELECTORS_MAX);
    check(strlen(resource->space) < sizeof resource->space);
    check(strlen(resource->class_name) < sizeof resource->class_name);
    for (unsigned i = 0; i < resource->selector_count; i++) {
        const struct lg_selector *selector = &resource->selectors[i];
        struct lg_resource inner;
        char room[ROOM];
        check(lg_resource_selector(resource, selector->name) != NULL);
        if (lg_path_read(selector->value, &inner, room, sizeof room))
            check(inner.selector_count <= LG_SELECTORS_MAX);
        if (selector->reference)
            (void)lg_reference_read(selector->reference, &inner);
    }
}

static void answer(const struct lg_soap_request *request, const struct lg_wsman_problem *problem)
{
    struct lg_text text = {0};
    if (problem->fault != LG_WSMAN_FAULT_NONE) {
        lg_wsman_fault_write(&text, problem, "HOST", request->message_id, "1");
    } else {
        check_resource(&request->resource);
        lg_soap_begin(&text, LG_REPLY_ENUMERATION, request->action, request, "1");
        lg_soap_end(&text);
    }
    check_well_formed(&text);
    lg_text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct lg_soap_request first, second;
    bool undecodable, again;
    const struct lg_wsman_problem problem =
        lg_soap_read((const char *)bytes, length, SERVER_BYTES, &first, &undecodable);
    const struct lg_wsman_problem same =
        lg_soap_read((const char *)bytes, length, SERVER_BYTES, &second, &again);
    check(problem.fault == same.fault && undecodable == again);
    lg_saw(&problem.fault, sizeof problem.fault);
    check(first.max_envelope_bytes <= SERVER_BYTES);
    if (first.xml)
        check_tree(lg_xml_root(first.xml));
    answer(&first, &problem);
    lg_soap_free(&first);
    lg_soap_free(&second);
    return 0;
}
