/* Embedded instances <-> calls: what the text of SecuritySettingData or SystemSettings is to the
 * model, and a text for what a script asks for. Pure: bytes in, bytes out. */
#ifndef LG_EMBEDDED_H
#define LG_EMBEDDED_H

#include "model/trace_json.h"

/* Classifies a text. Fills setting, setting_flags, identity, vm, present, values, and for
 * DefineSystem requested (the generation). names: vm_of and checkpoint_of are used. Any text is
 * something: always true. */
bool lg_embedded_read(const struct lg_names *names, const char *text, size_t length,
                      struct lg_call *call);

/* The text for a call, to be freed by the caller; NULL for Null or want of memory. */
char *lg_embedded_write(const struct lg_names *names, const struct lg_call *call);

#endif
