/* What a WS-Management client posts with. */
#include "wsman_client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wsman_auth.h"

struct lg_client {
    struct lg_http http;
    struct lg_auth auth;
};

/* What Windows wants to see beside a client's certificate. */
static const char mutual[] = "Authorization: "
                             "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";

static bool by_tokens(enum lg_auth_kind kind)
{
    return kind == LG_AUTH_NEGOTIATE || kind == LG_AUTH_NTLM || kind == LG_AUTH_KERBEROS;
}

bool lg_client_open(struct lg_client **opened, const char *url, const char *path,
                    struct lg_json_error *reason, bool *usage)
{
    struct lg_client *client = calloc(1, sizeof *client);
    *opened = client;
    *usage = false;
    if (!client)
        return lg_json_fail(reason, "no memory");
    if (lg_http_open(&client->http, url, path, reason, usage))
        return true;
    lg_client_close(client);
    *opened = NULL;
    return false;
}

void lg_client_close(struct lg_client *client)
{
    if (!client)
        return;
    lg_auth_free(&client->auth);
    lg_http_close(&client->http);
    free(client);
}

/* ---- options ---- */

static bool fits(const struct lg_wsman_options *options, bool tls, struct lg_json_error *reason)
{
    if (!tls && (options->ca_file || options->pin || options->certificate || options->key))
        return lg_json_fail(reason, "--ca-file, --pin, --cert and --key are for https:// only");
    if (options->ca_file && options->pin)
        return lg_json_fail(reason, "--ca-file or --pin, not both");
    if (options->auth == LG_AUTH_CERTIFICATE && (!tls || !options->certificate))
        return lg_json_fail(reason, "--auth certificate needs https:// and --cert FILE");
    if (options->auth != LG_AUTH_CERTIFICATE && (options->certificate || options->key))
        return lg_json_fail(reason, "--cert and --key are for --auth certificate");
    if (options->auth == LG_AUTH_CERTIFICATE && (options->user || options->accounts))
        return lg_json_fail(reason,
                            "--auth certificate takes no --user and no --accounts: the host "
                            "knows whose it is");
    if (options->proxy && strchr(options->proxy, '@'))
        return lg_json_fail(reason, "--proxy must not hold a name or password: set http_proxy or "
                                    "https_proxy instead");
    return true;
}

static void warn(const struct lg_client *client, const struct lg_wsman_options *options)
{
    if (options->auth == LG_AUTH_BASIC && !lg_http_is_tls(&client->http) && isatty(STDERR_FILENO))
        fprintf(stderr, "lastgood: warning: Basic over http:// sends the password in clear; --auth "
                        "ntlm and kerberos do not\n");
}

bool lg_client_use(struct lg_client *client, const struct lg_wsman_options *options,
                   struct lg_json_error *reason)
{
    struct lg_client_tls *tls = &client->http.tls;
    if (!fits(options, lg_http_is_tls(&client->http), reason))
        return false;
    client->auth.kind = options->auth;
    tls->ca_file = options->ca_file;
    tls->certificate = options->certificate;
    tls->key = options->key;
    tls->pinned = options->pin != NULL;
    if (options->pin && !lg_pin_read(options->pin, tls->pin))
        return lg_json_fail(reason,
                            "--pin must be the SHA-256 of a certificate: 64 hexadecimal digits");
    if (lg_http_is_tls(&client->http) && !lg_client_tls_use(tls, client->http.curl))
        return lg_json_fail(reason, "this libcurl is not built with OpenSSL");
    lg_http_proxy(&client->http, options->proxy, by_tokens(options->auth));
    warn(client, options);
    return options->auth != LG_AUTH_CERTIFICATE || lg_client_header(client, mutual) ||
           lg_json_fail(reason, "no memory");
}

const char *lg_client_url(const struct lg_client *client)
{
    return client->http.url;
}

static bool is_same(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) == 0 : left == right;
}

void lg_client_sign_in(struct lg_client *client, const char *user, const char *password)
{
    struct lg_auth *auth = &client->auth;
    user = user && *user ? user : NULL;
    password = password && *password ? password : NULL;
    if (is_same(auth->user, user) && is_same(auth->password, password))
        return;
    lg_auth_forget(auth);
    if (auth->user)
        lg_http_drop(&client->http);
    auth->user = user;
    auth->password = password;
    if (auth->kind != LG_AUTH_BASIC)
        return;
    curl_easy_setopt(client->http.curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    curl_easy_setopt(client->http.curl, CURLOPT_USERNAME, user);
    curl_easy_setopt(client->http.curl, CURLOPT_PASSWORD, password ? password : "");
}

void lg_client_unix(struct lg_client *client, const char *path)
{
    curl_easy_setopt(client->http.curl, CURLOPT_UNIX_SOCKET_PATH, path);
}

bool lg_client_header(struct lg_client *client, const char *line)
{
    struct curl_slist *grown = curl_slist_append(client->http.extra, line);
    if (grown)
        client->http.extra = grown;
    return grown != NULL;
}

/* ---- posts ---- */

static enum lg_posted read_status(const struct lg_client *client, struct lg_json_error *reason)
{
    long status = client->http.status;
    if (status == 200 || status == 500)
        return LG_POSTED;
    lg_json_fail(reason,
                 status == 401   ? client->auth.kind == LG_AUTH_CERTIFICATE
                                       ? "the host maps this certificate to no account (401)"
                                       : "the host does not accept this account and password (401)"
                 : status == 413 ? "the request is over the host's envelope limit (413)"
                 : status == 407 ? "the proxy asks who calls (407): set http_proxy to "
                                   "http://NAME:PASSWORD@PROXY"
                                 : "the answer has the HTTP status %ld",
                 status);
    return status == 401   ? LG_POSTED_REFUSED
           : status == 413 ? LG_POSTED_TOO_LARGE
                           : LG_POSTED_UNREACHABLE;
}

static enum lg_posted post_plain(struct lg_client *client, const struct lg_http_request *message,
                                 struct lg_text *reply, struct lg_json_error *reason)
{
    switch (lg_http_post(&client->http, message, reply, reason)) {
    case LG_HTTP_ANSWERED: return LG_POSTED;
    case LG_HTTP_LOST: return LG_POSTED_LOST;
    default: return LG_POSTED_UNREACHABLE;
    }
}

enum lg_posted lg_client_post(struct lg_client *client, const char *content_type, const char *bytes,
                              size_t length, struct lg_text *reply, struct lg_json_error *reason)
{
    const struct lg_http_request message = {
        .content_type = content_type, .bytes = bytes, .length = length};
    enum lg_posted posted =
        by_tokens(client->auth.kind)
            ? lg_auth_post(&client->auth, &client->http, &message, reply, reason)
            : post_plain(client, &message, reply, reason);
    return posted == LG_POSTED ? read_status(client, reason) : posted;
}
