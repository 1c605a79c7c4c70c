// Counting packed ordinals of the chosen documents of a window. A value that is needed alone is read alone;
// where many of a block of 128 are needed, the block is unpacked once.
#include "CKernels.h"
#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#define INLINE static inline __attribute__((always_inline))

// Chosen documents of 64 from which on a block is unpacked.
enum { DENSE = 6 };

// The block of an array that was unpacked last.
typedef struct {
    size_t number;
    uint32_t values[128];
} unpacked_block;

INLINE uint32_t unpacked_value(const saekin_packed_ordinals *packed, size_t place, unpacked_block *block) {
    if (place / 128 != block->number) {
        block->number = place / 128;
        const size_t left = packed->count - 128 * block->number;
        saekin_unpack_array(packed->values + block->number * 16 * (size_t)packed->width,
                            left < 128 ? left : 128, packed->width, block->values);
    }
    return block->values[place % 128];
}

// Counts the values at start ..< end; how many were no ordinals.
INLINE size_t count_places(const saekin_packed_ordinals *packed, size_t start, size_t end, int is_dense,
                           unpacked_block *block, uint32_t *counts) {
    size_t unsound = 0;
    if (end > packed->count) return 1;
    for (size_t place = start; place < end; place++) {
        const uint32_t value =
            is_dense ? unpacked_value(packed, place, block)
                     : saekin_array_value(packed->values, packed->count, packed->width, place);
        if (value > packed->range) unsound++;
        else counts[packed->smallest + value]++;
    }
    return unsound;
}

CLONES size_t saekin_count_chosen(const saekin_packed_ordinals *packed, const uint64_t *chosen,
                                  const uint64_t *presence, size_t word_count, uint32_t *counts) {
    unpacked_block block = {.number = SIZE_MAX};
    size_t unsound = 0, before = 0;
    for (size_t i = 0; i < word_count; i++) {
        const uint64_t present = presence == NULL ? UINT64_MAX : presence[i];
        uint64_t word = chosen[i] & present;
        const int is_dense = __builtin_popcountll(word) >= DENSE;
        for (; word != 0; word &= word - 1) {
            const uint64_t below = (word & -word) - 1;
            const size_t rank = before + (size_t)__builtin_popcountll(present & below);
            unsound += count_places(packed, rank, rank + 1, is_dense, &block, counts);
        }
        before += (size_t)__builtin_popcountll(present);
    }
    return unsound;
}

CLONES size_t saekin_count_chosen_lists(const saekin_packed_ordinals *packed,
                                        const saekin_packed_lists *lists, const uint64_t *chosen,
                                        const uint64_t *presence, size_t word_count, uint32_t *counts) {
    unpacked_block block = {.number = SIZE_MAX};
    uint32_t lengths[128];
    size_t unsound = 0, before = 0, group = SIZE_MAX, summed = 0, start = 0;
    for (size_t i = 0; i < word_count; i++) {
        const uint64_t present = presence == NULL ? UINT64_MAX : presence[i];
        uint64_t word = chosen[i] & present;
        const int is_dense = __builtin_popcountll(word) >= DENSE;
        for (; word != 0; word &= word - 1) {
            const uint64_t below = (word & -word) - 1;
            const size_t rank = before + (size_t)__builtin_popcountll(present & below);
            if (rank >= lists->count) {
                unsound++;
                continue;
            }
            if (rank / 128 != group) {
                group = rank / 128;
                const size_t left = lists->count - 128 * group;
                saekin_unpack_array(lists->lengths + group * 16 * (size_t)lists->width,
                                    left < 128 ? left : 128, lists->width, lengths);
                uint32_t first;
                memcpy(&first, lists->starts + 4 * group, 4);
                start = first;
                summed = 0;
            }
            // Where the list starts: chosen ranks ascend, so each length is added once.
            for (; summed < rank % 128; summed++) start += (size_t)lengths[summed] + 1;
            unsound += count_places(packed, start, start + lengths[rank % 128] + 1, is_dense, &block, counts);
        }
        before += (size_t)__builtin_popcountll(present);
    }
    return unsound;
}
