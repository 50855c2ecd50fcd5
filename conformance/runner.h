/* Drives vectors through a target with the oracle judging. */
#ifndef LG_RUNNER_H
#define LG_RUNNER_H

#include "judge.h"
#include "model/recording.h"
#include "results.h"
#include "target.h"

struct lg_runner {
    struct lg_target *target;
    struct lg_judge *judge;
    struct lg_blobs *blobs;
    struct lg_names names;        /* of scripts, for words */
    struct lg_recorder *recorder; /* or NULL */
    uint64_t calls;
};

/* Whether a vector can be run; the row is skipped, with the reason, where not. Changes nothing. */
bool lg_runner_takes(struct lg_runner *runner, const struct lg_vector *vector,
                     struct lg_result_row *row, struct lg_json_error *reason);

/* Runs one vector. False: the harness cannot go on; the reason. */
bool lg_runner_run(struct lg_runner *runner, const struct lg_vector *vector,
                   struct lg_result_row *row, struct lg_json_error *reason);

#endif
