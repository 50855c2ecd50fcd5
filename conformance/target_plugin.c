/* The target "plugin:FILE.so". */
#include "target_plugin.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target_lines.h"

enum { ANSWER_MAX_BYTES = 16 * 1024 * 1024 }; /* the protocol's own bound */

struct loaded {
    const struct lastgood_plugin *plugin;
    void *self;
    void *library; /* NULL: linked in */
};

static enum lg_target_reply answer(void *context, const char *line, size_t length, json_int_t id,
                                   json_t **answer, struct lg_json_error *reason)
{
    const struct loaded *loaded = context;
    const char *text = loaded->plugin->answer(loaded->self, line, length);
    size_t size = text ? strnlen(text, ANSWER_MAX_BYTES) : ANSWER_MAX_BYTES;
    (void)id;
    (void)reason;
    *answer = size < ANSWER_MAX_BYTES ? json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL) : NULL;
    return LG_TARGET_ANSWERED;
}

static void close_plugin(void *context)
{
    struct loaded *loaded = context;
    if (loaded->self)
        loaded->plugin->close(loaded->self);
    if (loaded->library)
        dlclose(loaded->library);
    free(loaded);
}

static bool open_plugin(struct loaded *loaded, const struct lastgood_plugin *plugin,
                        struct lg_json_error *reason)
{
    if (!plugin || plugin->version != LASTGOOD_PLUGIN_VERSION)
        return lg_json_fail(reason, "the plugin has version %u, this program takes %d",
                            plugin ? plugin->version : 0, LASTGOOD_PLUGIN_VERSION);
    loaded->plugin = plugin;
    loaded->self = plugin->open();
    return loaded->self ? true : lg_json_fail(reason, "the plugin cannot be opened");
}

/* What was loaded goes with the target, or at once. */
static bool start(struct lg_target *target, struct loaded *loaded,
                  const struct lastgood_plugin *plugin, struct lg_json_error *reason)
{
    struct lg_line_peer peer = {answer, close_plugin, loaded};
    if (open_plugin(loaded, plugin, reason))
        return lg_target_lines_open(target, &peer, reason);
    close_plugin(loaded);
    return false;
}

bool lg_target_plugin_use(struct lg_target *target, const struct lastgood_plugin *plugin,
                          struct lg_json_error *reason)
{
    struct loaded *loaded = calloc(1, sizeof *loaded);
    return loaded ? start(target, loaded, plugin, reason) : lg_json_fail(reason, "no memory");
}

static void *load(const char *path)
{
    char local[4096];
    snprintf(local, sizeof local, "%s%s", strchr(path, '/') ? "" : "./", path);
    return dlopen(local, RTLD_NOW | RTLD_LOCAL);
}

bool lg_target_plugin_open(struct lg_target *target, const char *path, struct lg_json_error *reason)
{
    const struct lastgood_plugin *(*entry)(void) = NULL;
    struct loaded *loaded = calloc(1, sizeof *loaded);
    if (!loaded)
        return lg_json_fail(reason, "no memory");
    loaded->library = load(path);
    void *symbol = loaded->library ? dlsym(loaded->library, "lastgood_plugin") : NULL;
    if (!symbol) {
        lg_json_fail(reason, "no plugin: %.170s", dlerror());
        close_plugin(loaded);
        return false;
    }
    memcpy(&entry, &symbol, sizeof entry); /* ISO C has no cast for this */
    return start(target, loaded, entry(), reason);
}
