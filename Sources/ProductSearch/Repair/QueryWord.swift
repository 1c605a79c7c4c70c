// A word of a query with what it may have been meant to say.

/// One word of a query and its readings.
struct QueryWord {
    /// One reading.
    struct Choice: Equatable {
        let text: String
        /// What the reading takes to believe, in units of `KeyCosts`.
        let cost: Int
        /// Nil for the word as it was typed.
        let kind: Repair.Kind?
    }

    /// The number of the stretch of the typed text that it is, or that it is a part of.
    let stretch: Int
    /// For each choice, the terms that a product must have.
    private(set) var readings = WordReadings()
    private(set) var choices: [Choice] = []
    /// Whether the word as it was typed is in products.
    var isKnown = false
    /// Whether it is none that the analysis knows either, and fell apart.
    var isInPieces = false

    init(stretch: Int) { self.stretch = stretch }

    /// Adds a choice, unless its text is one already or there is no room.
    mutating func add(_ choice: Choice, needing terms: [[[UInt8]]]) {
        guard !choices.contains(where: { $0.text == choice.text }) else { return }
        if readings.add(terms) { choices.append(choice) }
    }
}
