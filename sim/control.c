/* The control channel over HTTP. */
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accounts.h"

static const char bearer[] = "Bearer ";

/* ---- tokens ---- */

bool lg_token_make(char token[LG_TOKEN_BYTES])
{
    unsigned char random[LG_TOKEN_MADE / 2];
    ssize_t got = getrandom(random, sizeof random, 0);
    for (unsigned i = 0; i < sizeof random; i++)
        snprintf(token + (size_t)2 * i, 3, "%02x", random[i]);
    return got == (ssize_t)sizeof random;
}

const char *lg_token_read(const char *path, char token[LG_TOKEN_BYTES])
{
    FILE *file = fopen(path, "r");
    if (!file)
        return strerror(errno);
    size_t length = fread(token, 1, LG_TOKEN_BYTES - 1, file);
    bool ended = getc(file) == EOF;
    fclose(file);
    token[length] = '\0';
    size_t line = strcspn(token, "\r\n");
    ended = ended && line + strspn(token + line, "\r\n") == length;
    token[line] = '\0';
    for (size_t i = 0; i < line; i++)
        if (token[i] <= ' ' || token[i] > '~')
            return "a token has printable characters only";
    return ended && line >= LG_TOKEN_MIN && line <= LG_TOKEN_MAX
               ? NULL
               : "a token is one line of 16 to 256 characters";
}

static bool is_right(const struct lg_control *control, const char *field)
{
    char given[LG_TOKEN_BYTES] = {0};
    char token[LG_TOKEN_BYTES] = {0};
    if (!field || strncasecmp(field, bearer, sizeof bearer - 1) != 0)
        return false;
    field += sizeof bearer - 1;
    if (strlen(field) >= sizeof given)
        return false;
    memcpy(given, field, strlen(field));
    memcpy(token, control->token, strlen(control->token));
    return lg_bytes_equal(given, token, sizeof given);
}

/* ---- requests ---- */

static bool is_trace(const struct lg_http_request *request)
{
    return strcmp(request->path, "/trace") == 0;
}

static bool admit(void *context, struct lg_http_request *request, struct lg_http_reply *reply)
{
    const struct lg_control *control = context;
    const char *method = is_trace(request) ? "GET" : "POST";
    if (!is_trace(request) && strcmp(request->path, "/") != 0)
        reply->status = 404;
    else if (!is_right(control, request->authorization)) {
        reply->status = 401;
        reply->offers[0] = "Bearer realm=\"lastgood-sim\"";
    } else if (strcmp(request->method, method) != 0) {
        reply->status = 405;
        reply->allow = method;
    }
    return reply->status == 0;
}

static void refuse(struct lg_http_reply *reply, int status, const char *reason)
{
    reply->status = status;
    reply->content_type = "text/plain";
    lg_text_add(&reply->body, reason);
    lg_text_add(&reply->body, "\n");
}

/* The recording as it is now; what is written to it meanwhile is left out. */
static void answer_trace(const struct lg_control *control, struct lg_http_reply *reply)
{
    struct stat found;
    int file = control->trace ? open(control->trace, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0 || fstat(file, &found) != 0) {
        refuse(reply, 404,
               control->trace ? "the recording is gone"
                              : "nothing is recorded: start it with --trace FILE");
        if (file >= 0)
            close(file);
        return;
    }
    reply->status = 200;
    reply->content_type = "application/jsonl";
    reply->has_file = true;
    reply->file = file;
    reply->file_bytes = (uint64_t)found.st_size;
}

static void answer(void *context, const struct lg_http_request *request,
                   struct lg_http_reply *reply)
{
    struct lg_control *control = context;
    if (is_trace(request)) {
        lg_service_flush(control->service);
        answer_trace(control, reply);
        return;
    }
    json_t *json =
        lg_service_command(control->service, request->body, request->length, &control->bye);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    reply->status = 200;
    reply->content_type = "application/json";
    lg_text_add(&reply->body, text ? text : "");
    lg_text_add(&reply->body, "\n");
    reply->body.failed |= !text;
    free(text);
}

struct lg_http_service lg_control_service(struct lg_control *control, unsigned timeout_s)
{
    return (struct lg_http_service){.context = control,
                                    .body_max = LG_STDIO_LINE_BYTES,
                                    .timeout_s = timeout_s,
                                    .admit = admit,
                                    .answer = answer};
}
