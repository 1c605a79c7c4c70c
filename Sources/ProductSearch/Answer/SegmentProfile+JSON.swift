// How a segment was searched, as the answer says it.

import Engine
import JSON

extension SegmentProfile {
    /// The profile as JSON: what does not apply is left out.
    var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("segments", .array(segments.map { .integer(Int64($0)) })),
            ("documents", .integer(Int64(documentCount))),
            ("deleted", .integer(Int64(documentCount - liveCount))),
            ("matching", .string(matching.rawValue)),
            ("ranking", .string(ranking.rawValue)),
        ]
        if filter != .none { members.append(("filter", .string(filter.rawValue))) }
        if windowCount > 0 { members.append(("windows", .integer(Int64(windowCount)))) }
        if blockCount > 0 {
            members.append(("blocks", .integer(Int64(blockCount))))
            members.append(("decoded_blocks", .integer(Int64(decodedBlockCount))))
        }
        if floor > 0 { members.append(("score_floor", .double(Double(floor)))) }
        members.append(("took_us", .integer(Int64(time / .microseconds(1)))))
        return .object(members)
    }
}
