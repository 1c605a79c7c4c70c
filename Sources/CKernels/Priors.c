// Numbers of one byte a document: their maxima, and scores that are looked up by them.
#include "CKernels.h"
#include "Processor.h"

CLONES uint8_t saekin_greatest_byte(const uint8_t *values, size_t count) {
    uint8_t greatest = 0;
    for (size_t i = 0; i < count; i++) greatest = values[i] > greatest ? values[i] : greatest;
    return greatest;
}

void saekin_add_by_value(const uint64_t *words, size_t word_count, const uint8_t *values, const float *table,
                         float *scores) {
    for (size_t i = 0; i < word_count; i++) {
        for (uint64_t word = words[i]; word != 0; word &= word - 1) {
            const size_t place = i * 64 + (size_t)__builtin_ctzll(word);
            scores[place] += table[values[place]];
        }
    }
}
