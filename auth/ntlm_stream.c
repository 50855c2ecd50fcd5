/* RC4 and HMAC-MD5 with GnuTLS, without the cost that the plug-in has with each message. */
#include "ntlm_stream.h"

#include <gnutls/crypto.h>
#include <string.h>

enum { VERSION = 1, CHECKSUM_AT = 4, CHECKSUM_BYTES = 8, NUMBER_AT = 12, MD5_BYTES = 16 };

static void put_number(uint8_t at[4], uint32_t number)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(number >> (8 * i));
}

static bool derive(const uint8_t session[LG_NTLM_KEY_BYTES], const char *way, const char *use,
                   uint8_t key[MD5_BYTES])
{
    static const char from[] = "session key to ";
    static const char to[] = " key magic constant";
    gnutls_hash_hd_t hash;
    if (gnutls_hash_init(&hash, GNUTLS_DIG_MD5) < 0)
        return false;
    bool good = gnutls_hash(hash, session, LG_NTLM_KEY_BYTES) >= 0 &&
                gnutls_hash(hash, from, sizeof from - 1) >= 0 &&
                gnutls_hash(hash, way, strlen(way)) >= 0 &&
                gnutls_hash(hash, use, strlen(use)) >= 0 &&
                gnutls_hash(hash, to, sizeof to) >= 0; /* with its zero */
    gnutls_hash_deinit(hash, key);
    return good;
}

bool lg_ntlm_stream_open(struct lg_ntlm_stream *stream, const uint8_t key[LG_NTLM_KEY_BYTES],
                         bool from_client)
{
    const char *way = from_client ? "client-to-server " : "server-to-client ";
    uint8_t signing[MD5_BYTES];
    uint8_t sealing[MD5_BYTES];
    const gnutls_datum_t rc4_key = {sealing, sizeof sealing};
    gnutls_cipher_hd_t cipher = NULL;
    gnutls_hmac_hd_t mac = NULL;
    bool good = derive(key, way, "signing", signing) && derive(key, way, "sealing", sealing) &&
                gnutls_cipher_init(&cipher, GNUTLS_CIPHER_ARCFOUR_128, &rc4_key, NULL) >= 0 &&
                gnutls_hmac_init(&mac, GNUTLS_MAC_MD5, signing, sizeof signing) >= 0;
    gnutls_memset(signing, 0, sizeof signing);
    gnutls_memset(sealing, 0, sizeof sealing);
    *stream = (struct lg_ntlm_stream){.cipher = cipher, .mac = mac};
    if (!good)
        lg_ntlm_stream_close(stream);
    return good;
}

void lg_ntlm_stream_close(struct lg_ntlm_stream *stream)
{
    if (stream->cipher)
        gnutls_cipher_deinit(stream->cipher);
    if (stream->mac)
        gnutls_hmac_deinit(stream->mac, NULL);
    *stream = (struct lg_ntlm_stream){.cipher = NULL};
}

/* The signature of a message in clear; the next number is due then. */
static bool sign(struct lg_ntlm_stream *stream, const void *bytes, size_t length,
                 uint8_t header[LG_NTLM_HEADER_BYTES])
{
    uint8_t digest[MD5_BYTES];
    put_number(header, VERSION);
    put_number(header + NUMBER_AT, stream->number++);
    if (gnutls_hmac(stream->mac, header + NUMBER_AT, 4) < 0 ||
        gnutls_hmac(stream->mac, bytes, length) < 0)
        return false;
    gnutls_hmac_output(stream->mac, digest);
    memcpy(header + CHECKSUM_AT, digest, CHECKSUM_BYTES);
    return true;
}

static bool encipher_checksum(struct lg_ntlm_stream *stream, uint8_t header[LG_NTLM_HEADER_BYTES])
{
    return gnutls_cipher_encrypt(stream->cipher, header + CHECKSUM_AT, CHECKSUM_BYTES) >= 0;
}

/* The message goes through the cipher before its checksum does. */
bool lg_ntlm_stream_seal(struct lg_ntlm_stream *stream, uint8_t header[LG_NTLM_HEADER_BYTES],
                         void *bytes, size_t length)
{
    return sign(stream, bytes, length, header) &&
           gnutls_cipher_encrypt(stream->cipher, bytes, length) >= 0 &&
           encipher_checksum(stream, header);
}

bool lg_ntlm_stream_unseal(struct lg_ntlm_stream *stream, const void *header, void *bytes,
                           size_t length)
{
    uint8_t expected[LG_NTLM_HEADER_BYTES];
    return gnutls_cipher_decrypt(stream->cipher, bytes, length) >= 0 &&
           sign(stream, bytes, length, expected) && encipher_checksum(stream, expected) &&
           gnutls_memcmp(expected, header, sizeof expected) == 0;
}

uint32_t lg_ntlm_stream_number(const void *header)
{
    const uint8_t *at = (const uint8_t *)header + NUMBER_AT;
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}
