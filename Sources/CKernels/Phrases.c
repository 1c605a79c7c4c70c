// Phrases in documents that have all their terms: where a document stands in the block of each term, which
// distances of the block are its own, and how often the positions that they add up to follow each other.
#include "CKernels.h"
#include "Processor.h"
#include <string.h>

// Exceptions that a pack may have, as the format says.
enum { EXCEPTIONS_MAX = 31 };

int saekin_unpack_positions(saekin_position_packs *packs, size_t start, size_t end, uint32_t *distances) {
    while (128 * packs->pack < end) {
        const size_t first = 128 * packs->pack;
        const uint32_t count = packs->total - first < 128 ? (uint32_t)(packs->total - first) : 128;
        size_t offset = packs->offset;
        if (offset >= packs->byte_count) return 0;
        const uint32_t form = packs->bytes[offset++], width = form & 127;
        uint32_t exceptions = 0;
        if (form != width) {
            if (offset >= packs->byte_count) return 0;
            exceptions = packs->bytes[offset++];
        }
        const size_t byte_count = (count * (size_t)width + 7) / 8 + 2 * (size_t)exceptions;
        if (width > 32 || exceptions > EXCEPTIONS_MAX || byte_count > packs->byte_count - offset) return 0;
        if (first + 128 > start) {
            saekin_unpack_patched(packs->bytes + offset, count, width, exceptions, distances + first);
        }
        packs->offset = offset + byte_count;
        packs->pack++;
    }
    return 1;
}

// Keeps candidate i as number `kept`, with its places in the terms before this one.
INLINE void keep(saekin_phrase_term *terms, size_t number, uint32_t *documents, size_t i, size_t kept,
                 uint32_t place) {
    documents[kept] = documents[i];
    for (size_t before = 0; before < number; before++) {
        terms[before].places[kept] = terms[before].places[i];
    }
    terms[number].places[kept] = place;
}

INLINE size_t find_decoded(saekin_phrase_term *terms, size_t number, uint32_t *documents, size_t count) {
    saekin_phrase_term *const term = terms + number;
    const uint32_t *const list = term->documents;
    size_t kept = 0, next = term->next;
    for (size_t i = 0; i < count; i++) {
        const uint32_t wanted = documents[i];
        while (next + 16 <= term->count && list[next + 15] < wanted) next += 16;
        if (next + 16 <= term->count) {
            uint32_t below = 0;
            for (size_t ahead = 0; ahead < 16; ahead++) below += list[next + ahead] < wanted;
            next += below;
        } else {
            while (next < term->count && list[next] < wanted) next++;
            if (next == term->count) break;
        }
        keep(terms, number, documents, i, kept, (uint32_t)next);
        kept += list[next] == wanted;
    }
    term->next = (uint32_t)next;
    return kept;
}

INLINE size_t find_bits(saekin_phrase_term *terms, size_t number, uint32_t *documents, size_t count) {
    saekin_phrase_term *const term = terms + number;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t offset = documents[i] - term->first_document;
        uint64_t word;
        for (; term->next < offset >> 6; term->next++) {
            memcpy(&word, term->bits + 8 * (size_t)term->next, 8);
            term->rank += (uint32_t)__builtin_popcountll(word);
        }
        memcpy(&word, term->bits + 8 * (size_t)(offset >> 6), 8);
        const uint64_t below = word & (((uint64_t)1 << (offset & 63)) - 1);
        const uint32_t place = term->rank + (uint32_t)__builtin_popcountll(below);
        // Damaged bytes may have more bits than documents.
        keep(terms, number, documents, i, kept, place < term->count ? place : term->count - 1);
        kept += word >> (offset & 63) & 1;
    }
    return kept;
}

CLONES size_t saekin_find_places(saekin_phrase_term *terms, size_t number, uint32_t *documents,
                                 size_t count) {
    if (terms[number].documents != NULL) return find_decoded(terms, number, documents, count);
    if (terms[number].bits != NULL) return find_bits(terms, number, documents, count);
    for (size_t i = 0; i < count; i++) {
        terms[number].places[i] = documents[i] - terms[number].first_document;
    }
    return count;
}

// The distances of a document of a term.
typedef struct {
    const uint32_t *distances;
    size_t count;
} occurrences;

// Unpacks and finds the distances of a candidate; 0 where they are cut.
INLINE int find_occurrences(saekin_phrase_term *term, size_t candidate, occurrences *found) {
    const size_t place = term->places[candidate];
    size_t start = place, end = place + 1;
    if (term->ends != NULL) {
        start = place > 0 ? term->ends[place - 1] : 0;
        end = term->ends[place];
    }
    if (end > 128 * term->packs.pack && !saekin_unpack_positions(&term->packs, start, end, term->distances)) {
        return 0;
    }
    found->distances = term->distances + start;
    found->count = end - start;
    return 1;
}

// How often x + x_bias = y + y_bias: both lists are gone through at once, without a branch on which is ahead.
INLINE uint32_t count_pairs(occurrences x, uint64_t x_bias, occurrences y, uint64_t y_bias,
                            int is_first_enough) {
    uint64_t left = x.distances[0] + x_bias, right = y.distances[0] + y_bias;
    if (x.count + y.count == 2) return left == right;
    uint32_t pairs = 0;
    size_t i = 0, j = 0;
    for (;;) {
        const uint32_t moves_left = left <= right, moves_right = right <= left;
        pairs += moves_left & moves_right;
        if (is_first_enough && pairs > 0) return 1;
        i += moves_left;
        j += moves_right;
        if (i == x.count || j == y.count) return pairs;
        left += x.distances[i] & (0 - moves_left);
        right += y.distances[j] & (0 - moves_right);
    }
}

// The same for any number of terms: each in turn goes on to where the others have agreed to meet.
static int count_meetings(saekin_phrase_term *terms, size_t term_count, size_t candidate, uint32_t longest,
                          int is_first_enough, uint32_t *frequency) {
    occurrences lists[SAEKIN_PHRASE_LENGTH_MAX];
    uint64_t starts[SAEKIN_PHRASE_LENGTH_MAX];
    for (size_t i = 0; i < term_count; i++) {
        if (!find_occurrences(terms + i, candidate, lists + i)) return 0;
        starts[i] = (uint64_t)lists[i].distances[0] + (longest - terms[i].offset);
    }
    uint64_t meeting = starts[0];
    size_t agreed = 0, i = 0;
    uint32_t count = 0;
    for (;;) {
        while (starts[i] < meeting) {
            if (--lists[i].count == 0) goto end;
            starts[i] += *++lists[i].distances;
        }
        agreed = starts[i] == meeting ? agreed + 1 : 1;
        meeting = starts[i];
        if (agreed == term_count) {
            count++;
            if (is_first_enough || --lists[i].count == 0) goto end;
            starts[i] += *++lists[i].distances;
            meeting = starts[i];
            agreed = 0;
            continue;
        }
        i = i + 1 == term_count ? 0 : i + 1;
    }
end:
    *frequency = count;
    return 1;
}

CLONES ptrdiff_t saekin_phrase_frequencies(saekin_phrase_term *terms, size_t term_count, size_t count,
                                           int is_first_enough, uint32_t *frequencies) {
    uint32_t longest = 0;
    for (size_t i = 0; i < term_count; i++) longest = terms[i].offset > longest ? terms[i].offset : longest;
    ptrdiff_t matches = 0;
    if (term_count != 2) {
        for (size_t i = 0; i < count; i++) {
            if (!count_meetings(terms, term_count, i, longest, is_first_enough, frequencies + i)) return -1;
            matches += frequencies[i] > 0;
        }
        return matches;
    }
    const uint64_t left_bias = longest - terms[0].offset, right_bias = longest - terms[1].offset;
    for (size_t i = 0; i < count; i++) {
        occurrences left, right;
        if (!find_occurrences(terms, i, &left) || !find_occurrences(terms + 1, i, &right)) return -1;
        frequencies[i] = count_pairs(left, left_bias, right, right_bias, is_first_enough);
        matches += frequencies[i] > 0;
    }
    return matches;
}
