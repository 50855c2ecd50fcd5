/* Host files. */
#include "host_file.h"

#include <string.h>

static int find_word(const char *const *words, unsigned count, const json_t *json)
{
    for (unsigned i = 0; json_is_string(json) && i < count; i++)
        if (strcmp(words[i], json_string_value(json)) == 0)
            return (int)i;
    return -1;
}

static bool read_word(const json_t *object, const char *key, const char *const *words,
                      unsigned count, uint8_t *value, struct lg_json_error *error)
{
    const json_t *json = json_object_get(object, key);
    int found = find_word(words, count, json);
    if (json && found < 0)
        return lg_json_fail(error, "\"%s\" must be one of %s, ..., %s", key, words[0],
                            words[count - 1]);
    if (json)
        *value = (uint8_t)found;
    return true;
}

static bool read_flag(const json_t *object, const char *key, bool *set, struct lg_json_error *error)
{
    const json_t *value = json_object_get(object, key);
    if (value && !json_is_boolean(value))
        return lg_json_fail(error, "\"%s\" must be true or false", key);
    *set = json_is_true(value);
    return true;
}

static bool read_host(struct lg_simulator *simulator, const json_t *json,
                      struct lg_json_error *error)
{
    struct lg_host_word *word = &simulator->word;
    const json_t *vms = json_object_get(json, "vms");
    bool no_tpm = false;
    bool guarded = false;
    if (!lg_json_only(json, error, "format", "version", "no_tpm", "guarded", "role", "vms", NULL) ||
        !read_flag(json, "no_tpm", &no_tpm, error) || !read_flag(json, "guarded", &guarded, error))
        return false;
    if (vms && !json_is_array(vms))
        return lg_json_fail(error, "\"vms\" must be a list");
    if (no_tpm)
        word->flags |= LG_HOST_NO_TPM;
    if (guarded)
        word->flags |= LG_HOST_GUARDED;
    return read_word(json, "version", lg_version_words, LG_HOST_VERSION_COUNT, &word->version,
                     error) &&
           read_word(json, "role", lg_role_words, LG_ROLE_COUNT, &word->role, error);
}

static bool read_symbol(struct lg_simulator *simulator, const json_t *json, const char *key,
                        uint16_t *symbol, struct lg_json_error *error)
{
    const json_t *value = json_object_get(json, key);
    struct lg_names names = simulator->names;
    names.raw = false;
    *symbol = lg_symbol_from_json(value, &names);
    if (value && !json_is_null(value) && *symbol == LG_SYMBOL_NONE)
        return lg_json_fail(error, "\"%s\" must be a material or {\"base64\": ...}", key);
    return true;
}

static bool read_settings(const json_t *json, uint8_t *settings, struct lg_json_error *error)
{
    const char *key;
    json_t *value;
    if (json && !json_is_object(json))
        return lg_json_fail(error, "\"settings\" must be an object");
    json_object_foreach((json_t *)json, key, value)
    {
        int found = -1;
        for (int i = 0; i < LG_SETTING_COUNT; i++)
            if (strcmp(lg_setting_names[i], key) == 0)
                found = i;
        if (found < 0 || !json_is_boolean(value))
            return lg_json_fail(error, "\"%.60s\" is no boolean setting", key);
        *settings |= (uint8_t)(json_is_true(value) << found);
    }
    return true;
}

static bool read_generation(const json_t *json, struct lg_call *made, struct lg_json_error *error)
{
    const json_t *value = json_object_get(json, "generation");
    json_int_t generation = value ? json_integer_value(value) : 2;
    made->requested = (uint16_t)generation;
    return generation == 1 || generation == 2
               ? true
               : lg_json_fail(error, "\"generation\" must be 1 or 2");
}

static bool read_vm(struct lg_simulator *simulator, const json_t *json, struct lg_json_error *error)
{
    static const char *const powers[LG_POWER_COUNT] = {"off", "running", "paused", "saved"};
    struct lg_call made = {.method = LG_CALL_VM_CREATED};
    bool planned = false;
    bool old_version = false;
    struct lg_outcome outcome;
    uint8_t power = LG_POWER_OFF;
    if (!json_is_object(json))
        return lg_json_fail(error, "a VM must be an object");
    if (!lg_json_only(json, error, "generation", "planned", "old_version", "power", "settings",
                      "key_protector", "last_known_good", "policy", "seal", NULL) ||
        !read_generation(json, &made, error) || !read_flag(json, "planned", &planned, error) ||
        !read_flag(json, "old_version", &old_version, error))
        return false;
    made.other = planned ? LG_VM_PLANNED : 0;
    made.flags = old_version ? LG_VM_OLD_VERSION : 0;
    struct lg_vault vault = {0};
    if (!read_symbol(simulator, json, "key_protector", &vault.current, error) ||
        !read_symbol(simulator, json, "last_known_good", &vault.last_known_good, error) ||
        !read_symbol(simulator, json, "policy", &vault.policy, error) ||
        !read_symbol(simulator, json, "seal", &vault.seal, error) ||
        !read_settings(json_object_get(json, "settings"), &vault.settings, error) ||
        !read_word(json, "power", powers, LG_POWER_COUNT, &power, error))
        return false;
    if (!lg_simulator_call(simulator, &made, &outcome))
        return lg_json_fail(error, "more than %u VMs", LG_VMS_MAX);
    struct lg_vm *vm = &simulator->host.cells[made.vm].vm;
    vm->vault = vault;
    vm->power = power;
    return true;
}

/* A file that is refused leaves the host as it was, without VMs. */
static bool read_document(struct lg_simulator *simulator, const json_t *json,
                          struct lg_json_error *error)
{
    const char *format = json_string_value(json_object_get(json, "format"));
    const json_t *vms = json_object_get(json, "vms");
    const struct lg_host_word before = simulator->word;
    if (!format || strcmp(format, LG_HOST_FORMAT) != 0)
        return lg_json_fail(error, "\"format\" must be \"" LG_HOST_FORMAT "\"");
    bool loaded = read_host(simulator, json, error);
    if (loaded)
        lg_simulator_reset(simulator);
    for (size_t i = 0; loaded && i < json_array_size(vms); i++)
        loaded = read_vm(simulator, json_array_get(vms, i), error);
    if (!loaded) {
        simulator->word = before;
        lg_simulator_reset(simulator);
    }
    return loaded;
}

bool lg_host_file_load(struct lg_simulator *simulator, const char *path,
                       struct lg_json_error *error)
{
    struct lg_json_error inner;
    json_error_t json_error;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &json_error);
    if (!json && json_error.line < 0)
        return lg_json_fail(error, "%.190s", json_error.text);
    if (!json)
        return lg_json_fail(error, "%.80s: line %d: %.90s", path, json_error.line, json_error.text);
    bool loaded = read_document(simulator, json, &inner);
    json_decref(json);
    return loaded ? true : lg_json_fail(error, "%.80s: %.110s", path, inner.reason);
}
