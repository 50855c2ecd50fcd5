/* Who signs in, and to whom. */
#include "gss_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const enum lg_gss_oid inner[LG_GSS_FORM_COUNT] = {[LG_GSS_SPNEGO_NTLM] = LG_OID_NTLM,
                                                         [LG_GSS_SPNEGO_KERBEROS] = LG_OID_KERBEROS,
                                                         [LG_GSS_NTLM] = LG_OID_NTLM,
                                                         [LG_GSS_KERBEROS] = LG_OID_KERBEROS};
static const char *const missing[LG_OID_COUNT] = {
    [LG_OID_NTLM] = "NTLM is not to be had; is the package gss-ntlmssp installed?",
    [LG_OID_KERBEROS] = "Kerberos is not to be had; is there a keytab with a key of HTTP/HOST?",
    [LG_OID_SPNEGO] = "SPNEGO is not to be had"};

static void say(char reason[LG_GSS_REASON_BYTES], const char *what)
{
    snprintf(reason, LG_GSS_REASON_BYTES, "%s", what);
}

/* ---- the server ---- */

static bool name_files(const struct lg_gss_service *service)
{
    const struct {
        const char *name;
        const char *value;
    } variables[] = {{"KRB5_KTNAME", service->keytab},
                     {"NTLM_USER_FILE", service->ntlm_accounts},
                     {"NETBIOS_COMPUTER_NAME", service->machine}};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        if (variables[i].value && setenv(variables[i].name, variables[i].value, 1) != 0)
            return false;
    return !service->machine || unsetenv("NETBIOS_DOMAIN_NAME") == 0;
}

/* The mechanisms of the service, SPNEGO the last. */
static gss_OID_set_desc mechanisms_of(const struct lg_gss_service *service,
                                      gss_OID_desc room[LG_OID_COUNT])
{
    gss_OID_set_desc set = {0, room};
    if (service->kerberos)
        room[set.count++] = lg_gss_oids[LG_OID_KERBEROS];
    if (service->ntlm)
        room[set.count++] = lg_gss_oids[LG_OID_NTLM];
    room[set.count++] = lg_gss_oids[LG_OID_SPNEGO];
    return set;
}

static bool check_mechanisms(const gss_OID_set_desc *wanted, gss_OID_set there, char *reason)
{
    for (size_t i = 0; i < wanted->count; i++) {
        OM_uint32 minor;
        int present = 0;
        gss_test_oid_set_member(&minor, &wanted->elements[i], there, &present);
        for (int oid = 0; oid < LG_OID_COUNT && !present; oid++)
            if (lg_gss_is_oid(&wanted->elements[i], (enum lg_gss_oid)oid))
                say(reason, missing[oid]);
        if (!present)
            return false;
    }
    return true;
}

static bool acquire(struct lg_gss_acceptor *acceptor, char *reason)
{
    gss_OID_desc room[LG_OID_COUNT];
    gss_OID_set_desc wanted = mechanisms_of(&acceptor->service, room);
    gss_OID_set there = GSS_C_NO_OID_SET;
    OM_uint32 minor;
    OM_uint32 major = gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &wanted,
                                       GSS_C_ACCEPT, &acceptor->credential, &there, NULL);
    bool good = major == GSS_S_COMPLETE && check_mechanisms(&wanted, there, reason);
    if (major != GSS_S_COMPLETE)
        lg_gss_explain(reason, "nobody can sign in", major, minor, GSS_C_NO_OID);
    gss_release_oid_set(&minor, &there);
    wanted.count--; /* what SPNEGO may agree on */
    if (good && gss_set_neg_mechs(&minor, acceptor->credential, &wanted) != GSS_S_COMPLETE) {
        say(reason, missing[LG_OID_SPNEGO]);
        good = false;
    }
    return good;
}

struct lg_gss_acceptor *lg_gss_acceptor_new(const struct lg_gss_service *service,
                                            char reason[LG_GSS_REASON_BYTES])
{
    struct lg_gss_acceptor *acceptor = calloc(1, sizeof *acceptor);
    say(reason, "no memory");
    if (!acceptor || !name_files(service)) {
        free(acceptor);
        return NULL;
    }
    acceptor->service = *service;
    if (acquire(acceptor, reason))
        return acceptor;
    lg_gss_acceptor_free(acceptor);
    return NULL;
}

void lg_gss_acceptor_free(struct lg_gss_acceptor *acceptor)
{
    OM_uint32 minor;
    if (!acceptor)
        return;
    gss_release_cred(&minor, &acceptor->credential);
    free(acceptor);
}

/* ---- both ---- */

static struct lg_gss *make(const struct lg_gss_bindings *bindings)
{
    struct lg_gss *gss = calloc(1, sizeof *gss);
    if (!gss || !bindings || bindings->length > sizeof gss->bindings_bytes)
        return gss;
    if (bindings->length)
        memcpy(gss->bindings_bytes, bindings->bytes, bindings->length);
    gss->bindings.application_data = (gss_buffer_desc){bindings->length, gss->bindings_bytes};
    return gss;
}

struct lg_gss *lg_gss_new_server(const struct lg_gss_acceptor *acceptor, bool kerberos_only,
                                 const struct lg_gss_bindings *bindings)
{
    struct lg_gss *gss = make(bindings);
    if (!gss)
        return NULL;
    gss->acceptor = acceptor;
    gss->kerberos_only = kerberos_only;
    return gss;
}

/* ---- the client ---- */

static gss_buffer_desc buffer_of(const char *text)
{
    return (gss_buffer_desc){strlen(text), (char *)text};
}

static bool find_target(struct lg_gss *gss, const char *host, char *reason)
{
    char text[LG_GSS_NAME_BYTES];
    int length = snprintf(text, sizeof text, "HTTP@%s", host);
    gss_buffer_desc name = buffer_of(text);
    OM_uint32 minor;
    if (length < 0 || (size_t)length >= sizeof text) {
        say(reason, "the name of the host is too long");
        return false;
    }
    OM_uint32 major = gss_import_name(&minor, &name, GSS_C_NT_HOSTBASED_SERVICE, &gss->target);
    if (major != GSS_S_COMPLETE)
        lg_gss_explain(reason, "no such host", major, minor, GSS_C_NO_OID);
    return major == GSS_S_COMPLETE;
}

/* NTLM gets its password where only NTLM looks for it: SPNEGO would show a password to Kerberos,
 * too, which would go and ask a KDC. */
static OM_uint32 acquire_own(struct lg_gss *gss, const struct lg_gss_login *login, gss_name_t user,
                             gss_OID_set mechanisms, OM_uint32 *minor)
{
    if (!login->password)
        return gss_acquire_cred(minor, user, GSS_C_INDEFINITE, mechanisms, GSS_C_INITIATE,
                                &gss->credential, NULL, NULL);
    if (inner[login->form] == LG_OID_NTLM) {
        gss_key_value_element_desc element = {"ntlmssp_password", login->password};
        const gss_key_value_set_desc store = {1, &element};
        return gss_acquire_cred_from(minor, user, GSS_C_INDEFINITE, mechanisms, GSS_C_INITIATE,
                                     &store, &gss->credential, NULL, NULL);
    }
    gss_buffer_desc password = buffer_of(login->password);
    return gss_acquire_cred_with_password(minor, user, &password, GSS_C_INDEFINITE, mechanisms,
                                          GSS_C_INITIATE, &gss->credential, NULL, NULL);
}

static bool find_credential(struct lg_gss *gss, const struct lg_gss_login *login, char *reason)
{
    enum lg_gss_oid oid = inner[login->form];
    gss_OID_set_desc only = {1, &lg_gss_oids[oid]};
    gss_OID_set_desc framed = {1, &lg_gss_oids[LG_OID_SPNEGO]};
    bool in_spnego = login->form == LG_GSS_SPNEGO_NTLM || login->form == LG_GSS_SPNEGO_KERBEROS;
    gss_name_t user = GSS_C_NO_NAME;
    OM_uint32 minor = 0;
    OM_uint32 major = GSS_S_COMPLETE;
    gss->mechanism = in_spnego ? &lg_gss_oids[LG_OID_SPNEGO] : &lg_gss_oids[oid];
    if (login->user) {
        gss_buffer_desc name = buffer_of(login->user);
        major = gss_import_name(&minor, &name, GSS_C_NT_USER_NAME, &user);
    }
    if (major == GSS_S_COMPLETE)
        major = acquire_own(gss, login, user, in_spnego ? &framed : &only, &minor);
    if (major == GSS_S_COMPLETE && in_spnego)
        major = gss_set_neg_mechs(&minor, gss->credential, &only);
    if (major != GSS_S_COMPLETE)
        lg_gss_explain(reason, "cannot sign in", major, minor, &lg_gss_oids[oid]);
    gss_release_name(&(OM_uint32){0}, &user);
    return major == GSS_S_COMPLETE;
}

struct lg_gss *lg_gss_new_client(const struct lg_gss_login *login, char reason[LG_GSS_REASON_BYTES])
{
    struct lg_gss *gss = make(&login->bindings);
    say(reason, "no memory");
    if (gss && find_target(gss, login->host, reason) && find_credential(gss, login, reason))
        return gss;
    lg_gss_free(gss);
    return NULL;
}
