/* What a shared library offers to be tested by lastgood, as target "plugin:FILE.so" and under the
 * fuzzers.
 *
 * The library exports one function, lastgood_plugin(). Requests and answers are lines of the line
 * protocol (sim/README.md), without the end of the line. `hello` must be answered; of the rest,
 * what an implementation does not take is answered {"id": N, "ok": false, "error": {"reason":
 * "..."}}, and passed over. Everything is called from one thread. Plain C, no other header of the
 * project is needed. */
#ifndef LASTGOOD_PLUGIN_H
#define LASTGOOD_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

enum { LASTGOOD_PLUGIN_VERSION = 1 };

struct lastgood_plugin {
    uint32_t version; /* LASTGOOD_PLUGIN_VERSION */
    /* Called once before the first request; NULL: it cannot be opened. */
    void *(*open)(void);
    /* One request -> its answer, both text of UTF-8. The request is not terminated. The answer ends
     * with a zero byte, stays the library's, and must be readable until the next call. */
    const char *(*answer)(void *self, const char *request, size_t length);
    void (*close)(void *self);
};

/* Never NULL; static storage. */
const struct lastgood_plugin *lastgood_plugin(void);

#endif
