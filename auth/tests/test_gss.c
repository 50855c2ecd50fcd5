/* Signing in by NTLM with both sides in one process, and messages between them. Kerberos needs a
 * KDC and is tested where there is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/gss_parts.h"

#define TEST(name) static void name(void **state __attribute__((unused)))
#define BINDINGS(text)                                                                             \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static char accounts[] = "gss-accounts-XXXXXX";
static struct lg_gss_acceptor *acceptor;
static char reason[LG_GSS_REASON_BYTES];

static int begin_all(void **state)
{
    static const char lines[] = "HV01:anna:p=w d\nHV01:bert:other\n";
    struct lg_gss_service service = {.ntlm = true, .ntlm_accounts = accounts, .machine = "HV01"};
    int file = mkstemp(accounts);
    (void)state;
    if (file < 0 || write(file, lines, sizeof lines - 1) != (ssize_t)(sizeof lines - 1))
        return -1;
    close(file);
    acceptor = lg_gss_acceptor_new(&service, reason);
    if (!acceptor)
        print_error("%s\n", reason);
    return acceptor ? 0 : -1;
}

static int end_all(void **state)
{
    (void)state;
    lg_gss_acceptor_free(acceptor);
    return unlink(accounts);
}

struct pair {
    struct lg_gss *client;
    struct lg_gss *server;
    enum lg_gss_step at_client;
    enum lg_gss_step at_server;
    struct lg_text to_server;
    struct lg_text to_client;
};

static struct pair meet(enum lg_gss_form form, const char *user, const char *password,
                        struct lg_gss_bindings at_client, struct lg_gss_bindings at_server)
{
    struct pair pair = {.at_client = LG_GSS_CONTINUES, .at_server = LG_GSS_CONTINUES};
    const struct lg_gss_login login = {form, "localhost", user, password, at_client};
    pair.client = lg_gss_new_client(&login, reason);
    if (!pair.client)
        fail_msg("%s", reason);
    pair.server = lg_gss_new_server(acceptor, false, &at_server);
    assert_non_null(pair.server);
    return pair;
}

static void talk(struct pair *pair)
{
    for (int turn = 0; turn < 5; turn++) {
        lg_text_clear(&pair->to_server);
        if (pair->at_client == LG_GSS_CONTINUES)
            pair->at_client = lg_gss_step(pair->client, pair->to_client.bytes,
                                          pair->to_client.length, &pair->to_server);
        lg_text_clear(&pair->to_client);
        if (pair->at_client == LG_GSS_FAILED || pair->to_server.length == 0)
            return;
        pair->at_server = lg_gss_step(pair->server, pair->to_server.bytes, pair->to_server.length,
                                      &pair->to_client);
        if (pair->at_server == LG_GSS_FAILED)
            return;
    }
}

static void part(struct pair *pair)
{
    lg_gss_free(pair->client);
    lg_gss_free(pair->server);
    lg_text_free(&pair->to_client);
    lg_text_free(&pair->to_server);
}

static const struct lg_gss_bindings unbound = {NULL, 0};

static struct pair sign_in(enum lg_gss_form form)
{
    struct pair pair = meet(form, "anna", "p=w d", unbound, unbound);
    talk(&pair);
    if (pair.at_client != LG_GSS_DONE || pair.at_server != LG_GSS_DONE)
        fail_msg("%s, %s", lg_gss_reason(pair.client), lg_gss_reason(pair.server));
    return pair;
}

/* A shorter text may, by chance, be what it is sealed as. */
enum { ENOUGH_TO_TELL = 8 };

static void send_message(struct lg_gss *from, struct lg_gss *to, const char *text)
{
    struct lg_text token = {0}, plain = {0};
    size_t header = 0;
    assert_true(lg_gss_seal(from, text, strlen(text), &token, &header));
    assert_int_equal(header, 16);
    assert_int_equal(token.length, 16 + strlen(text));
    if (strlen(text) >= ENOUGH_TO_TELL)
        assert_memory_not_equal(token.bytes + header, text, strlen(text));
    assert_true(lg_gss_unseal(to, token.bytes, token.length, header, &plain));
    assert_string_equal(plain.bytes, text);
    lg_text_free(&token);
    lg_text_free(&plain);
}

static void check_form(enum lg_gss_form form)
{
    struct pair pair = sign_in(form);
    assert_string_equal(lg_gss_peer(pair.server), "anna");
    assert_false(lg_gss_is_kerberos(pair.server));
    assert_true(lg_gss_can_seal(pair.server) && lg_gss_can_seal(pair.client));
    for (int i = 0; i < 3; i++) {
        send_message(pair.client, pair.server, "a request");
        send_message(pair.server, pair.client, "and its reply");
    }
    part(&pair);
}

TEST(ntlm_as_it_is)
{
    check_form(LG_GSS_NTLM);
}

TEST(ntlm_in_spnego)
{
    check_form(LG_GSS_SPNEGO_NTLM);
}

/* The first message each way is the plug-in's, the others are not; with the plug-in at the other
 * side, or at neither, all come through. */
static void check_mixture(enum lg_gss_form form, bool plugin_at_client, bool plugin_at_server)
{
    struct pair pair = sign_in(form);
    pair.client->tried_sent = pair.client->tried_taken = plugin_at_client;
    pair.server->tried_sent = pair.server->tried_taken = plugin_at_server;
    for (size_t length = 1; length < 3000; length = length * 3 + 1) {
        char text[3000];
        memset(text, 'x', length);
        text[length] = '\0';
        send_message(pair.client, pair.server, "a request");
        send_message(pair.client, pair.server, text);
        send_message(pair.server, pair.client, text);
        assert_int_equal(pair.client->sent.cipher != NULL, !plugin_at_client);
        assert_int_equal(pair.client->taken.cipher != NULL, !plugin_at_client);
        assert_int_equal(pair.server->sent.cipher != NULL, !plugin_at_server);
        assert_int_equal(pair.server->taken.cipher != NULL, !plugin_at_server);
    }
    part(&pair);
}

TEST(messages_without_the_plug_in_are_the_same)
{
    for (int form = LG_GSS_SPNEGO_NTLM; form <= LG_GSS_NTLM; form += 2)
        for (int which = 0; which < 4; which++)
            check_mixture((enum lg_gss_form)form, which & 1, which & 2);
}

/* One that does not come out as the plug-in has it leaves all to the plug-in. */
TEST(a_stream_that_disagrees_is_not_used)
{
    struct pair pair = sign_in(LG_GSS_NTLM);
    pair.client->tried_sent = pair.server->tried_taken = true;
    send_message(pair.client, pair.server, "one");
    pair.client->tried_sent = pair.server->tried_taken = false;
    for (int i = 0; i < 3; i++)
        send_message(pair.client, pair.server, "more");
    assert_null(pair.client->sent.cipher);
    assert_null(pair.server->taken.cipher);
    part(&pair);
}

/* ---- who does not get in ---- */

static const struct {
    const char *user;
    const char *password;
} strangers[] = {
    {"anna", "p=w e"}, {"anna", "other"}, {"nobody", "p=w d"}, {"OTHER\\anna", "p=w d"}};

TEST(strangers_stay_outside)
{
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
        for (int form = LG_GSS_SPNEGO_NTLM; form <= LG_GSS_NTLM; form += 2) {
            struct pair pair = meet((enum lg_gss_form)form, strangers[i].user,
                                    strangers[i].password, unbound, unbound);
            talk(&pair);
            assert_int_equal(pair.at_server, LG_GSS_FAILED);
            assert_true(lg_gss_reason(pair.server)[0] != '\0');
            assert_null(strstr(lg_gss_reason(pair.server), strangers[i].password));
            part(&pair);
        }
}

static void check_bindings(struct lg_gss_bindings at_client, struct lg_gss_bindings at_server,
                           enum lg_gss_step expected)
{
    for (int form = LG_GSS_SPNEGO_NTLM; form <= LG_GSS_NTLM; form += 2) {
        struct pair pair = meet((enum lg_gss_form)form, "anna", "p=w d", at_client, at_server);
        talk(&pair);
        if (pair.at_server != expected)
            fail_msg("form %d: %s", form, lg_gss_reason(pair.server));
        part(&pair);
    }
}

TEST(a_channel_that_is_the_same)
{
    const struct lg_gss_bindings one = BINDINGS("tls-server-end-point:1");
    check_bindings(one, one, LG_GSS_DONE);
}

TEST(a_channel_that_is_another)
{
    const struct lg_gss_bindings one = BINDINGS("tls-server-end-point:1");
    const struct lg_gss_bindings other = BINDINGS("tls-server-end-point:2");
    check_bindings(one, other, LG_GSS_FAILED);
}

TEST(a_channel_that_the_client_does_not_name)
{
    const struct lg_gss_bindings one = BINDINGS("tls-server-end-point:1");
    check_bindings(unbound, one, LG_GSS_DONE);
}

TEST(tokens_of_no_known_form)
{
    static const char *const tokens[] = {
        "", "x", "NTLMSSP", "\x60", "\x60\x84\xff\xff\xff\xff", "\x60\x80", "\x60\x05\x06\x06\x2b"};
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        struct lg_text reply = {0};
        struct lg_gss *server = lg_gss_new_server(acceptor, false, &unbound);
        assert_int_equal(lg_gss_step(server, tokens[i], strlen(tokens[i]), &reply), LG_GSS_FAILED);
        assert_int_equal(reply.length, 0);
        lg_gss_free(server);
        lg_text_free(&reply);
    }
}

TEST(kerberos_only_takes_no_ntlm)
{
    struct pair pair = meet(LG_GSS_NTLM, "anna", "p=w d", unbound, unbound);
    lg_gss_free(pair.server);
    pair.server = lg_gss_new_server(acceptor, true, &unbound);
    talk(&pair);
    assert_int_equal(pair.at_server, LG_GSS_FAILED);
    part(&pair);
}

TEST(every_cut_of_a_token)
{
    struct pair pair = meet(LG_GSS_NTLM, "anna", "p=w d", unbound, unbound);
    struct lg_text first = {0}, challenge = {0}, last = {0};
    assert_int_equal(lg_gss_step(pair.client, NULL, 0, &first), LG_GSS_CONTINUES);
    assert_int_equal(lg_gss_step(pair.server, first.bytes, first.length, &challenge),
                     LG_GSS_CONTINUES);
    assert_int_equal(lg_gss_step(pair.client, challenge.bytes, challenge.length, &last),
                     LG_GSS_DONE);
    for (size_t length = 0; length < last.length; length++) {
        struct lg_gss *server = lg_gss_new_server(acceptor, false, &unbound);
        struct lg_text reply = {0};
        lg_gss_step(server, first.bytes, first.length, &reply);
        char *copy = malloc(length + (length == 0));
        memcpy(copy, last.bytes, length);
        assert_int_equal(lg_gss_step(server, copy, length, &reply), LG_GSS_FAILED);
        free(copy);
        lg_text_free(&reply);
        lg_gss_free(server);
    }
    lg_text_free(&first);
    lg_text_free(&challenge);
    lg_text_free(&last);
    part(&pair);
}

/* ---- messages that are not what was sent ---- */

enum change { FLIP_HEADER, FLIP_DATA, CUT, LONGER, HEADER_LESS, HEADER_MORE, CHANGE_COUNT };

static void change_token(enum change change, struct lg_text *token, size_t *header)
{
    token->bytes[4] = (char)(token->bytes[4] ^ (change == FLIP_HEADER));
    token->bytes[token->length - 1] =
        (char)(token->bytes[token->length - 1] ^ (change == FLIP_DATA));
    if (change == CUT)
        token->length--;
    if (change == LONGER)
        lg_text_add(token, "x");
    if (change == HEADER_LESS)
        *header -= 1;
    if (change == HEADER_MORE)
        *header += 1;
}

static void check_changed(int before)
{
    for (int change = 0; change < CHANGE_COUNT; change++) {
        struct pair pair = sign_in(LG_GSS_NTLM);
        for (int i = 0; i < before; i++)
            send_message(pair.client, pair.server, "before");
        struct lg_text token = {0}, plain = {0};
        size_t header;
        assert_true(lg_gss_seal(pair.client, "text", 4, &token, &header));
        change_token((enum change)change, &token, &header);
        assert_false(lg_gss_unseal(pair.server, token.bytes, token.length, header, &plain));
        assert_int_equal(plain.length, 0);
        assert_true(lg_gss_reason(pair.server)[0] != '\0');
        assert_false(lg_gss_can_seal(pair.server));
        lg_text_free(&token);
        lg_text_free(&plain);
        part(&pair);
    }
}

TEST(changed_messages)
{
    check_changed(0);
    check_changed(2);
}

static void check_order(int first, int second, int before)
{
    struct pair pair = sign_in(LG_GSS_SPNEGO_NTLM);
    for (int i = 0; i < before; i++)
        send_message(pair.client, pair.server, "before");
    struct lg_text tokens[2] = {{0}, {0}}, plain = {0};
    size_t header;
    assert_true(lg_gss_seal(pair.client, "one", 3, &tokens[0], &header));
    assert_true(lg_gss_seal(pair.client, "two", 3, &tokens[1], &header));
    bool good =
        lg_gss_unseal(pair.server, tokens[first].bytes, tokens[first].length, header, &plain) &&
        lg_gss_unseal(pair.server, tokens[second].bytes, tokens[second].length, header, &plain);
    assert_int_equal(good, first < second);
    for (int i = 0; i < 2; i++)
        lg_text_free(&tokens[i]);
    lg_text_free(&plain);
    part(&pair);
}

TEST(messages_keep_their_order)
{
    for (int before = 0; before < 3; before++) {
        check_order(0, 1, before);
        check_order(0, 0, before);
        check_order(1, 0, before);
    }
}

TEST(nothing_is_sealed_before_the_end)
{
    struct pair pair = meet(LG_GSS_NTLM, "anna", "p=w d", unbound, unbound);
    struct lg_text token = {0};
    size_t header;
    assert_false(lg_gss_can_seal(pair.client) || lg_gss_can_seal(pair.server));
    assert_false(lg_gss_seal(pair.client, "x", 1, &token, &header));
    assert_false(lg_gss_unseal(pair.server, "0123456789abcdefx", 17, 16, &token));
    assert_int_equal(token.length, 0);
    part(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ntlm_as_it_is),
        cmocka_unit_test(ntlm_in_spnego),
        cmocka_unit_test(messages_without_the_plug_in_are_the_same),
        cmocka_unit_test(a_stream_that_disagrees_is_not_used),
        cmocka_unit_test(strangers_stay_outside),
        cmocka_unit_test(a_channel_that_is_the_same),
        cmocka_unit_test(a_channel_that_is_another),
        cmocka_unit_test(a_channel_that_the_client_does_not_name),
        cmocka_unit_test(tokens_of_no_known_form),
        cmocka_unit_test(kerberos_only_takes_no_ntlm),
        cmocka_unit_test(every_cut_of_a_token),
        cmocka_unit_test(changed_messages),
        cmocka_unit_test(messages_keep_their_order),
        cmocka_unit_test(nothing_is_sealed_before_the_end),
    };
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
