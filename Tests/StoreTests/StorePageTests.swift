import Glibc
import Testing

@testable import Store

// The page Store.docc/Store.md is held to what the code does.

@Suite struct StorePageTests {
    let page: String

    init() throws {
        let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let file = try #require(fopen("/\(folder)/Sources/Store/Store.docc/Store.md", "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        page = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
    }

    @Test("the SQL of the page is the schema of the file")
    func showsSchema() throws {
        var blocks: [String] = []
        for part in page.split(separator: "```sql\n").dropFirst() {
            blocks.append(String(part.prefix { $0 != "`" }).trimmed)
        }
        let folder = try TemporaryFolder()
        try ProductStore.open(path: folder.store).close()
        let connection = try Connection(path: folder.store, access: .readOnly, busyMilliseconds: 0)
        let select = try connection.prepare(
            "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
            for: "reading the schema")
        var tables: [String] = []
        while try select.step() { tables.append(select.text(0)) }
        #expect(blocks == tables)
        #expect(try connection.integer("PRAGMA user_version") == 2)
        #expect(try connection.integer("PRAGMA application_id") == 0x5361_6531)
    }

    @Test("the page has a row for every event and every status, as the code writes them")
    func showsEvents() {
        for kind in EventKind.allCases { #expect(page.contains("| `\(kind.rawValue)` |")) }
        for status in ProductStatus.allCases { #expect(page.contains("\(status.rawValue) `\(status.name)`")) }
        for body in [
            EventBody.changed(["title", "*", "rating"]), EventBody.number(.price, 9900, previous: 12000),
            EventBody.number(.stock, 0, previous: 3), EventBody.status(.soldOut, previous: .onSale),
            EventBody.vocabulary(added: 1, replaced: 0, removed: 0),
        ] {
            #expect(page.contains("`\(text(body))`"))
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0 == "\n" }.reversed().drop { $0 == "\n" }.reversed())
    }
}
