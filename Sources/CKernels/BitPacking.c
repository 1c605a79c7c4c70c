// Bit packing in blocks of 128 (vertical) and in narrow runs. See CKernels.h for the layouts.
//
// The vector type is the compiler's own 128-bit vector, so the same source becomes SSE2 on x86-64 and NEON on
// ARM; every width has its own unrolled body, chosen by one jump a block.
#include "CKernels.h"
#include "PackedValue.h"
#include "Processor.h"
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the kernels store native words: a little-endian machine is needed"
#endif

typedef uint32_t lanes __attribute__((vector_size(16)));

INLINE lanes load(const uint8_t *in) {
    lanes value;
    memcpy(&value, in, 16);
    return value;
}

INLINE void store(void *out, lanes value) { memcpy(out, &value, 16); }

INLINE lanes splat(uint32_t value) { return (lanes){value, value, value, value}; }

// The sums of the first 1, 2, 3 and 4 lanes, on top of `carry` in each lane.
INLINE lanes running_sums(lanes gaps, lanes carry) {
    const lanes zero = splat(0);
    gaps += __builtin_shufflevector(zero, gaps, 0, 4, 5, 6);
    gaps += __builtin_shufflevector(zero, gaps, 0, 1, 4, 5);
    return gaps + carry;
}

INLINE void unpack_rows(const uint8_t *in, const uint32_t width, uint32_t *values, const int ascending,
                        uint32_t previous) {
    const lanes mask = splat(low_bits(width));
    lanes carry = splat(previous);
    lanes word = width == 0 ? splat(0) : load(in);
    uint32_t shift = 0;
#pragma clang loop unroll(full)
    for (uint32_t row = 0; row < 32; row++) {
        lanes value = splat(0);
        if (width != 0) {
            value = word >> shift;
            const uint32_t next = shift + width;
            if (next > 32) {
                in += 16;
                word = load(in);
                value |= word << (32 - shift);
                shift = next - 32;
            } else if (next == 32) {
                shift = 0;
                if (row != 31) {
                    in += 16;
                    word = load(in);
                }
            } else {
                shift = next;
            }
            value &= mask;
        }
        if (ascending) {
            value = running_sums(value + splat(1), carry);
            carry = __builtin_shufflevector(value, value, 3, 3, 3, 3);
        }
        store(values + 4 * row, value);
    }
}

INLINE void pack_rows(const uint32_t *values, const uint32_t width, uint8_t *out) {
    lanes word = splat(0);
    uint32_t shift = 0;
#pragma clang loop unroll(full)
    for (uint32_t row = 0; row < 32; row++) {
        const lanes value = load((const uint8_t *)(values + 4 * row));
        word |= value << shift;
        const uint32_t next = shift + width;
        if (next >= 32) {
            store(out, word);
            out += 16;
            word = next > 32 ? value >> (32 - shift) : splat(0);
            shift = next - 32;
        } else {
            shift = next;
        }
    }
}

#define EACH_WIDTH(BODY)                                                                                  \
    BODY(1) BODY(2) BODY(3) BODY(4) BODY(5) BODY(6) BODY(7) BODY(8) BODY(9) BODY(10) BODY(11) BODY(12)    \
    BODY(13) BODY(14) BODY(15) BODY(16) BODY(17) BODY(18) BODY(19) BODY(20) BODY(21) BODY(22) BODY(23)    \
    BODY(24) BODY(25) BODY(26) BODY(27) BODY(28) BODY(29) BODY(30) BODY(31) BODY(32)

void saekin_pack128(const uint32_t *values, uint32_t width, uint8_t *out) {
    switch (width) {
#define PACK(W) case W: pack_rows(values, W, out); break;
        EACH_WIDTH(PACK)
    default: break;
    }
}

void saekin_unpack128(const uint8_t *in, uint32_t width, uint32_t *values) {
    switch (width) {
#define UNPACK(W) case W: unpack_rows(in, W, values, 0, 0); break;
        EACH_WIDTH(UNPACK)
    default: memset(values, 0, 128 * sizeof(uint32_t)); break;
    }
}

void saekin_unpack128_ascending(const uint8_t *in, uint32_t width, uint32_t previous, uint32_t *values) {
    switch (width) {
#define ASCEND(W) case W: unpack_rows(in, W, values, 1, previous); break;
        EACH_WIDTH(ASCEND)
    default: unpack_rows(in, 0, values, 1, previous); break;
    }
}

void saekin_pack_narrow(const uint32_t *values, uint32_t count, uint32_t width, uint8_t *out) {
    uint64_t pending = 0;
    uint32_t bits = 0;
    for (uint32_t i = 0; i < count; i++) {
        pending |= (uint64_t)values[i] << bits;
        for (bits += width; bits >= 8; bits -= 8) {
            *out++ = (uint8_t)pending;
            pending >>= 8;
        }
    }
    if (bits > 0) *out = (uint8_t)pending;
}

// Eight values of up to 25 bits at once: they take as many bytes as a value has bits, each is inside of four
// bytes of its own, and the four of a half are inside of sixteen. Which bytes and how far to shift depends on
// the width alone.
#if defined(__x86_64__)
enum { EIGHTS_WIDTH_MAX = 25 };
static struct {
    uint8_t bytes[32];
    uint32_t shifts[8];
} eights[EIGHTS_WIDTH_MAX + 1];

__attribute__((constructor)) static void lay_out_eights(void) {
    for (uint32_t width = 1; width <= EIGHTS_WIDTH_MAX; width++) {
        for (uint32_t i = 0; i < 8; i++) {
            const uint32_t bit = i < 4 ? i * width : i * width - (width / 2) * 8;
            for (uint32_t byte = 0; byte < 4; byte++) {
                eights[width].bytes[4 * i + byte] = (uint8_t)(bit / 8 + byte < 16 ? bit / 8 + byte : 0x80);
            }
            eights[width].shifts[i] = bit % 8;
        }
    }
}

// As saekin_unpack_narrow and saekin_unpack_narrow_ascending.
AVX2 static inline void unpack_eights(const uint8_t *in, uint32_t count, const uint32_t width,
                                      uint32_t *values, const int ascending, uint32_t previous) {
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)eights[width].bytes);
    const __m256i shifts = _mm256_loadu_si256((const __m256i *)eights[width].shifts);
    const __m256i mask = _mm256_set1_epi32((int)low_bits(width));
    const __m256i last = _mm256_set1_epi32(7), numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    __m256i carry = _mm256_set1_epi32((int)previous);
    const size_t half = width / 2;
    const uint8_t *end = in + narrow_byte_count(count, width);
    // The last bytes are read from here, so that none behind the run is.
    uint8_t tail[64];
    int is_tail = 0;
    for (uint32_t i = 0; i < count; i += 8, in += width) {
        if (!is_tail && (size_t)(end - in) < half + 16) {
            memset(tail, 0, sizeof tail);
            memcpy(tail, in, (size_t)(end - in));
            in = tail;
            is_tail = 1;
        }
        const __m256i both = _mm256_inserti128_si256(
            _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)in)),
            _mm_loadu_si128((const __m128i *)(in + half)), 1);
        __m256i row = _mm256_and_si256(_mm256_srlv_epi32(_mm256_shuffle_epi8(both, bytes), shifts), mask);
        if (ascending) {
            row = _mm256_sub_epi32(row, _mm256_set1_epi32(-1));
            row = _mm256_add_epi32(row, _mm256_slli_si256(row, 4));
            row = _mm256_add_epi32(row, _mm256_slli_si256(row, 8));
            const __m256i low = _mm256_permute2x128_si256(row, row, 0x08);
            row = _mm256_add_epi32(_mm256_add_epi32(row, _mm256_shuffle_epi32(low, 0xff)), carry);
            carry = _mm256_permutevar8x32_epi32(row, last);
        }
        if (count - i >= 8) {
            _mm256_storeu_si256((__m256i *)(values + i), row);
        } else {
            const __m256i kept = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)(count - i)), numbers);
            _mm256_maskstore_epi32((int *)(values + i), kept, row);
        }
    }
}

AVX2 static void unpack_eights_plain(const uint8_t *in, uint32_t count, uint32_t width, uint32_t *values) {
    unpack_eights(in, count, width, values, 0, 0);
}

AVX2 static void unpack_eights_ascending(const uint8_t *in, uint32_t count, uint32_t width, uint32_t previous,
                                         uint32_t *values) {
    unpack_eights(in, count, width, values, 1, previous);
}

INLINE int has_eights(uint32_t width) { return has_avx2() && width > 0 && width <= EIGHTS_WIDTH_MAX; }
#endif

void saekin_unpack_narrow(const uint8_t *in, uint32_t count, uint32_t width, uint32_t *values) {
    if (width == 0) {
        memset(values, 0, count * sizeof(uint32_t));
        return;
    }
#if defined(__x86_64__)
    if (has_eights(width)) {
        unpack_eights_plain(in, count, width, values);
        return;
    }
#endif
    const size_t byte_count = narrow_byte_count(count, width);
    const uint32_t mask = low_bits(width);
    uint32_t i = 0;
    // Values that are read as 8 bytes of the run.
    const size_t whole = byte_count < 8 ? 0 : ((byte_count - 8) * 8 + 7) / width + 1;
    for (; i < whole && i < count; i++) {
        const size_t bit = (size_t)i * width;
        uint64_t word;
        memcpy(&word, in + (bit >> 3), 8);
        values[i] = (uint32_t)(word >> (bit & 7)) & mask;
    }
    for (; i < count; i++) values[i] = narrow_value(in, byte_count, width, i);
}

// Replaces gaps by the values: values[i] = values[i - 1] + gap + 1, with values[-1] = previous.
INLINE void add_up(uint32_t *values, uint32_t count, uint32_t previous) {
    lanes carry = splat(previous);
    uint32_t i = 0;
    for (; i + 4 <= count; i += 4) {
        const lanes sums = running_sums(load((const uint8_t *)(values + i)) + splat(1), carry);
        store(values + i, sums);
        carry = __builtin_shufflevector(sums, sums, 3, 3, 3, 3);
    }
    previous = carry[0];
    for (; i < count; i++) values[i] = previous += values[i] + 1;
}

void saekin_unpack_narrow_ascending(const uint8_t *in, uint32_t count, uint32_t width, uint32_t previous,
                                    uint32_t *values) {
#if defined(__x86_64__)
    if (has_eights(width)) {
        unpack_eights_ascending(in, count, width, previous, values);
        return;
    }
#endif
    saekin_unpack_narrow(in, count, width, values);
    add_up(values, count, previous);
}

size_t saekin_pack_array(const uint32_t *values, size_t count, uint32_t width, uint8_t *out) {
    uint8_t *const start = out;
    size_t done = 0;
    for (; done + 128 <= count; done += 128) {
        saekin_pack128(values + done, width, out);
        out += 16 * (size_t)width;
    }
    saekin_pack_narrow(values + done, (uint32_t)(count - done), width, out);
    return (size_t)(out - start) + narrow_byte_count(count - done, width);
}

void saekin_unpack_array(const uint8_t *in, size_t count, uint32_t width, uint32_t *values) {
    size_t done = 0;
    for (; done + 128 <= count; done += 128) {
        saekin_unpack128(in, width, values + done);
        in += 16 * (size_t)width;
    }
    saekin_unpack_narrow(in, (uint32_t)(count - done), width, values + done);
}

uint32_t saekin_array_value(const uint8_t *in, size_t count, uint32_t width, size_t index) {
    return array_value(in, count, width, index);
}

INLINE uint32_t bit_width(uint32_t value) { return value == 0 ? 0 : 32 - (uint32_t)__builtin_clz(value); }

INLINE size_t run_byte_count(uint32_t count, uint32_t width) {
    return count == 128 ? 16 * (size_t)width : narrow_byte_count(count, width);
}

uint32_t saekin_patched_width(const uint32_t *values, uint32_t count, uint32_t exception_limit,
                              uint32_t surcharge, uint32_t *exception_count) {
    uint32_t counts[33] = {0};
    uint32_t widest = 0;
    for (uint32_t i = 0; i < count; i++) counts[bit_width(values[i])]++;
    for (uint32_t width = 1; width <= 32; width++) widest = counts[width] > 0 ? width : widest;
    uint32_t best = widest, above = 0;
    size_t smallest = run_byte_count(count, widest);
    *exception_count = 0;
    for (uint32_t width = widest; width > 0 && widest - width < 8; width--) {
        above += counts[width];
        if (above > exception_limit) break;
        const size_t byte_count = run_byte_count(count, width - 1) + 2 * (size_t)above + surcharge;
        if (byte_count < smallest) {
            smallest = byte_count;
            best = width - 1;
            *exception_count = above;
        }
    }
    return best;
}

size_t saekin_pack_patched(const uint32_t *values, uint32_t count, uint32_t width, uint8_t *out) {
    uint32_t low[128];
    const uint32_t mask = low_bits(width);
    for (uint32_t i = 0; i < count; i++) low[i] = values[i] & mask;
    uint8_t *const start = out;
    out += saekin_pack_array(low, count, width, out);
    for (uint32_t i = 0; i < count; i++) {
        if (values[i] == low[i]) continue;
        *out++ = (uint8_t)i;
        *out++ = (uint8_t)(values[i] >> width);
    }
    return (size_t)(out - start);
}

void saekin_unpack_patched(const uint8_t *in, uint32_t count, uint32_t width, uint32_t exception_count,
                           uint32_t *values) {
    if (count == 128) {
        saekin_unpack128(in, width, values);
    } else {
        saekin_unpack_narrow(in, count, width, values);
    }
    in += run_byte_count(count, width);
    for (uint32_t i = 0; i < exception_count; i++, in += 2) {
        values[in[0] & 127] |= (uint32_t)((uint64_t)in[1] << width);
    }
}

uint32_t saekin_patched_value(const uint8_t *in, uint32_t count, uint32_t width, uint32_t exception_count,
                              uint32_t index) {
    uint32_t value = saekin_array_value(in, count, width, index);
    in += run_byte_count(count, width);
    for (uint32_t i = 0; i < exception_count; i++, in += 2) {
        if (in[0] == index) value |= (uint32_t)((uint64_t)in[1] << width);
    }
    return value;
}

void saekin_unpack_patched_ascending(const uint8_t *in, uint32_t count, uint32_t width,
                                     uint32_t exception_count, uint32_t previous, uint32_t *values) {
    if (exception_count == 0 && count < 128) {
        saekin_unpack_narrow_ascending(in, count, width, previous, values);
    } else if (exception_count == 0) {
        saekin_unpack128_ascending(in, width, previous, values);
    } else {
        saekin_unpack_patched(in, count, width, exception_count, values);
        add_up(values, count, previous);
    }
}

void saekin_widen(const uint32_t *packed, size_t count, uint64_t base, uint64_t divisor, int64_t *values) {
    for (size_t i = 0; i < count; i++) values[i] = (int64_t)(base + divisor * (uint64_t)packed[i]);
}

uint32_t saekin_or(const uint32_t *values, size_t count) {
    uint32_t all = 0;
    for (size_t i = 0; i < count; i++) all |= values[i];
    return all;
}

uint32_t saekin_max(const uint32_t *values, size_t count) {
    uint32_t largest = 0;
    for (size_t i = 0; i < count; i++) largest = values[i] > largest ? values[i] : largest;
    return largest;
}

int saekin_is_ascending(const uint32_t *values, size_t count) {
    int ascending = 1;
    for (size_t i = 1; i < count; i++) ascending &= values[i] > values[i - 1];
    return ascending;
}
