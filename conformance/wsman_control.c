/* The control channel of a simulator. */
#include "wsman_control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool lg_control_open(struct lg_control *control, const char *url, const char *token,
                     struct lg_json_error *reason, bool *usage)
{
    static const char local[] = "unix:";
    bool is_local = strncmp(url, local, sizeof local - 1) == 0;
    char line[512];
    if (!lg_client_open(&control->client, is_local ? "http://localhost" : url, "/", reason, usage))
        return false;
    if (is_local)
        lg_client_unix(control->client, url + sizeof local - 1);
    snprintf(line, sizeof line, "Authorization: Bearer %s", token);
    return lg_client_header(control->client, line) ? true : lg_json_fail(reason, "no memory");
}

void lg_control_close(struct lg_control *control)
{
    lg_client_close(control->client);
    control->client = NULL;
}

static enum lg_target_reply read_answer(const struct lg_text *reply, json_t **answer,
                                        struct lg_json_error *reason)
{
    *answer =
        reply->bytes ? json_loadb(reply->bytes, reply->length, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (json_is_true(json_object_get(*answer, "ok")))
        return LG_TARGET_ANSWERED;
    const char *why =
        json_string_value(json_object_get(json_object_get(*answer, "error"), "reason"));
    bool object = json_is_object(*answer);
    lg_json_fail(reason, "%s",
                 why      ? why
                 : object ? "the control channel refused without a reason"
                          : "the control channel answered something else than JSON");
    json_decref(*answer);
    *answer = NULL;
    return object ? LG_TARGET_REFUSED : LG_TARGET_GONE;
}

enum lg_target_reply lg_control_ask(struct lg_control *control, json_t *request, json_t **answer,
                                    struct lg_json_error *reason)
{
    struct lg_text reply = {0};
    enum lg_target_reply result = LG_TARGET_GONE;
    struct lg_json_error why;
    *answer = NULL;
    json_object_set_new(request, "id", json_integer(++control->id));
    char *text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    enum lg_posted posted =
        text ? lg_client_post(control->client, "application/json", text, strlen(text), &reply, &why)
             : LG_POSTED_UNREACHABLE;
    if (posted == LG_POSTED)
        result = read_answer(&reply, answer, reason);
    else
        lg_json_fail(reason, "the control channel: %.150s", text ? why.reason : "no memory");
    free(text);
    lg_text_free(&reply);
    return result;
}
