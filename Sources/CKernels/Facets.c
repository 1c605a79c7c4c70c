// Counting the ordinals of chosen documents: by runs of documents with the same ordinals, or where they are
// packed. Of a packed column, a value that is needed alone is read alone; where many of a block of 128 are
// needed, the block is unpacked once.
//
// Of a packed column, what is needed is first collected for the whole window, then counted, so that memory
// is waited for many times at once. Neighbours in a well-ordered segment have the same values, and a counter
// that was just stored is slow to load again: two counters take turns.
#include "CKernels.h"
#include "PackedValue.h"
#include "Processor.h"
#include <string.h>

// Values of a block from which on it is unpacked.
enum { DENSE = 6 };
// Words and documents of a window.
enum { WINDOW_WORDS = 64, WINDOW = 4096 };

// The chosen documents of a block of 128 with a value.
typedef struct {
    uint64_t words[2];
    // How many values the block has.
    size_t count;
} chosen_block;

INLINE size_t popcount(uint64_t word) { return (size_t)__builtin_popcountll(word); }

// Where an ordinal is counted.
INLINE size_t number_of(uint32_t ordinal, const uint32_t *numbers) {
    return numbers == NULL ? ordinal : numbers[ordinal];
}

// Turns chosen documents into bits by rank among those with a value.
INLINE const uint64_t *chosen_ranks(const uint64_t *chosen, const uint64_t *presence, size_t word_count,
                                    uint64_t *ranks) {
    if (presence == NULL) return chosen;
    memset(ranks, 0, word_count * sizeof(uint64_t));
    size_t before = 0;
    for (size_t i = 0; i < word_count; i++) {
        for (uint64_t word = chosen[i] & presence[i]; word != 0; word &= word - 1) {
            const size_t rank = before + popcount(presence[i] & ((word & -word) - 1));
            ranks[rank >> 6] |= (uint64_t)1 << (rank & 63);
        }
        before += popcount(presence[i]);
    }
    return ranks;
}

// The chosen ranks of a block; how many of them have no value.
INLINE size_t take_block(const uint64_t *ranks, size_t word_count, size_t number, size_t count,
                         chosen_block *block) {
    block->words[0] = ranks[2 * number];
    block->words[1] = 2 * number + 1 < word_count ? ranks[2 * number + 1] : 0;
    const size_t left = count > 128 * number ? count - 128 * number : 0;
    block->count = left < 128 ? left : 128;
    if (left >= 128) return 0;
    const size_t before = popcount(block->words[0]) + popcount(block->words[1]);
    if (left <= 64) block->words[1] = 0;
    else block->words[1] &= ((uint64_t)1 << (left - 64)) - 1;
    if (left < 64) block->words[0] &= ((uint64_t)1 << left) - 1;
    return before - popcount(block->words[0]) - popcount(block->words[1]);
}

CLONES size_t saekin_count_chosen(const saekin_packed_ordinals *packed, const uint64_t *chosen,
                                  const uint64_t *presence, size_t word_count, const uint32_t *numbers,
                                  uint32_t *counts) {
    uint64_t memory[WINDOW_WORDS];
    const uint64_t *const ranks = chosen_ranks(chosen, presence, word_count, memory);
    uint32_t values[WINDOW], unpacked[128];
    size_t count = 0, unsound = 0;
    for (size_t number = 0; 2 * number < word_count; number++) {
        chosen_block block;
        unsound += take_block(ranks, word_count, number, packed->count, &block);
        const size_t wanted = popcount(block.words[0]) + popcount(block.words[1]);
        if (wanted == 0) continue;
        if (packed->width == 0) {
            counts[2 * number_of(packed->smallest, numbers)] += (uint32_t)wanted;
            continue;
        }
        const int is_dense = wanted >= DENSE;
        if (is_dense) {
            saekin_unpack_array(packed->values + number * 16 * (size_t)packed->width, block.count,
                                packed->width, unpacked);
        }
        for (size_t part = 0; part < 2; part++) {
            for (uint64_t word = block.words[part]; word != 0; word &= word - 1) {
                const size_t place = 64 * part + (size_t)__builtin_ctzll(word);
                values[count++] = is_dense ? unpacked[place]
                                           : array_value(packed->values, packed->count, packed->width,
                                                                128 * number + place);
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (values[i] > packed->range) unsound++;
        else counts[2 * number_of(packed->smallest + values[i], numbers) + i % 2]++;
    }
    return unsound;
}

// Lists that stand side by side: their values are start ..< end.
typedef struct {
    uint32_t start, end;
} span;

// Collects the chosen lists; how many documents have none.
INLINE size_t take_spans(const saekin_packed_ordinals *packed, const saekin_packed_lists *lists,
                         const uint64_t *ranks, size_t word_count, span *spans, size_t *span_count) {
    // Where each list of a block starts and the last one ends.
    uint32_t ends[129];
    size_t unsound = 0, count = 0;
    for (size_t number = 0; 2 * number < word_count; number++) {
        chosen_block block;
        unsound += take_block(ranks, word_count, number, lists->count, &block);
        if ((block.words[0] | block.words[1]) == 0) continue;
        const uint8_t *const lengths = lists->lengths + number * 16 * (size_t)lists->width;
        memcpy(ends, lists->starts + 4 * number, 4);
        // Lengths are stored less 1, as gaps are: what adds gaps up adds them up too.
        if (block.count == 128) {
            saekin_unpack128_ascending(lengths, lists->width, ends[0], ends + 1);
        } else {
            saekin_unpack_narrow_ascending(lengths, (uint32_t)block.count, lists->width, ends[0], ends + 1);
        }
        for (size_t part = 0; part < 2; part++) {
            for (uint64_t word = block.words[part]; word != 0;) {
                const size_t first = (size_t)__builtin_ctzll(word);
                const uint64_t others = ~(word >> first);
                const size_t length = others == 0 ? 64 : (size_t)__builtin_ctzll(others);
                const span found = {ends[64 * part + first], ends[64 * part + first + length]};
                if (found.start > found.end || found.end > packed->count) {
                    unsound++;
                } else {
                    __builtin_prefetch(packed->values + (size_t)found.start * packed->width / 8);
                    spans[count++] = found;
                }
                if (first + length == 64) break;
                word &= UINT64_MAX << (first + length);
            }
        }
    }
    *span_count = count;
    return unsound;
}

CLONES size_t saekin_count_chosen_lists(const saekin_packed_ordinals *packed,
                                        const saekin_packed_lists *lists, const uint64_t *chosen,
                                        const uint64_t *presence, size_t word_count,
                                        const uint32_t *numbers, uint32_t *counts) {
    uint64_t memory[WINDOW_WORDS];
    // At most every second document starts a run, or the first of each word.
    span spans[WINDOW / 2 + WINDOW_WORDS];
    size_t span_count;
    const uint64_t *const ranks = chosen_ranks(chosen, presence, word_count, memory);
    size_t unsound = take_spans(packed, lists, ranks, word_count, spans, &span_count);
    uint32_t values[128];
    size_t unpacked = SIZE_MAX;
    for (size_t i = 0; i < span_count; i++) {
        size_t place = spans[i].start;
        while (place < spans[i].end) {
            const size_t number = place / 128, next = 128 * (number + 1);
            const size_t stop = spans[i].end < next ? spans[i].end : next;
            const int is_wanted_often =
                stop - place >= DENSE || (i + 2 < span_count && spans[i + 2].start < next);
            if (number != unpacked && is_wanted_often) {
                const size_t left = packed->count - 128 * number;
                saekin_unpack_array(packed->values + number * 16 * (size_t)packed->width,
                                    left < 128 ? left : 128, packed->width, values);
                unpacked = number;
            }
            const int is_unpacked = number == unpacked;
            for (; place < stop; place++) {
                const uint32_t value =
                    is_unpacked ? values[place % 128]
                                : array_value(packed->values, packed->count, packed->width, place);
                if (value > packed->range) unsound++;
                else counts[2 * number_of(packed->smallest + value, numbers) + place % 2]++;
            }
        }
    }
    return unsound;
}

// `has_lists` is a constant, so that each caller has the loop without the question.
INLINE void count_runs(const saekin_runs *runs, const int has_lists, size_t first_word,
                       const uint64_t *chosen, size_t word_count, const uint32_t *numbers,
                       uint32_t *counts) {
    for (size_t i = 0; i < word_count; i++) {
        const uint64_t starts = runs->starts[first_word + i];
        const uint32_t before = runs->before[first_word + i];
        for (uint64_t word = chosen[i]; word != 0;) {
            // Up to the first chosen document; behind it, up to the next run.
            const uint64_t head = word ^ (word - 1), later = starts & ~head;
            const uint64_t same = (later & -later) - 1;
            const size_t run = before + popcount(starts & head) - 1;
            const uint32_t count = (uint32_t)popcount(word & same);
            word &= ~same;
            if (!has_lists) {
                counts[2 * number_of(runs->ordinals[run], numbers)] += count;
                continue;
            }
            for (uint32_t place = run == 0 ? 0 : runs->ends[run - 1]; place < runs->ends[run]; place++) {
                counts[2 * number_of(runs->ordinals[place], numbers) + place % 2] += count;
            }
        }
    }
}

CLONES void saekin_count_runs(const saekin_runs *runs, size_t first_word, const uint64_t *chosen,
                              size_t word_count, const uint32_t *numbers, uint32_t *counts) {
    if (runs->ends == NULL) count_runs(runs, 0, first_word, chosen, word_count, numbers, counts);
    else count_runs(runs, 1, first_word, chosen, word_count, numbers, counts);
}
