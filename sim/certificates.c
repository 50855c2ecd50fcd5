/* The file that tells whose certificates are. */
#include "certificates.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 256 };

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* Past the digits, or NULL. */
static const char *read_hash(const char *text, unsigned char hash[LG_SHA256_BYTES])
{
    for (int i = 0; i < LG_SHA256_BYTES; i++) {
        if (i > 0 && *text == ':')
            text++;
        int high = digit(text[0]);
        int low = high < 0 ? -1 : digit(text[1]);
        if (low < 0)
            return NULL;
        hash[i] = (unsigned char)(high << 4 | low);
        text += 2;
    }
    return text;
}

static const char *take_line(struct lg_certificates *certificates,
                             const struct lg_accounts *accounts, const char *line)
{
    struct lg_certificate *next = &certificates->items[certificates->count];
    if (certificates->count == LG_CERTIFICATES_MAX)
        return "more than 256 certificates";
    const char *name = read_hash(line, next->sha256);
    if (!name || (*name != ' ' && *name != '\t'))
        return "must be SHA256 NAME";
    if (lg_certificates_find(certificates, next->sha256))
        return "the certificate is there already";
    next->account = lg_accounts_named(accounts, name + strspn(name, " \t"));
    if (!next->account)
        return "there is no such account";
    certificates->count++;
    return NULL;
}

static bool fail(char *reason, const char *path, unsigned line, const char *what)
{
    snprintf(reason, LG_ACCOUNT_REASON_BYTES, "%.80s: line %u: %.90s", path, line, what);
    return false;
}

bool lg_certificates_load(struct lg_certificates *certificates, const char *path,
                          const struct lg_accounts *accounts, char reason[LG_ACCOUNT_REASON_BYTES])
{
    FILE *file = fopen(path, "r");
    char line[LINE_BYTES];
    const char *wrong = NULL;
    unsigned number = 0;
    certificates->count = 0;
    if (!file) {
        snprintf(reason, LG_ACCOUNT_REASON_BYTES, "%.80s: %.90s", path, strerror(errno));
        return false;
    }
    while (!wrong && fgets(line, sizeof line, file)) {
        number++;
        if (!strchr(line, '\n') && !feof(file))
            wrong = "longer than 255 bytes";
        line[strcspn(line, "\r\n")] = '\0';
        if (!wrong && *line && *line != '#')
            wrong = take_line(certificates, accounts, line);
    }
    if (!wrong && ferror(file))
        wrong = "cannot be read";
    fclose(file);
    return !wrong ? true : fail(reason, path, number, wrong);
}

const struct lg_account *lg_certificates_find(const struct lg_certificates *certificates,
                                              const unsigned char sha256[LG_SHA256_BYTES])
{
    for (unsigned i = 0; i < certificates->count; i++)
        if (memcmp(certificates->items[i].sha256, sha256, LG_SHA256_BYTES) == 0)
            return certificates->items[i].account;
    return NULL;
}
