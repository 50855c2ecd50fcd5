/* lastgood diff. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "diff_options.h"
#include "edges.h"
#include "expected.h"
#include "finds.h"
#include "interrupt.h"
#include "progress.h"
#include "recorded.h"
#include "script_maker.h"

enum { KINDS_MAX = 256, KINDS_SHOWN = 12, PROGRESS_EVERY = 64 };

/* A difference that came up before, whichever script showed it. */
struct kind {
    char what[LG_WHAT_BYTES];
    enum lg_difference_kind verdict;
    unsigned guilty;
    bool expected;
    uint64_t scripts;
    char first[LG_SCRIPT_NAME_BYTES];
};

struct kinds {
    struct kind items[KINDS_MAX];
    unsigned count;
};

struct comparison {
    const struct lg_diff_options *options;
    struct lg_side a;
    struct lg_side b;
    struct lg_blobs blobs;
    struct lg_script_maker *maker; /* NULL: the scripts were given */
    struct lg_script_list given;
    struct lg_expected expected;
    struct kinds allowed;
    struct kinds found; /* forbidden and undetermined */
    struct lg_known_keys known;
    uint64_t scripts;
    uint64_t by_kind[LG_DIFFERENCE_FORBIDDEN + 1];
    uint64_t as_expected;
    uint64_t alike;
    uint64_t stopped;                                     /* one of the two refused a step */
    char refusal[LG_REASON_BYTES + LG_SCRIPT_NAME_BYTES]; /* the first of those */
    unsigned finds;                                       /* forbidden ones */
    struct timespec start;
    FILE *progress; /* NULL: none */
};

/* ---- kinds ---- */

/* NULL when there are too many. */
static struct kind *kind_of(struct kinds *kinds, const struct lg_difference *difference,
                            bool *is_new)
{
    *is_new = false;
    for (unsigned i = 0; i < kinds->count; i++)
        if (kinds->items[i].verdict == difference->kind &&
            kinds->items[i].guilty == difference->guilty &&
            strcmp(kinds->items[i].what, difference->what) == 0)
            return &kinds->items[i];
    if (kinds->count == KINDS_MAX)
        return NULL;
    struct kind *kind = &kinds->items[kinds->count++];
    *kind = (struct kind){.verdict = difference->kind, .guilty = difference->guilty};
    memcpy(kind->what, difference->what, sizeof kind->what);
    *is_new = true;
    return kind;
}

/* ---- one difference ---- */

static const char *expected_of(struct comparison *comparison, const struct lg_side *side)
{
    const struct lg_offence *offence = &side->offence;
    const uint16_t clause =
        offence->why.found
            ? (uint16_t)lg_alternatives[lg_sites[lg_slot_site(offence->why.slot)].alternative +
                                        offence->why.alternative]
                  .clause
            : offence->verdict.clause;
    char what[LG_WHAT_BYTES], seen[LG_WORDS_BYTES];
    if (offence->kind == LG_VERDICT_CONFORMS)
        return "nothing";
    lg_offence_write(offence, what);
    lg_words_of_seen(&offence->seen, &offence->call, &side->names, seen);
    const struct lg_deviation deviation = {.explained = offence->why.found ? what : NULL,
                                           .outcome = seen,
                                           .clauses = &clause,
                                           .clause_count = clause != LG_CLAUSE_none};
    return lg_expected_find(&comparison->expected, &deviation);
}

/* A did nothing wrong, and what B did is on the list. */
static bool is_expected(struct comparison *comparison)
{
    bool offends = comparison->a.offence.kind != LG_VERDICT_CONFORMS;
    return comparison->expected.document && !offends &&
           expected_of(comparison, &comparison->b) != NULL;
}

/* Whether an alternative that violates is on the list: the oracle went on behind it then. */
static bool expect_alternative(struct comparison *comparison, const struct lg_explanation *admitted)
{
    char what[LG_WHAT_BYTES];
    enum lg_site site = lg_slot_site(admitted->slot);
    const struct lg_alternative_row *row =
        &lg_alternatives[lg_sites[site].alternative + admitted->alternative];
    const uint16_t clause = (uint16_t)row->clause;
    snprintf(what, sizeof what, "%s=%s", lg_sites[site].id, row->name);
    const struct lg_deviation deviation = {
        .explained = what, .clauses = &clause, .clause_count = 1};
    return lg_expected_find(&comparison->expected, &deviation) != NULL;
}

static void write_find(struct comparison *comparison, const struct lg_script *script,
                       const struct lg_difference *difference)
{
    const struct lg_diff_options *options = comparison->options;
    char path[LG_FIND_PATH_BYTES];
    if (!lg_find_write(script, difference, &comparison->a, &comparison->b, options->out, path)) {
        fprintf(stderr, "lastgood: %s: %s\n", options->out, strerror(errno));
        return;
    }
    printf("    vector: %s\n    again: lastgood diff ", path);
    lg_shell_word_print(comparison->a.name);
    putchar(' ');
    lg_shell_word_print(comparison->b.name);
    printf(" --script ");
    lg_shell_word_print(path);
    if (options->profile != LG_PROFILE_documented)
        printf(" --profile %s", lg_profiles[options->profile].name);
    printf("\n");
}

static void know(struct lg_known_keys *known, const struct lg_difference *difference)
{
    if (difference->kind == LG_DIFFERENCE_FORBIDDEN && known->count < LG_KNOWN_MAX)
        memcpy(known->keys[known->count++], difference->key, LG_WHAT_BYTES);
}

static void show_find(struct comparison *comparison, const struct lg_script *script,
                      struct lg_difference difference)
{
    const struct lg_diff_options *options = comparison->options;
    struct lg_shrinker *shrinker = calloc(1, sizeof *shrinker);
    struct lg_script *small = malloc(sizeof *small);
    const struct lg_readings before[2] = {comparison->a.before, comparison->b.before};
    bool replayed = lg_is_recording(comparison->a.name) || lg_is_recording(comparison->b.name);
    bool shrinks = shrinker && small && options->budget && !replayed, repeats = false;
    if (shrinks) {
        memcpy(small, script, sizeof *small);
        shrinker->budget = options->budget;
        shrinker->repeats = (unsigned)options->repeats;
        repeats = lg_find_shrink(&comparison->a, &comparison->b, small, &difference, before,
                                 &comparison->known, shrinker);
        if (!repeats)
            printf("not found again in %u tries: flaky, or the target forgets no reset\n",
                   shrinker->tries);
    }
    know(&comparison->known, &difference);
    lg_find_tell(shrinks ? small : script, &difference, &comparison->a, &comparison->b,
                 repeats ? shrinker : NULL);
    if (!replayed)
        write_find(comparison, shrinks ? small : script, &difference);
    fflush(stdout);
    free(shrinker);
    free(small);
}

static void take_difference(struct comparison *comparison, const struct lg_script *script,
                            const struct lg_difference *difference)
{
    bool allowed = difference->kind == LG_DIFFERENCE_ALLOWED, is_new;
    bool expected = !allowed && is_expected(comparison);
    struct kind *kind =
        kind_of(allowed ? &comparison->allowed : &comparison->found, difference, &is_new);
    comparison->by_kind[difference->kind] += !expected;
    comparison->as_expected += expected;
    if (kind && kind->scripts++ == 0)
        memcpy(kind->first, script->name, sizeof kind->first);
    if (kind)
        kind->expected = expected;
    if (comparison->maker && is_new && !expected)
        lg_script_maker_differed(comparison->maker, difference->method);
    if (allowed || expected || !is_new)
        return;
    comparison->finds += difference->kind == LG_DIFFERENCE_FORBIDDEN;
    show_find(comparison, script, *difference);
}

/* What an offending script seemed to teach of the target's readings is not kept. */
static void forget_offence(struct lg_side *side)
{
    if (side->offence.kind != LG_VERDICT_CONFORMS)
        side->judge.oracle.readings[0] = side->before;
}

/* ---- scripts ---- */

static bool lost_side(const struct comparison *comparison, const struct lg_side *side, char letter,
                      const struct lg_script *script, const struct lg_json_error *reason)
{
    const struct lg_difference at = {.what = "the target ended"};
    char path[LG_FIND_PATH_BYTES];
    lg_progress_end(comparison->progress);
    fprintf(stderr, "lastgood: %s: %c (%s): %s\n", script->name, letter, side->name,
            reason->reason);
    if (comparison->maker && lg_find_write(script, &at, side, NULL, comparison->options->out, path))
        fprintf(stderr, "lastgood: the script is in %s\n", path);
    return false;
}

static void note_refusal(struct comparison *comparison, const struct lg_script *script,
                         const struct lg_side *side, char letter)
{
    if (side->stopped_at < script->count && !comparison->refusal[0])
        snprintf(comparison->refusal, sizeof comparison->refusal, "%c, %.60s, step %u: %.180s",
                 letter, script->name, side->stopped_at + 1, side->refusal);
}

static bool run_script(struct comparison *comparison, const struct lg_script *script)
{
    struct lg_json_error reason;
    bool alike;
    if (!lg_side_run(&comparison->a, script, &reason))
        return lost_side(comparison, &comparison->a, 'A', script, &reason);
    if (!lg_side_run(&comparison->b, script, &reason))
        return lost_side(comparison, &comparison->b, 'B', script, &reason);
    struct lg_difference difference = lg_differ(script, &comparison->a, &comparison->b, &alike);
    comparison->scripts++;
    comparison->alike += alike;
    note_refusal(comparison, script, &comparison->a, 'A');
    note_refusal(comparison, script, &comparison->b, 'B');
    comparison->stopped +=
        comparison->a.stopped_at < script->count || comparison->b.stopped_at < script->count;
    const struct lg_explanation *admitted_by = &comparison->b.admitted;
    bool admitted = admitted_by->found && expect_alternative(comparison, admitted_by);
    if (difference.kind > LG_DIFFERENCE_ALLOWED)
        take_difference(comparison, script, &difference);
    else if (admitted)
        comparison->as_expected++;
    else if (difference.kind == LG_DIFFERENCE_ALLOWED)
        take_difference(comparison, script, &difference);
    else
        comparison->by_kind[LG_DIFFERENCE_NONE]++;
    forget_offence(&comparison->a);
    forget_offence(&comparison->b);
    return true;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static bool is_over(const struct comparison *comparison)
{
    const struct lg_diff_options *options = comparison->options;
    return comparison->finds >= options->finds || lg_interrupted() ||
           (options->seconds && seconds_since(&comparison->start) >= (double)options->seconds);
}

static bool run_made(struct comparison *comparison)
{
    struct lg_script *script = malloc(sizeof *script);
    bool going = script != NULL;
    for (unsigned long i = 0; going && i < comparison->options->count && !is_over(comparison);
         i++) {
        lg_script_make(comparison->maker, script);
        lg_side_filter(&comparison->a, script);
        lg_side_filter(&comparison->b, script);
        going = run_script(comparison, script);
        if (i % PROGRESS_EVERY == 0)
            lg_progress_show(comparison->progress, "%lu of %u", i, comparison->options->count);
    }
    lg_progress_end(comparison->progress);
    free(script);
    return going;
}

static bool run_given(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->given.count && !is_over(comparison); i++)
        if (!run_script(comparison, comparison->given.items[i]))
            return false;
    return true;
}

/* ---- the end ---- */

static void show_kinds(const struct kinds *kinds)
{
    unsigned shown = kinds->count < KINDS_SHOWN ? kinds->count : KINDS_SHOWN;
    for (unsigned i = 0; i < shown; i++)
        printf("  %s: %llu scripts, first %s\n", kinds->items[i].what,
               (unsigned long long)kinds->items[i].scripts, kinds->items[i].first);
    if (shown < kinds->count)
        printf("  and %u more\n", kinds->count - shown);
}

static int only_left(const struct lg_readings *readings, const struct lg_profile *profile,
                     uint16_t slot)
{
    unsigned left = profile->allowed[slot] & ~(unsigned)readings->out[slot];
    return left && !(left & (left - 1)) ? __builtin_ctz(left) : -1;
}

/* Readings of the pages that the two were found to have, where they are not the same. */
static void show_readings(const struct comparison *comparison)
{
    const struct lg_judge *a = &comparison->a.judge, *b = &comparison->b.judge;
    int last = -1;
    for (uint16_t slot = 0; slot < LG_SLOT_COUNT; slot++) {
        int left = only_left(&a->oracle.readings[0], &a->oracle.profile, slot);
        int right = only_left(&b->oracle.readings[0], &b->oracle.profile, slot);
        enum lg_site site = lg_slot_site(slot);
        if (left < 0 || right < 0 || left == right || (int)site == last ||
            lg_sites[site].scope != LG_SCOPE_READING)
            continue;
        last = (int)site;
        printf("  reading %s: A %s, B %s\n", lg_sites[site].id,
               lg_alternatives[lg_sites[site].alternative + left].name,
               lg_alternatives[lg_sites[site].alternative + right].name);
    }
}

/* An expected alternative that has become B's reading happened, whatever the single scripts show.
 */
static void expect_readings(struct comparison *comparison)
{
    const struct lg_judge *b = &comparison->b.judge;
    for (uint16_t slot = 0; comparison->expected.document && slot < LG_SLOT_COUNT; slot++) {
        int left = only_left(&b->oracle.readings[0], &b->oracle.profile, slot);
        const struct lg_explanation bound = {true, slot, (uint8_t)left};
        if (left >= 0 && lg_slot_tag(slot, (unsigned)left) == LG_TAG_VIOLATES &&
            comparison->scripts > 0)
            expect_alternative(comparison, &bound);
    }
}

static void show_lacking(const struct lg_side *side, char letter)
{
    for (uint8_t method = 0; method < LG_METHOD_COUNT; method++)
        if (lg_side_lacks(side, method))
            printf("%c never takes %s.%s: left out\n", letter, lg_methods[method].class_name,
                   lg_methods[method].name);
}

static int finish(struct comparison *comparison)
{
    expect_readings(comparison);
    const struct lg_diff_options *options = comparison->options;
    bool whole = comparison->maker && comparison->scripts >= LG_EXPECTED_ENOUGH_SCRIPTS;
    unsigned wrong = lg_expected_complain(&comparison->expected, whole);
    double seconds = seconds_since(&comparison->start);
    if (comparison->allowed.count)
        printf("both are allowed%s:\n", comparison->expected.document ? ", or expected" : "");
    show_kinds(&comparison->allowed);
    show_readings(comparison);
    if (comparison->refusal[0])
        printf("refused by %s\n", comparison->refusal);
    show_lacking(&comparison->a, 'A');
    show_lacking(&comparison->b, 'B');
    printf("%llu scripts, %llu calls, %.1f s (%.0f scripts/s), %llu transitions of the model\n",
           (unsigned long long)comparison->scripts,
           (unsigned long long)(comparison->a.calls + comparison->b.calls), seconds,
           (double)comparison->scripts / (seconds > 0 ? seconds : 1),
           (unsigned long long)(comparison->maker ? comparison->maker->transitions : 0));
    printf("%llu differ as the documents forbid, %llu undetermined, %llu as expected, %llu differ "
           "as both are allowed, %llu offend alike, %llu refused\n",
           (unsigned long long)comparison->by_kind[LG_DIFFERENCE_FORBIDDEN],
           (unsigned long long)comparison->by_kind[LG_DIFFERENCE_UNDETERMINED],
           (unsigned long long)comparison->as_expected,
           (unsigned long long)comparison->by_kind[LG_DIFFERENCE_ALLOWED],
           (unsigned long long)comparison->alike, (unsigned long long)comparison->stopped);
    if (options->update && !lg_expected_update(&comparison->expected, comparison->b.name, whole)) {
        fprintf(stderr, "lastgood: %s: %s\n", options->expected, strerror(errno));
        return LG_EXIT_HARNESS;
    }
    if (options->update)
        return LG_EXIT_CONFORMS;
    if (comparison->by_kind[LG_DIFFERENCE_FORBIDDEN] || wrong)
        return LG_EXIT_VIOLATES;
    return comparison->by_kind[LG_DIFFERENCE_UNDETERMINED] ? LG_EXIT_UNDETERMINED
                                                           : LG_EXIT_CONFORMS;
}

/* ---- the beginning ---- */

static bool load_scripts(struct comparison *comparison, const char *path)
{
    struct lg_json_error error;
    if (lg_scripts_load(&comparison->given, path, &comparison->blobs, &error))
        return true;
    fprintf(stderr, "lastgood: %s\n", error.reason);
    return false;
}

/* The scripts: those given, those of a recording, or made ones. */
static int choose_scripts(struct comparison *comparison)
{
    const struct lg_diff_options *options = comparison->options;
    const char *names[] = {comparison->a.name, comparison->b.name};
    bool replayed = false;
    for (unsigned i = 0; i < options->file_count; i++)
        if (!load_scripts(comparison, options->files[i]))
            return LG_EXIT_USAGE;
    for (unsigned i = 0; i < 2 && !replayed; i++)
        if (lg_is_recording(names[i])) {
            replayed = true;
            if (!options->file_count && !load_scripts(comparison, names[i]))
                return LG_EXIT_USAGE;
        }
    if (options->file_count || replayed)
        return -1;
    comparison->maker = malloc(sizeof *comparison->maker);
    if (!comparison->maker)
        return LG_EXIT_HARNESS;
    lg_script_maker_init(comparison->maker, options->seed,
                         comparison->a.target.capabilities & comparison->b.target.capabilities);
    return -1;
}

static bool open_sides(struct comparison *comparison, const char *const *names, int *code)
{
    const struct lg_diff_options *options = comparison->options;
    struct lg_side *sides[] = {&comparison->a, &comparison->b};
    struct lg_json_error error;
    bool usage;
    for (unsigned i = 0; i < 2; i++)
        if (!lg_side_open(sides[i], names[i], &comparison->blobs, options->profile, &options->wsman,
                          &error, &usage)) {
            fprintf(stderr, "lastgood: %s: %s\n", names[i], error.reason);
            *code = usage ? LG_EXIT_USAGE : LG_EXIT_HARNESS;
            return false;
        }
    return true;
}

static int compare(struct comparison *comparison, const char *const *names)
{
    struct lg_json_error error;
    int code = LG_EXIT_USAGE;
    if (!lg_expected_load(&comparison->expected, comparison->options->expected,
                          comparison->options->update, &error)) {
        fprintf(stderr, "lastgood: %s\n", error.reason);
        return code;
    }
    if (!open_sides(comparison, names, &code))
        return code;
    lg_expected_admit(&comparison->expected, &comparison->b.judge);
    code = choose_scripts(comparison);
    if (code >= 0)
        return code;
    lg_interrupt_watch();
    clock_gettime(CLOCK_MONOTONIC, &comparison->start);
    bool ran = comparison->maker ? run_made(comparison) : run_given(comparison);
    code = finish(comparison);
    return ran ? code : LG_EXIT_HARNESS;
}

static int run(const struct lg_diff_options *options, const char *const *names)
{
    struct comparison *comparison = calloc(1, sizeof *comparison);
    int code = LG_EXIT_HARNESS;
    if (comparison && lg_blobs_init(&comparison->blobs)) {
        comparison->options = options;
        comparison->progress = lg_progress_to(true);
        code = compare(comparison, names);
        lg_side_close(&comparison->a);
        lg_side_close(&comparison->b);
        lg_scripts_free(&comparison->given);
        lg_expected_free(&comparison->expected);
        lg_blobs_free(&comparison->blobs);
        free(comparison->maker);
    }
    free(comparison);
    return code;
}

int lg_command_diff(int argc, char **argv)
{
    struct lg_diff_options options;
    const char *targets[2];
    int code = lg_diff_options_read(argc, argv, &options, targets);
    if (code < 0 && options.wsman.dry_run) {
        fprintf(stderr,
                "lastgood: --dry-run is for lastgood run: it tells what would be touched\n");
        code = LG_EXIT_USAGE;
    }
    return code < 0 ? run(&options, targets) : code;
}
