/* The model's own traces are never blamed; one wrong field is blamed, or allowed by the oracle's
 * own list of what is; on short traces an independent search of all choices says the same. */
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "explore/brute_force.h"
#include "explore/observations.h"
#include "play.h"

enum {
    SET_MAX = 512,
    TRACE_MAX = LG_FUZZ_STEPS_MAX * 2,
    BRUTE_CALLS = 4,
    WRONG_MAX = 4,
    WRONG_ROOM = 512 /* more than answers are wrong in, so that no input makes more of it */
};

struct trace {
    struct lg_trace_step steps[TRACE_MAX];
    unsigned count;
};

static struct lg_oracle oracle;
static struct observations wrong;
static const struct lg_host_word fresh;

/* Room is made once, so that the first inputs run as every other. */
static void make_room(void)
{
    struct lg_outcome any = {0};
    while (!wrong.room || wrong.count < WRONG_ROOM) {
        any.return_value++;
        observations_add(&wrong, &any);
    }
}

static void start_oracle(const struct lg_profile *profile)
{
    static void *memory;
    if (!memory)
        memory = malloc(lg_oracle_bytes(LG_SCRIPT_VMS, SET_MAX));
    lg_assert(memory != NULL);
    lg_oracle_init(&oracle, memory, LG_SCRIPT_VMS, SET_MAX, profile, &fresh);
}

/* Has a trace judged. The last verdict; *certain: no bound was hit on the way. */
static enum lg_verdict_kind judge(const struct trace *trace, const struct lg_profile *profile,
                                  bool *certain)
{
    static struct lg_verdict verdict;
    verdict.kind = LG_VERDICT_CONFORMS;
    start_oracle(profile);
    for (unsigned i = 0; i < trace->count && !oracle.bound_hit; i++) {
        lg_oracle_step(&oracle, &trace->steps[i].call, &trace->steps[i].seen, &verdict);
        lg_saw(&verdict.kind, 1);
        if (i + 1 < trace->count && verdict.kind >= LG_VERDICT_INCONSISTENT)
            break;
    }
    *certain = !oracle.bound_hit && oracle.approximations == 0;
    return (enum lg_verdict_kind)verdict.kind;
}

static void play_script(const struct lg_script *script, enum lg_profile_id profile,
                        struct trace *trace)
{
    static struct lg_play play;
    struct lg_trace_step *step = trace->steps;
    lg_play_start(&play, script, profile, LG_TAG_CONFORMS);
    trace->count = 0;
    while (trace->count < TRACE_MAX && lg_play_step(&play, &step->call, &step->seen)) {
        step++;
        trace->count++;
    }
}

/* Whether another search finds a way; only short traces of the first two VMs. */
static bool is_short(const struct trace *trace)
{
    if (trace->count > BRUTE_CALLS)
        return false;
    for (unsigned i = 0; i < trace->count; i++)
        if (trace->steps[i].call.vm != LG_VM_HOST && trace->steps[i].call.vm >= BRUTE_VMS)
            return false;
    return true;
}

static bool search(const struct trace *trace, const struct lg_profile *profile,
                   enum brute_readings readings)
{
    static struct brute_trace brute;
    memset(&brute, 0, sizeof brute);
    brute.profile = *profile;
    brute.count = trace->count;
    for (unsigned i = 0; i < trace->count; i++) {
        brute.steps[i].call = trace->steps[i].call;
        brute.steps[i].seen = trace->steps[i].seen;
    }
    return brute_force_explains(&brute, readings);
}

/* The last answer with one field changed. */
static void judge_wrong(struct trace *trace, const struct lg_profile *profile, uint8_t which)
{
    struct lg_trace_step *last = &trace->steps[trace->count - 1];
    bool certain;
    if (lg_methods[last->call.method].kind == LG_KIND_EVENT)
        return; /* nobody sees what an event answers */
    observations_clear(&wrong);
    observations_corrupt(&wrong, &last->call, &last->seen, (uint16_t)(last->seen.job + 1));
    for (unsigned i = 0; i < WRONG_MAX && wrong.count; i++) {
        last->seen = wrong.items[(which + i * 37u) % wrong.count];
        last->call.new_job = last->seen.answer == LG_ANSWERS_JOB ? last->seen.job : 0;
        enum lg_verdict_kind kind = judge(trace, profile, &certain);
        bool accepted = kind <= LG_VERDICT_UNDOCUMENTED;
        if (certain && accepted != search(trace, profile, BRUTE_FIXED))
            lg_find("the oracle %s what a search of all choices %s: %s.%s, wrong answer %u",
                    accepted ? "accepts" : "blames", accepted ? "excludes" : "finds a way to",
                    lg_methods[last->call.method].class_name, lg_methods[last->call.method].name,
                    (which + i * 37u) % wrong.count);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct lg_script script;
    static struct trace trace;
    struct lg_profile profile;
    uint8_t first, which;
    bool certain;
    lg_script_read(&script, bytes, length);
    lg_profile_load(&profile, LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
    start_oracle(&profile); /* here, so that the first input runs as every other */
    if (!wrong.room)
        make_room();
    if (script.count == 0)
        return 0;
    first = script.tape[script.tape_length - 1];
    which = script.tape[script.tape_length - 2];
    enum lg_profile_id id = (enum lg_profile_id)(first % LG_PROFILE_COUNT);
    lg_profile_load(&profile, id, LG_TAG_UNDOCUMENTED);
    play_script(&script, id, &trace);
    if (trace.count == 0)
        return 0;
    enum lg_verdict_kind kind = judge(&trace, &profile, &certain);
    if (kind == LG_VERDICT_VIOLATES || kind == LG_VERDICT_INCONSISTENT)
        lg_find("the oracle blames the model's own trace under %s: verdict %d",
                lg_profiles[id].name, (int)kind);
    if (is_short(&trace))
        judge_wrong(&trace, &profile, which);
    return 0;
}
