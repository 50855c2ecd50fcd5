/* Targets behind the line protocol. */
#include "target_lines.h"

#include <stdlib.h>
#include <string.h>

#include "line_messages.h"

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

static enum lg_target_reply reset(struct lg_target *target, struct lg_json_error *reason)
{
    struct lines *lines = target->self;
    json_t *answer;
    enum lg_target_reply reply = ask(lines, json_pack("{s:s}", "op", "reset"), &answer, reason);
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    lg_bound_names_reset(&lines->bound);
    reply = lg_line_says_no(answer, reason) ? LG_TARGET_REFUSED : LG_TARGET_ANSWERED;
    json_decref(answer);
    return reply;
}

static enum lg_target_reply call(struct lg_target *target, const struct lg_call *made,
                                 struct lg_outcome *seen, struct lg_json_error *reason)
{
    struct lines *lines = target->self;
    json_t *answer;
    enum lg_target_reply reply = ask(lines, lg_line_request(&lines->bound, made), &answer, reason);
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    if (lg_line_says_no(answer, reason))
        reply = LG_TARGET_REFUSED;
    else
        reply = lg_line_outcome(&lines->bound, made, answer, seen, reason);
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
    bool refused = lg_line_says_no(answer, reason);
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
