/* lastgood certify: that the oracle neither blames wrongly nor misses. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/times.h>
#include <unistd.h>

#include "conformance/progress.h"
#include "certificate_report.h"
#include "conformance/arguments.h"
#include "conformance/commands.h"
#include "conformance/crew.h"
#include "every.h"
#include "explore_commands.h"
#include "pair_target.h"
#include "script.h"
#include "target_walk.h"

static const char help[] =
    "usage: lastgood certify [options]\n"
    "\n"
    "Shows that the oracle is right, both ways:\n"
    "  no false alarm  every step from the reachable cells of a bounded world, under every "
    "choice,\n"
    "                  is accepted, and what is so is among what the oracle then believes "
    "possible\n"
    "  no miss         on every trace of a few calls in small worlds, and on every one with a "
    "single\n"
    "                  wrong field, the oracle agrees with a checker by brute force\n"
    "\n"
    "The short form steps from every 4,999th cell of world A and takes under a minute.\n"
    "\n"
    "  --long           every cell, and the traces that take an hour or two\n"
    "  --world A|B|C    another world\n"
    "  --every N        step from every N-th cell\n"
    "  --states N       only what the first N states of the world lead to\n"
    "  --target TARGET  instead of that: make every call in every state of the world on a target,\n"
    "                   under every choice, and judge each answer and what it left behind: "
    "model:,\n"
    "                   or one of stdio: and plugin: that offers snapshot and choices\n"
    "  --pairs          with --target model:, of world A: in place of that, make every two calls "
    "that "
    "may\n"
    "                   follow each other: each class of transitions after each; --every N takes\n"
    "                   every N-th of the transitions that come first\n"
    "  --report FILE    write a report, such as reports/certificate.md\n"
    "  --jobs N         so many processes, 1 to 64\n"
    "  --minutes N      begin no part of the traces after so many\n"
    "  --quiet          no progress\n"
    "\n"
    "exit codes: 0 the oracle is right, 1 it is not, or a target has faults, 2 it ran short of "
    "room\n"
    "somewhere, 3 no memory or no target, 64 usage\n"
    "\n"
    "examples:\n"
    "  lastgood certify --report reports/certificate.md\n"
    "  lastgood certify --long --jobs 8\n"
    "  lastgood certify --target \"stdio:lastgood-sim --stdio\" --every 499\n";

enum { SHORT_EVERY = 4999, EVERY_MAX = 1000000000 };

struct options {
    char world;
    uint32_t every;
    uint32_t states;
    uint32_t jobs;
    uint32_t minutes;
    const char *report;
    const char *target;
    bool thorough;
    bool in_pairs;
    bool quiet;
};

struct work {
    struct options options;
    struct lg_exploration exploration;
    struct lg_certificate certificate;
    struct lg_small_worlds worlds; /* of the traces */
    struct lg_no_miss_found no_miss;
    struct lg_target_walk walk;
    struct lg_pair_target pair_walk;
    struct lg_classes classes;
    struct lg_pairs pairs;
    bool right; /* nothing was wrong with the target */
};

static unsigned long long wide(uint64_t number)
{
    return (unsigned long long)number;
}

static void print_alarm(const struct work *work)
{
    const struct lg_certificate *found = &work->certificate;
    static struct lg_script_step steps[LG_REPLAY_STEPS_MAX];
    struct lg_names names;
    struct lg_blobs blobs;
    unsigned count;
    if (!lg_blobs_init(&blobs))
        return;
    lg_names_of_scripts(&names, &blobs);
    printf("FALSE ALARM at cell %u, which these steps lead to:\n", found->alarm_state);
    if (lg_script_to(&work->exploration, found->alarm_state, NULL, 0, steps, &count))
        lg_script_print(steps, count, &names, stdout);
    printf("then, with the names of that cell:\n");
    lg_script_print(&(struct lg_script_step){found->alarm_call, found->alarm_seen}, 1, &names,
                    stdout);
    lg_blobs_free(&blobs);
}

/* Of the processor, by this process and those that ended. */
static double seconds_used(void)
{
    struct tms used;
    times(&used);
    return (double)(used.tms_utime + used.tms_cutime + used.tms_stime + used.tms_cstime) /
           (double)sysconf(_SC_CLK_TCK);
}

static bool compare(struct work *work, FILE *progress)
{
    const struct options *options = &work->options;
    struct lg_no_miss_options how = {
        .jobs = options->jobs, .minutes = options->minutes, .progress = progress};
    if (options->thorough)
        lg_small_worlds_long(&work->worlds);
    else
        lg_small_worlds_short(&work->worlds);
    return lg_no_miss(&work->no_miss, &work->worlds, &how);
}

static int tell(const struct work *work)
{
    const struct lg_certificate_report report = {
        .exploration = &work->exploration,
        .certificate = &work->certificate,
        .worlds = &work->worlds,
        .no_miss = &work->no_miss,
        .seconds = seconds_used(),
        .every = work->options.every,
        .thorough = work->options.thorough,
        .jobs = work->options.jobs,
        .minutes = work->options.minutes,
    };
    const char *path = work->options.report;
    lg_certificate_write_steps(&report, stdout);
    lg_certificate_write_traces(&report, stdout);
    if (work->certificate.false_alarms)
        print_alarm(work);
    if (path && !lg_certificate_write_report(&report, path)) {
        fprintf(stderr, "lastgood: %s: %s\n", path, strerror(errno));
        return LG_EXIT_HARNESS;
    }
    if (work->certificate.false_alarms || work->no_miss.all.disagreements)
        return LG_EXIT_VIOLATES;
    bool certain = !work->certificate.short_of_room && !work->no_miss.all.milder;
    return certain ? LG_EXIT_CONFORMS : LG_EXIT_UNDETERMINED;
}

static int certify(struct work *work)
{
    const struct options *options = &work->options;
    FILE *progress = lg_progress_to(!options->quiet);
    work->certificate.every = options->every ? options->every : options->thorough ? 1 : SHORT_EVERY;
    lg_certify_no_false_alarm(&work->certificate, &work->exploration, options->jobs, progress);
    bool compared = !work->certificate.no_memory && compare(work, progress);
    lg_progress_end(progress);
    if (!compared) {
        fprintf(stderr, "lastgood: no memory, or a process that shared the work has failed\n");
        return LG_EXIT_HARNESS;
    }
    return tell(work);
}

static void write_faults(const struct lg_walk_faults *faults)
{
    struct lg_blobs blobs;
    struct lg_names names;
    if (!faults->count)
        return;
    printf("%s:\n", faults->first);
    if (!lg_blobs_init(&blobs))
        return;
    lg_names_of_scripts(&names, &blobs);
    lg_script_print(faults->steps, faults->step_count, &names, stdout);
    lg_blobs_free(&blobs);
}

static void write_walk(const struct work *work)
{
    const struct lg_target_walk *walk = &work->walk;
    printf("World %c on %s, from %s: %llu states, %llu transitions walked,\n"
           "%llu looks at what they left behind; states not reached: %llu, transitions that lead\n"
           "elsewhere: %llu, faults: %llu; left out, for a VM is made where jobs are left: %llu,\n"
           "for a job is listed that the world's client has forgotten: %llu\n",
           work->exploration.world.name, work->options.target, lg_every(walk->every, "state").text,
           wide(walk->states), wide(walk->transitions), wide(walk->looks), wide(walk->unreached),
           wide(walk->elsewhere), wide(walk->faults.count), wide(walk->left_out),
           wide(walk->unwalked));
    write_faults(&walk->faults);
}

static bool walk_states(struct work *work, const struct lg_scripted *target, FILE *progress)
{
    struct lg_target_walk *walk = &work->walk;
    const struct options *options = &work->options;
    walk->every = options->every ? options->every : options->thorough ? 1 : SHORT_EVERY;
    lg_explore(&work->exploration, NULL, NULL, NULL);
    lg_target_walk(walk, &work->exploration, target, progress);
    lg_progress_end(progress);
    if (work->exploration.no_memory || walk->no_memory || lg_scripted_failure(target))
        return false;
    write_walk(work);
    work->right = !walk->faults.count && !walk->unreached && !walk->elsewhere;
    return true;
}

static void write_pair_walk(const struct work *work)
{
    const struct lg_pair_target *walk = &work->pair_walk;
    struct lg_pair_count classes = lg_pairs_of_classes(&work->pairs);
    struct lg_pair_count groups = lg_pairs_of_groups(&work->pairs);
    printf("World %c on %s: %u classes of transitions; %u transitions come first, %u of them were\n"
           "made (%s); %llu after them, %llu looks at what those left behind\n"
           "pairs of classes walked: %u of %u (%.1f %%), of groups: %u of %u (%.1f %%)\n"
           "no target walks, for it lists a job that the world's client has forgotten: %u\n"
           "not reached: %llu, transitions that lead elsewhere: %llu, faults: %llu\n",
           work->exploration.world.name, work->options.target, work->classes.count, walk->ways,
           walk->taken, lg_every(walk->every, "transition").text, wide(walk->seconds),
           wide(walk->looks), classes.walked, classes.feasible,
           100.0 * classes.walked / classes.feasible, groups.walked, groups.feasible,
           100.0 * groups.walked / groups.feasible, lg_pair_target_unwalked(walk, &work->pairs),
           wide(walk->unreached), wide(walk->elsewhere), wide(walk->faults.count));
    write_faults(&walk->faults);
}

static bool visit(void *context, const struct lg_exploration *exploration,
                  const struct lg_transition *transition)
{
    struct work *work = context;
    lg_pairs_add(&work->pairs, exploration, transition);
    return !work->pairs.no_memory;
}

static bool walk_pairs(struct work *work, const struct lg_scripted *target, FILE *progress)
{
    struct lg_pair_target *walk = &work->pair_walk;
    walk->every = work->options.every ? work->options.every : 1;
    if (!lg_pairs_init(&work->pairs, &work->classes) ||
        !lg_explore(&work->exploration, visit, work, progress))
        return false;
    lg_pairs_close(&work->pairs);
    lg_pair_target_walk(walk, &work->exploration, &work->pairs, target, progress);
    lg_progress_end(progress);
    if (work->exploration.no_memory || walk->no_memory)
        return false;
    write_pair_walk(work);
    struct lg_pair_count classes = lg_pairs_of_classes(&work->pairs);
    unsigned none = lg_pair_target_unwalked(walk, &work->pairs);
    bool all = walk->every > 1 || classes.walked + none == classes.feasible;
    work->right = all && !walk->faults.count && !walk->unreached && !walk->elsewhere;
    return true;
}

static int walk(struct work *work, const struct lg_scripted *target)
{
    FILE *progress = lg_progress_to(!work->options.quiet);
    bool walked = work->options.in_pairs ? walk_pairs(work, target, progress)
                                         : walk_states(work, target, progress);
    const char *failure = lg_scripted_failure(target);
    if (failure) {
        fprintf(stderr, "lastgood: %s: %s\n", work->options.target, failure);
        return LG_EXIT_HARNESS;
    }
    if (!walked) {
        fprintf(stderr, "lastgood: no memory\n");
        return LG_EXIT_HARNESS;
    }
    return work->right ? LG_EXIT_CONFORMS : LG_EXIT_VIOLATES;
}

static int walk_model(struct work *work)
{
    struct lg_scripted scripted;
    if (!lg_scripted_model_open(&scripted))
        return LG_EXIT_HARNESS;
    int code = walk(work, &scripted);
    scripted.close(scripted.self);
    return code;
}

static int walk_open(struct work *work, struct lg_target *target)
{
    struct lg_json_error reason;
    struct lg_scripted scripted;
    if (!lg_scripted_target_open(&scripted, target, &reason)) {
        fprintf(stderr, "lastgood: %s: %s\n", work->options.target, reason.reason);
        return LG_EXIT_USAGE;
    }
    int code = walk(work, &scripted);
    scripted.close(scripted.self);
    return code;
}

static int walk_other(struct work *work, struct lg_blobs *blobs)
{
    const char *name = work->options.target;
    struct lg_wsman_options none = {0};
    struct lg_target target = {.blobs = blobs};
    struct lg_json_error reason;
    bool usage = false;
    if (strncmp(name, "http", 4) == 0 || strncmp(name, "model:", 6) == 0) {
        fprintf(stderr, "lastgood: certify walks model:, and stdio: and plugin: targets, not %s\n",
                name);
        return LG_EXIT_USAGE;
    }
    if (!lg_target_open(&target, name, blobs, &none, &reason, &usage)) {
        fprintf(stderr, "lastgood: %s: %s\n", name, reason.reason);
        return usage ? LG_EXIT_USAGE : LG_EXIT_HARNESS;
    }
    int code = walk_open(work, &target);
    target.close(&target);
    return code;
}

static int walk_target(struct work *work)
{
    struct lg_blobs blobs;
    int code = LG_EXIT_HARNESS;
    if (!lg_blobs_init(&blobs))
        fprintf(stderr, "lastgood: no memory\n");
    else if (strcmp(work->options.target, "model:") == 0)
        code = walk_model(work);
    else
        code = walk_other(work, &blobs);
    lg_blobs_free(&blobs);
    lg_pairs_free(&work->pairs);
    return code;
}

static int run(const struct options *options)
{
    struct work *work = calloc(1, sizeof *work);
    int code = LG_EXIT_HARNESS;
    if (!work)
        return code;
    work->options = *options;
    if (lg_exploration_init(&work->exploration, options->world, LG_PROFILE_documented)) {
        work->exploration.states_max = options->states;
        code = options->target ? walk_target(work) : certify(work);
    }
    lg_exploration_free(&work->exploration);
    free(work);
    return code;
}

static int read_options(int argc, char **argv, struct options *options, const char **words,
                        size_t *count)
{
    const struct lg_option known[] = {
        {"--long", .flag = &options->thorough},
        {"--world", .take = lg_take_world, .into = &options->world},
        {"--every", .number = &options->every, .from = 1, .to = EVERY_MAX},
        {"--target", .text = &options->target},
        {"--pairs", .flag = &options->in_pairs},
        {"--report", .text = &options->report},
        {"--states", .number = &options->states, .from = 1, .to = EVERY_MAX},
        {"--jobs", .number = &options->jobs, .from = 1, .to = LG_CREW_MAX},
        {"--minutes", .number = &options->minutes, .from = 1, .to = EVERY_MAX},
        {"--quiet", .flag = &options->quiet},
    };
    return lg_arguments_read(argc, argv, known, sizeof known / sizeof known[0], help, words, count);
}

int lg_command_certify(int argc, char **argv)
{
    struct options options = {.world = 'A', .jobs = 1};
    const char **words = calloc((size_t)argc, sizeof *words);
    size_t count;
    int code = words ? read_options(argc, argv, &options, words, &count) : LG_EXIT_HARNESS;
    if (code < 0 && count > 0) {
        fprintf(stderr, "lastgood: certify takes no %s; see lastgood certify --help\n", words[0]);
        code = LG_EXIT_USAGE;
    }
    bool of_model = options.target && strcmp(options.target, "model:") == 0;
    if (code < 0 && options.in_pairs && (!of_model || options.world != 'A')) {
        fprintf(stderr, "lastgood: --pairs needs --target model: and world A\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0 && options.target && !of_model && options.world != 'A') {
        fprintf(stderr, "lastgood: certify walks %s in world A alone\n", options.target);
        code = LG_EXIT_USAGE;
    }
    free(words);
    return code < 0 ? run(&options) : code;
}
