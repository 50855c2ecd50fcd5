/* Addresses and listening sockets. */
#include "endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 128 };

/* An address as text, and back, without casts all over. */
union address {
    struct sockaddr_storage storage;
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    struct sockaddr_un local;
};

static bool fail(char reason[LG_REASON_TEXT], const char *text, const char *what)
{
    snprintf(reason, LG_REASON_TEXT, "%.100s: %.90s", text, what);
    return false;
}

/* A path goes into a file of KEY=value lines that a shell may read. */
static bool is_plain_path(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789/._-+@%,=:";
    return path[strspn(path, plain)] == '\0';
}

static bool parse_path(const char *path, struct lg_endpoint *endpoint, char *reason)
{
    union address address = {.local = {.sun_family = AF_UNIX}};
    if (strlen(path) >= sizeof address.local.sun_path)
        return fail(reason, path, "a socket's path has at most 107 bytes");
    if (!is_plain_path(path))
        return fail(reason, path, "a socket's path has letters, digits and /._-+@%,=: only");
    snprintf(address.local.sun_path, sizeof address.local.sun_path, "%s", path);
    endpoint->address = address.storage;
    endpoint->length = sizeof address.local;
    return true;
}

static bool parse_port(const char *text, in_port_t *port)
{
    unsigned long value = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 5 || text[digits])
        return false;
    for (size_t i = 0; i < digits; i++)
        value = value * 10 + (unsigned long)(text[i] - '0');
    *port = htons((uint16_t)value);
    return value <= 65535;
}

static bool parse_host(const char *host, in_port_t port, struct lg_endpoint *endpoint)
{
    union address address = {.storage = {0}};
    if (inet_pton(AF_INET, host, &address.four.sin_addr) == 1) {
        address.four.sin_family = AF_INET;
        address.four.sin_port = port;
        endpoint->length = sizeof address.four;
    } else if (inet_pton(AF_INET6, host, &address.six.sin6_addr) == 1) {
        address.six.sin6_family = AF_INET6;
        address.six.sin6_port = port;
        endpoint->length = sizeof address.six;
    } else {
        return false;
    }
    endpoint->address = address.storage;
    return true;
}

bool lg_endpoint_parse(const char *text, struct lg_endpoint *endpoint, char reason[LG_REASON_TEXT])
{
    static const char form[] = "must be ADDRESS:PORT in digits, such as 127.0.0.1:0 or [::1]:5985";
    const char *colon = strrchr(text, ':');
    char host[INET6_ADDRSTRLEN + 2];
    in_port_t port;
    memset(endpoint, 0, sizeof *endpoint);
    if (strchr(text, '/'))
        return parse_path(text, endpoint, reason);
    if (!colon || colon - text >= (int)sizeof host || !parse_port(colon + 1, &port))
        return fail(reason, text, form);
    size_t length = (size_t)(colon - text);
    bool bracketed = length > 2 && text[0] == '[' && text[length - 1] == ']';
    snprintf(host, sizeof host, "%.*s", (int)(bracketed ? length - 2 : length), text + bracketed);
    if (bracketed != (strchr(host, ':') != NULL) || !parse_host(host, port, endpoint))
        return fail(reason, text, form);
    return true;
}

bool lg_endpoint_is_unix(const struct lg_endpoint *endpoint)
{
    return endpoint->address.ss_family == AF_UNIX;
}

bool lg_endpoint_is_local(const struct lg_endpoint *endpoint)
{
    union address address = {.storage = endpoint->address};
    if (endpoint->address.ss_family == AF_INET)
        return ntohl(address.four.sin_addr.s_addr) >> 24 == 127;
    if (endpoint->address.ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&address.six.sin6_addr);
    return lg_endpoint_is_unix(endpoint);
}

/* ---- sockets ---- */

/* A socket's file whose process is gone makes room for a new one. */
static bool clear_path(const union address *address, char *reason)
{
    const char *path = address->local.sun_path;
    struct stat found;
    if (lstat(path, &found) != 0)
        return true;
    if (!S_ISSOCK(found.st_mode))
        return fail(reason, path, "is there, and is no socket");
    int probe = socket(AF_UNIX, SOCK_STREAM, 0);
    bool served = probe < 0 || connect(probe, &address->any, sizeof address->local) == 0;
    if (probe >= 0)
        close(probe);
    if (served)
        return fail(reason, path, "another process serves it");
    return unlink(path) == 0 ? true : fail(reason, path, strerror(errno));
}

static bool bind_path(int file, const union address *address, struct lg_endpoint *endpoint)
{
    struct stat made;
    mode_t before = umask(0177);
    bool bound = bind(file, &address->any, endpoint->length) == 0;
    umask(before);
    if (bound && lstat(address->local.sun_path, &made) == 0) {
        endpoint->device = made.st_dev;
        endpoint->inode = made.st_ino;
        endpoint->changed = made.st_mtim;
    }
    return bound;
}

static bool bind_port(int file, union address *address, struct lg_endpoint *endpoint)
{
    int yes = 1;
    setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (address->any.sa_family == AF_INET6)
        setsockopt(file, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (bind(file, &address->any, endpoint->length) != 0)
        return false;
    socklen_t length = sizeof address->storage;
    if (getsockname(file, &address->any, &length) != 0)
        return false;
    endpoint->address = address->storage;
    return true;
}

int lg_endpoint_listen(struct lg_endpoint *endpoint, char reason[LG_REASON_TEXT])
{
    union address address = {.storage = endpoint->address};
    bool local = lg_endpoint_is_unix(endpoint);
    if (local && !clear_path(&address, reason))
        return -1;
    int file = socket(address.any.sa_family, SOCK_STREAM, 0);
    if (file >= 0 && fcntl(file, F_SETFD, FD_CLOEXEC) == 0 &&
        fcntl(file, F_SETFL, O_NONBLOCK) == 0 &&
        (local ? bind_path(file, &address, endpoint) : bind_port(file, &address, endpoint)) &&
        listen(file, BACKLOG) == 0)
        return file;
    char text[LG_ENDPOINT_TEXT];
    int error = errno;
    lg_endpoint_write(endpoint, text);
    fail(reason, text, strerror(error));
    if (file >= 0)
        close(file);
    return -1;
}

void lg_endpoint_remove(const struct lg_endpoint *endpoint)
{
    union address address = {.storage = endpoint->address};
    struct stat found;
    if (lg_endpoint_is_unix(endpoint) && endpoint->inode &&
        lstat(address.local.sun_path, &found) == 0 && found.st_ino == endpoint->inode &&
        found.st_dev == endpoint->device && found.st_mtim.tv_sec == endpoint->changed.tv_sec &&
        found.st_mtim.tv_nsec == endpoint->changed.tv_nsec)
        unlink(address.local.sun_path);
}

void lg_endpoint_write(const struct lg_endpoint *endpoint, char text[LG_ENDPOINT_TEXT])
{
    union address address = {.storage = endpoint->address};
    char host[INET6_ADDRSTRLEN] = "";
    if (lg_endpoint_is_unix(endpoint)) {
        snprintf(text, LG_ENDPOINT_TEXT, "unix:%s", address.local.sun_path);
        return;
    }
    bool six = address.any.sa_family == AF_INET6;
    inet_ntop(address.any.sa_family,
              six ? (const void *)&address.six.sin6_addr : (const void *)&address.four.sin_addr,
              host, sizeof host);
    snprintf(text, LG_ENDPOINT_TEXT, six ? "http://[%s]:%u" : "http://%s:%u", host,
             ntohs(six ? address.six.sin6_port : address.four.sin_port));
}
