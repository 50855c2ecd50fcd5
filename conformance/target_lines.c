/* Targets behind the line protocol. */
#include "target_lines.h"

#include <stdlib.h>
#include <string.h>

#include "bound_names.h"

struct lines {
    struct lg_line_peer peer;
    struct lg_bound_names bound;
    json_int_t id;
};

/* Asks; the request is released. */
static enum lg_target_reply ask(struct lines *lines, json_t *request, json_t **answer,
                                struct lg_json_error *reason)
{
    json_object_set_new(request, "id", json_integer(++lines->id));
    char *text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    if (!text) {
        lg_json_fail(reason, "no memory");
        return LG_TARGET_GONE;
    }
    enum lg_target_reply reply =
        lines->peer.answer(lines->peer.context, text, strlen(text), lines->id, answer, reason);
    free(text);
    if (reply != LG_TARGET_ANSWERED ||
        json_integer_value(json_object_get(*answer, "id")) == lines->id)
        return reply;
    lg_json_fail(reason, "the target answered something else than was asked");
    json_decref(*answer);
    return LG_TARGET_GONE;
}

/* An answer that says no: its reason. */
static bool says_no(const json_t *answer, struct lg_json_error *reason)
{
    const json_t *error = json_object_get(answer, "error");
    const char *text = json_string_value(json_object_get(error, "reason"));
    if (json_is_true(json_object_get(answer, "ok")))
        return false;
    lg_json_fail(reason, "%s", text ? text : "the target refused without a reason");
    return true;
}

static enum lg_target_reply reset(struct lg_target *target, struct lg_json_error *reason)
{
    struct lines *lines = target->self;
    json_t *answer;
    enum lg_target_reply reply = ask(lines, json_pack("{s:s}", "op", "reset"), &answer, reason);
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    lg_bound_names_reset(&lines->bound);
    reply = says_no(answer, reason) ? LG_TARGET_REFUSED : LG_TARGET_ANSWERED;
    json_decref(answer);
    return reply;
}

/* The request of a call; what no client can read is an operation of its own. */
static json_t *request_of(struct lines *lines, const struct lg_call *made)
{
    char name[LG_NAME_BYTES];
    if (made->method == LG_CALL_INSPECT) {
        lines->bound.names.write_vm(&lines->bound, made->vm, name);
        return json_pack("{s:s, s:s}", "op", "inspect", "target", name);
    }
    bool event = lg_methods[made->method].kind == LG_KIND_EVENT;
    json_t *request = lg_call_to_json(made, &lines->bound.names);
    json_object_set_new(request, "op", json_string(event ? "event" : "call"));
    return request;
}

static bool read_answer(struct lines *lines, const struct lg_call *made, const json_t *answer,
                        struct lg_outcome *seen, struct lg_json_error *reason)
{
    memset(seen, 0, sizeof *seen);
    if (made->method == LG_CALL_INSPECT)
        return lg_properties_from_json(json_object_get(answer, "digests"), made,
                                       &lines->bound.names, seen, reason);
    lg_bound_names_learn(&lines->bound, made, answer);
    return lg_outcome_from_json(answer, made, &lines->bound.names, seen, reason);
}

static enum lg_target_reply call(struct lg_target *target, const struct lg_call *made,
                                 struct lg_outcome *seen, struct lg_json_error *reason)
{
    struct lines *lines = target->self;
    json_t *answer;
    enum lg_target_reply reply = ask(lines, request_of(lines, made), &answer, reason);
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    if (says_no(answer, reason))
        reply = LG_TARGET_REFUSED;
    else if (!read_answer(lines, made, answer, seen, reason))
        reply = LG_TARGET_GONE;
    json_decref(answer);
    return reply;
}

static void close_lines(struct lg_target *target)
{
    struct lines *lines = target->self;
    if (lines->peer.close)
        lines->peer.close(lines->peer.context);
    lg_bound_names_free(&lines->bound);
    free(lines);
    target->self = NULL;
}

static unsigned read_capabilities(const json_t *list)
{
    static const char *const words[] = {"events", "inspect", "snapshot", "material", "clock"};
    unsigned capabilities = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        for (unsigned k = 0; word && k < 5; k++)
            if (strcmp(words[k], word) == 0)
                capabilities |= 1u << k;
    }
    return capabilities;
}

static bool greet(struct lg_target *target, struct lg_json_error *reason)
{
    json_t *answer;
    enum lg_target_reply reply =
        ask(target->self, json_pack("{s:s}", "op", "hello"), &answer, reason);
    if (reply == LG_TARGET_LOST)
        return lg_json_fail(reason, "the target does not answer hello");
    if (reply != LG_TARGET_ANSWERED)
        return false;
    json_int_t protocol = json_integer_value(json_object_get(answer, "protocol"));
    target->capabilities = read_capabilities(json_object_get(answer, "capabilities"));
    bool refused = says_no(answer, reason);
    json_decref(answer);
    if (refused)
        return false;
    return protocol == 1 ? true
                         : lg_json_fail(reason, "the target speaks protocol %lld, this program 1",
                                        (long long)protocol);
}

bool lg_target_lines_open(struct lg_target *target, const struct lg_line_peer *peer,
                          struct lg_json_error *reason)
{
    struct lines *lines = calloc(1, sizeof *lines);
    if (!lines || !lg_bound_names_init(&lines->bound, target->blobs)) {
        free(lines);
        if (peer->close)
            peer->close(peer->context);
        return lg_json_fail(reason, "no memory");
    }
    lines->peer = *peer;
    target->self = lines;
    target->reset = reset;
    target->call = call;
    target->close = close_lines;
    return greet(target, reason);
}
