/* lastgood generate: vectors of tier full from a bounded world. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/arguments.h"
#include "conformance/commands.h"
#include "conformance/progress.h"
#include "combine.h"
#include "explore_commands.h"
#include "generate_report.h"
#include "pair_report.h"

static const char help[] =
    "usage: lastgood generate FOLDER [options]\n"
    "\n"
    "Explores world A and writes vectors of tier full that walk every class of its transitions:\n"
    "method, power state, guard row, outcome, job edge. Each walked transition ends in reads and "
    "a\n"
    "restore that tell apart what it may have left behind. The same program writes the same "
    "files.\n"
    "A file that is there stays as it is: what it walks itself counts, and only what is missing is "
    "added.\n"
    "\n"
    "  --world A|B|C   another world\n"
    "  --states N      only the first N states\n"
    "  --depth N       only classes that are at most N calls away from the first state\n"
    "  --combined      in place of that: combinations of arguments, three-way, at and around each "
    "bound\n"
    "  --pairs         in place of that: long walks over world A that make pairs of groups of\n"
    "                  classes, one after the other, until each was made or given up\n"
    "  --vectors N     at most so many walks; the first make the most pairs\n"
    "  --report FILE   write a report, such as reports/generated.md\n"
    "  --list          also print the classes, or pairs, that no vector walks\n"
    "  --quiet         no progress\n"
    "\n"
    "example:\n"
    "  lastgood generate conformance/vectors/generated --report reports/generated.md\n";

struct options {
    char world;
    uint32_t states;
    uint32_t depth;
    unsigned vectors;
    const char *report;
    bool list;
    bool combined;
    bool in_pairs;
    bool quiet;
};

struct work {
    struct options options;
    struct lg_exploration exploration;
    struct lg_classes classes;
    struct lg_pairs pairs;
    struct lg_pair_graph graph;
    struct lg_pair_reasons reasons;
    bool with_pairs; /* of the other worlds they are too many */
};

static bool visit(void *context, const struct lg_exploration *exploration,
                  const struct lg_transition *transition)
{
    struct work *work = context;
    const struct lg_class *class = work->with_pairs
                                       ? lg_pairs_add(&work->pairs, exploration, transition)
                                       : lg_classes_add(&work->classes, exploration, transition);
    if (class && work->options.in_pairs)
        lg_pair_graph_add(&work->graph, transition,
                          work->pairs.group_of[class - work->classes.items]);
    return !work->options.states || exploration->states.count < work->options.states;
}

static void list_missed(const struct lg_classes *classes)
{
    for (unsigned i = 0; i < classes->count; i++) {
        const struct lg_class_key *key = &classes->items[i].key;
        if (classes->items[i].walked)
            continue;
        printf("not walked: %s.%s requested %u, vm %u, %s, cause %s, answer %u..%u fault %u kind "
               "%u, job %u to %u, depth %u, reason %u\n",
               lg_methods[key->method].class_name, lg_methods[key->method].name, key->requested,
               key->vm, lg_clauses[key->clause].id,
               key->cause ? lg_causes[key->cause - 1].name : "none", key->code_from, key->code_to,
               key->fault, key->answer, key->job_before, key->job_after, classes->items[i].depth,
               classes->items[i].missed);
    }
}

static void tell_kept(const struct lg_generation *generation)
{
    printf("%u vectors were there and stay as they are, %u are new\n", generation->kept,
           generation->vectors - generation->kept);
}

static int combine(struct lg_generation *generation, FILE *progress)
{
    bool combined = lg_combine(generation, progress);
    lg_progress_end(progress);
    if (!combined) {
        fprintf(stderr, "lastgood: %s: %s\n", generation->folder, strerror(errno));
        return LG_EXIT_HARNESS;
    }
    printf("%u vectors with %u steps, %u combinations given up\n", generation->vectors,
           generation->nodes, generation->given_up);
    tell_kept(generation);
    return LG_EXIT_CONFORMS;
}

static int fail_on(const char *path)
{
    fprintf(stderr, "lastgood: %s: %s\n", path, strerror(errno));
    return LG_EXIT_HARNESS;
}

static int fail(const struct lg_generation *generation)
{
    if (!generation->fault.reason[0])
        return fail_on(generation->folder);
    fprintf(stderr, "lastgood: %s\n", generation->fault.reason);
    return LG_EXIT_HARNESS;
}

static int generate_pairs(struct work *work, struct lg_generation *generation, FILE *progress)
{
    const struct options *options = &work->options;
    lg_pair_graph_close(&work->graph, &work->exploration.states);
    bool generated = !work->graph.no_memory &&
                     lg_generate_pairs(generation, &work->graph, &work->reasons, progress);
    lg_progress_end(progress);
    if (!generated)
        return fail_on(generation->folder);
    lg_pair_report_tell(generation, &work->reasons, stdout);
    tell_kept(generation);
    if (options->list)
        lg_pair_report_list(generation, &work->reasons, stdout);
    if (options->report && !lg_pair_report_write(generation, &work->reasons, options->report))
        return fail_on(options->report);
    return LG_EXIT_CONFORMS;
}

static int generate(struct work *work, const char *folder, const struct lg_names *names)
{
    FILE *progress = lg_progress_to(!work->options.quiet);
    struct lg_generation generation = {.exploration = &work->exploration,
                                       .classes = &work->classes,
                                       .pairs = work->with_pairs ? &work->pairs : NULL,
                                       .names = *names,
                                       .folder = folder,
                                       .most = work->options.vectors,
                                       .depth = work->options.depth};
    if (work->options.combined)
        return combine(&generation, progress);
    if (work->with_pairs && !lg_pairs_init(&work->pairs, &work->classes))
        work->exploration.no_memory = true;
    else
        lg_explore(&work->exploration, visit, work, progress);
    if (work->exploration.no_memory || work->pairs.no_memory) {
        fprintf(stderr, "lastgood: no memory\n");
        return LG_EXIT_HARNESS;
    }
    if (work->with_pairs)
        lg_pairs_close(&work->pairs);
    if (work->options.in_pairs)
        return generate_pairs(work, &generation, progress);
    bool generated = lg_generate(&generation, progress);
    lg_progress_end(progress);
    if (!generated)
        return fail(&generation);
    lg_generation_tell(&generation, stdout);
    tell_kept(&generation);
    if (work->options.list)
        list_missed(&work->classes);
    if (work->options.report && !lg_generation_report(&generation, work->options.report))
        return fail_on(work->options.report);
    return LG_EXIT_CONFORMS;
}

static int run(const struct options *options, const char *folder)
{
    struct work *work = calloc(1, sizeof *work);
    struct lg_blobs blobs;
    struct lg_names names;
    int code = LG_EXIT_HARNESS;
    if (!work || !lg_blobs_init(&blobs)) {
        free(work);
        return code;
    }
    work->options = *options;
    work->with_pairs = options->world == 'A';
    lg_names_of_scripts(&names, &blobs);
    if (lg_exploration_init(&work->exploration, options->world, LG_PROFILE_documented))
        code = generate(work, folder, &names);
    lg_exploration_free(&work->exploration);
    lg_pairs_free(&work->pairs);
    lg_pair_graph_free(&work->graph);
    lg_blobs_free(&blobs);
    free(work);
    return code;
}

static int read_options(int argc, char **argv, struct options *options, const char **words,
                        size_t *count)
{
    const struct lg_option known[] = {
        {"--world", .take = lg_take_world, .into = &options->world},
        {"--states", .number = &options->states, .from = 1, .to = UINT32_MAX},
        {"--vectors", .number = &options->vectors, .from = 1, .to = LG_GENERATED_MAX},
        {"--depth", .number = &options->depth, .from = 1, .to = UINT32_MAX},
        {"--report", .text = &options->report},
        {"--list", .flag = &options->list},
        {"--combined", .flag = &options->combined},
        {"--pairs", .flag = &options->in_pairs},
        {"--quiet", .flag = &options->quiet},
    };
    return lg_arguments_read(argc, argv, known, sizeof known / sizeof known[0], help, words, count);
}

int lg_command_generate(int argc, char **argv)
{
    struct options options = {'A', 0, UINT32_MAX, 0, NULL, false, false, false, false};
    const char **words = calloc((size_t)argc, sizeof *words);
    size_t count;
    int code = words ? read_options(argc, argv, &options, words, &count) : LG_EXIT_HARNESS;
    if (code < 0 && count != 1) {
        fprintf(stderr, "lastgood: generate takes one folder; see lastgood generate --help\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0 && options.in_pairs && options.world != 'A') {
        fprintf(stderr, "lastgood: --pairs is for world A\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0)
        code = run(&options, words[0]);
    free(words);
    return code;
}
