/* The model against itself through both mappings: the same script, under the same reading of every
 * page, through the line protocol and through WS-Management, answers the same at every step. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "renew.h"
#include "script.h"
#include "simulators.h"

enum { WAYS = 3, MODEL = 0, LINES, WSMAN };

struct side {
    const char *name;
    struct lg_target target;
};

static struct lg_simulator simulators[WAYS];
static struct lg_blobs blobs;
static struct side sides[WAYS] = {
    {.name = "model"}, {.name = "line protocol"}, {.name = "WS-Management"}};

static void open_sides(void)
{
    struct lg_json_error reason;
    lg_blobs_renew(&blobs);
    for (int i = LINES; i < WAYS; i++)
        lg_simulator_renew(&simulators[i]);
    lg_lines_of_simulator(&sides[LINES].target, &simulators[LINES], &blobs);
    sides[MODEL].target.blobs = &blobs;
    lg_holds(lg_target_model_open_as(&sides[MODEL].target, &simulators[LINES].profile, &reason));
}

/* Not for scripts to choose: a text that names no VM starts no job, the texts that parsers refuse
 * are refused, and how far jobs are by the time of a look, when one way looks more often. */
static bool is_of_mappings(unsigned site)
{
    bool timing = lg_sites[site].scope == LG_SCOPE_TIMING && site != LG_SITE_execution;
    return timing || site == LG_SITE_setting_duplicate || site == LG_SITE_setting_too_long ||
           site == LG_SITE_place_of_parameter_errors;
}

/* The end of the tape says which reading of which page, and whether work is done by jobs. */
static void read_pages(struct lg_profile *profile, const struct lg_script *script)
{
    enum { PAGES_MAX = 8 };
    uint32_t length = script->tape_length;
    for (uint32_t i = 0; i + 2 <= length && i < 2 * PAGES_MAX; i += 2) {
        unsigned site = script->tape[length - 1 - i];
        unsigned alternative = script->tape[length - 2 - i];
        if (site >= LG_SITE_COUNT || is_of_mappings(site))
            continue;
        const struct lg_site_row *row = &lg_sites[site];
        alternative %= lg_slot_alternatives(row->slot);
        for (unsigned k = 0; k < row->slots; k++)
            if (profile->allowed[row->slot + k] >> alternative & 1)
                profile->allowed[row->slot + k] = (uint16_t)(1u << alternative);
    }
}

/* A client keeps what it looked up last, and in which form bytes came. */
static void open_client(void)
{
    struct lg_target *target = &sides[WSMAN].target;
    if (target->self)
        target->close(target);
    lg_wsman_of_simulator(target, &simulators[WSMAN], &blobs);
}

static void reset_sides(void)
{
    struct lg_json_error reason;
    for (int i = 0; i < WAYS; i++)
        if (sides[i].target.reset(&sides[i].target, &reason) != LG_TARGET_ANSWERED)
            lg_find("%s: no reset: %s", sides[i].name, reason.reason);
}

static void begin(const struct lg_script *script)
{
    static struct lg_profile plain;
    struct lg_profile profile;
    if (!sides[MODEL].target.self) {
        open_sides();
        plain = simulators[LINES].profile;
    }
    lg_blobs_renew(&blobs);
    profile = plain;
    read_pages(&profile, script);
    for (int i = LINES; i < WAYS; i++) {
        lg_simulator_renew(&simulators[i]);
        simulators[i].profile = plain;
    }
    open_client();
    for (int i = LINES; i < WAYS; i++)
        simulators[i].profile = profile;
    lg_target_model_read_as(&sides[MODEL].target, &profile);
    reset_sides();
}

/* Over WS-Management a second look tells whose a job is; it may be gone by then. */
static void pass_over_affected(const struct lg_call *call, json_t *left, json_t *right)
{
    json_t *first = json_object_get(left, "properties");
    const json_t *second = json_object_get(right, "properties");
    if (call->method == LG_CALL_READ_JOB && !json_object_get(second, "AffectedElement"))
        json_object_del(first, "AffectedElement");
}

/* WS-Management sees a value of another type before the host is asked; what else stands in the way
 * may be said first, or that. A job is no refusal. */
static bool is_wrong_type(const struct lg_call *call, const struct lg_outcome *first,
                          const struct lg_outcome *second)
{
    bool refused = first->fault || (first->return_value && first->answer != LG_ANSWERS_JOB);
    return call->blob == LG_BLOB_WRONG_TYPE && refused && second->fault == LG_FAULT_TYPE_MISMATCH;
}

static void compare(const struct lg_call *call, const struct lg_outcome *first,
                    const struct lg_outcome *second, const char *way)
{
    struct lg_names names;
    lg_names_of_scripts(&names, &blobs);
    json_t *left = lg_outcome_to_json(first, call, &names);
    json_t *right = lg_outcome_to_json(second, call, &names);
    pass_over_affected(call, left, right);
    if (!json_equal(left, right)) {
        json_t *made = lg_call_to_json(call, &names);
        char *texts[] = {json_dumps(made, JSON_COMPACT), json_dumps(left, JSON_COMPACT),
                         json_dumps(right, JSON_COMPACT)};
        const struct lg_method_row *row = &lg_methods[call->method];
        fprintf(stderr, "call: %.1000s\nmodel: %.1000s\n%s: %.1000s\n", texts[0], texts[1], way,
                texts[2]);
        lg_find("%s.%s: the model and %s differ", row->class_name, row->name, way);
    }
    char *text = json_dumps(left, JSON_COMPACT);
    lg_saw(text, strlen(text));
    free(text);
    json_decref(left);
    json_decref(right);
}

/* Both protocols refuse to look into a VM that is not there, where the model finds none. */
static bool finds_none(const struct lg_call *call, enum lg_target_reply reply,
                       struct lg_outcome *seen)
{
    if (call->method != LG_CALL_INSPECT || reply != LG_TARGET_REFUSED)
        return false;
    memset(seen, 0, sizeof *seen);
    seen->fault = LG_FAULT_NOT_FOUND;
    return true;
}

/* Over WS-Management an association leads from an object: nobody can ask for the jobs of a VM that
 * is gone. */
static bool are_jobs_of_none(const struct lg_call *call, const struct lg_outcome *told)
{
    const struct lg_call look = {.method = LG_CALL_INSPECT, .vm = call->vm};
    struct lg_target *lines = &sides[LINES].target;
    struct lg_outcome ignored;
    struct lg_json_error reason;
    bool none = told->list_count == 0 && (!told->fault || told->fault == LG_FAULT_NOT_FOUND);
    return call->method == LG_CALL_LIST_JOBS && none &&
           lines->call(lines, &look, &ignored, &reason) == LG_TARGET_REFUSED;
}

static bool may_differ(const struct lg_call *call, const struct lg_outcome *first,
                       const struct lg_outcome *second)
{
    return is_wrong_type(call, first, second) ||
           (first->list_count && are_jobs_of_none(call, second));
}

/* What WS-Management cannot say is made on no side: a VM that it would have made is not there. */
static bool pass_over(struct lg_script_names *names, const struct lg_call *call)
{
    static const struct lg_outcome refused = {.fault = LG_FAULT_NOT_FOUND};
    lg_script_learn(names, call, &refused);
    return true;
}

/* One call on every side. False: the script ends here. */
static bool make(struct lg_script_names *names, const struct lg_call *call)
{
    static struct lg_outcome seen[WAYS];
    for (int i = WAYS - 1; i >= 0; i--) { /* WS-Management first: it cannot say everything */
        struct lg_target *target = &sides[i].target;
        struct lg_json_error reason;
        if (target->takes && !target->takes(target, call, 0, &reason))
            return pass_over(names, call);
        enum lg_target_reply reply = target->call(target, call, &seen[i], &reason);
        if (reply == LG_TARGET_UNABLE && i == WSMAN)
            return pass_over(names, call);
        if (reply != LG_TARGET_ANSWERED && !finds_none(call, reply, &seen[i]))
            lg_find("%s: %s.%s is not answered: %s", sides[i].name,
                    lg_methods[call->method].class_name, lg_methods[call->method].name,
                    reason.reason);
    }
    for (int i = LINES; i < WAYS; i++)
        if (i != WSMAN || !may_differ(call, &seen[MODEL], &seen[i]))
            compare(call, &seen[MODEL], &seen[i], sides[i].name);
    lg_script_learn(names, call, &seen[MODEL]);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct lg_script script;
    static struct lg_script_names names;
    lg_script_read(&script, bytes, length);
    begin(&script);
    memset(&names, 0, sizeof names);
    for (size_t i = 0; i < script.count; i++) {
        struct lg_call call = script.calls[i], first;
        bool makes;
        if (!lg_script_aim(&names, &call, &first, &makes))
            continue;
        if ((makes && !make(&names, &first)) || !make(&names, &call))
            break;
    }
    return 0;
}
