// The spelling vocabularies of the segments that searches see. A segment never changes, so its vocabulary is
// derived once and kept while a published snapshot has the segment. Small segments are read on the spot;
// large ones in the background, and until they are ready a repair goes without their words.

import Dispatch
import Engine
import Synchronization

/// Keeps the vocabularies of segments.
final class SpellingVocabularies: Sendable {
    /// Segments with more documents than this are read in the background.
    private static let inlineDocumentCountMax: UInt32 = 256

    private struct Entry: Sendable {
        /// Another generation of the index gives the same ids to other segments.
        let segment: Segment
        /// Nil while it is being read.
        var vocabulary: SpellingVocabulary?
    }

    private let entries = Mutex<[SegmentID: Entry]>([:])
    private let readsInBackground: Bool
    private let queue = DispatchQueue(label: "saekin.spelling", qos: .utility)

    /// - Parameter readsInBackground: false makes the first repair wait for all vocabularies.
    init(readsInBackground: Bool) { self.readsInBackground = readsInBackground }

    /// Starts on the new segments of `snapshot`, and lets go of those it no longer has. These are kept until
    /// the new ones are read: a merge must not make the words of its segments unknown for a while.
    func follow(_ snapshot: Snapshot, fields: [FieldID]) {
        if readsInBackground {
            for view in snapshot.segments where isLarge(view) { _ = vocabulary(of: view, fields: fields) }
        }
        let alive = Set(snapshot.segments.map(\.id))
        entries.withLock { entries in
            guard entries.values.allSatisfy({ $0.vocabulary != nil }) else { return }
            entries = entries.filter { alive.contains($0.key) }
        }
    }

    /// The vocabularies of the segments of `snapshot`, as far as they are read.
    func vocabularies(of snapshot: Snapshot, fields: [FieldID]) -> [SpellingVocabulary] {
        let read = snapshot.segments.map { vocabulary(of: $0, fields: fields) }
        guard read.contains(where: { $0 == nil }) else { return read.compactMap { $0 } }
        return entries.withLock { $0.values.compactMap(\.vocabulary) }
    }

    private func isLarge(_ view: SegmentView) -> Bool {
        readsInBackground && view.segment.documentCount > Self.inlineDocumentCountMax
    }

    private func vocabulary(of view: SegmentView, fields: [FieldID]) -> SpellingVocabulary? {
        let isBackground = isLarge(view)
        let (known, isNew) = entries.withLock { entries -> (Entry?, Bool) in
            if let entry = entries[view.id], entry.segment === view.segment { return (entry, false) }
            if isBackground { entries[view.id] = Entry(segment: view.segment, vocabulary: nil) }
            return (nil, true)
        }
        guard isNew else { return known?.vocabulary }
        if isBackground {
            queue.async { [self] in _ = read(view, fields) }
            return nil
        }
        return read(view, fields)
    }

    private func read(_ view: SegmentView, _ fields: [FieldID]) -> SpellingVocabulary {
        let vocabulary: SpellingVocabulary
        do throws(SegmentError) {
            vocabulary = try SpellingVocabulary(view.segment, fields: fields)
        } catch {
            // A damaged dictionary fails the search itself with the file and the place; spelling only goes
            // without its words.
            vocabulary = SpellingVocabulary()
        }
        entries.withLock { $0[view.id] = Entry(segment: view.segment, vocabulary: vocabulary) }
        return vocabulary
    }
}
