/* Scripts through targets, judged. */
#include "judged.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/clause_names.h"
#include "conformance/edges.h"
#include "find.h"

enum { SET_MAX = 512, STEPS_MAX = LG_FUZZ_STEPS_MAX + LG_SCRIPT_VMS };

/* One script at work; what was seen is kept to be told. */
struct run {
    struct lg_target *target;
    struct lg_oracle oracle;
    struct lg_script_names names;
    struct lg_trace_step steps[STEPS_MAX];
    unsigned count;
    bool over; /* nothing more can be learnt from this script */
};

static void start(struct run *run, struct lg_target *target)
{
    static const struct lg_host_word fresh;
    static void *memory;
    struct lg_json_error reason;
    struct lg_profile profile;
    if (!memory)
        memory = malloc(lg_oracle_bytes(LG_SCRIPT_VMS, SET_MAX));
    lg_holds(memory != NULL);
    lg_profile_load(&profile, LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
    lg_oracle_init(&run->oracle, memory, LG_SCRIPT_VMS, SET_MAX, &profile, &fresh);
    memset(&run->names, 0, sizeof run->names);
    run->target = target;
    run->count = 0;
    run->over = false;
    if (target->reset(target, &reason) != LG_TARGET_ANSWERED)
        lg_find("the target cannot be reset: %s", reason.reason);
}

static void tell_trace(const struct run *run, const struct lg_names *names)
{
    char words[LG_WORDS_BYTES];
    for (unsigned i = 0; i < run->count; i++) {
        const struct lg_trace_step *step = &run->steps[i];
        lg_words_of_call(&step->call, names, words);
        fprintf(stderr, "%4u  %s\n", i + 1, words);
        lg_words_of_seen(&step->seen, &step->call, names, words);
        fprintf(stderr, "      -> %s\n", words);
    }
}

static void blame(const struct run *run, const struct lg_verdict *verdict)
{
    const struct lg_call *call = &run->steps[run->count - 1].call;
    const struct lg_method_row *row = &lg_methods[call->method];
    char words[LG_WORDS_BYTES], citation[LG_CITATION_BYTES];
    struct lg_names names;
    lg_names_of_scripts(&names, run->target->blobs);
    tell_trace(run, &names);
    for (unsigned i = 0; i < verdict->allowed_count && i < 8; i++) {
        lg_words_of_pattern(&verdict->allowed[i], call, &names, words);
        fprintf(stderr, "      %s %s (%s)\n", i ? "or      " : "allowed:", words,
                lg_clauses[verdict->allowed[i].clause].id);
    }
    lg_citation_write(verdict->clause, citation);
    fprintf(stderr, "      clause: %s\n", citation);
    lg_find("%s: %s.%s, clause %s",
            verdict->kind == LG_VERDICT_VIOLATES ? "violates" : "inconsistent", row->class_name,
            row->name, citation);
}

/* One call, judged. */
static void make(struct run *run, const struct lg_call *call)
{
    static struct lg_verdict verdict;
    struct lg_trace_step *step = &run->steps[run->count];
    struct lg_json_error reason;
    step->call = *call;
    enum lg_target_reply reply = run->target->call(run->target, call, &step->seen, &reason);
    if (reply == LG_TARGET_GONE)
        lg_find("the target speaks no sense: %s", reason.reason);
    if (reply != LG_TARGET_ANSWERED)
        return;
    run->count++;
    step->call.new_job = step->seen.job;
    lg_script_learn(&run->names, &step->call, &step->seen);
    lg_oracle_step(&run->oracle, &step->call, &step->seen, &verdict);
    lg_saw(&verdict.kind, 1);
    run->over = run->oracle.bound_hit || run->count == STEPS_MAX;
    if (verdict.kind == LG_VERDICT_VIOLATES || verdict.kind == LG_VERDICT_INCONSISTENT)
        blame(run, &verdict);
}

/* Whether every explanation so far has this VM: one whose removal is under way may be gone. */
static bool has_vm(const struct run *run, uint16_t vm)
{
    for (unsigned i = 0; i < run->oracle.set_count; i++) {
        const struct lg_set *set = &run->oracle.sets[i];
        bool there = set->vm == vm;
        for (uint32_t k = 0; k < set->count; k++)
            there = there && set->elements[k].cell.vm.kind != LG_VM_NONE;
        if (there)
            return true;
    }
    return false;
}

/* At the end an instrumented target shows what no client can read. */
static void inspect(struct run *run)
{
    bool possible = run->target->capabilities & LG_CAN_INSPECT;
    for (uint16_t vm = 0; possible && vm < LG_SCRIPT_VMS && !run->over; vm++) {
        const struct lg_call look = {.method = LG_CALL_INSPECT, .vm = vm};
        if (has_vm(run, vm))
            make(run, &look);
    }
}

void lg_judged_run(struct lg_target *target, const struct lg_script *script)
{
    static struct run run;
    start(&run, target);
    for (size_t i = 0; i < script->count && !run.over; i++) {
        struct lg_call call = script->calls[i], first;
        bool makes;
        if (!lg_script_aim(&run.names, &call, &first, &makes))
            continue;
        if (makes)
            make(&run, &first);
        if (!run.over)
            make(&run, &call);
    }
    inspect(&run);
}
