/* What the target http:// is told on the command line and in files. */
#ifndef LG_WSMAN_OPTIONS_H
#define LG_WSMAN_OPTIONS_H

#include "model/trace_json.h"

enum { LG_GIVEN_VMS_MAX = 8, LG_LOGINS_MAX = 16, LG_WORD_BYTES = 256 };

enum lg_auth_kind {
    LG_AUTH_BASIC,
    LG_AUTH_NEGOTIATE, /* Kerberos where that can be, else NTLM */
    LG_AUTH_NTLM,
    LG_AUTH_KERBEROS,
    LG_AUTH_CERTIFICATE,
    LG_AUTH_COUNT
};
extern const char *const lg_auth_words[LG_AUTH_COUNT];

/* As given; strings are the caller's. NULL: not given. */
struct lg_wsman_options {
    const char *user;
    const char *password_file;
    enum lg_auth_kind auth;
    const char *ca_file;
    const char *pin;         /* SHA-256 of the host's certificate */
    const char *certificate; /* --cert: the client's own */
    const char *key;
    const char *proxy;
    const char *accounts;
    const char *control;
    const char *env_file;
    const char *material;
    const char *vms[LG_GIVEN_VMS_MAX];
    unsigned vm_count;
    const char *owned[LG_GIVEN_VMS_MAX]; /* --i-own-this-vm */
    unsigned owned_count;
    bool dry_run;
    bool with_protectors; /* bytes of a real host's protectors may be seen */
    bool given;           /* any of them */
};

/* One account; lg_wipe it at the end. */
struct lg_login {
    char name[LG_WORD_BYTES];
    char password[LG_WORD_BYTES];
    uint8_t role; /* enum lg_role */
};

struct lg_logins {
    struct lg_login items[LG_LOGINS_MAX];
    unsigned count;
};

/* The account of --user with its password: LASTGOOD_PASSWORD, else --password-file, else a prompt
 * on the terminal, or the tickets that Kerberos has. Without --user: whoever the certificate or the
 * tickets are of, both words empty; with another kind none is added. */
bool lg_logins_read_user(struct lg_logins *accounts, const struct lg_wsman_options *options,
                         struct lg_json_error *reason);

/* A file with lines "name:password:role". */
bool lg_logins_read_file(struct lg_logins *accounts, const char *path,
                         struct lg_json_error *reason);

/* Overwrites what must not stay in memory. */
void lg_wipe(void *memory, size_t size);

/* NULL: there is none of this role. */
const struct lg_login *lg_logins_find(const struct lg_logins *accounts, unsigned role);

/* Where a simulator listens, as it wrote it. */
struct lg_listening {
    char url[1024];
    char control_url[1024];
    char token[LG_WORD_BYTES];
};
bool lg_listening_read(struct lg_listening *env, const char *path, struct lg_json_error *reason);

/* Materials that a target binds its own bytes to come first in materials.def. */
bool lg_is_host_material(uint16_t symbol);

/* Reads DIR/NAME for every host material; *there gets a bit by symbol. */
bool lg_material_read(const char *folder, struct lg_blobs *blobs, uint32_t *there,
                      struct lg_json_error *reason);

#endif
