// ICU's normalisation and character properties behind a C face: no ICU type or header is visible here. A
// caller hands over decoded code points with the byte range each came from; what comes back is NFKC with case
// folding, default-ignorable code points removed first, each code point with the byte range it stands for.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What the analyzer needs to know of a code point.
enum {
    CICU_SYMBOL = 0,  // punctuation, signs, private use, U+FFFD
    CICU_SPACE = 1,   // white space and control characters
    CICU_LETTER = 2,  // letters and marks of alphabets written with spaces (Latin, Greek, Cyrillic ...)
    CICU_DIGIT = 3,   // ASCII digits
    CICU_HANGUL = 4,  // composed syllables
    CICU_JAMO = 5,    // jamo that stand alone
    CICU_HAN = 6,     // Chinese characters
    CICU_KANA = 7,    // hiragana and katakana
    CICU_OTHER = 8,   // every other letter, mark or number
};

/// One code point and the half-open byte range of the source that it stands for.
typedef struct {
    uint32_t value;
    uint32_t start;
    uint32_t end;
    uint32_t category;
} cicu_scalar;

/// Normalises `count` code points into `output`.
///
/// Combining sequences are cut after 30 code points, as in Unicode's stream-safe text format, so that time
/// stays linear in `count`. One input code point gives at most 18.
///
/// Returns the number of code points written; -1 if `capacity` is too small; -2 if ICU's data cannot be used.
int32_t cicu_normalize(const cicu_scalar *input, int32_t count, cicu_scalar *output, int32_t capacity);

/// Normalises a whole string in one call of ICU, without removing ignorable code points beforehand and
/// without an offset map: the slow twin that tests hold against `cicu_normalize`. Same results as above.
int32_t cicu_normalize_plain(const uint32_t *input, int32_t count, uint32_t *output, int32_t capacity);

/// The category of one code point, one of the constants above.
uint32_t cicu_category(uint32_t value);

#ifdef __cplusplus
}
#endif
