/* Any script on an implementation that is linked in (fuzz/plugin.h), or loaded from the library
 * that LASTGOOD_PLUGIN names: the oracle finds nothing to blame in what it answers. */
#include <stdlib.h>
#include <string.h>

#include "conformance/target_plugin.h"
#include "find.h"
#include "judged.h"

static void open_target(struct lg_target *target, struct lg_blobs *blobs)
{
    const char *library = getenv("LASTGOOD_PLUGIN");
    struct lg_json_error reason;
    lg_holds(lg_blobs_init(blobs));
    target->blobs = blobs;
    bool opened = library ? lg_target_plugin_open(target, library, &reason)
                          : lg_target_plugin_use(target, lastgood_plugin(), &reason);
    if (!opened)
        lg_find("%s", reason.reason);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct lg_blobs blobs;
    static struct lg_target target;
    static struct lg_script script;
    if (!target.self)
        open_target(&target, &blobs);
    lg_script_read(&script, bytes, length);
    lg_judged_run(&target, &script);
    return 0;
}
