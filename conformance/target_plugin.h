/* The target "plugin:FILE.so": an implementation in this process, behind fuzz/plugin.h. */
#ifndef LG_TARGET_PLUGIN_H
#define LG_TARGET_PLUGIN_H

#include "fuzz/plugin.h"
#include "target.h"

/* Loads the library; a name without a slash is a file of the working directory. False with the
 * reason. */
bool lg_target_plugin_open(struct lg_target *target, const char *path,
                           struct lg_json_error *reason);

/* The same with a plugin that is linked in. */
bool lg_target_plugin_use(struct lg_target *target, const struct lastgood_plugin *plugin,
                          struct lg_json_error *reason);

#endif
