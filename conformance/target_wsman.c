/* The target "http://HOST": a host, or a simulator, behind WS-Management. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "interrupt.h"
#include "target.h"
#include "wsman_call.h"
#include "wsman_control.h"
#include "wsman_mask.h"
#include "wsman_vms.h"

enum { WAIT_MAX_MS = 5000 }; /* a host's clock is only waited for so long */

struct remote {
    struct lg_session session;
    struct lg_control control;
    struct lg_vms vms;
    struct lg_logins logins;
    struct lg_listening listening;
    const struct lg_wsman_options *options;
    uint32_t material; /* of --material, bit by symbol */
    bool tells_time;   /* the control channel does */
};

static bool is_controlled(const struct remote *remote)
{
    return remote->control.client != NULL;
}

/* ---- what can be done here ---- */

static bool takes_material(const struct remote *remote, uint16_t symbol,
                           struct lg_json_error *reason)
{
    if (symbol == LG_SYMBOL_NONE || symbol > LG_MATERIAL_COUNT)
        return true;
    const struct lg_material_row *row = &lg_materials[symbol - 1];
    if (lg_is_host_material(symbol))
        return remote->material >> symbol & 1
                   ? true
                   : lg_json_fail(reason, "no material %s: --material DIR", row->name);
    enum lg_blob_shape shape = lg_blobs_get(remote->session.bound.names.blobs, symbol)->shape;
    return shape != LG_BLOB_PLAIN && shape != LG_BLOB_OPAQUE
               ? true
               : lg_json_fail(reason, "%s is made up: no real host opens it", row->name);
}

static bool takes_role(const struct remote *remote, unsigned role, struct lg_json_error *reason)
{
    if (lg_logins_find(&remote->logins, role))
        return true;
    return lg_json_fail(reason, "no account of the role %s: --accounts FILE",
                        lg_role_words[role % LG_ROLE_COUNT]);
}

static bool takes_making(const struct remote *remote, const struct lg_call *call, unsigned made,
                         struct lg_json_error *reason)
{
    if (call->other == LG_VM_PLANNED || call->flags & LG_VM_OLD_VERSION)
        return lg_json_fail(reason, "no control channel: the VM it needs cannot be made");
    if (remote->options->vm_count && made >= remote->options->vm_count)
        return lg_json_fail(reason, "needs more VMs than --vm gives");
    return true;
}

/* Without a control channel. */
static bool takes_event(const struct remote *remote, const struct lg_call *call, unsigned made,
                        struct lg_json_error *reason)
{
    const struct lg_method_row *row = &lg_methods[call->method];
    switch (call->method) {
    case LG_CALL_VM_CREATED: return takes_making(remote, call, made, reason);
    case LG_CALL_VM_REMOVED:
        if (remote->options->vm_count)
            return lg_json_fail(reason, "a VM that was lent is not removed");
        return true;
    case LG_CALL_TIME_PASSES:
        if (call->amount <= WAIT_MAX_MS)
            return true;
        return lg_json_fail(reason, "no control channel: it needs %" PRIu64 " s to pass",
                            call->amount / 1000);
    case LG_CALL_HOST_CHANGES:
        if (call->requested == remote->session.version && !call->flags)
            return true;
        break;
    case LG_CALL_PROTECTOR_UNUSABLE:
        if (call->symbol == LG_MATERIAL_X + 1 || call->symbol == LG_MATERIAL_Y + 1)
            return takes_material(remote, call->symbol, reason);
        break;
    default: break;
    }
    return lg_json_fail(reason, "no control channel: %s.%s", row->class_name, row->name);
}

/* Without a control channel: what would touch more than the VMs that are there to be touched. */
static bool takes_method(const struct remote *remote, const struct lg_call *call,
                         struct lg_json_error *reason)
{
    switch (call->method) {
    case LG_CALL_START_SERVICE:
    case LG_CALL_STOP_SERVICE:
    case LG_CALL_SERVICE_REQUEST_STATE_CHANGE:
        return lg_json_fail(reason, "it would change the service for every VM of the host");
    case LG_CALL_DEFINE_SYSTEM:
    case LG_CALL_DESTROY_SYSTEM:
        if (remote->options->vm_count)
            return lg_json_fail(reason, "with --vm no VM is made or removed");
        return true;
    case LG_CALL_SET_KEY_PROTECTOR:
    case LG_CALL_SET_SECURITY_POLICY: return takes_material(remote, call->symbol, reason);
    default: return true;
    }
}

static bool takes(struct lg_target *target, const struct lg_call *call, unsigned made,
                  struct lg_json_error *reason)
{
    const struct remote *remote = target->self;
    bool event = lg_methods[call->method].kind == LG_KIND_EVENT;
    if (call->method == LG_CALL_CALLER_CHANGES)
        return takes_role(remote, call->requested, reason);
    if (!event && !lg_remote_fits(&remote->session, call, reason))
        return false;
    if (is_controlled(remote))
        return true;
    return event ? takes_event(remote, call, made, reason) : takes_method(remote, call, reason);
}

/* ---- calls ---- */

static void sign_in(struct remote *remote, unsigned role)
{
    const struct lg_login *login = lg_logins_find(&remote->logins, role);
    if (login)
        lg_client_sign_in(remote->session.client, login->name, login->password);
}

static void wait_ms(uint64_t ms)
{
    struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && !lg_interrupted())
        continue;
}

static enum lg_target_reply event(struct remote *remote, const struct lg_call *made,
                                  json_t **answer, struct lg_json_error *reason)
{
    if (made->method == LG_CALL_CALLER_CHANGES)
        sign_in(remote, made->requested);
    else if (is_controlled(remote)) {
        json_t *request = lg_call_to_json(made, &remote->session.bound.names);
        json_object_set_new(request, "op", json_string("event"));
        return lg_control_ask(&remote->control, request, answer, reason);
    } else if (made->method == LG_CALL_VM_CREATED)
        return lg_vms_make(&remote->vms, made, answer, reason);
    else if (made->method == LG_CALL_VM_REMOVED)
        return lg_vms_remove(&remote->vms, made, answer, reason);
    else if (made->method == LG_CALL_TIME_PASSES)
        wait_ms(made->amount);
    *answer = json_pack("{s:{}}", "out");
    return LG_TARGET_ANSWERED;
}

static enum lg_target_reply break_off(struct lg_json_error *reason)
{
    lg_json_fail(reason, "interrupted");
    return LG_TARGET_GONE;
}

static enum lg_target_reply bring(struct remote *remote, const struct lg_call *made,
                                  json_t **answer, struct lg_json_error *reason)
{
    bool defines = made->method == LG_CALL_DEFINE_SYSTEM;
    if (defines || (made->method == LG_CALL_VM_CREATED && !is_controlled(remote)))
        lg_vms_renumber(&remote->vms, made->vm);
    if (lg_methods[made->method].kind == LG_KIND_EVENT)
        return event(remote, made, answer, reason);
    return defines ? lg_vms_define(&remote->vms, made, answer, reason)
                   : lg_remote_call(&remote->session, made, answer, reason);
}

/* What no client can read: only the control channel tells. */
static enum lg_target_reply inspect(struct remote *remote, const struct lg_call *made,
                                    struct lg_outcome *seen, struct lg_json_error *reason)
{
    char name[LG_NAME_BYTES];
    json_t *answer;
    if (!is_controlled(remote))
        return LG_TARGET_UNABLE;
    remote->session.bound.names.write_vm(&remote->session.bound, made->vm, name);
    json_t *request = json_pack("{s:s, s:s}", "op", "inspect", "target", name);
    enum lg_target_reply reply = lg_control_ask(&remote->control, request, &answer, reason);
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    memset(seen, 0, sizeof *seen);
    if (!lg_properties_from_json(json_object_get(answer, "digests"), made,
                                 &remote->session.bound.names, seen, reason))
        reply = LG_TARGET_GONE;
    json_decref(answer);
    return reply;
}

static enum lg_target_reply call(struct lg_target *target, const struct lg_call *made,
                                 struct lg_outcome *seen, struct lg_json_error *reason)
{
    struct remote *remote = target->self;
    json_t *answer = NULL;
    if (lg_interrupted())
        return break_off(reason);
    if (made->method == LG_CALL_INSPECT)
        return inspect(remote, made, seen, reason);
    enum lg_target_reply reply = bring(remote, made, &answer, reason);
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    lg_bound_names_learn(&remote->session.bound, made, answer);
    if (!is_controlled(remote) && !remote->options->with_protectors)
        lg_mask_answer(answer, target->blobs);
    if (made->method == LG_CALL_LIST_JOBS)
        lg_vms_hide_jobs(&remote->vms, answer);
    if (made->method == LG_CALL_DEFINE_SYSTEM && !is_controlled(remote))
        lg_vms_note_job(&remote->vms, made, answer);
    if (!lg_outcome_from_json(answer, made, &remote->session.bound.names, seen, reason))
        reply = LG_TARGET_GONE;
    json_decref(answer);
    return lg_interrupted() ? break_off(reason) : reply;
}

/* ---- beginning and end ---- */

static enum lg_target_reply clear(struct remote *remote, struct lg_json_error *reason)
{
    enum lg_target_reply reply = LG_TARGET_ANSWERED;
    json_t *answer;
    sign_in(remote, LG_ROLE_ADMINISTRATOR);
    if (is_controlled(remote)) {
        reply =
            lg_control_ask(&remote->control, json_pack("{s:s}", "op", "reset"), &answer, reason);
        if (reply == LG_TARGET_ANSWERED)
            json_decref(answer);
        remote->vms.old_count = 0;
    } else if (!lg_vms_clear(&remote->vms, reason))
        reply = LG_TARGET_GONE;
    return reply;
}

static enum lg_target_reply reset(struct lg_target *target, struct lg_json_error *reason)
{
    struct remote *remote = target->self;
    lg_interrupt_shield(true);
    enum lg_target_reply reply = clear(remote, reason);
    lg_interrupt_shield(false);
    if (reply == LG_TARGET_ANSWERED)
        lg_bound_names_reset(&remote->session.bound);
    return lg_interrupted() ? break_off(reason) : reply;
}

static bool now(struct lg_target *target, uint64_t *micros)
{
    struct remote *remote = target->self;
    struct lg_json_error reason;
    json_t *answer;
    if (!remote->tells_time || lg_control_ask(&remote->control, json_pack("{s:s}", "op", "clock"),
                                              &answer, &reason) != LG_TARGET_ANSWERED)
        return false;
    *micros = (uint64_t)json_integer_value(json_object_get(answer, "now_ms")) * 1000;
    json_decref(answer);
    return true;
}

static void close_remote(struct lg_target *target)
{
    struct remote *remote = target->self;
    struct lg_json_error reason;
    lg_interrupt_shield(true);
    if (target->capabilities && !remote->options->dry_run &&
        clear(remote, &reason) != LG_TARGET_ANSWERED)
        fprintf(stderr, "lastgood: at the end: %s\n", reason.reason);
    lg_interrupt_shield(false);
    lg_client_close(remote->session.client);
    lg_control_close(&remote->control);
    lg_bound_names_free(&remote->session.bound);
    lg_wipe(&remote->logins, sizeof remote->logins);
    free(remote);
    target->self = NULL;
}

/* ---- opening ---- */

static bool read_accounts(struct remote *remote, struct lg_json_error *reason)
{
    const struct lg_wsman_options *options = remote->options;
    bool named = options->auth == LG_AUTH_BASIC || options->auth == LG_AUTH_NTLM;
    if (named && !options->user && !options->accounts)
        return lg_json_fail(reason, "who calls? --user NAME, the password in LASTGOOD_PASSWORD or "
                                    "--password-file");
    return lg_logins_read_user(&remote->logins, options, reason) &&
           (!options->accounts ||
            lg_logins_read_file(&remote->logins, options->accounts, reason)) &&
           takes_role(remote, LG_ROLE_ADMINISTRATOR, reason);
}

static bool open_control(struct remote *remote, struct lg_json_error *reason, bool *usage)
{
    const struct lg_wsman_options *options = remote->options;
    const char *token = getenv("LASTGOOD_CONTROL_TOKEN");
    const char *url = options->control;
    if (options->env_file && !lg_listening_read(&remote->listening, options->env_file, reason))
        return false;
    if (!url && remote->listening.control_url[0])
        url = remote->listening.control_url;
    if (remote->listening.token[0])
        token = remote->listening.token;
    if (!url)
        return true;
    if (!token)
        return lg_json_fail(reason, "the control channel needs LASTGOOD_CONTROL_TOKEN, or "
                                    "--env-file FILE");
    return lg_control_open(&remote->control, url, token, reason, usage);
}

static unsigned capability_of(const json_t *word)
{
    static const char *const words[] = {"events", "inspect", "snapshot", "material", "clock"};
    for (unsigned i = 0; json_is_string(word) && i < 5; i++)
        if (strcmp(words[i], json_string_value(word)) == 0)
            return 1u << i;
    return 0;
}

/* Not every control channel tells the time. */
static void greet_clock(struct lg_target *target)
{
    struct remote *remote = target->self;
    struct lg_json_error reason;
    json_t *answer;
    if (lg_control_ask(&remote->control, json_pack("{s:s}", "op", "clock"), &answer, &reason) !=
        LG_TARGET_ANSWERED)
        return;
    const char *mode = json_string_value(json_object_get(answer, "clock"));
    remote->tells_time = json_is_integer(json_object_get(answer, "now_ms"));
    target->hasty = mode && strcmp(mode, "auto") == 0;
    json_decref(answer);
}

static bool greet_control(struct lg_target *target, struct lg_json_error *reason)
{
    struct remote *remote = target->self;
    json_t *answer;
    if (lg_control_ask(&remote->control, json_pack("{s:s}", "op", "hello"), &answer, reason) !=
        LG_TARGET_ANSWERED)
        return false;
    const json_t *list = json_object_get(answer, "capabilities");
    for (size_t i = 0; i < json_array_size(list); i++)
        target->capabilities |= capability_of(json_array_get(list, i));
    target->capabilities &= ~(unsigned)LG_CAN_SNAPSHOT;
    json_decref(answer);
    greet_clock(target);
    return true;
}

/* What a host can do that nobody controls; each step of a vector is looked at on its own. */
static bool greet_host(struct lg_target *target, struct lg_json_error *reason)
{
    struct remote *remote = target->self;
    if (remote->options->material &&
        !lg_material_read(remote->options->material, target->blobs, &remote->material, reason))
        return false;
    if (!lg_vms_begin(&remote->vms, reason) || !lg_vms_lend(&remote->vms, remote->options, reason))
        return false;
    target->capabilities = LG_CAN_EVENTS | LG_CAN_MATERIAL;
    target->host.flags = LG_HOST_UNCONTROLLED;
    return true;
}

static bool greet(struct lg_target *target, struct lg_json_error *reason)
{
    struct remote *remote = target->self;
    sign_in(remote, LG_ROLE_ADMINISTRATOR);
    if (!lg_find_host(&remote->session, reason))
        return false;
    if (!(is_controlled(remote) ? greet_control(target, reason) : greet_host(target, reason)))
        return false;
    target->host.version = (uint8_t)remote->session.version;
    target->real_time = !(target->capabilities & LG_CAN_CLOCK);
    return true;
}

bool lg_target_wsman_open(struct lg_target *target, const char *url,
                          const struct lg_wsman_options *options, struct lg_json_error *reason,
                          bool *usage)
{
    struct remote *remote = calloc(1, sizeof *remote);
    *usage = false;
    if (!remote)
        return lg_json_fail(reason, "no memory");
    target->self = remote;
    target->takes = takes;
    target->reset = reset;
    target->call = call;
    target->now = now;
    target->close = close_remote;
    remote->options = options;
    remote->vms.session = &remote->session;
    lg_interrupt_watch();
    if (!lg_bound_names_init(&remote->session.bound, target->blobs))
        return lg_json_fail(reason, "no memory");
    if (!lg_client_open(&remote->session.client, url, "/wsman", reason, usage))
        return false;
    *usage = !lg_client_use(remote->session.client, options, reason);
    return !*usage && open_control(remote, reason, usage) && read_accounts(remote, reason) &&
           greet(target, reason);
}

void lg_target_wsman_tell(const struct lg_target *target)
{
    const struct remote *remote = target->self;
    const struct lg_session *session = &remote->session;
    printf("host %s: %s, judged as %s\n", session->management.system, session->product,
           lg_version_words[session->version]);
    printf("Msvm_SecurityService: %s\n", session->security.found ? "there" : "not there");
    if (is_controlled(remote))
        printf("control channel: events are made to happen, and every VM is removed at each "
               "reset\n");
    else if (remote->vms.lent_count)
        for (unsigned i = 0; i < remote->vms.lent_count; i++)
            printf("VM %s (%s): used, and put back\n", remote->vms.lent[i].found.element_name,
                   remote->vms.lent[i].found.name);
    else
        printf("each vector defines VMs marked " LG_DISPOSABLE ", and removes them\n");
}
