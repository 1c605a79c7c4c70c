// Reads everything a commit consists of and lists what is wrong with it, without changing anything: the
// manifest, every checksum of every segment, deletes, columns, tombstones, and that no key is live twice.

/// What a check of an index found.
public struct CheckReport: Sendable {
    /// One thing that is not as it should be.
    public struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// The file it is in.
        public let file: String
        /// Where in the file, if that is known.
        public let byteOffset: UInt64?
        /// What was found.
        public let what: String

        public var description: String {
            "\(file)\(byteOffset.map { ", byte \($0)" } ?? ""): \(what)"
        }
    }

    /// The number of the commit that was checked.
    public internal(set) var generation: UInt64 = 0
    /// The event position it contains.
    public internal(set) var eventPosition: UInt64 = 0
    /// Segments it lists.
    public internal(set) var segmentCount = 0
    /// Documents, deleted ones too.
    public internal(set) var documentCount = 0
    /// Documents that are not deleted.
    public internal(set) var liveCount = 0
    /// Remembered deletes.
    public internal(set) var tombstoneCount = 0
    /// Bytes of its segment files.
    public internal(set) var byteCount = 0
    /// The first problems found, at most `problemLimit`; none if the index is sound.
    public internal(set) var problems: [Problem] = []

    /// A damaged file may have millions of wrong bytes; this many are listed.
    public static let problemLimit = 100

    mutating func add(_ file: String, _ byteOffset: UInt64?, _ what: String) {
        if problems.count < Self.problemLimit {
            problems.append(Problem(file: file, byteOffset: byteOffset, what: what))
        }
    }

    mutating func add(_ error: IndexError) {
        switch error {
        case .damaged(let file, let byteOffset, let what): add(file, byteOffset, what)
        case .unsupportedVersion(let file, let found): add(file, nil, "unknown format version \(found)")
        case .file(let error): add(error.path, nil, error.description)
        default: add("", nil, error.description)
        }
    }
}

extension Index {
    /// Checks the last commit of an index. A writer may be running.
    /// - Throws: `IndexError.noIndex`; everything else that is wrong is in the report.
    /// - Complexity: reads all files, and looks up each key in each segment.
    public static func check(directory: String) throws(IndexError) -> CheckReport {
        let files = IndexFiles(directory: directory, fileSystem: PosixFileSystem())
        while true {
            let report = try files.check()
            // A writer that commits meanwhile removes files that were about to be read.
            if !report.problems.isEmpty, let now = files.generation, now > report.generation { continue }
            return report
        }
    }
}

extension IndexFiles {
    /// The generation of the manifest, if it can be read.
    fileprivate var generation: UInt64? {
        do {
            return try manifest()?.generation
        } catch {
            // The check has already reported why.
            return nil
        }
    }

    fileprivate func check() throws(IndexError) -> CheckReport {
        var report = CheckReport()
        let manifest: Manifest
        do throws(IndexError) {
            guard let found = try self.manifest() else { throw IndexError.noIndex(directory: directory) }
            manifest = found
        } catch {
            if case .noIndex = error { throw error }
            report.add(error)
            return report
        }
        report.generation = manifest.generation
        report.eventPosition = manifest.eventPosition
        report.segmentCount = manifest.segments.count

        var views: [SegmentView] = []
        for entry in manifest.segments {
            do throws(IndexError) {
                let view = try segment(entry, fields: manifest.fields)
                check(view, &report)
                views.append(view)
            } catch {
                report.add(error)
            }
        }
        do throws(IndexError) {
            let tombstones = try tombstones(manifest)
            report.tombstoneCount = tombstones.count
            try checkKeys(views, tombstones, &report)
        } catch {
            report.add(error)
        }
        return report
    }

    private func check(_ view: SegmentView, _ report: inout CheckReport) {
        report.documentCount += Int(view.segment.documentCount)
        report.liveCount += Int(view.liveCount)
        report.byteCount += view.segment.byteCount
        for finding in view.segment.findings(limit: CheckReport.problemLimit) {
            report.add(IndexError(finding))
        }
    }

    /// No key may have two live documents, nor a live document that its tombstone has outlived.
    private func checkKeys(
        _ views: [SegmentView], _ tombstones: Tombstones, _ report: inout CheckReport
    ) throws(IndexError) {
        for (number, view) in views.enumerated() {
            let path = path(IndexFileName.segment(view.id))
            try translating { () throws(SegmentError) in
                try view.segment.forEachTerm(FieldRegistry.key) { key, entry throws(SegmentError) in
                    let key = Array(key)
                    let live = try view.liveDocuments(of: entry)
                    guard let document = live.first else { return true }
                    var count = live.count
                    for other in views[(number + 1)...] {
                        if let entry = try other.segment.term(FieldRegistry.key, key) {
                            count += try other.liveDocuments(of: entry).count
                        }
                    }
                    let name = String(decoding: key, as: UTF8.self)
                    if count > 1 { report.add(path, nil, "key \(name) has \(count) live documents") }
                    if let deleted = tombstones.version(of: key),
                        try view.segment.version(document) <= deleted
                    {
                        report.add(path, nil, "key \(name) is live, though event \(deleted) deleted it")
                    }
                    return true
                }
            }
        }
    }
}
