// Loops over the documents and scores of a window. Plain C that the compiler turns into vector instructions; on
// x86-64 each function is compiled for several generations of processors, and the loader picks one.
#include "CKernels.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#define INLINE static inline __attribute__((always_inline))

CLONES size_t saekin_count_bits(const uint64_t *words, size_t count) {
    size_t bits = 0;
    for (size_t i = 0; i < count; i++) bits += (size_t)__builtin_popcountll(words[i]);
    return bits;
}

CLONES size_t saekin_count_bits_of_both(const uint64_t *left, const uint64_t *right, size_t count) {
    size_t bits = 0;
    for (size_t i = 0; i < count; i++) bits += (size_t)__builtin_popcountll(left[i] & right[i]);
    return bits;
}

CLONES uint64_t saekin_and(uint64_t *target, const uint64_t *source, size_t count) {
    uint64_t any = 0;
    for (size_t i = 0; i < count; i++) any |= target[i] &= source[i];
    return any;
}

CLONES uint64_t saekin_and_not(uint64_t *target, const uint64_t *source, size_t count) {
    uint64_t any = 0;
    for (size_t i = 0; i < count; i++) any |= target[i] &= ~source[i];
    return any;
}

CLONES void saekin_or_into(uint64_t *target, const uint64_t *source, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] |= source[i];
}

CLONES uint64_t saekin_any(const uint64_t *words, size_t count) {
    uint64_t any = 0;
    for (size_t i = 0; i < count; i++) any |= words[i];
    return any;
}

void saekin_set_bits(const uint32_t *documents, size_t count, uint32_t base, uint64_t *words) {
    for (size_t i = 0; i < count; i++) {
        const uint32_t offset = documents[i] - base;
        words[offset >> 6] |= (uint64_t)1 << (offset & 63);
    }
}

CLONES size_t saekin_lower_bound(const uint32_t *values, size_t start, size_t count, uint32_t target) {
    // Sixteen at a time: the values ascend, so those below the target are counted without a branch.
    while (start + 16 <= count) {
        if (values[start + 15] >= target) {
            uint32_t below = 0;
            for (size_t i = 0; i < 16; i++) below += values[start + i] < target;
            return start + below;
        }
        start += 16;
    }
    while (start < count && values[start] < target) start++;
    return start;
}

// A word of 64 comparisons. Compilers do not find the mask instructions in the plain loop.
#if defined(__x86_64__)
__attribute__((target("avx512f"))) static uint64_t in_range_avx512(const uint32_t *values, uint32_t lower,
                                                                    uint32_t span) {
    const __m512i low = _mm512_set1_epi32((int)lower), width = _mm512_set1_epi32((int)span);
    uint64_t word = 0;
    for (int part = 0; part < 4; part++) {
        const __m512i shifted = _mm512_sub_epi32(_mm512_loadu_si512(values + 16 * part), low);
        word |= (uint64_t)_mm512_cmple_epu32_mask(shifted, width) << (16 * part);
    }
    return word;
}

__attribute__((target("avx512f"))) static uint64_t at_least_avx512(const float *values, float least) {
    const __m512 limit = _mm512_set1_ps(least);
    uint64_t word = 0;
    for (int part = 0; part < 4; part++) {
        const __m512 row = _mm512_loadu_ps(values + 16 * part);
        word |= (uint64_t)_mm512_cmp_ps_mask(row, limit, _CMP_GE_OQ) << (16 * part);
    }
    return word;
}

static int has_avx512;

__attribute__((constructor)) static void look_at_processor(void) {
    has_avx512 = __builtin_cpu_supports("avx512f") ? 1 : 0;
}
#endif

INLINE uint64_t in_range(const uint32_t *values, uint32_t lower, uint32_t span) {
#if defined(__x86_64__)
    if (has_avx512) return in_range_avx512(values, lower, span);
#endif
    uint64_t word = 0;
    for (size_t bit = 0; bit < 64; bit++) word |= (uint64_t)(values[bit] - lower <= span) << bit;
    return word;
}

INLINE uint64_t at_least(const float *values, float least) {
#if defined(__x86_64__)
    if (has_avx512) return at_least_avx512(values, least);
#endif
    uint64_t word = 0;
    for (size_t bit = 0; bit < 64; bit++) word |= (uint64_t)(values[bit] >= least) << bit;
    return word;
}

void saekin_bits_in_range(const uint32_t *values, size_t count, uint32_t lower, uint32_t upper,
                          uint64_t *words) {
    const uint32_t span = upper - lower;
    size_t i = 0;
    for (; i + 64 <= count; i += 64) words[i >> 6] = in_range(values + i, lower, span);
    if (i < count) {
        uint64_t word = 0;
        for (size_t bit = 0; i + bit < count; bit++) word |= (uint64_t)(values[i + bit] - lower <= span) << bit;
        words[i >> 6] = word;
    }
}

INLINE float contribution(const saekin_unit_scores *unit, uint32_t frequency, uint8_t norm) {
    if (frequency - 1 < 4) return unit->contributions[(frequency - 1) << 8 | norm];
    const float weighted = (float)frequency * unit->factors[norm];
    const float score = unit->weight * (weighted / (unit->k1 + weighted));
    const float raised = score + unit->magic;
    return raised - unit->magic;
}

CLONES void saekin_tabulate_contributions(const saekin_unit_scores *unit, float *contributions) {
    for (int frequency = 1; frequency <= 4; frequency++) {
        for (int norm = 0; norm < 256; norm++) {
            const float weighted = (float)frequency * unit->factors[norm];
            const float score = unit->weight * (weighted / (unit->k1 + weighted));
            const float raised = score + unit->magic;
            contributions[(frequency - 1) << 8 | norm] = raised - unit->magic;
        }
    }
}

float saekin_contribution(const saekin_unit_scores *unit, uint32_t frequency, uint8_t norm) {
    return contribution(unit, frequency, norm);
}

void saekin_add_scores(const saekin_unit_scores *unit, const uint32_t *documents, const uint32_t *frequencies,
                       size_t count, uint32_t base, uint64_t *words, float *scores) {
    const uint8_t *const norms = unit->norms;
    if (frequencies == NULL) {
        for (size_t i = 0; i < count; i++) {
            const uint32_t document = documents[i], offset = document - base;
            words[offset >> 6] |= (uint64_t)1 << (offset & 63);
            scores[offset] += unit->contributions[norms == NULL ? 0 : norms[document]];
        }
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const uint32_t document = documents[i], offset = document - base;
        words[offset >> 6] |= (uint64_t)1 << (offset & 63);
        scores[offset] += contribution(unit, frequencies[i], norms == NULL ? 0 : norms[document]);
    }
}

size_t saekin_candidates(const saekin_unit_scores *unit, const uint32_t *documents, const uint32_t *frequencies,
                         size_t count, float least, uint32_t *found, float *scores) {
    const uint8_t *const norms = unit->norms;
    size_t kept = 0;
    if (frequencies == NULL) {
        for (size_t i = 0; i < count; i++) {
            const uint32_t document = documents[i];
            const float score = unit->contributions[norms == NULL ? 0 : norms[document]];
            found[kept] = document;
            scores[kept] = score;
            kept += score >= least;
        }
        return kept;
    }
    for (size_t i = 0; i < count; i++) {
        const uint32_t document = documents[i];
        const float score = contribution(unit, frequencies[i], norms == NULL ? 0 : norms[document]);
        found[kept] = document;
        scores[kept] = score;
        kept += score >= least;
    }
    return kept;
}

size_t saekin_scored_candidates(const uint64_t *words, const float *scores, size_t word_count, float least,
                                       uint32_t base, uint32_t *found, float *found_scores) {
    size_t kept = 0;
    for (size_t i = 0; i < word_count; i++) {
        uint64_t word = words[i];
        if (word == 0) continue;
        const float *const row = scores + 64 * i;
        for (word &= at_least(row, least); word != 0; word &= word - 1) {
            const uint32_t offset = (uint32_t)__builtin_ctzll(word);
            found[kept] = base + (uint32_t)(64 * i) + offset;
            found_scores[kept] = row[offset];
            kept++;
        }
    }
    return kept;
}
