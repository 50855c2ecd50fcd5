/* lastgood-sim ctl: words of a command line become requests of the line protocol. */
#include "ctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl_client.h"
#include "env_file.h"
#include "lines.h"
#include "options.h"

static const char usage[] =
    "usage: %s ctl [--env-file FILE] COMMAND\n"
    "\n"
    "Controls a simulator that was started with --control. Where it is and its token are taken "
    "from\n"
    "FILE, or from LASTGOOD_CONTROL_URL and LASTGOOD_CONTROL_TOKEN. The answer is printed as "
    "JSON.\n"
    "\n"
    "  hello                           what the program is and can do\n"
    "  event NAME [VM] [KEY=VALUE…]    something happens to the host or a VM\n"
    "  call METHOD [VM|JOB] [KEY=VALUE…]  a call, as by a client\n"
    "  cause appear|end CAUSE          what makes calls fail from now on\n"
    "  clock [MS]                      what time it is; let MS milliseconds pass\n"
    "  inspect VM                      digests of what no client can read\n"
    "  snapshot                        keep a copy of the host; its number is answered\n"
    "  restore NUMBER [drop]           go back to a copy; drop: and forget it\n"
    "  reset                           a host without VMs\n"
    "  trace                           the recording so far (of --trace)\n"
    "  send JSON|-                     any request, or one from standard input\n"
    "  bye                             end the simulator\n"
    "\n"
    "A VALUE is JSON, or else a text.\n"
    "\n"
    "examples:\n"
    "  %s ctl --env-file sim.env event Vm.Create generation=2\n"
    "  %s ctl --env-file sim.env cause appear unavailable\n"
    "  %s ctl --env-file sim.env clock 300000\n"
    "  %s ctl --env-file sim.env call Msvm_SecurityService.Get\n"
    "\n"
    "exit codes: 0 done, 1 the simulator refused, 3 it cannot be reached, 64 usage\n";

enum { INPUT_BYTES_MAX = LG_STDIO_LINE_BYTES };

struct words {
    const char *program;
    int count;
    char **items; /* the command and what follows it */
};

static int fail(const struct words *words, int code, const char *what, const char *word)
{
    fprintf(stderr, "%s ctl: %s%s%s\n", words->program, what, *word ? ": " : "", word);
    return code;
}

static int fail_usage(const struct words *words, const char *what, const char *word)
{
    fprintf(stderr, "%s ctl: %s: %s; see %s ctl --help\n", words->program, what, word,
            words->program);
    return LG_EXIT_USAGE;
}

/* ---- requests ---- */

/* NULL: the words make no request. */
static json_t *make_plain(const struct words *words)
{
    return words->count == 1 ? json_pack("{s:s}", "op", words->items[0]) : NULL;
}

/* What looks like a number is one, but for the one key whose words do. */
static json_t *read_value(const char *key, const char *text)
{
    if (strcmp(key, "version") == 0)
        return json_string(text);
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    return value ? value : json_string(text);
}

/* KEY=VALUE words; the first of the others is the target. */
static bool add_words(const struct words *words, int first, json_t *request)
{
    json_t *args = json_object();
    json_object_set_new(request, "args", args);
    for (int i = first; i < words->count; i++) {
        char *equals = strchr(words->items[i], '=');
        if (!equals && json_object_get(request, "target"))
            return false;
        if (!equals) {
            json_object_set_new(request, "target", json_string(words->items[i]));
            continue;
        }
        *equals = '\0';
        json_object_set_new(args, words->items[i], read_value(words->items[i], equals + 1));
        *equals = '=';
    }
    return true;
}

static json_t *make_call(const struct words *words)
{
    bool event = words->items[0][0] == 'e';
    if (words->count < 2)
        return NULL;
    json_t *request =
        json_pack("{s:s, s:s}", "op", words->items[0], event ? "event" : "method", words->items[1]);
    if (request && add_words(words, 2, request))
        return request;
    json_decref(request);
    return NULL;
}

static json_t *make_cause(const struct words *words)
{
    bool appear = words->count == 3 && strcmp(words->items[1], "appear") == 0;
    if (words->count != 3 || (!appear && strcmp(words->items[1], "end") != 0))
        return NULL;
    return json_pack("{s:s, s:s, s:{s:s}}", "op", "event", "event",
                     appear ? "Cause.Appear" : "Cause.End", "args", "cause", words->items[2]);
}

static bool read_number(const char *text, json_int_t *number)
{
    size_t digits = strspn(text, "0123456789");
    *number = digits > 0 && digits < 16 ? (json_int_t)strtoll(text, NULL, 10) : 0;
    return digits > 0 && digits < 16 && text[digits] == '\0';
}

static json_t *make_clock(const struct words *words)
{
    json_int_t ms;
    if (words->count == 1)
        return make_plain(words);
    if (words->count != 2 || !read_number(words->items[1], &ms))
        return NULL;
    return json_pack("{s:s, s:s, s:{s:I}}", "op", "event", "event", "Time.Pass", "args", "ms", ms);
}

static json_t *make_inspect(const struct words *words)
{
    return words->count == 2 ? json_pack("{s:s, s:s}", "op", "inspect", "target", words->items[1])
                             : NULL;
}

static json_t *make_restore(const struct words *words)
{
    json_int_t number;
    bool drop = words->count == 3 && strcmp(words->items[2], "drop") == 0;
    if ((words->count != 2 && !drop) || !read_number(words->items[1], &number))
        return NULL;
    return json_pack("{s:s, s:I, s:b}", "op", "restore", "snapshot", number, "drop", drop);
}

static const struct {
    const char *name;
    json_t *(*make)(const struct words *words);
} commands[] = {{"hello", make_plain},    {"event", make_call},      {"call", make_call},
                {"cause", make_cause},    {"clock", make_clock},     {"inspect", make_inspect},
                {"snapshot", make_plain}, {"restore", make_restore}, {"reset", make_plain},
                {"bye", make_plain}};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

/* ---- sending ---- */

static int print_answer(const struct lg_text *answer)
{
    json_t *json = json_loadb(answer->bytes ? answer->bytes : "", answer->length, 0, NULL);
    bool done = json_is_true(json_object_get(json, "ok"));
    json_object_del(json, "id");
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (!text)
        return LG_EXIT_HARNESS;
    bool printed = puts(text) >= 0 && fflush(stdout) == 0;
    free(text);
    return !printed ? LG_EXIT_HARNESS : done ? LG_EXIT_OK : LG_EXIT_REFUSED;
}

static int send_text(const struct words *words, const struct lg_ctl_place *place, const char *path,
                     const char *text)
{
    struct lg_text answer = {0};
    char reason[LG_CTL_REASON_BYTES];
    int code = LG_EXIT_OK;
    if (!lg_ctl_send(place, path, text, &answer, reason))
        code = fail(words, LG_EXIT_HARNESS, reason, "");
    else if (text)
        code = print_answer(&answer);
    else if (fwrite(answer.bytes ? answer.bytes : "", 1, answer.length, stdout) != answer.length ||
             fflush(stdout) != 0)
        code = fail(words, LG_EXIT_HARNESS, "the output failed", "");
    lg_text_free(&answer);
    return code;
}

static int send_request(const struct words *words, const struct lg_ctl_place *place,
                        json_t *request)
{
    json_object_set_new(request, "id", json_integer(1));
    char *text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    int code =
        text ? send_text(words, place, "/", text) : fail(words, LG_EXIT_HARNESS, "no memory", "");
    free(text);
    return code;
}

static int send_raw(const struct words *words, const struct lg_ctl_place *place)
{
    struct lg_text input = {0};
    char bytes[4096];
    size_t length;
    if (words->count != 2)
        return fail_usage(words, "one request is sent", "JSON or -");
    if (strcmp(words->items[1], "-") != 0)
        lg_text_add(&input, words->items[1]);
    else
        while (input.length < INPUT_BYTES_MAX && (length = fread(bytes, 1, sizeof bytes, stdin)))
            lg_text_add_bytes(&input, bytes, length);
    int code = send_text(words, place, "/", input.bytes ? input.bytes : "");
    lg_text_free(&input);
    return code;
}

static int carry_out(const struct words *words, const struct lg_ctl_place *place)
{
    const char *names[COMMAND_COUNT + 2] = {"trace", "send"};
    if (strcmp(words->items[0], "trace") == 0 && words->count == 1)
        return send_text(words, place, "/trace", NULL);
    if (strcmp(words->items[0], "send") == 0)
        return send_raw(words, place);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        names[i + 2] = commands[i].name;
        if (strcmp(commands[i].name, words->items[0]) != 0)
            continue;
        json_t *request = commands[i].make(words);
        return request ? send_request(words, place, request)
                       : fail_usage(words, "these words make no request", commands[i].name);
    }
    return lg_options_fail(words->program, "no such ctl command", words->items[0], names,
                           COMMAND_COUNT + 2);
}

/* ---- where the simulator is ---- */

static bool find_word(const char *env_file, const char *key, char *value, size_t size)
{
    const char *set = getenv(key);
    if (env_file)
        return lg_env_file_read(env_file, key, value, size);
    if (!set || strlen(set) >= size)
        return false;
    memcpy(value, set, strlen(set) + 1);
    return true;
}

static int take_options(struct words *words, const char **env_file)
{
    while (words->count > 0 && strncmp(words->items[0], "--", 2) == 0) {
        const char *word = words->items[0];
        bool joined = strncmp(word, "--env-file=", 11) == 0;
        if (strcmp(word, "--help") == 0) {
            const char *program = words->program;
            printf(usage, program, program, program, program, program);
            return LG_EXIT_OK;
        }
        if (!joined && (strcmp(word, "--env-file") != 0 || words->count < 2))
            return fail_usage(words, "unknown option, or its value is missing", word);
        *env_file = joined ? word + 11 : words->items[1];
        words->count -= joined ? 1 : 2;
        words->items += joined ? 1 : 2;
    }
    return words->count > 0 ? -1 : fail_usage(words, "nothing to do", "a command is missing");
}

int lg_ctl_main(int argc, char **argv, const char *program)
{
    struct words words = {program, argc - 1, argv + 1};
    const char *env_file = NULL;
    struct lg_ctl_place place;
    int code = take_options(&words, &env_file);
    if (code >= 0)
        return code;
    if (!find_word(env_file, "LASTGOOD_CONTROL_URL", place.url, sizeof place.url) ||
        !find_word(env_file, "LASTGOOD_CONTROL_TOKEN", place.token, sizeof place.token))
        return fail_usage(&words, "where is the simulator",
                          env_file ? "the file tells no control channel"
                                   : "--env-file or LASTGOOD_CONTROL_URL and _TOKEN");
    return carry_out(&words, &place);
}
