/* lastgood list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "clause_names.h"
#include "commands.h"
#include "model/registers.h"
#include "model/suggest.h"
#include "sentences.h"
#include "vector.h"
#include "vector_files.h"

static const char help[] =
    "usage: lastgood list KIND [--json]\n"
    "\n"
    "KIND: vectors, clauses, sentences, pages, returns, properties, sites, profiles, "
    "meanings, causes, materials, targets,\n"
    "contradictions, interpretations or deviations. Each line is an id, a "
    "tab, and what it is. lastgood\n"
    "explain takes every id.\n"
    "\n"
    "example:\n"
    "  lastgood list sites\n";

/* Where rows go: lines, or a JSON list. */
struct sink {
    json_t *list; /* NULL: lines */
};

static void put(struct sink *sink, const char *id, const char *text)
{
    if (sink->list)
        json_array_append_new(sink->list, json_pack("{s:s, s:s}", "id", id, "text", text));
    else
        printf("%s\t%s\n", id, text);
}

static int list_vectors(struct sink *sink)
{
    struct lg_vector *vector = malloc(sizeof *vector);
    struct lg_file_list files;
    struct lg_json_error error;
    struct lg_blobs blobs;
    int code = LG_EXIT_CONFORMS;
    if (!vector || !lg_blobs_init(&blobs) || !lg_vector_files_find(&files, NULL, 0)) {
        free(vector);
        return LG_EXIT_HARNESS;
    }
    for (size_t i = 0; i < files.count; i++) {
        if (lg_vector_load(vector, files.paths[i], &blobs, &error))
            put(sink, vector->id, vector->title);
        else {
            fprintf(stderr, "lastgood: %s\n", error.reason);
            code = LG_EXIT_HARNESS;
        }
        lg_vector_free(vector);
    }
    lg_vector_files_free(&files);
    lg_blobs_free(&blobs);
    free(vector);
    return code;
}

static int list_clauses(struct sink *sink)
{
    for (unsigned i = 1; i < LG_CLAUSE_COUNT; i++)
        put(sink, lg_clauses[i].id, lg_clauses[i].text);
    return LG_EXIT_CONFORMS;
}

static int list_sentences(struct sink *sink)
{
    struct lg_sentence_walk walk = {0};
    char id[LG_SENTENCE_TEXT_BYTES];
    for (const struct lg_sentence *sentence; (sentence = lg_sentence_next(&walk));) {
        lg_sentence_id(sentence, id);
        if (sink->list)
            json_array_append_new(sink->list, lg_sentence_json(sentence));
        else
            put(sink, id, sentence->text);
    }
    return LG_EXIT_CONFORMS;
}

static int list_pages(struct sink *sink)
{
    json_t *pages = lg_sentence_pages();
    json_t *page;
    size_t index;
    json_array_foreach(pages, index, page)
    {
        if (sink->list)
            json_array_append(sink->list, page);
        else
            put(sink, json_string_value(json_object_get(page, "id")),
                json_string_value(json_object_get(page, "text")));
    }
    json_decref(pages);
    return LG_EXIT_CONFORMS;
}

static int list_returns(struct sink *sink)
{
    char id[LG_CITATION_BYTES];
    for (unsigned i = LG_CLAUSE_COUNT; i < LG_CITATION_COUNT; i++) {
        lg_citation_write(i, id);
        put(sink, id, lg_returns[i - LG_CLAUSE_COUNT].label);
    }
    return LG_EXIT_CONFORMS;
}

static int list_properties(struct sink *sink)
{
    static const char *const sources[] = {"computed by the model", "always what its page says",
                                          "free", "the instance's name"};
    char id[LG_CITATION_BYTES];
    for (unsigned i = 0; i < lg_property_count; i++) {
        snprintf(id, sizeof id, "%s.%s", lg_methods[lg_properties[i].read].class_name,
                 lg_properties[i].name);
        put(sink, id, sources[lg_properties[i].source]);
    }
    return LG_EXIT_CONFORMS;
}

static int list_sites(struct sink *sink)
{
    for (unsigned i = 0; i < LG_SITE_COUNT; i++)
        put(sink, lg_sites[i].id, lg_sites[i].question);
    return LG_EXIT_CONFORMS;
}

static int list_profiles(struct sink *sink)
{
    for (unsigned i = 0; i < LG_PROFILE_COUNT; i++)
        put(sink, lg_profiles[i].name, lg_profiles[i].text);
    return LG_EXIT_CONFORMS;
}

static int list_meanings(struct sink *sink)
{
    for (unsigned i = 0; i < LG_MEANING_COUNT; i++)
        put(sink, lg_meanings[i].name, lg_meanings[i].text);
    return LG_EXIT_CONFORMS;
}

static int list_causes(struct sink *sink)
{
    for (unsigned i = 0; i < LG_CAUSE_COUNT; i++)
        put(sink, lg_causes[i].name, lg_clauses[lg_causes[i].clause].text);
    return LG_EXIT_CONFORMS;
}

static int list_contradictions(struct sink *sink)
{
    for (size_t i = 0; i < lg_contradiction_count; i++)
        put(sink, lg_contradictions[i].id, lg_contradictions[i].what);
    return LG_EXIT_CONFORMS;
}

static int list_interpretations(struct sink *sink)
{
    for (size_t i = 0; i < lg_interpretation_count; i++)
        put(sink, lg_interpretations[i].id, lg_interpretations[i].question);
    return LG_EXIT_CONFORMS;
}

static int list_deviations(struct sink *sink)
{
    for (size_t i = 0; i < lg_deviation_count; i++)
        put(sink, lg_deviations[i].id, lg_deviations[i].observed);
    return LG_EXIT_CONFORMS;
}

static int list_materials(struct sink *sink)
{
    char text[64];
    for (unsigned i = 0; i < LG_MATERIAL_COUNT; i++) {
        snprintf(text, sizeof text, "%u bytes%s", lg_materials[i].length,
                 lg_materials[i].usable ? "" : ", unusable");
        put(sink, lg_materials[i].name, text);
    }
    return LG_EXIT_CONFORMS;
}

static int list_targets(struct sink *sink)
{
    put(sink, "model:", "the model itself, under profile documented, in this process");
    put(sink, "model:PROFILE", "the model under another profile");
    put(sink, "stdio:COMMAND",
        "a process behind the line protocol (sim/README.md), run by /bin/sh -c \"exec COMMAND\"");
    put(sink, "http://HOST:PORT", "a Hyper-V host, or a simulator, behind WS-Management");
    return LG_EXIT_CONFORMS;
}

struct kind {
    const char *name;
    int (*list)(struct sink *sink);
};
static const struct kind kinds[] = {{"vectors", list_vectors},
                                    {"clauses", list_clauses},
                                    {"sentences", list_sentences},
                                    {"pages", list_pages},
                                    {"returns", list_returns},
                                    {"properties", list_properties},
                                    {"sites", list_sites},
                                    {"profiles", list_profiles},
                                    {"meanings", list_meanings},
                                    {"causes", list_causes},
                                    {"materials", list_materials},
                                    {"targets", list_targets},
                                    {"contradictions", list_contradictions},
                                    {"interpretations", list_interpretations},
                                    {"deviations", list_deviations}};
enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

static int unknown(const char *word)
{
    const char *names[KIND_COUNT];
    for (unsigned i = 0; i < KIND_COUNT; i++)
        names[i] = kinds[i].name;
    const char *near = lg_suggest(word, names, KIND_COUNT);
    fprintf(stderr, "lastgood: nothing to list: %s%s%s%s; see lastgood list --help\n", word,
            near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    return LG_EXIT_USAGE;
}

static int list_kind(const char *word, bool json)
{
    struct sink sink = {json ? json_array() : NULL};
    int code = -1;
    for (unsigned i = 0; i < KIND_COUNT; i++)
        if (strcmp(kinds[i].name, word) == 0)
            code = kinds[i].list(&sink);
    if (sink.list && code >= 0) {
        json_dumpf(sink.list, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(sink.list);
    return code < 0 ? unknown(word) : code;
}

int lg_command_list(int argc, char **argv)
{
    bool json = false;
    const struct lg_option known[] = {{"--json", .flag = &json}};
    size_t count = 0;
    const char **words = calloc((size_t)argc, sizeof *words);
    int code = lg_arguments_read(argc, argv, known, 1, help, words, &count);
    if (code < 0)
        code =
            count == 1 ? list_kind(words[0], json) : unknown(count ? words[1] : "(nothing named)");
    free(words);
    return code;
}
