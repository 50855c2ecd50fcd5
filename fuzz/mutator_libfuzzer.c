/* The mutator of scripts for libFuzzer; now and then its own, for what the tape holds. */
#include <string.h>

#include "mutator.h"

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t length, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_length, const uint8_t *second,
                                 size_t second_length, uint8_t *out, size_t max, unsigned seed);

enum { OWN_OF = 16 };

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t max, unsigned seed)
{
    if (seed % OWN_OF == 0 && length)
        return LLVMFuzzerMutate(bytes, length, max);
    return lg_mutate(bytes, length, max, seed, NULL);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *first, size_t first_length, const uint8_t *second,
                                 size_t second_length, uint8_t *out, size_t max, unsigned seed)
{
    return lg_mutate_cross(first, first_length, second, second_length, out, max, seed);
}
