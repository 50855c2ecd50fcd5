/* make_dictionary json|xml|wql FILE: words for fuzzers, from the tables, in the form that libFuzzer
 * and AFL++ read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/blob.h"
#include "model/trace_json.h"
#include "sim/wsman/addressing.h"

enum { EXIT_HARNESS = 3, EXIT_USAGE = 64 };

static void write_word(FILE *file, const char *before, const char *word, const char *after)
{
    const char *parts[] = {before, word, after};
    fputc('"', file);
    for (int i = 0; i < 3; i++)
        for (const char *at = parts[i]; *at; at++) {
            if (*at == '"' || *at == '\\')
                fputc('\\', file);
            fputc(*at, file);
        }
    fputs("\"\n", file);
}

/* Classes, methods, properties, settings: what every notation has words for. */
static void write_names(FILE *file, const char *before, const char *after)
{
    for (unsigned i = 0; i < LG_METHOD_COUNT; i++)
        if (i == 0 || strcmp(lg_methods[i].class_name, lg_methods[i - 1].class_name) != 0)
            write_word(file, before, lg_methods[i].class_name, after);
    for (unsigned i = 0; i < LG_METHOD_COUNT; i++)
        write_word(file, before, lg_methods[i].name, after);
    for (unsigned i = 0; i < lg_property_count; i++)
        write_word(file, before, lg_properties[i].name, after);
    for (unsigned i = 0; i < LG_SETTING_COUNT; i++)
        write_word(file, before, lg_setting_names[i], after);
}

static void write_list(FILE *file, const char *const *words, size_t count, const char *before,
                       const char *after)
{
    for (size_t i = 0; i < count; i++)
        write_word(file, before, words[i], after);
}
#define WRITE(file, words, before, after)                                                          \
    write_list(file, words, sizeof(words) / sizeof(words)[0], before, after)

static const char *const members[] = {"format",
                                      "title",
                                      "clauses",
                                      "tier",
                                      "needs",
                                      "steps",
                                      "call",
                                      "event",
                                      "target",
                                      "args",
                                      "allow",
                                      "return",
                                      "result",
                                      "fault",
                                      "bytes",
                                      "properties",
                                      "instances",
                                      "then",
                                      "id",
                                      "outcome",
                                      "times",
                                      "client",
                                      "reset",
                                      "out",
                                      "Job",
                                      "set",
                                      "text",
                                      "identity",
                                      "version",
                                      "role",
                                      "vms",
                                      "generation",
                                      "power",
                                      "settings",
                                      "key_protector",
                                      "last_known_good",
                                      "policy",
                                      "seal",
                                      "ms",
                                      "lose_reply",
                                      "barrier",
                                      "SecuritySettingData",
                                      "KeyProtector",
                                      "SecurityPolicy",
                                      "RequestedState",
                                      "TimeoutPeriod"};

static void write_json(FILE *file)
{
    static const char *const values[] = {"lastgood-vector/1",
                                         "lastgood-recording/1",
                                         "lastgood-host/1",
                                         "$vm0",
                                         "$vm1",
                                         "$job1",
                                         "completed",
                                         "smoke",
                                         "hand",
                                         "material"};
    char word[200];
    WRITE(file, members, "\"", "\":");
    WRITE(file, values, "\"", "\"");
    for (unsigned i = 0; i < LG_METHOD_COUNT; i++) {
        snprintf(word, sizeof word, "%s.%s", lg_methods[i].class_name, lg_methods[i].name);
        write_word(file, "\"", word, "\"");
    }
    for (unsigned i = 0; i < LG_MATERIAL_COUNT; i++)
        write_word(file, "\"", lg_materials[i].name, "\"");
    for (unsigned i = 1; i < LG_CLAUSE_COUNT; i++)
        write_word(file, "\"", lg_clauses[i].id, "\"");
    for (unsigned i = 0; i < LG_MEANING_COUNT; i++)
        write_word(file, "\"", lg_meanings[i].name, "\"");
    for (unsigned i = 0; i < lg_property_count; i++)
        write_word(file, "\"", lg_properties[i].name, "\":");
}

static void write_xml(FILE *file)
{
    static const char *const words[] = {LG_NS_SOAP,
                                        LG_NS_ADDRESSING,
                                        LG_NS_WSMAN,
                                        LG_NS_ENUMERATION,
                                        LG_NS_TRANSFER,
                                        LG_NS_BINDING,
                                        LG_NS_MICROSOFT,
                                        LG_NS_CIM,
                                        LG_NS_IDENTITY,
                                        LG_NS_XSI,
                                        LG_ANONYMOUS,
                                        LG_WMI_PREFIX,
                                        LG_DMTF_PREFIX,
                                        "root/virtualization/v2",
                                        "<s:Envelope xmlns:s='",
                                        "<s:Header>",
                                        "</s:Header>",
                                        "<s:Body>",
                                        "</s:Body>",
                                        "<w:SelectorSet>",
                                        "<w:Selector Name='",
                                        "</w:Selector>",
                                        "<w:OptionSet>",
                                        "<w:ResourceURI>",
                                        "<a:Action>",
                                        "<a:MessageID>",
                                        "<a:ReplyTo>",
                                        "<a:To>",
                                        "<n:Enumerate>",
                                        "<n:Pull>",
                                        "<w:MaxElements>",
                                        "<w:Filter Dialect='",
                                        "<w:OptimizeEnumeration/>",
                                        "<INSTANCE CLASSNAME=\"",
                                        "<PROPERTY NAME=\"",
                                        "\" TYPE=\"boolean\">",
                                        "<VALUE>TRUE</VALUE>",
                                        "</PROPERTY>",
                                        "</INSTANCE>",
                                        "<DECLARATIONS>",
                                        "<DECLGROUP>",
                                        "<VALUE.OBJECT>",
                                        "<CIM CIMVERSION=\"2.0\"",
                                        "<![CDATA[",
                                        "]]>",
                                        "<!--",
                                        "-->",
                                        "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
                                        "<!DOCTYPE",
                                        "&#x0;",
                                        "&amp;",
                                        " xsi:nil='true'",
                                        " s:mustUnderstand='true'",
                                        "Microsoft:",
                                        "POST /wsman HTTP/1.1",
                                        "Content-Length: ",
                                        "Transfer-Encoding: chunked",
                                        "Host: ",
                                        "Authorization: Basic "};
    WRITE(file, words, "", "");
    write_names(file, "", "");
}

static void write_wql(FILE *file)
{
    static const char *const words[] = {"SELECT * FROM ",
                                        " WHERE ",
                                        "ASSOCIATORS OF {",
                                        "REFERENCES OF {",
                                        "}",
                                        " AssocClass=",
                                        " ResultClass=",
                                        " Role=",
                                        " ResultRole=",
                                        " ClassDefsOnly",
                                        " LIKE ",
                                        " IS NULL",
                                        " IS NOT NULL",
                                        " AND ",
                                        " OR ",
                                        "NOT ",
                                        " ISA ",
                                        "__CLASS",
                                        "__SERVER",
                                        "<>",
                                        "!=",
                                        "<=",
                                        ">=",
                                        "'%'",
                                        "[a-z]",
                                        "\\\\.\\root\\virtualization\\v2:",
                                        "CreationClassName=\"",
                                        "Name=\"",
                                        "InstanceID=\"",
                                        "Microsoft:"};
    WRITE(file, words, "", "");
    write_names(file, "", "");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *kind;
        void (*write)(FILE *file);
    } kinds[] = {{"json", write_json}, {"xml", write_xml}, {"wql", write_wql}};
    FILE *file = argc == 3 ? fopen(argv[2], "w") : NULL;
    if (!file) {
        fprintf(stderr, "usage: make_dictionary json|xml|wql FILE\n");
        return EXIT_USAGE;
    }
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].kind, argv[1]) == 0)
            kinds[i].write(file);
    return fclose(file) == 0 ? 0 : EXIT_HARNESS;
}
