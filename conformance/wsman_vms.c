/* VMs on a host without a control channel. */
#include "wsman_vms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "interrupt.h"
#include "model/trace.h"

enum {
    SPARE = LG_VMS_MAX - 1, /* the number that a VM has while it is worked on by its name */
    LOOKS_MAX = 40,         /* at one job: with the pauses below, some 35 s */
    PAUSE_MS = 50,
    PAUSE_MAX_MS = 1000,
    OFF = 3, /* EnabledState and RequestedState */
    STATE_COMPLETED = 7
};

static void pause_ms(unsigned ms)
{
    struct timespec pause = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

/* ---- calls that no vector asks for ---- */

static json_int_t number(const json_t *answer, const char *part, const char *name)
{
    const json_t *value = json_object_get(json_object_get(answer, part), name);
    return json_is_integer(value) ? json_integer_value(value) : -1;
}

/* Looks at a job until it has ended well. */
static bool follow(struct lg_session *session, uint16_t vm, int job)
{
    struct lg_call look = {.method = LG_CALL_READ_JOB, .vm = vm, .job = (uint16_t)job};
    unsigned pause = PAUSE_MS;
    for (int i = 0; job > 0 && i < LOOKS_MAX && !lg_interrupted(); i++) {
        struct lg_json_error reason;
        json_t *answer;
        if (lg_remote_call(session, &look, &answer, &reason) != LG_TARGET_ANSWERED)
            return false;
        lg_bound_names_learn(&session->bound, &look, answer);
        json_int_t state = number(answer, "properties", "JobState");
        json_decref(answer);
        if (state < 0 || state >= STATE_COMPLETED)
            return state == STATE_COMPLETED;
        pause_ms(pause);
        pause = pause * 2 < PAUSE_MAX_MS ? pause * 2 : PAUSE_MAX_MS;
    }
    return false;
}

static int job_of(struct lg_session *session, const json_t *answer)
{
    const char *job = json_string_value(json_object_get(json_object_get(answer, "out"), "Job"));
    return job ? session->bound.names.job_of(&session->bound, job) : -1;
}

/* Calls, and waits for the job if there is one. True: done. */
static bool carry_out(struct lg_session *session, const struct lg_call *call)
{
    struct lg_json_error reason;
    json_t *answer;
    if (lg_remote_call(session, call, &answer, &reason) != LG_TARGET_ANSWERED)
        return false;
    const json_t *code = json_object_get(answer, "return");
    bool done = json_is_integer(code) && json_integer_value(code) == 0;
    if (json_is_integer(code) && json_integer_value(code) == 4096)
        done = follow(session, call->vm, job_of(session, answer));
    json_decref(answer);
    return done;
}

/* A property of a read as a number; -1: there is none; -2: the instance is gone. */
static json_int_t read_number(struct lg_session *session, enum lg_method method, const char *name)
{
    struct lg_call read = {.method = (uint8_t)method, .vm = SPARE};
    struct lg_json_error reason;
    json_t *answer;
    if (lg_remote_call(session, &read, &answer, &reason) != LG_TARGET_ANSWERED)
        return -1;
    const char *fault = json_string_value(json_object_get(answer, "fault"));
    json_int_t value =
        fault && strcmp(fault, "not_found") == 0 ? -2 : number(answer, "properties", name);
    json_decref(answer);
    return value;
}

static void take_spare(struct lg_session *session, const char *name)
{
    snprintf(session->bound.vms[SPARE], LG_NAME_BYTES, "%s", name);
}

static json_int_t turn_off(struct lg_session *session)
{
    struct lg_call off = {.method = LG_CALL_VM_REQUEST_STATE_CHANGE, .vm = SPARE, .requested = OFF};
    json_int_t state = read_number(session, LG_CALL_READ_VM, "EnabledState");
    if (state >= 0 && state != OFF) {
        carry_out(session, &off);
        state = read_number(session, LG_CALL_READ_VM, "EnabledState");
    }
    return state;
}

/* Removes a VM that this run made. */
static bool destroy(struct lg_session *session, const char *name)
{
    struct lg_call call = {.method = LG_CALL_DESTROY_SYSTEM, .vm = SPARE};
    take_spare(session, name);
    for (int i = 0; i < 3; i++) {
        if (turn_off(session) == -2)
            return true;
        carry_out(session, &call);
        if (read_number(session, LG_CALL_READ_VM, "EnabledState") == -2)
            return true;
        pause_ms(PAUSE_MAX_MS);
    }
    return false;
}

/* ---- lent VMs ---- */

static bool is_owned(const struct lg_wsman_options *options, const struct lg_found_vm *vm,
                     const char *name)
{
    for (unsigned i = 0; i < options->owned_count; i++)
        if (strcmp(options->owned[i], name) == 0 || strcasecmp(options->owned[i], vm->name) == 0)
            return true;
    return vm->disposable;
}

static bool lend(struct lg_vms *vms, const struct lg_wsman_options *options, const char *name,
                 struct lg_json_error *reason)
{
    struct lg_found_vm found;
    int count = lg_find_vms(vms->session, name, &found, 1, reason);
    if (count < 0)
        return false;
    if (count == 0)
        return lg_json_fail(reason, "no VM has the name or GUID %.60s", name);
    if (count > 1)
        return lg_json_fail(reason, "%d VMs have the name %.60s: give a GUID", count, name);
    if (!is_owned(options, &found, name))
        return lg_json_fail(reason,
                            "%.60s is not marked " LG_DISPOSABLE ": it is left alone, unless you "
                            "also say --i-own-this-vm %.60s",
                            name, name);
    vms->lent[vms->lent_count++] = (struct lg_lent_vm){.found = found};
    return true;
}

bool lg_vms_lend(struct lg_vms *vms, const struct lg_wsman_options *options,
                 struct lg_json_error *reason)
{
    for (unsigned i = 0; i < options->vm_count; i++)
        if (!lend(vms, options, options->vms[i], reason))
            return false;
    return true;
}

/* The settings that a VM has switched on, bit by enum lg_setting; -1: they cannot be read. */
static int settings_on(struct lg_session *session)
{
    struct lg_call read = {.method = LG_CALL_READ_SECURITY_SETTING, .vm = SPARE};
    struct lg_json_error reason;
    json_t *answer;
    int on = 0;
    if (lg_remote_call(session, &read, &answer, &reason) != LG_TARGET_ANSWERED)
        return -1;
    const json_t *properties = json_object_get(answer, "properties");
    for (unsigned i = 0; i < LG_SETTING_COUNT; i++)
        if (json_is_true(json_object_get(properties, lg_setting_names[i])))
            on |= 1 << i;
    on = properties ? on : -1;
    json_decref(answer);
    return on;
}

static bool has_no_protector(struct lg_session *session)
{
    struct lg_call get = {.method = LG_CALL_GET_KEY_PROTECTOR, .vm = SPARE};
    struct lg_json_error reason;
    struct lg_outcome seen = {0};
    json_t *answer;
    if (lg_remote_call(session, &get, &answer, &reason) != LG_TARGET_ANSWERED)
        return false;
    bool read = lg_outcome_from_json(answer, &get, &session->bound.names, &seen, &reason);
    json_decref(answer);
    return read && !seen.fault && seen.return_value == 0 && seen.form != LG_BYTES_GIVEN;
}

static bool is_of_generation(struct lg_session *session, unsigned generation)
{
    struct lg_call read = {.method = LG_CALL_READ_SYSTEM_SETTING, .vm = SPARE};
    struct lg_json_error reason;
    json_t *answer;
    if (lg_remote_call(session, &read, &answer, &reason) != LG_TARGET_ANSWERED)
        return false;
    const json_t *properties = json_object_get(answer, "properties");
    const char *type = json_string_value(json_object_get(properties, "VirtualSystemSubType"));
    bool is = type && (strstr(type, "SubType:1") ? 1u : 2u) == generation;
    json_decref(answer);
    return is;
}

/* A vector begins with a VM that is off and has nothing: NULL if this is one, else what it has. */
static const char *not_fresh(struct lg_session *session, const struct lg_lent_vm *vm,
                             unsigned generation)
{
    take_spare(session, vm->found.name);
    if (!is_of_generation(session, generation))
        return "is of another generation";
    if (read_number(session, LG_CALL_READ_VM, "EnabledState") != OFF)
        return "is not off";
    if (settings_on(session) != 0)
        return "has security settings that are on";
    return has_no_protector(session) ? NULL : "has a key protector, which no method takes away";
}

/* Off again and without settings, as it was lent. */
static bool put_back(struct lg_session *session, struct lg_lent_vm *vm)
{
    struct lg_call modify = {.method = LG_CALL_MODIFY_SECURITY_SETTINGS, .vm = SPARE};
    take_spare(session, vm->found.name);
    bool back = turn_off(session) == OFF;
    int on = settings_on(session);
    lg_call_set_text(&modify, LG_TEXT_IS_instance);
    modify.present = on > 0 ? (uint8_t)on : 0;
    back = back && on >= 0 && (on == 0 || carry_out(session, &modify));
    if (!has_no_protector(session))
        fprintf(stderr,
                "lastgood: %s keeps the key protector that was set: no method takes it away\n",
                vm->found.element_name);
    vm->in_use = vm->touched = false;
    return back;
}

static enum lg_target_reply take_lent(struct lg_vms *vms, const struct lg_call *event,
                                      json_t **answer, struct lg_json_error *reason)
{
    for (unsigned i = 0; i < vms->lent_count; i++) {
        struct lg_lent_vm *vm = &vms->lent[i];
        if (vm->in_use)
            continue;
        const char *why = not_fresh(vms->session, vm, event->requested == 1 ? 1 : 2);
        if (why) {
            lg_json_fail(reason, "the VM %.60s %s", vm->found.element_name, why);
            return LG_TARGET_UNABLE;
        }
        vm->in_use = vm->touched = true;
        *answer = json_pack("{s:{s:s}}", "out", "vm", vm->found.name);
        return LG_TARGET_ANSWERED;
    }
    lg_json_fail(reason, "needs one VM more than --vm gives");
    return LG_TARGET_UNABLE;
}

static bool is_lent(const struct lg_vms *vms, const char *name)
{
    for (unsigned i = 0; i < vms->lent_count; i++)
        if (strcasecmp(vms->lent[i].found.name, name) == 0)
            return true;
    return false;
}

/* ---- made VMs ---- */

enum { FOUND_MAX = 256 };

/* Disposable VMs that were not there when the run began, or all: each goes to `take`. */
static bool each_disposable(struct lg_vms *vms, bool (*take)(struct lg_vms *vms, char *name),
                            struct lg_json_error *reason)
{
    struct lg_found_vm *found = calloc(FOUND_MAX, sizeof *found);
    int count = found ? lg_find_vms(vms->session, NULL, found, FOUND_MAX, reason) : -1;
    bool taken = count >= 0;
    for (int i = 0; i < count && i < FOUND_MAX; i++)
        taken = (!found[i].disposable || take(vms, found[i].name)) && taken;
    free(found);
    return taken;
}

static bool know(struct lg_vms *vms, char *name)
{
    if (vms->known_count < sizeof vms->known / sizeof vms->known[0])
        strcpy(vms->known[vms->known_count++], name);
    return true;
}

bool lg_vms_begin(struct lg_vms *vms, struct lg_json_error *reason)
{
    return each_disposable(vms, know, reason);
}

static bool destroy_unknown(struct lg_vms *vms, char *name)
{
    for (unsigned i = 0; i < vms->known_count; i++)
        if (strcasecmp(vms->known[i], name) == 0)
            return true;
    return destroy(vms->session, name);
}

void lg_vms_renumber(struct lg_vms *vms, uint16_t vm)
{
    char *name = vms->session->bound.vms[vm % LG_VMS_MAX];
    if (name[0] && vms->old_count < sizeof vms->old / sizeof vms->old[0])
        strcpy(vms->old[vms->old_count++], name);
    name[0] = '\0';
}

enum lg_target_reply lg_vms_define(struct lg_vms *vms, const struct lg_call *call, json_t **answer,
                                   struct lg_json_error *reason)
{
    lg_interrupt_shield(true); /* what is made must be answered, so that it can be removed */
    enum lg_target_reply reply = lg_remote_call(vms->session, call, answer, reason);
    lg_interrupt_shield(false);
    vms->unsure |= reply == LG_TARGET_LOST || reply == LG_TARGET_GONE;
    return reply;
}

static enum lg_target_reply define(struct lg_vms *vms, const struct lg_call *event, json_t **answer,
                                   struct lg_json_error *reason)
{
    struct lg_session *session = vms->session;
    struct lg_call call = {
        .method = LG_CALL_DEFINE_SYSTEM, .vm = event->vm, .requested = event->requested};
    lg_call_set_text(&call, LG_TEXT_IS_instance);
    enum lg_target_reply reply = lg_vms_define(vms, &call, answer, reason);
    if (reply != LG_TARGET_ANSWERED)
        return reply;
    lg_bound_names_learn(&session->bound, &call, *answer);
    int job = job_of(session, *answer);
    if (job > 0) {
        lg_vms_note_job(vms, &call, *answer);
        if (vms->hidden_count < sizeof vms->hidden / sizeof vms->hidden[0])
            vms->hidden[vms->hidden_count++] = (uint16_t)job;
        follow(session, event->vm, job);
    }
    json_decref(*answer);
    *answer = NULL;
    if (session->bound.vms[event->vm][0]) {
        *answer = json_pack("{s:{s:s}}", "out", "vm", session->bound.vms[event->vm]);
        return LG_TARGET_ANSWERED;
    }
    lg_json_fail(reason, "the host made no VM");
    return LG_TARGET_UNABLE;
}

enum lg_target_reply lg_vms_make(struct lg_vms *vms, const struct lg_call *event, json_t **answer,
                                 struct lg_json_error *reason)
{
    return vms->lent_count ? take_lent(vms, event, answer, reason)
                           : define(vms, event, answer, reason);
}

enum lg_target_reply lg_vms_remove(struct lg_vms *vms, const struct lg_call *event, json_t **answer,
                                   struct lg_json_error *reason)
{
    const char *name = vms->session->bound.vms[event->vm % LG_VMS_MAX];
    if (!name[0] || is_lent(vms, name) || !destroy(vms->session, name)) {
        lg_json_fail(reason, "the VM could not be removed");
        return LG_TARGET_REFUSED;
    }
    *answer = json_pack("{s:{}}", "out");
    return LG_TARGET_ANSWERED;
}

static bool is_hidden(const struct lg_vms *vms, const char *job)
{
    for (unsigned i = 0; i < vms->hidden_count; i++)
        if (strcmp(vms->session->bound.jobs[vms->hidden[i]], job) == 0)
            return true;
    return false;
}

void lg_vms_hide_jobs(const struct lg_vms *vms, json_t *answer)
{
    json_t *list = json_object_get(answer, "instances");
    for (size_t i = json_array_size(list); i > 0; i--)
        if (is_hidden(vms, json_string_value(json_array_get(list, i - 1))))
            json_array_remove(list, i - 1);
}

void lg_vms_note_job(struct lg_vms *vms, const struct lg_call *call, const json_t *answer)
{
    int job = job_of(vms->session, answer);
    if (job <= 0 || vms->job_count == sizeof vms->jobs / sizeof vms->jobs[0])
        return;
    vms->jobs[vms->job_count] = (uint16_t)job;
    vms->job_vms[vms->job_count++] = call->vm;
}

/* A DefineSystem whose job nobody followed has made a VM that has no name yet. */
static void name_vms_of_jobs(struct lg_vms *vms)
{
    for (unsigned i = 0; i < vms->job_count; i++)
        if (!vms->session->bound.vms[vms->job_vms[i]][0])
            follow(vms->session, vms->job_vms[i], vms->jobs[i]);
    vms->job_count = 0;
}

/* Removes a VM that is not lent; what is gone has no name any more. */
static bool clear_one(struct lg_vms *vms, char *name, struct lg_json_error *reason)
{
    bool gone = !name[0] || is_lent(vms, name) || destroy(vms->session, name);
    if (!gone)
        return lg_json_fail(reason, "the VM %.40s, marked " LG_DISPOSABLE ", could not be removed",
                            name);
    name[0] = '\0';
    return true;
}

bool lg_vms_clear(struct lg_vms *vms, struct lg_json_error *reason)
{
    struct lg_session *session = vms->session;
    bool cleared = true;
    name_vms_of_jobs(vms);
    for (unsigned i = 0; i < SPARE; i++)
        cleared = clear_one(vms, session->bound.vms[i], reason) && cleared;
    for (unsigned i = 0; i < vms->old_count; i++)
        cleared = clear_one(vms, vms->old[i], reason) && cleared;
    vms->old_count = vms->hidden_count = 0;
    if (vms->unsure)
        cleared = each_disposable(vms, destroy_unknown, reason) && cleared;
    vms->unsure = vms->unsure && !cleared;
    for (unsigned i = 0; i < vms->lent_count; i++)
        if (vms->lent[i].touched && !put_back(session, &vms->lent[i]))
            cleared = lg_json_fail(reason, "the VM %.60s could not be put back",
                                   vms->lent[i].found.element_name);
    return cleared;
}
