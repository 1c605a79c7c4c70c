// Bit sets stored as little-endian 64-bit words at any alignment, and runs of documents that become bits.
#include "CKernels.h"
#include "Processor.h"
#include <string.h>

static inline uint64_t word_at(const uint8_t *words, size_t index) {
    uint64_t word;
    memcpy(&word, words + 8 * index, 8);
    return word;
}

CLONES size_t saekin_bits_to_values(const uint8_t *words, size_t word_count, uint32_t base, uint32_t *values,
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

CLONES size_t saekin_popcount(const uint8_t *words, size_t word_count) {
    size_t count = 0;
    for (size_t i = 0; i < word_count; i++) count += (size_t)__builtin_popcountll(word_at(words, i));
    return count;
}

CLONES size_t saekin_or_words(const uint8_t *words, size_t word_count, uint64_t *out) {
    size_t count = 0;
    for (size_t i = 0; i < word_count; i++) {
        const uint64_t word = word_at(words, i);
        out[i] |= word;
        count += (size_t)__builtin_popcountll(word);
    }
    return count;
}

// Sets the bits start ..< end, which may be none.
static inline void set_range(uint32_t start, uint32_t end, uint64_t *words) {
    if (start >= end) return;
    const uint32_t last = end - 1;
    const uint64_t head = UINT64_MAX << (start & 63), tail = UINT64_MAX >> (63 - (last & 63));
    if (start >> 6 == last >> 6) {
        words[start >> 6] |= head & tail;
        return;
    }
    words[start >> 6] |= head;
    for (uint32_t i = (start >> 6) + 1; i < last >> 6; i++) words[i] = UINT64_MAX;
    words[last >> 6] |= tail;
}

int saekin_set_runs(const uint8_t *exceptions, uint32_t exception_count, uint32_t count, uint32_t first,
                    uint32_t last, uint32_t base, uint32_t end, uint64_t *words) {
    uint64_t final = (uint64_t)first + count - 1;
    uint32_t sound = 1;
    for (uint32_t i = 0; i < exception_count; i++) {
        const uint32_t place = exceptions[2 * i];
        final += exceptions[2 * i + 1];
        sound &= place < count && (i == 0 || place > exceptions[2 * i - 2]);
    }
    if (!sound || final != last) return 0;
    uint32_t document = first, place = 0;
    for (uint32_t i = 0; i <= exception_count; i++) {
        const uint32_t next = i < exception_count ? exceptions[2 * i] : count;
        const uint32_t after = document + (next - place);
        const uint32_t from = document > base ? document : base, to = after < end ? after : end;
        if (from < to) set_range(from - base, to - base, words);
        document = after + (i < exception_count ? exceptions[2 * i + 1] : 0);
        place = next;
    }
    return 1;
}
