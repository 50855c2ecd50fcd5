/* Recordings: headers, lines that are none, steps with and without an answer, times, clients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "json_text.h"
#include "model/recording.h"

#define HEADER "{\"format\": \"lastgood-recording/2\", \"target\": \"t\", \"profile\": \"p\"}\n"
#define CALL "{\"call\": \"Msvm_SecurityService.GetKeyProtector\", \"target\": \"$vm0\""

static struct lg_blobs blobs;

static int set_up(void **state)
{
    (void)state;
    return lg_blobs_init(&blobs) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    lg_blobs_free(&blobs);
    return 0;
}

static bool open_text(struct lg_recording *recording, const char *text, struct lg_json_error *error)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    fputs(text, file);
    rewind(file);
    return lg_recording_open(recording, file, &blobs, error);
}

struct header {
    const char *text;
    const char *reason; /* NULL: it is one */
};
static const struct header headers[] = {
    {"", "begins with"},
    {"frob\n", "line 1, byte"},
    {"{}\n", "the format is not given"},
    {"{\"format\": 2}\n", "the format is not given"},
    {"{\"format\": \"lastgood-recording/\"}\n", "the format is lastgood-recording/,"},
    {"{\"format\": \"lastgood-recording/2x\"}\n", "the format is lastgood-recording/2x,"},
    {"{\"format\": \"lastgood-recording/0\"}\n", "the format is lastgood-recording/0,"},
    {"{\"format\": \"lastgood-recording/3\"}\n", "the format is lastgood-recording/3,"},
    {"{\"format\": \"lastgood-recording/1\"}\n", NULL},
    {HEADER, NULL},
};

static void headers_say_what_can_be_read(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct lg_json_error error = {.reason = ""};
        struct lg_recording recording;
        bool opened = open_text(&recording, headers[i].text, &error);
        assert_int_equal(opened, headers[i].reason == NULL);
        if (!opened && !strstr(error.reason, headers[i].reason))
            fail_msg("%s: %s", headers[i].text, error.reason);
        lg_recording_close(&recording);
    }
}

static const struct header lines[] = {
    {"[", "line 2, byte"},
    {"{\"reset\": true}", NULL},
    {"{\"reset\": 1}", "line 2: no such method"},
    {CALL "}", NULL},
    {CALL ", \"outcome\": null}", NULL},
    {CALL ", \"outcome\": {\"return\": -1}}", "line 2: \"return\""},
    {CALL ", \"times\": [1, 2]}", NULL},
    {CALL ", \"times\": [2, 1]}", "line 2: \"times\""},
    {CALL ", \"times\": [-2, 1]}", "line 2: \"times\""},
    {CALL ", \"times\": [2, \"3\"]}", "line 2: \"times\""},
    {CALL ", \"times\": [\"2\", 3]}", "line 2: \"times\""},
    {CALL ", \"times\": [2]}", "line 2: \"times\""},
    {CALL ", \"times\": 2}", "line 2: \"times\""},
    {CALL ", \"client\": 65535}", NULL},
    {CALL ", \"client\": 65536}", "line 2: \"client\""},
    {CALL ", \"client\": -1}", "line 2: \"client\""},
};

static void lines_that_are_no_steps_are_named(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct lg_json_error error = {.reason = ""};
        struct lg_recording recording;
        struct lg_trace_step step;
        char text[600];
        snprintf(text, sizeof text, HEADER "%s\n", lines[i].text);
        assert_true(open_text(&recording, text, &error));
        enum lg_recorded kind = lg_recording_next(&recording, &step, &error);
        assert_int_equal(kind == LG_RECORDED_ERROR, lines[i].reason != NULL);
        if (lines[i].reason && !strstr(error.reason, lines[i].reason))
            fail_msg("%s: %s", lines[i].text, error.reason);
        if (!lines[i].reason)
            assert_int_equal(lg_recording_next(&recording, &step, &error), LG_RECORDED_END);
        lg_recording_close(&recording);
    }
}

static void a_line_is_at_most_16_mib(void **state)
{
    enum { LENGTH = 16 * 1024 * 1024 };
    char *text = malloc(sizeof HEADER + LENGTH + 1);
    struct lg_json_error error = {.reason = ""};
    struct lg_recording recording;
    struct lg_trace_step step;
    (void)state;
    assert_non_null(text);
    memcpy(text, HEADER, sizeof HEADER - 1);
    memset(text + sizeof HEADER - 1, ' ', LENGTH + 1);
    text[sizeof HEADER + LENGTH] = '\0';
    assert_true(open_text(&recording, text, &error));
    assert_int_equal(lg_recording_next(&recording, &step, &error), LG_RECORDED_ERROR);
    assert_non_null(strstr(error.reason, "line 2 is longer than 16 MiB"));
    lg_recording_close(&recording);
    free(text);
}

/* What one recorder writes comes back: three steps and a reset. */
static FILE *record(bool clients, bool virtual_clock)
{
    struct lg_trace_step step = {.call = {.method = LG_CALL_GET_KEY_PROTECTOR}};
    struct lg_recorder recorder;
    FILE *file = tmpfile();
    assert_non_null(file);
    if (clients)
        assert_true(lg_recorder_start_clients(&recorder, file, &blobs, "t", virtual_clock));
    else
        assert_true(lg_recorder_start(&recorder, file, &blobs, "t", "documented"));
    recorder.digests = false;
    lg_recorder_step(&recorder, &step);
    step.reply = LG_REPLY_LOST;
    step.client = 3;
    lg_recorder_step(&recorder, &step);
    lg_recorder_reset(&recorder);
    step.reply = LG_REPLY_SEEN;
    step.sent = 5;
    step.answered = 9;
    step.seen.return_value = step.seen.return_to = 32768;
    lg_recorder_step(&recorder, &step);
    rewind(file);
    return file;
}

static void what_is_recorded_is_read(void **state)
{
    (void)state;
    for (unsigned way = 0; way < 3; way++) {
        struct lg_json_error error = {.reason = ""};
        struct lg_recording recording;
        struct lg_trace_step step;
        assert_true(lg_recording_open(&recording, record(way > 0, way > 1), &blobs, &error));
        assert_int_equal(recording.virtual_clock, way > 1);
        assert_int_equal(lg_recording_next(&recording, &step, &error), LG_RECORDED_STEP);
        assert_int_equal(step.reply, LG_REPLY_NONE);
        assert_int_equal(step.client, 0);
        assert_int_equal(lg_recording_next(&recording, &step, &error), LG_RECORDED_STEP);
        assert_int_equal(step.reply, LG_REPLY_LOST);
        assert_int_equal(step.client, 3);
        assert_int_equal(step.answered, 0);
        assert_int_equal(lg_recording_next(&recording, &step, &error), LG_RECORDED_RESET);
        assert_int_equal(lg_recording_next(&recording, &step, &error), LG_RECORDED_STEP);
        assert_int_equal(step.reply, LG_REPLY_SEEN);
        assert_int_equal(step.seen.return_value, 32768);
        assert_int_equal(step.sent, 5);
        assert_int_equal(step.answered, 9);
        assert_int_equal(lg_recording_next(&recording, &step, &error), LG_RECORDED_END);
        lg_recording_close(&recording);
    }
}

/* Whatever the last byte is that there is room for: the buffer ends within the header, or just
 * before the end of its line. */
static void a_disk_that_is_full_is_told(void **state)
{
    enum { TARGET = 300, LONGEST = TARGET + 100 };
    char target[TARGET + 1];
    (void)state;
    memset(target, 'x', TARGET);
    target[TARGET] = '\0';
    for (size_t bytes = 1; bytes < LONGEST; bytes++) {
        struct lg_recorder recorder;
        char buffer[LONGEST];
        FILE *full = fopen("/dev/full", "w");
        assert_non_null(full);
        setvbuf(full, buffer, _IOFBF, bytes);
        bool written = lg_recorder_start(&recorder, full, &blobs, target, "p");
        assert_false(fclose(full) == 0 && written);
    }
}

/* A full disk, and a file that is not open for writing. */
static void a_file_that_takes_nothing_is_told(void **state)
{
    struct lg_recorder recorder;
    FILE *full = fopen("/dev/full", "w"), *closed = fopen("/dev/null", "r");
    (void)state;
    assert_non_null(full);
    assert_non_null(closed);
    setvbuf(full, NULL, _IONBF, 0);
    assert_false(lg_recorder_start(&recorder, full, &blobs, "t", "documented"));
    assert_false(lg_recorder_start_clients(&recorder, closed, &blobs, "t", true));
    fclose(full);
    fclose(closed);
}

static void a_recording_without_a_file_is_closed(void **state)
{
    struct lg_recording recording = {.file = NULL};
    (void)state;
    lg_recording_close(&recording);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(headers_say_what_can_be_read),
        TEST(lines_that_are_no_steps_are_named),
        TEST(a_line_is_at_most_16_mib),
        TEST(what_is_recorded_is_read),
        TEST(a_disk_that_is_full_is_told),
        TEST(a_file_that_takes_nothing_is_told),
        TEST(a_recording_without_a_file_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
