/* The report of generated vectors. */
#include "generate_report.h"

static const char *const reasons[LG_MISS_COUNT] = {
    [LG_MISS_UNTRIED] = "not tried: farther away than `--depth`",
    [LG_MISS_WAY] = "every way tried needs one sentence read in two ways, and none reads it so",
    [LG_MISS_ID] = "another vector makes the same calls",
    [LG_MISS_AIM] = "on every way tried, the reading that leads there excludes the answer",
    [LG_MISS_ROOM] = "more histories or steps than a vector may have"};

static void count(const struct lg_classes *classes, unsigned missed[LG_MISS_COUNT],
                  unsigned *walked)
{
    *walked = 0;
    for (unsigned i = 0; i < LG_MISS_COUNT; i++)
        missed[i] = 0;
    for (unsigned i = 0; i < classes->count; i++)
        if (classes->items[i].walked)
            ++*walked;
        else
            missed[classes->items[i].missed]++;
}

static double percent(unsigned part, unsigned whole)
{
    return whole ? 100.0 * part / whole : 100.0;
}

static void tell_pairs(const struct lg_pairs *pairs, FILE *out)
{
    struct lg_pair_count classes = lg_pairs_of_classes(pairs);
    struct lg_pair_count groups = lg_pairs_of_groups(pairs);
    fprintf(out,
            "- adjacent pairs of classes: %u feasible, %u walked (%.1f %%)\n"
            "- adjacent pairs of groups (method and request, kind of outcome, job edge; %u\n"
            "  groups): %u feasible, %u walked (%.1f %%)\n",
            classes.feasible, classes.walked, percent(classes.walked, classes.feasible),
            pairs->group_count, groups.feasible, groups.walked,
            percent(groups.walked, groups.feasible));
}

void lg_generation_tell(const struct lg_generation *generation, FILE *out)
{
    const struct lg_exploration *explored = generation->exploration;
    unsigned missed[LG_MISS_COUNT], walked;
    count(generation->classes, missed, &walked);
    fprintf(out,
            "- world %c: %u states, %llu transitions, %u classes of them\n"
            "- %u vectors with %u steps, the longest has %u\n"
            "- %u of them end in reads and a restore with what it brings back or leaves, %u in the "
            "same\n"
            "  but for a refused restore, %u in reads alone\n"
            "- classes walked: %u of %u (%.1f %%)\n",
            explored->world.name, explored->states.count, (unsigned long long)explored->transitions,
            generation->classes->count, generation->vectors, generation->nodes, generation->longest,
            generation->suffixes[0], generation->suffixes[1], generation->suffixes[2], walked,
            generation->classes->count, percent(walked, generation->classes->count));
    for (unsigned i = 0; i < LG_MISS_COUNT; i++)
        if (missed[i])
            fprintf(out, "- classes not walked, %s: %u\n", reasons[i], missed[i]);
    if (generation->pairs)
        tell_pairs(generation->pairs, out);
}

/* ---- which classes are missed ---- */

/* Methods with a missed class of a reason, one row each. */
static void write_missed(const struct lg_classes *classes, FILE *out)
{
    fprintf(out, "| method | reason | classes |\n|---|---|---|\n");
    for (unsigned method = 0; method < LG_METHOD_COUNT; method++)
        for (unsigned reason = 0; reason < LG_MISS_COUNT; reason++) {
            unsigned found = 0;
            for (unsigned i = 0; i < classes->count; i++) {
                const struct lg_class *class = &classes->items[i];
                found += !class->walked && class->missed == reason && class->key.method == method;
            }
            if (found)
                fprintf(out, "| %s.%s | %s | %u |\n", lg_methods[method].class_name,
                        lg_methods[method].name, reasons[reason], found);
        }
}

bool lg_generation_report(const struct lg_generation *generation, const char *path)
{
    FILE *out = fopen(path, "w");
    if (!out)
        return false;
    fprintf(out, "# Generated vectors\n\n"
                 "Made by `lastgood generate FOLDER --report FILE`; nothing here is written by "
                 "hand.\n\n");
    lg_generation_tell(generation, out);
    fprintf(
        out,
        "\nA class is a method and its request, the power state, the guard row, the outcome "
        "and the job\n"
        "edge. It counts as walked where a vector reaches it, allows it, and then looks at "
        "what it left\n"
        "behind; classes on the way to that call do not count. A pair is two classes of which "
        "the second\n"
        "leaves a state that the first leads to; it counts where a vector walks the second from a "
        "cell that\n"
        "its walk of the first led to. All classes and all pairs are walked in process, by\n"
        "`lastgood certify --target model: --long` and `lastgood certify --target model: "
        "--pairs`.\n\n"
        "## Classes that no vector walks\n\n"
        "Their transitions are free of each other in the explored graph; a target that has "
        "once shown how\n"
        "it reads a sentence is held to that, so some ways of the graph are none of a "
        "run's.\n\n");
    write_missed(generation->classes, out);
    bool good = !ferror(out);
    return fclose(out) == 0 && good;
}
