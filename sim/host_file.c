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

static bool is_set(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static bool read_host(struct lg_simulator *simulator, const json_t *json,
                      struct lg_json_error *error)
{
    struct lg_host_word *word = &simulator->word;
    if (!lg_json_only(json, error, "format", "version", "no_tpm", "guarded", "role", "vms", NULL))
        return false;
    if (is_set(json, "no_tpm"))
        word->flags |= LG_HOST_NO_TPM;
    if (is_set(json, "guarded"))
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

static bool read_vm(struct lg_simulator *simulator, const json_t *json, struct lg_json_error *error)
{
    static const char *const powers[LG_POWER_COUNT] = {"off", "running", "paused", "saved"};
    struct lg_call made = {.method = LG_CALL_VM_CREATED, .requested = 2};
    struct lg_outcome outcome;
    uint8_t power = LG_POWER_OFF;
    if (!lg_json_only(json, error, "generation", "planned", "old_version", "power", "settings",
                      "key_protector", "last_known_good", "policy", "seal", NULL))
        return false;
    if (json_integer_value(json_object_get(json, "generation")) == 1)
        made.requested = 1;
    made.other = is_set(json, "planned") ? LG_VM_PLANNED : 0;
    made.flags = is_set(json, "old_version") ? LG_VM_OLD_VERSION : 0;
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

bool lg_host_file_load(struct lg_simulator *simulator, const char *path,
                       struct lg_json_error *error)
{
    json_error_t json_error;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &json_error);
    const char *format = json_string_value(json_object_get(json, "format"));
    if (!json)
        return lg_json_fail(error, "%s: line %d: %s", path, json_error.line, json_error.text);
    bool loaded = format && strcmp(format, LG_HOST_FORMAT) == 0;
    if (!loaded)
        lg_json_fail(error, "%s: \"format\" must be \"" LG_HOST_FORMAT "\"", path);
    loaded = loaded && read_host(simulator, json, error);
    if (loaded)
        lg_simulator_reset(simulator);
    const json_t *vms = json_object_get(json, "vms");
    for (size_t i = 0; loaded && i < json_array_size(vms); i++)
        loaded = read_vm(simulator, json_array_get(vms, i), error);
    json_decref(json);
    return loaded;
}
