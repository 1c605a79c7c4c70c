// In which forms a kernel is compiled, and what the processor at hand can do.
#ifndef SAEKIN_PROCESSOR_H
#define SAEKIN_PROCESSOR_H

#define INLINE static inline __attribute__((always_inline))

// A function compiled for several processors; which one runs is chosen when the program is loaded.
// WIDE_CLONES are for loops that gain from vectors of 512 bits.
#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#define WIDE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#define WIDE_CLONES
#endif

// A function written for one kind of processor, whose caller asks whether it is there.
#if defined(__x86_64__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2,popcnt,bmi")))
#define AVX512 __attribute__((target("avx512f,popcnt,bmi")))

static inline int has_bit_counts(void) {
    return __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi");
}

static inline int has_avx2(void) { return __builtin_cpu_supports("avx2") && has_bit_counts(); }

static inline int has_avx512(void) { return __builtin_cpu_supports("avx512f") && has_bit_counts(); }
#endif

#endif
