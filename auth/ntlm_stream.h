/* Messages of NTLM in one direction, sealed as MS-NLMP 3.4.4 and 3.4.5 say for extended session
 * security with keys of 128 bits that were exchanged. */
#ifndef LG_NTLM_STREAM_H
#define LG_NTLM_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LG_NTLM_KEY_BYTES = 16, LG_NTLM_HEADER_BYTES = 16 };

/* Zero is closed. */
struct lg_ntlm_stream {
    void *cipher;
    void *mac;
    uint32_t number; /* of the next message */
};

/* With the key of the session, for what the client sends or for what it gets. False: the library
 * does not offer RC4 or MD5, and it stays closed. */
bool lg_ntlm_stream_open(struct lg_ntlm_stream *stream, const uint8_t key[LG_NTLM_KEY_BYTES],
                         bool from_client);
void lg_ntlm_stream_close(struct lg_ntlm_stream *stream);

/* In place. */
bool lg_ntlm_stream_seal(struct lg_ntlm_stream *stream, uint8_t header[LG_NTLM_HEADER_BYTES],
                         void *bytes, size_t length);

/* In place. False: it is not the next message as it was sealed; the bytes are of no use then. */
bool lg_ntlm_stream_unseal(struct lg_ntlm_stream *stream, const void *header, void *bytes,
                           size_t length);

/* The number in a header. */
uint32_t lg_ntlm_stream_number(const void *header);

#endif
