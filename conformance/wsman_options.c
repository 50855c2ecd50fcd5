/* What the target http:// is told. */
#include "wsman_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 2 * 1024 * 1024, LINE_BYTES = 1200 };

const char *const lg_auth_words[LG_AUTH_COUNT] = {"basic", "negotiate", "ntlm", "kerberos",
                                                  "certificate"};

static void cut_line(char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
}

static bool fail_file(struct lg_json_error *reason, const char *path)
{
    return lg_json_fail(reason, "%.100s: %s", path, strerror(errno));
}

/* ---- passwords ---- */

static bool read_first_line(const char *path, char *word, struct lg_json_error *reason)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return fail_file(reason, path);
    bool read = fgets(word, LG_WORD_BYTES, file) != NULL;
    fclose(file);
    cut_line(word);
    return read && word[0] ? true : lg_json_fail(reason, "%.100s holds no password", path);
}

static bool prompt(const char *user, char *word, struct lg_json_error *reason)
{
    struct termios plain, silent;
    FILE *terminal = fopen("/dev/tty", "r+");
    if (!terminal || tcgetattr(fileno(terminal), &plain) != 0) {
        if (terminal)
            fclose(terminal);
        return lg_json_fail(reason,
                            "no password for %.60s: set LASTGOOD_PASSWORD, give "
                            "--password-file, or run on a terminal",
                            user);
    }
    fprintf(terminal, "password of %s: ", user);
    fflush(terminal);
    silent = plain;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(fileno(terminal), TCSAFLUSH, &silent);
    bool read = fgets(word, LG_WORD_BYTES, terminal) != NULL;
    tcsetattr(fileno(terminal), TCSAFLUSH, &plain);
    fputs("\n", terminal);
    fclose(terminal);
    cut_line(word);
    return read ? true : lg_json_fail(reason, "no password was given");
}

static bool read_password(const struct lg_wsman_options *options, struct lg_login *account,
                          struct lg_json_error *reason)
{
    const char *password = getenv("LASTGOOD_PASSWORD");
    if (password && strlen(password) >= LG_WORD_BYTES)
        return lg_json_fail(reason, "the password is longer than %d bytes", LG_WORD_BYTES - 1);
    if (password)
        strcpy(account->password, password);
    else if (options->password_file)
        return read_first_line(options->password_file, account->password, reason);
    else if (options->auth != LG_AUTH_KERBEROS)
        return prompt(options->user, account->password, reason);
    return true;
}

bool lg_logins_read_user(struct lg_logins *accounts, const struct lg_wsman_options *options,
                         struct lg_json_error *reason)
{
    struct lg_login *account = &accounts->items[accounts->count];
    bool nameless = options->auth == LG_AUTH_CERTIFICATE ||
                    (!options->accounts &&
                     (options->auth == LG_AUTH_KERBEROS || options->auth == LG_AUTH_NEGOTIATE));
    if (!options->user && !nameless)
        return true;
    if (options->user && strlen(options->user) >= LG_WORD_BYTES)
        return lg_json_fail(reason, "the name is longer than %d bytes", LG_WORD_BYTES - 1);
    memset(account, 0, sizeof *account);
    account->role = LG_ROLE_ADMINISTRATOR;
    accounts->count++;
    if (!options->user)
        return true;
    strcpy(account->name, options->user);
    return read_password(options, account, reason);
}

static bool copy_word(char *to, const char *from)
{
    if (!from || !*from || strlen(from) >= LG_WORD_BYTES)
        return false;
    strcpy(to, from);
    return true;
}

/* "name:password:role"; the role is behind the last colon. */
static bool read_account(char *line, struct lg_login *account)
{
    char *role = strrchr(line, ':');
    char *password = strchr(line, ':');
    if (!role || password == role)
        return false;
    *role++ = *password++ = '\0';
    for (uint8_t i = 0; i < LG_ROLE_COUNT; i++)
        if (strcmp(lg_role_words[i], role) == 0) {
            account->role = i;
            return copy_word(account->name, line) && copy_word(account->password, password);
        }
    return false;
}

bool lg_logins_read_file(struct lg_logins *accounts, const char *path, struct lg_json_error *reason)
{
    FILE *file = fopen(path, "r");
    char line[LINE_BYTES];
    bool read = true;
    if (!file)
        return fail_file(reason, path);
    for (unsigned number = 1; read && fgets(line, sizeof line, file); number++) {
        cut_line(line);
        if (!line[0] || line[0] == '#')
            continue;
        if (accounts->count == LG_LOGINS_MAX)
            read = lg_json_fail(reason, "%.100s: more than %d accounts", path, LG_LOGINS_MAX);
        else if (!read_account(line, &accounts->items[accounts->count++]))
            read = lg_json_fail(reason,
                                "%.100s:%u: not name:password:role, role being "
                                "administrator, hyperv_administrator or user",
                                path, number);
    }
    fclose(file);
    return read;
}

void lg_wipe(void *memory, size_t size)
{
    volatile unsigned char *bytes = memory;
    while (size > 0)
        bytes[--size] = 0;
}

const struct lg_login *lg_logins_find(const struct lg_logins *accounts, unsigned role)
{
    for (unsigned i = 0; i < accounts->count; i++)
        if (accounts->items[i].role == role)
            return &accounts->items[i];
    return NULL;
}

/* ---- the simulator's own file ---- */

static void take_value(const char *line, const char *name, char *value, size_t size)
{
    size_t length = strlen(name);
    if (strncmp(line, name, length) != 0 || line[length] != '=')
        return;
    const char *text = line + length + 1;
    if (strlen(text) < size)
        memcpy(value, text, strlen(text) + 1);
}

bool lg_listening_read(struct lg_listening *env, const char *path, struct lg_json_error *reason)
{
    FILE *file = fopen(path, "r");
    char line[LINE_BYTES];
    memset(env, 0, sizeof *env);
    if (!file)
        return fail_file(reason, path);
    while (fgets(line, sizeof line, file)) {
        cut_line(line);
        take_value(line, "LASTGOOD_URL", env->url, sizeof env->url);
        take_value(line, "LASTGOOD_CONTROL_URL", env->control_url, sizeof env->control_url);
        take_value(line, "LASTGOOD_CONTROL_TOKEN", env->token, sizeof env->token);
    }
    fclose(file);
    return true;
}

/* ---- material ---- */

bool lg_is_host_material(uint16_t symbol)
{
    return symbol >= LG_MATERIAL_P1 + 1 && symbol <= LG_MATERIAL_S2 + 1;
}

static bool read_material(FILE *file, const char *path, struct lg_blobs *blobs, uint16_t symbol,
                          struct lg_json_error *reason)
{
    uint8_t *bytes = malloc(FILE_BYTES_MAX);
    size_t length = bytes ? fread(bytes, 1, FILE_BYTES_MAX, file) : 0;
    bool read = bytes && !ferror(file) && length > 0 && length <= LG_BLOB_BYTES_MAX &&
                lg_blobs_replace(blobs, symbol, bytes, length);
    free(bytes);
    if (read)
        return true;
    return lg_json_fail(reason, "%.100s: a protector has from 1 to %u bytes", path,
                        LG_BLOB_BYTES_MAX);
}

bool lg_material_read(const char *folder, struct lg_blobs *blobs, uint32_t *there,
                      struct lg_json_error *reason)
{
    char path[1024];
    *there = 0;
    for (uint16_t symbol = 1; symbol <= LG_MATERIAL_COUNT; symbol++) {
        if (!lg_is_host_material(symbol))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, lg_materials[symbol - 1].name);
        FILE *file = fopen(path, "rb");
        if (!file)
            continue;
        bool read = read_material(file, path, blobs, symbol, reason);
        fclose(file);
        if (!read)
            return false;
        *there |= UINT32_C(1) << symbol;
    }
    return *there ? true
                  : lg_json_fail(reason, "%.100s holds none of P1, P2, P3, X, Y, S1, S2", folder);
}
