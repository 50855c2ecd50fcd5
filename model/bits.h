/* Sets as the bits of a word, or of an array of words. */
#ifndef LG_BITS_H
#define LG_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline unsigned lg_bits_count(uint64_t bits)
{
    unsigned count = 0;
    for (; bits; bits &= bits - 1)
        count++;
    return count;
}

/* Without the lowest `skipped` of them. */
static inline uint64_t lg_bits_after(uint64_t bits, unsigned skipped)
{
    while (skipped-- > 0)
        bits &= bits - 1;
    return bits;
}

/* 0 has none: 0. */
static inline uint64_t lg_bits_lowest(uint64_t bits)
{
    return bits & ~(bits - 1);
}

static inline uint64_t lg_bits_highest(uint64_t bits)
{
    return lg_bits_after(bits, bits ? lg_bits_count(bits) - 1 : 0);
}

static inline bool lg_bits_has(const uint64_t *words, size_t member)
{
    return words[member / 64] >> member % 64 & 1;
}

static inline void lg_bits_add(uint64_t *words, size_t member)
{
    words[member / 64] |= UINT64_C(1) << member % 64;
}

static inline void lg_bits_remove(uint64_t *words, size_t member)
{
    words[member / 64] &= ~(UINT64_C(1) << member % 64);
}

#endif
