/* What the files of this folder share. */
#ifndef LG_GSS_PARTS_H
#define LG_GSS_PARTS_H

#include <gssapi/gssapi_ext.h>

#include "gss.h"
#include "ntlm_stream.h"

enum { LG_GSS_BINDINGS_BYTES = 128 };

struct lg_gss_acceptor {
    gss_cred_id_t credential;
    struct lg_gss_service service;
};

struct lg_gss {
    const struct lg_gss_acceptor *acceptor; /* NULL at a client */
    bool kerberos_only;
    bool begun;
    bool over;
    bool is_kerberos;
    gss_cred_id_t credential; /* of a client */
    gss_name_t target;
    gss_OID mechanism;
    gss_ctx_id_t context;
    OM_uint32 flags;
    struct lg_ntlm_stream sent; /* of NTLM, after a first message */
    struct lg_ntlm_stream taken;
    bool tried_sent;
    bool tried_taken;
    struct gss_channel_bindings_struct bindings;
    char bindings_bytes[LG_GSS_BINDINGS_BYTES];
    char peer[LG_GSS_NAME_BYTES];
    char reason[LG_GSS_REASON_BYTES];
};

enum lg_gss_oid { LG_OID_NTLM, LG_OID_KERBEROS, LG_OID_SPNEGO, LG_OID_COUNT };
extern gss_OID_desc lg_gss_oids[LG_OID_COUNT];

bool lg_gss_is_oid(gss_const_OID oid, enum lg_gss_oid which);

/* `what`, and what GSSAPI and the mechanism say. */
void lg_gss_explain(char reason[LG_GSS_REASON_BYTES], const char *what, OM_uint32 major,
                    OM_uint32 minor, gss_OID mechanism);

/* The first token of Negotiate or Kerberos, by how it begins; LG_OID_COUNT: none that is known. */
enum lg_gss_oid lg_gss_kind(const char *token, size_t length);

/* Whether an NTLM message in a token, if there is a last one, has fields of lengths that can be,
 * all within it: the plug-in (1.2.0) does not look at all of them. */
bool lg_gss_is_sound(const char *token, size_t length);

/* Whether a token holds an NTLM message that says nothing about the channel it came by. */
bool lg_gss_is_unbound(const char *token, size_t length);

#endif
