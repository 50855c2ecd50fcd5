/* The oracle of a run. */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

bool lg_judge_init(struct lg_judge *judge, enum lg_profile_id profile)
{
    return lg_judge_init_for(judge, profile, LG_JUDGE_VMS);
}

bool lg_judge_init_for(struct lg_judge *judge, enum lg_profile_id profile, uint16_t vm_max)
{
    struct lg_profile loaded;
    memset(judge, 0, sizeof *judge);
    judge->profile = profile;
    judge->vm_max = vm_max;
    judge->memory = malloc(lg_oracle_bytes(vm_max, LG_JUDGE_SET_MAX));
    judge->steps = calloc(LG_JUDGE_STEPS_MAX, sizeof *judge->steps);
    judge->barriers = calloc(LG_JUDGE_STEPS_MAX + 1, sizeof *judge->barriers);
    if (!judge->memory || !judge->steps || !judge->barriers)
        return false;
    lg_profile_load(&loaded, profile, LG_TAG_UNDOCUMENTED);
    lg_oracle_init(&judge->oracle, judge->memory, vm_max, LG_JUDGE_SET_MAX, &loaded, &judge->host);
    return true;
}

void lg_judge_admit(struct lg_judge *judge, enum lg_site site, unsigned alternative)
{
    for (unsigned i = 0; i < lg_sites[site].slots; i++)
        judge->oracle.profile.allowed[lg_sites[site].slot + i] |= (uint16_t)(1u << alternative);
}

void lg_judge_free(struct lg_judge *judge)
{
    free(judge->memory);
    free(judge->steps);
    free(judge->barriers);
}

void lg_judge_reset(struct lg_judge *judge)
{
    lg_oracle_reset(&judge->oracle, &judge->host);
    judge->sent = judge->answered = 0;
    judge->step_count = 0;
    judge->overlapped = false;
    memset(judge->barriers, 0, (LG_JUDGE_STEPS_MAX + 1) * sizeof *judge->barriers);
}

void lg_judge_keep(struct lg_judge *judge, const struct lg_call *call,
                   const struct lg_outcome *seen)
{
    if (judge->step_count == LG_JUDGE_STEPS_MAX)
        return;
    struct lg_trace_step *step = &judge->steps[judge->step_count++];
    *step = (struct lg_trace_step){.call = *call, .sent = judge->sent, .answered = judge->answered};
    step->reply = seen ? LG_REPLY_SEEN : LG_REPLY_LOST;
    if (seen)
        step->seen = *seen;
}

void lg_judge_step(struct lg_judge *judge, const struct lg_call *call,
                   const struct lg_outcome *seen, struct lg_verdict *verdict)
{
    lg_judge_keep(judge, call, seen);
    lg_oracle_step(&judge->oracle, call, seen, verdict);
}

void lg_judge_lost(struct lg_judge *judge, const struct lg_call *call)
{
    lg_judge_keep(judge, call, NULL);
    lg_oracle_begin(&judge->oracle, call, NULL);
}

bool lg_judge_has_vm(const struct lg_judge *judge, uint16_t vm)
{
    for (unsigned i = 0; i < judge->oracle.set_count; i++) {
        const struct lg_set *set = &judge->oracle.sets[i];
        bool there = set->vm == vm;
        for (uint32_t k = 0; k < set->count; k++)
            there = there && set->elements[k].cell.vm.kind != LG_VM_NONE;
        if (there)
            return true;
    }
    return false;
}

void lg_judge_time(struct lg_judge *judge, uint64_t from, uint64_t to)
{
    lg_oracle_set_time(&judge->oracle, from, to);
    judge->sent = from * 1000;
    judge->answered = to * 1000;
}

void lg_judge_barrier(struct lg_judge *judge)
{
    judge->barriers[judge->step_count] = true;
    lg_oracle_barrier(&judge->oracle);
}

/* Judges the trace again with everything admitted. False: not even that explains it. */
static bool replay(const struct lg_judge *judge, struct lg_oracle *oracle)
{
    struct lg_verdict verdict;
    for (unsigned i = 0; i < judge->step_count; i++) {
        const struct lg_trace_step *step = &judge->steps[i];
        if (judge->barriers[i])
            lg_oracle_barrier(oracle);
        if (step->answered)
            lg_oracle_set_time(oracle, step->sent / 1000, step->answered / 1000);
        if (step->reply == LG_REPLY_LOST) {
            lg_oracle_begin(oracle, &step->call, NULL);
            continue;
        }
        lg_oracle_step(oracle, &step->call, &step->seen, &verdict);
        if (verdict.kind == LG_VERDICT_VIOLATES || verdict.kind == LG_VERDICT_INCONSISTENT ||
            verdict.kind == LG_VERDICT_UNDETERMINED)
            return false;
    }
    return true;
}

static bool all_violate(const struct lg_set *set)
{
    for (uint32_t k = 0; k < set->count; k++)
        if (set->elements[k].mark_tag != LG_TAG_VIOLATES)
            return false;
    return set->count > 0;
}

/* A set that only readings which violate can explain. */
static struct lg_explanation first_mark(const struct lg_oracle *oracle)
{
    for (unsigned i = 0; i < oracle->set_count; i++) {
        const struct lg_element *first = &oracle->sets[i].elements[0];
        if (all_violate(&oracle->sets[i]))
            return (struct lg_explanation){true, first->mark_slot, first->mark_alternative};
    }
    return (struct lg_explanation){false, 0, 0};
}

struct lg_explanation lg_judge_admitted(const struct lg_judge *judge)
{
    return first_mark(&judge->oracle);
}

struct lg_explanation lg_judge_explain(const struct lg_judge *judge)
{
    struct lg_explanation explanation = {false, 0, 0};
    struct lg_profile all;
    struct lg_oracle *oracle = malloc(sizeof *oracle);
    void *memory = malloc(lg_oracle_bytes(judge->vm_max, LG_JUDGE_SET_MAX));
    if (oracle && memory && !judge->overlapped) {
        lg_profile_load(&all, LG_PROFILE_documented, LG_TAG_VIOLATES);
        lg_oracle_init(oracle, memory, judge->vm_max, LG_JUDGE_SET_MAX, &all, &judge->host);
        if (replay(judge, oracle))
            explanation = first_mark(oracle);
    }
    free(memory);
    free(oracle);
    return explanation;
}
