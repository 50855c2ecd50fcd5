/* lastgood capture. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "interrupt.h"
#include "wsman_arguments.h"
#include "wsman_call.h"

static const char help[] =
    "usage: lastgood capture URL OUT [options]\n"
    "\n"
    "Reads a Hyper-V host, changing nothing, and writes a host file that lastgood-sim --host "
    "begins with.\n"
    "Names are left out. Each protector becomes a stand-in of the same meaning (P1), unless its "
    "bytes are asked for.\n"
    "What no client can read (policy; seal and last known good of a VM that runs) is assumed.\n"
    "\n" LG_LOGIN_HELP
    "  --with-protectors    write the bytes of key protectors: they are secrets of the host\n"
    "\n"
    "example:\n"
    "  lastgood capture http://test-host:5985 host.json --user tester\n"
    "\n"
    "exit codes: 0 written, 3 the host or the file failed, 64 usage\n";

enum { VMS_MAX = 1000 };

/* ---- reading ---- */

/* A read of the VM with the number 0. NULL: none came; the reason. */
static json_t *read_vm(struct lg_session *session, enum lg_method method, const char *part,
                       struct lg_json_error *reason)
{
    struct lg_call call = {.method = (uint8_t)method};
    json_t *answer;
    lg_json_fail(reason, "the host gave no answer");
    if (lg_remote_call(session, &call, &answer, reason) != LG_TARGET_ANSWERED)
        return NULL;
    json_t *found = json_incref(json_object_get(answer, part));
    const char *fault = json_string_value(json_object_get(answer, "fault"));
    if (!found)
        lg_json_fail(reason, "%s.%s: %s", lg_methods[method].class_name, lg_methods[method].name,
                     fault ? fault : "an answer of another form");
    json_decref(answer);
    return found;
}

static const char *power_of(const json_t *vm)
{
    static const struct {
        json_int_t state;
        const char *word;
    } powers[] = {{2, "running"}, {9, "paused"}, {32768, "paused"}, {6, "saved"}, {32769, "saved"}};
    json_int_t state = json_integer_value(json_object_get(vm, "EnabledState"));
    for (unsigned i = 0; i < sizeof powers / sizeof powers[0]; i++)
        if (powers[i].state == state)
            return powers[i].word;
    return "off";
}

static json_t *settings_of(const json_t *properties)
{
    json_t *settings = json_object();
    for (unsigned i = 0; i < LG_SETTING_COUNT; i++)
        if (json_is_true(json_object_get(properties, lg_setting_names[i])))
            json_object_set_new(settings, lg_setting_names[i], json_true());
    return settings;
}

/* The protector as a host file has it, or NULL where there is none. */
static json_t *protector_of(struct lg_session *session, bool with_bytes)
{
    struct lg_json_error reason;
    struct lg_outcome seen;
    const struct lg_call get = {.method = LG_CALL_GET_KEY_PROTECTOR};
    json_t *answer;
    if (lg_remote_call(session, &get, &answer, &reason) != LG_TARGET_ANSWERED)
        return NULL;
    bool read = lg_outcome_from_json(answer, &get, &session->bound.names, &seen, &reason);
    json_decref(answer);
    if (!read || seen.fault || seen.return_value || seen.answer != LG_ANSWERS_BYTES ||
        seen.form != LG_BYTES_GIVEN)
        return NULL;
    return with_bytes
               ? json_pack("{s:o}", "base64", lg_symbol_to_json(seen.symbol, &session->bound.names))
               : json_string("P1");
}

static json_t *vm_to_json(struct lg_session *session, bool with_bytes, struct lg_json_error *reason)
{
    json_t *vm = read_vm(session, LG_CALL_READ_VM, "properties", reason);
    json_t *system =
        vm ? read_vm(session, LG_CALL_READ_SYSTEM_SETTING, "properties", reason) : NULL;
    json_t *security =
        system ? read_vm(session, LG_CALL_READ_SECURITY_SETTING, "properties", reason) : NULL;
    json_t *json = NULL;
    if (security) {
        const char *type = json_string_value(json_object_get(system, "VirtualSystemSubType"));
        const char *version = json_string_value(json_object_get(system, "Version"));
        json_t *protector = protector_of(session, with_bytes);
        bool started = protector && strcmp(power_of(vm), "off") != 0 &&
                       json_is_true(json_object_get(security, "TpmEnabled"));
        json = json_pack("{s:i, s:s, s:o}", "generation", type && strstr(type, "SubType:1") ? 1 : 2,
                         "power", power_of(vm), "settings", settings_of(security));
        if (version && strtol(version, NULL, 10) < 8)
            json_object_set_new(json, "old_version", json_true());
        if (protector)
            json_object_set_new(json, "key_protector", protector);
        if (started) {
            json_object_set(json, "last_known_good", protector);
            json_object_set(json, "seal", protector);
        }
    }
    json_decref(vm);
    json_decref(system);
    json_decref(security);
    return json;
}

/* Somebody may remove a VM while the host is read. */
static bool is_gone(struct lg_session *session, const struct lg_found_vm *vm)
{
    struct lg_json_error reason;
    struct lg_found_vm found;
    return lg_find_vms(session, vm->name, &found, 1, &reason) == 0;
}

static json_t *host_to_json(struct lg_session *session, bool with_bytes,
                            struct lg_json_error *reason)
{
    struct lg_found_vm *found = calloc(VMS_MAX, sizeof *found);
    int count = found ? lg_find_vms(session, NULL, found, VMS_MAX, reason) : -1;
    json_t *vms = json_array();
    bool read = count >= 0;
    for (int i = 0; read && i < count && i < VMS_MAX; i++) {
        snprintf(session->bound.vms[0], LG_NAME_BYTES, "%s", found[i].name);
        json_t *vm = vm_to_json(session, with_bytes, reason);
        read = (vm || is_gone(session, &found[i])) && !lg_interrupted();
        if (vm)
            json_array_append_new(vms, vm);
    }
    free(found);
    if (read)
        return json_pack("{s:s, s:s, s:o}", "format", "lastgood-host/1", "version",
                         lg_version_words[session->version], "vms", vms);
    json_decref(vms);
    return NULL;
}

/* ---- the command ---- */

static int write_file(const json_t *json, const char *path)
{
    size_t vms = json_array_size(json_object_get(json, "vms"));
    if (json_dump_file(json, path, JSON_INDENT(2)) != 0) {
        fprintf(stderr, "lastgood: %s: %s\n", path, strerror(errno));
        return LG_EXIT_HARNESS;
    }
    printf("%s: %zu VMs, version %s\n", path, vms,
           json_string_value(json_object_get(json, "version")));
    return LG_EXIT_CONFORMS;
}

static int capture(struct lg_session *session, const struct lg_wsman_options *options,
                   const char *url, const char *path)
{
    struct lg_logins logins = {.count = 0};
    struct lg_json_error reason;
    bool named = options->auth == LG_AUTH_BASIC || options->auth == LG_AUTH_NTLM;
    bool usage = named && !options->user;
    json_t *json = NULL;
    lg_json_fail(&reason, "--user is missing");
    bool open = !usage && lg_logins_read_user(&logins, options, &reason) &&
                lg_client_open(&session->client, url, "/wsman", &reason, &usage);
    if (open)
        usage = !(open = lg_client_use(session->client, options, &reason));
    if (open) {
        lg_client_sign_in(session->client, logins.items[0].name, logins.items[0].password);
        lg_interrupt_watch();
        if (lg_find_host(session, &reason))
            json = host_to_json(session, options->with_protectors, &reason);
    }
    lg_wipe(&logins, sizeof logins);
    int code = json ? write_file(json, path) : usage ? LG_EXIT_USAGE : LG_EXIT_HARNESS;
    if (!json)
        fprintf(stderr, "lastgood: %s\n", reason.reason);
    json_decref(json);
    lg_client_close(session->client);
    return code;
}

static int run(const struct lg_wsman_options *options, const char *url, const char *path)
{
    struct lg_session *session = calloc(1, sizeof *session);
    struct lg_blobs blobs;
    int code = LG_EXIT_HARNESS;
    if (session && lg_blobs_init(&blobs)) {
        if (lg_bound_names_init(&session->bound, &blobs))
            code = capture(session, options, url, path);
        lg_bound_names_free(&session->bound);
        lg_blobs_free(&blobs);
    }
    free(session);
    return code;
}

int lg_command_capture(int argc, char **argv)
{
    struct lg_wsman_options options = {.user = NULL};
    const char **words = calloc((size_t)argc, sizeof *words);
    size_t count = 0;
    const struct lg_option known[] = {
        LG_LOGIN_ARGUMENTS(&options),
        {"--with-protectors", .flag = &options.with_protectors},
    };
    int code = words ? lg_arguments_read(argc, argv, known, sizeof known / sizeof known[0], help,
                                         words, &count)
                     : LG_EXIT_HARNESS;
    if (code < 0 && count != 2) {
        fprintf(stderr, "lastgood: a URL and a file are needed; see lastgood capture --help\n");
        code = LG_EXIT_USAGE;
    }
    if (code < 0)
        code = run(&options, words[0], words[1]);
    free(words);
    return code;
}
