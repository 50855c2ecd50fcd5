/* What the plug-in for NTLM reads: DOMAIN:USER:PASSWORD. */
#include "ntlm_accounts.h"

#include <string.h>
#include <unistd.h>

enum { SYSTEM_NAME_BYTES = 256 };

static void write_account(FILE *file, const char *const *domains, const struct lg_account *account)
{
    if (strchr(account->password, ':'))
        return;
    for (; *domains; domains++)
        fprintf(file, "%s:%s:%s\n", *domains, account->name, account->password);
}

FILE *lg_ntlm_accounts_write(const struct lg_accounts *accounts, const char *machine,
                             char path[LG_NTLM_PATH_BYTES])
{
    char system[SYSTEM_NAME_BYTES] = "";
    const char *const domains[] = {machine, system, ".", NULL};
    FILE *file = tmpfile();
    if (!file)
        return NULL;
    if (gethostname(system, sizeof system - 1) != 0 || !*system || strchr(system, ':'))
        snprintf(system, sizeof system, "%s", machine);
    system[strcspn(system, ".")] = '\0';
    for (unsigned i = 0; i < accounts->count; i++)
        write_account(file, domains, &accounts->items[i]);
    snprintf(path, LG_NTLM_PATH_BYTES, "/proc/self/fd/%d", fileno(file));
    if (fflush(file) == 0)
        return file;
    fclose(file);
    return NULL;
}
