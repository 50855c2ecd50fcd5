/* Targets behind the line protocol. */
#include "target_lines.h"

#include <stdlib.h>
#include <string.h>

#include "line_messages.h"

/* A host that the target remembers, and the names that were bound then. */
struct kept {
    bool any;
    json_int_t snapshot;
    struct lg_bound_names bound;
};

struct lines {
    struct lg_line_peer peer;
    struct lg_bound_names bound;
    json_int_t id;
    struct lg_bound_names scratch;
    struct kept kept[LG_KEPT_MAX];
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

static json_t *list_of(const uint8_t *numbers, unsigned count)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < count; i++)
        json_array_append_new(list, json_integer(numbers[i]));
    return list;
}

/* A text that names no VM says nothing of the one that it is meant for: that stands beside it. */
static void say_target(struct lines *lines, const struct lg_call *made, json_t *request)
{
    struct lg_names names = lines->bound.names;
    names.raw = false;
    json_t *by_hand = lg_call_to_json(made, &names);
    json_t *args = json_object_get(request, "args");
    const char *setting = "SecuritySettingData";
    if (json_object_get(args, setting) && !lg_call_names_vm(made)) {
        json_object_set(request, "target", json_object_get(by_hand, "target"));
        json_object_set(args, setting, json_object_get(json_object_get(by_hand, "args"), setting));
    }
    json_decref(by_hand);
}

/* What a script adds: its choices, and the VM of each call. */
static void script(struct lg_target *target, const struct lg_call *made, json_t *request)
{
    if (!target->choices)
        return;
    json_object_set_new(request, "choices", list_of(target->choices, target->choice_count));
    if (made->method != LG_CALL_INSPECT)
        say_target(target->self, made, request);
}

static enum lg_target_reply call(struct lg_target *target, const struct lg_call *made,
                                 struct lg_outcome *seen, struct lg_json_error *reason)
{
    struct lines *lines = target->self;
    json_t *answer;
    json_t *request = lg_line_request(&lines->bound, made);
    script(target, made, request);
    enum lg_target_reply reply = ask(lines, request, &answer, reason);
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    if (lg_line_says_no(answer, reason))
        reply = LG_TARGET_REFUSED;
    else
        reply = lg_line_outcome(&lines->bound, made, answer, seen, reason);
    json_decref(answer);
    return reply;
}

/* ---- snapshots ---- */

/* What an answer that is only looked at for yes and no comes to; it is released. */
static enum lg_target_reply agreed(enum lg_target_reply reply, json_t *answer,
                                   struct lg_json_error *reason)
{
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    reply = lg_line_says_no(answer, reason) ? LG_TARGET_REFUSED : LG_TARGET_ANSWERED;
    json_decref(answer);
    return reply;
}

static enum lg_target_reply restore(struct lines *lines, const struct kept *kept, bool drop,
                                    struct lg_json_error *reason)
{
    json_t *answer = NULL;
    json_t *request =
        json_pack("{s:s, s:I, s:b}", "op", "restore", "snapshot", kept->snapshot, "drop", drop);
    enum lg_target_reply reply = ask(lines, request, &answer, reason);
    reply = agreed(reply, answer, reason);
    if (reply == LG_TARGET_ANSWERED)
        lg_bound_names_copy(&lines->bound, &kept->bound);
    return reply;
}

static enum lg_target_reply back(struct lg_target *target, unsigned number,
                                 struct lg_json_error *reason)
{
    struct lines *lines = target->self;
    return restore(lines, &lines->kept[number % LG_KEPT_MAX], false, reason);
}

/* Room for another one; the host is another one then. */
static enum lg_target_reply drop(struct lines *lines, struct kept *kept,
                                 struct lg_json_error *reason)
{
    if (!kept->any)
        return LG_TARGET_ANSWERED;
    kept->any = false;
    return restore(lines, kept, true, reason);
}

static enum lg_target_reply take(struct lines *lines, json_int_t *snapshot,
                                 struct lg_json_error *reason)
{
    json_t *answer = NULL;
    enum lg_target_reply reply = ask(lines, json_pack("{s:s}", "op", "snapshot"), &answer, reason);
    if (reply == LG_TARGET_ANSWERED)
        *snapshot = json_integer_value(json_object_get(answer, "snapshot"));
    return agreed(reply, answer, reason);
}

/* The one before can only be dropped by going back to it: the new one is taken first. */
static enum lg_target_reply keep(struct lg_target *target, unsigned number,
                                 struct lg_json_error *reason)
{
    struct lines *lines = target->self;
    struct kept *kept = &lines->kept[number % LG_KEPT_MAX];
    bool any = kept->any;
    json_int_t taken = 0;
    lg_bound_names_copy(&lines->scratch, &lines->bound);
    enum lg_target_reply reply = take(lines, &taken, reason);
    if (reply == LG_TARGET_ANSWERED)
        reply = drop(lines, kept, reason);
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    kept->any = true;
    kept->snapshot = taken;
    lg_bound_names_copy(&kept->bound, &lines->scratch);
    return any ? restore(lines, kept, false, reason) : LG_TARGET_ANSWERED;
}

static void free_lines(struct lines *lines)
{
    if (!lines)
        return;
    lg_bound_names_free(&lines->bound);
    lg_bound_names_free(&lines->scratch);
    for (unsigned i = 0; i < LG_KEPT_MAX; i++)
        lg_bound_names_free(&lines->kept[i].bound);
    free(lines);
}

static struct lines *make_lines(struct lg_blobs *blobs)
{
    struct lines *lines = calloc(1, sizeof *lines);
    bool ready = lines && lg_bound_names_init(&lines->bound, blobs) &&
                 lg_bound_names_init(&lines->scratch, blobs);
    for (unsigned i = 0; ready && i < LG_KEPT_MAX; i++)
        ready = lg_bound_names_init(&lines->kept[i].bound, blobs);
    if (ready)
        return lines;
    free_lines(lines);
    return NULL;
}

static void close_lines(struct lg_target *target)
{
    struct lines *lines = target->self;
    if (lines->peer.close)
        lines->peer.close(lines->peer.context);
    free_lines(lines);
    target->self = NULL;
}

static unsigned read_capabilities(const json_t *list)
{
    static const char *const words[] = {"events",   "inspect", "snapshot",
                                        "material", "clock",   "choices"};
    enum { WORDS = sizeof words / sizeof words[0] };
    unsigned capabilities = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        for (unsigned k = 0; word && k < WORDS; k++)
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
    struct lines *lines = make_lines(target->blobs);
    if (!lines) {
        if (peer->close)
            peer->close(peer->context);
        return lg_json_fail(reason, "no memory");
    }
    lines->peer = *peer;
    target->self = lines;
    target->reset = reset;
    target->call = call;
    target->close = close_lines;
    target->keep = keep;
    target->back = back;
    return greet(target, reason);
}
