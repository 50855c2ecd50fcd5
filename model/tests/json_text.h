/* JSON in tests: written with ' for ", so that it can be read. */
#ifndef LG_JSON_TEXT_H
#define LG_JSON_TEXT_H

#include <string.h>

#include "model/trace_json.h"

enum { JSON_TEXT_BYTES = 2048 };

static inline json_t *json_of(const char *quoted)
{
    char text[JSON_TEXT_BYTES];
    size_t length = strlen(quoted);
    assert_true(length < sizeof text);
    memcpy(text, quoted, length + 1);
    for (char *at = text; (at = strchr(at, '\'')); at++)
        *at = '"';
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(json);
    return json;
}

#endif
