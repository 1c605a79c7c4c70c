// The keys that were deleted, each with the version that deleted it, so that an older upsert that arrives
// late cannot bring a product back. Layout of the file: Engine.docc/Manifest.md.
//
// Bounds: a tombstone is forgotten at a commit once its version lies `ageLimit` or more event positions
// behind the commit's, and beyond `countLimit` tombstones the oldest go first. An upsert that is delayed for
// longer than that is taken for a new document.

/// Deleted keys and the versions that deleted them.
struct Tombstones: Equatable {
    /// When tombstones are forgotten.
    struct Bounds: Hashable, Sendable {
        var countLimit = 100_000
        /// In event positions.
        var ageLimit: UInt64 = 1_000_000
    }

    private var versions: [[UInt8]: UInt64] = [:]

    static let format = RecordFormat(magic: "SAEKINTS", version: 1, byteLimit: 1 << 30)

    /// The number of keys.
    var count: Int { versions.count }

    /// The version that deleted a key, if it is remembered.
    func version(of key: [UInt8]) -> UInt64? {
        versions[key]
    }

    /// Remembers a delete; an older one of the same key gives way.
    /// - Returns: whether anything changed.
    mutating func insert(_ key: [UInt8], version: UInt64) -> Bool {
        if let known = versions[key], known >= version { return false }
        versions[key] = version
        return true
    }

    /// Forgets a key that was written anew.
    /// - Returns: whether it was remembered.
    mutating func remove(_ key: [UInt8]) -> Bool {
        versions.removeValue(forKey: key) != nil
    }

    /// Forgets what lies beyond the bounds.
    /// - Returns: whether anything was forgotten.
    mutating func prune(_ bounds: Bounds, eventPosition: UInt64) -> Bool {
        let before = versions.count
        if eventPosition >= bounds.ageLimit {
            let oldest = eventPosition - bounds.ageLimit
            versions = versions.filter { $0.value > oldest }
        }
        if versions.count > bounds.countLimit {
            // Versions are event positions and so almost always distinct; keys decide among equals.
            let newestFirst = versions.sorted { left, right in
                left.value != right.value
                    ? left.value > right.value : left.key.lexicographicallyPrecedes(right.key)
            }
            versions = Dictionary(
                uniqueKeysWithValues: newestFirst.prefix(bounds.countLimit).map { ($0.key, $0.value) })
        }
        return versions.count != before
    }

    func encode() -> [UInt8] {
        var body = RecordWriter()
        body.append(UInt32(versions.count))
        for (key, version) in versions.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            body.append(version)
            body.appendShort(key)
        }
        return Self.format.seal(body)
    }

    init() {}

    /// Decodes a tombstones file; `file` names it in errors.
    init(decoding bytes: [UInt8], file: String) throws(IndexError) {
        var body = try Self.format.open(bytes, file: file)
        let count = try body.uint32("tombstone count")
        // Ten bytes is the least a tombstone takes.
        guard count <= body.remaining / 10 else { throw body.damaged("\(count) tombstones do not fit") }
        versions.reserveCapacity(Int(count))
        var previous: [UInt8]?
        for _ in 0..<count {
            let version = try body.uint64("version")
            let key = try body.short("key")
            if let previous, !previous.lexicographicallyPrecedes(key) {
                throw body.damaged("keys are not in ascending order")
            }
            versions[key] = version
            previous = key
        }
        try body.finish()
    }
}
