/* The oracle against brute force: on every short trace, and on every one with a single wrong field,
 * both give the same verdict. */
#include "no_miss.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "brute_force.h"
#include "crew.h"
#include "model/oracle.h"
#include "observations.h"

enum { SET_MAX = 2048 };

/* A trace as the model made it, and the same with at most one field of one observation changed. */
struct explorer {
    const struct lg_alphabet *alphabet;
    struct lg_oracle oracle;
    void *memory;
    struct brute_trace made;
    struct brute_trace seen;
    struct lg_profile conforming;
    uint64_t judged;
    uint64_t blamed;
    uint64_t walked;
    unsigned disagreements;
};

/* What one more call may answer: as made, and by what was seen with readings fixed, free, and
 * without what is undocumented. */
struct answers {
    struct observations made;
    struct observations fixed;
    struct observations free;
    struct observations conforming;
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
    patterns->count = 0;
    explorer->walked += brute_force_walk(trace, call, readings, &visitor);
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
        answers->fixed = answers->made;
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
    lg_oracle_init(oracle, explorer->memory, 2, SET_MAX, &trace->profile, &trace->host);
    for (unsigned i = 0; i < trace->count; i++)
        lg_oracle_step(oracle, &trace->steps[i].call, &trace->steps[i].seen, &verdict);
    lg_oracle_step(oracle, &last->call, &last->seen, &verdict);
    if (verdict.kind < LG_VERDICT_INCONSISTENT)
        lg_assert(!oracle->bound_hit && oracle->approximations == 0);
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
    if (explorer->disagreements++ >= REPORTED_MAX)
        return;
    printf("oracle: %s, brute force: %s\n", names[oracle], names[brute]);
    for (unsigned i = 0; i < explorer->seen.count; i++)
        print_step(&explorer->seen.steps[i]);
    print_step(last);
}

static bool judge(struct explorer *explorer, const struct answers *answers,
                  const struct brute_step *last, bool undocumented)
{
    enum lg_verdict_kind brute = expected_kind(answers, &last->seen, undocumented);
    enum lg_verdict_kind oracle = ask_oracle(explorer, last);
    explorer->judged++;
    explorer->blamed += brute >= LG_VERDICT_INCONSISTENT;
    if (oracle != brute)
        report(explorer, last, oracle, brute);
    return brute < LG_VERDICT_INCONSISTENT;
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

struct work {
    struct answers answers;
    struct observations picks;
    struct observations wrong;
    struct observations all;
};

static bool is_undocumented(const struct answers *answers, const struct lg_outcome *seen)
{
    return !allow(&answers->conforming, seen);
}

/* One more call: every observation is judged, and what has an explanation is followed. */
static void explore_call(struct explorer *explorer, struct work *work, const struct lg_call *given,
                         unsigned left, bool corrupted, bool undocumented)
{
    struct lg_call call = *given;
    bool event = lg_methods[call.method].kind == LG_KIND_EVENT;
    call.new_job = next_job(&explorer->seen);
    find_answers(explorer, &call, corrupted, &work->answers);
    work->picks.count = 0;
    for (unsigned i = 0; i < work->answers.made.count; i++)
        observations_pick(&work->picks, &work->answers.made.items[i]);
    work->all = work->picks;
    for (unsigned i = 0; !corrupted && !event && i < work->picks.count; i++)
        observations_corrupt(&work->all, &call, &work->picks.items[i], call.new_job);
    for (unsigned i = 0; i < work->all.count; i++) {
        struct brute_step last = step_of(&call, &work->all.items[i]);
        judge(explorer, &work->answers, &last, undocumented);
    }
    for (unsigned i = 0; left > 1 && i < work->picks.count; i++) {
        const struct lg_outcome *made = &work->picks.items[i];
        if (!allow(&work->answers.fixed, made))
            continue;
        go_on(explorer, left - 1, &call, made, made, corrupted,
              undocumented || is_undocumented(&work->answers, made));
        work->wrong.count = 0;
        if (!corrupted && !event)
            observations_corrupt(&work->wrong, &call, made, call.new_job);
        for (unsigned j = 0; j < work->wrong.count; j++) {
            const struct lg_outcome *seen = &work->wrong.items[j];
            if (allow(&work->answers.fixed, seen) && memcmp(made, seen, sizeof *seen) != 0)
                go_on(explorer, left - 1, &call, made, seen, true,
                      undocumented || is_undocumented(&work->answers, seen));
        }
    }
}

static void explore(struct explorer *explorer, unsigned left, bool corrupted, bool undocumented)
{
    struct work *work = malloc(sizeof *work);
    lg_assert(work != NULL);
    for (unsigned i = 0; i < explorer->alphabet->count; i++)
        explore_call(explorer, work, &explorer->alphabet->calls[i], left, corrupted, undocumented);
    free(work);
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

/* ---- worlds, in parts: the traces that begin with one of the calls ---- */

enum { PARTS_MAX = 4096, WORLDS_MAX = 128 };

struct part {
    uint16_t world;
    uint16_t call;
    struct lg_no_miss figures;
};

struct plan {
    struct lg_small_world worlds[WORLDS_MAX];
    unsigned world_count;
    struct part parts[PARTS_MAX];
    unsigned part_count;
    atomic_uint next;
    time_t until; /* 0: for ever */
    bool tells;   /* how far it is */
};

static bool compare_part(const struct lg_small_world *world, struct part *part)
{
    struct explorer *explorer = calloc(1, sizeof *explorer);
    struct work *work = malloc(sizeof *work);
    void *memory = malloc(lg_oracle_bytes(2, SET_MAX));
    bool ready = explorer && work && memory;
    if (ready) {
        explorer->memory = memory;
        start(explorer, world);
        explore_call(explorer, work, &world->alphabet->calls[part->call], world->calls, false,
                     false);
        part->figures = (struct lg_no_miss){
            explorer->judged, explorer->blamed, explorer->walked, explorer->disagreements, 0, 1};
    }
    free(memory);
    free(work);
    free(explorer);
    return ready;
}

static void tell(const struct plan *plan, unsigned part)
{
    fprintf(stderr, "certify: %s, %u of %s: part %u of %u\n",
            plan->worlds[plan->parts[part].world].setup->name,
            plan->worlds[plan->parts[part].world].calls,
            plan->worlds[plan->parts[part].world].alphabet->name, part + 1, plan->part_count);
}

static bool has_time(const struct plan *plan)
{
    return !plan->until || time(NULL) < plan->until;
}

static bool compare_parts(void *context, unsigned number)
{
    struct plan *plan = context;
    bool good = true;
    (void)number;
    for (unsigned i;
         good && has_time(plan) && (i = atomic_fetch_add(&plan->next, 1)) < plan->part_count;) {
        struct part *part = &plan->parts[i];
        if (plan->tells)
            tell(plan, i);
        good = compare_part(&plan->worlds[part->world], part);
    }
    return good;
}

static void add_world(struct plan *plan, const struct lg_small_world *world)
{
    lg_assert(plan->world_count < WORLDS_MAX &&
              plan->part_count + world->alphabet->count <= PARTS_MAX);
    for (unsigned i = 0; i < world->alphabet->count; i++) {
        struct part *part = &plan->parts[plan->part_count++];
        part->world = (uint16_t)plan->world_count;
        part->call = (uint16_t)i;
    }
    plan->worlds[plan->world_count++] = *world;
}

static void add_worlds(struct plan *plan, bool thorough)
{
    for (unsigned i = 0; i < lg_small_setup_count; i++)
        for (int profile = 0; profile < LG_PROFILE_COUNT; profile++)
            add_world(plan, &(struct lg_small_world){lg_small_setups[i], lg_all_calls, 1,
                                                     (enum lg_profile_id)profile});
    for (unsigned i = 0; i < lg_small_world_count; i++)
        add_world(plan, &lg_small_worlds[i]);
    for (unsigned i = 0; thorough && i < lg_long_world_count; i++)
        add_world(plan, &lg_long_worlds[i]);
}

static void add_figures(struct lg_no_miss *figures, const struct lg_no_miss *more)
{
    figures->traces += more->traces;
    figures->without_explanation += more->without_explanation;
    figures->model_steps += more->model_steps;
    figures->disagreements += more->disagreements;
    figures->parts_done += more->parts_done;
}

static void print_worlds(const struct plan *plan, struct lg_no_miss *figures)
{
    for (unsigned i = 0; i < plan->world_count; i++) {
        const struct lg_small_world *world = &plan->worlds[i];
        struct lg_no_miss found = {0};
        for (unsigned j = 0; j < plan->part_count; j++)
            if (plan->parts[j].world == i)
                add_figures(&found, &plan->parts[j].figures);
        add_figures(figures, &found);
        if (found.parts_done)
            printf("  %s, %u of %s, %s: %llu traces, %llu of them without an explanation\n",
                   world->setup->name, world->calls, world->alphabet->name,
                   lg_profiles[world->profile].name, (unsigned long long)found.traces,
                   (unsigned long long)found.without_explanation);
    }
}

bool lg_no_miss(struct lg_no_miss *figures, bool thorough, unsigned jobs, unsigned minutes,
                FILE *progress)
{
    struct plan *plan = lg_shared_new(sizeof *plan);
    bool good = plan != NULL;
    if (good) {
        add_worlds(plan, thorough);
        plan->tells = progress != NULL;
        plan->until = minutes ? time(NULL) + 60 * (time_t)minutes : 0;
        figures->parts = plan->part_count;
        good = lg_crew(jobs, compare_parts, plan);
        print_worlds(plan, figures);
    }
    lg_shared_free(plan, sizeof *plan);
    return good;
}
