// Sorting by a number of few bits, lowest digit first. See CKernels.h.
#include "CKernels.h"
#include <string.h>

// Below this many, moving values one by one is faster than counting digits.
#define INSERTION_COUNT 48
// From this many on, wide digits pay: fewer passes, and more counters than a short list has values.
#define WIDE_COUNT 8192

static inline uint32_t key(uint64_t value) { return (uint32_t)(value >> 32); }

static void insertion_sort(uint64_t *values, size_t count) {
    for (size_t i = 1; i < count; i++) {
        const uint64_t value = values[i];
        size_t at = i;
        for (; at > 0 && key(values[at - 1]) > key(value); at--) values[at] = values[at - 1];
        values[at] = value;
    }
}

void saekin_sort_by_high_word(uint64_t *values, size_t count, uint32_t key_bits, uint64_t *scratch) {
    if (count <= INSERTION_COUNT) {
        insertion_sort(values, count);
        return;
    }
    const uint32_t digit_bits = count < WIDE_COUNT ? 8 : 11;
    const uint32_t digit_mask = (1u << digit_bits) - 1;
    uint64_t *from = values, *to = scratch;
    for (uint32_t shift = 0; shift < key_bits; shift += digit_bits) {
        size_t starts[1 << 11] = {0};
        for (size_t i = 0; i < count; i++) starts[key(from[i]) >> shift & digit_mask]++;
        size_t sum = 0;
        for (uint32_t digit = 0; digit <= digit_mask; digit++) {
            const size_t digit_count = starts[digit];
            starts[digit] = sum;
            sum += digit_count;
        }
        for (size_t i = 0; i < count; i++) to[starts[key(from[i]) >> shift & digit_mask]++] = from[i];
        uint64_t *const other = from;
        from = to;
        to = other;
    }
    if (from != values) memcpy(values, from, count * sizeof(uint64_t));
}
