/* The judge of overlapping calls against brute force: a history is explained if in some order of
 * its calls, each between when it was sent and answered, it is a trace that has an explanation. A
 * call without a reply has any later place in it, or none.
 *
 * The judge puts explanations together that differ in how they read the pages: that one page was
 * read in two ways may escape it, what no reading explains may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "conformance/overlaps.h"
#include "conformance/tests/overlapping.h"
#include "conformance/workload.h"
#include "explore/brute_force.h"
#include "model/tests/random_script.h"

enum { CALLS = 5, STEPS = CALLS + 1, CLIENTS = 3, HISTORIES = 2000, LOST_NAME = 999 };

struct history {
    struct lg_trace_step steps[STEPS]; /* the first makes the VM */
};

struct court {
    struct lg_judge judge;
    struct lg_overlaps overlaps;
    unsigned by_kind[LG_VERDICT_UNDETERMINED + 1];
};

static void note(void *context, const struct lg_timed *timed, const struct lg_verdict *verdict)
{
    struct court *court = context;
    (void)timed;
    court->by_kind[verdict->kind]++;
}

static int open_court(void **state)
{
    struct court *court = calloc(1, sizeof *court);
    *state = court;
    if (!court || !lg_judge_init_for(&court->judge, LG_PROFILE_documented, 2) ||
        !lg_overlaps_init(&court->overlaps, &court->judge))
        return -1;
    court->overlaps.judged = note;
    court->overlaps.context = court;
    return 0;
}

static int close_court(void **state)
{
    struct court *court = *state;
    lg_overlaps_free(&court->overlaps);
    lg_judge_free(&court->judge);
    free(court);
    return 0;
}

/* ---- by brute force ---- */

static bool is_lost(const struct lg_trace_step *step)
{
    return step->reply == LG_REPLY_LOST;
}

/* The first may come behind the second. */
static bool may_follow(const struct lg_trace_step *first, const struct lg_trace_step *second)
{
    return is_lost(first) || first->answered >= second->sent;
}

static bool is_possible(const struct history *history, const unsigned *order, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned k = i + 1; k < count; k++)
            if (!may_follow(&history->steps[order[k]], &history->steps[order[i]]))
                return false;
    return true;
}

static bool is_explained_so(const struct court *court, const struct history *history,
                            enum brute_readings readings, const unsigned *order, unsigned count)
{
    struct brute_trace trace = {.profile = court->judge.oracle.profile, .count = count};
    for (unsigned i = 0; i < count; i++) {
        const struct lg_trace_step *step = &history->steps[order[i]];
        trace.steps[i] = (struct brute_step){step->call, step->seen, is_lost(step)};
        if (is_lost(step))
            trace.steps[i].call.new_job = LOST_NAME;
    }
    return brute_force_explains(&trace, readings);
}

/* The next one in the order of words; false behind the last. */
static bool next_order(unsigned *order, unsigned count)
{
    unsigned at = count - 1;
    while (at > 0 && order[at - 1] > order[at])
        at--;
    if (at == 0)
        return false;
    unsigned with = count - 1;
    while (order[with] < order[at - 1])
        with--;
    unsigned kept = order[with];
    order[with] = order[at - 1];
    order[at - 1] = kept;
    for (unsigned low = at, high = count - 1; low < high; low++, high--) {
        kept = order[low];
        order[low] = order[high];
        order[high] = kept;
    }
    return true;
}

/* With the calls of a mask: those that have a reply, and some of the others. */
static bool is_explained_by(const struct court *court, const struct history *history,
                            enum brute_readings readings, unsigned mask)
{
    unsigned order[STEPS];
    unsigned count = 0;
    for (unsigned i = 0; i < STEPS; i++)
        if (mask >> i & 1)
            order[count++] = i;
    do {
        if (is_possible(history, order, count) && !is_lost(&history->steps[order[count - 1]]) &&
            is_explained_so(court, history, readings, order, count))
            return true;
    } while (next_order(order, count));
    return false;
}

static bool is_explained(const struct court *court, const struct history *history,
                         enum brute_readings readings)
{
    unsigned answered = 0;
    for (unsigned i = 0; i < STEPS; i++)
        if (!is_lost(&history->steps[i]))
            answered |= 1u << i;
    for (unsigned mask = 0; mask < 1u << STEPS; mask++)
        if ((mask & answered) == answered && is_explained_by(court, history, readings, mask))
            return true;
    return false;
}

/* ---- by the judge ---- */

/* Each history is another target's: nothing is known of how it reads the pages. */
static void forget(struct lg_judge *judge)
{
    struct lg_oracle *oracle = &judge->oracle;
    const struct lg_profile profile = oracle->profile;
    lg_oracle_init(oracle, judge->memory, judge->vm_max, oracle->set_max, &profile, &judge->host);
    lg_judge_reset(judge);
}

static void judge(struct court *court, const struct history *history)
{
    forget(&court->judge);
    lg_overlaps_reset(&court->overlaps);
    memset(court->by_kind, 0, sizeof court->by_kind);
    for (unsigned i = 0; i < STEPS; i++)
        assert_true(lg_overlaps_add(&court->overlaps, &history->steps[i], i + 1, false));
    lg_overlaps_finish(&court->overlaps);
}

/* ---- histories ---- */

/* Brute force holds as many jobs as a cell; what a list shows of jobs of lost calls is not judged.
 */
static bool is_fit(const struct history *history)
{
    unsigned jobs = 0;
    bool lists = false;
    bool loses = false;
    for (unsigned i = 0; i < STEPS; i++) {
        const struct lg_trace_step *step = &history->steps[i];
        loses |= is_lost(step);
        lists |= step->call.method == LG_CALL_LIST_JOBS;
        jobs += is_lost(step) || step->seen.answer == LG_ANSWERS_JOB;
    }
    return jobs <= LG_JOB_SLOTS && !(lists && loses);
}

static bool make(uint64_t *random, unsigned lost, struct history *history)
{
    const struct lg_history_options options = {.seed = lg_random_next(random),
                                               .clients = CLIENTS,
                                               .vms = 1,
                                               .calls = CALLS,
                                               .lost = lost,
                                               .pending = CLIENTS + 1,
                                               .jobs = lg_random_below(random, 2)};
    assert_true(lg_history_make(&options, history->steps));
    return is_fit(history);
}

static bool is_alike(const struct lg_trace_step *one, const struct lg_trace_step *other)
{
    return one->call.method == other->call.method && !is_lost(one) && !is_lost(other) &&
           one->seen.answer != LG_ANSWERS_JOB && other->seen.answer != LG_ANSWERS_JOB;
}

/* One call is answered as one of another history was. False: no call can be. */
static bool swap_answer(uint64_t *random, struct history *history, const struct history *other)
{
    unsigned from = lg_random_below(random, CALLS);
    for (unsigned i = 0; i < CALLS; i++) {
        struct lg_trace_step *step = &history->steps[1 + (from + i) % CALLS];
        for (unsigned k = 1; k < STEPS; k++)
            if (is_alike(step, &other->steps[k]) &&
                memcmp(&step->seen, &other->steps[k].seen, sizeof step->seen) != 0) {
                step->seen = other->steps[k].seen;
                return true;
            }
    }
    return false;
}

struct figures {
    unsigned explained;
    unsigned unexplained;
    unsigned escaped; /* those that only a change of readings explains, and nobody was blamed */
    unsigned undetermined;
};

static void compare(struct court *court, const struct history *history, struct figures *figures)
{
    bool explained = is_explained(court, history, BRUTE_FIXED);
    bool by_any = explained || is_explained(court, history, BRUTE_ANY);
    judge(court, history);
    unsigned blamed = court->by_kind[LG_VERDICT_VIOLATES] + court->by_kind[LG_VERDICT_INCONSISTENT];
    unsigned open = court->by_kind[LG_VERDICT_UNDETERMINED];
    assert_false(explained && blamed);
    assert_true(by_any || blamed + open);
    figures->explained += explained;
    figures->unexplained += !explained;
    figures->escaped += !explained && blamed + open == 0;
    figures->undetermined += open > 0;
}

static void check(struct court *court, unsigned lost, struct figures *figures)
{
    uint64_t random = seed_of_run("test_orders");
    struct history history;
    struct history other;
    memset(&other, 0, sizeof other);
    for (unsigned i = 0; i < HISTORIES; i++) {
        if (!make(&random, lost, &history))
            continue;
        compare(court, &history, figures);
        struct history wrong = history;
        if (swap_answer(&random, &wrong, &other) && is_fit(&wrong))
            compare(court, &wrong, figures);
        other = history;
    }
    printf("%u explained, %u not, of which %u escaped; %u undetermined\n", figures->explained,
           figures->unexplained, figures->escaped, figures->undetermined);
    assert_true(figures->escaped * 10 < figures->unexplained);
    assert_true(figures->undetermined * 100 < figures->explained);
}

static void both_agree_on_short_histories(void **state)
{
    struct figures figures = {0};
    check(*state, 0, &figures);
    assert_true(figures.explained > 1000 && figures.unexplained > 50);
}

static void both_agree_where_replies_were_lost(void **state)
{
    struct figures figures = {0};
    check(*state, 1, &figures);
    assert_true(figures.explained > 1000 && figures.unexplained > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_agree_on_short_histories, open_court, close_court),
        cmocka_unit_test_setup_teardown(both_agree_where_replies_were_lost, open_court,
                                        close_court),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
