/* The control channel over libcurl. */
#include "ctl_client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

enum { CONNECT_SECONDS = 10, ANSWER_SECONDS = 120 };

static const char unix_prefix[] = "unix:";

static size_t receive(char *bytes, size_t size, size_t count, void *context)
{
    struct lg_text *answer = context;
    lg_text_add_bytes(answer, bytes, size * count);
    return answer->failed ? 0 : size * count;
}

static const char *socket_of(const struct lg_ctl_place *place)
{
    size_t length = sizeof unix_prefix - 1;
    return strncmp(place->url, unix_prefix, length) == 0 ? place->url + length : NULL;
}

static void write_url(const struct lg_ctl_place *place, const char *path, char *url, size_t size)
{
    size_t length = strlen(place->url);
    while (length > 0 && place->url[length - 1] == '/')
        length--;
    if (socket_of(place))
        snprintf(url, size, "http://localhost%s", path);
    else
        snprintf(url, size, "%.*s%s", (int)length, place->url, path);
}

/* Nothing of the user's environment, such as a proxy, has a say in this. */
static void set_options(CURL *curl, const struct lg_ctl_place *place, struct curl_slist *headers,
                        const char *body, struct lg_text *answer)
{
    const char *path = socket_of(place);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ANSWER_SECONDS);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (path)
        curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, path);
    if (body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    }
}

static const char *meaning_of(long status)
{
    switch (status) {
    case 401: return "the token is wrong";
    case 404: return "there is nothing of that name; is a recording written?";
    case 413: return "the request is too large";
    default: return "this is no control channel of lastgood-sim";
    }
}

static bool perform(CURL *curl, const struct lg_ctl_place *place, char *reason)
{
    long status = 0;
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK)
        snprintf(reason, LG_CTL_REASON_BYTES, "%.150s: %.150s", place->url,
                 curl_easy_strerror(code));
    else if (status != 200)
        snprintf(reason, LG_CTL_REASON_BYTES, "%.150s: %s (HTTP %ld)", place->url,
                 meaning_of(status), status);
    return code == CURLE_OK && status == 200;
}

bool lg_ctl_send(const struct lg_ctl_place *place, const char *path, const char *body,
                 struct lg_text *answer, char reason[LG_CTL_REASON_BYTES])
{
    char url[LG_CTL_URL_BYTES + 64];
    char token[LG_CTL_TOKEN_BYTES + 32];
    CURL *curl = curl_easy_init();
    snprintf(reason, LG_CTL_REASON_BYTES, "no memory");
    snprintf(token, sizeof token, "Authorization: Bearer %s", place->token);
    write_url(place, path, url, sizeof url);
    struct curl_slist *headers = curl_slist_append(NULL, token);
    if (headers && curl_slist_append(headers, "Content-Type: application/json") && curl &&
        curl_slist_append(headers, "Expect:")) {
        curl_easy_setopt(curl, CURLOPT_URL, url);
        set_options(curl, place, headers, body, answer);
        bool sent = perform(curl, place, reason);
        curl_slist_free_all(headers);
        curl_easy_cleanup(curl);
        return sent;
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return false;
}
