// Bit sets stored as little-endian 64-bit words at any alignment.
#include "CKernels.h"
#include <string.h>

static inline uint64_t word_at(const uint8_t *words, size_t index) {
    uint64_t word;
    memcpy(&word, words + 8 * index, 8);
    return word;
}

size_t saekin_bits_to_values(const uint8_t *words, size_t word_count, uint32_t base, uint32_t *values,
                             size_t capacity) {
    size_t count = 0;
    for (size_t i = 0; i < word_count; i++) {
        const uint32_t word_base = base + (uint32_t)(64 * i);
        for (uint64_t word = word_at(words, i); word != 0; word &= word - 1) {
            if (count < capacity) values[count] = word_base + (uint32_t)__builtin_ctzll(word);
            count++;
        }
    }
    return count;
}

size_t saekin_popcount(const uint8_t *words, size_t word_count) {
    size_t count = 0;
    for (size_t i = 0; i < word_count; i++) count += (size_t)__builtin_popcountll(word_at(words, i));
    return count;
}

void saekin_or_words(const uint8_t *words, size_t word_count, uint64_t *out) {
    for (size_t i = 0; i < word_count; i++) out[i] |= word_at(words, i);
}
