// From UTF-8 to normalised code points (NFKC, case folding, default-ignorable code points removed), each with
// the byte range of the original that it stands for. ASCII and composed Hangul go a short way that allocates
// and calls nothing; any other code point goes to ICU together with the one before it, because it may combine
// with that.

import CICU

/// The category of a code point; the values are those of the C shim.
enum CharacterCategory {
    static let symbol: UInt32 = 0
    static let space: UInt32 = 1
    static let letter: UInt32 = 2
    static let digit: UInt32 = 3
    static let hangul: UInt32 = 4
    static let jamo: UInt32 = 5
    static let han: UInt32 = 6
    static let kana: UInt32 = 7
    static let other: UInt32 = 8
}

/// A reusable list of normalised code points.
struct NormalizedText {
    /// The code points; `start` and `end` are byte offsets into the original text.
    private(set) var scalars: [cicu_scalar] = []
    private var slowInput: [cicu_scalar] = []
    private var slowOutput: [cicu_scalar] = []

    /// Lower-case code point and category of each ASCII byte.
    private static let ascii: [UInt16] = (0..<128).map { byte in
        let isUpper = byte >= 65 && byte <= 90
        let isLower = byte >= 97 && byte <= 122
        let value = isUpper ? byte + 32 : byte
        let category =
            isUpper || isLower
            ? CharacterCategory.letter
            : byte >= 48 && byte <= 57
                ? CharacterCategory.digit
                : byte <= 32 || byte == 127 ? CharacterCategory.space : CharacterCategory.symbol
        return UInt16(value) | UInt16(category) << 8
    }

    /// Replaces the list by the code points of `text[range]`.
    ///
    /// - Parameter usesShortWay: false sends everything through ICU, for tests that compare the two.
    mutating func normalize(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, usesShortWay: Bool = true
    ) {
        scalars.removeAll(keepingCapacity: true)
        scalars.reserveCapacity(range.count)
        guard usesShortWay else {
            slowInput.removeAll(keepingCapacity: true)
            var index = range.lowerBound
            while index < range.upperBound {
                let scalar = UTF8Decoder.decode(text, at: index, end: range.upperBound)
                slowInput.append(scalar)
                index = Int(scalar.end)
            }
            normalizeSlowInput()
            return
        }
        let table = Self.ascii
        table.withUnsafeBufferPointer { ascii in
            var index = range.lowerBound
            let end = range.upperBound
            while index < end {
                // SAFETY: index < end <= text.count in every subscript below; `ascii` has 128 entries.
                let byte = text[index]
                if byte < 0x80 {
                    let entry = ascii[Int(byte)]
                    scalars.append(
                        cicu_scalar(
                            value: UInt32(entry & 0xFF), start: UInt32(truncatingIfNeeded: index),
                            end: UInt32(truncatingIfNeeded: index &+ 1), category: UInt32(entry >> 8)))
                    index &+= 1
                    continue
                }
                if let syllable = UTF8Decoder.syllable(text, at: index, end: end) {
                    scalars.append(
                        cicu_scalar(
                            value: syllable, start: UInt32(truncatingIfNeeded: index),
                            end: UInt32(truncatingIfNeeded: index &+ 3), category: CharacterCategory.hangul))
                    index &+= 3
                    continue
                }
                index = normalizeSlowly(text, from: index, end: end)
            }
        }
    }

    /// Sends the code points from `start` up to the next that can go the short way to ICU, with the one
    /// before them.
    private mutating func normalizeSlowly(_ text: UnsafeBufferPointer<UInt8>, from start: Int, end: Int)
        -> Int
    {
        slowInput.removeAll(keepingCapacity: true)
        if let last = scalars.last, Int(last.end) == start {
            // What the short way made of it, case folding included, normalises to itself.
            slowInput.append(last)
            scalars.removeLast()
        }
        var index = start
        repeat {
            let scalar = UTF8Decoder.decode(text, at: index, end: end)
            slowInput.append(scalar)
            index = Int(scalar.end)
        } while index < end && text[index] >= 0x80 && UTF8Decoder.syllable(text, at: index, end: end) == nil
        normalizeSlowInput()
        return index
    }

    private mutating func normalizeSlowInput() {
        guard !slowInput.isEmpty else { return }
        closeSyllables()
        let capacity = slowInput.count * 18
        if slowOutput.count < capacity {
            slowOutput = Array(
                repeating: cicu_scalar(value: 0, start: 0, end: 0, category: 0), count: capacity)
        }
        // SAFETY: both counts are those of the arrays; C writes at most `slowOutput.count` elements.
        let count = slowInput.withUnsafeBufferPointer { input in
            slowOutput.withUnsafeMutableBufferPointer { output in
                cicu_normalize(input.baseAddress, Int32(input.count), output.baseAddress, Int32(output.count))
            }
        }
        guard count >= 0 else {
            // ICU has its data built in, so this is a broken installation; the text is still searchable as
            // written.
            scalars += slowInput
            return
        }
        var index = 0
        var next = 0
        while index < Int(count) {
            let (start, end) = (slowOutput[index].start, slowOutput[index].end)
            let first = index
            while index < Int(count), slowOutput[index].start == start, slowOutput[index].end == end {
                slowOutput[index].value = Jamo.compatibility(slowOutput[index].value)
                index += 1
            }
            while next < slowInput.count, slowInput[next].start < end { next += 1 }
            separateJamo(first..<index, inputEnd: next)
            scalars += slowOutput[first..<index]
        }
    }

    /// ICU gives jamo that might have joined the syllable before them the offsets of all together. Where they
    /// did not (요ㅠ), each has those of its own.
    private mutating func separateJamo(_ outputs: Range<Int>, inputEnd: Int) {
        var output = outputs.upperBound - 1
        var input = inputEnd - 1
        while output > outputs.lowerBound, input > 0,
            slowInput[input].start > slowOutput[outputs.lowerBound].start,
            (0x3131...0x318E).contains(slowOutput[output].value),
            Jamo.compatibility(slowInput[input].value) == slowOutput[output].value
        {
            slowOutput[output].start = slowInput[input].start
            slowOutput[output].end = slowInput[input].end
            for rest in outputs.lowerBound..<output { slowOutput[rest].end = slowInput[input].start }
            output -= 1
            input -= 1
        }
    }

    private mutating func closeSyllables() {
        guard slowInput.count > 2 else { return }
        for index in 2..<slowInput.count {
            let next = index + 1 < slowInput.count ? slowInput[index + 1].value : nil
            slowInput[index].value = Jamo.closing(
                slowInput[index].value, after: slowInput[index - 1].value, slowInput[index - 2].value,
                before: next)
        }
    }

    /// What ICU makes of a whole string in one call, without offsets: the slow twin of `normalize` for texts
    /// without more than 30 combining code points in a row.
    static func normalizedPlainly(_ text: some Sequence<UInt32>) -> [UInt32] {
        var input = Array(text)
        for index in input.indices.dropFirst(2) {
            input[index] = Jamo.closing(
                input[index], after: input[index - 1], input[index - 2],
                before: index + 1 < input.count ? input[index + 1] : nil)
        }
        var output = [UInt32](repeating: 0, count: input.count * 18)
        // SAFETY: both counts are those of the arrays.
        let count = cicu_normalize_plain(input, Int32(input.count), &output, Int32(output.count))
        precondition(count >= 0, "ICU has no normalisation data")
        return output[..<Int(count)].map(Jamo.compatibility)
    }
}
