// simdjson reads past the end of its input, so each document is copied once into a padded buffer
// that the parser owns. The buffer and simdjson's own memory shrink again after a large document.
#include "CSimdJSON.h"

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <new>

using namespace simdjson;

namespace {

/// A code of this shim, apart from simdjson's own (which are small and not negative).
constexpr int noMemory = -1;

/// Above this size a buffer is given back before the next smaller document.
constexpr size_t keptCapacity = 4 << 20;

}  // namespace

struct saekin_json_parser {
    std::unique_ptr<dom::parser> parser;
    std::unique_ptr<uint8_t[]> padded;
    size_t capacity = 0;
    size_t maxDepth = 0;

    bool reserve(size_t count) {
        if (capacity > keptCapacity && count < keptCapacity) {
            padded.reset();
            capacity = 0;
            parser.reset();
        }
        if (!parser) {
            parser.reset(new (std::nothrow) dom::parser());
            if (!parser) { return false; }
        }
        if (capacity < count) {
            const size_t wanted = count < 4096 ? 4096 : count + count / 2;
            padded.reset(new (std::nothrow) uint8_t[wanted + SIMDJSON_PADDING]());
            capacity = padded ? wanted : 0;
            if (!padded) { return false; }
        }
        return parser->capacity() >= count || parser->allocate(capacity, maxDepth) == SUCCESS;
    }
};

extern "C" saekin_json_parser *saekin_json_parser_create(size_t max_depth) {
    auto *parser = new (std::nothrow) saekin_json_parser();
    if (parser) { parser->maxDepth = max_depth; }
    return parser;
}

extern "C" void saekin_json_parser_destroy(saekin_json_parser *parser) { delete parser; }

extern "C" int saekin_json_parse(saekin_json_parser *parser, const uint8_t *bytes, size_t count,
                                 saekin_json_document *document) {
    if (count == 0) { return EMPTY; }
    if (!parser->reserve(count)) { return noMemory; }
    uint8_t *padded = parser->padded.get();
    std::memcpy(padded, bytes, count);
    std::memset(padded + count, 0, SIMDJSON_PADDING);
    dom::element root;
    const error_code error = parser->parser->parse(padded, count, false).get(root);
    if (error) { return error; }
    const dom::document &parsed = parser->parser->doc;
    document->tape = parsed.tape.get();
    document->strings = parsed.string_buf.get();
    // The root word holds the tape index of the closing root word.
    document->tape_count = static_cast<size_t>(parsed.tape[0] & 0x00FFFFFFFFFFFFFFULL);
    return 0;
}

extern "C" const char *saekin_json_message(int code) {
    if (code == noMemory) { return "no memory for the document"; }
    return error_message(static_cast<error_code>(code));
}
