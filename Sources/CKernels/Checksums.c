// CRC-32C, by the processor's instruction where there is one, and the hash of the builder's term table.
#include "CKernels.h"
#include <string.h>

// Generated once from the reflected Castagnoli polynomial; building it twice at the same time is harmless,
// because both writers store the same words, but it is built before main() so that nobody does.
static uint32_t table[256];

__attribute__((constructor)) static void build_table(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? 0x82F63B78u : 0);
        table[byte] = crc;
    }
}

uint32_t saekin_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *in = bytes;
    crc = ~crc;
    for (size_t i = 0; i < count; i++) crc = (crc >> 8) ^ table[(crc ^ in[i]) & 0xFF];
    return ~crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc32c_instruction(uint32_t crc, const uint8_t *in,
                                                                     size_t count) {
    uint64_t state = ~crc;
    for (; count >= 8; count -= 8, in += 8) {
        uint64_t word;
        memcpy(&word, in, 8);
        state = __builtin_ia32_crc32di(state, word);
    }
    uint32_t tail = (uint32_t)state;
    for (; count > 0; count--, in++) tail = __builtin_ia32_crc32qi(tail, *in);
    return ~tail;
}
#endif

uint32_t saekin_crc32c(uint32_t crc, const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return crc32c_instruction(crc, bytes, count);
#endif
    return saekin_crc32c_portable(crc, bytes, count);
}

static inline uint64_t fold(uint64_t a, uint64_t b) {
    const __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t saekin_hash(const void *bytes, size_t count, uint64_t seed) {
    const uint64_t odd1 = 0x9E3779B97F4A7C15u, odd2 = 0xD6E8FEB86659FD93u;
    const uint8_t *in = bytes;
    uint64_t state = seed ^ (count * odd1);
    for (; count >= 8; count -= 8, in += 8) {
        uint64_t word;
        memcpy(&word, in, 8);
        state = fold(state ^ word, odd2);
    }
    uint64_t rest = 0;
    for (size_t i = 0; i < count; i++) rest |= (uint64_t)in[i] << (8 * i);
    return fold(state ^ rest, odd1) ^ state;
}
