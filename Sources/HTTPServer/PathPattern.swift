// A path with `{name}` segments. Paths are split before they are decoded, so an escaped slash (%2F) is part
// of a value and never a separator.

/// A path pattern such as `/products/{id}`.
struct PathPattern: Sendable {
    private enum Segment: Sendable {
        case literal(Substring)
        case parameter(String)
    }

    /// The pattern as it was declared.
    let text: String
    let hasParameters: Bool
    private let segments: [Segment]

    init(_ text: String) {
        self.text = text
        segments = text.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .parameter(String(segment.dropFirst().dropLast())) : .literal(segment)
        }
        hasParameters = segments.contains { if case .parameter = $0 { true } else { false } }
    }

    /// The decoded parameters where `path`, still escaped, has this pattern.
    func match(_ path: String) throws(TargetError) -> [String: String]? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == segments.count else { return nil }
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .literal(let text): if text != part { return nil }
            case .parameter: if part.isEmpty { return nil }
            }
        }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            guard case .parameter(let name) = segment else { continue }
            let offset = path.utf8.distance(from: path.startIndex, to: part.startIndex)
            parameters[name] = try PercentDecoding.decode(part, offset: offset, plusIsSpace: false)
        }
        return parameters
    }
}
