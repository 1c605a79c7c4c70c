import Testing

@testable import JSON

// Properties: (1) the table below holds; (2) parser and scanner give one verdict on every input;
// (3) every error has the byte at which the table says the document goes wrong.

/// A document and what it is read as.
struct Accepted: CustomTestStringConvertible, Sendable {
    let text: String
    let value: JSONValue
    var testDescription: String { text }
}

/// A document that is no JSON, and the byte that makes it so.
struct Refused: CustomTestStringConvertible, Sendable {
    let bytes: [UInt8]
    let offset: Int

    init(_ text: String, at offset: Int) {
        bytes = Array(text.utf8)
        self.offset = offset
    }

    init(bytes: [UInt8], at offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    var testDescription: String { String(decoding: bytes, as: UTF8.self) }
}

let accepted: [Accepted] = [
    Accepted(text: "null", value: .null),
    Accepted(text: " \t\r\n true \n", value: .bool(true)),
    Accepted(text: "false", value: .bool(false)),
    Accepted(text: "0", value: .integer(0)),
    Accepted(text: "-1", value: .integer(-1)),
    Accepted(text: "9223372036854775807", value: .integer(.max)),
    Accepted(text: "-9223372036854775808", value: .integer(.min)),
    Accepted(text: "4.70", value: .double(4.7)),
    Accepted(text: "6.0", value: .double(6)),
    Accepted(text: "-0.0", value: .double(-0.0)),
    Accepted(text: "1e3", value: .double(1000)),
    Accepted(text: "1E+3", value: .double(1000)),
    Accepted(text: "12.5e-1", value: .double(1.25)),
    Accepted(text: "1e-400", value: .double(0)),
    Accepted(text: "1.7976931348623157e308", value: .double(.greatestFiniteMagnitude)),
    Accepted(text: "5e-324", value: .double(.leastNonzeroMagnitude)),
    Accepted(text: "18446744073709551616.0", value: .double(18_446_744_073_709_551_616)),
    Accepted(text: "\"\"", value: .string("")),
    Accepted(text: "\"색인\"", value: .string("색인")),
    Accepted(text: #""\"\\\/\b\f\n\r\t""#, value: .string("\"\\/\u{8}\u{C}\n\r\t")),
    Accepted(text: #""\uAc00\u0000""#, value: .string("가\u{0}")),
    Accepted(text: #""\ud83D\uDE00""#, value: .string("😀")),
    Accepted(text: "\"\u{7F}\u{2028}\"", value: .string("\u{7F}\u{2028}")),
    Accepted(text: "[]", value: .array([])),
    Accepted(text: "[ 1 , [ ] , { } ]", value: .array([.integer(1), .array([]), .object([])])),
    Accepted(text: "{}", value: .object([])),
    Accepted(text: #"{"":1}"#, value: .object([("", .integer(1))])),
    Accepted(
        text: #"{"b":1,"a":{"c":null}}"#,
        value: .object([("b", .integer(1)), ("a", .object([("c", .null)]))])),
    Accepted(text: #"{"a":1,"b":2,"a":3}"#, value: .object([("a", .integer(3)), ("b", .integer(2))])),
    Accepted(text: #"{"a":1,"\u0061":2}"#, value: .object([("a", .integer(2))])),
    // é composed and decomposed: equal as Swift strings, two names in JSON.
    Accepted(
        text: "{\"\u{E9}\":1,\"e\u{301}\":2}",
        value: .object([("\u{E9}", .integer(1)), ("e\u{301}", .integer(2))])),
]

let refused: [Refused] = [
    Refused("", at: 0),
    Refused("  ", at: 2),
    Refused("\u{FEFF}{}", at: 0),
    Refused("nul", at: 0),
    Refused("nulls", at: 4),
    Refused("True", at: 0),
    Refused("NaN", at: 0),
    Refused("Infinity", at: 0),
    Refused("+1", at: 0),
    Refused("-", at: 1),
    Refused("01", at: 0),
    Refused("-01", at: 0),
    Refused("1.", at: 2),
    Refused(".5", at: 0),
    Refused("1.e3", at: 2),
    Refused("1e", at: 2),
    Refused("1e+", at: 3),
    Refused("0x10", at: 1),
    Refused("1e999", at: 0),
    Refused("[-1e309]", at: 1),
    Refused("9223372036854775808", at: 0),
    Refused("-9223372036854775809", at: 0),
    Refused("123456789012345678901234567890", at: 0),
    Refused("'a'", at: 0),
    Refused("\"a", at: 0),
    Refused("\"a\nb\"", at: 2),
    Refused("\"\u{0}\"", at: 1),
    Refused(#""\x""#, at: 1),
    Refused(#""\u12g4""#, at: 5),
    Refused(#""\u12"#, at: 5),
    Refused(#""\ud800""#, at: 1),
    Refused(#""\ud800\u0041""#, at: 1),
    Refused(#""\ud800\n""#, at: 1),
    Refused(#""a\\\udc00""#, at: 4),
    Refused(#""\ud800\ud800""#, at: 1),
    Refused("[", at: 1),
    Refused("[1", at: 2),
    Refused("[1,]", at: 3),
    Refused("[,1]", at: 1),
    Refused("[1 2]", at: 3),
    Refused("]", at: 0),
    Refused("[1}", at: 2),
    Refused("{", at: 1),
    Refused("{1:2}", at: 1),
    Refused("{a:1}", at: 1),
    Refused(#"{"a"}"#, at: 4),
    Refused(#"{"a" 1}"#, at: 5),
    Refused(#"{"a":}"#, at: 5),
    Refused(#"{"a":1,}"#, at: 7),
    Refused(#"{"a":1 "b":2}"#, at: 7),
    Refused("1 2", at: 2),
    Refused("{}{}", at: 2),
    Refused("[] // comment", at: 3),
    Refused("/**/1", at: 0),
    Refused(bytes: [0x22, 0x80, 0x22], at: 1),
    Refused(bytes: [0x22, 0xC0, 0x80, 0x22], at: 1),
    Refused(bytes: [0x22, 0xE0, 0x80, 0x80, 0x22], at: 1),
    Refused(bytes: [0x22, 0xED, 0xA0, 0x80, 0x22], at: 1),
    Refused(bytes: [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], at: 1),
    Refused(bytes: [0x22, 0xF8, 0x88, 0x80, 0x80, 0x80, 0x22], at: 1),
    Refused(bytes: [0x22, 0xEA, 0xB0, 0x22], at: 1),
    Refused(bytes: [0xFF, 0xFE], at: 0),
    Refused(bytes: [0x5B, 0x31, 0x00, 0x5D], at: 2),
]

@Suite struct JSONParserTests {
    @Test("good documents are read as the table says", arguments: accepted)
    func reads(_ row: Accepted) throws {
        let bytes = Array(row.text.utf8)
        #expect(try JSONParser().parse(bytes) == row.value)
        #expect(scannerVerdict(bytes) == nil)
    }

    @Test("bad documents are refused at the byte the table says", arguments: refused)
    func refuses(_ row: Refused) {
        let error = #expect(throws: JSONError.self) { try JSONParser().parse(row.bytes) }
        #expect(scannerVerdict(row.bytes)?.byteOffset == row.offset)
        #expect(error?.byteOffset == row.offset)
    }

    @Test(
        "the depth limit is 128 levels, for arrays, objects and both mixed", arguments: ["[", "{\"a\":", "m"])
    func limitsDepth(_ opening: String) {
        for (depth, isAccepted) in [(127, true), (128, true), (129, false), (100_000, false)] {
            var text = ""
            for level in 0..<depth { text += opening == "m" ? (level % 2 == 0 ? "[" : "{\"a\":") : opening }
            text += "1"
            for level in (0..<depth).reversed() {
                text += opening == "[" || (opening == "m" && level % 2 == 0) ? "]" : "}"
            }
            let outcome = Result { try JSONParser().parse(Array(text.utf8)) }
            #expect(((try? outcome.get()) != nil) == isAccepted, "depth \(depth)")
            #expect((scannerVerdict(Array(text.utf8)) == nil) == isAccepted, "depth \(depth)")
        }
    }

    @Test("in large objects, too, the last member of a name counts and keeps the first place")
    func mergesManyMembers() throws {
        let members = (0..<100).map { "\"m\($0 % 50)\":\($0)" }.joined(separator: ",")
        let value = try JSONParser().parse(Array("{\(members)}".utf8))
        let expected = (0..<50).map { ("m\($0)", JSONValue.integer(Int64($0 + 50))) }
        #expect(value == .object(expected))
    }

    @Test("a parser is as good after an error and after a large document as before")
    func isReused() throws {
        let parser = JSONParser()
        for round in 0..<3 {
            #expect(throws: JSONError.self) { try parser.parse(Array("[1,".utf8)) }
            #expect(try parser.parse(Array("[\(round)]".utf8)) == .array([.integer(Int64(round))]))
            let long = String(repeating: "가", count: 2_000_000)
            #expect(try parser.parse(Array("\"\(long)\"".utf8)) == .string(long))
        }
    }

    @Test("an element is read in place without a tree")
    func readsInPlace() throws {
        let text = #"{"id":"x","n":[1,2.5,true,null],"n2":18446744073709551615,"id":"y"}"#
        var seen: [String] = []
        try JSONParser().withDocument(Array(text.utf8)) { (root) throws(JSONError) in
            #expect(root.kind == .object && root.count == 4)
            root.forEachMember { name, element in
                seen.append("\(name.string): \(element.kind)")
                if name.matches("n") {
                    element.forEachElement { seen.append("\($0.double as Double?) \($0.bool as Bool?)") }
                }
            }
        }
        #expect(
            seen == [
                "id: a string", "n: an array", "Optional(1.0) nil", "Optional(2.5) nil", "nil Optional(true)",
                "nil nil", "n2: an integer beyond 64 bits", "id: a string",
            ])
    }

    @Test("truncated and damaged documents get one verdict from parser and scanner")
    func agreesWithScanner() throws {
        var random = Seeded.generator()
        let parser = JSONParser()
        let alphabet =
            Array(#"{}[]:,"\0123456789.eE+-truefalsn /uDd8"#.utf8) + [0, 9, 10, 0x80, 0xEA, 0xB0, 0xFF]
        for _ in 0..<300 {
            let whole = RandomJSON.value(depth: 4, using: &random).jsonBytes
            for _ in 0..<20 {
                var bytes = Array(whole.prefix(Int.random(in: 0...whole.count, using: &random)))
                if Bool.random(using: &random) { bytes = whole }
                for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = alphabet.randomElement(
                        using: &random)!
                }
                let parsed = Result { try parser.parse(bytes) }
                let verdict = scannerVerdict(bytes)
                if case .success = parsed {
                    #expect(verdict == nil, "\(Seeded.note) only the scanner refuses \(bytes)")
                } else {
                    #expect(verdict != nil, "\(Seeded.note) only the parser refuses \(bytes)")
                }
            }
        }
    }
}

func scannerVerdict(_ bytes: [UInt8]) -> JSONError? {
    bytes.withUnsafeBufferPointer { JSONScanner.firstError(in: $0) }
}
