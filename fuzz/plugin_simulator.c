/* The simulator as a plugin, for tests of what drives plugins: it takes all of the line protocol,
 * snapshots and choices as well. */
#include <stdlib.h>

#include "fuzz/plugin.h"
#include "sim/lines.h"

struct plugin {
    struct lg_simulator simulator;
    struct lg_session *session;
    char *text; /* of the last answer */
};

static void close_simulator(void *self)
{
    struct plugin *plugin = self;
    free(plugin->text);
    lg_session_free(plugin->session);
    lg_simulator_free(&plugin->simulator);
    free(plugin);
}

static void *open_simulator(void)
{
    static const struct lg_simulator_options options = {.profile = LG_PROFILE_documented};
    struct plugin *plugin = calloc(1, sizeof *plugin);
    if (!plugin || !lg_simulator_init(&plugin->simulator, &options)) {
        free(plugin);
        return NULL;
    }
    plugin->session = lg_session_new(&plugin->simulator);
    if (!plugin->session) {
        close_simulator(plugin);
        return NULL;
    }
    return plugin;
}

static const char *answer(void *self, const char *request, size_t length)
{
    struct plugin *plugin = self;
    bool bye;
    json_t *answer = lg_session_answer(plugin->session, request, length, &bye);
    free(plugin->text);
    plugin->text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
    json_decref(answer);
    return plugin->text ? plugin->text : "";
}

const struct lastgood_plugin *lastgood_plugin(void)
{
    static const struct lastgood_plugin plugin = {LASTGOOD_PLUGIN_VERSION, open_simulator, answer,
                                                  close_simulator};
    return &plugin;
}
