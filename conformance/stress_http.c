/* Lanes to a service behind WS-Management: a thread and a connection for each. What threads share
 * is guarded by one lock; the session of a lane is its thread's while a call is under way on it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "line_messages.h"
#include "stress_lanes.h"
#include "wsman_call.h"
#include "wsman_mask.h"

enum { FOUND_MAX = 1000 };

enum phase { IDLE, SENT, DONE, OVER };

struct connection {
    struct remote *remote;
    struct lg_session session;
    struct lg_blobs blobs; /* of its own: nothing of a call is shared while it is under way */
    pthread_t thread;
    bool started;
    enum phase phase;
    uint64_t order; /* of those that are done */
    struct lg_call call;
    struct lg_call made; /* with the names of this session */
    enum lg_target_reply reply;
    json_t *answer;
    struct lg_json_error reason;
};

struct remote {
    pthread_mutex_t lock;
    pthread_cond_t sent;
    pthread_cond_t done;
    struct connection *connections;
    unsigned count;
    uint64_t order;
    struct lg_bound_names bound; /* of the recording */
    struct lg_logins logins;
    const struct lg_wsman_options *options;
    struct lg_found_vm *found;
    unsigned vm_count;
    bool masks;
};

/* ---- the threads ---- */

static void *serve(void *context)
{
    struct connection *connection = context;
    struct remote *remote = connection->remote;
    pthread_mutex_lock(&remote->lock);
    while (connection->phase != OVER) {
        if (connection->phase != SENT) {
            pthread_cond_wait(&remote->sent, &remote->lock);
            continue;
        }
        pthread_mutex_unlock(&remote->lock);
        connection->answer = NULL;
        connection->reply = lg_remote_call(&connection->session, &connection->made,
                                           &connection->answer, &connection->reason);
        pthread_mutex_lock(&remote->lock);
        connection->order = ++remote->order;
        connection->phase = DONE;
        pthread_cond_signal(&remote->done);
    }
    pthread_mutex_unlock(&remote->lock);
    return NULL;
}

static struct connection *first_done(struct remote *remote)
{
    struct connection *found = NULL;
    for (unsigned i = 0; i < remote->count; i++) {
        struct connection *connection = &remote->connections[i];
        if (connection->phase == DONE && (!found || connection->order < found->order))
            found = connection;
    }
    return found;
}

/* ---- calls ---- */

/* Jobs have numbers of their own in each session. */
static struct lg_call with_own_names(const struct remote *remote, struct connection *connection,
                                     const struct lg_call *call)
{
    struct lg_bound_names *bound = &connection->session.bound;
    struct lg_call made = *call;
    if (lg_methods[call->method].target != LG_TARGET_JOB)
        return made;
    int job = bound->names.job_of(bound, remote->bound.jobs[call->job]);
    made.job = job > 0 ? (uint16_t)job : 0;
    return made;
}

static bool send(struct lg_lanes *lanes, unsigned lane, const struct lg_call *call,
                 struct lg_json_error *reason)
{
    struct remote *remote = lanes->self;
    struct connection *connection = &remote->connections[lane];
    (void)reason;
    pthread_mutex_lock(&remote->lock);
    connection->call = *call;
    connection->made = with_own_names(remote, connection, call);
    connection->phase = SENT;
    pthread_cond_broadcast(&remote->sent);
    pthread_mutex_unlock(&remote->lock);
    return true;
}

static enum lg_target_reply next(struct lg_lanes *lanes, unsigned *lane, struct lg_outcome *seen,
                                 struct lg_json_error *reason)
{
    struct remote *remote = lanes->self;
    struct connection *connection;
    pthread_mutex_lock(&remote->lock);
    while (!(connection = first_done(remote)))
        pthread_cond_wait(&remote->done, &remote->lock);
    connection->phase = IDLE;
    pthread_mutex_unlock(&remote->lock);
    *lane = (unsigned)(connection - remote->connections);
    enum lg_target_reply reply = connection->reply;
    *reason = connection->reason;
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    if (remote->masks)
        lg_mask_answer(connection->answer, lanes->blobs);
    reply = lg_line_outcome(&remote->bound, &connection->call, connection->answer, seen, reason);
    json_decref(connection->answer);
    return reply;
}

/* ---- what is alone ---- */

static enum lg_target_reply reset(struct lg_lanes *lanes, struct lg_json_error *reason)
{
    struct remote *remote = lanes->self;
    enum lg_target_reply reply = lanes->lead.reset(&lanes->lead, reason);
    lg_bound_names_reset(&remote->bound);
    for (unsigned i = 0; i < remote->count; i++)
        lg_bound_names_reset(&remote->connections[i].session.bound);
    remote->vm_count = 0;
    return reply;
}

static bool is_named(const struct remote *remote, const char *name)
{
    for (unsigned vm = 0; vm < remote->vm_count; vm++)
        if (strcasecmp(remote->bound.vms[vm], name) == 0)
            return true;
    return false;
}

static void name_vm(struct remote *remote, const char *name)
{
    struct lg_session *first = &remote->connections[0].session;
    unsigned vm = remote->vm_count++;
    snprintf(remote->bound.vms[vm], LG_NAME_BYTES, "%s", name);
    if (vm == 0)
        lg_find_setting_part(first, name);
    for (unsigned i = 0; i < remote->count; i++) {
        struct lg_session *session = &remote->connections[i].session;
        snprintf(session->bound.vms[vm], LG_NAME_BYTES, "%s", name);
        memcpy(session->setting_part, first->setting_part, sizeof session->setting_part);
    }
}

/* The lead made a VM, or took one that was lent: the one that is there and has no number. */
static bool find_new_vm(struct lg_lanes *lanes, struct lg_json_error *reason)
{
    struct remote *remote = lanes->self;
    const struct lg_wsman_options *options = remote->options;
    const char *lent = remote->vm_count < options->vm_count ? options->vms[remote->vm_count] : NULL;
    int count =
        lg_find_vms(&remote->connections[0].session, lent, remote->found, FOUND_MAX, reason);
    bool controlled = lanes->capabilities & LG_CAN_INSPECT;
    for (int i = 0; i < count && i < FOUND_MAX; i++) {
        const struct lg_found_vm *found = &remote->found[i];
        if (!is_named(remote, found->name) && (lent || controlled || found->disposable)) {
            name_vm(remote, found->name);
            return true;
        }
    }
    return count < 0 ? false : lg_json_fail(reason, "the VM that was made is not found");
}

static enum lg_target_reply alone(struct lg_lanes *lanes, const struct lg_call *call,
                                  struct lg_outcome *seen, struct lg_json_error *reason)
{
    enum lg_target_reply reply = lanes->lead.call(&lanes->lead, call, seen, reason);
    if (reply == LG_TARGET_ANSWERED && call->method == LG_CALL_VM_CREATED &&
        !find_new_vm(lanes, reason))
        return LG_TARGET_GONE;
    return reply;
}

/* ---- beginning and end ---- */

static void close_connection(struct connection *connection)
{
    struct remote *remote = connection->remote;
    if (connection->started) {
        pthread_mutex_lock(&remote->lock);
        connection->phase = OVER;
        pthread_cond_broadcast(&remote->sent);
        pthread_mutex_unlock(&remote->lock);
        pthread_join(connection->thread, NULL);
    }
    lg_client_close(connection->session.client);
    lg_bound_names_free(&connection->session.bound);
    lg_blobs_free(&connection->blobs);
}

static void close_remote(struct lg_lanes *lanes)
{
    struct remote *remote = lanes->self;
    if (!remote)
        return;
    for (unsigned i = 0; i < remote->count; i++)
        close_connection(&remote->connections[i]);
    pthread_mutex_destroy(&remote->lock);
    pthread_cond_destroy(&remote->sent);
    pthread_cond_destroy(&remote->done);
    lg_bound_names_free(&remote->bound);
    lg_wipe(&remote->logins, sizeof remote->logins);
    free(remote->found);
    free(remote->connections);
    free(remote);
}

static bool read_logins(struct remote *remote, struct lg_json_error *reason)
{
    const struct lg_wsman_options *options = remote->options;
    return lg_logins_read_user(&remote->logins, options, reason) &&
           (!options->accounts || lg_logins_read_file(&remote->logins, options->accounts, reason));
}

/* What the first session found holds for the others. */
static void copy_host(struct lg_session *to, const struct lg_session *from)
{
    to->security = from->security;
    to->management = from->management;
    to->version = from->version;
    to->wire = from->wire;
    memcpy(to->product, from->product, sizeof to->product);
}

static bool open_connection(struct remote *remote, unsigned number, const char *url,
                            struct lg_json_error *reason, bool *usage)
{
    struct connection *connection = &remote->connections[number];
    struct lg_session *session = &connection->session;
    const struct lg_login *login = lg_logins_find(&remote->logins, LG_ROLE_ADMINISTRATOR);
    connection->remote = remote;
    remote->count = number + 1;
    if (!lg_blobs_init(&connection->blobs) ||
        !lg_bound_names_init(&session->bound, &connection->blobs))
        return lg_json_fail(reason, "no memory");
    if (!lg_client_open(&session->client, url, "/wsman", reason, usage))
        return false;
    *usage = !lg_client_use(session->client, remote->options, reason);
    if (*usage)
        return false;
    if (login)
        lg_client_sign_in(session->client, login->name, login->password);
    uint32_t there;
    if (remote->options->material &&
        !lg_material_read(remote->options->material, &connection->blobs, &there, reason))
        return false;
    if (number == 0)
        return lg_find_host(session, reason);
    copy_host(session, &remote->connections[0].session);
    return true;
}

static bool start_threads(struct remote *remote, struct lg_json_error *reason)
{
    for (unsigned i = 0; i < remote->count; i++) {
        struct connection *connection = &remote->connections[i];
        if (pthread_create(&connection->thread, NULL, serve, connection) != 0)
            return lg_json_fail(reason, "no thread for connection %u", i + 1);
        connection->started = true;
    }
    return true;
}

static struct remote *make_remote(const struct lg_lanes *lanes,
                                  const struct lg_wsman_options *options)
{
    struct remote *remote = calloc(1, sizeof *remote);
    if (!remote)
        return NULL;
    pthread_mutex_init(&remote->lock, NULL);
    pthread_cond_init(&remote->sent, NULL);
    pthread_cond_init(&remote->done, NULL);
    remote->options = options;
    remote->masks = !options->with_protectors && !(lanes->capabilities & LG_CAN_INSPECT);
    remote->found = calloc(FOUND_MAX, sizeof *remote->found);
    remote->connections = calloc(lanes->count, sizeof *remote->connections);
    return remote;
}

bool lg_lanes_http_open(struct lg_lanes *lanes, const char *url,
                        const struct lg_wsman_options *options, struct lg_json_error *reason,
                        bool *usage)
{
    static const struct lg_lanes_kind kind = {reset, alone, send, next, close_remote};
    struct remote *remote = make_remote(lanes, options);
    lanes->kind = &kind;
    lanes->self = remote;
    if (!remote || !remote->found || !remote->connections ||
        !lg_bound_names_init(&remote->bound, lanes->blobs))
        return lg_json_fail(reason, "no memory");
    if (!read_logins(remote, reason))
        return false;
    for (unsigned i = 0; i < lanes->count; i++)
        if (!open_connection(remote, i, url, reason, usage))
            return false;
    return start_threads(remote, reason);
}
