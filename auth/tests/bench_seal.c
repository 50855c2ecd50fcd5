/* What sealing costs without HTTP: the processor time of one call, whose request and reply are
 * sealed on one side and unsealed on the other, by the library alone and by auth/gss.h.
 *
 *     bench_seal ntlm|kerberos USER PASSWORD FILE REQUEST_BYTES REPLY_BYTES
 *
 * FILE has the accounts of NTLM or the keys of HTTP/localhost. Prints microseconds: of the library,
 * and of all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth/gss_parts.h"

enum { CALLS = 4000, ROUNDS = 5, BYTES_MAX = 1024 * 1024, ARGUMENTS = 7 };

struct pair {
    struct lg_gss_acceptor *acceptor;
    struct lg_gss *client;
    struct lg_gss *server;
    struct lg_text token; /* room */
    struct lg_text plain;
};

static bool fail(const char *what)
{
    fprintf(stderr, "bench_seal: %s\n", what);
    return false;
}

static bool meet(struct pair *pair)
{
    struct lg_text to_server = {0};
    struct lg_text to_client = {0};
    enum lg_gss_step at_client = LG_GSS_CONTINUES;
    enum lg_gss_step at_server = LG_GSS_CONTINUES;
    while (at_client == LG_GSS_CONTINUES) {
        at_client = lg_gss_step(pair->client, to_client.bytes, to_client.length, &to_server);
        lg_text_clear(&to_client);
        if (at_server == LG_GSS_CONTINUES && to_server.length > 0)
            at_server = lg_gss_step(pair->server, to_server.bytes, to_server.length, &to_client);
        lg_text_clear(&to_server);
    }
    lg_text_free(&to_server);
    lg_text_free(&to_client);
    return at_client == LG_GSS_DONE && at_server == LG_GSS_DONE;
}

static bool open_pair(struct pair *pair, char **words)
{
    char reason[LG_GSS_REASON_BYTES];
    bool ntlm = strcmp(words[1], "ntlm") == 0;
    const struct lg_gss_service service = {.ntlm = ntlm,
                                           .kerberos = !ntlm,
                                           .keytab = ntlm ? NULL : words[4],
                                           .ntlm_accounts = ntlm ? words[4] : NULL,
                                           .machine = "LASTGOOD"};
    const struct lg_gss_login login = {.form = ntlm ? LG_GSS_NTLM : LG_GSS_KERBEROS,
                                       .host = "localhost",
                                       .user = words[2],
                                       .password = words[3]};
    const struct lg_gss_bindings none = {NULL, 0};
    pair->acceptor = lg_gss_acceptor_new(&service, reason);
    pair->client = pair->acceptor ? lg_gss_new_client(&login, reason) : NULL;
    if (!pair->client)
        return fail(reason);
    pair->server = lg_gss_new_server(pair->acceptor, !ntlm, &none);
    return (pair->server && meet(pair)) || fail("they did not agree");
}

/* ---- one message ---- */

static bool by_library(struct pair *pair, struct lg_gss *from, struct lg_gss *to, const char *bytes,
                       size_t length)
{
    gss_buffer_desc plain = {length, (char *)bytes};
    gss_buffer_desc sealed = GSS_C_EMPTY_BUFFER;
    gss_buffer_desc back = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    (void)pair;
    bool good = gss_wrap(&minor, from->context, 1, GSS_C_QOP_DEFAULT, &plain, NULL, &sealed) == 0 &&
                gss_unwrap(&minor, to->context, &sealed, &back, NULL, NULL) == 0;
    good = good && back.length == length;
    gss_release_buffer(&minor, &sealed);
    gss_release_buffer(&minor, &back);
    return good;
}

static bool by_all(struct pair *pair, struct lg_gss *from, struct lg_gss *to, const char *bytes,
                   size_t length)
{
    size_t header = 0;
    lg_text_clear(&pair->token);
    lg_text_clear(&pair->plain);
    return lg_gss_seal(from, bytes, length, &pair->token, &header) &&
           lg_gss_unseal(to, pair->token.bytes, pair->token.length, header, &pair->plain) &&
           pair->plain.length == length;
}

typedef bool message_fn(struct pair *pair, struct lg_gss *from, struct lg_gss *to,
                        const char *bytes, size_t length);

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* The best of some rounds; negative: it failed. */
static double measure(struct pair *pair, message_fn *message, const char *bytes, size_t request,
                      size_t reply)
{
    double best = -1;
    for (int round = 0; round < ROUNDS; round++) {
        double start = now_us();
        for (int call = 0; call < CALLS; call++)
            if (!message(pair, pair->client, pair->server, bytes, request) ||
                !message(pair, pair->server, pair->client, bytes, reply))
                return -1;
        double took = (now_us() - start) / (double)CALLS;
        best = best < 0 || took < best ? took : best;
    }
    return best;
}

static void close_pair(struct pair *pair)
{
    lg_gss_free(pair->client);
    lg_gss_free(pair->server);
    lg_gss_acceptor_free(pair->acceptor);
    lg_text_free(&pair->token);
    lg_text_free(&pair->plain);
}

int main(int argc, char **argv)
{
    static char bytes[BYTES_MAX];
    struct pair pair = {0};
    size_t request = argc == ARGUMENTS ? strtoul(argv[5], NULL, 10) : 0;
    size_t reply = argc == ARGUMENTS ? strtoul(argv[6], NULL, 10) : 0;
    if (request == 0 || request > BYTES_MAX || reply == 0 || reply > BYTES_MAX)
        return !fail("usage: bench_seal ntlm|kerberos USER PASSWORD FILE REQUEST_BYTES "
                     "REPLY_BYTES");
    bool good = open_pair(&pair, argv);
    double all = good ? measure(&pair, by_all, bytes, request, reply) : -1;
    double library = good ? measure(&pair, by_library, bytes, request, reply) : -1;
    close_pair(&pair);
    printf("%.2f %.2f\n", library, all);
    return library < 0 || all < 0;
}
