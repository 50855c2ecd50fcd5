/* Messages of the line protocol. */
#include "line_messages.h"

#include <string.h>

json_t *lg_line_request(struct lg_bound_names *bound, const struct lg_call *call)
{
    char name[LG_NAME_BYTES];
    if (call->method == LG_CALL_INSPECT) {
        bound->names.write_vm(bound, call->vm, name);
        return json_pack("{s:s, s:s}", "op", "inspect", "target", name);
    }
    bool event = lg_methods[call->method].kind == LG_KIND_EVENT;
    json_t *request = lg_call_to_json(call, &bound->names);
    json_object_set_new(request, "op", json_string(event ? "event" : "call"));
    return request;
}

bool lg_line_says_no(const json_t *answer, struct lg_json_error *reason)
{
    const json_t *error = json_object_get(answer, "error");
    const char *text = json_string_value(json_object_get(error, "reason"));
    if (json_is_true(json_object_get(answer, "ok")))
        return false;
    lg_json_fail(reason, "%s", text ? text : "the target refused without a reason");
    return true;
}

static bool read(struct lg_bound_names *bound, const struct lg_call *call, const json_t *answer,
                 struct lg_outcome *seen, struct lg_json_error *reason)
{
    memset(seen, 0, sizeof *seen);
    if (call->method == LG_CALL_INSPECT)
        return lg_properties_from_json(json_object_get(answer, "digests"), call, &bound->names,
                                       seen, reason);
    lg_bound_names_learn(bound, call, answer);
    return lg_outcome_from_json(answer, call, &bound->names, seen, reason);
}

enum lg_target_reply lg_line_outcome(struct lg_bound_names *bound, const struct lg_call *call,
                                     const json_t *answer, struct lg_outcome *seen,
                                     struct lg_json_error *reason)
{
    return read(bound, call, answer, seen, reason) ? LG_TARGET_ANSWERED : LG_TARGET_GONE;
}
