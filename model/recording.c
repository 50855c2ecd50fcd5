/* Recordings as JSON lines. */
#define _POSIX_C_SOURCE 200809L
#include "recording.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 16 * 1024 * 1024 };

static bool write_line(FILE *file, json_t *json)
{
    bool written = json_dumpf(json, file, JSON_COMPACT) == 0 && fputc('\n', file) != EOF;
    json_decref(json);
    return written;
}

bool lg_recorder_start(struct lg_recorder *recorder, FILE *file, struct lg_blobs *blobs,
                       const char *target, const char *profile)
{
    recorder->file = file;
    recorder->steps = 0;
    recorder->digests = false;
    lg_names_of_scripts(&recorder->names, blobs);
    return write_line(file, json_pack("{s:s, s:s, s:s}", "format", LG_RECORDING_FORMAT, "target",
                                      target, "profile", profile));
}

bool lg_recorder_start_clients(struct lg_recorder *recorder, FILE *file, struct lg_blobs *blobs,
                               const char *target, bool virtual_clock)
{
    recorder->file = file;
    recorder->steps = 0;
    recorder->digests = false;
    lg_names_of_scripts(&recorder->names, blobs);
    return write_line(file, json_pack("{s:s, s:s, s:s}", "format", LG_RECORDING_FORMAT, "target",
                                      target, "clock", virtual_clock ? "virtual" : "real"));
}

void lg_recorder_step(struct lg_recorder *recorder, const struct lg_trace_step *step)
{
    json_t *line = lg_call_to_json(&step->call, &recorder->names);
    struct lg_names shown = recorder->names;
    shown.digests = recorder->digests;
    json_object_set_new(line, "step", json_integer((json_int_t)++recorder->steps));
    if (step->reply == LG_REPLY_SEEN)
        json_object_set_new(line, "outcome", lg_outcome_to_json(&step->seen, &step->call, &shown));
    else if (step->reply == LG_REPLY_LOST)
        json_object_set_new(line, "outcome", json_null());
    if (step->client)
        json_object_set_new(line, "client", json_integer(step->client));
    if (step->answered)
        json_object_set_new(
            line, "times", json_pack("[I, I]", (json_int_t)step->sent, (json_int_t)step->answered));
    write_line(recorder->file, line);
}

void lg_recorder_reset(struct lg_recorder *recorder)
{
    write_line(recorder->file, json_pack("{s:b}", "reset", 1));
}

/* One line without its end; NULL at the end of the file or when it is too long. */
static json_t *read_line(struct lg_recording *recording, struct lg_json_error *error, bool *end)
{
    json_error_t json_error;
    ssize_t length = getline(&recording->line, &recording->capacity, recording->file);
    *end = length < 0;
    recording->number++;
    if (length < 0)
        return NULL;
    if (length > LINE_MAX_BYTES) {
        lg_json_fail(error, "line %u is longer than 16 MiB", recording->number);
        return NULL;
    }
    json_t *json = json_loadb(recording->line, (size_t)length, JSON_REJECT_DUPLICATES, &json_error);
    if (!json)
        lg_json_fail(error, "line %u, byte %d: %s", recording->number, json_error.position,
                     json_error.text);
    return json;
}

static bool is_readable(const char *format)
{
    unsigned version;
    char end;
    return format && sscanf(format, "lastgood-recording/%u%c", &version, &end) == 1 &&
           version >= 1 && version <= LG_RECORDING_VERSION;
}

bool lg_recording_open(struct lg_recording *recording, FILE *file, struct lg_blobs *blobs,
                       struct lg_json_error *error)
{
    bool end;
    memset(recording, 0, sizeof *recording);
    recording->file = file;
    lg_names_of_scripts(&recording->names, blobs);
    lg_json_fail(error,
                 "line 1: a recording begins with {\"format\": \"" LG_RECORDING_FORMAT "\"}");
    json_t *header = read_line(recording, error, &end);
    const char *format = json_string_value(json_object_get(header, "format"));
    bool known = is_readable(format);
    if (header && !known)
        lg_json_fail(error,
                     "line 1: the format is %.60s, this program reads up to " LG_RECORDING_FORMAT,
                     format ? format : "not given");
    const char *clock = json_string_value(json_object_get(header, "clock"));
    recording->virtual_clock = clock && strcmp(clock, "virtual") == 0;
    json_decref(header);
    return known;
}

static bool read_times(const json_t *json, struct lg_trace_step *step)
{
    const json_t *times = json_object_get(json, "times");
    const json_t *sent = json_array_get(times, 0);
    const json_t *answered = json_array_get(times, 1);
    if (!times)
        return true;
    if (!json_is_integer(sent) || !json_is_integer(answered) || json_integer_value(sent) < 0 ||
        json_integer_value(answered) < json_integer_value(sent))
        return false;
    step->sent = (uint64_t)json_integer_value(sent);
    step->answered = (uint64_t)json_integer_value(answered);
    return true;
}

static bool read_step(struct lg_recording *recording, const json_t *json,
                      struct lg_trace_step *step, struct lg_json_error *error)
{
    const json_t *outcome = json_object_get(json, "outcome");
    struct lg_json_error inner;
    memset(step, 0, sizeof *step);
    json_int_t client = json_integer_value(json_object_get(json, "client"));
    step->client = (uint16_t)client;
    if (client < 0 || client > UINT16_MAX)
        return lg_json_fail(error, "line %u: \"client\" must be from 0 to 65535",
                            recording->number);
    if (!lg_call_from_json(json, &recording->names, &step->call, &inner))
        return lg_json_fail(error, "line %u: %.150s", recording->number, inner.reason);
    if (!read_times(json, step))
        return lg_json_fail(error, "line %u: \"times\" must be two growing integers",
                            recording->number);
    if (!outcome)
        return true;
    step->reply = json_is_null(outcome) ? LG_REPLY_LOST : LG_REPLY_SEEN;
    if (step->reply == LG_REPLY_SEEN &&
        !lg_outcome_from_json(outcome, &step->call, &recording->names, &step->seen, &inner))
        return lg_json_fail(error, "line %u: %.150s", recording->number, inner.reason);
    step->call.new_job = step->seen.job;
    return true;
}

enum lg_recorded lg_recording_next(struct lg_recording *recording, struct lg_trace_step *step,
                                   struct lg_json_error *error)
{
    bool end;
    json_t *json = read_line(recording, error, &end);
    if (!json)
        return end ? LG_RECORDED_END : LG_RECORDED_ERROR;
    enum lg_recorded kind = LG_RECORDED_RESET;
    if (!json_is_true(json_object_get(json, "reset")))
        kind = read_step(recording, json, step, error) ? LG_RECORDED_STEP : LG_RECORDED_ERROR;
    json_decref(json);
    return kind;
}

void lg_recording_close(struct lg_recording *recording)
{
    free(recording->line);
    if (recording->file)
        fclose(recording->file);
}
