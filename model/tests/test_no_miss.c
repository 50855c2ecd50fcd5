/* The oracle against brute force: on every short trace, and on every one with a single wrong field,
 * both give the same verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "brute_force.h"
#include "model/oracle.h"
#include "observations.h"

enum { SET_MAX = 2048, ALPHABET_MAX = 24, SETUP_MAX = 8, P1 = 1, P2 = 2 };
enum { TPM = 1u << LG_SETTING_TPM_ENABLED, ON = 2, OFF = 3, PAUSE = 9, RESET = 11 };
enum { START = 2, SUSPEND, TERMINATE, KILL, RESERVED = 7 };

#define CALL(...)                                                                                  \
    {                                                                                              \
        .method = LG_CALL_##__VA_ARGS__                                                            \
    }
#define HOST_CALL(...)                                                                             \
    {                                                                                              \
        .vm = LG_VM_HOST, .method = LG_CALL_##__VA_ARGS__                                          \
    }
#define SET(bytes) CALL(SET_KEY_PROTECTOR, .symbol = (bytes))
#define MODIFY(settings, to) CALL(MODIFY_SECURITY_SETTINGS, .present = (settings), .values = (to))
#define REQUEST(state) CALL(VM_REQUEST_STATE_CHANGE, .requested = (state))

/* Where traces begin: on a host with these flags, calls that are seen to answer 0, or 4096 with a
 * job where `by_job` has their bit. */
struct setup {
    const char *name;
    unsigned count;
    unsigned by_job;
    uint8_t host_flags;
    struct lg_call calls[SETUP_MAX];
};

#define NEW_VM CALL(VM_CREATED, .requested = 2)
#define NEW_TPM_VM NEW_VM, SET(P1), MODIFY(TPM, TPM)
static const struct setup no_vm = {.name = "no VM"};
static const struct setup new_vm = {"a new VM", 1, 0, 0, {NEW_VM}};
static const struct setup two_vms = {
    "two new VMs", 2, 0, 0, {NEW_VM, CALL(VM_CREATED, .requested = 2, .vm = 1)}};
static const struct setup uncontrolled = {
    "a new VM of a host that nobody controls", 1, 0, LG_HOST_UNCONTROLLED, {NEW_VM}};
static const struct setup with_job = {"a job that sets a protector", 2, 2, 0, {NEW_VM, SET(P1)}};
static const struct setup starts = {
    "a job that starts a VM with a TPM", 4, 8, 0, {NEW_TPM_VM, REQUEST(ON)}};
static const struct setup starts_bare = {"a job that starts a VM with a TPM and no protector",
                                         3,
                                         4,
                                         0,
                                         {NEW_VM, MODIFY(TPM, TPM), REQUEST(ON)}};
static const struct setup sealed = {
    "a VM that was started with a TPM", 5, 0, 0, {NEW_TPM_VM, REQUEST(ON), REQUEST(OFF)}};
static const struct setup guarded = {
    "a VM on a guarded host", 4, 0, LG_HOST_GUARDED, {NEW_TPM_VM, REQUEST(ON)}};

struct alphabet {
    const char *name;
    unsigned count;
    struct lg_call calls[ALPHABET_MAX];
};

#define GET CALL(GET_KEY_PROTECTOR)
#define RESTORE CALL(RESTORE_LAST_KNOWN_GOOD)
#define JOB(call) CALL(call, .job = 1)
#define JOB_REQUEST(state) CALL(JOB_REQUEST_STATE_CHANGE, .job = 1, .requested = (state))
#define RETENTION_PASSES HOST_CALL(TIME_PASSES, .amount = LG_RETENTION_MS)

static const struct alphabet all_calls = {"everything",
                                          21,
                                          {SET(P1),
                                           SET(P2),
                                           GET,
                                           RESTORE,
                                           CALL(SET_SECURITY_POLICY, .symbol = 3),
                                           MODIFY(TPM, TPM),
                                           MODIFY(TPM, 0),
                                           REQUEST(ON),
                                           REQUEST(OFF),
                                           CALL(SET_KEY_PROTECTOR, .setting = LG_TEXT_MISSING),
                                           JOB(READ_JOB),
                                           JOB_REQUEST(TERMINATE),
                                           JOB(JOB_GET_ERROR),
                                           CALL(LIST_JOBS),
                                           CALL(READ_SECURITY_SETTING),
                                           CALL(READ_TPM_SETTING),
                                           CALL(READ_VM),
                                           RETENTION_PASSES,
                                           HOST_CALL(CAUSE_APPEARS, .requested = LG_MEANING_FAILED),
                                           HOST_CALL(STOP_SERVICE),
                                           HOST_CALL(PROVIDER_STOPS)}};
static const struct alphabet vault_calls = {
    "the vault", 6, {SET(P2), GET, RESTORE, JOB(READ_JOB), CALL(LIST_JOBS), RETENTION_PASSES}};
static const struct alphabet few_calls = {"a few", 4, {SET(P2), GET, RESTORE, JOB(JOB_GET_ERROR)}};
static const struct alphabet job_calls = {
    "jobs",
    9,
    {GET, JOB(JOB_GET_ERROR_EX), JOB(KILL_JOB), JOB_REQUEST(START), JOB_REQUEST(SUSPEND),
     JOB_REQUEST(TERMINATE), JOB_REQUEST(KILL), JOB_REQUEST(RESERVED),
     CALL(JOB_REQUEST_STATE_CHANGE, .job = 1, .requested = SUSPEND, .timeout = LG_TIMEOUT_GIVEN)}};
static const struct alphabet job_reads = {
    "what jobs show",
    4,
    {JOB(READ_JOB), JOB_REQUEST(TERMINATE), CALL(LIST_JOBS), RETENTION_PASSES}};
static const struct alphabet host_events = {
    "events of the host",
    7,
    {JOB(READ_JOB), CALL(LIST_JOBS), CALL(READ_VM),
     HOST_CALL(HOST_CHANGES, .flags = LG_HOST_GUARDED),
     HOST_CALL(CAUSE_APPEARS, .requested = LG_MEANING_FAILED), HOST_CALL(PROVIDER_STOPS),
     HOST_CALL(TIME_PASSES, .amount = 1000)}};
static const struct alphabet job_events = {
    "a job and its host",
    3,
    {JOB(READ_JOB), CALL(LIST_JOBS), HOST_CALL(HOST_CHANGES, .flags = LG_HOST_GUARDED)}};
static const struct alphabet calls_on_two = {
    "calls on two VMs",
    9,
    {SET(P1), GET, RESTORE, MODIFY(TPM, TPM), CALL(SET_KEY_PROTECTOR, .vm = 1, .symbol = P1),
     CALL(GET_KEY_PROTECTOR, .vm = 1), CALL(RESTORE_LAST_KNOWN_GOOD, .vm = 1),
     CALL(SET_KEY_PROTECTOR, .vm = 1, .blob = LG_BLOB_EMPTY), HOST_CALL(STOP_SERVICE)}};
static const struct alphabet few_calls_on_two = {
    "a few on two VMs",
    4,
    {GET, RESTORE, CALL(GET_KEY_PROTECTOR, .vm = 1), CALL(RESTORE_LAST_KNOWN_GOOD, .vm = 1)}};
static const struct alphabet power_calls = {"power",
                                            9,
                                            {SET(P2), GET, RESTORE, REQUEST(ON), REQUEST(OFF),
                                             REQUEST(PAUSE), REQUEST(RESET), CALL(READ_VM),
                                             CALL(READ_SECURITY_ELEMENT)}};

/* A trace as the model made it, and the same with at most one field of one observation changed. */
struct explorer {
    const struct alphabet *alphabet;
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
    struct brute_step step = {*call, *seen};
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
    if (verdict.kind < LG_VERDICT_INCONSISTENT) {
        assert_false(oracle->bound_hit);
        assert_int_equal(oracle->approximations, 0);
    }
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
    assert_non_null(work);
    for (unsigned i = 0; i < explorer->alphabet->count; i++)
        explore_call(explorer, work, &explorer->alphabet->calls[i], left, corrupted, undocumented);
    free(work);
}

static void begin(struct explorer *explorer, const struct setup *setup)
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
        assert_true(brute_force_explains(&explorer->seen, BRUTE_FIXED));
}

/* Of five numbers of JobType two will do: they only multiply. */
static void keep_job_types(struct lg_profile *profile)
{
    enum { KEPT = 1u << LG_ALT_job_type_modify_vm | 1u << LG_ALT_job_type_any };
    profile->allowed[lg_sites[LG_SITE_job_type].slot] &= KEPT;
}

static void compare(const struct setup *setup, const struct alphabet *alphabet, unsigned calls,
                    enum lg_profile_id profile)
{
    struct explorer *explorer = calloc(1, sizeof *explorer);
    assert_non_null(explorer);
    explorer->memory = malloc(lg_oracle_bytes(2, SET_MAX));
    assert_non_null(explorer->memory);
    explorer->alphabet = alphabet;
    lg_profile_load(&explorer->made.profile, profile, LG_TAG_UNDOCUMENTED);
    lg_profile_load(&explorer->conforming, profile, LG_TAG_CONFORMS);
    keep_job_types(&explorer->made.profile);
    keep_job_types(&explorer->conforming);
    explorer->made.host.flags = setup->host_flags;
    begin(explorer, setup);
    explore(explorer, calls, false, false);
    printf("%s, %u of %s, %s: %llu observations, %llu of them without an explanation, %llu "
           "model steps\n",
           setup->name, calls, alphabet->name, lg_profiles[profile].name,
           (unsigned long long)explorer->judged, (unsigned long long)explorer->blamed,
           (unsigned long long)explorer->walked);
    unsigned disagreements = explorer->disagreements;
    free(explorer->memory);
    free(explorer);
    assert_int_equal(disagreements, 0);
}

static void every_trace_of_one_call(void **state)
{
    static const struct setup *const setups[] = {&no_vm,  &new_vm, &uncontrolled, &with_job,
                                                 &starts, &sealed, &guarded};
    (void)state;
    for (unsigned i = 0; i < sizeof setups / sizeof setups[0]; i++)
        for (int profile = 0; profile < LG_PROFILE_COUNT; profile++)
            compare(setups[i], &all_calls, 1, (enum lg_profile_id)profile);
}

static void every_trace_of_two_calls(void **state)
{
    (void)state;
    compare(&no_vm, &all_calls, 2, LG_PROFILE_documented);
    compare(&new_vm, &all_calls, 2, LG_PROFILE_documented);
    compare(&sealed, &all_calls, 2, LG_PROFILE_documented);
    compare(&guarded, &power_calls, 2, LG_PROFILE_documented);
    compare(&uncontrolled, &few_calls, 2, LG_PROFILE_documented);
    compare(&with_job, &job_calls, 2, LG_PROFILE_documented);
    compare(&with_job, &job_reads, 2, LG_PROFILE_documented);
    compare(&starts, &power_calls, 2, LG_PROFILE_documented);
}

/* Readings are the target's, not a VM's. */
static void every_trace_of_two_vms(void **state)
{
    (void)state;
    compare(&two_vms, &calls_on_two, 2, LG_PROFILE_documented);
    compare(&two_vms, &few_calls_on_two, 3, LG_PROFILE_documented);
}

static void traces_of_three_calls(void **state)
{
    (void)state;
    compare(&new_vm, &few_calls, 3, LG_PROFILE_documented);
    compare(&sealed, &few_calls, 3, LG_PROFILE_literal);
    compare(&with_job, &few_calls, 3, LG_PROFILE_literal);
    compare(&starts_bare, &job_events, 3, LG_PROFILE_documented);
}

/* Minutes: only when asked for. */
static void long_traces(void **state)
{
    (void)state;
    compare(&with_job, &all_calls, 2, LG_PROFILE_documented);
    compare(&starts, &all_calls, 2, LG_PROFILE_documented);
    compare(&guarded, &all_calls, 2, LG_PROFILE_documented);
    compare(&uncontrolled, &power_calls, 2, LG_PROFILE_documented);
    compare(&uncontrolled, &few_calls, 3, LG_PROFILE_literal);
    compare(&two_vms, &calls_on_two, 3, LG_PROFILE_documented);
    compare(&new_vm, &vault_calls, 3, LG_PROFILE_documented);
    compare(&sealed, &vault_calls, 3, LG_PROFILE_documented);
    compare(&with_job, &vault_calls, 3, LG_PROFILE_documented);
    compare(&with_job, &job_reads, 3, LG_PROFILE_literal);
    compare(&with_job, &host_events, 3, LG_PROFILE_literal);
    compare(&starts_bare, &host_events, 3, LG_PROFILE_literal);
    compare(&starts, &power_calls, 3, LG_PROFILE_literal);
}

/* "long" as the argument: what takes minutes, in place of the rest. */
int main(int count, char **arguments)
{
    const struct CMUnitTest quick[] = {
        cmocka_unit_test(every_trace_of_one_call),
        cmocka_unit_test(every_trace_of_two_calls),
        cmocka_unit_test(traces_of_three_calls),
        cmocka_unit_test(every_trace_of_two_vms),
    };
    const struct CMUnitTest thorough[] = {
        cmocka_unit_test(long_traces),
    };
    if (count > 1 && strcmp(arguments[1], "long") == 0)
        return cmocka_run_group_tests(thorough, NULL, NULL);
    return cmocka_run_group_tests(quick, NULL, NULL);
}
