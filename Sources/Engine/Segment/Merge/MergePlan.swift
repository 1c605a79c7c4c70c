// Which document goes where in a merge.

/// The order of the merged documents, and the way from the old numbers to the new ones.
struct MergePlan {
    let name: String
    let sources: [SegmentSource]
    /// The merged documents in their new order.
    let order: [SourceDocument]
    /// For each source, the new number of each document.
    let maps: [[DocID]]
    /// Whether the documents of each source keep their order, one source after another.
    let keepsOrder: Bool
    /// The fields of all sources, by id.
    let fields: [FieldDefinition]
    private let pages = ReadPages()

    var documentCount: UInt32 { UInt32(order.count) }

    init(
        _ sources: [SegmentSource], registry: FieldRegistry, order wanted: MergeOrder, name: String,
        shouldStop: () -> Bool = { false }
    ) throws(SegmentError) {
        self.sources = sources
        self.name = name
        fields = try Self.fields(sources, registry)
        let total = sources.reduce(0) { $0 + Int($1.liveDocs?.liveCount ?? $1.segment.documentCount) }
        guard total <= Int(SegmentFormat.documentCountMax) else {
            throw SegmentError(.tooLarge, file: name, "\(total) documents do not fit into one segment")
        }
        var maps = sources.map { [DocID](repeating: .noMoreDocuments, count: Int($0.segment.documentCount)) }
        switch try Self.resolved(wanted, sources, name, shouldStop) {
        case .keywords, .bisected: preconditionFailure("the order was resolved to a list")
        case .sources:
            keepsOrder = true
            var order: [SourceDocument] = []
            order.reserveCapacity(total)
            for (number, source) in sources.enumerated() {
                for document in 0..<source.segment.documentCount
                where source.liveDocs?.contains(document) ?? true {
                    maps[number][Int(document)] = DocID(order.count)
                    order.append(SourceDocument(source: UInt32(number), document: document))
                }
            }
            self.order = order
        case .listed(let order):
            keepsOrder = false
            precondition(order.count == total, "the list must have every live document once")
            for (new, old) in order.enumerated() {
                let source = sources[Int(old.source)]
                precondition(source.liveDocs?.contains(old.document) ?? true, "a listed document is deleted")
                precondition(
                    maps[Int(old.source)][Int(old.document)] == .noMoreDocuments, "a document is listed twice"
                )
                maps[Int(old.source)][Int(old.document)] = DocID(new)
            }
            self.order = order
        }
        self.maps = maps
    }

    /// The order as a list, unless it is that of the sources.
    private static func resolved(
        _ order: MergeOrder, _ sources: [SegmentSource], _ name: String, _ shouldStop: () -> Bool
    ) throws(SegmentError) -> MergeOrder {
        switch order {
        case .sources, .listed: return order
        case .keywords(let fields): return .listed(try DocumentOrder.listed(sources, by: fields))
        case .bisected(let fields, let progress):
            return .listed(
                try DocumentOrder.bisected(
                    sources, from: fields, name: name, shouldStop: shouldStop, progress: progress))
        }
    }

    private static func fields(
        _ sources: [SegmentSource], _ registry: FieldRegistry
    ) throws(SegmentError) -> [FieldDefinition] {
        var definitions: [FieldID: FieldDefinition] = [:]
        // An overlay may give a field to documents of segments in which no document had it.
        for source in sources {
            for field in source.overlay?.fields ?? [] {
                guard let definition = registry.definition(field) else {
                    preconditionFailure("an overlay has a field that is not registered")
                }
                definitions[field] = definition
            }
        }
        for source in sources {
            for definition in source.segment.fieldDefinitions {
                let known = definitions.updateValue(definition, forKey: definition.id) ?? definition
                guard known == definition else {
                    throw SegmentError(
                        .damaged, file: source.segment.name, section: .fields,
                        "\(definition.id) is \(definition.name) here and \(known.name) elsewhere in the index"
                    )
                }
            }
        }
        return definitions.values.sorted { $0.id < $1.id }
    }

    /// The norms of a text field in the new order; nothing for other fields.
    func norms(_ definition: FieldDefinition) -> [UInt8] {
        guard definition.kind == .text else { return [] }
        let readers = sources.map { $0.segment.norms(definition.id) }
        return order.map { readers[Int($0.source)]?[$0.document] ?? 0 }
    }

    /// Ends the merge when the caller asks for it. Called every few thousand postings or documents.
    func stop(if shouldStop: () -> Bool) throws(SegmentError) {
        try Self.stop(if: shouldStop, name)
        pages.step(sources)
    }

    static func stop(if shouldStop: () -> Bool, _ name: String) throws(SegmentError) {
        if shouldStop() { throw stopped(name) }
    }

    static func stopped(_ name: String) -> SegmentError {
        SegmentError(.cancelled, file: name, "the merge was stopped")
    }
}

/// Lets the pages of the sources go now and then, so that a merge does not hold all that it has read.
private final class ReadPages {
    private static let stepsPerRelease = 64
    private var steps = 0

    func step(_ sources: [SegmentSource]) {
        steps += 1
        guard steps % Self.stepsPerRelease == 0 else { return }
        for source in sources { source.segment.memory.releasePages() }
    }
}
