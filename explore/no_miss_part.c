/* The oracle against brute force: on every short trace, and on every one with a single wrong field,
 * both give the same verdict. */
#include "no_miss_part.h"

#include <stdlib.h>
#include <string.h>

#include "brute_force.h"
#include "model/oracle.h"
#include "observations.h"

/* What one more call may answer: as made, and by what was seen with readings fixed, free, and
 * without what is undocumented. */
struct answers {
    struct observations made;
    struct observations fixed;
    struct observations free;
    struct observations conforming;
};

/* Of one call of a trace: those behind it have their own. */
struct work {
    struct answers answers;
    struct observations picks;
    struct observations wrong;
    struct observations all;
};

enum { SETS = 7 };

static void sets_of(struct work *work, struct observations *sets[SETS])
{
    struct answers *answers = &work->answers;
    struct observations *all[SETS] = {
        &answers->made, &answers->fixed, &answers->free, &answers->conforming,
        &work->picks,   &work->wrong,    &work->all};
    memcpy(sets, all, sizeof all);
}

static bool is_incomplete(struct work *work)
{
    struct observations *sets[SETS];
    bool incomplete = false;
    sets_of(work, sets);
    for (unsigned i = 0; i < SETS; i++)
        incomplete |= sets[i]->incomplete;
    return incomplete;
}

/* A trace as the model made it, and the same with at most one field of one observation changed. */
struct explorer {
    const struct lg_alphabet *alphabet;
    struct lg_oracle oracle;
    void *memory;
    uint32_t set_max;
    struct brute_trace made;
    struct brute_trace seen;
    struct lg_profile conforming;
    struct work work[LG_TRACE_CALLS_MAX]; /* by how many calls come behind */
    struct lg_no_miss figures;
    bool no_memory;
};

static void collect(void *context, const struct lg_outcome *pattern)
{
    observations_add(context, pattern);
}

static void walk(struct explorer *explorer, const struct brute_trace *trace,
                 const struct lg_call *call, enum brute_readings readings,
                 struct observations *patterns)
{
    struct brute_visitor visitor = {collect, patterns};
    observations_clear(patterns);
    explorer->figures.model_steps += brute_force_walk(trace, call, readings, &visitor);
}

static bool allow(const struct observations *patterns, const struct lg_outcome *seen)
{
    for (unsigned i = 0; i < patterns->count; i++)
        if (lg_outcome_matches(&patterns->items[i], seen))
            return true;
    return false;
}

static void find_answers(struct explorer *explorer, const struct lg_call *call, bool corrupted,
                         struct answers *answers)
{
    struct brute_trace plain = explorer->seen;
    plain.profile = explorer->conforming;
    walk(explorer, &explorer->made, call, BRUTE_FIXED, &answers->made);
    if (corrupted)
        walk(explorer, &explorer->seen, call, BRUTE_FIXED, &answers->fixed);
    else
        observations_copy(&answers->fixed, &answers->made);
    walk(explorer, &explorer->seen, call, BRUTE_FREE, &answers->free);
    walk(explorer, &plain, call, BRUTE_FIXED, &answers->conforming);
}

static enum lg_verdict_kind expected_kind(const struct answers *answers,
                                          const struct lg_outcome *seen, bool undocumented)
{
    if (!allow(&answers->fixed, seen))
        return allow(&answers->free, seen) ? LG_VERDICT_INCONSISTENT : LG_VERDICT_VIOLATES;
    if (allow(&answers->conforming, seen) || undocumented)
        return LG_VERDICT_CONFORMS;
    return LG_VERDICT_UNDOCUMENTED;
}

static struct brute_step step_of(const struct lg_call *call, const struct lg_outcome *seen)
{
    struct brute_step step = {*call, *seen, false};
    step.call.new_job = seen->answer == LG_ANSWERS_JOB ? seen->job : 0;
    return step;
}

/* What the oracle says of the last step of a trace. */
static enum lg_verdict_kind ask_oracle(struct explorer *explorer, const struct brute_step *last)
{
    struct lg_oracle *oracle = &explorer->oracle;
    const struct brute_trace *trace = &explorer->seen;
    struct lg_verdict verdict;
    lg_oracle_init(oracle, explorer->memory, 2, explorer->set_max, &trace->profile, &trace->host);
    for (unsigned i = 0; i < trace->count; i++)
        lg_oracle_step(oracle, &trace->steps[i].call, &trace->steps[i].seen, &verdict);
    lg_oracle_step(oracle, &last->call, &last->seen, &verdict);
    return (enum lg_verdict_kind)verdict.kind;
}

static void print_step(const struct brute_step *step)
{
    const struct lg_method_row *row = &lg_methods[step->call.method];
    const struct lg_outcome *seen = &step->seen;
    printf(
        "  %s.%s symbol %u requested %u present %u values %u job %u: return %u fault %u answer %u "
        "job %u symbol %u form %u deviant %u, list of %u, shown",
        row->class_name, row->name, step->call.symbol, step->call.requested, step->call.present,
        step->call.values, step->call.job, seen->return_value, seen->fault, seen->answer, seen->job,
        seen->symbol, seen->form, seen->deviant, seen->list_count);
    for (unsigned i = 0; i < LG_FIELDS_MAX; i++)
        if (seen->shown >> i & 1)
            printf(" %u:%llu", i, (unsigned long long)seen->fields[i].from);
    printf("\n");
}

static void report(struct explorer *explorer, const struct brute_step *last,
                   enum lg_verdict_kind oracle, enum lg_verdict_kind brute)
{
    enum { REPORTED_MAX = 5 };
    static const char *const names[] = {"conforms", "undocumented", "inconsistent", "violates",
                                        "undetermined"};
    if (explorer->figures.disagreements++ >= REPORTED_MAX)
        return;
    printf("oracle: %s, brute force: %s\n", names[oracle], names[brute]);
    for (unsigned i = 0; i < explorer->seen.count; i++)
        print_step(&explorer->seen.steps[i]);
    print_step(last);
}

/* Where the oracle ran short of room it may know less than brute force, and never blames more. */
static bool agree(const struct explorer *explorer, enum lg_verdict_kind oracle,
                  enum lg_verdict_kind brute)
{
    bool bounded = explorer->oracle.bound_hit || explorer->oracle.approximations;
    bool milder = oracle < brute || oracle == LG_VERDICT_UNDETERMINED;
    return oracle == brute || (bounded && milder);
}

static void judge(struct explorer *explorer, const struct answers *answers,
                  const struct brute_step *last, bool undocumented)
{
    enum lg_verdict_kind brute = expected_kind(answers, &last->seen, undocumented);
    enum lg_verdict_kind oracle = ask_oracle(explorer, last);
    explorer->figures.traces++;
    explorer->figures.without_explanation += brute >= LG_VERDICT_INCONSISTENT;
    explorer->figures.milder += oracle != brute && agree(explorer, oracle, brute);
    if (!agree(explorer, oracle, brute))
        report(explorer, last, oracle, brute);
}

static uint16_t next_job(const struct brute_trace *trace)
{
    uint16_t next = 1;
    for (unsigned i = 0; i < trace->count; i++)
        if (trace->steps[i].seen.answer == LG_ANSWERS_JOB)
            next = (uint16_t)(trace->steps[i].seen.job + 1);
    return next;
}

static void explore(struct explorer *explorer, unsigned left, bool corrupted, bool undocumented);

/* Goes on behind an observation in place of the one that the model made. */
static void go_on(struct explorer *explorer, unsigned left, const struct lg_call *call,
                  const struct lg_outcome *made, const struct lg_outcome *seen, bool corrupted,
                  bool undocumented)
{
    explorer->made.steps[explorer->made.count++] = step_of(call, made);
    explorer->seen.steps[explorer->seen.count++] = step_of(call, seen);
    explore(explorer, left, corrupted, undocumented);
    explorer->made.count--;
    explorer->seen.count--;
}

static bool is_undocumented(const struct answers *answers, const struct lg_outcome *seen)
{
    return !allow(&answers->conforming, seen);
}

/* What the call may be seen to answer, and the same with a wrong field, unless the trace has one.
 */
static void find_observations(struct work *work, const struct lg_call *call, bool corrupted)
{
    bool event = lg_methods[call->method].kind == LG_KIND_EVENT;
    observations_clear(&work->picks);
    for (unsigned i = 0; i < work->answers.made.count; i++)
        observations_pick(&work->picks, &work->answers.made.items[i]);
    observations_copy(&work->all, &work->picks);
    for (unsigned i = 0; !corrupted && !event && i < work->picks.count; i++)
        observations_corrupt(&work->all, call, &work->picks.items[i], call->new_job);
}

/* Goes on behind what the model made, and behind what differs in one field and is explained, too.
 */
static void follow(struct explorer *explorer, struct work *work, unsigned left,
                   const struct lg_call *call, const struct lg_outcome *made, bool corrupted,
                   bool undocumented)
{
    bool event = lg_methods[call->method].kind == LG_KIND_EVENT;
    go_on(explorer, left, call, made, made, corrupted,
          undocumented || is_undocumented(&work->answers, made));
    observations_clear(&work->wrong);
    if (!corrupted && !event)
        observations_corrupt(&work->wrong, call, made, call->new_job);
    for (unsigned i = 0; i < work->wrong.count; i++) {
        const struct lg_outcome *seen = &work->wrong.items[i];
        if (allow(&work->answers.fixed, seen) && memcmp(made, seen, sizeof *seen) != 0)
            go_on(explorer, left, call, made, seen, true,
                  undocumented || is_undocumented(&work->answers, seen));
    }
}

/* One more call: every observation is judged, and what has an explanation is followed. */
static void explore_call(struct explorer *explorer, const struct lg_call *given, unsigned left,
                         bool corrupted, bool undocumented)
{
    struct work *work = &explorer->work[left];
    struct lg_call call = *given;
    call.new_job = next_job(&explorer->seen);
    find_answers(explorer, &call, corrupted, &work->answers);
    find_observations(work, &call, corrupted);
    for (unsigned i = 0; i < work->all.count; i++) {
        struct brute_step last = step_of(&call, &work->all.items[i]);
        judge(explorer, &work->answers, &last, undocumented);
    }
    for (unsigned i = 0; left > 0 && i < work->picks.count; i++)
        if (allow(&work->answers.fixed, &work->picks.items[i]))
            follow(explorer, work, left - 1, &call, &work->picks.items[i], corrupted, undocumented);
    explorer->no_memory |= is_incomplete(work);
}

/* Every trace that goes on with one call, and so many behind that. */
static void explore(struct explorer *explorer, unsigned left, bool corrupted, bool undocumented)
{
    for (unsigned i = 0; i < explorer->alphabet->count; i++)
        explore_call(explorer, &explorer->alphabet->calls[i], left, corrupted, undocumented);
}

static void begin(struct explorer *explorer, const struct lg_setup *setup)
{
    uint16_t job = 0;
    for (unsigned i = 0; i < setup->count; i++) {
        struct lg_outcome seen = {0};
        if (setup->by_job >> i & 1) {
            seen.return_value = seen.return_to = 4096;
            seen.answer = LG_ANSWERS_JOB;
            seen.job = ++job;
        }
        explorer->made.steps[explorer->made.count++] = step_of(&setup->calls[i], &seen);
    }
    explorer->seen = explorer->made;
    if (setup->count)
        lg_assert(brute_force_explains(&explorer->seen, BRUTE_FIXED));
}

/* Of five numbers of JobType two will do: they only multiply. */
static void keep_job_types(struct lg_profile *profile)
{
    enum { KEPT = 1u << LG_ALT_job_type_modify_vm | 1u << LG_ALT_job_type_any };
    profile->allowed[lg_sites[LG_SITE_job_type].slot] &= KEPT;
}

static void start(struct explorer *explorer, const struct lg_small_world *world)
{
    explorer->alphabet = world->alphabet;
    lg_profile_load(&explorer->made.profile, world->profile, LG_TAG_UNDOCUMENTED);
    lg_profile_load(&explorer->conforming, world->profile, LG_TAG_CONFORMS);
    keep_job_types(&explorer->made.profile);
    keep_job_types(&explorer->conforming);
    explorer->made.host.flags = world->setup->host_flags;
    begin(explorer, world->setup);
}

static void close(struct explorer *explorer)
{
    for (unsigned i = 0; i < LG_TRACE_CALLS_MAX; i++) {
        struct work *work = &explorer->work[i];
        struct observations *sets[SETS];
        sets_of(work, sets);
        for (unsigned j = 0; j < SETS; j++)
            observations_free(sets[j]);
    }
    free(explorer->memory);
    free(explorer);
}

bool lg_no_miss_part(const struct lg_small_world *world, unsigned call, uint32_t set_max,
                     struct lg_no_miss *figures)
{
    struct explorer *explorer = calloc(1, sizeof *explorer);
    if (!explorer)
        return false;
    lg_assert(world->calls > 0 && world->calls <= LG_TRACE_CALLS_MAX);
    explorer->set_max = set_max;
    explorer->memory = malloc(lg_oracle_bytes(2, set_max));
    if (explorer->memory) {
        start(explorer, world);
        explore_call(explorer, &world->alphabet->calls[call], world->calls - 1, false, false);
    }
    bool good = explorer->memory && !explorer->no_memory;
    explorer->figures.parts_done = 1;
    *figures = explorer->figures;
    close(explorer);
    return good;
}
