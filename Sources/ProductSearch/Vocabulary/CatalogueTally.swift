// What the catalogue is counted for, product by product. Brands and categories repeat, so what follows from
// their texts alone is worked out once for each; titles are cut on their bytes.

/// Counts of names and words over the products of a catalogue.
struct CatalogueTally {
    /// A brand as products name it.
    private struct Brand {
        let script: SoundTable.Script?
        /// Its place in `companionCounts`; none where it has no script.
        let place: Int?
        var count = 0
    }

    private(set) var productCount = 0
    private var brandsByName: [String: Brand] = [:]
    private var categoryCounts: [String: Int] = [:]
    /// Runs of Hangul in titles.
    private(set) var runs: [String: Int] = [:]
    /// Titles with each word, whatever the brand.
    private(set) var occurrences: [String: Int] = [:]
    private var placeOfBrand: [String: Int] = [:]
    private var companionCounts: [[String: Int]] = []

    /// Beyond this, runs that were seen once are forgotten.
    private static let runCountMax = 1 << 20
    /// Words of one brand's titles.
    private static let companionCountMax = 4_096

    /// Products of each brand.
    var brands: [String: Int] { brandsByName.mapValues(\.count) }

    /// Products of each category, by the names of all its levels.
    var categories: [String: Int] {
        var counts: [String: Int] = [:]
        for (category, count) in categoryCounts {
            for name in Set(CategoryPath(category).names.flatMap { $0.split(separator: "/") }) {
                counts[SynonymRule.trimmed(String(name)), default: 0] += count
            }
        }
        return counts
    }

    /// By brand: words of its titles in the other script.
    var companions: [String: [String: Int]] { placeOfBrand.mapValues { companionCounts[$0] } }

    mutating func add(title: String, brand: String, category: String) {
        productCount += 1
        categoryCounts[category, default: 0] += 1
        let brand = count(brand: SynonymRule.trimmed(brand))
        let (hangul, latin) = Self.words(title)
        for run in Self.unique(hangul) where (3...8).contains(run.utf8.count / 3) {
            runs[run, default: 0] += 1
        }
        if runs.count > Self.runCountMax { runs = runs.filter { $0.value > 1 } }
        let joined = zip(latin, latin.dropFirst()).map { $0 + " " + $1 }
        for word in Self.unique(hangul + latin + joined) { occurrences[word, default: 0] += 1 }
        if occurrences.count > Self.runCountMax { occurrences = occurrences.filter { $0.value > 1 } }
        guard let place = brand?.place else { return }
        for word in Self.unique(brand?.script == .latin ? hangul : latin + joined) {
            if let count = companionCounts[place][word] {
                companionCounts[place][word] = count + 1
            } else if companionCounts[place].count < Self.companionCountMax {
                companionCounts[place][word] = 1
            }
        }
    }

    /// Counts a product of a brand, which is not known yet where it is the first.
    private mutating func count(brand name: String) -> Brand? {
        guard !name.isEmpty else { return nil }
        if let index = brandsByName.index(forKey: name) {
            brandsByName.values[index].count += 1
            return brandsByName.values[index]
        }
        let script = SoundTable.script(SoundTable.letters(name))
        var place: Int?
        if let script {
            let key = script == .latin ? name.lowercased() : name
            place = placeOfBrand[key] ?? companionCounts.count
            if placeOfBrand[key] == nil {
                placeOfBrand[key] = place
                companionCounts.append([:])
            }
        }
        let brand = Brand(script: script, place: place, count: 1)
        brandsByName[name] = brand
        return brand
    }

    /// The different ones of `words`; a title has few, but may have many.
    private static func unique(_ words: [String]) -> [String] {
        if words.count > 32 { return Array(Set(words)) }
        var unique: [String] = []
        for word in words where !unique.contains(word) { unique.append(word) }
        return unique
    }

    /// Runs of Hangul of two syllables or more, and runs of Latin letters in lower case.
    static func words(_ title: String) -> (hangul: [String], latin: [String]) {
        var (hangul, latin): ([String], [String]) = ([], [])
        var title = title
        title.withUTF8 { bytes in
            var start = 0
            var script: SoundTable.Script?
            func flush(_ end: Int) {
                guard let script else { return }
                let isHangul = script == .hangul
                guard end - start >= (isHangul ? 2 * 3 : 2) else { return }
                let run = String(decoding: bytes[start..<end], as: UTF8.self)
                if isHangul { hangul.append(run) } else { latin.append(run.lowercased()) }
            }
            var place = 0
            while place < bytes.count {
                let (next, byteCount) = Self.script(of: bytes, place)
                if next != script {
                    flush(place)
                    (start, script) = (place, next)
                }
                place += byteCount
            }
            flush(bytes.count)
        }
        return (hangul, latin)
    }

    /// The script of the scalar at `place` of valid UTF-8, and how many bytes it has.
    private static func script(of bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> (
        SoundTable.Script?, Int
    ) {
        let first = bytes[place]
        switch first {
        case 0..<0x80:
            return ((UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20) ? .latin : nil, 1)
        case 0..<0xE0: return (nil, 2)
        case 0xF0...: return (nil, 4)
        default:
            let scalar =
                UInt32(first & 0x0F) << 12 | UInt32(bytes[place + 1] & 0x3F) << 6
                | UInt32(bytes[place + 2] & 0x3F)
            return ((0xAC00...0xD7A3).contains(scalar) ? .hangul : nil, 3)
        }
    }
}
