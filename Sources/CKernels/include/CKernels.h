// The engine's byte-level kernels: bit packing in blocks of 128, bit sets and CRC-32C.
//
// Layout of a full block of 128 values at width w, "vertical": value i belongs to lane i % 4; each lane is a
// stream of 32 values of w bits, lowest bits first, in 32-bit words; word k of lane l is the little-endian
// word at byte 16 * k + 4 * l. A block takes 16 * w bytes and one 128-bit register holds a word of each lane.
//
// Layout of a narrow run of n values at width w: one stream of bits, lowest bits first, ceil(n * w / 8)
// bytes.
//
// A packed array of n values is n / 128 full blocks followed by one narrow run of n % 128 values.
// A patched run of n <= 128 values at width w with e exceptions is the values' low w bits as a packed array,
// then for each value that needs more, ascending, its index and its bits above the w low ones, one byte each.
//
// No function reads or writes a byte outside the sizes stated here. Widths go from 0 to 32.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Packs 128 values, each below 2^width, into 16 * width bytes.
void saekin_pack128(const uint32_t *values, uint32_t width, uint8_t *out);

/// Unpacks 128 values from 16 * width bytes.
void saekin_unpack128(const uint8_t *in, uint32_t width, uint32_t *values);

/// Unpacks 128 gaps and adds them up: values[i] = values[i - 1] + gap[i] + 1, with values[-1] = previous,
/// modulo 2^32. A list that starts at 0 has previous = UINT32_MAX.
void saekin_unpack128_ascending(const uint8_t *in, uint32_t width, uint32_t previous, uint32_t *values);

/// Packs `count` values, each below 2^width, into ceil(count * width / 8) bytes.
void saekin_pack_narrow(const uint32_t *values, uint32_t count, uint32_t width, uint8_t *out);

/// Unpacks `count` values from ceil(count * width / 8) bytes.
void saekin_unpack_narrow(const uint8_t *in, uint32_t count, uint32_t width, uint32_t *values);

/// As saekin_unpack_narrow, adding up as saekin_unpack128_ascending does.
void saekin_unpack_narrow_ascending(const uint8_t *in, uint32_t count, uint32_t width, uint32_t previous,
                                    uint32_t *values);

/// Packs an array: full blocks, then a narrow run. Returns the bytes written.
size_t saekin_pack_array(const uint32_t *values, size_t count, uint32_t width, uint8_t *out);

/// Unpacks an array that saekin_pack_array wrote.
void saekin_unpack_array(const uint8_t *in, size_t count, uint32_t width, uint32_t *values);

/// Reads value `index` of an array of `count` values. Precondition: index < count.
uint32_t saekin_array_value(const uint8_t *in, size_t count, uint32_t width, size_t index);

/// The width at which a patched run of `count` values, at most 128, is smallest, with at most
/// `exception_limit` exceptions, whose number it sets. Exceptions are taken only where they save more than
/// `surcharge` bytes.
uint32_t saekin_patched_width(const uint32_t *values, uint32_t count, uint32_t exception_limit,
                              uint32_t surcharge, uint32_t *exception_count);

/// Packs a patched run of at most 128 values, at a width that saekin_patched_width chose. Returns the bytes
/// written, at most 16 * width + 2 * exceptions.
size_t saekin_pack_patched(const uint32_t *values, uint32_t count, uint32_t width, uint8_t *out);

/// Unpacks a patched run of at most 128 values. Whatever the bytes are, at most 128 values are written.
void saekin_unpack_patched(const uint8_t *in, uint32_t count, uint32_t width, uint32_t exception_count,
                           uint32_t *values);

/// Reads value `index` of a patched run of at most 128 values. Precondition: index < count.
uint32_t saekin_patched_value(const uint8_t *in, uint32_t count, uint32_t width, uint32_t exception_count,
                              uint32_t index);

/// As saekin_unpack_patched, adding up as saekin_unpack128_ascending does.
void saekin_unpack_patched_ascending(const uint8_t *in, uint32_t count, uint32_t width,
                                     uint32_t exception_count, uint32_t previous, uint32_t *values);

/// values[i] = base + divisor * packed[i], modulo 2^64.
void saekin_widen(const uint32_t *packed, size_t count, uint64_t base, uint64_t divisor, int64_t *values);

/// The bitwise or of all values: its bit width is that of the largest.
uint32_t saekin_or(const uint32_t *values, size_t count);

/// The largest value, 0 when there is none.
uint32_t saekin_max(const uint32_t *values, size_t count);

/// 1 when every value is greater than the one before, else 0.
int saekin_is_ascending(const uint32_t *values, size_t count);

/// Writes base + i for each set bit i of the little-endian words, until `capacity` values are written.
/// Returns how many bits are set, which may be more than `capacity`.
size_t saekin_bits_to_values(const uint8_t *words, size_t word_count, uint32_t base, uint32_t *values,
                             size_t capacity);

/// How many bits are set in the little-endian words.
size_t saekin_popcount(const uint8_t *words, size_t word_count);

/// out[i] |= word i of the little-endian words. Returns how many bits are set in these.
size_t saekin_or_words(const uint8_t *words, size_t word_count, uint64_t *out);

/// Sets the bits of those documents of base ..< end that a patched run of gaps of width 0 stands for: `count`
/// documents from `first` on that follow each other but for the gaps of the exceptions. Bit 0 is `base`.
/// Returns 0, and sets nothing, where the exceptions do not ascend or the last document is not `last`.
/// Preconditions: base < end, count > 0, and last does not exceed UINT32_MAX - 1.
int saekin_set_runs(const uint8_t *exceptions, uint32_t exception_count, uint32_t count, uint32_t first,
                    uint32_t last, uint32_t base, uint32_t end, uint64_t *words);

// Windows of documents: bit sets of native 64-bit words, and scores.

/// How many bits are set.
size_t saekin_count_bits(const uint64_t *words, size_t count);

/// Has the processor load the bytes at an address that will soon be read.
static inline void saekin_prefetch(const void *address) { __builtin_prefetch(address); }

/// sums[i] = pairs[2 * i] + pairs[2 * i + 1] for each of `count` sums. Returns how many are not 0.
size_t saekin_add_pairs(const uint32_t *pairs, size_t count, uint32_t *sums);

/// How many bits are set in both.
size_t saekin_count_bits_of_both(const uint64_t *left, const uint64_t *right, size_t count);

/// How many bits are set in both the little-endian words at `stored` and `words`.
size_t saekin_count_words_of_both(const uint8_t *stored, const uint64_t *words, size_t count);

/// How many of the documents have their bits set.
size_t saekin_count_members(const uint32_t *documents, size_t count, const uint64_t *words);

/// target &= source; not 0 when any bit is left.
uint64_t saekin_and(uint64_t *target, const uint64_t *source, size_t count);

/// target &= ~source; not 0 when any bit is left.
uint64_t saekin_and_not(uint64_t *target, const uint64_t *source, size_t count);

/// target |= source.
void saekin_or_into(uint64_t *target, const uint64_t *source, size_t count);

/// Not 0 when any bit is set.
uint64_t saekin_any(const uint64_t *words, size_t count);

/// Keeps those of the bits whose score, 64 to a word, is at least `least`; not 0 when any is left.
uint64_t saekin_keep_reaching(uint64_t *words, const float *scores, float least, size_t count);

/// The greatest of some bytes; 0 when there are none.
uint8_t saekin_greatest_byte(const uint8_t *values, size_t count);

/// Adds to the score of each document with a bit what a table of 256 has for its byte.
void saekin_add_by_value(const uint64_t *words, size_t word_count, const uint8_t *values, const float *table,
                         float *scores);

/// Sets bit documents[i] - base for each document. The caller has words for all of them.
void saekin_set_bits(const uint32_t *documents, size_t count, uint32_t base, uint64_t *words);

/// The first place from `start` on, up to `count`, whose value is at least `target`. The values ascend.
size_t saekin_lower_bound(const uint32_t *values, size_t start, size_t count, uint32_t target);

/// Sets the bits of those candidates whose value of a packed array lies in lower...upper, and clears all
/// others of the (count + 63) / 64 words. What has no candidate is not read, and no candidate stands from
/// `count` on. lower <= upper.
void saekin_packed_in_range(const uint8_t *in, size_t count, uint32_t width, uint32_t lower, uint32_t upper,
                            const uint64_t *candidates, uint64_t *words);

/// How the occurrences of a term score: weight * (f * factor / (k1 + f * factor)), rounded by adding and
/// subtracting `magic`.
typedef struct {
    /// A norm a document, or NULL where every norm is 0.
    const uint8_t *norms;
    /// The score of frequency 1 by norm, 0 to 255.
    const float *contributions;
    /// The factor of each norm.
    const float *factors;
    float weight;
    float k1;
    float magic;
} saekin_unit_scores;

/// Fills the 256 scores that `contributions` is to point to, from the other members.
void saekin_tabulate_contributions(const saekin_unit_scores *unit, float *contributions);

/// The score of one occurrence count. Precondition: frequency > 0.
float saekin_contribution(const saekin_unit_scores *unit, uint32_t frequency, uint8_t norm);

/// Sets the bit of each of at most 128 documents and adds its score, both at document - base. Without
/// `frequencies` all are 1.
void saekin_add_scores(const saekin_unit_scores *unit, const uint32_t *documents, const uint32_t *frequencies,
                       size_t count, uint32_t base, uint64_t *words, float *scores);

/// Writes those of at most 128 documents whose score is at least `least`, and their scores; returns how
/// many. `found` and `scores` have room for `count`; `found` may be `documents`.
size_t saekin_candidates(const saekin_unit_scores *unit, const uint32_t *documents,
                         const uint32_t *frequencies, size_t count, float least, uint32_t *found,
                         float *scores);

/// The same with places among the documents, which ascend, in place of the documents themselves.
size_t saekin_candidate_places(const saekin_unit_scores *unit, const uint32_t *documents,
                               const uint32_t *frequencies, size_t count, float least, uint32_t *places,
                               float *scores);

/// Of the documents base + i whose bit i is set in the little-endian words, or of all where there are no
/// words, those whose norm is at most `greatest`; bit_count is a multiple of 64 where there are words. Writes
/// them and how many documents stand before each; returns how many. Room for as many as there are documents.
size_t saekin_choose_by_norm(const uint8_t *bits, size_t bit_count, const uint8_t *norms, uint8_t greatest,
                             uint32_t base, uint32_t *documents, uint32_t *places);

/// The candidates of a window: documents base + i whose bit i is set and whose score is at least `least`.
/// Leaves all bits and scores 0. Room for 64 * word_count.
size_t saekin_take_candidates(uint64_t *words, float *scores, size_t word_count, float least, uint32_t base,
                              uint32_t *found, float *found_scores);

// Phrases: documents that have all terms, by their places in a block of each term's postings, and positions.

/// The positions of a block of postings, unpacked from the front as far as they are asked for: packs of 128
/// distances and a rest, patched runs, each behind a byte of width, plus 128 where a byte of exceptions
/// follows.
typedef struct {
    const uint8_t *bytes;
    size_t byte_count;
    /// Distances of all packs.
    size_t total;
    /// The next pack, and where it starts.
    size_t pack;
    size_t offset;
} saekin_position_packs;

/// Unpacks the packs with distances start ..< end and passes those before; start <= end <= total. They stand
/// at distances[start] to distances[end - 1], of which there is room for `total`, rounded up to packs.
/// Returns 0 when a pack is cut or impossible. What is asked for next starts at `start` or later.
int saekin_unpack_positions(saekin_position_packs *packs, size_t start, size_t end, uint32_t *distances);

/// The most terms of a phrase.
#define SAEKIN_PHRASE_LENGTH_MAX 64

/// A term of a phrase in one block of its postings.
typedef struct {
    /// The block's documents, if they are decoded.
    const uint32_t *documents;
    /// Otherwise the block as a bit set from first_document on; NULL where it has every document from there.
    const uint8_t *bits;
    uint32_t first_document;
    /// Documents of the block.
    uint32_t count;
    /// The first document, or word of bits, that has not been passed, and how many bits stand before it.
    uint32_t next;
    uint32_t rank;
    /// By place, the occurrences in the documents up to it, ascending; NULL where each has one.
    const uint32_t *ends;
    uint32_t *distances;
    saekin_position_packs packs;
    /// By candidate, its place in the block; room for 128.
    uint32_t *places;
    /// The term's place in the phrase.
    uint32_t offset;
} saekin_phrase_term;

/// Keeps those of the ascending candidates that term `number` has too, with their places in the terms before
/// it, and finds their places in its block. Returns how many. All lie between the block's first possible
/// document and its last, and behind those of the call before.
size_t saekin_find_places(saekin_phrase_term *terms, size_t number, uint32_t *documents, size_t count);

/// Writes how often the phrase occurs in each of `count` candidates, or only whether, as 0 or 1. Returns in
/// how many it does, or -1 when positions are cut.
ptrdiff_t saekin_phrase_frequencies(saekin_phrase_term *terms, size_t term_count, size_t count,
                                    int is_first_enough, uint32_t *frequencies);

/// A packed array of ordinals, each less `smallest`; none may be more than `range`.
typedef struct {
    const uint8_t *values;
    size_t count;
    uint32_t width;
    uint32_t smallest;
    uint32_t range;
} saekin_packed_ordinals;

/// Lists of ordinals: where the lists of each 128 start, little-endian 32-bit numbers, and a packed array of
/// their lengths, each less 1.
typedef struct {
    const uint8_t *starts;
    const uint8_t *lengths;
    size_t count;
    uint32_t width;
} saekin_packed_lists;

/// Counts the ordinal of each chosen document of a window of at most 64 words. An ordinal is counted at its
/// number, or at itself where `numbers` is NULL; there are two counters, at twice the number and behind it,
/// of which only the sum means something. The documents with a value, all or those whose bits are set in
/// `presence`, have the values in their order. Returns how many values were missing or more than `range`, or
/// 1 for a run of them; they are not counted.
size_t saekin_count_chosen(const saekin_packed_ordinals *packed, const uint64_t *chosen,
                           const uint64_t *presence, size_t word_count, const uint32_t *numbers,
                           uint32_t *counts);

/// The same where each document has a list of ordinals.
size_t saekin_count_chosen_lists(const saekin_packed_ordinals *packed, const saekin_packed_lists *lists,
                                 const uint64_t *chosen, const uint64_t *presence, size_t word_count,
                                 const uint32_t *numbers, uint32_t *counts);

/// Runs of documents with the same ordinals: a bit for the first document of each, how many runs start before
/// each word of 64, and the ordinals of run r: those before ends[r] and from ends[r - 1] on, or, where `ends`
/// is NULL, the one at r. The first document starts a run.
typedef struct {
    const uint64_t *starts;
    const uint32_t *before;
    const uint32_t *ends;
    const uint32_t *ordinals;
} saekin_runs;

/// Counts the ordinals of the chosen documents of some words, as saekin_count_chosen does. The first word is
/// number `first_word` of the runs.
void saekin_count_runs(const saekin_runs *runs, size_t first_word, const uint64_t *chosen, size_t word_count,
                       const uint32_t *numbers, uint32_t *counts);

/// CRC-32C (Castagnoli, reflected, as in RFC 3720), continued from `crc`, which is 0 at the start.
uint32_t saekin_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same checksum from a table, one byte at a time: what processors without the instruction use.
uint32_t saekin_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

/// A seeded hash for tables in memory; it is never stored.
uint64_t saekin_hash(const void *bytes, size_t count, uint64_t seed);

/// Documents and the numbers of their terms: those of document d stand at terms[starts[d]] to
/// terms[starts[d + 1]]. No term stands twice in a document.
typedef struct {
    const uint32_t *starts;
    const uint16_t *terms;
} saekin_bisection_graph;

/// Entries of the table of costs: entry d is what a half with d documents of a term pays for one more, in
/// 1/1024 bit, below 2^14.
#define SAEKIN_BISECTION_COST_BITS 12
#define SAEKIN_BISECTION_COST_COUNT (1 << SAEKIN_BISECTION_COST_BITS)

/// degrees[term] += 1 for each term of the documents order[0] to order[count - 1].
void saekin_bisection_count(const saekin_bisection_graph *graph, const uint32_t *order, size_t count,
                            uint32_t *degrees);

/// How strongly each term pulls its documents to the left half, from how many documents of both halves
/// have it: `left_pulls` those that are there (what moving away would cost), `right_pulls` those on the
/// right (what coming over would save). Degrees are below 2^31, and so every pull fits into 16 bits.
void saekin_bisection_gains(const uint32_t *left, const uint32_t *right, size_t term_count,
                            const int16_t *costs, int16_t *left_pulls, int16_t *right_pulls);

/// sums[i] is the sum of the pulls of the terms of order[i]. At most 65,535 terms a document.
void saekin_bisection_sum(const saekin_bisection_graph *graph, const uint32_t *order, size_t count,
                          const int16_t *pulls, int32_t *sums);

/// The sum of the one that is number `wanted` (from 1 on) from above. Precondition: 1 <= wanted <= count.
int32_t saekin_bisection_bound(const int32_t *sums, size_t count, size_t wanted);

/// Swaps documents of the left half, order[0] to order[left_count - 1], with documents of the right one,
/// until no sum on the left is below `bound`, which is that of number `left_count`, and none on the right
/// above it. The sums move along, and the degrees are brought up to date. Returns how many pairs were
/// swapped.
size_t saekin_bisection_swap(const saekin_bisection_graph *graph, uint32_t *order, size_t left_count,
                             size_t count, int32_t *sums, int32_t bound, uint32_t *left, uint32_t *right);

/// Copies documents, one after another, with terms renumbered to numbers[term], and without those whose
/// number is UINT16_MAX. `starts` gets count + 1 values, `terms` has room for one value more than the
/// documents have terms. Returns how many terms were copied.
size_t saekin_bisection_copy(const saekin_bisection_graph *graph, const uint32_t *order, size_t count,
                             const uint16_t *numbers, uint16_t *terms, uint32_t *starts);

/// The sum of log2(gap) over all terms, in 1/1024 bit: the gap is that between the places in `order` of a
/// document of the term and of the one before, for the first one from before the start. `logs` has the
/// logarithms of 0 (any) to 4,095 in 1/1024 bit; `last` has room for a value a term. What an order is judged
/// by: the fewer bits, the closer together are documents with the same terms.
uint64_t saekin_bisection_log_gaps(const saekin_bisection_graph *graph, const uint32_t *order, size_t count,
                                   size_t term_count, const int16_t *logs, uint32_t *last);

/// Sorts values by their upper 32 bits, all below 2^key_bits; equal ones keep their order. `scratch` has
/// room for as many values.
void saekin_sort_by_high_word(uint64_t *values, size_t count, uint32_t key_bits, uint64_t *scratch);

#ifdef __cplusplus
}
#endif
