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
    struct lg_target lines;
};

static json_t *answer(void *context, const char *line, size_t length)
{
    const struct loaded *loaded = context;
    const char *text = loaded->plugin->answer(loaded->self, line, length);
    size_t size = text ? strnlen(text, ANSWER_MAX_BYTES) : ANSWER_MAX_BYTES;
    return size < ANSWER_MAX_BYTES ? json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL) : NULL;
}

static enum lg_target_reply reset(struct lg_target *target, struct lg_json_error *reason)
{
    struct loaded *loaded = target->self;
    return loaded->lines.reset(&loaded->lines, reason);
}

static enum lg_target_reply call(struct lg_target *target, const struct lg_call *made,
                                 struct lg_outcome *seen, struct lg_json_error *reason)
{
    struct loaded *loaded = target->self;
    return loaded->lines.call(&loaded->lines, made, seen, reason);
}

static void close_plugin(struct lg_target *target)
{
    struct loaded *loaded = target->self;
    if (loaded->lines.self)
        lg_target_lines_close(&loaded->lines);
    if (loaded->self)
        loaded->plugin->close(loaded->self);
    if (loaded->library)
        dlclose(loaded->library);
    free(loaded);
    target->self = NULL;
}

static struct loaded *make(struct lg_target *target)
{
    struct loaded *loaded = calloc(1, sizeof *loaded);
    target->self = loaded;
    target->reset = reset;
    target->call = call;
    target->close = close_plugin;
    return loaded;
}

static bool start(struct lg_target *target, const struct lastgood_plugin *plugin,
                  struct lg_json_error *reason)
{
    struct loaded *loaded = target->self;
    if (!plugin || plugin->version != LASTGOOD_PLUGIN_VERSION)
        return lg_json_fail(reason, "the plugin has version %u, this program takes %d",
                            plugin ? plugin->version : 0, LASTGOOD_PLUGIN_VERSION);
    loaded->plugin = plugin;
    loaded->self = plugin->open();
    if (!loaded->self)
        return lg_json_fail(reason, "the plugin cannot be opened");
    loaded->lines = (struct lg_target){.name = target->name, .blobs = target->blobs};
    if (!lg_target_lines_open(&loaded->lines, answer, loaded, reason))
        return false;
    target->capabilities = loaded->lines.capabilities;
    return true;
}

bool lg_target_plugin_use(struct lg_target *target, const struct lastgood_plugin *plugin,
                          struct lg_json_error *reason)
{
    return make(target) ? start(target, plugin, reason) : lg_json_fail(reason, "no memory");
}

static void *load(const char *path)
{
    char local[4096];
    snprintf(local, sizeof local, "%s%s", strchr(path, '/') ? "" : "./", path);
    return dlopen(local, RTLD_NOW | RTLD_LOCAL);
}

bool lg_target_plugin_open(struct lg_target *target, const char *path, struct lg_json_error *reason)
{
    struct loaded *loaded = make(target);
    const struct lastgood_plugin *(*entry)(void) = NULL;
    if (!loaded)
        return lg_json_fail(reason, "no memory");
    loaded->library = load(path);
    void *symbol = loaded->library ? dlsym(loaded->library, "lastgood_plugin") : NULL;
    if (!symbol)
        return lg_json_fail(reason, "no plugin: %.170s", dlerror());
    memcpy(&entry, &symbol, sizeof entry); /* ISO C has no cast for this */
    return start(target, entry(), reason);
}
