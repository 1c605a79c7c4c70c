// What a query was probably meant to say.

/// A query that was mended.
struct Repair: Sendable, Equatable {
    /// What was done to the query; the names are those of the answer.
    enum Kind: String, Sendable {
        /// Typed with the other keyboard layout.
        case keyboard
        /// Misspelt.
        case typo
        /// Typed by initial consonants.
        case initials
        /// Typed without spaces.
        case spacing
        /// The last word is not finished.
        case completion
    }

    /// One way to read the query.
    struct Reading: Sendable, Equatable {
        let text: String
        /// How probable it is beside the most probable, from 0 to 1.
        let weight: Double
    }

    let kind: Kind
    /// The query as it was typed.
    let from: String
    /// The readings, the most probable first; never empty.
    let readings: [Reading]

    /// The query as it is understood.
    var to: String { readings[0].text }
}
