// The texts of a stored product in which matches are shown, read without building the whole product.

import Engine
import JSON

/// Reads texts of stored products. Not shared between threads.
struct StoredTexts {
    private static let shown: [StaticString] = ["title", "brand", "category", "description"]

    private let parser = JSONParser()

    /// The members that are there, in stored order.
    func read(_ stored: [UInt8]) throws(SearchError) -> [(name: String, text: String)] {
        var texts: [(name: String, text: String)] = []
        do throws(JSONError) {
            try parser.withDocument(stored) { document in
                document.forEachMember { name, value in
                    guard Self.shown.contains(where: { name.matches($0) }), let text = value.string else {
                        return
                    }
                    texts.append((name.string, text))
                }
            }
        } catch {
            throw .request(
                code: "index_damaged",
                message: "a stored product is not JSON: \(error); rebuild the index with saekin reindex")
        }
        return texts
    }
}
