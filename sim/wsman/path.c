/* WMI object paths. */
#include "sim/wsman/addressing.h"

#include <string.h>

struct scanner {
    const char *at;
    char *room; /* where the next string goes */
    size_t room_left;
};

static bool is_name(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static void skip_white(struct scanner *scanner)
{
    scanner->at += strspn(scanner->at, " \t\r\n");
}

static bool put(struct scanner *scanner, char c)
{
    if (scanner->room_left == 0) {
        return false;
    }
    *scanner->room++ = c;
    scanner->room_left--;
    return true;
}

static bool put_name(struct scanner *scanner)
{
    while (is_name(*scanner->at)) {
        if (!put(scanner, *scanner->at++)) {
            return false;
        }
    }
    return put(scanner, '\0');
}

/* A string in double or single quotes, where a backslash takes the next character as it is. */
static bool put_quoted(struct scanner *scanner)
{
    const char quote = *scanner->at++;
    while (*scanner->at != quote) {
        scanner->at += *scanner->at == '\\' ? 1 : 0;
        if (*scanner->at == '\0' || !put(scanner, *scanner->at++)) {
            return false;
        }
    }
    scanner->at++;
    return put(scanner, '\0');
}

/* A number, TRUE or FALSE. */
static bool put_bare(struct scanner *scanner)
{
    const char *start = scanner->at;
    while (is_name(*scanner->at) || *scanner->at == '-' || *scanner->at == '+') {
        if (!put(scanner, *scanner->at++)) {
            return false;
        }
    }
    return scanner->at > start && put(scanner, '\0');
}

static bool read_value(struct scanner *scanner, const char **value)
{
    skip_white(scanner);
    *value = scanner->room;
    const bool is_quoted = *scanner->at == '"' || *scanner->at == '\'';
    return is_quoted ? put_quoted(scanner) : put_bare(scanner);
}

static bool read_key(struct scanner *scanner, struct lg_resource *resource)
{
    struct lg_selector key = {.name = scanner->room};
    skip_white(scanner);
    if (!put_name(scanner) || key.name[0] == '\0') {
        return false;
    }
    skip_white(scanner);
    if (*scanner->at != '=') {
        return false;
    }
    scanner->at++;
    if (resource->selector_count == LG_SELECTORS_MAX || !read_value(scanner, &key.value) ||
        lg_resource_selector(resource, key.name) != NULL) {
        return false;
    }
    resource->selectors[resource->selector_count++] = key;
    return true;
}

/* What follows the class: nothing, .Key=value,... or =value, or =@ for the only instance. */
static bool read_keys(struct scanner *scanner, struct lg_resource *resource)
{
    if (*scanner->at == '=' && scanner->at[1] == '@') {
        scanner->at += 2;
    } else if (*scanner->at == '=') {
        struct lg_selector *key = &resource->selectors[resource->selector_count++];
        scanner->at++;
        key->name = "";
        if (!read_value(scanner, &key->value)) {
            return false;
        }
    } else if (*scanner->at == '.') {
        do {
            scanner->at++;
            if (!read_key(scanner, resource)) {
                return false;
            }
            skip_white(scanner);
        } while (*scanner->at == ',');
    }
    skip_white(scanner);
    return *scanner->at == '\0';
}

/* \\HOST\ and a namespace up to the colon, each of which may be absent. */
static bool read_front(struct scanner *scanner, struct lg_resource *resource)
{
    const char *colon = scanner->at + strcspn(scanner->at, ":.=\"'");
    if (*colon != ':') {
        return true;
    }
    const char *at = scanner->at;
    const bool has_host = strspn(at, "\\/") >= 2;
    at += strspn(at, "\\/");
    at += has_host ? strcspn(at, "\\/:") : 0;
    at += strspn(at, "\\/");
    const size_t length = at < colon ? (size_t)(colon - at) : 0;
    if (length >= sizeof resource->space) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        const char c = at[i] == '\\' ? '/' : at[i];
        resource->space[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    scanner->at = colon + 1;
    return true;
}

bool lg_path_read(const char *path, struct lg_resource *resource, char *room, size_t room_size)
{
    struct scanner scanner = {.at = path, .room = room, .room_left = room_size};
    memset(resource, 0, sizeof *resource);
    resource->uri = "";
    resource->family = LG_URI_WMI;
    skip_white(&scanner);
    if (!read_front(&scanner, resource)) {
        return false;
    }
    size_t length = 0;
    while (is_name(scanner.at[length])) {
        length++;
    }
    if (length == 0 || length >= sizeof resource->class_name) {
        return false;
    }
    memcpy(resource->class_name, scanner.at, length);
    scanner.at += length;
    return read_keys(&scanner, resource);
}
