/* model_coverage NAME FILE|FOLDER...: what scripts reach of the model, as JSON on standard output:
 * return codes and faults by method, alternatives of choice sites, clauses, transitions of jobs. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "play.h"

enum { INPUT_MAX_BYTES = 1 << 20, PROFILES = 3, EXIT_USAGE = 64 };

static unsigned long inputs;
static unsigned long returns[LG_RETURN_COUNT];
static unsigned long faults[LG_METHOD_COUNT][LG_FAULT_COUNT];
static unsigned long alternatives[LG_ALTERNATIVE_COUNT];
static unsigned long clauses[LG_CLAUSE_COUNT];
static unsigned long transitions[LG_JOB_STATE_COUNT][LG_JOB_STATE_COUNT];

static void count_draws(const struct lg_tape *tape)
{
    for (unsigned i = 0; i < tape->count; i++) {
        const struct lg_draw *draw = &tape->draws[i];
        unsigned row = lg_sites[draw->site].alternative + draw->alternative;
        alternatives[row]++;
        clauses[lg_alternatives[row].clause]++;
    }
}

static void count_jobs(const struct lg_cell *before, struct lg_cell *after)
{
    for (unsigned i = 0; i < LG_JOB_SLOTS; i++) {
        const struct lg_job *was = &before->jobs[i];
        const struct lg_job *is = &after->jobs[i];
        const struct lg_job *same = was->state ? lg_cell_job(after, was->name) : NULL;
        if (same)
            transitions[was->state][same->state]++;
        if (is->state && !lg_cell_job((struct lg_cell *)before, is->name))
            transitions[LG_JOB_FREE][is->state]++;
    }
}

static void count_answer(const struct lg_call *call, const struct lg_outcome *seen)
{
    clauses[seen->clause]++;
    if (seen->cause)
        clauses[lg_causes[seen->cause - 1].clause]++;
    if (seen->fault) {
        faults[call->method][seen->fault]++;
        return;
    }
    for (unsigned i = 0; i < LG_RETURN_COUNT; i++)
        if (lg_returns[i].method == call->method && seen->return_value >= lg_returns[i].low &&
            seen->return_value <= lg_returns[i].high)
            returns[i]++;
}

static void play(const struct lg_script *script, enum lg_profile_id profile, enum lg_tag also)
{
    static struct lg_play at;
    struct lg_call call;
    struct lg_outcome seen;
    lg_play_start(&at, script, profile, also);
    while (lg_play_step(&at, &call, &seen)) {
        count_draws(&at.tape);
        count_jobs(&at.before, lg_play_cell(&at, &call));
        count_answer(&call, &seen);
    }
}

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
    play(&script, LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
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
        tell(name, "=", code, returns[i]);
    }
    printf("}");
    begin("faults"); /* those that were seen: not every method has every fault */
    for (unsigned i = 0; i < LG_METHOD_COUNT; i++)
        for (unsigned k = 1; k < LG_FAULT_COUNT; k++) {
            snprintf(name, sizeof name, "%s.%s", lg_methods[i].class_name, lg_methods[i].name);
            if (faults[i][k])
                tell(name, "=", lg_faults[k].name, faults[i][k]);
        }
    printf("}");
}

static void tell_choices(void)
{
    begin("alternatives");
    for (unsigned i = 0; i < LG_ALTERNATIVE_COUNT; i++)
        if (lg_alternatives[i].tag != LG_TAG_VIOLATES)
            tell(lg_sites[lg_alternatives[i].site].id, "=", lg_alternatives[i].name,
                 alternatives[i]);
    printf("}");
    begin("clauses");
    for (unsigned i = 1; i < LG_CLAUSE_COUNT; i++)
        tell(lg_clauses[i].id, "", "", clauses[i]);
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
            if (transitions[i][k])
                tell(states[i], ">", states[k], transitions[i][k]);
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
