/* The line protocol of lastgood-sim. */
#include "lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LINE_MAX_BYTES = LG_STDIO_LINE_BYTES, /* a call with a protector of LG_BLOB_BYTES_MAX as base64,
                                             and much room */
    READ_BYTES = 64 * 1024,
    SNAPSHOTS_MAX = 16, /* each is a copy of the whole host */
    CHOICES_MAX = 256
};

/* What the protocol keeps beside the simulator. */
struct lg_session {
    struct lg_simulator *simulator;
    struct lg_snapshot *snapshots[SNAPSHOTS_MAX];
};

/* A reason is one line of text, though it may quote bytes of the request and be cut within a
 * character: what is neither becomes question marks. */
static json_t *reason_to_json(const char *reason)
{
    char line[LG_REASON_BYTES];
    snprintf(line, sizeof line, "%s", reason);
    for (char *at = line; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            *at = '?';
    json_t *json = json_string(line);
    for (char *at = line; !json && *at; at++)
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    return json ? json : json_string(line);
}

static json_t *refuse(json_int_t offset, const char *reason)
{
    return json_pack("{s:b, s:{s:I, s:o}}", "ok", 0, "error", "offset", offset, "reason",
                     reason_to_json(reason));
}

/* ---- operations ---- */

static json_t *hello(struct lg_session *session)
{
    const struct lg_simulator *simulator = session->simulator;
    json_t *capabilities = json_pack("[s, s, s]", "events", "inspect", "material");
    json_t *limits = json_pack("{s:i, s:i, s:i, s:i, s:i}", "line_bytes", LINE_MAX_BYTES, "vms",
                               LG_VMS_MAX, "records", LG_RECORDS_MAX, "blob_bytes",
                               LG_BLOB_BYTES_MAX, "snapshots", SNAPSHOTS_MAX);
    if (!simulator->recorder)
        json_array_insert_new(capabilities, 2, json_string("snapshot"));
    if (!simulator->clock || simulator->clock->mode == LG_CLOCK_VIRTUAL)
        json_array_append_new(capabilities, json_string("clock"));
    if (!simulator->recorder)
        json_array_append_new(capabilities, json_string("choices"));
    return json_pack("{s:b, s:s, s:s, s:i, s:s, s:o, s:o}", "ok", 1, "program", "lastgood-sim",
                     "version", LASTGOOD_VERSION, "protocol", LG_STDIO_PROTOCOL, "profile",
                     lg_profiles[simulator->options.profile].name, "capabilities", capabilities,
                     "limits", limits);
}

static const char bad_choices[] =
    "\"choices\" must be a list of numbers from 0 to 255, at most 256";

/* The choices of a scripted call. */
struct choices {
    uint8_t bytes[CHOICES_MAX];
    unsigned count;
};

static bool read_choices(const json_t *list, struct choices *choices)
{
    choices->count = (unsigned)json_array_size(list);
    if (!json_is_array(list) || json_array_size(list) > CHOICES_MAX)
        return false;
    for (unsigned i = 0; i < choices->count; i++) {
        const json_t *number = json_array_get(list, i);
        if (!json_is_integer(number) || json_integer_value(number) < 0 ||
            json_integer_value(number) > UINT8_MAX)
            return false;
        choices->bytes[i] = (uint8_t)json_integer_value(number);
    }
    return true;
}

static bool step(struct lg_simulator *simulator, struct lg_call *made,
                 const struct choices *choices, struct lg_outcome *outcome)
{
    return choices ? lg_simulator_call_scripted(simulator, made, choices->bytes, choices->count,
                                                outcome)
                   : lg_simulator_call(simulator, made, outcome);
}

static json_t *call(struct lg_session *session, const json_t *request, bool event)
{
    const json_t *list = json_object_get(request, "choices");
    struct choices choices;
    struct lg_simulator *simulator = session->simulator;
    struct lg_json_error error;
    struct lg_outcome outcome;
    struct lg_call made;
    if (!lg_call_from_json(request, &simulator->names, &made, &error))
        return refuse(0, error.reason);
    if ((lg_methods[made.method].kind == LG_KIND_EVENT) != event)
        return refuse(0, event ? "\"event\" names a method: its op is \"call\""
                               : "\"method\" names an event: its op is \"event\"");
    if (list && !read_choices(list, &choices))
        return refuse(0, bad_choices);
    if (!step(simulator, &made, list ? &choices : NULL, &outcome))
        return refuse(0, "no room for another VM: 1000 are there");
    json_t *answer = lg_outcome_to_json(&outcome, &made, &simulator->names);
    json_object_set_new(answer, "ok", json_true());
    if (made.method == LG_CALL_CHECKPOINT_TAKEN && !outcome.fault) {
        char name[LG_NAME_BYTES];
        simulator->names.write_checkpoint(simulator, made.vm, name);
        json_object_set_new(answer, "out", json_pack("{s:s}", "checkpoint", name));
    }
    return answer;
}

/* Nobody has looked, unless a script says how far jobs are. */
static bool let_go_on(struct lg_simulator *simulator, int vm, const json_t *list)
{
    struct lg_call look = {.method = LG_CALL_INSPECT, .vm = (uint16_t)vm};
    struct lg_outcome outcome;
    struct choices choices;
    if (!list)
        return true;
    return read_choices(list, &choices) && step(simulator, &look, &choices, &outcome);
}

/* What no client can read, without its bytes. */
static json_t *inspect(struct lg_session *session, const json_t *request)
{
    struct lg_simulator *simulator = session->simulator;
    const char *target = json_string_value(json_object_get(request, "target"));
    int vm = target ? simulator->names.vm_of(simulator, target) : -1;
    if (vm < 0 || simulator->host.cells[vm].vm.kind == LG_VM_NONE)
        return refuse(0, "\"target\" names no VM");
    if (!let_go_on(simulator, vm, json_object_get(request, "choices")))
        return refuse(0, bad_choices);
    const struct lg_vault *vault = &simulator->host.cells[vm].vm.vault;
    return json_pack("{s:b, s:{s:o, s:o, s:o, s:o}}", "ok", 1, "digests", "current",
                     lg_digest_to_json(vault->current, &simulator->blobs), "last_known_good",
                     lg_digest_to_json(vault->last_known_good, &simulator->blobs), "policy",
                     lg_digest_to_json(vault->policy, &simulator->blobs), "seal",
                     lg_digest_to_json(vault->seal, &simulator->blobs));
}

static json_t *snapshot(struct lg_session *session)
{
    for (int i = 0; i < SNAPSHOTS_MAX; i++) {
        if (session->snapshots[i])
            continue;
        session->snapshots[i] = lg_simulator_snapshot(session->simulator);
        if (!session->snapshots[i])
            return refuse(0, "no memory for a snapshot");
        return json_pack("{s:b, s:i}", "ok", 1, "snapshot", i);
    }
    return refuse(0, "16 snapshots are kept already: restore with \"drop\": true");
}

static json_t *restore(struct lg_session *session, const json_t *request)
{
    const json_t *number = json_object_get(request, "snapshot");
    const json_t *drop = json_object_get(request, "drop");
    json_int_t i = json_is_integer(number) ? json_integer_value(number) : -1;
    if (i < 0 || i >= SNAPSHOTS_MAX || !session->snapshots[i])
        return refuse(0, "\"snapshot\" is none that was taken");
    if (drop && !json_is_boolean(drop))
        return refuse(0, "\"drop\" must be true or false");
    if (session->simulator->recorder)
        return refuse(0, "a recording is written, and cannot go back");
    lg_simulator_restore(session->simulator, session->snapshots[i]);
    if (json_is_true(drop)) {
        lg_snapshot_free(session->snapshots[i]);
        session->snapshots[i] = NULL;
    }
    return json_pack("{s:b}", "ok", 1);
}

/* Of a program with a clock of its own. */
static json_t *clock_now(struct lg_session *session)
{
    const struct lg_simulator *simulator = session->simulator;
    return json_pack("{s:b, s:s, s:I}", "ok", 1, "clock", lg_clock_words[simulator->clock->mode],
                     "now_ms", (json_int_t)simulator->host.self.host.now_to);
}

static json_t *reset(struct lg_session *session)
{
    lg_simulator_reset(session->simulator);
    return json_pack("{s:b}", "ok", 1);
}

/* Members beside the arguments, which are the call's own to read. */
static bool check_members(const json_t *request, struct lg_json_error *error)
{
    static const char *const texts[] = {"op", "method", "event", "target"};
    if (!lg_json_only(request, error, "id", "op", "method", "event", "target", "args", "snapshot",
                      "drop", "choices", NULL))
        return false;
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const json_t *value = json_object_get(request, texts[i]);
        if (value && !json_is_string(value))
            return lg_json_fail(error, "\"%s\" must be a string", texts[i]);
    }
    if (json_object_get(request, "method") && json_object_get(request, "event"))
        return lg_json_fail(error, "\"method\" and \"event\" exclude each other");
    return true;
}

static json_t *carry_out(struct lg_session *session, const json_t *request, bool *bye)
{
    const char *op = json_string_value(json_object_get(request, "op"));
    struct lg_json_error error;
    if (!check_members(request, &error))
        return refuse(0, error.reason);
    if (json_object_get(request, "choices") && session->simulator->recorder)
        return refuse(0, "a recording is written, and choices may contradict what it holds");
    if (!op)
        return refuse(
            0, "\"op\" is missing: hello, call, event, reset, snapshot, restore, inspect or bye");
    if (strcmp(op, "call") == 0 || strcmp(op, "event") == 0)
        return call(session, request, op[0] == 'e');
    if (strcmp(op, "hello") == 0)
        return hello(session);
    if (strcmp(op, "inspect") == 0)
        return inspect(session, request);
    if (strcmp(op, "reset") == 0)
        return reset(session);
    if (strcmp(op, "snapshot") == 0)
        return snapshot(session);
    if (strcmp(op, "restore") == 0)
        return restore(session, request);
    if (strcmp(op, "clock") == 0 && session->simulator->clock)
        return clock_now(session);
    *bye = strcmp(op, "bye") == 0;
    if (*bye)
        return json_pack("{s:b}", "ok", 1);
    lg_json_fail(&error, "no such op: %.60s", op);
    return refuse(0, error.reason);
}

static json_t *answer(struct lg_session *session, const char *line, size_t length, bool *bye)
{
    json_error_t error;
    json_t *request = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    json_t *id = json_object_get(request, "id");
    json_t *answered;
    *bye = false;
    if (!request)
        answered = refuse(error.position, error.text);
    else if (!json_is_object(request))
        answered = refuse(0, "a request must be an object");
    else if (!json_is_integer(id))
        answered = refuse(0, "\"id\" must be an integer");
    else
        answered = carry_out(session, request, bye);
    json_t *whole = json_object();
    json_object_set(whole, "id", json_is_integer(id) ? id : json_null());
    json_object_update(whole, answered);
    json_decref(answered);
    json_decref(request);
    return whole;
}

static void end_session(struct lg_session *session)
{
    for (int i = 0; i < SNAPSHOTS_MAX; i++)
        lg_snapshot_free(session->snapshots[i]);
}

struct lg_session *lg_session_new(struct lg_simulator *simulator)
{
    struct lg_session *session = calloc(1, sizeof *session);
    if (session)
        session->simulator = simulator;
    return session;
}

void lg_session_free(struct lg_session *session)
{
    if (session)
        end_session(session);
    free(session);
}

json_t *lg_session_answer(struct lg_session *session, const char *line, size_t length, bool *bye)
{
    return answer(session, line, length, bye);
}

json_t *lg_stdio_answer(struct lg_simulator *simulator, const char *line, size_t length, bool *bye)
{
    struct lg_session session = {simulator, {NULL}};
    json_t *answered = answer(&session, line, length, bye);
    end_session(&session);
    return answered;
}

/* ---- lines ---- */

struct input {
    int file;
    char *bytes;
    size_t start;
    size_t end;
    size_t searched; /* bytes from start on that hold no end of a line */
    size_t capacity;
    bool skipping; /* the rest of a line that is too long */
};

struct output {
    int file;
    bool gone;
};

static void write_all(struct output *output, const char *bytes, size_t length)
{
    while (length > 0 && !output->gone) {
        ssize_t written = write(output->file, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            output->gone = true;
        else {
            bytes += written;
            length -= (size_t)written;
        }
    }
}

static void send_answer(struct output *output, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    size_t length = text ? strlen(text) : 0;
    json_decref(json);
    if (!text)
        return;
    text[length] = '\n'; /* in place of the end of the string */
    write_all(output, text, length + 1);
    free(text);
}

/* Makes room behind the bytes that are there; false if memory is short. */
static bool make_room(struct input *input)
{
    if (input->start > 0) {
        memmove(input->bytes, input->bytes + input->start, input->end - input->start);
        input->end -= input->start;
        input->start = 0;
    }
    if (input->capacity - input->end >= READ_BYTES)
        return true;
    size_t capacity = input->capacity ? input->capacity * 2 : 2 * READ_BYTES;
    char *bytes = realloc(input->bytes, capacity);
    if (!bytes)
        return false;
    input->bytes = bytes;
    input->capacity = capacity;
    return true;
}

static bool read_more(struct input *input)
{
    ssize_t count;
    do
        count = read(input->file, input->bytes + input->end, input->capacity - input->end);
    while (count < 0 && errno == EINTR);
    if (count > 0)
        input->end += (size_t)count;
    return count > 0;
}

/* The next line in place, without its end; NULL if there is none yet. */
static char *take_line(struct input *input, size_t *length)
{
    char *line = input->bytes + input->start;
    size_t there = input->end - input->start;
    char *end = there > input->searched
                    ? memchr(line + input->searched, '\n', there - input->searched)
                    : NULL;
    input->searched = end ? 0 : there;
    if (!end)
        return NULL;
    *length = (size_t)(end - line);
    input->start += *length + 1;
    return line;
}

static void refuse_long_line(struct output *output)
{
    json_t *json = refuse(LINE_MAX_BYTES, "the line is longer than 16 MiB");
    json_object_set_new(json, "id", json_null());
    send_answer(output, json);
}

/* Of a line that is too long nothing is kept; the one error is sent when that is clear. */
static void skip_long_line(struct input *input, struct output *output)
{
    if (!input->skipping)
        refuse_long_line(output);
    input->skipping = true;
    input->start = input->end = input->searched = 0;
}

static bool serve_line(struct lg_session *session, struct output *output, const char *line,
                       size_t length)
{
    bool bye = false;
    if (length > LINE_MAX_BYTES)
        refuse_long_line(output);
    else
        send_answer(output, answer(session, line, length, &bye));
    return !bye;
}

/* False after "bye", or when nobody reads any more. */
static bool serve_lines(struct lg_session *session, struct input *input, struct output *output)
{
    char *line;
    size_t length;
    bool going_on = true;
    while (going_on && !output->gone && (line = take_line(input, &length))) {
        if (!input->skipping)
            going_on = serve_line(session, output, line, length);
        input->skipping = false;
    }
    if (going_on && (input->skipping || input->end - input->start > LINE_MAX_BYTES))
        skip_long_line(input, output);
    return going_on && !output->gone;
}

/* The end of the input ends its last line, too. */
static void serve_rest(struct lg_session *session, const struct input *input, struct output *output)
{
    if (input->end > input->start && !input->skipping)
        serve_line(session, output, input->bytes + input->start, input->end - input->start);
}

int lg_stdio_serve(struct lg_simulator *simulator, int input_file, int output_file)
{
    struct lg_session session = {simulator, {NULL}};
    struct input input = {.file = input_file};
    struct output output = {.file = output_file};
    bool going_on = true;
    while (going_on) {
        if (!make_room(&input))
            skip_long_line(&input, &output);
        if (!read_more(&input)) {
            serve_rest(&session, &input, &output);
            break;
        }
        going_on = serve_lines(&session, &input, &output);
    }
    end_session(&session);
    free(input.bytes);
    return output.gone ? 3 : 0;
}
