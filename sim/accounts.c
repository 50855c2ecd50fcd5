/* Account files and passwords. */
#include "accounts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "model/trace_json.h"

static bool fail(char *reason, const char *path, unsigned line, const char *what)
{
    snprintf(reason, LG_ACCOUNT_REASON_BYTES, "%.4096s: line %u: %.90s", path, line, what);
    return false;
}

static int find_role(const char *word)
{
    for (int i = 0; i < LG_ROLE_COUNT; i++)
        if (strcmp(lg_role_words[i], word) == 0)
            return i;
    return -1;
}

static bool has_control_characters(const char *line)
{
    for (; *line; line++)
        if ((unsigned char)*line < ' ' || *line == 0x7F)
            return true;
    return false;
}

const struct lg_account *lg_accounts_named(const struct lg_accounts *accounts, const char *name)
{
    for (unsigned i = 0; i < accounts->count; i++)
        if (strcasecmp(accounts->items[i].name, name) == 0)
            return &accounts->items[i];
    return NULL;
}

const struct lg_account *lg_accounts_of_principal(const struct lg_accounts *accounts,
                                                  const char *principal, bool of_kerberos)
{
    char name[LG_ACCOUNT_NAME_BYTES];
    const char *slash = strchr(principal, '\\');
    const struct lg_account *whole = lg_accounts_named(accounts, principal);
    if (!of_kerberos)
        return lg_accounts_named(accounts, slash ? slash + 1 : principal);
    size_t length = strcspn(principal, "@");
    if (whole || slash || length >= sizeof name)
        return whole;
    memcpy(name, principal, length);
    name[length] = '\0';
    return lg_accounts_named(accounts, name);
}

/* What is wrong with a line that is no comment; NULL after it was taken. */
static const char *take_line(void *context, char *line)
{
    struct lg_accounts *accounts = context;
    char *first = strchr(line, ':');
    char *last = strrchr(line, ':');
    if (!first || first == last)
        return "must be NAME:PASSWORD:ROLE";
    *first = '\0';
    *last = '\0';
    int role = find_role(last + 1);
    if (role < 0)
        return "the role must be administrator, hyperv_administrator or user";
    if (!*line || strlen(line) >= LG_ACCOUNT_NAME_BYTES || strchr(line, '\\'))
        return "a name has 1 to 64 bytes and no backslash";
    if (last == first + 1 || strlen(first + 1) >= LG_ACCOUNT_PASSWORD_BYTES)
        return "a password has 1 to 255 bytes";
    if (lg_accounts_named(accounts, line))
        return "the name is there already";
    if (accounts->count == LG_ACCOUNTS_MAX)
        return "more than 64 accounts";
    struct lg_account *account = &accounts->items[accounts->count++];
    memset(account, 0, sizeof *account);
    memcpy(account->name, line, strlen(line));
    memcpy(account->password, first + 1, strlen(first + 1));
    account->role = (uint8_t)role;
    return NULL;
}

/* A line without its end. False at the end of the file; *wrong says what is wrong with the line. */
static bool read_line(FILE *file, char line[LG_ACCOUNT_LINE_BYTES], const char **wrong)
{
    size_t length = 0;
    int byte;
    *wrong = NULL;
    while ((byte = getc(file)) != EOF && byte != '\n') {
        if (length + 1 == LG_ACCOUNT_LINE_BYTES) {
            *wrong = "longer than 511 bytes";
            return true;
        }
        if (byte == '\0')
            *wrong = "a control character";
        line[length++] = (char)byte;
    }
    if (length > 0 && line[length - 1] == '\r')
        length--;
    line[length] = '\0';
    return byte != EOF || length > 0;
}

enum { LINES_MAX = 4096 };

bool lg_account_lines_read(FILE *file, const char *path,
                           const char *(*take)(void *context, char *line), void *context,
                           char reason[LG_ACCOUNT_REASON_BYTES])
{
    char line[LG_ACCOUNT_LINE_BYTES];
    const char *wrong;
    for (unsigned number = 1; read_line(file, line, &wrong); number++) {
        if (number > LINES_MAX)
            return fail(reason, path, number, "more than 4096 lines");
        if (!wrong && *line && *line != '#')
            wrong = has_control_characters(line) ? "a control character" : take(context, line);
        if (wrong)
            return fail(reason, path, number, wrong);
    }
    return !ferror(file) ? true : fail(reason, path, 1, "cannot be read");
}

bool lg_accounts_load(struct lg_accounts *accounts, const char *path, bool *open_to_others,
                      char reason[LG_ACCOUNT_REASON_BYTES])
{
    struct stat found;
    FILE *file = fopen(path, "r");
    memset(accounts, 0, sizeof *accounts);
    if (!file || fstat(fileno(file), &found) != 0 || S_ISDIR(found.st_mode)) {
        snprintf(reason, LG_ACCOUNT_REASON_BYTES, "%.4096s: %.90s", path,
                 file ? "is no file" : strerror(errno));
        if (file)
            fclose(file);
        return false;
    }
    *open_to_others = S_ISREG(found.st_mode) && (found.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    bool loaded = lg_account_lines_read(file, path, take_line, accounts, reason);
    fclose(file);
    return loaded && (accounts->count > 0 || fail(reason, path, 1, "there is no account"));
}

bool lg_bytes_equal(const char *left, const char *right, size_t length)
{
    volatile unsigned char different = 0;
    for (size_t i = 0; i < length; i++)
        different = (unsigned char)(different | (left[i] ^ right[i]));
    return different == 0;
}

/* The name without the machine in front. */
static const char *local_name(const char *machine, const char *name)
{
    const char *slash = strchr(name, '\\');
    size_t length = slash ? (size_t)(slash - name) : 0;
    bool here = slash && ((length == 1 && name[0] == '.') ||
                          (length == strlen(machine) && strncasecmp(name, machine, length) == 0));
    return here ? slash + 1 : name;
}

const struct lg_account *lg_accounts_find(const struct lg_accounts *accounts, const char *machine,
                                          const char *name, const char *password)
{
    char padded[LG_ACCOUNT_PASSWORD_BYTES] = {0};
    const struct lg_account *found = NULL;
    size_t length = strlen(password);
    bool fits = length > 0 && length < sizeof padded;
    memcpy(padded, password, fits ? length : 0);
    name = local_name(machine, name);
    for (unsigned i = 0; i < accounts->count; i++) {
        const struct lg_account *account = &accounts->items[i];
        bool right = lg_bytes_equal(account->password, padded, sizeof padded);
        bool named = strcasecmp(account->name, name) == 0;
        found = right && named && fits ? account : found;
    }
    return found;
}
