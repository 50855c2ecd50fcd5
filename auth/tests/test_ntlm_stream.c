/* Messages of NTLM in one direction; the values are those of MS-NLMP 4.2.4.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auth/ntlm_stream.h"

#define TEST(name) static void name(void **state __attribute__((unused)))

static const uint8_t key[LG_NTLM_KEY_BYTES] = {0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
                                               0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55};
static const uint8_t plain[18] = {'P', 0,   'l', 0,   'a', 0,   'i', 0,   'n',
                                  0,   't', 0,   'e', 0,   'x', 0,   't', 0};
static const uint8_t sealed[18] = {0x54, 0xe5, 0x01, 0x65, 0xbf, 0x19, 0x36, 0xdc, 0x99,
                                   0x60, 0x20, 0xc1, 0x81, 0x1b, 0x0f, 0x06, 0xfb, 0x5f};
static const uint8_t signature[LG_NTLM_HEADER_BYTES] = {
    1, 0, 0, 0, 0x7f, 0xb3, 0x8e, 0xc5, 0xc5, 0x5d, 0x49, 0x76, 0, 0, 0, 0};

TEST(what_the_page_shows)
{
    struct lg_ntlm_stream stream;
    uint8_t header[LG_NTLM_HEADER_BYTES];
    uint8_t bytes[sizeof plain];
    memcpy(bytes, plain, sizeof bytes);
    assert_true(lg_ntlm_stream_open(&stream, key, true));
    assert_true(lg_ntlm_stream_seal(&stream, header, bytes, sizeof bytes));
    assert_memory_equal(bytes, sealed, sizeof sealed);
    assert_memory_equal(header, signature, sizeof signature);
    assert_int_equal(stream.number, 1);
    lg_ntlm_stream_close(&stream);
    assert_true(lg_ntlm_stream_open(&stream, key, true));
    assert_true(lg_ntlm_stream_unseal(&stream, signature, bytes, sizeof bytes));
    assert_memory_equal(bytes, plain, sizeof plain);
    lg_ntlm_stream_close(&stream);
}

TEST(the_other_direction_has_other_keys)
{
    struct lg_ntlm_stream stream;
    uint8_t bytes[sizeof sealed];
    memcpy(bytes, sealed, sizeof bytes);
    assert_true(lg_ntlm_stream_open(&stream, key, false));
    assert_false(lg_ntlm_stream_unseal(&stream, signature, bytes, sizeof bytes));
    lg_ntlm_stream_close(&stream);
}

TEST(each_bit_counts)
{
    for (size_t bit = 0; bit < 8 * (sizeof signature + sizeof sealed); bit++) {
        struct lg_ntlm_stream stream;
        uint8_t token[sizeof signature + sizeof sealed];
        memcpy(token, signature, sizeof signature);
        memcpy(token + sizeof signature, sealed, sizeof sealed);
        token[bit / 8] = (uint8_t)(token[bit / 8] ^ 1u << bit % 8);
        assert_true(lg_ntlm_stream_open(&stream, key, true));
        assert_false(
            lg_ntlm_stream_unseal(&stream, token, token + sizeof signature, sizeof sealed));
        lg_ntlm_stream_close(&stream);
    }
}

TEST(numbers_are_little_endian)
{
    static const uint8_t header[LG_NTLM_HEADER_BYTES] = {[12] = 0x78, 0x56, 0x34, 0xF2};
    assert_int_equal(lg_ntlm_stream_number(header), 0xF2345678);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_page_shows),
        cmocka_unit_test(the_other_direction_has_other_keys),
        cmocka_unit_test(each_bit_counts),
        cmocka_unit_test(numbers_are_little_endian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
