/* The report of a certificate. */
#include "certificate_report.h"

#include "every.h"

static unsigned long long wide(uint64_t number)
{
    return (unsigned long long)number;
}

void lg_certificate_write_steps(const struct lg_certificate_report *report, FILE *out)
{
    const struct lg_certificate *found = report->certificate;
    const struct lg_exploration *explored = report->exploration;
    fprintf(
        out,
        "World %c (%s): %u cells, %llu transitions, diameter %u. Stepped from %s,\n"
        "%llu in all:\n\n"
        "- %llu steps under every choice of profile documented, %llu different answers judged\n"
        "- %llu ends of steps are among the oracle's explanations as they are\n"
        "- for %llu another explanation stands, whose jobs are less far on; from %s\n"
        "  each was followed by one more step of every call: %llu answers judged\n"
        "- answers with more explanations than the oracle keeps, accepted, their ends not looked "
        "for: "
        "%llu\n"
        "- false alarms: %llu\n",
        explored->world.name, explored->world.text, explored->states.count,
        wide(explored->transitions), explored->diameter, lg_every(found->every, "cell").text,
        wide(found->cells), wide(found->transitions), wide(found->answers), wide(found->contained),
        wide(found->stood_for), lg_every(found->followed_every, "cell").text, wide(found->followed),
        wide(found->short_of_room), wide(found->false_alarms));
}

/* One calls as the other, and reads the pages as it does. */
static bool are_alike(const struct lg_small_world *one, const struct lg_small_world *other)
{
    return one->calls == other->calls && one->alphabet == other->alphabet &&
           one->profile == other->profile;
}

static bool is_first_of_its_row(const struct lg_small_worlds *worlds, unsigned world)
{
    for (unsigned i = 0; i < world; i++)
        if (are_alike(&worlds->items[i], &worlds->items[world]))
            return false;
    return true;
}

/* Worlds that differ in their setup alone, together. */
static void write_row(const struct lg_certificate_report *report, unsigned first, FILE *out)
{
    const struct lg_small_worlds *worlds = report->worlds;
    const struct lg_small_world *world = &worlds->items[first];
    struct lg_no_miss sum = {0};
    unsigned setups = 0;
    for (unsigned i = first; i < worlds->count; i++) {
        const struct lg_no_miss *found = &report->no_miss->by_world[i];
        if (!are_alike(world, &worlds->items[i]) || !found->parts_done)
            continue;
        setups++;
        sum.traces += found->traces;
        sum.without_explanation += found->without_explanation;
    }
    if (setups)
        fprintf(out, "| %u of %s | %s | %u | %llu | %llu |\n", world->calls, world->alphabet->name,
                lg_profiles[world->profile].name, setups, wide(sum.traces),
                wide(sum.without_explanation));
}

static void write_table(const struct lg_certificate_report *report, FILE *out)
{
    fprintf(out, "\n| calls, at most | profile | setups | traces | without an explanation |\n"
                 "|---|---|--:|--:|--:|\n");
    for (unsigned i = 0; i < report->worlds->count; i++)
        if (is_first_of_its_row(report->worlds, i))
            write_row(report, i, out);
}

void lg_certificate_write_traces(const struct lg_certificate_report *report, FILE *out)
{
    const struct lg_no_miss *found = &report->no_miss->all;
    fprintf(out,
            "- %llu traces judged by both, %llu of them without an explanation\n"
            "- %u of %u parts, each the traces that begin with one call of one world\n"
            "- %llu steps of the model made by brute force\n"
            "- traces for which the oracle had no room, and blamed less than brute force: %llu\n"
            "- disagreements: %u\n",
            wide(found->traces), wide(found->without_explanation), found->parts_done, found->parts,
            wide(found->model_steps), wide(found->milder), found->disagreements);
    write_table(report, out);
}

static void write_command(const struct lg_certificate_report *report, FILE *out)
{
    fprintf(out, "lastgood certify");
    if (report->exploration->world.name != 'A')
        fprintf(out, " --world %c", report->exploration->world.name);
    if (report->exploration->states_max)
        fprintf(out, " --states %u", report->exploration->states_max);
    if (report->every)
        fprintf(out, " --every %u", report->every);
    if (report->thorough)
        fprintf(out, " --long");
    if (report->jobs > 1)
        fprintf(out, " --jobs %u", report->jobs);
    if (report->minutes)
        fprintf(out, " --minutes %u", report->minutes);
}

bool lg_certificate_write_report(const struct lg_certificate_report *report, const char *path)
{
    FILE *out = fopen(path, "w");
    if (!out)
        return false;
    fprintf(out, "# Certificate\n\nMade by `");
    write_command(report, out);
    fprintf(out, "`; nothing here is written by hand.\n\n## No false alarm\n\n");
    lg_certificate_write_steps(report, out);
    fprintf(out,
            "\n## No miss\n\n"
            "Every trace of up to three calls in small worlds, and every one with a single wrong\n"
            "field, judged by the oracle and by brute force (`explore/brute_force.c`: depth\n"
            "first over all choices, no sets, nothing merged):\n\n");
    lg_certificate_write_traces(report, out);
    fprintf(out, "\n%.0f seconds of processor time.\n", report->seconds);
    bool written = !ferror(out);
    return fclose(out) == 0 && written;
}
