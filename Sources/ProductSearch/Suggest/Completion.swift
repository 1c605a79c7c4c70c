// Completions of brand and category names. Each name is one keyword of the field `_completion`:
//
//     kind (b brand, c category) | folded name | 0 | name as shown
//
// so that a walk over the terms of one prefix gives the names in order, each with the number of its products.

/// A name that a prefix can be completed to.
struct Completion: Sendable, Equatable {
    enum Kind: UInt8, Sendable, CaseIterable {
        case brand = 0x62
        case category = 0x63

        var name: String {
            switch self {
            case .brand: "brand"
            case .category: "category"
            }
        }
    }

    let kind: Kind
    let shown: String
    /// How many products carry it.
    let count: Int

    /// The keyword of a name.
    static func term(_ kind: Kind, folded: [UInt8], shown: String) -> [UInt8] {
        [kind.rawValue] + folded + [0] + Array(shown.utf8)
    }

    /// The beginning that all keywords share whose folded name begins with `folded`.
    static func prefix(_ kind: Kind, folded: [UInt8]) -> [UInt8] { [kind.rawValue] + folded }

    /// Reads a keyword; nil for bytes that `term` does not write.
    init?(term: [UInt8], count: Int) {
        guard let first = term.first, let kind = Kind(rawValue: first), let zero = term.firstIndex(of: 0)
        else {
            return nil
        }
        self.kind = kind
        self.count = count
        shown = String(decoding: term[(zero + 1)...], as: UTF8.self)
    }
}
