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

/// out[i] |= word i of the little-endian words.
void saekin_or_words(const uint8_t *words, size_t word_count, uint64_t *out);

// Windows of documents: bit sets of native 64-bit words, and scores.

/// How many bits are set.
size_t saekin_count_bits(const uint64_t *words, size_t count);

/// How many bits are set in both.
size_t saekin_count_bits_of_both(const uint64_t *left, const uint64_t *right, size_t count);

/// target &= source; not 0 when any bit is left.
uint64_t saekin_and(uint64_t *target, const uint64_t *source, size_t count);

/// target &= ~source; not 0 when any bit is left.
uint64_t saekin_and_not(uint64_t *target, const uint64_t *source, size_t count);

/// target |= source.
void saekin_or_into(uint64_t *target, const uint64_t *source, size_t count);

/// Not 0 when any bit is set.
uint64_t saekin_any(const uint64_t *words, size_t count);

/// Sets bit documents[i] - base for each document. The caller has words for all of them.
void saekin_set_bits(const uint32_t *documents, size_t count, uint32_t base, uint64_t *words);

/// The first place from `start` on, up to `count`, whose value is at least `target`. The values ascend.
size_t saekin_lower_bound(const uint32_t *values, size_t start, size_t count, uint32_t target);

/// Writes, for each value, whether it lies in lower...upper, as (count + 63) / 64 words. lower <= upper.
void saekin_bits_in_range(const uint32_t *values, size_t count, uint32_t lower, uint32_t upper,
                          uint64_t *words);

/// How the occurrences of a term score: weight * (f * factor / (k1 + f * factor)), rounded by adding and
/// subtracting `magic`.
typedef struct {
    /// A norm a document, or NULL where every norm is 0.
    const uint8_t *norms;
    /// The score of frequency 1 to 4 (rows) and norm 0 to 255 (columns).
    const float *contributions;
    /// The factor of each norm.
    const float *factors;
    float weight;
    float k1;
    float magic;
} saekin_unit_scores;

/// Fills the 1,024 scores that `contributions` is to point to, from the other members.
void saekin_tabulate_contributions(const saekin_unit_scores *unit, float *contributions);

/// The score of one occurrence count. Precondition: frequency > 0.
float saekin_contribution(const saekin_unit_scores *unit, uint32_t frequency, uint8_t norm);

/// Sets the bit of each document and adds its score, both at document - base. Without `frequencies` all are 1.
void saekin_add_scores(const saekin_unit_scores *unit, const uint32_t *documents, const uint32_t *frequencies,
                       size_t count, uint32_t base, uint64_t *words, float *scores);

/// Writes the documents whose score is at least `least`, and their scores; returns how many. `found` and
/// `scores` have room for `count`.
size_t saekin_candidates(const saekin_unit_scores *unit, const uint32_t *documents, const uint32_t *frequencies,
                         size_t count, float least, uint32_t *found, float *scores);

/// The same from a window: documents base + i whose bit i is set and whose score is at least `least`. Room
/// for 64 * word_count.
size_t saekin_scored_candidates(const uint64_t *words, const float *scores, size_t word_count, float least,
                                uint32_t base, uint32_t *found, float *found_scores);

/// CRC-32C (Castagnoli, reflected, as in RFC 3720), continued from `crc`, which is 0 at the start.
uint32_t saekin_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same checksum from a table, one byte at a time: what processors without the instruction use.
uint32_t saekin_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

/// A seeded hash for tables in memory; it is never stored.
uint64_t saekin_hash(const void *bytes, size_t count, uint64_t seed);

#ifdef __cplusplus
}
#endif
