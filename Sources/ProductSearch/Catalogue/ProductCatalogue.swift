// Writing and reading single products, and many as JSON lines. Everything goes to the store; the index
// follows by the event log, and the answer says from which position on a search contains the change.

import JSON
import Store

/// The products of a shop as clients change them.
public final class ProductCatalogue: Sendable {
    /// Lines of one bulk request.
    public static let bulkLineCountMax = 100_000
    /// Products written in one transaction.
    private static let transactionCount = 1_000

    private let store: ProductStore
    private let onWrite: @Sendable () -> Void

    /// `onWrite` is called after each change, to wake the feed.
    public init(store: ProductStore, onWrite: @escaping @Sendable () -> Void) {
        self.store = store
        self.onWrite = onWrite
    }

    /// What became of a write, as JSON and status.
    public struct Outcome: Sendable {
        /// 201 where the product is new, 200 otherwise.
        public let status: Int
        public let json: [UInt8]
    }

    /// The product `id` as JSON.
    public func product(_ id: String) throws(RequestError) -> [UInt8] {
        guard let stored = try attempt({ () throws(StoreError) in try store.get(id: id) }) else {
            throw Self.notFound(id)
        }
        return stored.canonicalJSON
    }

    /// Creates or replaces a product. `id` is the one of the address, which the body may repeat; nil where
    /// only the body names it.
    public func put(_ body: [UInt8], id: String?) throws(RequestError) -> Outcome {
        let product = try parse(body, JSONParser(), defaultID: id)
        if let id, !id.utf8.elementsEqual(product.id.utf8) {
            throw RequestError(
                .idMismatch,
                "the address names the product '\(id)', the body '\(product.id)'; make them the same")
        }
        let receipt = try attempt { () throws(StoreError) in try store.put(product) }
        onWrite()
        return Outcome(status: receipt.created ? 201 : 200, json: Self.json(product.id, receipt))
    }

    /// Changes the members that `body` names; null removes one.
    public func patch(_ body: [UInt8], id: String) throws(RequestError) -> Outcome {
        let changes = try tree(body, JSONParser())
        let receipt = try attempt { () throws(StoreError) in try store.patch(id: id, changes) }
        onWrite()
        return Outcome(status: 200, json: Self.json(id, receipt))
    }

    /// Removes a product.
    public func delete(_ id: String) throws(RequestError) -> Outcome {
        guard let sequence = try attempt({ () throws(StoreError) in try store.delete(id: id) }) else {
            throw Self.notFound(id)
        }
        onWrite()
        return Outcome(
            status: 200,
            json: JSONValue.object([
                ("id", .string(id)), ("result", .string("deleted")), ("seq", .integer(Int64(sequence))),
            ]).jsonBytes)
    }

    /// Writes JSON lines, good ones even beside bad ones, and answers a line of JSON for each that is not
    /// blank: `{"line", "status", "result", "id", "seq"}` or, for a bad one, `"error"` in place of the last
    /// two.
    public func bulk(_ body: [UInt8]) throws(RequestError) -> [UInt8] {
        guard !body.isEmpty else {
            throw RequestError(.badJSON, "the body is empty; send JSON lines, one product each")
        }
        let lines = try Self.lines(body)
        let parser = JSONParser()
        var results = [JSONValue](repeating: .null, count: lines.count)
        var pending: [(index: Int, product: Product)] = []
        func flush() throws(RequestError) {
            guard !pending.isEmpty else { return }
            let products = pending.map(\.product)
            let receipts = try attempt { () throws(StoreError) in try store.putBatch(products) }
            for ((index, product), receipt) in zip(pending, receipts) {
                let line: [(String, JSONValue)] = [
                    ("line", .integer(Int64(lines[index].number))),
                    ("status", .integer(receipt.created ? 201 : 200)),
                ]
                results[index] = .object(line + Self.members(product.id, receipt))
            }
            pending.removeAll(keepingCapacity: true)
        }
        for (index, line) in lines.enumerated() {
            do throws(RequestError) {
                pending.append((index, try parse(Array(line.bytes), parser)))
            } catch {
                results[index] = .object([
                    ("line", .integer(Int64(line.number))), ("status", .integer(Int64(error.code.status))),
                    ("result", .string("rejected")),
                    ("error", error.detail),
                ])
            }
            if pending.count == Self.transactionCount { try flush() }
        }
        try flush()
        onWrite()
        var answer: [UInt8] = []
        for result in results { answer += result.jsonBytes + [UInt8(ascii: "\n")] }
        return answer
    }

    // MARK: Parts

    private func tree(_ bytes: [UInt8], _ parser: JSONParser) throws(RequestError) -> JSONValue {
        do throws(JSONError) {
            return try parser.parse(bytes)
        } catch {
            throw RequestError(.badJSON, "the body cannot be read: \(error)", position: error.byteOffset)
        }
    }

    /// Reads a product; `defaultID` is its id where it names none.
    private func parse(
        _ bytes: [UInt8], _ parser: JSONParser, defaultID: String? = nil
    ) throws(RequestError) -> Product {
        do throws(ProductError) {
            return try Product(parsing: bytes, with: parser)
        } catch {
            if let defaultID, case .invalid("id", _, "nothing") = error {
                let members = try tree(bytes, parser).objectValue ?? []
                let named = JSONValue.object([("id", .string(defaultID))] + members)
                return try parse(named.jsonBytes, parser)
            }
            if case .notJSON(let json) = error {
                throw RequestError(.badJSON, "\(error)", position: json.byteOffset)
            }
            throw RequestError(.badProduct, "\(error)")
        }
    }

    /// The lines that are not blank, each with its number from 1. A body of blank lines alone takes no
    /// memory, and more lines than may be sent are counted without being kept.
    private static func lines(
        _ body: [UInt8]
    ) throws(RequestError) -> [(number: Int, bytes: ArraySlice<UInt8>)] {
        var lines: [(number: Int, bytes: ArraySlice<UInt8>)] = []
        var count = 0
        var number = 0
        var rest = body[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let line = rest[..<end]
            rest = rest[end...].dropFirst()
            number += 1
            guard line.contains(where: { $0 > UInt8(ascii: " ") }) else { continue }
            count += 1
            if count <= bulkLineCountMax { lines.append((number, line)) }
        }
        guard count <= bulkLineCountMax else {
            throw RequestError(
                .tooLarge, "\(count) lines, at most \(bulkLineCountMax); send them in several requests")
        }
        return lines
    }

    private static func members(_ id: String, _ receipt: WriteReceipt) -> [(String, JSONValue)] {
        let result =
            switch receipt.outcome {
            case .created: "created"
            case .updated: "updated"
            case .unchanged: "unchanged"
            }
        return [("id", .string(id)), ("result", .string(result)), ("seq", .integer(Int64(receipt.seq)))]
    }

    private static func json(_ id: String, _ receipt: WriteReceipt) -> [UInt8] {
        JSONValue.object(members(id, receipt)).jsonBytes
    }

    private static func notFound(_ id: String) -> RequestError {
        RequestError(.notFound, "there is no product '\(id)'")
    }

    private func attempt<Result>(
        _ body: () throws(StoreError) -> Result
    ) throws(RequestError) -> Result {
        do throws(StoreError) {
            return try body()
        } catch {
            throw RequestError(store: error)
        }
    }
}
