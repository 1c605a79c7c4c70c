import Testing

@testable import JSON

@Suite struct JSONWriterTests {
    @Test("what is written is read back as the same tree, and written again as the same bytes")
    func roundTrips() throws {
        var random = Seeded.generator()
        let parser = JSONParser()
        for _ in 0..<2_000 {
            let value = RandomJSON.value(depth: 4, using: &random)
            let bytes = value.jsonBytes
            let back = try parser.parse(bytes)
            try #require(back == value, "\(Seeded.note) \(String(decoding: bytes, as: UTF8.self))")
            try #require(back.jsonBytes == bytes, "\(Seeded.note)")
        }
    }

    @Test(
        "numbers keep their kind and are written with the fewest digits",
        arguments: [
            ("4.70", "4.7"), ("6.0", "6.0"), ("6", "6"), ("1e3", "1000.0"), ("-0.0", "-0.0"), ("-0", "0"),
            ("1e16", "1e+16"),
            ("999999999999999.0", "999999999999999.0"), ("0.1", "0.1"), ("1E-7", "1e-07"), ("-12", "-12"),
            ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
            ("5e-324", "5e-324"), ("123456.789", "123456.789"), ("100", "100"), ("1e300", "1e+300"),
        ])
    func writesNumbers(_ text: String, _ expected: String) throws {
        let written = try JSONParser().parse(Array(text.utf8)).jsonBytes
        #expect(String(decoding: written, as: UTF8.self) == expected)
        #expect(try JSONParser().parse(written) == JSONParser().parse(Array(text.utf8)))
    }

    @Test("every byte below 128 and its neighbours are escaped as the standard asks, at any alignment")
    func escapes() throws {
        for code in UInt8(0)..<128 {
            for lead in 0..<9 {
                let text =
                    String(repeating: "가", count: lead % 3) + String(repeating: "x", count: lead)
                    + String(UnicodeScalar(code)) + "yz가나다라마"
                let bytes = JSONValue.string(text).jsonBytes
                #expect(!bytes.dropFirst().contains { $0 < 0x20 })
                #expect(try JSONParser().parse(bytes) == .string(text))
            }
        }
        #expect(written { $0.string("\"\\\n\u{1}\u{1F}\u{7F}/") } == #""\"\\\n\u0001\u001f"# + "\u{7F}/\"")
    }

    @Test("commas stand between members and elements only, raw JSON among them")
    func separates() {
        let text = written {
            $0.beginObject()
            $0.name("a")
            $0.beginArray()
            $0.endArray()
            $0.name("b")
            $0.raw(Array(#"{"c":1}"#.utf8))
            $0.name("d")
            $0.beginArray()
            $0.null()
            $0.bool(true)
            $0.integer(UInt64.max)
            $0.beginObject()
            $0.endObject()
            $0.string(utf8: UnsafeBufferPointer(rebasing: UnsafeBufferPointer(start: nil, count: 0)[0..<0]))
            $0.double(.nan)
            $0.endArray()
            $0.endObject()
        }
        #expect(text == #"{"a":[],"b":{"c":1},"d":[null,true,18446744073709551615,{},"",null]}"#)
    }

    @Test(
        "a merge patch changes trees as the examples of RFC 7396 say",
        arguments: [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
            (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
            (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
            (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
            (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
            (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
            (#"{"a":"foo"}"#, "null", "null"),
            (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
            (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
            ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        ])
    func merges(_ target: String, _ patch: String, _ expected: String) throws {
        let parser = JSONParser()
        let merged = try parser.parse(Array(target.utf8)).merged(with: parser.parse(Array(patch.utf8)))
        #expect(String(decoding: merged.jsonBytes, as: UTF8.self) == expected)
    }

    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
