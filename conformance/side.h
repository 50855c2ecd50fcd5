/* One side of a comparison: a target, the oracle that judges it, and what it did with a script. */
#ifndef LG_SIDE_H
#define LG_SIDE_H

#include "judge.h"
#include "model/recording.h"
#include "script.h"
#include "target.h"
#include "vector.h"

enum lg_step_state {
    LG_STEP_LEFT_OUT, /* its job was never started here, or the script had stopped */
    LG_STEP_ANSWERED,
    LG_STEP_LOST,
    LG_STEP_REFUSED /* the target does not take it: the script stops there */
};

struct lg_side_step {
    struct lg_outcome seen; /* the last answer to the call itself */
    uint32_t result;        /* enum lg_result or a meaning; of settled ones the job's end */
    uint8_t state;          /* enum lg_step_state */
    bool has_result;
    bool pending; /* a job was started and its end not waited for */
};

/* The worst that the documents say of one script: the first that violates, else the first that is
 * inconsistent or undetermined. */
struct lg_offence {
    uint8_t kind;  /* enum lg_verdict_kind; LG_VERDICT_CONFORMS: there is none */
    unsigned step; /* of the script; its count where the inspection at the end offends */
    struct lg_call call;
    struct lg_outcome seen;
    struct lg_verdict verdict;
    struct lg_explanation why;
};

struct lg_side {
    const char *name;
    struct lg_target target;
    struct lg_judge judge;
    struct lg_blobs *blobs;
    struct lg_names names; /* of scripts, for words */
    struct lg_recorder *recorder;
    uint64_t calls; /* since it was opened */
    uint64_t undocumented;
    bool open;
    bool taken[LG_METHOD_COUNT];      /* the target answered one of these */
    uint8_t refused[LG_METHOD_COUNT]; /* how often it did not take one */

    /* Of the last script. */
    struct lg_readings before; /* what was known of the target's readings when it began */
    struct lg_side_step *steps;
    struct lg_offence offence;
    uint8_t stop_at; /* a run ends at an offence of this enum lg_verdict_kind; 0: it does not */
    struct lg_explanation admitted; /* an alternative that was expected and happened */
    unsigned stopped_at;            /* a step that was refused, or LG_SCRIPT_STEPS */
    char refusal[LG_REASON_BYTES];
    uint16_t jobs[LG_SCRIPT_LABELS]; /* the target's number by the label */
    uint64_t sent;
    uint64_t answered;
    uint64_t started; /* microseconds of a monotonic clock, at the last reset */
};

/* Opens any target, a recording included. False: the reason, *usage as lg_target_open has it. To be
 * closed in either case. */
bool lg_side_open(struct lg_side *side, const char *name, struct lg_blobs *blobs,
                  enum lg_profile_id profile, const struct lg_wsman_options *options,
                  struct lg_json_error *reason, bool *usage);
void lg_side_close(struct lg_side *side);

/* Runs a script from a reset. False: the target is gone; the reason. */
bool lg_side_run(struct lg_side *side, const struct lg_script *script,
                 struct lg_json_error *reason);

/* The same with what was known of the readings as it was before the last script: for repeating. */
bool lg_side_repeat(struct lg_side *side, const struct lg_script *script,
                    const struct lg_readings *before, struct lg_json_error *reason);

/* Leaves out what a target cannot be brought to do, and what it is known not to take. */
void lg_side_filter(struct lg_side *side, struct lg_script *script);

/* It refused this method each time: it has no such method, or none that lastgood may call. */
bool lg_side_lacks(const struct lg_side *side, uint8_t method);

/* "http://" or "https://". */
bool lg_is_http(const char *name);

#endif
