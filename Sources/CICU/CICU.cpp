// See CICU.h. ICU's NFKC_Casefold is used segment by segment: a segment starts where the normalisation form
// has a boundary, so normalising segments one after another equals normalising the whole.
#include "CICU.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

namespace {

// Unicode Standard Annex 15, section 13: no more than 30 non-starters in a row.
const int32_t segmentLimit = 30;

const icu::Normalizer2 *normalizer() {
    static const icu::Normalizer2 *instance = [] {
        UErrorCode status = U_ZERO_ERROR;
        const icu::Normalizer2 *found = icu::Normalizer2::getNFKCCasefoldInstance(status);
        return U_SUCCESS(status) ? found : nullptr;
    }();
    return instance;
}

bool isIgnorable(uint32_t value) {
    return u_hasBinaryProperty(static_cast<UChar32>(value), UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

uint32_t letterCategory(UChar32 value) {
    UErrorCode status = U_ZERO_ERROR;
    switch (uscript_getScript(value, &status)) {
    case USCRIPT_HAN:
        return CICU_HAN;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
        return CICU_KANA;
    case USCRIPT_HANGUL:
        return CICU_JAMO;
    case USCRIPT_LATIN:
    case USCRIPT_GREEK:
    case USCRIPT_CYRILLIC:
    case USCRIPT_ARMENIAN:
    case USCRIPT_GEORGIAN:
    case USCRIPT_INHERITED:
        return CICU_LETTER;
    default:
        return CICU_OTHER;
    }
}

}  // namespace

extern "C" uint32_t cicu_category(uint32_t value) {
    UChar32 c = static_cast<UChar32>(value);
    if (value >= 0xAC00 && value <= 0xD7A3) return CICU_HANGUL;
    if (value >= '0' && value <= '9') return CICU_DIGIT;
    if (value == 0x30FC) return CICU_KANA;  // the long-vowel mark has no script of its own
    switch (u_charType(c)) {
    case U_CONTROL_CHAR:
    case U_SPACE_SEPARATOR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
        return CICU_SPACE;
    case U_UPPERCASE_LETTER:
    case U_LOWERCASE_LETTER:
    case U_TITLECASE_LETTER:
    case U_MODIFIER_LETTER:
    case U_OTHER_LETTER:
    case U_NON_SPACING_MARK:
    case U_COMBINING_SPACING_MARK:
    case U_ENCLOSING_MARK:
        return letterCategory(c);
    case U_DECIMAL_DIGIT_NUMBER:
    case U_LETTER_NUMBER:
    case U_OTHER_NUMBER:
        return CICU_OTHER;
    default:
        return CICU_SYMBOL;
    }
}

extern "C" int32_t cicu_normalize(
    const cicu_scalar *input, int32_t count, cicu_scalar *output, int32_t capacity) {
    const icu::Normalizer2 *form = normalizer();
    if (form == nullptr) return -2;
    icu::UnicodeString segment, result;
    int32_t written = 0;
    int32_t index = 0;
    while (index < count) {
        if (isIgnorable(input[index].value)) {
            index++;
            continue;
        }
        // Gather one segment: up to the next boundary, over ignorable code points in between.
        segment.remove();
        uint32_t start = input[index].start, end = start;
        int32_t length = 0;
        while (index < count && length < segmentLimit) {
            UChar32 value = static_cast<UChar32>(input[index].value);
            if (isIgnorable(input[index].value)) {
                index++;
                continue;
            }
            if (length > 0 && form->hasBoundaryBefore(value)) break;
            segment.append(value);
            end = input[index].end;
            length++;
            index++;
        }
        UErrorCode status = U_ZERO_ERROR;
        form->normalize(segment, result, status);
        if (U_FAILURE(status)) return -2;
        for (int32_t unit = 0; unit < result.length();) {
            UChar32 value = result.char32At(unit);
            unit += U16_LENGTH(value);
            if (written == capacity) return -1;
            uint32_t scalar = static_cast<uint32_t>(value);
            output[written++] = cicu_scalar{scalar, start, end, cicu_category(scalar)};
        }
    }
    return written;
}

extern "C" int32_t cicu_normalize_plain(
    const uint32_t *input, int32_t count, uint32_t *output, int32_t capacity) {
    const icu::Normalizer2 *form = normalizer();
    if (form == nullptr) return -2;
    icu::UnicodeString source, result;
    for (int32_t index = 0; index < count; index++) source.append(static_cast<UChar32>(input[index]));
    UErrorCode status = U_ZERO_ERROR;
    form->normalize(source, result, status);
    if (U_FAILURE(status)) return -2;
    int32_t written = 0;
    for (int32_t unit = 0; unit < result.length();) {
        UChar32 value = result.char32At(unit);
        unit += U16_LENGTH(value);
        if (written == capacity) return -1;
        output[written++] = static_cast<uint32_t>(value);
    }
    return written;
}
