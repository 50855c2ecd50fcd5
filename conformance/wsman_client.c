/* HTTP by libcurl. */
#include "wsman_client.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "interrupt.h"

enum { URL_BYTES = 1024, CONNECT_SECONDS = 15 };

struct lg_client {
    CURL *curl;
    struct curl_slist *extra; /* headers of every request */
    char url[URL_BYTES];
};

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
    if (strlen(url) > URL_BYTES - 16)
        return lg_json_fail(reason, "the URL is longer than %d bytes", URL_BYTES - 16);
    if (memchr(host + 3, '@', strcspn(host + 3, "/")))
        return lg_json_fail(reason, "a URL must not hold a name or password: --user, and "
                                    "LASTGOOD_PASSWORD or --password-file");
    return true;
}

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

static void set_options(struct lg_client *client)
{
    CURL *curl = client->curl;
    curl_easy_setopt(curl, CURLOPT_URL, client->url);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* what is signed in with goes to nobody else */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)LG_REPLY_SECONDS_MAX);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_when_interrupted);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "lastgood");
}

bool lg_client_open(struct lg_client **opened, const char *url, const char *path,
                    struct lg_json_error *reason, bool *usage)
{
    struct lg_client *client;
    *usage = true;
    *opened = NULL;
    if (!is_url(url, reason))
        return false;
    *usage = false;
    client = calloc(1, sizeof *client);
    if (!client || !(client->curl = curl_easy_init())) {
        free(client);
        return lg_json_fail(reason, "no memory");
    }
    size_t length = strlen(url);
    memcpy(client->url, url, length + 1);
    if (!has_path(url))
        strcat(client->url, path + (url[length - 1] == '/'));
    set_options(client);
    *opened = client;
    return true;
}

void lg_client_close(struct lg_client *client)
{
    if (!client)
        return;
    curl_easy_cleanup(client->curl);
    curl_slist_free_all(client->extra);
    free(client);
}

const char *lg_client_url(const struct lg_client *client)
{
    return client->url;
}

void lg_client_sign_in(struct lg_client *client, const char *user, const char *password)
{
    curl_easy_setopt(client->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    curl_easy_setopt(client->curl, CURLOPT_USERNAME, user);
    curl_easy_setopt(client->curl, CURLOPT_PASSWORD, password);
}

void lg_client_unix(struct lg_client *client, const char *path)
{
    curl_easy_setopt(client->curl, CURLOPT_UNIX_SOCKET_PATH, path);
}

bool lg_client_header(struct lg_client *client, const char *line)
{
    struct curl_slist *grown = curl_slist_append(client->extra, line);
    if (grown)
        client->extra = grown;
    return grown != NULL;
}

/* Those that libcurl may only say once the request was on its way. */
static bool was_sent(CURLcode code)
{
    return code == CURLE_OPERATION_TIMEDOUT || code == CURLE_GOT_NOTHING ||
           code == CURLE_RECV_ERROR || code == CURLE_PARTIAL_FILE;
}

static enum lg_posted fail(CURLcode code, CURL *curl, struct lg_json_error *reason)
{
    long sent = 0;
    curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        lg_json_fail(reason, "interrupted");
    else
        lg_json_fail(reason, "no answer: %s", curl_easy_strerror(code));
    return was_sent(code) && sent > 0 ? LG_POSTED_LOST : LG_POSTED_UNREACHABLE;
}

static enum lg_posted take_status(CURL *curl, struct lg_json_error *reason)
{
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status == 200 || status == 500)
        return LG_POSTED;
    lg_json_fail(reason,
                 status == 401   ? "the host does not accept this account and password (401)"
                 : status == 413 ? "the request is over the host's envelope limit (413)"
                                 : "the answer has the HTTP status %ld",
                 status);
    return status == 401   ? LG_POSTED_REFUSED
           : status == 413 ? LG_POSTED_TOO_LARGE
                           : LG_POSTED_UNREACHABLE;
}

/* The headers of one request, to be released; NULL: no memory. */
static struct curl_slist *headers_of(const struct lg_client *client, const char *content_type)
{
    char line[128] = "Content-Type: ";
    strncat(line, content_type, sizeof line - strlen(line) - 1);
    struct curl_slist *list = curl_slist_append(NULL, line);
    struct curl_slist *whole = list ? curl_slist_append(list, "Expect:") : NULL;
    for (const struct curl_slist *at = client->extra; whole && at; at = at->next)
        whole = curl_slist_append(list, at->data);
    if (!whole)
        curl_slist_free_all(list);
    return whole ? list : NULL;
}

enum lg_posted lg_client_post(struct lg_client *client, const char *content_type, const char *bytes,
                              size_t length, struct lg_text *reply, struct lg_json_error *reason)
{
    CURL *curl = client->curl;
    struct curl_slist *headers = headers_of(client, content_type);
    if (!headers) {
        lg_json_fail(reason, "no memory");
        return LG_POSTED_UNREACHABLE;
    }
    lg_text_clear(reply);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, bytes);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    return code == CURLE_OK ? take_status(curl, reason) : fail(code, curl, reason);
}
