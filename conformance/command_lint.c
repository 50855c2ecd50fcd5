/* lastgood lint: whether vectors are as vectors should be. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agree.h"
#include "arguments.h"
#include "commands.h"
#include "vector_files.h"

static const char help[] = "usage: lastgood lint [VECTOR|FOLDER...] [options]\n"
                           "\n"
                           "Checks vectors; without a name, the shipped ones: they can be read and "
                           "cite clauses that exist,\n"
                           "their members stand in the usual order, they allow exactly what the "
                           "model does, no two make the\n"
                           "same calls, and their text has no tabs, no spaces at ends of lines, "
                           "and one newline at the end.\n"
                           "\n"
                           "  --fix        put the text right where that changes no meaning\n"
                           "  --no-model   do not ask the model, which takes longest\n"
                           "\n"
                           "examples:\n"
                           "  lastgood lint\n"
                           "  lastgood lint my-vector.json --fix\n";

enum { TEXT_MAX = 4 << 20 };

struct options {
    bool fix;
    bool no_model;
};

/* What a vector calls, so that two that call the same can be found. */
struct script {
    char id[LG_ID_BYTES];
    char *calls;
};

struct work {
    struct options options;
    struct lg_blobs blobs;
    struct lg_names names;
    struct lg_vector vector;
    struct script *scripts;
    size_t script_count;
    unsigned breaches;
    bool harness_failed;
};

static void complain(struct work *work, const char *path, const char *what)
{
    printf("%s: %s\n", path, what);
    work->breaches++;
}

/* ---- the text ---- */

static char *read_text(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(TEXT_MAX) : NULL;
    *length = text ? fread(text, 1, TEXT_MAX, file) : 0;
    bool whole = text && !ferror(file) && *length < TEXT_MAX;
    if (file)
        fclose(file);
    if (whole)
        return text;
    free(text);
    return NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The text without blanks at ends of lines, tabs as four spaces, one newline at the end. `to` has
 * room for four times the length. */
static size_t tidy(const char *text, size_t length, char *to)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n') {
            while (count > 0 && is_blank(to[count - 1]))
                count--;
            to[count++] = '\n';
        } else if (text[i] == '\t') {
            memcpy(to + count, "    ", 4);
            count += 4;
        } else
            to[count++] = text[i];
    }
    while (count > 0 && (is_blank(to[count - 1]) || to[count - 1] == '\n'))
        count--;
    to[count++] = '\n';
    return count;
}

/* Beside its place first: a vector is there whole or as it was. */
static bool write_text(const char *path, const char *text, size_t length)
{
    char part[4096];
    int needed = snprintf(part, sizeof part, "%s.part", path);
    FILE *file = needed < (int)sizeof part ? fopen(part, "wb") : NULL;
    if (!file)
        return false;
    bool written = fwrite(text, 1, length, file) == length;
    written = fclose(file) == 0 && written;
    if (written && rename(part, path) == 0)
        return true;
    remove(part);
    return false;
}

static void check_text(struct work *work, const char *path)
{
    size_t length;
    char *text = read_text(path, &length);
    char *tidied = text ? malloc(4 * length + 1) : NULL;
    size_t tidied_length = tidied ? tidy(text, length, tidied) : 0;
    bool same = tidied && tidied_length == length && memcmp(text, tidied, length) == 0;
    if (!tidied) {
        complain(work, path, "cannot be read as text");
    } else if (!same && work->options.fix) {
        if (write_text(path, tidied, tidied_length))
            printf("%s: put right\n", path);
        else {
            fprintf(stderr, "lastgood: %s: %s\n", path, strerror(errno));
            work->harness_failed = true;
        }
    } else if (!same)
        complain(work, path, "has tabs, blanks at ends of lines, or no single newline at its end");
    free(text);
    free(tidied);
}

/* ---- the document ---- */

static int place_of(const char *name)
{
    static const char *const order[] = {"format", "title",   "clauses", "tier",
                                        "needs",  "comment", "steps"};
    for (int i = 0; i < (int)(sizeof order / sizeof order[0]); i++)
        if (strcmp(order[i], name) == 0)
            return i;
    return -1;
}

static void check_order(struct work *work, const char *path)
{
    const char *name;
    json_t *value;
    int last = -1;
    json_object_foreach(work->vector.document, name, value)
    {
        if (place_of(name) < last) {
            complain(work, path, "members: format, title, clauses, tier, needs, comment, steps");
            return;
        }
        last = place_of(name);
    }
}

static void check_model(struct work *work, const char *path)
{
    struct lg_agreement agreement;
    if (!lg_agree(&work->vector, LG_PROFILE_documented, &work->names, NULL, &agreement))
        work->harness_failed = true;
    else if (agreement.bound_hit)
        complain(work, path, "has too many histories for the model to compare");
    else if (agreement.missing || agreement.spurious)
        complain(work, path, "differs from the model; see lastgood enumerate");
}

/* ---- duplicates ---- */

/* Every step as it stands but for its comment and clauses: what is called, allowed, and in which
 * order. */
static char *calls_of(const struct lg_vector *vector)
{
    json_t *steps = json_deep_copy(json_object_get(vector->document, "steps"));
    for (size_t i = 0; i < json_array_size(steps); i++) {
        json_t *step = json_array_get(steps, i);
        json_object_del(step, "comment");
        json_object_del(step, "clauses");
    }
    char *text = json_dumps(steps, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(steps);
    return text;
}

static void keep_script(struct work *work)
{
    struct script *script = &work->scripts[work->script_count++];
    snprintf(script->id, sizeof script->id, "%s", work->vector.id);
    script->calls = calls_of(&work->vector);
    work->harness_failed |= !script->calls;
}

static int compare_scripts(const void *a, const void *b)
{
    const struct script *left = a;
    const struct script *right = b;
    int order = strcmp(left->calls ? left->calls : "", right->calls ? right->calls : "");
    return order ? order : strcmp(left->id, right->id);
}

static void check_duplicates(struct work *work)
{
    struct script *scripts = work->scripts;
    char what[2 * LG_ID_BYTES];
    qsort(scripts, work->script_count, sizeof *scripts, compare_scripts);
    for (size_t i = 1; i < work->script_count; i++) {
        if (!scripts[i].calls || !scripts[i - 1].calls ||
            strcmp(scripts[i].calls, scripts[i - 1].calls) != 0)
            continue;
        snprintf(what, sizeof what, "has the same steps as %s", scripts[i - 1].id);
        complain(work, scripts[i].id, what);
    }
}

/* ---- all of them ---- */

static void lint(struct work *work, const char *path)
{
    struct lg_json_error error;
    check_text(work, path);
    if (!lg_vector_load(&work->vector, path, &work->blobs, &error)) {
        complain(work, path, error.reason);
    } else {
        check_order(work, path);
        if (!work->options.no_model)
            check_model(work, path);
        keep_script(work);
    }
    lg_vector_free(&work->vector);
}

static int lint_all(struct work *work, const struct lg_file_list *files)
{
    work->scripts = calloc(files->count + 1, sizeof *work->scripts);
    if (!work->scripts)
        return LG_EXIT_HARNESS;
    for (size_t i = 0; i < files->count; i++)
        lint(work, files->paths[i]);
    check_duplicates(work);
    for (size_t i = 0; i < work->script_count; i++)
        free(work->scripts[i].calls);
    free(work->scripts);
    printf("%zu vectors, %u breaches\n", files->count, work->breaches);
    if (work->harness_failed)
        return LG_EXIT_HARNESS;
    return work->breaches ? LG_EXIT_VIOLATES : LG_EXIT_CONFORMS;
}

static int run(const struct options *options, const struct lg_file_list *files)
{
    struct work *work = calloc(1, sizeof *work);
    int code = LG_EXIT_HARNESS;
    if (work && lg_blobs_init(&work->blobs)) {
        work->options = *options;
        lg_names_of_scripts(&work->names, &work->blobs);
        code = lint_all(work, files);
        lg_blobs_free(&work->blobs);
    }
    free(work);
    return code;
}

int lg_command_lint(int argc, char **argv)
{
    struct options options = {false, false};
    struct lg_file_list files;
    const char **words = calloc((size_t)argc, sizeof *words);
    size_t count;
    const struct lg_option known[] = {{"--fix", .flag = &options.fix},
                                      {"--no-model", .flag = &options.no_model}};
    int code = lg_arguments_read(argc, argv, known, 2, help, words, &count);
    if (code < 0 && lg_vector_files_find(&files, words, count)) {
        code = run(&options, &files);
        lg_vector_files_free(&files);
    } else if (code < 0)
        code = LG_EXIT_USAGE;
    free(words);
    return code;
}
