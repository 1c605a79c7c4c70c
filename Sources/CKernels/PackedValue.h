// One value of a packed array, for loops that need few of many. See CKernels.h for the layout.
#ifndef SAEKIN_PACKED_VALUE_H
#define SAEKIN_PACKED_VALUE_H

#include "Processor.h"
#include <stddef.h>
#include <stdint.h>
#include <string.h>

INLINE uint32_t low_bits(uint32_t width) { return width >= 32 ? UINT32_MAX : (1u << width) - 1; }

// `remaining` is what is left of the run: near its end single bytes are read, so that none behind it is.
INLINE uint64_t load_up_to_8(const uint8_t *in, size_t remaining) {
    uint64_t word = 0;
    if (remaining >= 8) {
        memcpy(&word, in, 8);
    } else {
        for (size_t i = 0; i < remaining; i++) word |= (uint64_t)in[i] << (8 * i);
    }
    return word;
}

INLINE uint32_t narrow_value(const uint8_t *in, size_t byte_count, uint32_t width, size_t index) {
    const size_t bit = index * width;
    const size_t byte = bit >> 3;
    return (uint32_t)(load_up_to_8(in + byte, byte_count - byte) >> (bit & 7)) & low_bits(width);
}

INLINE size_t narrow_byte_count(size_t count, uint32_t width) { return (count * width + 7) >> 3; }

INLINE uint32_t array_value(const uint8_t *in, size_t count, uint32_t width, size_t index) {
    if (width == 0) return 0;
    const size_t block = index / 128;
    const size_t within = index % 128;
    in += block * 16 * (size_t)width;
    if (block == count / 128) return narrow_value(in, narrow_byte_count(count % 128, width), width, within);
    const size_t bit = (within / 4) * width;
    const uint32_t shift = (uint32_t)(bit & 31);
    const uint8_t *const at = in + (bit >> 5) * 16 + (within & 3) * 4;
    uint32_t low, high = 0;
    memcpy(&low, at, 4);
    if (shift + width > 32) memcpy(&high, at + 16, 4);
    return (uint32_t)(((uint64_t)high << 32 | low) >> shift) & low_bits(width);
}

#endif
