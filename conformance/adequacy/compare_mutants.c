/* Compares mutants with the model, step by step. Not a product: what adequacy.py drives.
 *
 * usage: compare_mutants LIBRARY PROFILE SAMPLED STATES SPOTS AHEAD JOBS
 * SAMPLED spots of random scripts, and the first STATES of world A (0: all); of the spots of world
 * A where a mutant matters about SPOTS, spread evenly (0: all). From up to AHEAD of the spots where
 * it goes where the model does not, spread evenly (0: none), the calls that follow are looked at.
 * Standard input: "MUTANT FUNCTION...", the functions that it changes, by index; none: any may
 * behave otherwise. Standard output: how many spots there are, then one JSON object a mutant:
 *   "equal"        the same ways, with the same readings, wherever a changed function is reached
 *   "hidden"       equal in all that a target shows; an oracle that keeps what it saw differs
 *   "crowded"      equal but where a VM has as many jobs as the model holds: it takes one more
 *   "readings"     the same ways, which take other readings
 *   "included"     every way is one of the model's, with its readings, but some of the model's are
 *                  missing
 *   "rereads"      every way is one of the model's, but with other readings
 *   "untold"       with AHEAD: it goes where the model does not, but no two calls that follow are
 *                  answered as the model may not answer them
 *   "differs"      it goes where the model does not: the first call of that kind
 *   "crash", "never ends" */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance/edges.h"
#include "line_crew.h"
#include "lookahead.h"
#include "model/step.h"
#include "spots.h"

enum { SECONDS_MAX = 120, SECONDS_AHEAD_MAX = 600 };

enum verdict { EQUAL, HIDDEN, CROWDED, INCLUDED, READINGS, REREADS, UNTOLD, DIFFERS };
static const char *const words_of_verdict[] = {"equal",    "hidden",  "crowded", "included",
                                               "readings", "rereads", "untold",  "differs"};

struct comparison {
    const struct lg_spots *spots;
    const struct lg_mutants *mutants;
    const struct lg_lookahead *lookahead;
    uint64_t functions[LG_REACH_WORDS];
    uint32_t spots_max; /* of the world */
    uint32_t ahead_max; /* spots that are looked ahead from */
    uint32_t matters;   /* spots of the world where a function that is changed is reached */
    enum verdict verdict;
    uint32_t reached;
    uint32_t other;  /* spots where it is not equal */
    uint32_t first;  /* of them */
    uint32_t *apart; /* with a lookahead: spots where it goes where the model does not */
    uint32_t apart_count;
};

static bool is_included(const struct lg_ways *some, const struct lg_ways *all, bool readings)
{
    for (unsigned i = 0; i < some->count; i++)
        if (!lg_ways_have(all, &some->items[i], readings))
            return false;
    return !some->more;
}

/* What the oracle does not judge: a job more than a cell holds. */
static bool is_crowded(const struct lg_scene *scene, const struct lg_ways *ways,
                       const struct lg_ways *model)
{
    bool one_more = false;
    if (lg_cell_has_room(&scene->cell) || ways->more)
        return false;
    for (unsigned i = 0; i < ways->count; i++) {
        if (lg_ways_have(model, &ways->items[i], false))
            continue;
        if (ways->items[i].outcome.answer != LG_ANSWERS_JOB)
            return false;
        one_more = true;
    }
    return one_more;
}

static bool is_reached(const struct comparison *comparison, const struct lg_spot *spot)
{
    for (unsigned i = 0; i < LG_REACH_WORDS; i++)
        if (comparison->functions[i] & spot->reached[i])
            return true;
    return false;
}

static enum verdict compare_spot(const struct comparison *comparison, const struct lg_spot *spot)
{
    static struct lg_ways ways, model;
    struct lg_scene scene;
    struct lg_spot found;
    lg_spots_scene(comparison->spots, spot, &scene);
    lg_spots_walk(comparison->spots, &scene, comparison->mutants->step, &ways);
    lg_ways_hash(&ways, &found);
    if (!ways.more && found.readings == spot->readings && found.plain == spot->plain)
        return found.whole == spot->whole ? EQUAL : HIDDEN;
    lg_spots_walk(comparison->spots, &scene, lg_step, &model);
    if (is_crowded(&scene, &ways, &model))
        return CROWDED;
    if (is_included(&ways, &model, true))
        return INCLUDED;
    if (!ways.more && found.plain == spot->plain)
        return READINGS;
    return is_included(&ways, &model, false) ? REREADS : DIFFERS;
}

static void count_spots(struct comparison *comparison)
{
    const struct lg_spots *spots = comparison->spots;
    for (uint32_t i = spots->sampled; i < spots->count; i++)
        comparison->matters += is_reached(comparison, &spots->items[i]);
}

/* All of the sample; of the world as many as are asked for. */
static bool is_asked(const struct comparison *comparison, uint32_t spot)
{
    uint64_t mixed = (uint64_t)spot * 0x9E3779B97F4A7C15u >> 32;
    if (spot < comparison->spots->sampled || !comparison->spots_max ||
        comparison->matters <= comparison->spots_max)
        return true;
    return mixed * comparison->matters >> 32 < comparison->spots_max;
}

static void compare(struct comparison *comparison)
{
    count_spots(comparison);
    for (uint32_t i = 0; i < comparison->spots->count && comparison->verdict != DIFFERS; i++) {
        const struct lg_spot *spot = &comparison->spots->items[i];
        enum verdict verdict;
        if (!is_reached(comparison, spot) || !is_asked(comparison, i))
            continue;
        comparison->reached++;
        verdict = compare_spot(comparison, spot);
        if (verdict != EQUAL && (comparison->other++ == 0 || verdict == DIFFERS))
            comparison->first = i;
        if (verdict == DIFFERS && comparison->ahead_max) {
            comparison->apart[comparison->apart_count++] = i;
            verdict = UNTOLD;
        }
        if (verdict > comparison->verdict)
            comparison->verdict = verdict;
    }
}

static bool is_told(const struct comparison *comparison, uint32_t spot)
{
    static struct lg_ways ways, model;
    const struct lg_spots *spots = comparison->spots;
    struct lg_scene scene;
    lg_spots_scene(spots, &spots->items[spot], &scene);
    lg_spots_walk_shown(spots, &scene, comparison->mutants->step, &ways);
    lg_spots_walk_shown(spots, &scene, lg_step, &model);
    return model.more || !lg_lookahead_is_untold(comparison->lookahead, &ways, &model);
}

/* From the spots where it goes where the model does not, or so many of them, spread evenly. */
static void look_ahead(struct comparison *comparison)
{
    uint32_t every = comparison->apart_count / (comparison->ahead_max + 1) + 1;
    for (uint32_t i = 0; i < comparison->apart_count; i += every) {
        if (!is_told(comparison, comparison->apart[i]))
            continue;
        comparison->first = comparison->apart[i];
        comparison->verdict = DIFFERS;
        return;
    }
}

static void print_call(const struct lg_spots *spots, uint32_t spot)
{
    char words[LG_WORDS_BYTES];
    struct lg_scene scene;
    struct lg_names names;
    struct lg_blobs blobs;
    lg_spots_scene(spots, &spots->items[spot], &scene);
    if (!lg_blobs_init(&blobs))
        return;
    lg_names_of_scripts(&names, &blobs);
    lg_words_of_call(&scene.call, &names, words);
    for (char *at = words; *at; at++)
        if (*at == '"' || *at == '\\')
            *at = '\'';
    printf(", \"other\": \"%s\", \"of_world\": %s", words,
           spot < spots->sampled ? "false" : "true");
    lg_blobs_free(&blobs);
}

static void run(struct comparison *comparison, int mutant)
{
    struct rlimit core = {0, 0};
    rlim_t seconds = comparison->ahead_max ? SECONDS_AHEAD_MAX : SECONDS_MAX;
    struct rlimit time = {seconds, seconds + 1};
    setrlimit(RLIMIT_CORE, &core);
    setrlimit(RLIMIT_CPU, &time);
    if (!freopen("/dev/null", "w", stderr))
        _exit(3);
    lg_mutants_select(comparison->mutants, mutant);
    compare(comparison);
    look_ahead(comparison);
    printf("{\"mutant\": %d, \"verdict\": \"%s\", \"reached\": %u, \"all\": %s, \"others\": %u",
           mutant, words_of_verdict[comparison->verdict], comparison->reached,
           !comparison->spots_max || comparison->matters <= comparison->spots_max ? "true"
                                                                                  : "false",
           comparison->other);
    if (comparison->ahead_max)
        printf(", \"apart\": %u", comparison->apart_count);
    if (comparison->verdict != EQUAL)
        print_call(comparison->spots, comparison->first);
    printf("}\n");
    fflush(stdout);
    _exit(0);
}

/* The mutant of a line; its functions' bits. */
static int read_line(const char *line, uint64_t *functions)
{
    char *end;
    int mutant = (int)strtol(line, &end, 10);
    bool any = false;
    memset(functions, 0, LG_REACH_WORDS * sizeof *functions);
    while (*end == ' ') {
        unsigned long function = strtoul(end, &end, 10) % LG_MUTANT_FUNCTIONS_MAX;
        functions[function / 64] |= (uint64_t)1 << function % 64;
        any = true;
    }
    if (!any)
        memset(functions, 0xFF, LG_REACH_WORDS * sizeof *functions);
    return mutant;
}

static bool compare_mutant(void *context, const char *line)
{
    struct comparison comparison = *(const struct comparison *)context;
    int mutant = read_line(line, comparison.functions);
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        run(&comparison, mutant);
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return false;
    if (WIFSIGNALED(status))
        printf("{\"mutant\": %d, \"verdict\": \"%s\"}\n", mutant,
               WTERMSIG(status) == SIGXCPU ? "never ends" : "crash");
    fflush(stdout);
    return !WIFEXITED(status) || WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv)
{
    static struct lg_spots spots;
    struct lg_mutants mutants;
    struct lg_lookahead lookahead;
    struct comparison comparison = {.spots = &spots, .mutants = &mutants, .lookahead = &lookahead};
    int profile = argc == 8 ? lg_profile_find(argv[2]) : -1;
    if (profile < 0 || !lg_mutants_load(&mutants, argv[1])) {
        fprintf(stderr, "usage: compare_mutants LIBRARY PROFILE SAMPLED STATES SPOTS AHEAD JOBS\n");
        return 64;
    }
    if (!lg_spots_gather(&spots, &mutants, (enum lg_profile_id)profile,
                         (uint32_t)strtoul(argv[3], NULL, 10),
                         (uint32_t)strtoul(argv[4], NULL, 10)))
        return 3;
    printf("{\"sampled\": %u, \"states\": %u, \"of_world\": %u}\n", spots.sampled,
           spots.world.states.count, spots.count - spots.sampled);
    comparison.spots_max = (uint32_t)strtoul(argv[5], NULL, 10);
    comparison.ahead_max = (uint32_t)strtoul(argv[6], NULL, 10);
    comparison.apart = malloc(spots.count * sizeof *comparison.apart);
    lg_lookahead_init(&lookahead, &spots, mutants.step);
    if (!comparison.apart)
        return 3;
    return lg_crew_run((unsigned)atoi(argv[7]), compare_mutant, &comparison) ? 0 : 3;
}
