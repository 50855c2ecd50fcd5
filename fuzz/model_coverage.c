/* model_coverage NAME FILE|FOLDER...: what scripts reach of the model, as JSON on standard output:
 * return codes and faults by method, alternatives of choice sites, clauses, transitions of jobs. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "reach.h"

enum { INPUT_MAX_BYTES = 1 << 20, EXIT_USAGE = 64 };

static unsigned long inputs;
static struct lg_reach reached;

static void take_file(const char *path)
{
    static uint8_t bytes[INPUT_MAX_BYTES];
    static struct lg_script script;
    FILE *file = fopen(path, "rb");
    if (!file)
        return;
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    inputs++;
    lg_script_read(&script, bytes, length);
    lg_reach_add(&reached, &script);
}

static void take(const char *path)
{
    struct dirent **entries;
    struct stat status;
    bool folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    int count = folder ? scandir(path, &entries, NULL, alphasort) : 0;
    if (!folder)
        take_file(path);
    for (int i = 0; i < count; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            take_file(file);
        free(entries[i]);
    }
    if (count > 0)
        free(entries);
}

/* ---- telling ---- */

static bool first;

static void begin(const char *name)
{
    printf(",\n \"%s\": {", name);
    first = true;
}

static void tell(const char *left, const char *middle, const char *right, unsigned long count)
{
    printf("%s\n  \"%s%s%s\": %lu", first ? "" : ",", left, middle, right, count);
    first = false;
}

static void tell_answers(void)
{
    char name[120], code[24];
    begin("returns");
    for (unsigned i = 0; i < LG_RETURN_COUNT; i++) {
        const struct lg_method_row *row = &lg_methods[lg_returns[i].method];
        snprintf(name, sizeof name, "%s.%s", row->class_name, row->name);
        snprintf(code, sizeof code, "%u", (unsigned)lg_returns[i].low);
        tell(name, "=", code, reached.returns[i]);
    }
    printf("}");
    begin("faults"); /* those that were seen: not every method has every fault */
    for (unsigned i = 0; i < LG_METHOD_COUNT; i++)
        for (unsigned k = 1; k < LG_FAULT_COUNT; k++) {
            snprintf(name, sizeof name, "%s.%s", lg_methods[i].class_name, lg_methods[i].name);
            if (reached.faults[i][k])
                tell(name, "=", lg_faults[k].name, reached.faults[i][k]);
        }
    printf("}");
}

static void tell_choices(void)
{
    begin("alternatives");
    for (unsigned i = 0; i < LG_ALTERNATIVE_COUNT; i++)
        if (lg_alternatives[i].tag != LG_TAG_VIOLATES)
            tell(lg_sites[lg_alternatives[i].site].id, "=", lg_alternatives[i].name,
                 reached.alternatives[i]);
    printf("}");
    begin("clauses");
    for (unsigned i = 1; i < LG_CLAUSE_COUNT; i++)
        tell(lg_clauses[i].id, "", "", reached.clauses[i]);
    printf("}");
}

static void tell_transitions(void)
{
    static const char *const states[LG_JOB_STATE_COUNT] = {
        "none",          "new",       "starting",
        "running",       "suspended", "service",
        "shutting_down", "completed", "completed_with_warnings",
        "terminated",    "killed",    "exception"};
    begin("job_transitions");
    for (unsigned i = 0; i < LG_JOB_STATE_COUNT; i++)
        for (unsigned k = 1; k < LG_JOB_STATE_COUNT; k++)
            if (reached.transitions[i][k])
                tell(states[i], ">", states[k], reached.transitions[i][k]);
    printf("}");
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: model_coverage NAME FILE|FOLDER...\n");
        return EXIT_USAGE;
    }
    for (int i = 2; i < argc; i++)
        take(argv[i]);
    printf("{\"target\": \"%s\", \"inputs\": %lu", argv[1], inputs);
    tell_answers();
    tell_choices();
    tell_transitions();
    printf("}\n");
    return 0;
}
