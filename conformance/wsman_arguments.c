/* Options of commands that take a target of http://. */
#include "wsman_arguments.h"

#include <stdio.h>
#include <string.h>

static bool keep(struct lg_wsman_options *options, const char **place, const char *value)
{
    *place = value;
    options->given = true;
    return true;
}

static bool keep_vm(struct lg_wsman_options *options, const char **names, unsigned *count,
                    const char *value)
{
    if (*count == LG_GIVEN_VMS_MAX) {
        fprintf(stderr, "lastgood: at most %d VMs may be named\n", LG_GIVEN_VMS_MAX);
        return false;
    }
    return keep(options, &names[(*count)++], value);
}

bool lg_take_user(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    return keep(options, &options->user, value);
}

bool lg_take_password_file(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    return keep(options, &options->password_file, value);
}

bool lg_take_auth(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    options->given = true;
    for (int i = 0; i < LG_AUTH_COUNT; i++)
        if (strcmp(lg_auth_words[i], value) == 0) {
            options->auth = (enum lg_auth_kind)i;
            return true;
        }
    fprintf(stderr,
            "lastgood: --auth must be basic, negotiate, ntlm, kerberos or certificate: %s\n",
            value);
    return false;
}

bool lg_take_ca_file(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    return keep(options, &options->ca_file, value);
}

bool lg_take_pin(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    return keep(options, &options->pin, value);
}

bool lg_take_cert(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    return keep(options, &options->certificate, value);
}

bool lg_take_key(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    return keep(options, &options->key, value);
}

bool lg_take_proxy(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    return keep(options, &options->proxy, value);
}

bool lg_take_accounts(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    return keep(options, &options->accounts, value);
}

bool lg_take_control(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    return keep(options, &options->control, value);
}

bool lg_take_env_file(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    return keep(options, &options->env_file, value);
}

bool lg_take_material(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    return keep(options, &options->material, value);
}

bool lg_take_vm(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    return keep_vm(options, options->vms, &options->vm_count, value);
}

bool lg_take_owned(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    return keep_vm(options, options->owned, &options->owned_count, value);
}

bool lg_take_with_protectors(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    (void)value;
    options->given = options->with_protectors = true;
    return true;
}

bool lg_take_dry_run(void *self, const char *value)
{
    struct lg_wsman_options *options = self;
    (void)value;
    options->given = options->dry_run = true;
    return true;
}
