/* Figures of vectors of pairs. */
#include "pair_report.h"

static const char *const why[LG_MISS_COUNT] = {
    [LG_MISS_UNTRIED] = "not tried: there was an end of vectors before",
    [LG_MISS_WAY] = "every way tried needs one sentence read in two ways, or leads elsewhere",
    [LG_MISS_ID] = "another vector makes the same calls",
    [LG_MISS_AIM] = "scripts came there, and what they may be answered leaves it out",
    [LG_MISS_ROOM] = "on every way tried, more histories than a vector may have"};

static void count(const struct lg_pairs *pairs, const struct lg_pair_reasons *reasons,
                  unsigned missed[LG_MISS_COUNT])
{
    for (unsigned i = 0; i < LG_MISS_COUNT; i++)
        missed[i] = 0;
    for (unsigned i = 0; i < pairs->group_count; i++)
        for (unsigned j = 0; j < pairs->group_count; j++)
            if (lg_pairs_missing(pairs, i, j))
                missed[reasons->missed[i][j]]++;
}

static double percent(unsigned part, unsigned whole)
{
    return whole ? 100.0 * part / whole : 100.0;
}

void lg_pair_report_tell(const struct lg_generation *generation,
                         const struct lg_pair_reasons *reasons, FILE *out)
{
    const struct lg_pairs *pairs = generation->pairs;
    struct lg_pair_count groups = lg_pairs_of_groups(pairs);
    struct lg_pair_count classes = lg_pairs_of_classes(pairs);
    unsigned missed[LG_MISS_COUNT];
    count(pairs, reasons, missed);
    fprintf(out,
            "- world %c: %u states, %u classes of transitions in %u groups\n"
            "- %u vectors with %u steps, the longest has %u\n"
            "- pairs of groups walked: %u of %u (%.1f %%)\n"
            "- pairs of classes walked on the way: %u of %u (%.1f %%)\n",
            generation->exploration->world.name, generation->exploration->states.count,
            generation->classes->count, pairs->group_count, generation->vectors, generation->nodes,
            generation->longest, groups.walked, groups.feasible,
            percent(groups.walked, groups.feasible), classes.walked, classes.feasible,
            percent(classes.walked, classes.feasible));
    for (unsigned i = 0; i < LG_MISS_COUNT; i++)
        if (missed[i])
            fprintf(out, "- pairs of groups not walked, %s: %u\n", why[i], missed[i]);
}

bool lg_pair_report_write(const struct lg_generation *generation,
                          const struct lg_pair_reasons *reasons, const char *path)
{
    FILE *out = fopen(path, "w");
    if (!out)
        return false;
    fprintf(out,
            "# Generated vectors of pairs\n\n"
            "Made by `lastgood generate FOLDER --pairs --report FILE`; nothing here is written "
            "by hand.\n\n");
    lg_pair_report_tell(generation, reasons, out);
    bool good = !ferror(out);
    return fclose(out) == 0 && good;
}

static void write_group(const struct lg_pairs *pairs, unsigned group, FILE *out)
{
    static const char *const kinds[] = {"done", "by job", "refused", "fault"};
    const struct lg_class_key *key = &pairs->classes->items[pairs->group_class[group]].key;
    unsigned kind = key->code_from ? 2 : 0;
    if (key->answer == LG_ANSWERS_JOB)
        kind = 1;
    if (key->fault)
        kind = 3;
    fprintf(out, "%s.%s requested %u, %s, job %u to %u", lg_methods[key->method].class_name,
            lg_methods[key->method].name, key->requested, kinds[kind], key->job_before,
            key->job_after);
}

void lg_pair_report_list(const struct lg_generation *generation,
                         const struct lg_pair_reasons *reasons, FILE *out)
{
    const struct lg_pairs *pairs = generation->pairs;
    for (unsigned i = 0; i < pairs->group_count; i++)
        for (unsigned j = 0; j < pairs->group_count; j++) {
            if (!lg_pairs_missing(pairs, i, j))
                continue;
            fprintf(out, "not walked: ");
            write_group(pairs, i, out);
            fprintf(out, "; then ");
            write_group(pairs, j, out);
            fprintf(out, ": %s\n", why[reasons->missed[i][j]]);
        }
}
