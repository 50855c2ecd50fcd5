/* lastgood explore: every state of a bounded world. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/arguments.h"
#include "conformance/commands.h"
#include "conformance/progress.h"
#include "dump.h"
#include "explore_commands.h"
#include "figures.h"
#include "invariants.h"

static const char help[] =
    "usage: lastgood explore --world A|B|C [options]\n"
    "\n"
    "Visits every state of a bounded world under every call and every choice, breadth first, and\n"
    "checks the invariants at each step. Prints states, transitions, the diameter and how often "
    "each\n"
    "method answered what. An invariant that does not hold is shown with the shortest script that\n"
    "leads there: the exit code is 1 then.\n"
    "\n"
    "  A  one VM, 3 protectors, the TPM, one job\n"
    "  B  A with shielding, a policy, the caller's role, and restarts of the provider\n"
    "  C  A with two jobs\n"
    "\n"
    "  --profile NAME   default documented\n"
    "  --states N       only what the first N states lead to\n"
    "  --dump FILE      states and transitions as lines of JSON\n"
    "  --every N        dump only the transitions of every N-th state\n"
    "  --grouped        dump for each state and call what may come of it, each once\n"
    "  --quiet          no progress, no figures\n"
    "\n"
    "example:\n"
    "  lastgood explore --world A\n";

enum { INVARIANTS_MAX = 64 };

struct options {
    char world;
    enum lg_profile_id profile;
    const char *dump;
    uint32_t every;
    uint32_t states;
    bool grouped;
    bool quiet;
};

struct work {
    struct lg_exploration exploration;
    struct lg_figures figures;
    struct lg_dump dump;
    uint64_t held[INVARIANTS_MAX];
    int broken; /* the invariant, -1 for none */
    uint32_t broken_from;
    struct lg_step_back broken_by;
    struct lg_script_step steps[LG_REPLAY_STEPS_MAX];
};

static bool check(struct work *work, const struct lg_transition *transition)
{
    const struct lg_move *move = transition->move;
    for (unsigned i = 0; i < lg_invariant_count; i++) {
        enum lg_holding holding = lg_invariants[i].check(move);
        work->held[i] += holding == LG_HOLDS;
        if (holding != LG_BROKEN)
            continue;
        work->broken = (int)i;
        work->broken_from = transition->from;
        work->broken_by =
            (struct lg_step_back){transition->from, transition->call, (uint16_t)move->way,
                                  (uint16_t)move->observation, 0};
        return false;
    }
    return true;
}

static bool visit(void *context, const struct lg_exploration *exploration,
                  const struct lg_transition *transition)
{
    struct work *work = context;
    lg_figures_add(&work->figures, transition->move);
    if (work->dump.file)
        lg_dump_transition(&work->dump, exploration, transition);
    return check(work, transition);
}

static void print_figures(struct work *work)
{
    printf("\ntransitions by method and answer:\n");
    lg_figures_print(&work->figures, stdout);
    printf("\ninvariants, and at how many transitions each had something to say:\n");
    for (unsigned i = 0; i < lg_invariant_count; i++)
        printf("  %12llu  %s (%s)\n", (unsigned long long)work->held[i], lg_invariants[i].text,
               lg_clauses[lg_invariants[i].clause].id);
}

static void print_broken(struct work *work, const struct lg_names *names)
{
    const struct lg_invariant *invariant = &lg_invariants[work->broken];
    unsigned count;
    printf("BROKEN: %s (%s)\n", invariant->text, lg_clauses[invariant->clause].id);
    if (lg_script_to(&work->exploration, work->broken_from, &work->broken_by, 1, work->steps,
                     &count))
        lg_script_print(work->steps, count, names, stdout);
    else
        printf("  the script is too long to be shown\n");
}

static void print_summary(const struct lg_exploration *exploration)
{
    printf(
        "world %c: %u states, %llu transitions under %llu tapes, diameter %u; %llu of them would "
        "need another job slot\n",
        exploration->world.name, exploration->states.count,
        (unsigned long long)exploration->transitions, (unsigned long long)exploration->tapes,
        exploration->diameter, (unsigned long long)exploration->cut);
}

static int explore(struct work *work, const struct options *options, const struct lg_names *names)
{
    struct lg_exploration *exploration = &work->exploration;
    work->dump.names = *names;
    work->broken = -1;
    exploration->states_max = options->states;
    FILE *progress = lg_progress_to(!options->quiet);
    lg_explore(exploration, visit, work, progress);
    lg_progress_end(progress);
    if (exploration->no_memory) {
        fprintf(stderr, "lastgood: no memory after %u states\n", exploration->states.count);
        return LG_EXIT_HARNESS;
    }
    if (work->dump.file && work->broken < 0)
        lg_dump_states(&work->dump, exploration);
    print_summary(exploration);
    if (work->broken >= 0)
        print_broken(work, names);
    else if (!options->quiet)
        print_figures(work);
    return work->broken >= 0 ? LG_EXIT_VIOLATES : LG_EXIT_CONFORMS;
}

static bool open_dump(struct lg_dump *dump, const struct options *options)
{
    dump->every = options->every;
    dump->grouped = options->grouped;
    if (!options->dump)
        return true;
    if (!lg_dump_start(dump)) {
        fprintf(stderr, "lastgood: no memory for a dump\n");
        return false;
    }
    dump->file = fopen(options->dump, "w");
    if (!dump->file)
        fprintf(stderr, "lastgood: %s: %s\n", options->dump, strerror(errno));
    return dump->file != NULL;
}

static bool close_dump(struct lg_dump *dump, const struct options *options)
{
    bool complete = lg_dump_end(dump) || !dump->file;
    if (!complete)
        fprintf(stderr, "lastgood: %s: more than a grouped dump has room for\n", options->dump);
    if (!dump->file || fclose(dump->file) == 0)
        return complete;
    fprintf(stderr, "lastgood: %s: %s\n", options->dump, strerror(errno));
    return false;
}

static int run(const struct options *options)
{
    struct work *work = calloc(1, sizeof *work);
    struct lg_blobs blobs;
    struct lg_names names;
    int code = LG_EXIT_HARNESS;
    if (!lg_blobs_init(&blobs)) {
        free(work);
        return code;
    }
    lg_names_of_scripts(&names, &blobs);
    if (work && lg_exploration_init(&work->exploration, options->world, options->profile) &&
        open_dump(&work->dump, options)) {
        code = explore(work, options, &names);
        if (!close_dump(&work->dump, options))
            code = LG_EXIT_HARNESS;
    }
    if (work)
        lg_exploration_free(&work->exploration);
    lg_blobs_free(&blobs);
    free(work);
    return code;
}

bool lg_take_world(void *into, const char *value)
{
    bool good = strlen(value) == 1 && strchr("ABC", value[0]);
    if (good)
        *(char *)into = value[0];
    else
        fprintf(stderr, "lastgood: no such world: %s; there are A, B and C\n", value);
    return good;
}

static int read_options(int argc, char **argv, struct options *options, const char **words,
                        size_t *count)
{
    const struct lg_option known[] = {
        {"--world", .take = lg_take_world, .into = &options->world},
        {"--profile", .take = lg_take_profile, .into = &options->profile},
        {"--dump", .text = &options->dump},
        {"--every", .number = &options->every, .from = 1, .to = UINT32_MAX},
        {"--states", .number = &options->states, .from = 1, .to = UINT32_MAX},
        {"--grouped", .flag = &options->grouped},
        {"--quiet", .flag = &options->quiet},
    };
    return lg_arguments_read(argc, argv, known, sizeof known / sizeof known[0], help, words, count);
}

int lg_command_explore(int argc, char **argv)
{
    struct options options = {.profile = LG_PROFILE_documented, .every = 1};
    const char **words = calloc((size_t)argc, sizeof *words);
    size_t count;
    int code = words ? read_options(argc, argv, &options, words, &count) : LG_EXIT_HARNESS;
    if (code < 0 && (count > 0 || !options.world)) {
        fprintf(stderr, "lastgood: explore takes --world A, B or C; see lastgood explore --help\n");
        code = LG_EXIT_USAGE;
    }
    free(words);
    return code < 0 ? run(&options) : code;
}
