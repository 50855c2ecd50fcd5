/* Traces in both encodings: what the model answered goes to JSON and back unchanged, its bytes too;
 * any JSON that is taken as a call or an outcome is written in one canonical way. */
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "model/trace_json.h"
#include "play.h"
#include "renew.h"

static struct lg_blobs blobs;
static struct lg_names names;

static void start_names(void)
{
    lg_blobs_renew(&blobs);
    lg_names_of_scripts(&names, &blobs);
}

static void check_same(json_t *left, json_t *right)
{
    if (!json_equal(left, right))
        lg_find("written once: %.600s\n written again: %.600s", json_dumps(left, JSON_COMPACT),
                json_dumps(right, JSON_COMPACT));
}

static void check_call(const struct lg_call *call)
{
    struct lg_json_error error;
    struct lg_call again;
    json_t *json = lg_call_to_json(call, &names);
    lg_holds(json != NULL);
    if (!lg_call_from_json(json, &names, &again, &error))
        lg_find("a call that was written is not read: %s", error.reason);
    json_t *twice = lg_call_to_json(&again, &names);
    check_same(json, twice);
    json_decref(json);
    json_decref(twice);
}

static void check_outcome(const struct lg_call *call, const struct lg_outcome *seen)
{
    struct lg_json_error error;
    struct lg_outcome again;
    json_t *json = lg_outcome_to_json(seen, call, &names);
    lg_holds(json != NULL);
    if (!lg_outcome_from_json(json, call, &names, &again, &error))
        lg_find("an outcome that was written is not read: %s", error.reason);
    json_t *twice = lg_outcome_to_json(&again, call, &names);
    check_same(json, twice);
    json_decref(json);
    json_decref(twice);
}

/* Bytes that the host made up, under the symbols that the model's player gives them. */
static void add_unseen(const struct lg_play *play)
{
    while (blobs.count <= (uint32_t)LG_MATERIAL_COUNT + play->unseen_made)
        lg_holds(lg_blobs_make(&blobs, "fuzz", blobs.count) == blobs.count - 1);
}

static void check_script(const uint8_t *bytes, size_t length)
{
    static struct lg_script script;
    static struct lg_play play;
    static uint8_t encoded[4 * LG_STEP_BYTES * LG_FUZZ_STEPS_MAX];
    struct lg_call call;
    struct lg_outcome seen;
    lg_script_read(&script, bytes, length);
    if (length <= sizeof encoded && script.tape_length < (script.count + 2) * LG_STEP_BYTES) {
        size_t written = lg_script_encode(script.calls, script.count, script.tape,
                                          script.tape_length, encoded, sizeof encoded);
        struct lg_script again;
        lg_script_read(&again, encoded, written);
        lg_holds(again.count == script.count);
        lg_holds(memcmp(again.calls, script.calls, script.count * sizeof script.calls[0]) == 0);
    }
    lg_play_start(&play, &script, LG_PROFILE_documented, LG_TAG_UNDOCUMENTED);
    while (lg_play_step(&play, &call, &seen)) {
        lg_saw(&seen, sizeof seen);
        add_unseen(&play);
        check_call(&call);
        check_outcome(&call, &seen);
    }
}

/* {"call": ..., "outcome": ...} */
static void check_json(const uint8_t *bytes, size_t length)
{
    struct lg_json_error error;
    struct lg_outcome seen;
    struct lg_call call;
    json_t *json =
        json_loadb((const char *)bytes, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    if (json && lg_call_from_json(json, &names, &call, &error)) {
        check_call(&call);
        const json_t *outcome = json_object_get(json, "outcome");
        if (outcome && lg_outcome_from_json(outcome, &call, &names, &seen, &error))
            check_outcome(&call, &seen);
    }
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    start_names();
    if (length && bytes[0] == '{')
        check_json(bytes, length);
    else
        check_script(bytes, length);
    lg_blobs_renew(&blobs); /* so that the next input does not meet what this one brought */
    return 0;
}
