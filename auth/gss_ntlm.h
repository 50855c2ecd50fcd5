/* Messages of NTLM once there was one in their direction: the plug-in seals and unseals the first,
 * and what comes after is done here, if that one comes out the same here: the plug-in (1.2.0)
 * needs as long for a message as RC4 and MD5 need for 1.5 KB of it. */
#ifndef LG_GSS_NTLM_H
#define LG_GSS_NTLM_H

#include "gss_parts.h"

/* After the plug-in made the token of a message, or unsealed it. */
void lg_gss_ntlm_follow(struct lg_gss *gss, bool sent, const char *token, const char *plain,
                        size_t length);

/* As those of gss.h; false with nothing added. Only where the stream is open. */
bool lg_gss_ntlm_seal(struct lg_gss *gss, const char *plain, size_t length, struct lg_text *token);
bool lg_gss_ntlm_unseal(struct lg_gss *gss, const char *token, size_t length,
                        struct lg_text *plain);

#endif
