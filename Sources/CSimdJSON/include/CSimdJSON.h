// A C face over simdjson's DOM parser. No simdjson header is shown to the caller: it reads the
// parsed document from the "tape", 64-bit words whose layout simdjson documents in doc/tape.md:
//
//   word     high 8 bits: type character          low 56 bits
//   r        root                                 tape index
//   { }      object begin / end                   bits 0-31: tape index behind the end, 32-55: members
//   [ ]      array begin / end                    the same, with elements
//   "        string                               byte offset in `strings`: 4-byte length, bytes, NUL
//   l u d    int64, uint64, double                unused; the value is the next word
//   t f n    true, false, null                    unused
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct saekin_json_parser saekin_json_parser;

/// A parsed document; valid until the next parse with the same parser, or its destruction.
typedef struct {
    const uint64_t *_Nullable tape;
    const uint8_t *_Nullable strings;
    size_t tape_count;
} saekin_json_document;

/// A parser that refuses documents nested deeper than `max_depth`. NULL: no memory.
saekin_json_parser *_Nullable saekin_json_parser_create(size_t max_depth);
void saekin_json_parser_destroy(saekin_json_parser *_Nullable parser);

/// Parses `count` bytes. Returns 0, or a code for `saekin_json_message`. `bytes` needs no padding.
int saekin_json_parse(saekin_json_parser *_Nonnull parser, const uint8_t *_Nullable bytes,
                      size_t count, saekin_json_document *_Nonnull document);

/// What a non-zero code means, in English.
const char *_Nonnull saekin_json_message(int code);

#ifdef __cplusplus
}
#endif
