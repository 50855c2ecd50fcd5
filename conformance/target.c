/* Targets by their names. */
#include "target.h"

#include "target_plugin.h"

#include <string.h>

static bool has_prefix(const char *name, const char *prefix, const char **rest)
{
    size_t length = strlen(prefix);
    *rest = name + length;
    return strncmp(name, prefix, length) == 0;
}

bool lg_target_open(struct lg_target *target, const char *name, struct lg_blobs *blobs,
                    const struct lg_wsman_options *options, struct lg_json_error *reason,
                    bool *usage)
{
    const char *rest;
    memset(target, 0, sizeof *target);
    target->name = name;
    target->blobs = blobs;
    *usage = false;
    if (has_prefix(name, "http://", &rest) || has_prefix(name, "https://", &rest))
        return lg_target_wsman_open(target, name, options, reason, usage);
    *usage = true;
    if (options->given)
        return lg_json_fail(reason, "an option of this command is for targets of http:// only");
    *usage = false;
    if (has_prefix(name, "stdio:", &rest) && *rest)
        return lg_target_stdio_open(target, rest, reason);
    if (has_prefix(name, "plugin:", &rest) && *rest)
        return lg_target_plugin_open(target, rest, reason);
    *usage = true;
    if (!has_prefix(name, "model:", &rest))
        return lg_json_fail(reason,
                            "no such target: %.80s; one of model:, model:PROFILE, stdio:COMMAND, "
                            "plugin:FILE.so, http://HOST",
                            name);
    int profile = *rest ? lg_profile_find(rest) : LG_PROFILE_documented;
    if (profile < 0)
        return lg_json_fail(reason, "no such profile: %.60s", rest);
    return lg_target_model_open(target, (enum lg_profile_id)profile, reason);
}
