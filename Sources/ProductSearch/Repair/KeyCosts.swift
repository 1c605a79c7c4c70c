// What a slip of the finger costs, by the keys of a QWERTY keyboard, which both layouts share. A whole slip
// between unrelated keys is 12; what fingers do more often costs less.

/// Weights of the slips between a typed key and the key that was meant.
enum KeyCosts {
    /// Shift was not held, or held too long: ㄱ for ㄲ, ㅐ for ㅒ.
    static let shift: UInt8 = 3
    /// The key beside the one that was meant.
    static let neighbour: UInt8 = 6
    /// Any other key.
    static let other: UInt8 = 12
    /// A key that was hit twice, or grazed beside the one that was meant.
    static let grazed: UInt8 = 6
    /// A key too many.
    static let extra: UInt8 = 10
    /// A key too few.
    static let missing: UInt8 = 8
    /// Two keys in the wrong order.
    static let swapped: UInt8 = 8

    /// The cost of having typed `typed` where `meant` was meant; 0 where they are the same.
    static func substitution(_ typed: UInt8, _ meant: UInt8) -> UInt8 {
        guard typed != meant else { return 0 }
        guard let left = Dubeolsik.keyIndex(typed), let right = Dubeolsik.keyIndex(meant) else {
            return other
        }
        return substitutions[left * 26 + right]
    }

    /// The cost of a typed key that nothing was meant by, between the keys around it.
    static func insertion(_ typed: UInt8, before: UInt8?, after: UInt8?) -> UInt8 {
        func isNear(_ key: UInt8?) -> Bool { key.map { substitution(typed, $0) <= neighbour } ?? false }
        return isNear(before) || isNear(after) ? grazed : extra
    }

    /// Whether two letter keys touch.
    static func areNeighbours(_ first: Int, _ second: Int) -> Bool {
        let (left, right) = (places[first], places[second])
        let (rows, columns) = (abs(left.row - right.row), abs(left.column - right.column))
        return rows <= 2 && columns <= 4 && (rows, columns) != (2, 4)
    }

    /// Row and column of each letter; a key is 4 wide, and each row is shifted by a part of a key.
    private static let places: [(row: Int, column: Int)] = {
        var places = [(row: Int, column: Int)](repeating: (0, 0), count: 26)
        for (row, (letters, shift)) in [("qwertyuiop", 0), ("asdfghjkl", 1), ("zxcvbnm", 3)].enumerated() {
            for (column, letter) in letters.utf8.enumerated() {
                places[Int(letter - 0x61)] = (row * 2, column * 4 + shift)
            }
        }
        return places
    }()

    private static let substitutions: [UInt8] = (0..<26 * 26).map { pair in
        let (left, right) = (pair / 26, pair % 26)
        return left == right ? shift : areNeighbours(left, right) ? neighbour : other
    }
}
