/* Targets behind the line protocol (sim/README.md), whoever answers. */
#ifndef LG_TARGET_LINES_H
#define LG_TARGET_LINES_H

#include "target.h"

/* Who answers.
 *   answer   one request, as a line without its end, and its id: LG_TARGET_ANSWERED with the
 * answer, which is the caller's to release, NULL where it is no JSON; LOST: none came in time; GONE
 * with the reason close    what goes with the target; or NULL */
struct lg_line_peer {
    enum lg_target_reply (*answer)(void *context, const char *line, size_t length, json_int_t id,
                                   json_t **answer, struct lg_json_error *reason);
    void (*close)(void *context);
    void *context;
};

/* Greets, and fills the target; from here on its close closes the peer. False with the reason. */
bool lg_target_lines_open(struct lg_target *target, const struct lg_line_peer *peer,
                          struct lg_json_error *reason);

#endif
