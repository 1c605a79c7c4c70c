// The words of completions: per word its key, its initials and how it is shown.

/// A table of words, only ever appended to.
struct CompletionRows: Sendable {
    /// What is compared.
    enum Column { case keys, initials }

    private var keys = Pool()
    private var initials = Pool()
    private var shownTexts = Pool()
    private var scripts: [UInt8] = []

    /// Byte strings, one after another.
    private struct Pool: Sendable {
        var bytes: [UInt8] = []
        var ends: [UInt32] = []

        func range(_ row: UInt32) -> Range<Int> {
            (row == 0 ? 0 : Int(ends[Int(row) - 1]))..<Int(ends[Int(row)])
        }

        mutating func append(_ more: some Collection<UInt8>) {
            bytes.append(contentsOf: more)
            ends.append(UInt32(bytes.count))
        }

        var byteCount: Int { bytes.capacity + ends.capacity * MemoryLayout<UInt32>.stride }

        /// Gives back what was reserved for growing.
        mutating func trim() {
            bytes = Array(unsafeUninitializedCapacity: bytes.count) { buffer, count in
                count = buffer.initialize(fromContentsOf: bytes)
            }
            ends = Array(unsafeUninitializedCapacity: ends.count) { buffer, count in
                count = buffer.initialize(fromContentsOf: ends)
            }
        }
    }

    var count: Int { scripts.count }

    /// Memory in bytes.
    var byteCount: Int {
        keys.byteCount + initials.byteCount + shownTexts.byteCount + scripts.capacity
    }

    /// Appends a word; nil for one without a letter or a digit. `folded` is what it is compared by.
    mutating func append(folded: some Collection<UInt8>, shown: some Collection<UInt8>) -> UInt32? {
        var key: [UInt8] = []
        var initials: [UInt8] = []
        guard let script = CompletionKey.append(folded: folded, to: &key, initials: &initials) else {
            return nil
        }
        return append(script: script.rawValue, key: key, initials: initials, shown: shown)
    }

    /// Appends a row of another table.
    mutating func append(_ row: Int, of other: CompletionRows) -> UInt32 {
        let row = UInt32(row)
        return append(
            script: other.script(row), key: other.bytes(.keys, row), initials: other.bytes(.initials, row),
            shown: other.shown(row))
    }

    /// Appends a row whose key is known.
    mutating func append(
        script: UInt8, key: some Collection<UInt8>, initials: some Collection<UInt8>,
        shown: some Collection<UInt8>
    ) -> UInt32 {
        keys.append(key)
        self.initials.append(initials)
        shownTexts.append(shown)
        scripts.append(script)
        return UInt32(scripts.count - 1)
    }

    /// Gives back what was reserved for growing.
    mutating func trim() {
        keys.trim()
        initials.trim()
        shownTexts.trim()
    }

    func script(_ row: UInt32) -> UInt8 { scripts[Int(row)] }

    func shown(_ row: UInt32) -> ArraySlice<UInt8> { shownTexts.bytes[shownTexts.range(row)] }

    func range(_ column: Column, _ row: UInt32) -> Range<Int> {
        column == .keys ? keys.range(row) : initials.range(row)
    }

    func byte(_ column: Column, _ offset: Int) -> UInt8 {
        column == .keys ? keys.bytes[offset] : initials.bytes[offset]
    }

    func bytes(_ column: Column, _ row: UInt32) -> ArraySlice<UInt8> {
        column == .keys ? keys.bytes[keys.range(row)] : initials.bytes[initials.range(row)]
    }

    /// The keys of the character behind one of a row's initials. The shown text has the syllables, which run
    /// into each other in the key; where more is shown than is completed (a category's path), they are its
    /// end.
    func syllable(_ index: Int, of row: UInt32) -> [UInt8]? {
        var syllables: [[UInt8]] = []
        for scalar in String(decoding: shown(row), as: UTF8.self).lowercased().unicodeScalars {
            var keys: [UInt8] = []
            if Dubeolsik.append(scalar, to: &keys) {
                if Dubeolsik.initial(scalar) != nil { syllables.append(keys) }
            } else if scalar.isASCII, CompletionKey.counts(scalar) {
                syllables.append([UInt8(scalar.value)])
            }
        }
        let place = syllables.count - range(.initials, row).count + index
        return syllables.indices.contains(place) ? syllables[place] : nil
    }
}
