/* lastgood explain: what an id that the programs print stands for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "clause_names.h"
#include "commands.h"
#include "edges.h"
#include "model/registers.h"
#include "model/suggest.h"
#include "sentences.h"
#include "vector_files.h"

static const char help[] =
    "usage: lastgood explain ID\n"
    "\n"
    "ID: a vector, a clause, a sentence, a page, a choice site, a site=alternative, a profile, a\n"
    "method, a return code (Method=code), a property (Class.Property), a meaning, a cause or a\n"
    "material: whatever the programs print.\n"
    "\n"
    "examples:\n"
    "  lastgood explain lkg_only_tpm\n"
    "  lastgood explain SetKeyProtector=32775\n"
    "  lastgood explain promotion=on_set\n";

static const char *const tag_words[] = {"conforms", "undocumented", "violates"};

/* ---- sentences ---- */

static void show_sentence(const struct lg_sentence *sentence)
{
    printf("  %s, %s %u (%s): %s\n", sentence->page, sentence->section, sentence->ordinal,
           lg_clause_kind_word(sentence->kind), sentence->text);
}

static void show_sentences_of(const char *id)
{
    struct lg_sentence_walk walk = {0};
    for (const struct lg_sentence *sentence; (sentence = lg_sentence_next(&walk));)
        if (lg_sentence_is_of(sentence, id))
            show_sentence(sentence);
}

static bool explain_sentence(const char *id)
{
    struct lg_sentence_walk walk = {0};
    for (const struct lg_sentence *sentence; (sentence = lg_sentence_next(&walk));) {
        char own[LG_SENTENCE_TEXT_BYTES];
        lg_sentence_id(sentence, own);
        if (strcmp(own, id) != 0)
            continue;
        printf("sentence %s\n", id);
        show_sentence(sentence);
        printf("  %s%s\n", *sentence->targets ? "belongs to " : "nothing to test: ",
               *sentence->targets ? sentence->targets : sentence->reason);
        return true;
    }
    return false;
}

static bool explain_page(const char *id)
{
    struct lg_sentence_walk walk = {0};
    bool found = false;
    for (const struct lg_sentence *sentence; (sentence = lg_sentence_next(&walk));) {
        if (strcmp(sentence->page, id) != 0)
            continue;
        if (!found)
            printf("page %s\n", id);
        found = true;
        printf("  %s %u (%s): %s [%s]\n", sentence->section, sentence->ordinal,
               lg_clause_kind_word(sentence->kind), sentence->text,
               *sentence->targets ? sentence->targets : sentence->reason);
    }
    return found;
}

/* ---- clauses ---- */

static void show_alternatives_citing(unsigned clause)
{
    for (unsigned i = 0; i < LG_ALTERNATIVE_COUNT; i++)
        if (lg_alternatives[i].name && lg_alternatives[i].clause == clause)
            printf("  %s %s=%s: %s\n", tag_words[lg_alternatives[i].tag],
                   lg_sites[lg_alternatives[i].site].id, lg_alternatives[i].name,
                   lg_alternatives[i].what);
}

static bool cites(const struct lg_vector *vector, unsigned clause)
{
    for (unsigned i = 0; i < vector->clause_count; i++)
        if (vector->clauses[i] == clause)
            return true;
    for (unsigned n = 0; n < vector->node_count; n++)
        for (unsigned i = 0; i < vector->nodes[n].clause_count; i++)
            if (vector->nodes[n].clauses[i] == clause)
                return true;
    return false;
}

static void show_vectors_citing(unsigned clause)
{
    struct lg_vector *vector = malloc(sizeof *vector);
    struct lg_file_list files;
    struct lg_json_error error;
    struct lg_blobs blobs;
    if (!vector || !lg_blobs_init(&blobs) || !lg_vector_files_find(&files, NULL, 0)) {
        free(vector);
        return;
    }
    for (size_t i = 0; i < files.count; i++) {
        if (lg_vector_load(vector, files.paths[i], &blobs, &error) && cites(vector, clause))
            printf("  vector %s\n", vector->id);
        lg_vector_free(vector);
    }
    lg_vector_files_free(&files);
    lg_blobs_free(&blobs);
    free(vector);
}

static bool explain_clause(const char *id)
{
    int clause = lg_clause_find(id);
    if (clause < 0)
        return false;
    const struct lg_clause_row *row = &lg_clauses[clause];
    printf("clause %s (%s)\n  %s\n  page: %s, section: %s\n", row->id,
           lg_clause_kind_word(row->kind), row->text, row->page, row->section);
    show_sentences_of(id);
    for (unsigned i = 0; i < LG_CAUSE_COUNT; i++)
        if (lg_causes[i].clause == (enum lg_clause)clause)
            printf("  cause %s\n", lg_causes[i].name);
    show_alternatives_citing((unsigned)clause);
    show_vectors_citing((unsigned)clause);
    return true;
}

/* ---- return codes ---- */

static bool answers(const struct lg_cause_row *cause, enum lg_meaning meaning)
{
    for (unsigned i = 0; i < LG_CAUSE_ANSWERS; i++)
        if (cause->answers[i] == (uint8_t)meaning)
            return true;
    return false;
}

static void show_return(const struct lg_return_row *row)
{
    unsigned citation = LG_CLAUSE_COUNT + (unsigned)(row - lg_returns);
    char id[LG_CITATION_BYTES];
    lg_citation_write(citation, id);
    printf("return code %s", id);
    if (row->high > row->low)
        printf(" to %u", row->high);
    printf(" \"%s\"\n  means: %s, %s\n  page: %s\n", row->label, lg_meanings[row->meaning].name,
           lg_meanings[row->meaning].text, lg_methods[row->method].page);
    show_sentences_of(id);
    for (unsigned i = 0; i < LG_CAUSE_COUNT; i++)
        if (answers(&lg_causes[i], row->meaning))
            printf("  cause %s: %s\n", lg_causes[i].name, lg_clauses[lg_causes[i].clause].text);
    show_vectors_citing(citation);
}

/* "Method=code" or "Class.Method=code"; a method's name may be that of several classes. */
static bool explain_return(const char *id)
{
    const char *equals = strchr(id, '=');
    char *end;
    bool found = false;
    unsigned long code = equals ? strtoul(equals + 1, &end, 10) : 0;
    if (!equals || *end || end == equals + 1)
        return false;
    for (int i = 0; i < LG_METHOD_COUNT; i++) {
        char full[LG_CITATION_BYTES];
        snprintf(full, sizeof full, "%s.%s", lg_methods[i].class_name, lg_methods[i].name);
        size_t length = (size_t)(equals - id);
        bool named =
            (strlen(full) == length && strncmp(full, id, length) == 0) ||
            (strlen(lg_methods[i].name) == length && strncmp(lg_methods[i].name, id, length) == 0);
        const struct lg_return_row *row =
            named ? lg_return_by_code((enum lg_method)i, (uint32_t)code) : NULL;
        if (row)
            show_return(row);
        found = found || row;
    }
    return found;
}

static bool explain_method(const char *id)
{
    char full[LG_CITATION_BYTES];
    for (int i = 0; i < LG_METHOD_COUNT; i++) {
        snprintf(full, sizeof full, "%s.%s", lg_methods[i].class_name, lg_methods[i].name);
        if (strcmp(full, id) != 0)
            continue;
        printf("method %s\n  page: %s\n", full, *lg_methods[i].page ? lg_methods[i].page : "none");
        show_sentences_of(id);
        return true;
    }
    return false;
}

/* ---- sites ---- */

static void show_alternative(unsigned row)
{
    const struct lg_alternative_row *alternative = &lg_alternatives[row];
    printf("  %s (%s): %s", alternative->name, tag_words[alternative->tag], alternative->what);
    if (alternative->clause != LG_CLAUSE_none)
        printf(" [%s]", lg_clauses[alternative->clause].id);
    putchar('\n');
}

static void show_pins(unsigned site)
{
    for (size_t i = 0; i < lg_pin_count; i++)
        if (lg_pins[i].site == site)
            printf("  profile %s takes %s\n", lg_profiles[lg_pins[i].profile].name,
                   lg_alternatives[lg_sites[site].alternative + lg_pins[i].alternative].name);
}

static bool explain_site(const char *id)
{
    int site = lg_site_find(id);
    if (site < 0)
        return false;
    const struct lg_site_row *row = &lg_sites[site];
    printf("choice site %s\n  %s\n  page: %s, register: %s\n  %s; depends on: %s\n", row->id,
           row->question, row->page, row->reg,
           row->scope == LG_SCOPE_TIMING ? "drawn anew each time" : "a reading, held for a run",
           row->key);
    for (unsigned i = 0; i < lg_site_alternatives((enum lg_site)site); i++)
        show_alternative(row->alternative + i);
    show_pins((unsigned)site);
    show_sentences_of(id);
    return true;
}

static bool explain_alternative(const char *id)
{
    const char *equals = strchr(id, '=');
    char site_id[LG_ID_BYTES];
    if (!equals || equals - id >= LG_ID_BYTES)
        return false;
    snprintf(site_id, sizeof site_id, "%.*s", (int)(equals - id), id);
    int site = lg_site_find(site_id);
    for (unsigned i = 0; site >= 0 && i < lg_site_alternatives((enum lg_site)site); i++)
        if (strcmp(lg_alternatives[lg_sites[site].alternative + i].name, equals + 1) == 0) {
            printf("one reading of choice site %s: %s\n", site_id, lg_sites[site].question);
            show_alternative(lg_sites[site].alternative + i);
            return true;
        }
    return false;
}

static bool explain_profile(const char *id)
{
    int profile = lg_profile_find(id);
    if (profile < 0)
        return false;
    printf("profile %s: %s\n", lg_profiles[profile].name, lg_profiles[profile].text);
    for (size_t i = 0; i < lg_pin_count; i++)
        if (lg_pins[i].profile == profile)
            printf("  %s=%s: %s\n", lg_sites[lg_pins[i].site].id,
                   lg_alternatives[lg_sites[lg_pins[i].site].alternative + lg_pins[i].alternative]
                       .name,
                   lg_alternatives[lg_sites[lg_pins[i].site].alternative + lg_pins[i].alternative]
                       .what);
    return true;
}

/* ---- the rest ---- */

static bool explain_property(const char *id)
{
    static const char *const sources[] = {"computed by the model", "always what its page says",
                                          "no page says what it is", "the name of the instance"};
    for (unsigned i = 0; i < lg_property_count; i++) {
        char full[LG_CITATION_BYTES];
        const struct lg_property_row *row = &lg_properties[i];
        snprintf(full, sizeof full, "%s.%s", lg_methods[row->read].class_name, row->name);
        if (strcmp(full, id) != 0)
            continue;
        printf("property %s\n  %s%s%s\n  page: %s\n", full, sources[row->source],
               row->literal ? ": " : "", row->literal ? row->literal : "",
               lg_methods[row->read].page);
        show_sentences_of(id);
        return true;
    }
    return false;
}

static bool explain_meaning(const char *id)
{
    int meaning = lg_meaning_find(id);
    if (meaning < 0)
        return false;
    printf("meaning %s: %s\n", id, lg_meanings[meaning].text);
    for (unsigned i = 0; i < LG_RETURN_COUNT; i++)
        if (lg_returns[i].meaning == (enum lg_meaning)meaning)
            printf("  %s.%s=%u\n", lg_methods[lg_returns[i].method].class_name,
                   lg_methods[lg_returns[i].method].name, lg_returns[i].low);
    return true;
}

static bool explain_cause(const char *id)
{
    for (unsigned i = 0; i < LG_CAUSE_COUNT; i++) {
        if (strcmp(lg_causes[i].name, id) != 0)
            continue;
        const struct lg_clause_row *clause = &lg_clauses[lg_causes[i].clause];
        printf("cause %s: %s [%s]\n", id, clause->text, clause->id);
        for (unsigned k = 0; k < LG_CAUSE_ANSWERS; k++)
            if (lg_causes[i].answers[k] < LG_MEANING_COUNT)
                printf("  may be answered as %s\n", lg_meanings[lg_causes[i].answers[k]].name);
        return true;
    }
    return false;
}

static bool explain_contradiction(const char *id)
{
    for (size_t i = 0; i < lg_contradiction_count; i++) {
        const struct lg_contradiction_row *row = &lg_contradictions[i];
        if (strcmp(row->id, id) != 0)
            continue;
        printf("contradiction %s\n  %s\n  page: %s\n  readings: %s\n  taken: %s\n", row->id,
               row->what, row->page, row->readings, row->taken);
        const char *of = row->site == LG_NO_SITE ? row->id : lg_sites[row->site].id;
        if (row->site != LG_NO_SITE)
            printf("  choice site %s\n", of);
        const char *evidence = lg_evidence_of(of);
        if (evidence)
            printf("  would be settled by: %s\n", evidence);
        show_sentences_of(id);
        return true;
    }
    return false;
}

static void show_sites_of(const char *reg)
{
    for (unsigned i = 0; i < LG_SITE_COUNT; i++)
        if (strcmp(lg_sites[i].reg, reg) == 0)
            printf("  choice site %s: %s\n", lg_sites[i].id, lg_sites[i].question);
}

static bool explain_interpretation(const char *id)
{
    for (size_t i = 0; i < lg_interpretation_count; i++) {
        const struct lg_interpretation_row *row = &lg_interpretations[i];
        if (strcmp(row->id, id) != 0)
            continue;
        printf("interpretation %s: %s\n", row->id, row->question);
        if (row->settled)
            printf("  settled: %s\n", row->settled);
        show_sites_of(row->id);
        show_sentences_of(id);
        return true;
    }
    return false;
}

static bool explain_deviation(const char *id)
{
    for (size_t i = 0; i < lg_deviation_count; i++) {
        const struct lg_deviation_row *row = &lg_deviations[i];
        if (strcmp(row->id, id) != 0)
            continue;
        printf("deviation %s\n  documented: %s\n  observed: %s\n  held: %s\n", row->id,
               row->documented, row->observed, row->held);
        return true;
    }
    return false;
}

static bool explain_material(const char *id)
{
    int material = lg_material_find(id, strlen(id));
    if (material >= 0)
        printf("material %s: %u bytes, %s\n", id, lg_materials[material].length,
               lg_materials[material].usable ? "usable" : "to be made unusable by an event");
    return material >= 0;
}

static void show_edge(const struct lg_edge *edge)
{
    switch (edge->kind) {
    case LG_EDGE_RETURN: printf("     return %u\n", edge->number); return;
    case LG_EDGE_RESULT: printf("     result %s\n", lg_result_word(edge->number)); return;
    case LG_EDGE_FAULT: printf("     fault %s\n", lg_faults[edge->number].name); return;
    case LG_EDGE_BYTES:
        printf("     bytes %s\n", edge->symbol && edge->symbol <= LG_MATERIAL_COUNT
                                      ? lg_materials[edge->symbol - 1].name
                                  : edge->symbol ? "as given"
                                                 : "none");
        return;
    case LG_EDGE_INSTANCES: printf("     %u instances\n", edge->number); return;
    case LG_EDGE_ERROR: printf("     %s\n", edge->number ? "an error text" : "no error"); return;
    default: {
        char *text = json_dumps(edge->properties, JSON_COMPACT);
        printf("     properties %s\n", text ? text : "");
        free(text);
        return;
    }
    }
}

static void show_vector(const struct lg_vector *vector, const struct lg_names *names)
{
    char words[LG_WORDS_BYTES];
    printf("vector %s\n  %s\n", vector->id, vector->title);
    for (unsigned i = 0; i < vector->clause_count; i++) {
        lg_citation_write(vector->clauses[i], words);
        printf("  clause %s (%s)\n", words, lg_citation_page(vector->clauses[i]));
    }
    for (unsigned i = 0; i < vector->node_count; i++) {
        lg_words_of_call(&vector->nodes[i].call, names, words);
        printf("  %u. %s%s\n", i + 1, words,
               vector->nodes[i].lose_reply ? ", the reply is lost" : "");
        for (unsigned k = 0; k < vector->nodes[i].edge_count; k++)
            show_edge(&vector->nodes[i].edges[k]);
    }
}

static bool explain_vector(const char *id)
{
    const char *path = lg_vector_files_of_id(id);
    struct lg_vector *vector = malloc(sizeof *vector);
    struct lg_json_error error;
    struct lg_names names;
    struct lg_blobs blobs;
    bool shown = false;
    if (path && vector && lg_blobs_init(&blobs)) {
        lg_names_of_scripts(&names, &blobs);
        shown = lg_vector_load(vector, path, &blobs, &error);
        if (shown)
            show_vector(vector, &names);
        lg_vector_free(vector);
        lg_blobs_free(&blobs);
    }
    free(vector);
    return shown;
}

static void suggest(const char *id)
{
    const char *names[(int)LG_CLAUSE_COUNT + (int)LG_SITE_COUNT + (int)LG_PROFILE_COUNT +
                      (int)LG_MEANING_COUNT];
    size_t count = 0;
    for (unsigned i = 1; i < LG_CLAUSE_COUNT; i++)
        names[count++] = lg_clauses[i].id;
    for (unsigned i = 0; i < LG_SITE_COUNT; i++)
        names[count++] = lg_sites[i].id;
    for (unsigned i = 0; i < LG_PROFILE_COUNT; i++)
        names[count++] = lg_profiles[i].name;
    for (unsigned i = 0; i < LG_MEANING_COUNT; i++)
        names[count++] = lg_meanings[i].name;
    const char *near = lg_suggest(id, names, count);
    fprintf(stderr, "lastgood: nothing has the id %s%s%s%s; see lastgood list --help\n", id,
            near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* Ids are distinct, but a meaning may be the name of something else too: all that fit are shown. */
static int explain(const char *id)
{
    bool (*const explainers[])(const char *) = {
        explain_vector,      explain_clause,        explain_return,         explain_site,
        explain_alternative, explain_profile,       explain_property,       explain_meaning,
        explain_cause,       explain_contradiction, explain_interpretation, explain_deviation,
        explain_material,    explain_sentence,      explain_page,           explain_method};
    bool found = false;
    for (size_t i = 0; i < sizeof explainers / sizeof explainers[0]; i++)
        found |= explainers[i](id);
    if (!found)
        suggest(id);
    return found ? LG_EXIT_CONFORMS : LG_EXIT_USAGE;
}

int lg_command_explain(int argc, char **argv)
{
    size_t count = 0;
    const char **words = calloc((size_t)argc, sizeof *words);
    int code = lg_arguments_read(argc, argv, NULL, 0, help, words, &count);
    if (code < 0 && count != 1) {
        fprintf(stderr, "lastgood: one id must be given; see lastgood explain --help\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0)
        code = explain(words[0]);
    free(words);
    return code;
}
