/* Any bytes as a recording: it is read to its end or refused with a line number; what was read is
 * written and read again as the same, and the oracle judges it without an end of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/judge.h"
#include "find.h"
#include "model/recording.h"
#include "renew.h"

enum { STEPS_MAX = 32, JUDGED_MAX = 12 };

static struct lg_blobs blobs;
static struct lg_judge judge;
static struct lg_trace_step steps[STEPS_MAX], again[STEPS_MAX];

/* Reads at most STEPS_MAX steps. Returns their number. */
static unsigned read_steps(FILE *file, struct lg_trace_step *into, enum lg_recorded *end)
{
    struct lg_recording recording;
    struct lg_json_error error = {.reason = ""};
    unsigned count = 0;
    *end = LG_RECORDED_ERROR;
    if (lg_recording_open(&recording, file, &blobs, &error))
        do {
            *end = lg_recording_next(&recording, &into[count], &error);
            count += *end == LG_RECORDED_STEP;
        } while ((*end == LG_RECORDED_STEP || *end == LG_RECORDED_RESET) && count < STEPS_MAX);
    lg_holds(*end != LG_RECORDED_ERROR || strstr(error.reason, "line ") != NULL);
    lg_recording_close(&recording);
    return count;
}

static FILE *open_bytes(char *bytes, size_t length)
{
    FILE *file = fmemopen(bytes, length, "r");
    lg_holds(file != NULL);
    return file;
}

static void check_written(unsigned count)
{
    struct lg_recorder recorder;
    enum lg_recorded end;
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    lg_holds(file && lg_recorder_start(&recorder, file, &blobs, "fuzz", "documented"));
    for (unsigned i = 0; i < count; i++)
        lg_recorder_step(&recorder, &steps[i]);
    fclose(file);
    unsigned read = read_steps(open_bytes(text, length), again, &end);
    lg_holds(read == count && end != LG_RECORDED_ERROR);
    lg_holds(memcmp(steps, again, count * sizeof steps[0]) == 0);
    free(text);
}

static void check_judged(unsigned count)
{
    struct lg_verdict verdict;
    lg_judge_free(&judge); /* a reset keeps what is known of readings */
    lg_holds(lg_judge_init(&judge, LG_PROFILE_documented));
    for (unsigned i = 0; i < count && i < JUDGED_MAX && !judge.oracle.bound_hit; i++) {
        if (steps[i].reply != LG_REPLY_SEEN)
            continue;
        lg_judge_step(&judge, &steps[i].call, &steps[i].seen, &verdict);
        lg_saw(&verdict.kind, 1);
        lg_holds(verdict.kind <= LG_VERDICT_UNDETERMINED);
        lg_holds(verdict.allowed_count <= LG_ALLOWED_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    enum lg_recorded end;
    lg_blobs_renew(&blobs);
    if (length == 0)
        return 0;
    char *copy = malloc(length);
    lg_holds(copy != NULL);
    memcpy(copy, bytes, length);
    unsigned count = read_steps(open_bytes(copy, length), steps, &end);
    free(copy);
    lg_saw(steps, count * sizeof steps[0]);
    check_written(count);
    check_judged(count);
    lg_blobs_renew(&blobs);
    return 0;
}
