/* HTTP by libcurl. */
#include "wsman_http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "interrupt.h"

enum { CONNECT_SECONDS = 15, OFFERS_BYTES_MAX = 256 * 1024 };

_Static_assert(CURL_ERROR_SIZE <= sizeof((struct lg_http *)0)->problem, "libcurl writes so much");

/* ---- URLs ---- */

static bool has_path(const char *url)
{
    const char *host = strstr(url, "://");
    const char *slash = host ? strchr(host + 3, '/') : NULL;
    return slash && slash[1];
}

static bool is_url(const char *url, struct lg_json_error *reason)
{
    const char *host = strstr(url, "://");
    if (!host || !host[3] || (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0))
        return lg_json_fail(reason, "no URL of http:// or https://: %.100s", url);
    if (strlen(url) > LG_URL_BYTES - 16)
        return lg_json_fail(reason, "the URL is longer than %d bytes", LG_URL_BYTES - 16);
    if (memchr(host + 3, '@', strcspn(host + 3, "/")))
        return lg_json_fail(reason, "a URL must not hold a name or password: --user, and "
                                    "LASTGOOD_PASSWORD or --password-file");
    return true;
}

void lg_http_host(const struct lg_http *http, char host[LG_URL_BYTES])
{
    const char *from = strstr(http->url, "://") + 3;
    bool bracketed = *from == '[';
    size_t length = strcspn(from += bracketed, bracketed ? "]" : ":/");
    memcpy(host, from, length);
    host[length] = '\0';
}

bool lg_http_is_tls(const struct lg_http *http)
{
    return strncmp(http->url, "https://", 8) == 0;
}

/* ---- what libcurl asks ---- */

static int stop_when_interrupted(void *context, curl_off_t a, curl_off_t b, curl_off_t c,
                                 curl_off_t d)
{
    (void)context, (void)a, (void)b, (void)c, (void)d;
    return lg_interrupted();
}

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    struct lg_text *reply = context;
    if (reply->length + size * count > LG_REPLY_BYTES_MAX)
        return 0;
    lg_text_add_bytes(reply, bytes, size * count);
    return reply->failed ? 0 : size * count;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    static const char name[] = "WWW-Authenticate:";
    struct lg_http *http = context;
    size_t length = size * count;
    if (length < sizeof name || strncasecmp(bytes, name, sizeof name - 1) != 0)
        return length;
    if (http->offers.length + length > OFFERS_BYTES_MAX)
        return 0;
    size_t from = sizeof name - 1;
    while (from < length && (bytes[from] == ' ' || bytes[from] == '\t'))
        from++;
    while (length > from && strchr("\r\n \t", bytes[length - 1]))
        length--;
    lg_text_add_bytes(&http->offers, bytes + from, length - from);
    lg_text_add(&http->offers, "\n");
    return http->offers.failed ? 0 : size * count;
}

/* libcurl sends a request once more when a kept connection turns out to be closed: not here. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct lg_http *http = context;
    (void)purpose;
    http->refused = http->begun || http->bound;
    return http->refused ? CURL_SOCKET_BAD
                         : socket(address->family, address->socktype, address->protocol);
}

static int begin(void *context, char *remote, char *local, int remote_port, int local_port)
{
    struct lg_http *http = context;
    (void)remote, (void)local, (void)remote_port, (void)local_port;
    http->begun = true;
    return CURL_PREREQFUNC_OK;
}

static void set_callbacks(struct lg_http *http)
{
    CURL *curl = http->curl;
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_when_interrupted);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, http);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, http);
    curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, begin);
    curl_easy_setopt(curl, CURLOPT_PREREQDATA, http);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->problem);
}

static void set_options(struct lg_http *http)
{
    CURL *curl = http->curl;
    curl_easy_setopt(curl, CURLOPT_URL, http->url);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* what is signed in with goes to nobody else */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)LG_REPLY_SECONDS_MAX);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 1L);
    curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "lastgood");
    set_callbacks(http);
}

/* ---- opening and closing ---- */

bool lg_http_open(struct lg_http *http, const char *url, const char *path,
                  struct lg_json_error *reason, bool *usage)
{
    memset(http, 0, sizeof *http);
    *usage = true;
    if (!is_url(url, reason))
        return false;
    *usage = false;
    http->curl = curl_easy_init();
    if (!http->curl)
        return lg_json_fail(reason, "no memory");
    size_t length = strlen(url);
    memcpy(http->url, url, length + 1);
    if (!has_path(url))
        strcat(http->url, path + (url[length - 1] == '/'));
    set_options(http);
    return true;
}

void lg_http_close(struct lg_http *http)
{
    if (http->curl)
        curl_easy_cleanup(http->curl);
    curl_slist_free_all(http->extra);
    lg_text_free(&http->offers);
    http->curl = http->extra = NULL;
}

void lg_http_proxy(struct lg_http *http, const char *proxy, bool tunnel)
{
    curl_easy_setopt(http->curl, CURLOPT_PROXY, proxy);
    curl_easy_setopt(http->curl, CURLOPT_HTTPPROXYTUNNEL, tunnel ? 1L : 0L);
}

/* A handle keeps its connections to itself: they end with it. */
bool lg_http_drop(struct lg_http *http)
{
    CURL *fresh = curl_easy_duphandle(http->curl);
    http->bound = false;
    if (!fresh)
        return false;
    curl_easy_cleanup(http->curl);
    http->curl = fresh;
    return true;
}

/* ---- posts ---- */

/* Those that libcurl may only say once the request was on its way. */
static bool was_sent(CURLcode code)
{
    return code == CURLE_OPERATION_TIMEDOUT || code == CURLE_GOT_NOTHING ||
           code == CURLE_RECV_ERROR || code == CURLE_PARTIAL_FILE || code == CURLE_COULDNT_CONNECT;
}

static void explain(const struct lg_http *http, CURLcode code, struct lg_json_error *reason)
{
    switch (code) {
    case CURLE_ABORTED_BY_CALLBACK: lg_json_fail(reason, "interrupted"); break;
    case CURLE_PEER_FAILED_VERIFICATION: lg_client_tls_explain(&http->tls, reason); break;
    case CURLE_SSL_CERTPROBLEM:
        lg_json_fail(reason,
                     "--cert or --key is no PEM file with a certificate and its key: "
                     "%.100s",
                     http->problem);
        break;
    case CURLE_SSL_CACERT_BADFILE:
        lg_json_fail(reason, "--ca-file is no PEM file with certificates: %.100s",
                     http->tls.ca_file);
        break;
    default:
        lg_json_fail(reason, "no answer: %.150s",
                     http->problem[0] ? http->problem : curl_easy_strerror(code));
    }
}

static enum lg_http_sent fail(const struct lg_http *http, CURLcode code,
                              struct lg_json_error *reason)
{
    if (http->refused && !http->begun) {
        lg_json_fail(reason, "the host has closed the connection");
        return LG_HTTP_CLOSED;
    }
    if (http->refused)
        lg_json_fail(reason, "no answer: the host closed the connection");
    else
        explain(http, code, reason);
    return http->begun && was_sent(code) ? LG_HTTP_LOST : LG_HTTP_UNREACHABLE;
}

/* The headers of one request, to be released; NULL: no memory. */
static struct curl_slist *headers_of(const struct lg_http *http,
                                     const struct lg_http_request *request)
{
    char line[LG_CONTENT_TYPE_BYTES] = "Content-Type: ";
    strncat(line, request->content_type, sizeof line - strlen(line) - 1);
    struct curl_slist *list = curl_slist_append(NULL, line);
    struct curl_slist *whole = list ? curl_slist_append(list, "Expect:") : NULL;
    if (whole && request->authorization)
        whole = curl_slist_append(list, request->authorization);
    for (const struct curl_slist *at = http->extra; whole && at; at = at->next)
        whole = curl_slist_append(list, at->data);
    if (!whole)
        curl_slist_free_all(list);
    return whole ? list : NULL;
}

static CURLcode perform(struct lg_http *http, const struct lg_http_request *request,
                        struct curl_slist *headers, struct lg_text *reply)
{
    CURL *curl = http->curl;
    http->begun = http->refused = false;
    http->problem[0] = http->content_type[0] = '\0';
    http->status = 0;
    lg_text_clear(&http->offers);
    lg_text_clear(reply);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->length);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->length ? request->bytes : "");
    CURLcode code = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
    return code;
}

enum lg_http_sent lg_http_post(struct lg_http *http, const struct lg_http_request *request,
                               struct lg_text *reply, struct lg_json_error *reason)
{
    const char *type = NULL;
    struct curl_slist *headers = headers_of(http, request);
    if (!headers) {
        lg_json_fail(reason, "no memory");
        return LG_HTTP_UNREACHABLE;
    }
    CURLcode code = perform(http, request, headers, reply);
    curl_slist_free_all(headers);
    if (code != CURLE_OK)
        return fail(http, code, reason);
    curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &http->status);
    curl_easy_getinfo(http->curl, CURLINFO_CONTENT_TYPE, &type);
    if (type && strlen(type) < sizeof http->content_type)
        strcpy(http->content_type, type);
    return LG_HTTP_ANSWERED;
}
