/* The HTTP client of lastgood (conformance/wsman_client.h) without HTTP: what is posted is answered
 * by a simulator in this process, as the account that signed in. Linked in place of the one over
 * libcurl. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/interrupt.h"
#include "conformance/wsman_client.h"
#include "find.h"
#include "simulators.h"

struct lg_client {
    bool control;
    uint8_t role;
};

static struct lg_service *service;
void (*lg_wsman_listener)(const char *message, size_t length);

bool lg_client_open(struct lg_client **client, const char *url, const char *path,
                    struct lg_json_error *reason, bool *usage)
{
    (void)url;
    *usage = false;
    *client = calloc(1, sizeof **client);
    if (!*client)
        return lg_json_fail(reason, "no memory");
    (*client)->control = strcmp(path, "/") == 0;
    return true;
}

bool lg_client_use(struct lg_client *client, const struct lg_wsman_options *options,
                   struct lg_json_error *reason)
{
    (void)client, (void)options, (void)reason;
    return true;
}

void lg_client_close(struct lg_client *client)
{
    free(client);
}

const char *lg_client_url(const struct lg_client *client)
{
    return client->control ? "http://fuzz/" : "http://fuzz/wsman";
}

/* Accounts are called by the number of their role. */
void lg_client_sign_in(struct lg_client *client, const char *user, const char *password)
{
    (void)password;
    client->role = (uint8_t)(user[0] - '0');
}

void lg_client_unix(struct lg_client *client, const char *path)
{
    (void)client;
    (void)path;
}

bool lg_client_header(struct lg_client *client, const char *line)
{
    (void)client;
    (void)line;
    return true;
}

static enum lg_posted post_control(const char *bytes, size_t length, struct lg_text *reply)
{
    bool bye;
    json_t *answer = lg_service_command(service, bytes, length, &bye);
    char *text = json_dumps(answer, JSON_COMPACT);
    json_decref(answer);
    lg_text_clear(reply);
    lg_text_add(reply, text ? text : "");
    free(text);
    return LG_POSTED;
}

enum lg_posted lg_client_post(struct lg_client *client, const char *content_type, const char *bytes,
                              size_t length, struct lg_text *reply, struct lg_json_error *reason)
{
    const char account[] = {(char)('0' + client->role), '\0'};
    const struct lg_wsman_request request = {.bytes = bytes,
                                             .length = length,
                                             .content_type = content_type,
                                             .caller = {account, client->role}};
    const char *type;
    if (client->control)
        return post_control(bytes, length, reply);
    if (lg_wsman_listener)
        lg_wsman_listener(bytes, length);
    lg_text_clear(reply);
    int status = lg_service_respond(service, &request, reply, &type);
    lg_json_fail(reason, "the status is %d", status);
    return status == 200 || status == 500 ? LG_POSTED
           : status == 413                ? LG_POSTED_TOO_LARGE
           : status == 401                ? LG_POSTED_REFUSED
                                          : LG_POSTED_UNREACHABLE;
}

/* ---- interrupts (conformance/interrupt.h): the engine's, which the client would take over ---- */

void lg_interrupt_watch(void)
{
}

bool lg_interrupted(void)
{
    return false;
}

void lg_interrupt_shield(bool on)
{
    (void)on;
}

void lg_wsman_renew(struct lg_simulator *simulator)
{
    static const struct lg_wsman_settings settings = {LG_WSMAN_ENVELOPE_KB_DEFAULT, false};
    if (service)
        lg_service_free(service);
    service = lg_service_new(simulator, &settings);
    lg_holds(service != NULL);
}

void lg_wsman_of_simulator(struct lg_target *target, struct lg_simulator *simulator,
                           struct lg_blobs *blobs)
{
    static const char accounts[] = "0:x:administrator\n1:x:hyperv_administrator\n2:x:user\n";
    static struct lg_wsman_options options;
    struct lg_json_error reason;
    bool usage;
    options = (struct lg_wsman_options){
        .control = "http://fuzz/",
        .accounts = lg_as_file((const uint8_t *)accounts, sizeof accounts - 1)};
    setenv("LASTGOOD_CONTROL_TOKEN", "fuzz", 1);
    lg_wsman_renew(simulator);
    memset(target, 0, sizeof *target);
    target->blobs = blobs;
    if (!lg_target_wsman_open(target, "http://fuzz", &options, &reason, &usage))
        lg_find("WS-Management: %s", reason.reason);
}
