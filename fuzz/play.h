/* The model plays a script: its own traces, for targets that need what a right implementation
 * answers. */
#ifndef LG_FUZZ_PLAY_H
#define LG_FUZZ_PLAY_H

#include "script.h"

enum { LG_PLAY_RECORDS = 64 };

struct lg_play {
    struct lg_cell cells[LG_SCRIPT_VMS + 1]; /* the last is the host's own */
    struct lg_readings readings;
    struct lg_profile profile;
    struct lg_job records[LG_PLAY_RECORDS]; /* jobs that left their cells */
    unsigned record_count;
    struct lg_script_names names;
    const struct lg_script *script;
    uint32_t used;       /* of the script's tape */
    size_t next;         /* of the script's calls */
    struct lg_tape tape; /* of the last step */
    struct lg_cell before;
    struct lg_call waiting; /* the call behind a VM that had to be made for it */
    bool waits;
    uint16_t unseen_made; /* symbols behind the materials, for bytes that the host made up */
};

/* `also`: the highest tag of what is drawn beside what conforms. */
void lg_play_start(struct lg_play *play, const struct lg_script *script, enum lg_profile_id profile,
                   enum lg_tag also);

/* The next call with its answer; false at the end of the script. */
bool lg_play_step(struct lg_play *play, struct lg_call *call, struct lg_outcome *seen);

/* The cell that the call was about. */
struct lg_cell *lg_play_cell(struct lg_play *play, const struct lg_call *call);

#endif
