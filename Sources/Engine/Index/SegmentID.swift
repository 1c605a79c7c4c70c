// The name of a segment and of the files that belong to it. An id is given once in the life of an index, and
// a generation once in the life of a segment, so no file is ever written over.

/// Identifies a segment in its index.
public struct SegmentID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number; the first segment of an index is 1.
    public let rawValue: UInt64

    /// Makes an id from its number.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    public var description: String { "\(rawValue)" }
}

/// The names of the files in the folder of an index.
enum IndexFileName {
    static let manifest = "manifest"
    static let lock = "lock"

    static func segment(_ id: SegmentID) -> String { "segment-\(id)" }
    static func liveDocs(_ id: SegmentID, generation: UInt64) -> String { "segment-\(id)-live-\(generation)" }
    static func overlay(_ id: SegmentID, generation: UInt64) -> String {
        "segment-\(id)-columns-\(generation)"
    }
    static func tombstones(generation: UInt64) -> String { "tombstones-\(generation)" }

    /// Whether the writer could have made a file of this name: only such files are ever removed as left over.
    static func isOwn(_ name: String) -> Bool {
        if name == manifest + temporarySuffix { return true }
        if let dot = name.firstIndex(of: ".") {
            // What a merge spools to while it runs.
            return name[dot...].hasPrefix(".spool-") && isOwn(String(name[..<dot]))
        }
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        func isNumber(_ part: Substring) -> Bool { UInt64(part).map { "\($0)" == part } ?? false }
        switch (parts.first, parts.count) {
        case ("segment", 2): return isNumber(parts[1])
        case ("segment", 4):
            return isNumber(parts[1]) && (parts[2] == "live" || parts[2] == "columns") && isNumber(parts[3])
        case ("tombstones", 2): return isNumber(parts[1])
        default: return false
        }
    }
}
