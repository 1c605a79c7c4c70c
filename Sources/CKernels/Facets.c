// Counting packed ordinals: a value that is needed alone is read alone; where many of a block of 128 are needed, the
// block is unpacked once.
#include "CKernels.h"

static inline size_t packed_group(const uint8_t *in, size_t count, uint32_t width, size_t group,
                                  uint32_t *values) {
    const size_t left = count - 128 * group, size = left < 128 ? left : 128;
    saekin_unpack_array(in + group * 16 * (size_t)width, size, width, values);
    return size;
}

size_t saekin_count_chosen(const saekin_packed_ordinals *packed, size_t group, const uint8_t *chosen,
                           size_t chosen_count, uint32_t *counts) {
    size_t unsound = 0;
    if (chosen_count < 10) {
        for (size_t i = 0; i < chosen_count; i++) {
            const uint32_t value =
                saekin_array_value(packed->values, packed->count, packed->width, 128 * group + chosen[i]);
            if (value > packed->range) unsound++;
            else counts[packed->smallest + value]++;
        }
        return unsound;
    }
    uint32_t values[128];
    packed_group(packed->values, packed->count, packed->width, group, values);
    for (size_t i = 0; i < chosen_count; i++) {
        const uint32_t value = values[chosen[i]];
        if (value > packed->range) unsound++;
        else counts[packed->smallest + value]++;
    }
    return unsound;
}

size_t saekin_count_chosen_lists(const saekin_packed_ordinals *packed, size_t start, const uint32_t *ends,
                                 const uint8_t *chosen, size_t chosen_count, uint32_t *counts) {
    size_t unsound = 0;
    if (chosen_count < 12) {
        for (size_t i = 0; i < chosen_count; i++) {
            for (size_t place = ends[chosen[i]]; place < ends[chosen[i] + 1]; place++) {
                const uint32_t value =
                    saekin_array_value(packed->values, packed->count, packed->width, start + place);
                if (value > packed->range) unsound++;
                else counts[packed->smallest + value]++;
            }
        }
        return unsound;
    }
    uint32_t values[128];
    size_t unpacked = SIZE_MAX;
    for (size_t i = 0; i < chosen_count; i++) {
        for (size_t place = start + ends[chosen[i]]; place < start + ends[chosen[i] + 1]; place++) {
            if (place / 128 != unpacked) {
                unpacked = place / 128;
                packed_group(packed->values, packed->count, packed->width, unpacked, values);
            }
            const uint32_t value = values[place % 128];
            if (value > packed->range) unsound++;
            else counts[packed->smallest + value]++;
        }
    }
    return unsound;
}
