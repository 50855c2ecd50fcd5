/* One hash for what is looked up by its bytes. The same in every run and on every machine of one
 * byte order; nothing that is written down goes by it, and equal sums are always compared. (Digests
 * of bytes, which recordings hold, are trace_blobs.c's own.) */
#ifndef LG_HASH_H
#define LG_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t lg_hash_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

/* Four lanes, so that the multiplications overlap. */
static inline uint64_t lg_hash_bytes(const void *bytes, size_t size)
{
    enum { LANES = 4 };
    const unsigned char *at = bytes;
    uint64_t lanes[LANES] = {1, 2, 3, 4}, words[LANES];
    size_t left = size;
    for (; left >= sizeof words; at += sizeof words, left -= sizeof words) {
        memcpy(words, at, sizeof words);
        for (unsigned i = 0; i < LANES; i++)
            lanes[i] = lg_hash_mix(lanes[i], words[i]);
    }
    memset(words, 0, sizeof words);
    memcpy(words, at, left);
    for (unsigned i = 0; i < LANES; i++)
        lanes[i] = lg_hash_mix(lanes[i], words[i]);
    return ((lanes[0] ^ lanes[1] * 3) + (lanes[2] ^ lanes[3] * 5)) ^ size;
}

#endif
