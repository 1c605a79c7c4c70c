// What a document is worth before anybody has asked: how it sells, how it is rated, whether it can be had.
// One number a document says it, in a column that updates replace; it is added to the score of what matches.
import CKernels

/// A share of the score that does not depend on the query.
public struct StaticPrior: Hashable, Sendable {
    /// The greatest value.
    public static let valueMax: UInt8 = 255

    /// What a document has beside its value.
    public struct Bonus: Hashable, Sendable {
        /// A step of it.
        public struct Step: Hashable, Sendable {
            /// The least value of the bonus's field that has the step.
            public var least: Int64
            /// What is added to the prior's value.
            public var value: UInt8

            /// Makes a step.
            public init(from least: Int64, value: UInt8) {
                self.least = least
                self.value = value
            }
        }

        /// An integer field.
        public var field: FieldID
        /// The steps, ascending; a document has the last that its value reaches, and none without a value.
        public var steps: [Step]

        /// Makes a bonus.
        public init(_ field: FieldID, steps: [Step]) {
            self.field = field
            self.steps = steps
        }

        /// What a value of the field adds.
        func value(of value: Int64) -> UInt8 { steps.last { $0.least <= value }?.value ?? 0 }
    }

    /// Where the values are: in an integer field, from 0 to `valueMax`. A missing value counts as 0, one
    /// beyond these bounds as the nearest of them.
    public var field: FieldID
    /// What is added to the value before it is cut to its bounds; how new a document is, say, which changes
    /// without a change of the document.
    public var bonus: Bonus?
    /// What the greatest value adds to a score; other values add their part of it. 0 or more.
    public var weight: Float
    /// The greatest value adds no more than this part of the most that the query can score by itself, so that
    /// frequent words, which score little, still come first. Of no say where the query scores nothing.
    public var share: Float

    /// Makes a prior.
    public init(_ field: FieldID, bonus: Bonus? = nil, weight: Float, share: Float = .infinity) {
        self.field = field
        self.bonus = bonus
        self.weight = weight
        self.share = share
    }

    /// What the greatest value adds for a query that scores at most `scoreMax` by itself.
    func weight(for scoreMax: Float) -> Float { scoreMax > 0 ? min(weight, share * scoreMax) : weight }
}

/// The prior of a query plan: what each value adds.
struct PriorPlan: Sendable {
    let source: PriorSource
    /// What the greatest value adds.
    let weight: Float
    /// What each value adds, on the grid, ascending.
    let scores: [Float]

    init(_ prior: StaticPrior, weight: Float, grid: ScoreGrid) {
        source = PriorSource(field: prior.field, bonus: prior.bonus)
        self.weight = weight
        let max = StaticPrior.valueMax
        scores = (0...max).map { grid.round(weight * (Float($0) / Float(max))) }
    }
}

/// The prior of the documents of a space.
struct PriorScorer {
    private struct Part {
        let base: UInt32
        let end: UInt32
        let column: PriorColumn
    }

    private let parts: [Part]
    private let scores: [Float]
    // Of the part in which the last document was.
    private var base: UInt32 = 0
    private var end: UInt32 = 0
    // SAFETY: `parts` keeps the column.
    private var values: UnsafePointer<UInt8>?

    /// Nil when the plan has no prior, or no document of the space has one above 0.
    init?(_ plan: QueryPlan, _ space: DocumentSpace, _ views: [SegmentView]) throws(SegmentError) {
        guard let prior = plan.prior else { return nil }
        var parts: [Part] = []
        parts.reserveCapacity(space.parts.count)
        var greatest: UInt8 = 0
        for part in space.parts {
            let column = try views[part.number].prior(prior.source)
            greatest = max(greatest, column.greatest)
            parts.append(Part(base: part.base, end: part.end, column: column))
        }
        if greatest == 0 { return nil }
        self.parts = parts
        scores = prior.scores
    }

    /// What a document's prior adds to its score.
    @inline(__always)
    mutating func score(of document: UInt32) -> Float {
        if document < base || document >= end { move(to: document) }
        // SAFETY: a column has a value for every document of its part.
        return values.map { scores[Int($0[Int(document - base)])] } ?? 0
    }

    private mutating func move(to document: UInt32) {
        let part = parts.last { $0.base <= document } ?? parts[0]
        precondition(document >= part.base && document < part.end, "no such document")
        base = part.base
        end = part.end
        values = part.column.values
    }

    /// The most that the prior of any document adds.
    var greatest: Float { scores[Int(parts.reduce(0) { max($0, $1.column.greatest) })] }

    /// The most that the prior of a document of `start..<end` adds.
    ///
    /// - Precondition: `start < end`.
    func bound(_ start: UInt32, _ end: UInt32) -> Float {
        var greatest: UInt8 = 0
        for part in parts where part.base < end && start < part.end {
            greatest = max(
                greatest,
                part.column.greatest(max(start, part.base) - part.base, min(end, part.end) - part.base))
        }
        return scores[Int(greatest)]
    }

    /// Adds to the scores of a window the priors of some of its documents.
    ///
    /// - Precondition: the space has one segment, and `documents` names none beyond its last.
    func add(
        window: UInt32, documents: Int, scores slot: Int, _ bits: borrowing BitSlots,
        _ slots: inout ScoreSlots
    ) {
        guard let values = parts[0].column.values else { return }
        slots.add(slot, where: documents, bits, table: scores, values + Int(window) * Window.size)
    }
}
