// Loops over the documents and scores of a window. Plain C that the compiler turns into vector instructions;
// on x86-64 each function is compiled for several generations of processors, and the loader picks one.
#include "CKernels.h"
#include "PackedValue.h"
#include "Processor.h"
#include <string.h>

#pragma STDC FP_CONTRACT OFF

WIDE_CLONES size_t saekin_count_bits(const uint64_t *words, size_t count) {
    size_t bits = 0;
    for (size_t i = 0; i < count; i++) bits += (size_t)__builtin_popcountll(words[i]);
    return bits;
}

CLONES size_t saekin_add_pairs(const uint32_t *pairs, size_t count, uint32_t *sums) {
    size_t present = 0;
    for (size_t i = 0; i < count; i++) {
        sums[i] = pairs[2 * i] + pairs[2 * i + 1];
        present += sums[i] != 0;
    }
    return present;
}

WIDE_CLONES size_t saekin_count_bits_of_both(const uint64_t *left, const uint64_t *right, size_t count) {
    size_t bits = 0;
    for (size_t i = 0; i < count; i++) bits += (size_t)__builtin_popcountll(left[i] & right[i]);
    return bits;
}

WIDE_CLONES size_t saekin_count_words_of_both(const uint8_t *stored, const uint64_t *words, size_t count) {
    size_t bits = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t word;
        memcpy(&word, stored + 8 * i, 8);
        bits += (size_t)__builtin_popcountll(word & words[i]);
    }
    return bits;
}

size_t saekin_count_members(const uint32_t *documents, size_t count, const uint64_t *words) {
    size_t members = 0;
    for (size_t i = 0; i < count; i++) members += words[documents[i] >> 6] >> (documents[i] & 63) & 1;
    return members;
}

WIDE_CLONES uint64_t saekin_and(uint64_t *target, const uint64_t *source, size_t count) {
    uint64_t any = 0;
    for (size_t i = 0; i < count; i++) any |= target[i] &= source[i];
    return any;
}

WIDE_CLONES uint64_t saekin_and_not(uint64_t *target, const uint64_t *source, size_t count) {
    uint64_t any = 0;
    for (size_t i = 0; i < count; i++) any |= target[i] &= ~source[i];
    return any;
}

WIDE_CLONES void saekin_or_into(uint64_t *target, const uint64_t *source, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] |= source[i];
}

WIDE_CLONES uint64_t saekin_any(const uint64_t *words, size_t count) {
    uint64_t any = 0;
    for (size_t i = 0; i < count; i++) any |= words[i];
    return any;
}

void saekin_set_bits(const uint32_t *documents, size_t count, uint32_t base, uint64_t *words) {
    // Neighbours often share a word, and a word that was just stored is slow to load again: four quarters of
    // the documents are set in turn.
    const size_t quarter = count / 4;
    for (size_t i = 0; i < quarter; i++) {
        for (size_t part = 0; part < 4; part++) {
            const uint32_t offset = documents[part * quarter + i] - base;
            words[offset >> 6] |= (uint64_t)1 << (offset & 63);
        }
    }
    for (size_t i = 4 * quarter; i < count; i++) {
        const uint32_t offset = documents[i] - base;
        words[offset >> 6] |= (uint64_t)1 << (offset & 63);
    }
}

WIDE_CLONES size_t saekin_lower_bound(const uint32_t *values, size_t start, size_t count, uint32_t target) {
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
AVX512 static inline uint64_t in_range_avx512(const uint32_t *values, uint32_t lower, uint32_t span) {
    const __m512i low = _mm512_set1_epi32((int)lower), width = _mm512_set1_epi32((int)span);
    uint64_t word = 0;
    for (int part = 0; part < 4; part++) {
        const __m512i shifted = _mm512_sub_epi32(_mm512_loadu_si512(values + 16 * part), low);
        word |= (uint64_t)_mm512_cmple_epu32_mask(shifted, width) << (16 * part);
    }
    return word;
}

AVX2 static inline uint64_t in_range_avx2(const uint32_t *values, uint32_t lower, uint32_t span) {
    const __m256i low = _mm256_set1_epi32((int)lower), width = _mm256_set1_epi32((int)span);
    uint64_t word = 0;
    for (int part = 0; part < 8; part++) {
        const __m256i row = _mm256_loadu_si256((const __m256i *)(values + 8 * part));
        const __m256i shifted = _mm256_sub_epi32(row, low);
        const __m256i inside = _mm256_cmpeq_epi32(_mm256_min_epu32(shifted, width), shifted);
        word |= (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(inside)) << (8 * part);
    }
    return word;
}

AVX512 static inline uint64_t at_least_avx512(const float *values, float least) {
    const __m512 limit = _mm512_set1_ps(least);
    uint64_t word = 0;
    for (int part = 0; part < 4; part++) {
        const __m512 row = _mm512_loadu_ps(values + 16 * part);
        word |= (uint64_t)_mm512_cmp_ps_mask(row, limit, _CMP_GE_OQ) << (16 * part);
    }
    return word;
}

AVX2 static inline uint64_t at_least_avx2(const float *values, float least) {
    const __m256 limit = _mm256_set1_ps(least);
    uint64_t word = 0;
    for (int part = 0; part < 8; part++) {
        const __m256 reaching = _mm256_cmp_ps(_mm256_loadu_ps(values + 8 * part), limit, _CMP_GE_OQ);
        word |= (uint64_t)(uint32_t)_mm256_movemask_ps(reaching) << (8 * part);
    }
    return word;
}
#endif

INLINE uint64_t in_range(const uint32_t *values, uint32_t lower, uint32_t span) {
#if defined(__x86_64__)
    if (has_avx512()) return in_range_avx512(values, lower, span);
    if (has_avx2()) return in_range_avx2(values, lower, span);
#endif
    uint64_t word = 0;
    for (size_t bit = 0; bit < 64; bit++) word |= (uint64_t)(values[bit] - lower <= span) << bit;
    return word;
}

static inline uint64_t at_least_plain(const float *values, float least) {
    uint64_t word = 0;
    for (size_t bit = 0; bit < 64; bit++) word |= (uint64_t)(values[bit] >= least) << bit;
    return word;
}

INLINE uint64_t at_least(const float *values, float least) {
#if defined(__x86_64__)
    if (has_avx512()) return at_least_avx512(values, least);
    if (has_avx2()) return at_least_avx2(values, least);
#endif
    return at_least_plain(values, least);
}

void saekin_packed_in_range(const uint8_t *in, size_t count, uint32_t width, uint32_t lower, uint32_t upper,
                            const uint64_t *candidates, uint64_t *words) {
    // Candidates from which on a block is unpacked.
    enum { DENSE = 6 };
    const uint32_t span = upper - lower;
    const size_t word_count = (count + 63) / 64;
    uint32_t values[128];
    for (size_t i = 0; i < word_count; i += 2) {
        const size_t parts = word_count - i < 2 ? 1 : 2;
        size_t wanted = 0;
        for (size_t part = 0; part < parts; part++) {
            words[i + part] = 0;
            wanted += (size_t)__builtin_popcountll(candidates[i + part]);
        }
        if (wanted == 0) continue;
        if (wanted < DENSE) {
            for (size_t part = 0; part < parts; part++) {
                for (uint64_t word = candidates[i + part]; word != 0; word &= word - 1) {
                    const size_t place = 64 * (i + part) + (size_t)__builtin_ctzll(word);
                    const uint32_t value = array_value(in, count, width, place);
                    words[i + part] |= (value - lower <= span) ? word & -word : 0;
                }
            }
            continue;
        }
        const size_t left = count - 64 * i;
        if (left < 128) memset(values, 0, sizeof values);
        saekin_unpack_array(in + i / 2 * 16 * (size_t)width, left < 128 ? left : 128, width, values);
        for (size_t part = 0; part < parts; part++) {
            words[i + part] = candidates[i + part] & in_range(values + 64 * part, lower, span);
        }
    }
}

INLINE float rounded(float score, float magic) {
    const float raised = score + magic;
    return raised - magic;
}

INLINE float contribution(const saekin_unit_scores *unit, float frequency, uint8_t norm) {
    const float weighted = frequency * unit->factors[norm];
    return rounded(unit->weight * (weighted / (unit->k1 + weighted)), unit->magic);
}

WIDE_CLONES void saekin_tabulate_contributions(const saekin_unit_scores *unit, float *contributions) {
    for (int norm = 0; norm < 256; norm++) contributions[norm] = contribution(unit, 1, (uint8_t)norm);
}

float saekin_contribution(const saekin_unit_scores *unit, uint32_t frequency, uint8_t norm) {
    if (frequency == 1) return unit->contributions[norm];
    return contribution(unit, (float)frequency, norm);
}

// The scores of up to 128 documents. Norms are looked up one by one, the rest is vector arithmetic.
WIDE_CLONES static void score_block(const saekin_unit_scores *unit, const uint32_t *documents,
                               const uint32_t *frequencies, size_t count, float *scores) {
    const uint8_t *const norms = unit->norms;
    const float *const table = frequencies == NULL ? unit->contributions : unit->factors;
    if (norms == NULL) {
        for (size_t i = 0; i < count; i++) scores[i] = table[0];
    } else {
        for (size_t i = 0; i < count; i++) scores[i] = table[norms[documents[i]]];
    }
    if (frequencies == NULL) return;
    const float weight = unit->weight, k1 = unit->k1, magic = unit->magic;
    for (size_t i = 0; i < count; i++) {
        const float weighted = (float)frequencies[i] * scores[i];
        scores[i] = rounded(weight * (weighted / (k1 + weighted)), magic);
    }
}

void saekin_add_scores(const saekin_unit_scores *unit, const uint32_t *documents, const uint32_t *frequencies,
                       size_t count, uint32_t base, uint64_t *words, float *scores) {
    float block[128];
    score_block(unit, documents, frequencies, count, block);
    saekin_set_bits(documents, count, base, words);
    for (size_t i = 0; i < count; i++) scores[documents[i] - base] += block[i];
}

uint64_t saekin_keep_reaching(uint64_t *words, const float *scores, float least, size_t count) {
    uint64_t any = 0;
    for (size_t i = 0; i < count; i++) {
        if (words[i] != 0) any |= words[i] &= at_least(scores + i * 64, least);
    }
    return any;
}

// Scores a block, which has room for 128, and writes the places of those that are at least `least`; how many.
INLINE size_t score_candidates(const saekin_unit_scores *unit, const uint32_t *documents,
                               const uint32_t *frequencies, size_t count, float least, float *block,
                               uint32_t *places) {
    score_block(unit, documents, frequencies, count, block);
    for (size_t i = count; i < ((count + 63) & ~(size_t)63); i++) block[i] = -1;
    size_t kept = 0;
    for (size_t i = 0; i < count; i += 64) {
        uint64_t reaching = at_least(block + i, least);
        if (count - i < 64) reaching &= ((uint64_t)1 << (count - i)) - 1;
        for (; reaching != 0; reaching &= reaching - 1) {
            places[kept++] = (uint32_t)i + (uint32_t)__builtin_ctzll(reaching);
        }
    }
    return kept;
}

size_t saekin_candidates(const saekin_unit_scores *unit, const uint32_t *documents,
                         const uint32_t *frequencies, size_t count, float least, uint32_t *found,
                         float *scores) {
    float block[128];
    uint32_t places[128];
    const size_t kept = score_candidates(unit, documents, frequencies, count, least, block, places);
    for (size_t i = 0; i < kept; i++) {
        found[i] = documents[places[i]];
        scores[i] = block[places[i]];
    }
    return kept;
}

size_t saekin_candidate_places(const saekin_unit_scores *unit, const uint32_t *documents,
                               const uint32_t *frequencies, size_t count, float least, uint32_t *places,
                               float *scores) {
    float block[128];
    const size_t kept = score_candidates(unit, documents, frequencies, count, least, block, places);
    for (size_t i = 0; i < kept; i++) scores[i] = block[places[i]];
    return kept;
}

#if defined(__x86_64__)
AVX2 static inline uint64_t norms_up_to_avx2(const uint8_t *norms, uint8_t greatest) {
    const __m256i limit = _mm256_set1_epi8((char)greatest);
    uint64_t word = 0;
    for (int part = 0; part < 2; part++) {
        const __m256i row = _mm256_loadu_si256((const __m256i *)(norms + 32 * part));
        const __m256i below = _mm256_cmpeq_epi8(_mm256_max_epu8(row, limit), limit);
        word |= (uint64_t)(uint32_t)_mm256_movemask_epi8(below) << (32 * part);
    }
    return word;
}
#endif

// Of up to 64 norms, those that are at most `greatest`.
INLINE uint64_t norms_up_to(const uint8_t *norms, size_t count, uint8_t greatest) {
#if defined(__x86_64__)
    if (count == 64 && has_avx2()) return norms_up_to_avx2(norms, greatest);
#endif
    uint64_t word = 0;
    for (size_t bit = 0; bit < count; bit++) word |= (uint64_t)(norms[bit] <= greatest) << bit;
    return word;
}

size_t saekin_choose_by_norm(const uint8_t *bits, size_t bit_count, const uint8_t *norms, uint8_t greatest,
                             uint32_t base, uint32_t *documents, uint32_t *places) {
    size_t found = 0;
    uint32_t passed = 0;
    for (size_t i = 0; 64 * i < bit_count; i++) {
        const size_t count = bit_count - 64 * i < 64 ? bit_count - 64 * i : 64;
        uint64_t word = UINT64_MAX >> (64 - count);
        if (bits != NULL) memcpy(&word, bits + 8 * i, 8);
        for (uint64_t chosen = word & norms_up_to(norms + 64 * i, count, greatest); chosen != 0;
             chosen &= chosen - 1) {
            const uint64_t below = (chosen & -chosen) - 1;
            documents[found] = base + (uint32_t)(64 * i) + (uint32_t)__builtin_popcountll(below);
            places[found] = passed + (uint32_t)__builtin_popcountll(word & below);
            found++;
        }
        passed += (uint32_t)__builtin_popcountll(word);
    }
    return found;
}

// `reaching` is a constant, so that each caller has the comparison inside its loop.
INLINE size_t take_candidates(uint64_t *words, float *scores, size_t word_count, float least, uint32_t base,
                              uint32_t *found, float *found_scores,
                              uint64_t (*const reaching)(const float *, float)) {
    // Documents of a word up to which each is looked at by itself.
    enum { SPARSE = 8 };
    size_t kept = 0;
    for (size_t i = 0; i < word_count; i++) {
        uint64_t word = words[i];
        if (word == 0) continue;
        words[i] = 0;
        float *const row = scores + 64 * i;
        const uint32_t first = base + (uint32_t)(64 * i);
        if (__builtin_popcountll(word) <= SPARSE) {
            for (; word != 0; word &= word - 1) {
                const uint32_t offset = (uint32_t)__builtin_ctzll(word);
                const float score = row[offset];
                row[offset] = 0;
                found[kept] = first + offset;
                found_scores[kept] = score;
                kept += score >= least;
            }
            continue;
        }
        for (word &= reaching(row, least); word != 0; word &= word - 1) {
            const uint32_t offset = (uint32_t)__builtin_ctzll(word);
            found[kept] = first + offset;
            found_scores[kept] = row[offset];
            kept++;
        }
        memset(row, 0, 64 * sizeof(float));
    }
    return kept;
}

#if defined(__x86_64__)
AVX512 static size_t take_candidates_avx512(uint64_t *words, float *scores, size_t word_count, float least,
                                            uint32_t base, uint32_t *found, float *found_scores) {
    return take_candidates(words, scores, word_count, least, base, found, found_scores, at_least_avx512);
}

AVX2 static size_t take_candidates_avx2(uint64_t *words, float *scores, size_t word_count, float least,
                                        uint32_t base, uint32_t *found, float *found_scores) {
    return take_candidates(words, scores, word_count, least, base, found, found_scores, at_least_avx2);
}
#endif

size_t saekin_take_candidates(uint64_t *words, float *scores, size_t word_count, float least, uint32_t base,
                              uint32_t *found, float *found_scores) {
#if defined(__x86_64__)
    if (has_avx512()) {
        return take_candidates_avx512(words, scores, word_count, least, base, found, found_scores);
    }
    if (has_avx2()) return take_candidates_avx2(words, scores, word_count, least, base, found, found_scores);
#endif
    return take_candidates(words, scores, word_count, least, base, found, found_scores, at_least_plain);
}
