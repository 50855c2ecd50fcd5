/* Sealed messages: what is read of them, and what is no such message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/wsman/sealing.h"

#define TEST(name) static void name(void **state __attribute__((unused)))
#define SPNEGO "application/HTTP-SPNEGO-session-encrypted"
#define KERBEROS "application/HTTP-Kerberos-session-encrypted"
#define TYPE(protocol)                                                                             \
    "multipart/encrypted;protocol=\"" protocol "\";boundary=\"Encrypted Boundary\""
#define SOAP "application/soap+xml;charset=UTF-8"
#define BOUNDARY "--Encrypted Boundary\r\n"
#define LAST "--Encrypted Boundary--\r\n"
#define FIRST BOUNDARY "\tContent-Type: " SPNEGO "\r\n"
#define ORIGINAL "\tOriginalContent: type=" SOAP ";Length=3\r\n"
#define SECOND BOUNDARY "\tContent-Type: application/octet-stream\r\n"
#define FOUR "\4\0\0\0"
#define TOKEN "HEADabc"
#define MESSAGE FIRST ORIGINAL SECOND FOUR TOKEN LAST

static struct lg_sealed sealed;

/* From a buffer of exact size, so that the address sanitizer sees a read past the end. */
static bool read_bytes(const char *type, const char *body, size_t length)
{
    char *copy = malloc(length + (length == 0));
    assert_non_null(copy);
    memcpy(copy, body, length);
    bool taken = lg_sealing_read(type, copy, length, &sealed);
    if (taken) {
        assert_in_range((uintptr_t)sealed.token, (uintptr_t)copy, (uintptr_t)copy + length);
        assert_true(sealed.token_bytes <= length - (size_t)(sealed.token - copy));
        sealed.token = body + (sealed.token - copy);
    }
    free(copy);
    return taken;
}
#define TAKES(type, body) read_bytes(type, body, sizeof(body) - 1)

TEST(a_message_as_the_page_has_it)
{
    assert_true(TAKES(TYPE(SPNEGO), MESSAGE));
    assert_int_equal(sealed.protocol, LG_SEALING_SPNEGO);
    assert_string_equal(sealed.type, SOAP);
    assert_int_equal(sealed.plain_bytes, 3);
    assert_int_equal(sealed.header_bytes, 4);
    assert_int_equal(sealed.token_bytes, 7);
    assert_memory_equal(sealed.token, TOKEN, 7);
}

TEST(kerberos_has_its_own_name)
{
    assert_true(TAKES(TYPE(KERBEROS),
                      BOUNDARY "\tContent-Type: " KERBEROS "\r\n" ORIGINAL SECOND FOUR TOKEN LAST));
    assert_int_equal(sealed.protocol, LG_SEALING_KERBEROS);
}

/* Each is another spelling of the same message. */
static const struct {
    const char *type;
    const char *body;
    size_t length;
} spellings[] = {
#define SPELLING(type, body)                                                                       \
    {                                                                                              \
        type, body, sizeof(body) - 1                                                               \
    }
    SPELLING(TYPE(SPNEGO),
             "-- Encrypted Boundary\r\n\tContent-Type: " SPNEGO "\r\n" ORIGINAL
             "-- Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n" FOUR TOKEN
             "-- Encrypted Boundary--\r\n"),
    SPELLING(TYPE(SPNEGO), FIRST ORIGINAL SECOND FOUR TOKEN "--Encrypted Boundary--"),
    SPELLING("Multipart/Encrypted; Boundary=\"Encrypted Boundary\" ; PROTOCOL = \"" SPNEGO "\"",
             MESSAGE),
    SPELLING("multipart/encrypted;protocol=" SPNEGO ";boundary=x",
             "--x\r\nContent-type:" SPNEGO "\r\noriginalcontent:type=" SOAP
             ";length=3\r\n--x\r\ncontent-TYPE:Application/Octet-Stream\r\n" FOUR TOKEN "--x--"),
    SPELLING(TYPE(SPNEGO),
             BOUNDARY ORIGINAL "\tContent-Type: " SPNEGO "\r\n" SECOND FOUR TOKEN LAST),
    SPELLING(TYPE(SPNEGO), FIRST
             "\tOriginalContent: type=application/soap+xml; Length=3 ;charset=UTF-8\r\n" SECOND FOUR
                 TOKEN LAST),
};

TEST(other_spellings_of_it)
{
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        assert_true(read_bytes(spellings[i].type, spellings[i].body, spellings[i].length));
        assert_string_equal(sealed.type, SOAP);
        assert_int_equal(sealed.plain_bytes, 3);
        assert_int_equal(sealed.token_bytes, 7);
        assert_memory_equal(sealed.token, TOKEN, 7);
    }
}

static const char *const other_types[] = {
    NULL,
    "",
    "application/soap+xml;charset=UTF-8",
    "multipart/encrypted",
    "multipart/encrypted;protocol=\"" SPNEGO "\"",
    "multipart/encrypted;boundary=\"Encrypted Boundary\"",
    "multipart/encrypted;protocol=\"" SPNEGO "\";boundary=\"\"",
    "multipart/encrypted;protocol=\"" SPNEGO "\";boundary=\"Encrypted Boundary",
    "multipart/encrypted;protocol=\"application/other\";boundary=\"Encrypted Boundary\"",
    TYPE(KERBEROS), /* the body says another name */
    TYPE(SPNEGO) ";boundary=\"Encrypted Boundary\"",
    TYPE(SPNEGO) ";protocol=\"" SPNEGO "\"",
    TYPE(SPNEGO) ";x=y",
    "multipart/x-multi-encrypted;protocol=\"" SPNEGO "\";boundary=\"Encrypted Boundary\"",
    "multipart/encrypted;protocol=\"" SPNEGO
    "\";boundary=\"0123456789012345678901234567890123456789"
    "0123456789012345678901234567890\"",
};

TEST(other_content_types)
{
    for (size_t i = 0; i < sizeof other_types / sizeof other_types[0]; i++)
        assert_false(TAKES(other_types[i], MESSAGE));
}

TEST(a_kind_of_it_is_told_by_its_name)
{
    assert_true(lg_sealing_is("multipart/encrypted"));
    assert_true(lg_sealing_is(" Multipart/ENCRYPTED ;boundary=x"));
    assert_false(lg_sealing_is("multipart/encrypted2"));
    assert_false(lg_sealing_is("multipart/x-multi-encrypted;boundary=x"));
    assert_false(lg_sealing_is(""));
    assert_false(lg_sealing_is(NULL));
}

#define WITH_ORIGINAL(line) FIRST line "\r\n" SECOND FOUR TOKEN LAST
#define WITH_TOKEN(bytes) FIRST ORIGINAL SECOND bytes LAST

static const struct {
    const char *body;
    size_t length;
} bad[] = {
#define BAD(body)                                                                                  \
    {                                                                                              \
        body, sizeof(body) - 1                                                                     \
    }
    BAD(""),
    BAD("\r\n" MESSAGE),
    BAD(MESSAGE "x"),
    BAD(FIRST ORIGINAL SECOND FOUR TOKEN),
    BAD(FIRST ORIGINAL SECOND FOUR TOKEN "--Encrypted Boundary"),
    BAD(FIRST ORIGINAL SECOND FOUR TOKEN "--Other Boundary----"),
    BAD(FIRST ORIGINAL LAST),
    BAD(FIRST SECOND FOUR TOKEN LAST),
    BAD(BOUNDARY ORIGINAL SECOND FOUR TOKEN LAST),
    BAD(FIRST "\tContent-Type: " SPNEGO "\r\n" SECOND FOUR TOKEN LAST),
    BAD(BOUNDARY ORIGINAL ORIGINAL SECOND FOUR TOKEN LAST),
    BAD(FIRST ORIGINAL ORIGINAL SECOND FOUR TOKEN LAST),
    BAD(BOUNDARY "\tContent-Type: text/plain\r\n" ORIGINAL SECOND FOUR TOKEN LAST),
    BAD(FIRST ORIGINAL BOUNDARY "\tContent-Type: text/plain\r\n" FOUR TOKEN LAST),
    BAD(FIRST ORIGINAL
        "--Other Boundary\r\n\tContent-Type: application/octet-stream\r\n" FOUR TOKEN LAST),
    BAD(FIRST ORIGINAL SECOND "\r\n" FOUR TOKEN LAST),
    BAD("--Encrypted Boundary\n\tContent-Type: " SPNEGO "\n" ORIGINAL SECOND FOUR TOKEN LAST),
    BAD(WITH_ORIGINAL("\tOriginalContent: type=" SOAP)),
    BAD(WITH_ORIGINAL("\tOriginalContent: type=" SOAP ";Length=")),
    BAD(WITH_ORIGINAL("\tOriginalContent: type=" SOAP ";Length=-3")),
    BAD(WITH_ORIGINAL("\tOriginalContent: type=" SOAP ";Length=0x3")),
    BAD(WITH_ORIGINAL("\tOriginalContent: type=" SOAP ";Length=0")),
    BAD(WITH_ORIGINAL("\tOriginalContent: type=" SOAP ";Length=4")),
    BAD(WITH_ORIGINAL("\tOriginalContent: type=" SOAP ";Length=18446744073709551619")),
    BAD(WITH_ORIGINAL("\tOriginalContent: type=" SOAP ";Length=3;Length=3")),
    BAD(WITH_ORIGINAL("\tOriginalContent: type=;Length=3")),
    BAD(WITH_ORIGINAL("\tOriginalContent: Length=3")),
    BAD(WITH_ORIGINAL("\tOriginalContent: " SOAP ";Length=3")),
    BAD(WITH_ORIGINAL("\tOriginalContent: type=" SOAP
                      ";a=01234567890123456789012345678901234567890123"
                      ";Length=3")),
    BAD(WITH_TOKEN("")),
    BAD(WITH_TOKEN("\4\0\0")),
    BAD(WITH_TOKEN(FOUR)),
    BAD(WITH_TOKEN(FOUR "HEAD")),
    BAD(WITH_TOKEN("\0\0\0\0" TOKEN)),
    BAD(WITH_TOKEN("\7\0\0\0" TOKEN)),
    BAD(WITH_TOKEN("\10\0\0\0" TOKEN)),
    BAD(WITH_TOKEN("\4\0\0\200" TOKEN)),
    BAD(WITH_TOKEN("\377\377\377\377" TOKEN)),
};

TEST(bodies_that_are_none)
{
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (read_bytes(TYPE(SPNEGO), bad[i].body, bad[i].length))
            fail_msg("taken: number %zu", i);
}

TEST(every_cut_is_none)
{
    size_t whole = sizeof MESSAGE - 1;
    for (size_t length = 0; length < whole; length++)
        assert_int_equal(read_bytes(TYPE(SPNEGO), MESSAGE, length), length == whole - 2);
}

TEST(a_header_has_a_limit)
{
    static const char lines[] = FIRST ORIGINAL SECOND;
    char body[LG_SEALING_HEADER_BYTES + 1024];
    for (size_t header = LG_SEALING_HEADER_BYTES; header <= LG_SEALING_HEADER_BYTES + 1; header++) {
        size_t at = sizeof lines - 1;
        memset(body, 'x', sizeof body);
        memcpy(body, lines, at);
        memcpy(body + at, (char[]){(char)(header & 0xFF), (char)(header >> 8), 0, 0}, 4);
        memcpy(body + at + 4 + header + 3, LAST, sizeof LAST - 1);
        assert_int_equal(read_bytes(TYPE(SPNEGO), body, at + 4 + header + 3 + sizeof LAST - 1),
                         header == LG_SEALING_HEADER_BYTES);
    }
}

TEST(sealed_bytes_may_look_like_a_boundary)
{
    assert_true(TAKES(TYPE(SPNEGO), WITH_TOKEN(FOUR "HEAD" LAST "abc")));
    assert_int_equal(sealed.token_bytes, 4 + sizeof LAST - 1 + 3);
}

TEST(what_is_written_is_the_message)
{
    struct lg_text body = {0};
    const struct lg_sealed one = {
        .type = SOAP, .plain_bytes = 3, .header_bytes = 4, .token = TOKEN, .token_bytes = 7};
    lg_sealing_write(&body, &one);
    assert_false(body.failed);
    assert_int_equal(body.length, sizeof MESSAGE - 1);
    assert_memory_equal(body.bytes, MESSAGE, body.length);
    assert_true(body.length < LG_SEALING_FRAME_BYTES);
    assert_string_equal(lg_sealing_content_type(LG_SEALING_SPNEGO), TYPE(SPNEGO));
    assert_string_equal(lg_sealing_content_type(LG_SEALING_KERBEROS), TYPE(KERBEROS));
    lg_text_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_as_the_page_has_it),
        cmocka_unit_test(kerberos_has_its_own_name),
        cmocka_unit_test(other_spellings_of_it),
        cmocka_unit_test(other_content_types),
        cmocka_unit_test(a_kind_of_it_is_told_by_its_name),
        cmocka_unit_test(bodies_that_are_none),
        cmocka_unit_test(every_cut_is_none),
        cmocka_unit_test(a_header_has_a_limit),
        cmocka_unit_test(sealed_bytes_may_look_like_a_boundary),
        cmocka_unit_test(what_is_written_is_the_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
