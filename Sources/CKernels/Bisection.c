// The inner loops of recursive graph bisection. See CKernels.h, and DocumentOrder in Engine.docc.
//
// Everything is in whole numbers, so that every processor finds the same order.
#include "CKernels.h"
#include <string.h>

void saekin_bisection_count(const saekin_bisection_graph *graph, const uint32_t *order, size_t count,
                            uint32_t *degrees) {
    for (size_t i = 0; i < count; i++) {
        const uint32_t document = order[i];
        const uint32_t end = graph->starts[document + 1];
        for (uint32_t at = graph->starts[document]; at < end; at++) degrees[graph->terms[at]]++;
    }
}

// A value that grows like a logarithm, in units of 1/1024: beyond the table it grows by one with each
// doubling, to less than a unit or two.
static inline int32_t scaled_log(const int16_t *table, uint32_t value) {
    if (__builtin_expect(value < SAEKIN_BISECTION_COST_COUNT, 1)) return table[value];
    const uint32_t shift = 32 - SAEKIN_BISECTION_COST_BITS - (uint32_t)__builtin_clz(value);
    return table[value >> shift] + (int32_t)(shift << 10);
}

void saekin_bisection_gains(const uint32_t *left, const uint32_t *right, size_t term_count,
                            const int16_t *costs, int16_t *left_pulls, int16_t *right_pulls) {
    for (size_t term = 0; term < term_count; term++) {
        const uint32_t l = left[term], r = right[term];
        const int32_t in_left = l > 0 ? scaled_log(costs, l - 1) : 0;
        const int32_t in_right = r > 0 ? scaled_log(costs, r - 1) : 0;
        left_pulls[term] = l > 0 ? (int16_t)(in_left - scaled_log(costs, r)) : 0;
        right_pulls[term] = r > 0 ? (int16_t)(scaled_log(costs, l) - in_right) : 0;
    }
}

void saekin_bisection_sum(const saekin_bisection_graph *graph, const uint32_t *order, size_t count,
                          const int16_t *pulls, int32_t *sums) {
    for (size_t i = 0; i < count; i++) {
        if (i + 8 < count) __builtin_prefetch(graph->terms + graph->starts[order[i + 8]]);
        const uint32_t document = order[i];
        const uint16_t *term = graph->terms + graph->starts[document];
        const uint16_t *const end = graph->terms + graph->starts[document + 1];
        int32_t first = 0, second = 0;
        for (; term + 2 <= end; term += 2) {
            first += pulls[term[0]];
            second += pulls[term[1]];
        }
        if (term < end) first += pulls[*term];
        sums[i] = first + second;
    }
}

static size_t count_above(const int32_t *sums, size_t count, int32_t bound) {
    size_t above = 0;
    while (count > 0) {
        // Short counts in 32 bits are what the compiler turns into vectors.
        const size_t part = count < (1u << 20) ? count : (1u << 20);
        uint32_t partial = 0;
        for (size_t i = 0; i < part; i++) partial += sums[i] > bound;
        above += partial;
        sums += part;
        count -= part;
    }
    return above;
}

int32_t saekin_bisection_bound(const int32_t *sums, size_t count, size_t wanted) {
    int32_t low = INT32_MAX, high = INT32_MIN;
    for (size_t i = 0; i < count; i++) {
        low = sums[i] < low ? sums[i] : low;
        high = sums[i] > high ? sums[i] : high;
    }
    // The smallest bound above which are fewer than `wanted`: counting many times is faster than moving once.
    while (low < high) {
        const int32_t middle = (int32_t)(((int64_t)low + high) >> 1);
        if (count_above(sums, count, middle) < wanted) high = middle;
        else low = middle + 1;
    }
    return low;
}

static void move(const saekin_bisection_graph *graph, uint32_t document, uint32_t *from, uint32_t *to) {
    const uint32_t end = graph->starts[document + 1];
    for (uint32_t at = graph->starts[document]; at < end; at++) {
        from[graph->terms[at]]--;
        to[graph->terms[at]]++;
    }
}

size_t saekin_bisection_swap(const saekin_bisection_graph *graph, uint32_t *order, size_t left_count,
                             size_t count, int32_t *sums, int32_t bound, uint32_t *left, uint32_t *right) {
    size_t swaps = 0;
    // First those who want to move on both sides; when one side has more of them, then with those of the
    // other side to whom it is all the same.
    for (int round = 0; round < 3; round++) {
        const int with_ties_left = round == 2, with_ties_right = round == 1;
        size_t i = 0, j = left_count;
        for (;;) {
            while (i < left_count && (with_ties_left ? sums[i] != bound : sums[i] >= bound)) i++;
            while (j < count && (with_ties_right ? sums[j] != bound : sums[j] <= bound)) j++;
            if (i == left_count || j == count) break;
            const uint32_t leaving = order[i], coming = order[j];
            const int32_t sum = sums[i];
            order[i] = coming;
            order[j] = leaving;
            sums[i] = sums[j];
            sums[j] = sum;
            move(graph, leaving, left, right);
            move(graph, coming, right, left);
            swaps++;
            i++;
            j++;
        }
    }
    return swaps;
}

size_t saekin_bisection_copy(const saekin_bisection_graph *graph, const uint32_t *order, size_t count,
                             const uint16_t *numbers, uint16_t *terms, uint32_t *starts) {
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        starts[i] = (uint32_t)total;
        const uint32_t end = graph->starts[order[i] + 1];
        for (uint32_t at = graph->starts[order[i]]; at < end; at++) {
            // Written always, kept where the term has a number: no jump to be foretold wrongly.
            const uint16_t number = numbers[graph->terms[at]];
            terms[total] = number;
            total += number != UINT16_MAX;
        }
    }
    starts[count] = (uint32_t)total;
    return total;
}

uint64_t saekin_bisection_log_gaps(const saekin_bisection_graph *graph, const uint32_t *order, size_t count,
                                   size_t term_count, const int16_t *logs, uint32_t *last) {
    memset(last, 0, term_count * sizeof(uint32_t));
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t place = (uint32_t)i + 1;
        const uint32_t end = graph->starts[order[i] + 1];
        if (i + 8 < count) __builtin_prefetch(graph->terms + graph->starts[order[i + 8]]);
        for (uint32_t at = graph->starts[order[i]]; at < end; at++) {
            const uint16_t term = graph->terms[at];
            sum += (uint64_t)scaled_log(logs, place - last[term]);
            last[term] = place;
        }
    }
    return sum;
}
