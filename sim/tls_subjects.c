/* The file that tells whom certificates may name, and who that is. */
#include "tls_subjects.h"

#include <ctype.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SHA1_BYTES = sizeof((struct lg_tls_peer *)0)->issuer_sha1 };

/* The digits without what parts them, in their own place. */
static size_t join_digits(char *word)
{
    size_t count = 0;
    for (const char *from = word; *from; from++) {
        bool parts = *from == ':' && count > 0 && count % 2 == 0 && from[-1] != ':';
        if (!parts)
            word[count++] = *from;
    }
    word[count] = '\0';
    return count;
}

static bool read_issuer(char *word, struct lg_subject *subject)
{
    size_t count = join_digits(word);
    gnutls_datum_t digits = {(unsigned char *)word, (unsigned)count};
    subject->issuer_bytes = sizeof subject->issuer;
    return (count == 2 * SHA1_BYTES || count == 2 * LG_TLS_HASH_BYTES) &&
           strspn(word, "0123456789abcdefABCDEF") == count &&
           gnutls_hex_decode(&digits, subject->issuer, &subject->issuer_bytes) == 0;
}

static bool is_pattern(const char *text)
{
    size_t length = strlen(text);
    const char *star = strchr(text, '*');
    return length > 0 && length < LG_TLS_SUBJECT_BYTES &&
           (!star || ((star == text || star == text + length - 1) && !strchr(star + 1, '*')));
}

static bool is_same(const struct lg_subject *left, const struct lg_subject *right)
{
    return left->issuer_bytes == right->issuer_bytes &&
           memcmp(left->issuer, right->issuer, left->issuer_bytes) == 0 &&
           strcasecmp(left->pattern, right->pattern) == 0;
}

static const char *take_line(void *context, char *line)
{
    struct lg_subjects *subjects = context;
    struct lg_subject next = {.account = NULL};
    size_t digits = strcspn(line, " ");
    char *pattern = line + digits + strspn(line + digits, " ");
    char *colon = strrchr(pattern, ':');
    if (!colon)
        return "must be ISSUER SUBJECT:NAME";
    line[digits] = *colon = '\0';
    if (!read_issuer(line, &next))
        return "an issuer is a hash of 40 or 64 hexadecimal digits";
    if (!is_pattern(pattern))
        return "a subject has 1 to 255 bytes, and one * at most, first or last";
    memcpy(next.pattern, pattern, strlen(pattern) + 1);
    next.account = lg_accounts_named(subjects->accounts, colon + 1);
    if (!next.account)
        return "there is no such account";
    for (unsigned i = 0; i < subjects->count; i++)
        if (is_same(&subjects->items[i], &next))
            return "the issuer and the subject are there already";
    if (subjects->count == LG_SUBJECTS_MAX)
        return "more than 64 lines";
    subjects->items[subjects->count++] = next;
    return NULL;
}

bool lg_subjects_load(struct lg_subjects *subjects, const char *path,
                      const struct lg_accounts *accounts, char reason[LG_ACCOUNT_REASON_BYTES])
{
    FILE *file = fopen(path, "r");
    subjects->count = 0;
    subjects->accounts = accounts;
    if (!file) {
        snprintf(reason, LG_ACCOUNT_REASON_BYTES, "%.4096s: %.90s", path, strerror(errno));
        return false;
    }
    bool loaded = lg_account_lines_read(file, path, take_line, subjects, reason);
    fclose(file);
    return loaded;
}

/* ---- finding ---- */

static bool is_of(const struct lg_subject *subject, const struct lg_tls_peer *peer)
{
    const unsigned char *hash =
        subject->issuer_bytes == SHA1_BYTES ? peer->issuer_sha1 : peer->issuer_sha256;
    return peer->has_issuer && memcmp(subject->issuer, hash, subject->issuer_bytes) == 0;
}

static bool fits(const char *pattern, const char *name)
{
    size_t length = strlen(pattern);
    size_t named = strlen(name);
    if (pattern[0] == '*')
        return named >= length - 1 && strcasecmp(pattern + 1, name + named - (length - 1)) == 0;
    if (pattern[length - 1] == '*')
        return strncasecmp(pattern, name, length - 1) == 0;
    return strcasecmp(pattern, name) == 0;
}

const struct lg_account *lg_subjects_find(const struct lg_subjects *subjects,
                                          const struct lg_tls_peer *peer)
{
    const struct lg_account *found = NULL;
    size_t longest = 0;
    for (unsigned i = 0; i < subjects->count; i++) {
        const struct lg_subject *subject = &subjects->items[i];
        size_t length = strlen(subject->pattern);
        if (length < longest || !is_of(subject, peer) || !fits(subject->pattern, peer->subject))
            continue;
        found = length > longest ? subject->account : NULL;
        longest = length;
    }
    return found;
}
