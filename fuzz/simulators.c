/* Simulators as new at each input. */
#include "simulators.h"

#include <string.h>

#include "conformance/target_lines.h"
#include "find.h"
#include "renew.h"

void lg_simulator_renew(struct lg_simulator *simulator)
{
    static const struct lg_simulator_options options = {.profile = LG_PROFILE_documented};
    if (!simulator->memory)
        lg_holds(lg_simulator_init(simulator, &options));
    memset(&simulator->word, 0, sizeof simulator->word);
    lg_simulator_reset(simulator);
    lg_blobs_renew(&simulator->blobs);
    memset(&simulator->readings, 0, sizeof simulator->readings);
    memset(simulator->vm_serial, 0, sizeof simulator->vm_serial);
    simulator->vms_made = simulator->jobs_made = simulator->unseen_made = 0;
}

static enum lg_target_reply answer(void *context, const char *line, size_t length, json_int_t id,
                                   json_t **answer, struct lg_json_error *reason)
{
    bool bye;
    (void)id;
    (void)reason;
    *answer = lg_stdio_answer(context, line, length, &bye);
    return LG_TARGET_ANSWERED;
}

void lg_lines_of_simulator(struct lg_target *target, struct lg_simulator *simulator,
                           struct lg_blobs *blobs)
{
    struct lg_line_peer peer = {answer, NULL, simulator};
    struct lg_json_error reason;
    memset(target, 0, sizeof *target);
    target->blobs = blobs;
    if (!lg_target_lines_open(target, &peer, &reason))
        lg_find("the line protocol: %s", reason.reason);
}
